"""What a file looks like, for a person to decide on: its sheets and their first rows, its columns and what they were taken for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from workbench.intake.findings.problems import like_data, mask, quote
from workbench.intake.matching.column_match import ColumnMatch
from workbench.intake.reading.headers import HEADER_WITHIN, is_value
from workbench.intake.reading.raw_sheet import RawSheet, Row
from workbench.intake.reading.sheet import Sheet
from workbench.intake.reading.text import fold_header
from workbench.intake.tables.layouts import columns, known_names
from workbench.intake.tables.mapping import Mapping

_FIRST, _LONGEST, _CELLS = 3, 16, 5
_MOST_TEXTS = 30
"""A column with more different texts than these is no list of codes."""
_MOST_COLUMNS = 300
_OF_PERSONS = ("姓名", "名字", "证件", "身份证", "电话", "手机", "账号", "帐号", "卡号")


@dataclass(frozen=True)
class OpenedSheet:
    """A sheet as it lies in the file: its first rows, each as a short text; None for one of data, which may name somebody."""

    name: str
    hidden: bool
    rows: tuple[str | None, ...]


@dataclass(frozen=True)
class OverviewColumn:
    """A column: what it was taken for, its first values (personal ones masked), and its different texts where they are few."""

    match: ColumnMatch
    first: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileOverview:
    """A file before its rows are read; `header_rows` and `columns` as far as a table was found in it.

    `read`: the sheets that are. `persons`: whether a row is a person. `kind`: what the layout says of all households.
    `mapping`: by which it is read, where one was given or the layout brings it.
    """

    sheets: tuple[OpenedSheet, ...]
    read: tuple[str, ...] = ()
    header_rows: tuple[int, int] | None = None
    persons: bool = False
    columns: tuple[OverviewColumn, ...] = ()
    kind: str | None = None
    mapping: Mapping | None = None

    @property
    def headers(self) -> list[str]:
        """The headers, in the order of the table."""
        return [column.match.header for column in self.columns]


def opened_sheets(sheets: Sequence[RawSheet]) -> tuple[OpenedSheet, ...]:
    """The sheets of a file with their first rows."""
    return tuple(OpenedSheet(each.name, each.hidden, tuple(_openings(each))) for each in sheets)


def overview_columns(sheet: Sheet, matches: Sequence[ColumnMatch]) -> tuple[OverviewColumn, ...]:
    """The columns of a table with their first values; of those beyond the first 300, what they were taken for only."""
    seen = [_column(sheet.frame[match.header], match) for match in matches[:_MOST_COLUMNS]]
    return (*seen, *(OverviewColumn(match) for match in matches[_MOST_COLUMNS:]))


def _openings(sheet: RawSheet) -> Iterator[str | None]:
    for row in islice(sheet.rows, HEADER_WITHIN):
        cells = [cell.strip() for cell in row if cell.strip()]
        yield None if _is_data(cells) else " · ".join(_short(cell) for cell in cells[:_CELLS])


def _is_data(cells: Row) -> bool:
    values = sum(map(is_value, cells))
    # A single cell is a title, even where it is a year or a number.
    return values > 0 and (like_data(cells) or 2 * values >= len(cells)) and len(cells) > 1


def _column(cells: pl.Series, match: ColumnMatch) -> OverviewColumn:
    filled = cells.drop_nulls()
    personal = _is_personal(match)
    first = tuple(_shown(text, personal=personal) for text in filled.unique(maintain_order=True).head(_FIRST))
    if personal or filled.n_unique() > _MOST_TEXTS:
        return OverviewColumn(match, first)
    # What would have to be masked or cut is not offered: nobody can say what half a text means.
    texts = filled.value_counts(sort=True)[cells.name].to_list()
    return OverviewColumn(match, first, tuple(text for text in texts if quote(text, personal=False) == text))


def _is_personal(match: ColumnMatch) -> bool:
    """Whether a column tells who somebody is; words of a list of codes (relations, health), without whose they are, do not."""
    known = columns().get(match.means or "") or columns().get(known_names().get(fold_header(match.header), ""))
    if known is not None:
        return known.personal and known.values is None
    return any(word in match.header for word in _OF_PERSONS)


def _shown(text: str, *, personal: bool) -> str:
    return str(mask(text)) if personal else _short(str(quote(text, personal=False)))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
