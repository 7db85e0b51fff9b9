"""What a county gave its households between two rounds, as the register has it: visits, running measures, the edge register.

Read for statistics of whole counties: no name, no text of a plan, no finding of a visit.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from workbench.domain.rounds import deadline
from workbench.register.db.follow_up_tables import EdgeHousehold, Plan, PlanMeasure
from workbench.register.db.procedure_tables import Visit


@dataclass(frozen=True)
class HelpGiven:
    """Help by household number: how many `visits` between the rounds; who was in the edge register; whose plan had measures running."""

    visits: dict[str, int]
    in_edge_register: frozenset[str]
    planned: frozenset[str]


def help_given(connection: Connection, county: str, start: str, end: str) -> HelpGiven:
    """Help to a county's households after the round `start` was filed and before the month of the round `end` began."""
    # The visits of a round itself gather its facts, from everybody: they are no help, and no sign of worry.
    since, before = deadline(start).isoformat(), _first_day(end).isoformat()
    visits = (
        select(Visit.household_id, func.count())
        .where(Visit.county == county, Visit.withdrawn_at.is_(None), Visit.day > since, Visit.day < before)
        .group_by(Visit.household_id)
    )
    edge = select(EdgeHousehold.household_id).where(
        EdgeHousehold.county == county,
        EdgeHousehold.entered_round <= start,
        or_(EdgeHousehold.left_round.is_(None), EdgeHousehold.left_round > start),
    )
    planned = (
        select(PlanMeasure.household_id)
        .join(Plan, Plan.household_id == PlanMeasure.household_id)
        .where(
            Plan.county == county,
            PlanMeasure.since < before,
            or_(PlanMeasure.until.is_(None), PlanMeasure.until > since),
        )
        .distinct()
    )
    return HelpGiven(
        {row[0]: row[1] for row in connection.execute(visits)},
        frozenset(connection.execute(edge).scalars()),
        frozenset(connection.execute(planned).scalars()),
    )


def _first_day(round_name: str) -> dt.date:
    return deadline(round_name).replace(day=1)
