"""What waits for a person in the register, in words, and where it is done."""

from collections.abc import Callable
from typing import Any

from workbench.domain.procedure.cases import CASE_STEPS
from workbench.domain.procedure.workflow import Stage
from workbench.register.assessment import EDGE, RISK
from workbench.register.worklists.case_tasks import Later
from workbench.register.worklists.progress import Waiting
from workbench.ui.kit.texts.language import Language

CHANGED = "changed"
"""In the place of a stage: those whose result is another one than they were proposed upon."""
WAITING = "to_propose"
"""In the place of a stage: those visited and those returned, as far as their next step is a proposal."""

_IN_ADDRESS = {"overdue": "overdue"}
"""What narrows a list has a key of its own in the address; any other is a column that the list is filtered by."""


def tasks(mine: Waiting, t: Language) -> list[dict[str, Any]]:
    """What waits, in words, each with where on the page it is done; nothing that nobody waits for.

    `where`: the view and stage, and in `also` what narrows the list to what waits. `later`: from when on it can be done, in words; empty where it can be done today. What can stands first.
    """
    steps = {
        "visit": (t("户待走访"), Stage.NEW),
        # No single stage holds those visited and those returned.
        "propose": (t("户待上报（含退回的）"), WAITING),
        "agree": (t("户待审核"), Stage.PROPOSED),
        "file": (t("户待备案"), Stage.REVIEWED),
    }
    words: dict[str, tuple[str, dict[str, Any]]] = {
        f"{name}_{kind}": (f"{text}{t('：')}{title}", {"view": kind, "stage": str(stage)})
        for name, (text, stage) in steps.items()
        for kind, title in ((RISK, t("风险等级")), (EDGE, t("筛查对象")))
    }
    for kind, title in ((RISK, t("风险等级")), (EDGE, t("筛查对象"))):
        words[f"changed_{kind}"] = (
            t("户上报后数据或标准有变，规则的结果不同了：{kind}", kind=title), {"view": kind, "stage": CHANGED},
        )  # fmt: skip
    words["overdue_visits"] = (t("在管边缘户逾期未访"), {"view": "managed", "stage": "", "also": {"overdue": "1"}})
    words["approve_standard"] = (t("件标准待批准"), {"page": "county_standard"})
    words["redraft_standard"] = (t("件标准被退回，待修改"), {"page": "county_standard"})
    words["case_dismiss"] = (
        t("个案现有事实已不低于扶贫标准，待决定"), {"view": "cases", "stage": "", "also": {"fits": "false"}},
    )  # fmt: skip

    def task(name: str, count: int, later: str) -> dict[str, Any]:
        if name in words:
            text, where = words[name]
        else:
            # Every other task is a step of a case: a new one shows here without being named.
            step = CASE_STEPS[name.removeprefix("case_")]
            text = t("个案待{step}", step=t.label((step.zh, step.en)))
            where = {"view": "cases", "stage": "", "also": {"stage": str(next(iter(step.sources)))}}
        return {"name": name, "count": count, "text": text, "where": where, "later": later}

    today = [task(name, count, "") for name, count in mine.by_task.items() if count]
    return today + [task(name, each.count, _not_yet(name, each, t)) for name, each in mine.later.items()]


def _not_yet(name: str, later: Later, t: Language) -> str:
    if name == f"propose_{EDGE}":
        return t("县区批准本期标准后可办")
    if later.day is None:
        return t("登记录入窗口后可办")
    return t("{day}起可办", day=t.date(later.day))


def task_link(link: Callable[..., str]) -> Callable[[dict[str, Any]], str]:
    """The address where a task is done, of home's `link`; empty where the page is not the person's."""

    def of(task: dict[str, Any]) -> str:
        where = task["where"]
        if "page" in where:
            return link(where["page"], open="versions")
        also = {_IN_ADDRESS.get(key, f"by_{key}"): value for key, value in where.get("also", {}).items()}
        return link("register", view=where["view"], stage=where["stage"], **also)

    return of
