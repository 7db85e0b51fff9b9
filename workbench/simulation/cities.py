"""Several simulated cities in one store, for measuring what a province would be: each with its own people and codes.

The first is the demonstration city. The others have its townships under codes that no division has, and other seeds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.simulation.city import SimulatedRound, check_city, check_range, describe, simulate
from workbench.simulation.tables import UNASSIGNED_PREFIX

MOST_CITIES = 99
_PROVINCE = "98"
"""No province has this code."""
_OF_COUNTY = 4
"""The first digits of a division code name its city."""


@dataclass(frozen=True)
class Cities:
    """What is simulated: `households` in all, shared out among `cities`, over so many `rounds`; see `city.simulate`."""

    households: int
    rounds: int
    seed: int
    drift: float = 0.0
    cities: int = 1

    def check(self) -> None:
        """Raise InputError for what cannot be simulated."""
        # No city without a household: each has its own share of them.
        check_range("--cities", self.cities, 1, max(1, min(MOST_CITIES, self.households)))
        check_city(self.households_of(0), self.rounds, self.seed, self.drift)

    def households_of(self, number: int) -> int:
        """The households that a city begins with."""
        each, rest = divmod(self.households, self.cities)
        return each + (number < rest)

    def describe(self) -> dict[str, Any]:
        """What made the cities, for the record."""
        description = describe(self.households, self.rounds, self.seed, self.drift)
        # Of one city as ever: a store made before there could be several is the same store.
        return description if self.cities == 1 else description | {"cities": self.cities}

    def rounds_of(self, number: int, divisions: Path) -> Iterator[SimulatedRound]:
        """The rounds of a city, by its number from 0."""
        made = simulate(
            self.households_of(number), self.rounds, self.seed + number, divisions=divisions, drift=self.drift
        )
        return made if number == 0 else (_renamed(each, number) for each in made)


def _renamed(made: SimulatedRound, number: int) -> SimulatedRound:
    """A round under the codes of another city; household numbers go with them, so that no two cities share one."""
    city = f"{_PROVINCE}{number:02d}"
    facts = {}
    for code, table in made.facts.items():
        county = city + code[_OF_COUNTY:]
        facts[county] = _with(_with_numbers(table, city), "county_code", pa.repeat(county, len(table)))
    return SimulatedRound(made.round, facts, _with_numbers(made.truth, city))


def _with_numbers(table: pa.Table, city: str) -> pa.Table:
    own = pc.utf8_slice_codeunits(table["household_id"], len(UNASSIGNED_PREFIX))
    return _with(table, "household_id", pc.binary_join_element_wise(city + UNASSIGNED_PREFIX[_OF_COUNTY:], own, ""))


def _with(table: pa.Table, name: str, values: Any) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)
