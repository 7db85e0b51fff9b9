"""What became of one's own submissions, in words, and where they are looked at."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.procedure.workflow import SENT_BACK, STEPS, Stage
from workbench.register.assessment import RISK
from workbench.register.standards.effect import reason_in_words
from workbench.register.worklists.submissions import Outcome
from workbench.ui.kit.texts.language import Language

MOST = 12
"""Notices shown; the lists of each stage show all."""


def notices(outcomes: list[Outcome], people: Mapping[str, str], t: Language) -> list[dict[str, Any]]:
    """The latest outcomes, each with who did it when, and the list that shows the households."""
    return [_notice(each, people, t) for each in outcomes[:MOST]]


def _notice(outcome: Outcome, people: Mapping[str, str], t: Language) -> dict[str, Any]:
    back = outcome.step in SENT_BACK
    titles = {"agree": t("乡镇审核通过"), "file": t("县级已备案")}
    step = STEPS[outcome.step]
    title = t("被退回") if back else titles.get(outcome.step, t.label((step.zh, step.en)))
    # Sent back, it stands among those returned, whichever of the three steps did it.
    stage = Stage.RETURNED if back else step.target
    return {
        "text": t("{kind}：{count} 户{what}", kind=t("风险等级") if outcome.kind == RISK else t("筛查对象"),
                  count=t.number(len(outcome.households)), what=title),
        "reason": t.words(reason_in_words(outcome.reason)) if outcome.reason else "",
        "who": people.get(outcome.account, outcome.account), "day": outcome.day, "back": back,
        "where": {"view": outcome.kind, "stage": str(stage)},
    }  # fmt: skip
