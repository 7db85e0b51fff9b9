"""The home page of a village and of a township: what is to be done next, by whom it waits for, with names where one may see them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import Stage
from workbench.domain.rounds import deadline
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.personal_data import names_shown
from workbench.register.assessment import EDGE, RISK
from workbench.register.edge_register import edge_households
from workbench.register.standards.effect import reason_in_words
from workbench.register.standards.in_force import own_groups_of
from workbench.register.worklists.progress import Waiting, waiting
from workbench.register.worklists.visit_order import lacking_facts, round_lists, visits_due
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.tasks import task_link, tasks
from workbench.ui.pages.register.views import standing_of

_NEXT_VISITS = 12
_MOST_LISTED = 30
_BEYOND_A_COUNTY = 2
_CASE = "case"
"""In the place of a stage: visited, and on the way of a case instead of a proposal's."""
_LISTED = {
    "to_review": {Stage.PROPOSED}, "to_visit": {Stage.NEW}, "to_propose": {Stage.VISITED, Stage.RETURNED}, "returned": {Stage.RETURNED},
}  # fmt: skip
"""What a township waits for in a village, each with the stages of the households that it counts."""


@dataclass(frozen=True)
class MyWork:
    """What waits in a person's area. `visits`: the next ones (`visits_due`); `lacking`: the facts each lacks.

    `returned`: the households that came back, with the reason; `overdue`: edge households whose visit is late; `villages`:
    households by village and stage; `names`: the heads of those listed, by number; `tasks`: what waits; `own_groups`:
    names of the key groups that the county's standard adds; `closed`: whether the round takes no step any more.
    """

    place: Place
    user: ActingUser
    visits: list[dict[str, Any]]
    lacking: dict[str, list[str]]
    returned: list[dict[str, Any]]
    overdue: list[dict[str, Any]]
    villages: pl.DataFrame
    names: dict[str, str]
    tasks: Waiting
    own_groups: Mapping[str, str]
    closed: bool

    @property
    def to_visit(self) -> dict[str, int]:
        """The households without a visit in the round by procedure, as the progress counts them."""
        return {kind: self.tasks.by_task.get(f"visit_{kind}", 0) for kind in (RISK, EDGE)}


def is_field_work(user: ActingUser) -> bool:
    """Whether somebody's home page is of their own village or township, not of a county."""
    return user.person.area.level >= _BEYOND_A_COUNTY and Right.READ_REGISTER in user.person.role.rights


def my_work(place: Place, user: ActingUser) -> MyWork:
    """Look at the register and the facts of the person's area."""
    name, county = place.round_name, place.county
    listed = round_lists(user, name, county)
    closed = place.store.is_closed(name, county)
    # A township visits nobody: what waits there is a review (0052). What is closed takes no visit any more.
    visits_here = Right.VISIT in user.person.role.rights and not closed
    due = visits_due(user, name, county, listed) if visits_here else listed.clear()
    visits = due.head(_NEXT_VISITS).to_dicts()
    returned = listed.filter(pl.col("stage") == str(Stage.RETURNED)).sort("changed_at", descending=True)
    overdue = sorted(edge_households(user, overdue_only=True), key=lambda row: -row["overdue"])
    shown = [*visits, *returned.head(_MOST_LISTED).to_dicts(), *overdue[:_MOST_LISTED]]
    return MyWork(
        place, user, visits,
        lacking_facts(user, name, county, [row["household_id"] for row in visits if row["urgency"] == 0]),
        returned.to_dicts(), [dict(row) for row in overdue],
        _parts(listed),
        # Only of those that the page lists: looking at names is kept on the trail (0052).
        names_shown(user, name, county, {row["household_id"] for row in shown}, "home"),
        waiting(user, name),
        own_groups_of(user, county, name),
        closed,
    )  # fmt: skip


