"""Plans of assistance (LA2019-15 §2.1.4): one a household, with a measure at least for every member; kept whatever the tier (§4.1)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Connection, insert, select, update

from workbench.domain.assistance.measures import Level, measures
from workbench.domain.assistance.suggestions import ASSISTANCE_FACTS, Assistance, propose_each
from workbench.domain.facts import PREVIOUS_FACTS
from workbench.domain.parameters import tier_parameters
from workbench.domain.procedure.day_bounds import check_day
from workbench.domain.procedure.roles import Right
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.log import Event
from workbench.register.db.follow_up_tables import Plan, PlanMeasure
from workbench.register.db.rows import row_of
from workbench.register.procedure.entries import area_of
from workbench.register.procedure.repeated_steps import last_event
from workbench.register.records import PlanRecord

_PLAN, _MEASURE = Plan.__table__, PlanMeasure.__table__
_CHANGES = ("plan_made", "measure_ended")
_PREVIOUS = {fact.name for fact in PREVIOUS_FACTS}
_PLACE = ("household_id", "county_code", "township", "village", "persons")


@dataclass(frozen=True)
class Planned:
    """A measure of a plan: `member` None: the household's; else the member's number, from 1."""

    measure: str
    member: int | None = None
    detail: str = ""


def suggested(
    user: ActingUser, round_name: str, households: Sequence[str]
) -> dict[str, tuple[dict[str, Any], Assistance]]:
    """For each household its facts of the round and the measures proposed from them (people edit these)."""
    columns = [*_PLACE, *(name for name in ASSISTANCE_FACTS if name not in {*_PLACE, *_PREVIOUS})]
    wanted, rows = set(households), []
    facts = user.register.facts
    for county in [user.person.area.county] if user.person.area.county else facts.counties(round_name):
        table = facts.frame_with_previous(round_name, county, columns)
        rows += table.filter(pl.col("household_id").is_in(wanted)).to_dicts()
    here = {row["household_id"]: {**row, "county": row["county_code"]} for row in rows}
    if missing := wanted - set(here):
        raise RefusedError(
            Words(
                f"户 {min(missing)}：{round_name} 的数据中没有",
                f"household {min(missing)}: not in {round_name}",
                code="register.household-not",
            )
        )
    for row in here.values():
        # Facts were read by county: whether a household is the person's is asked of its own place.
        user.check(Right.READ_REGISTER, area_of(row))
    proposals = propose_each(list(here.values()), tier_parameters(round_name))
    return {name: (row, proposal) for (name, row), proposal in zip(here.items(), proposals, strict=True)}


def as_suggested(persons: int, proposed: Assistance) -> list[Planned]:
    """A plan that writes every measure proposed, for as many members as it was proposed for.

    The facts count members, and do not name them. A role that members have alone goes to the next ones without a measure,
    from the first again where the roles are more than the members; what comes on top (care for the seriously ill) to
    the first. Who is left is looked into.
    """
    plan, alone = [Planned(each.measure.name) for each in proposed.household], 0
    for each in proposed.persons:
        people = min(each.people or 0, persons)
        on_top = not each.measure.part and each.measure.people is not None
        first = 0 if on_top else alone
        plan += [Planned(each.measure.name, (first + number) % persons + 1) for number in range(people)]
        alone += 0 if on_top else people
    return plan + [Planned("member_to_verify", member) for member in range(alone + 1, persons + 1)]


def make_plan(
    user: ActingUser, round_name: str, household: str, goal: str, responsible: str,
    planned: Sequence[Planned] | None = None, version: int | None = None,
) -> int:  # fmt: skip
    """Make a household's plan, or add to the one there is; `planned` None: as suggested. Returns the measures added.

    `version`: that of the plan as it was seen, 0 where there was none; raises RefusedError, saying what changed, where it
    has moved on.
    """
    facts, proposed = suggested(user, round_name, [household])[household]
    user.check(Right.PROPOSE, area_of(facts))
    persons = facts["persons"]
    # Every member has a measure (LA2019-15 §2.1.4): of how many, the facts must say.
    if persons is None:
        raise RefusedError(
            Words(
                "人数未知，无法做到一人一措施；请先核实人数",
                "the number of members is not known: find it out first",
                code="register.number-members-not-known",
            )
        )
    chosen = list(planned) if planned is not None else as_suggested(persons, proposed)
    with user.writing() as connection:
        there = _measures(connection, household)
        # A plan is added to, never replaced: a measure that runs is ended by a step of its own, with its reason.
        new = [each for each in chosen if (each.measure, each.member) not in there]
        plan = _plan(connection, household)
        if plan and not new and (plan["goal"], plan["responsible"]) == (goal, responsible):
            return 0  # sent twice, it is made already
        _check_version(connection, household, plan, version)
        _check(persons, goal, responsible, [Planned(*key) for key in there], new)
        _keep(user, connection, facts, goal, responsible)
        if new:
            connection.execute(
                insert(PlanMeasure),
                [{"household_id": household, "member": each.member, "measure": each.measure, "detail": each.detail or None,
                  "since": user.today.isoformat()} for each in new],
            )  # fmt: skip
        details = {"responsible": responsible, "measures": [[each.measure, each.member] for each in new]}
        user.record(connection, [Event("plan_made", household, details, (("plan", household),))])
    return len(new)


def end_measure(user: ActingUser, number: int, day: dt.date, reason: str, version: int | None = None) -> None:
    """End one measure of a plan, with a reason; no member may be left without one, and no tier ends any by itself (§4.1)."""
    if not reason.strip():
        raise RefusedError(
            Words(
                "结束措施要写明理由", "a reason is needed to end a measure", code="register.reason-needed-end-measure"
            )
        )
    with user.writing() as connection:
        query = select(_MEASURE, _PLAN.c.county, _PLAN.c.township, _PLAN.c.village).join(
            _PLAN, _PLAN.c.household_id == _MEASURE.c.household_id
        )
        row = connection.execute(query.where(_MEASURE.c.id == number, *user.inside(Plan))).mappings().one_or_none()
        if row is not None and (row["until"], row["end_reason"]) == (day.isoformat(), reason):
            return  # sent twice, it is ended already
        if row is None or row["until"] is not None:
            raise RefusedError(
                Words(
                    f"措施 {number}：本范围内没有，或已结束",
                    f"measure {number}: not here, or ended already",
                    code="register.measure-not-here-ended",
                )
            )
        user.check(Right.PROPOSE, area_of(dict(row)))
        check_day("measure_end", day, user.today, dt.date.fromisoformat(row["since"]))
        _check_version(connection, row["household_id"], _plan(connection, row["household_id"]), version)
        # The last measure of a member, or of the household, cannot end without another: nobody is left without one.
        # By measure and member: the same measure of another member keeps nobody from being left without one.
        others = [key for key in _measures(connection, row["household_id"]) if key != (row["measure"], row["member"])]
        if all(member != row["member"] for _, member in others) and not _has_left(user, dict(row)):
            raise RefusedError(
                Words(
                    "这是该户（该成员）唯一的措施，先另定一项（一户一计划、一人一措施）",
                    "the only measure of this household or member: add another first (§2.1.4)",
                    code="register.only-measure-household-member",
                )
            )
        connection.execute(
            update(PlanMeasure).where(PlanMeasure.id == number).values(until=day.isoformat(), end_reason=reason)
        )
        of_plan = Plan.household_id == row["household_id"]
        connection.execute(update(Plan).where(of_plan).values(version=Plan.version + 1))
        details = {"measure": row["measure"], "member": row["member"], "reason": reason}
        wrote = (("plan", row["household_id"]),)
        user.record(connection, [Event("measure_ended", row["household_id"], details, wrote)])


def _has_left(user: ActingUser, measure: Mapping[str, Any]) -> bool:
    """Whether the household has, in the last round of its county, fewer members than the one of a measure."""
    facts, county, household = user.register.facts, measure["county"], measure["household_id"]
    if measure["member"] is None:
        return False
    rows = facts.frame(facts.rounds_of(county)[-1], county, ["household_id", "persons"])
    persons = rows.filter(pl.col("household_id") == household)["persons"].to_list()
    # One that the round lacks, or whose persons nobody knows, keeps what was planned.
    return len(persons) == 1 and persons[0] is not None and measure["member"] > persons[0]


def _plan(connection: Connection, household: str) -> PlanRecord | None:
    return row_of(connection, select(_PLAN).where(_PLAN.c.household_id == household), PlanRecord)


def _check_version(connection: Connection, household: str, plan: PlanRecord | None, seen: int | None) -> None:
    """Raise RefusedError, saying what changed, where a plan is no longer as it was seen (None: however it is)."""
    now = plan["version"] if plan else 0
    if seen is None or seen == now:
        return
    event = last_event(connection, _CHANGES, household)
    who, at = (event["account"], event["at"]) if event else ("–", "–")
    ended = event is not None and event["action"] == "measure_ended"
    zh, en = ("结束了一项措施", "ended a measure") if ended else ("制定或补充了计划", "made it or added to it")
    raise RefusedError(
        Words(
            f"户 {household} 的计划：{who} 已于 {at} {zh}（现为第 {now} 版，您看到的是第 {seen} 版），没有覆盖；请重新查看",
            f"plan of household {household}: {who} {en} at {at} (now version {now}, seen {seen}); "
            "nothing was overwritten: look again",
            code="register.plan-household-now-version",
        )
    )


def _measures(connection: Connection, household: str) -> dict[tuple[str, int | None], int]:
    """The running measures of a household, by measure and member."""
    query = select(_MEASURE).where(_MEASURE.c.household_id == household, _MEASURE.c.until.is_(None))
    return {(row.measure, row.member): row.id for row in connection.execute(query)}


def _check_measure(planned: Planned, persons: int) -> None:
    """Raise InputError for a measure that is none, or is not planned for whom it is there for."""
    known, name = measures(), planned.measure
    if name not in known:
        listed = ", ".join(known)
        raise InputError(
            Words(
                f"没有措施 {name!r}；有：{listed}",
                f"no such measure {name!r}; there are: {listed}",
                code="register.no-such-measure",
            )
        )
    personal = known[name].level is Level.PERSON
    if personal and planned.member is None:
        raise InputError(
            Words(f"措施 {name}：须写明成员", f"measure {name}: needs its member", code="register.measure-needs-member")
        )
    if not personal and planned.member is not None:
        raise InputError(
            Words(
                f"措施 {name}：属于全户",
                f"measure {name}: is of the whole household",
                code="register.measure-whole-household",
            )
        )
    if planned.member is not None and not 1 <= planned.member <= persons:
        raise InputError(
            Words(
                f"成员 {planned.member}：应为 1 至 {persons}",
                f"member {planned.member}: expected 1 to {persons}",
                code="register.member-expected",
            )
        )


def _check(persons: int, goal: str, responsible: str, running: Sequence[Planned], new: Sequence[Planned]) -> None:
    """Raise where a plan is not whole with what runs and what is new."""
    if not goal.strip() or not responsible.strip():
        raise InputError(
            Words(
                "计划要写明目标和责任人",
                "a plan needs its goal and who is responsible",
                code="register.plan-incomplete",
            )
        )
    # What runs is not asked again: the household may have fewer members than when it was planned.
    for each in new:
        _check_measure(each, persons)
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


def _keep(user: ActingUser, connection: Connection, facts: Mapping[str, Any], goal: str, responsible: str) -> None:
    values = {"goal": goal, "responsible": responsible}
    done = connection.execute(
        update(Plan).where(Plan.household_id == facts["household_id"]).values(version=Plan.version + 1, **values)
    )
    # Updated first, inserted where there was nothing: one plan a household, whoever begins it.
    if not done.rowcount:
        connection.execute(
            insert(Plan).values(
                household_id=facts["household_id"], county=facts["county"], township=facts["township"],
                village=facts["village"], version=1, made_on=user.today.isoformat(), **values,
            )
        )  # fmt: skip
