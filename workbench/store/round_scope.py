"""What is asked of the facts: a round, of one county or of all; one household over the rounds."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Self

import polars as pl

from workbench.store.facts import FactStore


@dataclass(frozen=True)
class RoundScope:
    """The facts of a round, of the county with that code, or (`county` None) of every county."""

    store: FactStore
    round_name: str
    county: str | None = None

    @property
    def counties(self) -> list[str]:
        """The codes of the counties in the scope."""
        return [self.county] if self.county else self.store.counties(self.round_name)

    def of(self, county: str) -> Self:
        """One county of the round."""
        return replace(self, county=county)

    def in_round(self, round_name: str) -> "RoundScope":
        """The scope of another round, of the county or of all as here."""
        return RoundScope(self.store, round_name, self.county)

    @property
    def simulated(self) -> bool:
        """Whether the households are of a simulated city, so that whatever shows them says so."""
        return self.store.origin(self.round_name, self.county).simulated

    def facts(self, columns: Collection[str] | None = None, households: Collection[str] | None = None) -> pl.DataFrame:
        """The facts, one row a household: `columns` None for all of them, `households` for those with these numbers only."""
        return self.store.frame(self.round_name, self.county, list(columns) if columns else None, households)

    def facts_with_previous(
        self, columns: Collection[str] | None = None, households: Collection[str] | None = None, kind: str | None = None
    ) -> pl.DataFrame:
        """The facts with what the rules read of each county's previous round, which need not be among `columns`.

        `kind`: of the households of this kind only.
        """
        return self.store.frame_with_previous(
            self.round_name, self.county, list(columns) if columns else None, households, kind
        )


def household_rounds(store: FactStore, household_id: str, county: str) -> dict[str, dict[str, Any] | None]:
    """The facts of a household by round, oldest first; None where the county's round does not hold it, or holds it twice."""
    by_round: dict[str, dict[str, Any] | None] = {}
    for name in store.rounds():
        if county not in store.counties(name):
            by_round[name] = None
            continue
        rows = store.frame(name, county, households=[household_id])
        by_round[name] = rows.row(0, named=True) if len(rows) == 1 else None
    return by_round
