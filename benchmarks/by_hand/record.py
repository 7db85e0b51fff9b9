"""What every engine's preview has to say: what an official reads in the record of `workbench preview` (contract §5).

Households in, not told and below the line; those in by key group and by route; the yearly cost; and of each township
those in, not told, below the line, and all that are unregistered.
"""

from collections.abc import Iterable, Sequence

HELP_COST = 3000
"""Yuan a household and year."""


def record(
    totals: Sequence[int], groups: Sequence[int], routes: Sequence[int], townships: Iterable[Sequence]
) -> list[int]:
    """The record as a list that can be compared. `townships`: county, name, and four counts each, in any order."""
    by_township = [count for row in sorted(map(tuple, townships)) for count in row[2:]]
    return [int(count) for count in (*totals, *groups, *routes, totals[0] * HELP_COST, *by_township)]


def of_townships(townships: Iterable[Sequence], groups: Sequence[int], routes: Sequence[int]) -> list[int]:
    """The record where the totals are the sums over townships."""
    rows = list(townships)
    return record([sum(row[place] for row in rows) for place in (2, 3, 4)], groups, routes, rows)
