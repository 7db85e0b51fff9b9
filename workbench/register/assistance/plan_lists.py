"""Plans of assistance as pages and reports look at them: one household's, those of an area, measures that run."""

from sqlalchemy import func, select

from workbench.domain.procedure.roles import Right
from workbench.register.access.acting_user import ActingUser
from workbench.register.db.follow_up_tables import Plan, PlanMeasure
from workbench.register.db.rows import row_of, rows_of
from workbench.register.records import ListedPlan, PlanMeasureRecord, PlanRecord, PlanWithMeasures

_PLAN, _MEASURE = Plan.__table__, PlanMeasure.__table__


def plan_of(user: ActingUser, household: str) -> PlanWithMeasures | None:
    """A household's plan with its measures, ended ones too; None where it has none."""
    user.check_anywhere(Right.READ_REGISTER)
    with user.reading() as connection:
        query = select(_PLAN).where(_PLAN.c.household_id == household, *user.inside(Plan))
        row = row_of(connection, query, PlanRecord)
        if row is None:
            return None
        listed = select(_MEASURE).where(_MEASURE.c.household_id == household).order_by(_MEASURE.c.id)
        return {**row, "measures": rows_of(connection, listed, PlanMeasureRecord)}


def plans(user: ActingUser) -> list[ListedPlan]:
    """Every plan of the person's area, with `running`: how many of its measures have not ended."""
    user.check_anywhere(Right.READ_REGISTER)
    running = (
        select(_MEASURE.c.household_id, func.count().label("running"))
        .where(_MEASURE.c.until.is_(None))
        .group_by(_MEASURE.c.household_id)
        .subquery()
    )
    query = (
        select(_PLAN, func.coalesce(running.c.running, 0).label("running"))
        # Outer: a plan all of whose measures have ended is still a plan.
        .outerjoin(running, running.c.household_id == _PLAN.c.household_id)
        .where(*user.inside(Plan))
        .order_by(_PLAN.c.household_id)
    )
    with user.reading() as connection:
        return rows_of(connection, query, ListedPlan)


def running_measures(user: ActingUser, county: str) -> dict[str, list[str]]:
    """The names of the running measures of every planned household of a county, each once, in the order they were made."""
    query = (
        select(_MEASURE.c.household_id, _MEASURE.c.measure)
        .join(_PLAN, _PLAN.c.household_id == _MEASURE.c.household_id)
        .where(_PLAN.c.county == county, _MEASURE.c.until.is_(None))
        .order_by(_MEASURE.c.id)
    )
    by_household: dict[str, dict[str, None]] = {}
    with user.reading() as connection:
        for household, measure in connection.execute(query):
            # A dictionary as an ordered set: the order in which the measures were made.
            by_household.setdefault(household, {})[measure] = None
    return {household: list(names) for household, names in by_household.items()}
