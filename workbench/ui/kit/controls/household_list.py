"""Lists of households: filtered, sorted and paged in Python, whatever their length; the browser gets one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

# The whole list never goes to the browser: a county has tens of thousands of households.
PAGE_ROWS = 25
_SEARCHED = ("household_id", "township", "village", "name")
Sorts = Mapping[str, Sequence[tuple[str, bool]]]
"""By name: columns, each with whether it descends. Unknown values stand last."""
UNKNOWN = "?"
"""What stands for a value that is not known where a list is filtered by it."""


@dataclass(frozen=True)
class ListPage:
    """One page of a list: its rows, how many rows the whole list has, and the townships that may be chosen."""

    rows: list[dict[str, Any]]
    count: int
    number: int
    pages: int
    townships: list[str]
    villages: list[str] = field(default_factory=list)
    choices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By filter each value that may be chosen, and how many rows all else that is asked leaves of it."""
    named: bool = False
    """Whether the rows have names, so that one may search by them."""

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
    village: str = ""
    filters: tuple[str, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    """Of `filters`, columns whose values may be chosen, those that are."""

    def change(self, key: str, value: Any) -> "Listing":
        """Change the township, village, search, filter, sort or page (counted from 0). What cannot be is left as it was."""
        if key == "township":  # names of villages come again in other townships
            return replace(self, township=str(value).strip(), village="", number=0)
        if key in ("village", "search"):
            return replace(self, **{key: str(value).strip()}, number=0)  # type: ignore[arg-type]
        if key in self.filters:
            others = {name: of for name, of in self.chosen.items() if name != key}
            return replace(self, chosen=others | ({key: str(value)} if value else {}), number=0)
        if key == "sort" and isinstance(value, str) and value in self.sorts:
            return replace(self, sort=value, number=0)
        if key == "number" and isinstance(value, int) and value >= 0:
            return replace(self, number=value)
        return self

    def elsewhere(self) -> "Listing":
        """What is asked of the list of another county: townships and villages are of the one before."""
        return self.change("township", "")

    def page(self, frame: pl.DataFrame) -> ListPage:
        """The page asked for, the last one where there are fewer. `frame` has the columns searched and sorted by."""
        # Of the unfiltered frame: else the township chosen would be the only one left to choose.
        townships = _offered(frame, "township", self.township)
        matching = self.whole(frame)
        pages = max(1, -(-len(matching) // PAGE_ROWS))
        # The list may have become shorter since the page was chosen.
        number = min(self.number, pages - 1)
        rows = matching.slice(number * PAGE_ROWS, PAGE_ROWS).to_dicts()
        choices = {name: self._choices(frame, name) for name in self.filters}
        return ListPage(
            rows, len(matching), number, pages, townships, self._villages(frame), choices, _has_names(frame)
        )

    def whole(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Every row asked for, in the order asked for."""
        return self._sorted(self.filtered(frame))

    def _villages(self, frame: pl.DataFrame) -> list[str]:
        """The villages of the township chosen, or of the only one there is."""
        here = frame.filter(pl.col("township") == self.township) if self.township else frame
        # Villages of different townships share names, so that a name alone would say nothing.
        if here["township"].n_unique() > 1:
            return [self.village] if self.village else []
        return _offered(here, "village", self.village)

    def _choices(self, frame: pl.DataFrame, name: str) -> dict[str, int]:
        # All else that is asked, without this filter itself: how many another value of it would leave (0044).
        others = replace(self, chosen={key: of for key, of in self.chosen.items() if key != name})
        counted = others.filtered(frame).group_by(_as_choice(name)).len()
        return dict(sorted(counted.iter_rows()))

    def filtered(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Every row asked for, in the order of `frame`: what is only counted need not be sorted."""
        for name, value in (("township", self.township), ("village", self.village)):
            frame = frame.filter(pl.col(name) == value) if value else frame
        for name, value in self.chosen.items():
            frame = frame.filter(_as_choice(name) == value)
        if self.search:
            # Literally: what is typed into a search box is no regular expression.
            hits = (
                pl.col(name).str.contains(self.search, literal=True).fill_null(value=False)
                for name in _SEARCHED
                if name in frame.columns
            )
            frame = frame.filter(pl.any_horizontal(hits))
        return frame

    def _sorted(self, frame: pl.DataFrame) -> pl.DataFrame:
        # With the number last the order is the same at every look, and no household is on two pages.
        columns = [*self.sorts[self.sort], ("household_id", False)]
        return frame.sort(
            [name for name, _ in columns],
            descending=[down for _, down in columns],
            # Polars puts nulls first; who is not known would stand before the lowest income.
            nulls_last=True,
            maintain_order=True,
        )


def _has_names(frame: pl.DataFrame) -> bool:
    """Whether any row has a name: where there is none, nobody is asked to search by it."""
    return "name" in frame.columns and frame["name"].null_count() < frame.height


def _offered(frame: pl.DataFrame, name: str, chosen: str) -> list[str]:
    """The names that may be chosen; the chosen one among them, or a list that it leaves empty would look unfiltered."""
    # What is there once: a county's list has tens of thousands of rows and some dozens of names.
    return sorted({*frame[name].drop_nulls().unique(), chosen} - {""})


def _as_choice(name: str) -> pl.Expr:
    """A column's values as they are chosen."""
    # As text: a browser sends “true” or “3”, never a truth or a number.
    return pl.col(name).cast(pl.String).fill_null(UNKNOWN)
