"""Lists of households: filtered, sorted and paged in Python, whatever their length; the browser gets one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

PAGE_ROWS = 25
_SEARCHED = ("household_id", "township", "village")
Sorts = Mapping[str, Sequence[tuple[str, bool]]]
"""By name: columns, each with whether it descends. Unknown values stand last."""


@dataclass(frozen=True)
class ListPage:
    """One page of a list: its rows, how many rows the whole list has, and the townships that may be chosen."""

    rows: list[dict[str, Any]]
    count: int
    number: int
    pages: int
    townships: list[str]

    @property
    def first(self) -> int:
        """The position of the first row, counted from one."""
        return self.number * PAGE_ROWS + 1 if self.count else 0

    @property
    def last(self) -> int:
        """The position of the last row."""
        return self.number * PAGE_ROWS + len(self.rows)


@dataclass(frozen=True)
class Listing:
    """What is asked of a list. `change` takes what a browser sends and keeps only what can be."""

    sorts: Sorts
    sort: str
    township: str = ""
    search: str = ""
    number: int = 0

    def change(self, key: str, value: Any) -> "Listing":
        """Another township, search, sort or page (counted from 0). What cannot be is left as it was."""
        if key in ("township", "search"):
            return replace(self, **{key: str(value).strip()}, number=0)  # type: ignore[arg-type]
        if key == "sort" and value in self.sorts:
            return replace(self, sort=str(value), number=0)
        if key == "number" and isinstance(value, int) and value >= 0:
            return replace(self, number=value)
        return self

    def page(self, frame: pl.DataFrame) -> ListPage:
        """The page asked for, the last one where there are fewer. `frame` has the columns searched and sorted by."""
        townships = sorted(frame["township"].drop_nulls().unique().to_list())
        matching = self.whole(frame)
        pages = max(1, -(-len(matching) // PAGE_ROWS))
        # The list may have become shorter since the page was chosen.
        number = min(self.number, pages - 1)
        rows = matching.slice(number * PAGE_ROWS, PAGE_ROWS).to_dicts()
        return ListPage(rows, len(matching), number, pages, townships)

    def whole(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Every row asked for, in the order asked for."""
        return self._sorted(self._filtered(frame))

    def _filtered(self, frame: pl.DataFrame) -> pl.DataFrame:
        if self.township:
            frame = frame.filter(pl.col("township") == self.township)
        if self.search:
            # Literally: what is typed into a search box is no regular expression.
            hits = (pl.col(name).str.contains(self.search, literal=True).fill_null(value=False) for name in _SEARCHED)
            frame = frame.filter(pl.any_horizontal(hits))
        return frame

    def _sorted(self, frame: pl.DataFrame) -> pl.DataFrame:
        # With the number last the order is the same at every look, and no household is on two pages.
        columns = [*self.sorts[self.sort], ("household_id", False)]
        return frame.sort(
            [name for name, _ in columns],
            descending=[down for _, down in columns],
            nulls_last=True,
            maintain_order=True,
        )
