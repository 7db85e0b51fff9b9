"""Where a county's households stand in the register apart from any standard: managed, with measures running, on their way.

Read for the household-by-household comparison of two standards and for its counts: no name, no text of a plan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from workbench.domain.procedure.workflow import Stage
from workbench.register.assessment import EDGE
from workbench.register.db.follow_up_tables import EdgeHousehold, Plan, PlanMeasure
from workbench.register.db.procedure_tables import Entry

ON_THEIR_WAY = (Stage.PROPOSED, Stage.REVIEWED)
"""The stages of an entry that a standard approved for the round may send back."""


@dataclass(frozen=True)
class RegisterStanding:
    """One household: the round in which it entered the edge register (None: it is not in it), how many measures run, the stage of its entry."""

    managed_since: str | None = None
    measures: int = 0
    stage: Stage | None = None


@dataclass(frozen=True)
class StandingCounts:
    """How many of some households are managed, have measures running, and are proposed or reviewed in the round."""

    managed: int
    helped: int
    on_their_way: int


def standings(connection: Connection, county: str, round_name: str) -> dict[str, RegisterStanding]:
    """Return the standings by household number, of those of whom the register says anything; whoever shows single ones has checked who asks."""
    managed_query = select(EdgeHousehold.household_id, EdgeHousehold.entered_round).where(
        EdgeHousehold.county == county, EdgeHousehold.state == "active"
    )
    running = (
        select(PlanMeasure.household_id, func.count())
        .join(Plan, Plan.household_id == PlanMeasure.household_id)
        .where(Plan.county == county, PlanMeasure.until.is_(None))
        .group_by(PlanMeasure.household_id)
    )
    # Of the edge list only: the tier of a lifted household follows no county's standard.
    entered = select(Entry.household_id, Entry.stage).where(
        Entry.county == county, Entry.round == round_name, Entry.kind == EDGE, Entry.stage != Stage.NEW
    )
    managed, measures, stages = (
        {row[0]: row[1] for row in connection.execute(query)} for query in (managed_query, running, entered)
    )
    return {
        name: RegisterStanding(
            managed.get(name), measures.get(name, 0), Stage(stages[name]) if name in stages else None
        )
        for name in {*managed, *measures, *stages}
    }


def count_standings(known: Mapping[str, RegisterStanding], households: Iterable[str]) -> StandingCounts:
    """How many of some households are managed, helped, or on their way."""
    of = [known[name] for name in set(households) if name in known]
    return StandingCounts(
        sum(each.managed_since is not None for each in of),
        sum(each.measures > 0 for each in of),
        sum(each.stage in ON_THEIR_WAY for each in of),
    )
