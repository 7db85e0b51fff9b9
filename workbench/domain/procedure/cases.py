"""The way of a household that meets the poverty criterion into the register: no step is skipped, and nothing is capped.

LA2019-15 §2.1.3-a (verification, democratic appraisal, publicity, announcement), §2.1.3-b (entry when the national system
opens), §2.1.3-c (no control of scale), §2.2-d (edge households).
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from workbench.domain.procedure.roles import Right
from workbench.errors import RefusedError, Words


class CaseStage(StrEnum):
    """Where a case stands."""

    OPENED = "opened"
    VERIFIED = "verified"
    APPRAISED = "appraised"
    PUBLICISED = "publicised"
    ANNOUNCED = "announced"
    WAITING = "waiting"
    ENTERED = "entered"
    DISMISSED = "dismissed"


CASE_STAGES: dict[CaseStage, tuple[str, str]] = {
    CaseStage.OPENED: ("待核实", "to be verified"),
    CaseStage.VERIFIED: ("已核实", "verified"),
    CaseStage.APPRAISED: ("已评议", "appraised"),
    CaseStage.PUBLICISED: ("公示中", "publicised"),
    CaseStage.ANNOUNCED: ("已公告", "announced"),
    CaseStage.WAITING: ("待录入", "waiting for the window"),
    CaseStage.ENTERED: ("已录入", "entered"),
    CaseStage.DISMISSED: ("不符合，已结案", "dismissed"),
}
"""Chinese and English label of every stage."""
ORIGINS: dict[str, tuple[str, str]] = {
    "lifted": ("返贫户", "fallen back"),
    "edge": ("在管边缘户", "edge household"),
    "unregistered": ("未建档立卡户", "unregistered household"),
}
CLOSED = frozenset({CaseStage.ENTERED, CaseStage.DISMISSED})


@dataclass(frozen=True)
class CaseStep:
    """A step of a case: who takes it, from which stages, to which."""

    name: str
    zh: str
    en: str
    right: Right
    sources: frozenset[CaseStage]
    target: CaseStage
    clause: str


# What was announced is not taken back: from the announcement on a case can only go on to its entry.
_OPEN = frozenset({CaseStage.OPENED, CaseStage.VERIFIED, CaseStage.APPRAISED, CaseStage.PUBLICISED})
CASE_STEPS: dict[str, CaseStep] = {
    step.name: step
    for step in (
        CaseStep("verify", "调查核实", "verify", Right.VISIT,
                 frozenset({CaseStage.OPENED}), CaseStage.VERIFIED, "§2.1.3-a"),
        CaseStep("appraise", "民主评议", "appraise", Right.PROPOSE,
                 frozenset({CaseStage.VERIFIED}), CaseStage.APPRAISED, "§2.1.3-a"),
        CaseStep("publicise", "公示", "publicise", Right.PROPOSE,
                 frozenset({CaseStage.APPRAISED}), CaseStage.PUBLICISED, "§2.1.3-a"),
        CaseStep("announce", "公告", "announce", Right.REVIEW,
                 frozenset({CaseStage.PUBLICISED}), CaseStage.ANNOUNCED, "§2.1.3-a"),
        CaseStep("wait", "列入待录入", "queue for the window", Right.FILE,
                 frozenset({CaseStage.ANNOUNCED}), CaseStage.WAITING, "§2.1.3-b"),
        CaseStep("enter", "录入", "enter", Right.FILE,
                 frozenset({CaseStage.WAITING}), CaseStage.ENTERED, "§2.1.3-b"),
        CaseStep("dismiss", "结案（不符合）", "dismiss", Right.REVIEW, _OPEN, CaseStage.DISMISSED, "§2.1.3-a"),
    )
}  # fmt: skip


def last_day_of_publicity(announced_from: dt.date) -> dt.date:
    """The last day of a publicity. Its first day counts: of five days from the 16th the last is the 20th.

    `announced_from`: the first day on which the household may be announced, which is the day after (§2.1.3-a).
    """
    return announced_from - dt.timedelta(days=1)


def advance_case(stage: CaseStage, step_name: str, *, below_line: bool | None, note: str) -> CaseStage:
    """The stage after a step; raises RefusedError where it is not the next one, says nothing, or drops who qualifies.

    `below_line`: whether the facts still say that the household meets the poverty criterion; None: they cannot tell.
    """
    step = CASE_STEPS[step_name]
    if stage not in step.sources:
        zh, en = CASE_STAGES[stage]
        nexts = [other for other in CASE_STEPS.values() if stage in other.sources]
        raise RefusedError(
            Words(
                f"此案{zh}，不能{step.zh}（{step.clause}，步骤不能跳过）；现在可以：{'、'.join(other.zh for other in nexts) or '无'}",
                f"the case is {en}: cannot {step.en} ({step.clause}, no step is skipped); "
                f"possible now: {', '.join(other.en for other in nexts) or 'nothing'}",
                code="domain.case-step-not-possible",
            )
        )
    if not note.strip():
        said = Words(f"{step.zh}要写明情况", f"say what was found to {step.en}", code="domain.say-found")
        raise RefusedError(said, field="note")
    # §2.1.3-c: facts that cannot tell (None) keep the case open too; only a known "no" lets it be dismissed.
    if step.target is CaseStage.DISMISSED and below_line is not False:
        raise RefusedError(
            Words(
                "按现有事实此户仍符合（或不能排除符合）扶贫标准，不能结案；事实有误的，先走访更正（应纳尽纳，§2.1.3-c）",
                "by its facts the household meets the poverty criterion, or may: it is not dismissed; "
                "where a fact is wrong, visit and correct it first (§2.1.3-c)",
                code="domain.facts-household-meets-poverty",
            )
        )
    return step.target
