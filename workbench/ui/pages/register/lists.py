"""The lists of the register page: by what each is sorted and filtered, in words, and the columns that it shows and exports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.procedure.cases import CASE_STAGES, ORIGINS, CaseStage
from workbench.domain.procedure.roles import ROLES
from workbench.domain.procedure.workflow import EDGE_PROPOSALS, STAGES, Stage
from workbench.domain.rules.coverage import CHECK
from workbench.register.assessment import EDGE, RISK
from workbench.register.standards.effect import reason_in_words
from workbench.ui.kit.controls.household_list import UNKNOWN, Listing, ListPage, Sorts
from workbench.ui.kit.files.download import Cell
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title
from workbench.ui.pages.register.frames import MANAGED_GROUP

Row = Mapping[str, Any]
Columns = list[tuple[str, Callable[[Row], Cell]]]
_PLACE = [("township", False), ("village", False)]
_RULES = {"in": ("纳入", "in"), "out": ("不纳入", "out"), "below_line": ("低于扶贫标准", "below the line")}


@dataclass(frozen=True)
class RegisterList:
    """A list of the register: what it may be sorted by (the first one unless asked) and filtered by."""

    sorts: Sorts
    filters: tuple[str, ...] = ()

    def listing(self) -> Listing:
        """Return the list as it is looked at first."""
        return Listing(self.sorts, next(iter(self.sorts)), filters=self.filters)


_ENTRIES = RegisterList(
    {"place": _PLACE, "changed": [("changed_at", True)], "rule": [("rule", False)], "result": [("proposal", False)]},
    ("rule", "proposal", "differs"),
)
LISTS: dict[str, RegisterList] = {
    RISK: _ENTRIES,
    EDGE: _ENTRIES,
    "managed": RegisterList(
        {"due": [("next_visit", False)], "place": _PLACE, "officer": [("officer_name", False)], "round": [("entered_round", False)]},
        ("officer_name", "entered_round"),
    ),
    "plans": RegisterList({"place": _PLACE, "responsible": [("responsible", False)], "running": [("running", True)]}, ("group",)),
    "cases": RegisterList(
        {"opened": [("id", False)], "place": _PLACE, "stage": [("stage", False)]}, ("stage", "origin", "fits", "turn")
    ),
    "filed": RegisterList({"position": [("position", False)], "place": _PLACE, "result": [("result", False)]}, ("result",)),
}  # fmt: skip


def sort_labels(view: str, t: Language) -> dict[str, str]:
    """Return the ways to sort a list, in words."""
    labels = {
        "place": t("按乡镇、村"), "changed": t("最近变动在前"), "rule": t("按规则结果"), "result": t("按上报的结果"),
        "due": t("最早应访在前"), "officer": t("按包保责任人"), "round": t("按纳入期次"), "opened": t("最早立案在前"),
        "stage": t("按步骤"), "responsible": t("按责任人"), "running": t("在做措施多的在前"), "position": t("按清单顺序"),
    }  # fmt: skip
    return {key: labels[key] for key in LISTS[view].sorts}


def filter_labels(t: Language) -> dict[str, str]:
    """Return what lists are filtered by, in words."""
    return {
        "rule": t("按规则"), "proposal": t("上报的结果"), "differs": t("与规则"), "officer_name": t("由谁包保"),
        "entered_round": t("纳入期次"), "group": t("户类型"), "stage": t("步骤"), "origin": t("来源"), "fits": t("与现有事实"),
        "turn": t("该谁办"), "result": t("备案结果"),
    }  # fmt: skip


def need_labels(t: Language) -> dict[str, str]:
    """Which of the households to be assisted are listed, in words, by NEEDS."""
    return {"": t("全部"), "gap": t("有短板的"), "unplanned": t("还没有计划的")}


def filters_of(view: str, kind: str, page: ListPage, t: Language) -> list[dict[str, Any]]:
    """What a list is filtered by, each with its values in words; `kind`: the procedure whose results it shows."""
    labels = filter_labels(t)
    return [
        {
            "key": name,
            "label": labels[name],
            "options": {value: value_words(name, kind, value, t) for value in page.choices[name]},
        }
        for name in LISTS[view].filters
    ]


def value_words(name: str, kind: str, value: str | None, t: Language) -> str:
    """Return a value of a column that a list is filtered by, in words."""
    # What null means depends on the column: not proposed yet, no officer, or not to be told.
    if value in (None, UNKNOWN):
        return {"rule": t("不能判定"), "proposal": t("还没有上报"), "differs": t("还没有上报"), "officer_name": t("（未定）")}.get(
            name, t("不能判定")
        )  # fmt: skip
    # As functions: each takes the values of its own column only.
    known: dict[str, Callable[[], str]] = {
        "rule": lambda: result_words(kind, value, t),
        "proposal": lambda: result_words(kind, value, t),
        "result": lambda: result_words(kind, value, t),
        "differs": lambda: t("不同") if value == "true" else t("一致"),
        "group": lambda: group_words(str(value), t),
        "stage": lambda: t.label(CASE_STAGES[CaseStage(value)]),
        "origin": lambda: t.label(ORIGINS[value]),
        "fits": lambda: t("仍低于标准") if value == "true" else t("已不低于标准"),
        "entered_round": lambda: round_title(value, t),
        "turn": lambda: t("、").join(t.label((ROLES[role].zh, ROLES[role].en)) for role in value.split(",") if role) or t("已办结"),
    }  # fmt: skip
    return known[name]() if name in known else value


def group_words(group: str, t: Language) -> str:
    """Which households to be assisted, in words: whom a standard brings in is managed only once a list of it is filed."""
    return {"lifted": t("已脱贫户"), MANAGED_GROUP: t("在管边缘户")}.get(group, t("按标准拟纳入，尚未在管"))


def result_words(kind: str, result: str, t: Language) -> str:
    """A result or proposal in words: a tier with its colour, or what becomes of an edge household."""
    if kind == RISK:
        return {"1": t("一级（红）"), "2": t("二级（黄）"), "3": t("三级（蓝）")}.get(result, result)
    return t.label(EDGE_PROPOSALS[result] if result in EDGE_PROPOSALS else _RULES[result])


def results_words(by_result: Mapping[str, int], kind: str, t: Language) -> str:
    """Return how many of each result, in words."""
    return t("，").join(
        t("{result} {count} 户", result=result_words(kind, str(result), t), count=t.number(by_result[result]))
        for result in sorted(by_result, key=str)
    )


def export_columns(view: str, kind: str, t: Language) -> Columns:
    """The columns of a list as it is taken along: the place, and what the page shows beside it."""

    def words(name: str) -> Callable[[Row], Cell]:
        return lambda row: value_words(name, kind, _text(row[name]), t)

    own: dict[str, Columns] = {
        "managed": [
            (t("纳入期次"), lambda row: round_title(row["entered_round"], t)), (t("包保责任人"), words("officer_name")),
            (t("上次走访"), lambda row: row["last_visit"]), (t("下次应访"), lambda row: row["next_visit"]),
            (t("逾期天数"), lambda row: row["overdue"]),
        ],
        "plans": [
            (t("户类型"), words("group")), (t("还缺什么"), lambda row: _gaps(row, t)), (t("目标"), lambda row: row["goal"]),
            (t("责任人"), lambda row: row["responsible"]), (t("在做的措施"), lambda row: row["running"]),
        ],
        "cases": [
            (t("案号"), lambda row: row["id"]), (t("来源"), words("origin")), (t("立案日期"), lambda row: row["opened_on"]),
            (t("步骤"), words("stage")), (t("与现有事实"), words("fits")), (t("该谁办"), words("turn")),
        ],
        "filed": [
            (t("序号"), lambda row: row["position"]), (t("备案结果"), words("result")), (t("按规则"), words("rule")),
            (t("理由"), lambda row: row["reason"]),
        ],
    }  # fmt: skip
    entries: Columns = [
        (t("阶段"), lambda row: t.label(STAGES[Stage(row["stage"])])), (t("按规则"), words("rule")), (t("村级初评上报"), words("proposal")),
        (t("与规则"), words("differs")), (t("村级理由"), lambda row: row["reason"]),
        (t("退回理由"), lambda row: t.words(reason_in_words(row["returned_for"])) if row["returned_for"] else None),
        (t("最近变动"), lambda row: (row["changed_at"] or "")[:10]),
    ]  # fmt: skip
    placed: Columns = [(t("户编号"), lambda row: row["household_id"]), (t("乡镇"), lambda row: row["township"]), (t("村"), lambda row: row["village"])]  # fmt: skip
    return placed + own.get(view, entries)


def _text(value: Any) -> str | None:
    # As Polars writes a truth as text, by which the lists are filtered.
    return str(value).lower() if isinstance(value, bool) else value


def _gaps(row: Row, t: Language) -> str:
    return t("、").join(t.label((CHECK[name].zh, CHECK[name].en)) for name in CHECK if row[f"gap_{name}"])
