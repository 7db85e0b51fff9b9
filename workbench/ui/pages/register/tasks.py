"""What waits for a person in the register, in words, and where it is done."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.procedure.cases import CASE_STEPS
from workbench.domain.procedure.workflow import Stage
from workbench.register.assessment import EDGE, RISK
from workbench.ui.kit.texts.language import Language

CHANGED = "changed"
"""In the place of a stage: those whose result is another one than they were proposed upon."""
WAITING = "to_propose"
"""In the place of a stage: those visited and those returned, as far as their next step is a proposal."""


def tasks(by_task: Mapping[str, int], t: Language) -> list[dict[str, Any]]:
    """What waits, in words, each with where on the page it is done; nothing that nobody waits for."""
    steps = {
        "visit": (t("户待走访"), Stage.NEW),
        # No single stage holds those visited and those returned.
        "propose": (t("户待上报（含退回的）"), WAITING),
        "agree": (t("户待审核"), Stage.PROPOSED),
        "file": (t("户待备案"), Stage.REVIEWED),
    }
    words: dict[str, tuple[str, dict[str, str]]] = {
        f"{name}_{kind}": (f"{text}{t('：')}{title}", {"view": kind, "stage": str(stage)})
        for name, (text, stage) in steps.items()
        for kind, title in ((RISK, t("风险等级")), (EDGE, t("筛查对象")))
    }
    for kind, title in ((RISK, t("风险等级")), (EDGE, t("筛查对象"))):
        words[f"changed_{kind}"] = (
            t("户上报后数据或标准有变，规则的结果不同了：{kind}", kind=title), {"view": kind, "stage": CHANGED},
        )  # fmt: skip
    words["overdue_visits"] = (t("在管边缘户逾期未访"), {"view": "managed", "stage": ""})
    words["approve_standard"] = (t("件标准待批准"), {"page": "county_standard"})
    words["redraft_standard"] = (t("件标准被退回，待修改"), {"page": "county_standard"})
    listed = []
    for name, count in by_task.items():
        if not count:
            continue
        if name in words:
            text, where = words[name]
        else:
            # Every other task is a step of a case: a new one shows here without being named.
            step = CASE_STEPS[name.removeprefix("case_")]
            text, where = t("个案待{step}", step=t.label((step.zh, step.en))), {"view": "cases", "stage": ""}
        listed.append({"name": name, "count": count, "text": text, "where": where})
    return listed