def render_my_work(work: MyWork, t: Language, link: Callable[..., str]) -> Markup:
    """The home page's middle, as HTML; `link` as `overview.render_overview` takes it."""
    place, area = work.place, work.user.person.area
    closing = deadline(place.round_name)
    return render(
        "my_work", t,
        area=" · ".join(part for part in area.parts[1:] if part), county=county_name(place.county, t), work=work, link=link,
        round_title=round_title(place.round_name, t), rounds=[(name, round_title(name, t)) for name in reversed(place.rounds)],
        # The register's day, a demonstration's too: by today's date every simulated round would be late (0022).
        closing=closing, days_left=(closing - work.user.today).days, tasks=tasks(work.tasks, t),
        may_visit=Right.VISIT in work.user.person.role.rights,
        visits=[{**row, "why": _why(row, work.lacking, t, work.own_groups), "standing": standing_of(row["rule"], row["procedure"])} for row in work.visits],
        returned=[{**row, "said": t.words(reason_in_words(row["returned_for"])) if row["returned_for"] else ""} for row in work.returned[:_MOST_LISTED]],
        overdue=work.overdue[:_MOST_LISTED], villages=_villages(work), most=_MOST_LISTED,
        titles={RISK: t("风险等级"), EDGE: t("筛查对象")}, to_visit=sum(work.to_visit.values()),
        to_visit_kinds=sum(number > 0 for number in work.to_visit.values()), task_link=task_link(link),
    )  # fmt: skip


def _why(row: dict[str, Any], lacking: dict[str, list[str]], t: Language, own: Mapping[str, str]) -> str:
    """Why a household is to be visited now: one reason, the most pressing."""
    if row["of_others"]:
        return t("返贫致贫认定程序在办，下一步由他人办理；走访仍要做")
    if row["urgency"] == 0:
        facts = t("、").join(fact_label(name, t, own) for name in lacking.get(row["household_id"], ()))
        return t("缺：{facts}", facts=facts) if facts else t("现有事实不能判定")
    by_rule = {
        "below_line": t("收入低于扶贫标准，先走返贫致贫认定程序"), "1": t("按规则为一级（红）"), "2": t("按规则为二级（黄）"),
        "in": t("按标准拟纳入边缘户"),
    }  # fmt: skip
    if row["rule"] in by_rule:
        return by_rule[row["rule"]]
    # Last: rules and standard come before the model, which only says whom to see first among equals (0052).
    if row["p_slip"] is not None:
        return t("不缺事实，标准和规则也没有提示；按模型排先后（风险 {share}）", share=t.percent(row["p_slip"]))
    # Of all the others there is no first: said so, or the order of their numbers would read as one.
    return t("例行走访，不分先后")


def _parts(listed: pl.DataFrame) -> pl.DataFrame:
    """How many households of a village stand where in a procedure; _CASE: visited, and of those a proposal does not wait for."""
    visited = pl.col("stage").is_in([str(Stage.VISITED), str(Stage.RETURNED)])
    stage = pl.when(visited & pl.col("case_first")).then(pl.lit(_CASE)).otherwise("stage").alias("stage")
    return listed.with_columns(stage).group_by("village", "stage", "procedure").len()


def _villages(work: MyWork) -> list[dict[str, Any]]:
    """Count for each village the late visits, the households that go the way of a case, and by procedure what waits at each of _LISTED."""
    late: dict[str | None, int] = {}
    for row in work.overdue:
        late[row["village"]] = late.get(row["village"], 0) + 1
    waiting: dict[str | None, dict[str, dict[str, int]]] = {}
    cases: dict[str | None, int] = {}
    # Risk first, wherever there are both.
    for village, stage, procedure, number in work.villages.sort("procedure", descending=True).iter_rows():
        here = waiting.setdefault(village, {name: {} for name in _LISTED})
        for name, stages in _LISTED.items():
            if stage in stages:
                here[name][procedure] = here[name].get(procedure, 0) + number
        if stage == _CASE:
            cases[village] = cases.get(village, 0) + number
    rows = []
    # A village may be missing, and None does not sort among names.
    for village in sorted(waiting, key=lambda name: (-sum(waiting[name]["to_review"].values()), name or "")):
        view = next(iter(waiting[village]["to_review"]), RISK)
        shown = {"village": village or "", "late": late.get(village, 0), "view": view, "cases": cases.get(village, 0)}
        rows.append({**shown, **waiting[village]})
    return rows
