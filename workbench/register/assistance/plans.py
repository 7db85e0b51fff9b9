"""Plans of assistance (LA2019-15 §2.1.4): one a household, with a measure at least for every member; kept whatever the tier (§4.1)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workbench.domain.assistance.suggestions import ASSISTANCE_FACTS, Assistance, propose_each
from workbench.domain.assistance.terms import check_terms
from workbench.domain.facts import PREVIOUS_FACTS
from workbench.domain.parameters import tier_parameters
from workbench.domain.procedure.day_bounds import check_day
from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import gives_reason
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assistance.checks import (
    Planned,
    check_nobody_without,
    check_version,
    check_whole,
    plan_row,
    running_of,
)
from workbench.register.assistance.versions import write_first, write_version
from workbench.register.audit.event import Event
from workbench.register.db.follow_up_tables import Plan, PlanMeasure
from workbench.register.db.rows import row_of
from workbench.register.joined_records import MeasureOfPlan
from workbench.register.procedure.entries import area_of
from workbench.register.stated_rules import STATED

_PLAN, _MEASURE = Plan.__table__, PlanMeasure.__table__
_PREVIOUS = {fact.name for fact in PREVIOUS_FACTS}
_PLACE = ("household_id", "county_code", "township", "village", "persons")


def suggested(
    user: ActingUser, round_name: str, households: Sequence[str]
) -> dict[str, tuple[dict[str, Any], Assistance]]:
    """Return for each household its facts of the round and the measures proposed from them (people edit these)."""
    columns = [*_PLACE, *(name for name in ASSISTANCE_FACTS if name not in {*_PLACE, *_PREVIOUS})]
    wanted, rows = set(households), []
    facts = user.register.facts
    for county in [user.person.area.county] if user.person.area.county else facts.counties(round_name):
        # Of these alone: a page asks for one household, and a county has forty thousand.
        rows += facts.frame_with_previous(round_name, county, columns, wanted).to_dicts()
    here = {row["household_id"]: {**row, "county": row["county_code"]} for row in rows}
    if missing := wanted - set(here):
        raise RefusedError(
            Words(
                f"户 {min(missing)}：{round_name} 的数据中没有",
                f"household {min(missing)}: no facts of it in {round_name}",
                code="register.household-not",
            )
        )
    for row in here.values():
        # Facts were read by county: whether a household is the person's is asked of its own place.
        user.check(Right.READ_REGISTER, area_of(row))
    proposals = propose_each(list(here.values()), tier_parameters(round_name), STATED.ask)
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
        there = {(row["measure"], row["member"]) for row in running_of(connection, household)}
        # A plan is added to, never replaced: a measure that runs is ended by a step of its own, with its reason.
        new = [each for each in chosen if (each.measure, each.member) not in there]
        plan = plan_row(connection, household)
        if plan and not new and (plan["goal"], plan["responsible"]) == (goal, responsible):
            return 0  # sent twice, it is made already
        check_version(connection, household, plan, version)
        check_whole(persons, goal, responsible, [Planned(*key) for key in there], new)
        for each in new:
            check_terms(each.measure, each.terms, user.today)
        write_first(connection, household)
        _keep(user, connection, facts, goal, responsible)
        insert_measures(user, connection, household, new)
        write_version(user, connection, household)
        details = {"responsible": responsible, "measures": [[each.measure, each.member] for each in new]}
        user.record(connection, [Event("plan_made", household, details, written(household))])
    return len(new)


def end_measure(user: ActingUser, number: int, day: dt.date, reason: str, version: int | None = None) -> None:
    """End one measure of a plan, with a reason; no member may be left without one, and no tier ends any by itself (§4.1)."""
    if not gives_reason(reason):
        raise RefusedError(
            Words(
                "结束措施要写明理由", "a reason is needed to end a measure", code="register.reason-needed-end-measure"
            ),
            field="reason",
        )
    with user.writing() as connection:
        query = select(_MEASURE, _PLAN.c.county, _PLAN.c.township, _PLAN.c.village).join(
            _PLAN, _PLAN.c.household_id == _MEASURE.c.household_id
        )
        row = row_of(connection, query.where(_MEASURE.c.id == number, *user.inside(Plan)), MeasureOfPlan)
        if row is not None and (row["until"], row["end_reason"]) == (day.isoformat(), reason):
            return  # sent twice, it is ended already
        if row is None or row["until"] is not None:
            raise RefusedError(
                Words(
                    f"这项措施已经结束，或不在本范围内（编号 {number}）；请重新查看",
                    f"this measure has ended, or is not of this area (number {number}): look again",
                    code="register.measure-not-here-ended",
                )
            )
        user.check(Right.PROPOSE, area_of(row))
        check_day("measure_end", day, user.today, dt.date.fromisoformat(row["since"]))
        check_version(connection, row["household_id"], plan_row(connection, row["household_id"]), version)
        # The last measure of a member, or of the household, cannot end without another: nobody is without one.
        check_nobody_without(user, connection, row)
        write_first(connection, row["household_id"])
        connection.execute(
            update(PlanMeasure).where(PlanMeasure.id == number).values(until=day.isoformat(), end_reason=reason)
        )
        details = {"measure": row["measure"], "member": row["member"], "reason": reason}
        record_change(user, connection, "measure_ended", row["household_id"], details, reason)


def insert_measures(user: ActingUser, connection: Connection, household: str, new: Sequence[Planned]) -> None:
    """Write new measures into a plan, from today on."""
    rows = [
        {"household_id": household, "member": each.member, "measure": each.measure, "since": user.today.isoformat(),
         **asdict(each.terms), "detail": each.terms.detail or each.detail or None}
        for each in new
    ]  # fmt: skip
    if rows:
        connection.execute(insert(PlanMeasure), rows)


def record_change(
    user: ActingUser, connection: Connection, action: str, household: str, details: dict[str, Any], reason: str | None
) -> None:
    """Record a change of one measure: the plan's next version, written down whole, and the event."""
    connection.execute(update(Plan).where(Plan.household_id == household).values(version=Plan.version + 1))
    write_version(user, connection, household, reason)
    user.record(connection, [Event(action, household, details, written(household))])


def written(household: str) -> tuple[tuple[str, str], ...]:
    """The records that every change of a plan writes."""
    return (("plan", household), ("plan_version", household))


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
