"""What is asked before a plan is changed: its version as it was seen, measures that can be, nobody without one (§2.1.4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import Connection, select

from workbench.domain.assistance.measures import Level, measures
from workbench.domain.assistance.terms import Terms
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.account_names import who_and_when
from workbench.register.access.acting_user import ActingUser
from workbench.register.db.follow_up_tables import Plan, PlanMeasure
from workbench.register.db.rows import row_of, rows_of
from workbench.register.joined_records import MeasureOfPlan
from workbench.register.procedure.repeated_steps import last_event
from workbench.register.records import PlanMeasureRecord, PlanRecord

_PLAN, _MEASURE = Plan.__table__, PlanMeasure.__table__
_CHANGES = {
    "plan_made": ("制定或补充了计划", "made it or added to it"),
    "measure_added": ("补充了一项措施", "added a measure"),
    "measure_changed": ("更改了一项措施", "changed a measure"),
    "measure_ended": ("结束了一项措施", "ended a measure"),
}


@dataclass(frozen=True)
class Planned:
    """A measure of a plan: `member` None: the household's; else the member's number, from 1."""

    measure: str
    member: int | None = None
    detail: str = ""
    terms: Terms = field(default_factory=Terms)


def has_gone(user: ActingUser, measure: MeasureOfPlan) -> bool:
    """Whether the household has, in the last round of its county, fewer members than the one of a measure."""
    facts, county, household = user.register.facts, measure["county"], measure["household_id"]
    rounds = facts.rounds_of(county)
    # Without a round, as where the county's only intake was undone, nobody is known to have gone.
    if measure["member"] is None or not rounds:
        return False
    rows = facts.frame(rounds[-1], county, ["household_id", "persons"])
    persons = rows.filter(pl.col("household_id") == household)["persons"].to_list()
    # One that the round lacks, or whose persons nobody knows, keeps what was planned.
    return len(persons) == 1 and persons[0] is not None and measure["member"] > persons[0]


def plan_row(connection: Connection, household: str) -> PlanRecord | None:
    """The plan of a household; None where it has none."""
    return row_of(connection, select(_PLAN).where(_PLAN.c.household_id == household), PlanRecord)


def check_version(connection: Connection, household: str, plan: PlanRecord | None, seen: int | None) -> None:
    """Raise RefusedError, saying what changed, where a plan is no longer as it was seen (None: however it is)."""
    now = plan["version"] if plan else 0
    if seen is None or seen == now:
        return
    event = last_event(connection, tuple(_CHANGES), household)
    who, at = who_and_when(connection, *((event["account"], event["at"]) if event else ("–", "–")))
    zh, en = _CHANGES[event["action"]] if event else _CHANGES["plan_made"]
    raise RefusedError(
        Words(
            f"户 {household} 的计划：{who} 已于{at.zh} {zh}（现为第 {now} 版，您看到的是第 {seen} 版），没有覆盖；请重新查看",
            f"plan of household {household}: {who} {en} on {at.en} (now version {now}, seen {seen}); "
            "nothing was overwritten: look again",
            code="register.plan-household-now-version",
        )
    )


def running_of(connection: Connection, household: str) -> list[PlanMeasureRecord]:
    """The running measures of a household: `id`, `measure`, `member`."""
    query = select(_MEASURE).where(_MEASURE.c.household_id == household, _MEASURE.c.until.is_(None))
    return rows_of(connection, query, PlanMeasureRecord)


def check_nobody_without(user: ActingUser, connection: Connection, measure: MeasureOfPlan) -> None:
    """Raise RefusedError where the household or member of a measure would have none without it."""
    others = [row["member"] for row in running_of(connection, measure["household_id"]) if row["id"] != measure["id"]]
    if measure["member"] not in others and not has_gone(user, measure):
        raise RefusedError(
            Words(
                "这是该户（该成员）唯一的措施，先另定一项（一户一计划、一人一措施）",
                "the only measure of this household or member: add another first (§2.1.4)",
                code="register.only-measure-household-member",
            )
        )


def check_measure(planned: Planned, persons: int | None) -> None:
    """Raise InputError for a measure that is none, or is not planned for whom it is there for.

    `persons` None: how many members there are is not known, and any number may be one's.
    """
    known, name = measures(), planned.measure
    if not name:
        raise InputError(
            Words("请选择一项措施", "choose a measure", code="register.measure-not-chosen"), field="measure"
        )
    if name not in known:
        # With both names: a page shows the one, and a command is given the other.
        zh = "、".join(f"{each.zh}（{each.name}）" for each in known.values())
        raise InputError(
            Words(
                f"没有措施“{name:.40}”；有：{zh}",
                f"no such measure {name[:40]!r}; there are: {', '.join(known)}",
                code="register.no-such-measure",
            ),
            field="measure",
        )
    zh, en = known[name].zh, known[name].en
    personal = known[name].level is Level.PERSON
    if personal and planned.member is None:
        raise InputError(
            Words(f"“{zh}”须写明给哪位成员", f"{en}: needs the member it is for", code="register.measure-needs-member"),
            field="member",
        )
    if not personal and planned.member is not None:
        raise InputError(
            Words(
                f"“{zh}”是给全户的，不写成员",
                f"{en}: is for the whole household, and for no one member",
                code="register.measure-whole-household",
            ),
            field="member",
        )
    if planned.member is None or (planned.member >= 1 and (persons is None or planned.member <= persons)):
        return
    range_zh, range_en = ("从 1 起", "from 1 up") if persons is None else (f"1 至 {persons}", f"1 to {persons}")
    raise InputError(
        Words(
            f"成员 {planned.member}：应为 {range_zh}",
            f"member {planned.member}: expected {range_en}",
            code="register.member-expected",
        ),
        field="member",
    )


def check_whole(persons: int, goal: str, responsible: str, running: Sequence[Planned], new: Sequence[Planned]) -> None:
    """Raise where a plan is not whole with what runs and what is new."""
    if not goal.strip() or not responsible.strip():
        raise InputError(
            Words(
                "计划要写明目标和责任人",
                "a plan needs its goal and who is responsible",
                code="register.plan-incomplete",
            ),
            field="responsible" if goal.strip() else "goal",
        )
    # What runs is not asked again: the household may have fewer members than when it was planned.
    for each in new:
        check_measure(each, persons)
    planned = [*running, *new]
    without = sorted(set(range(1, persons + 1)) - {each.member for each in planned})
    # §2.1.4: a measure for every member, and one of the household itself.
    if without or all(each.member is not None for each in planned):
        members = "、".join(str(member) for member in without) or "–"
        raise RefusedError(
            Words(
                f"一户一计划、一人一措施（§2.1.4）：全户至少一项，每人至少一项；缺成员：{members}",
                f"§2.1.4: at least one measure of the household and one for every member; none for: {members}",
                code="register.least-measure-household-every",
            )
        )
