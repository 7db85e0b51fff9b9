"""The filed households of a round with their members, for the national system's list of persons (LA2019-15 §2.1.1-b, §4.3-b)."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from workbench.domain.procedure.workflow import Stage
from workbench.register import county_records
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.personal_data import members
from workbench.register.assessment import EDGE
from workbench.reports.gathering.county import CountyRound
from workbench.reports.list_records import NationalList, NationalRow

_PLACE: tuple[Literal["household_id", "township", "village"], ...] = ("household_id", "township", "village")
_MANAGED = frozenset({"enter", "keep"})
"""Filed results with which an edge household is managed; who stayed out or left is on no list."""


def gather_national_list(county_round: CountyRound, user: ActingUser, kind: str) -> NationalList:
    """Whoever is filed in a round, a row a member; a household whose members nobody handed in has one row without a person.

    One that the round's facts have no more is listed too, with where it was filed and blanks, and named in `without_facts`.

    Raises RefusedError for who may not read personal data; the reading is an event.
    """
    filed = {
        household: entry
        for household, entry in county_round.entries(kind).items()
        if entry["stage"] == Stage.FILED and (kind != EDGE or entry["proposal"] in _MANAGED)
    }
    # Of all at once: a reading of personal data is an event, and should be one for a list.
    people = members(user, county_round.round_name, county_round.county, list(filed), f"national_{kind}")
    entered = {
        row["household_id"]: row["entered_on"]
        for row in county_records.edge_households(user, county_round.county, county_round.round_name)
    }
    # In the order of the facts (place, then number), each number once: it may stand twice in a round.
    known = county_round.households.unique("household_id", keep="first", maintain_order=True)
    listed = [facts for facts in known.iter_rows(named=True) if facts["household_id"] in filed]
    without = sorted(filed.keys() - {facts["household_id"] for facts in listed})
    # Filed it is, whatever became of its facts: where it lives is then what the register holds.
    listed += [{name: filed[household][name] for name in _PLACE} for household in without]
    rows = [row for facts in listed for row in _rows(facts, people.get(facts["household_id"], ()), kind, entered)]
    return NationalList(county_round.heading(kind), kind, tuple(rows), tuple(without))


def _rows(
    facts: Mapping[str, Any], people: Sequence[Mapping[str, str]], kind: str, entered: Mapping[str, str]
) -> list[NationalRow]:
    household = facts["household_id"]
    since = entered.get(household) if kind == EDGE else None
    # A household is never left off for want of its members (§2.1.3-c).
    return [NationalRow(household, person, facts, kind, since) for person in people or ({},)]
