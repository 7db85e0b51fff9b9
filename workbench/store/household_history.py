"""One household over the rounds, as it was recorded in each."""

from typing import Any

from workbench.store.facts import FactStore


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
