"""A measure added to a plan or changed in it: whose it is, its amount, days, way of linking, who is responsible (§2.1.4, §3.2)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update

from workbench.domain.assistance.terms import Terms, check_terms
from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import gives_reason
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assistance.checks import (
    Planned,
    check_measure,
    check_nobody_without,
    check_version,
    plan_row,
    running_of,
)
from workbench.register.assistance.plans import insert_measures, record_change, suggested
from workbench.register.assistance.versions import write_first
from workbench.register.db.follow_up_tables import Plan, PlanMeasure
from workbench.register.db.rows import row_of
from workbench.register.joined_records import MeasureOfPlan
from workbench.register.procedure.entries import area_of

_PLAN, _MEASURE = Plan.__table__, PlanMeasure.__table__
_TERMS = tuple(asdict(Terms()))


def add_measure(user: ActingUser, round_name: str, household: str, new: Planned, version: int | None) -> bool:
    """Add one measure to a household's plan; a member may have several, and one measure twice on different terms.

    Returns whether it was added: False for one that runs already on the same terms. Raises RefusedError where there is no
    plan yet, or where it is no longer the `version` seen.
    """
    facts, _ = suggested(user, round_name, [household])[household]
    user.check(Right.PROPOSE, area_of(facts))
    # As far as the facts say how many members there are; a plan may go on where they do not.
    check_measure(new, facts["persons"])
    check_terms(new.measure, new.terms, user.today)
    with user.writing() as connection:
        plan = plan_row(connection, household)
        if plan is None:
            raise RefusedError(
                Words(
                    "该户还没有帮扶计划；请先制定计划，再补充措施",
                    "this household has no plan yet: make one first, then add to it",
                    code="register.no-plan-to-add-to",
                )
            )
        if any(_same(row, new.measure, new.member, new.terms) for row in running_of(connection, household)):
            return False
        check_version(connection, household, plan, version)
        write_first(connection, household)
        insert_measures(user, connection, household, [new])
        details = {"measure": new.measure, "member": new.member, **_agreed(new.terms)}
        record_change(user, connection, "measure_added", household, details, None)
    return True


def change_measure(
    user: ActingUser,
    round_name: str,
    measure_id: int,
    member: int | None,
    terms: Terms,
    reason: str,
    version: int | None = None,
) -> bool:
    """Change whose a running measure is and its terms, with a reason; the plan as it was stays among its versions.

    Returns whether anything changed. Raises RefusedError for a measure that is not here or has ended, for one whose member
    would be without any, and where the plan is no longer the `version` seen.
    """
    if not gives_reason(reason):
        raise RefusedError(
            Words(
                "更改措施要写明理由",
                "a reason is needed to change a measure",
                code="register.reason-needed-change-measure",
            ),
            field="reason",
        )
    row = _running(user, measure_id)
    household = row["household_id"]
    facts, _ = suggested(user, round_name, [household])[household]
    user.check(Right.PROPOSE, area_of(facts))
    check_terms(row["measure"], terms, user.today)
    with user.writing() as connection:
        # Looked for again under the writer's lock: somebody may have ended it since.
        now = next((each for each in running_of(connection, household) if each["id"] == measure_id), None)
        if now is None:
            raise _not_here(measure_id)
        if _same(now, row["measure"], member, terms):
            return False  # sent twice, or nothing is different
        check_version(connection, household, plan_row(connection, household), version)
        if member != now["member"]:
            check_measure(Planned(row["measure"], member), facts["persons"])
            check_nobody_without(user, connection, {**row, "member": now["member"]})
        write_first(connection, household)
        connection.execute(
            update(PlanMeasure).where(PlanMeasure.id == measure_id).values(member=member, **asdict(terms))
        )
        details = {"measure": row["measure"], "member": [now["member"], member], "reason": reason, **_agreed(terms)}
        record_change(user, connection, "measure_changed", household, details, reason)
    return True


def _running(user: ActingUser, measure_id: int) -> MeasureOfPlan:
    """A running measure of the person's area, with the county of its plan."""
    query = select(_MEASURE, _PLAN.c.county, _PLAN.c.township, _PLAN.c.village).join(
        _PLAN, _PLAN.c.household_id == _MEASURE.c.household_id
    )
    here = query.where(_MEASURE.c.id == measure_id, _MEASURE.c.until.is_(None), *user.inside(Plan))
    with user.reading() as connection:
        row = row_of(connection, here, MeasureOfPlan)
    if row is None:
        raise _not_here(measure_id)
    return row


def _not_here(measure_id: int) -> RefusedError:
    return RefusedError(
        Words(
            f"这项措施已经结束，或不在本范围内（编号 {measure_id}）；请重新查看",
            f"this measure has ended, or is not of this area (number {measure_id}): look again",
            code="register.measure-to-change-not-here",
        )
    )


def _same(row: Mapping[str, Any], measure: str, member: int | None, terms: Terms) -> bool:
    # Pages hand in empty texts where commands hand in nothing: either is not agreed.
    agreed = asdict(terms)
    return (row["measure"], row["member"]) == (measure, member) and all(
        (row[name] if row[name] != "" else None) == (agreed[name] if agreed[name] != "" else None) for name in _TERMS
    )


def _agreed(terms: Terms) -> dict[str, Any]:
    """The terms that are agreed, without free text: names and remarks stay in the plan."""
    return {
        name: value
        for name, value in asdict(terms).items()
        if value is not None and name not in {"responsible", "detail"}
    }
