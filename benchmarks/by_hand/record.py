"""What every engine's preview has to say: all that the record of `workbench preview` says without a model or a comparison.

Households in, not told and below the line; those in by key group and by route; the yearly cost; how many cannot be told for
want of which fact; how many more a higher ceiling lets in; and of each township those in, not told, below the line, and all.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

HELP_COST = 3000
"""Yuan a household and year."""
CEILING_ABOVE = 4987.9
"""Yuan a person and year: 1.5 times the line, and a twentieth of it more."""


class Counted(NamedTuple):
    """Counts in a fixed order, and those of townships in any.

    `missing`: of income, of each key group, of each cross-check; `added`: by CEILING_ABOVE; `townships`: county, name, and
    four counts each.
    """

    groups: Sequence[int]
    routes: Sequence[int]
    missing: Sequence[int]
    added: int
    townships: Iterable[Sequence]

    def record(self) -> list[int]:
        """The record as a list that can be compared; the totals are the sums over townships."""
        rows = sorted(map(tuple, self.townships))
        totals = [sum(row[place] for row in rows) for place in (2, 3, 4)]
        by_township = [count for row in rows for count in row[2:]]
        cost = totals[0] * HELP_COST
        listed = (*totals, *self.groups, *self.routes, *self.missing, self.added, cost, *by_township)
        return [int(count) for count in listed]
