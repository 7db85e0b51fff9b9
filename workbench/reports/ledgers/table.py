"""A table as a spreadsheet shows it: columns that say how a cell is read from a row, how it looks, and how wide it is."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Any, TypeGuard
from unicodedata import east_asian_width

from workbench.errors import InputError, Words

# What a cell of the format holds.
_LONGEST_TEXT = 32_767
Cell = str | int | float | bool | dt.date | None


class Kind(StrEnum):
    """How the cells of a column look; all but NUMBER are text."""

    TEXT = "text"
    CENTRED = "centred"
    CODE = "code"
    NUMBER = "number"
    TIER = "tier"


@dataclass(frozen=True)
class Column:
    """A column: its header (one that the intake reads back where it is a fact), and the `band` above several.

    `width` in characters of the spreadsheet (a Chinese character takes two); `summed`: the row of totals adds it up.
    Columns that are not `printed` stand last, beyond the area of print: they are for reading the sheet in again.
    """

    header: str
    width: float
    value: Callable[[Any], Cell]
    kind: Kind = Kind.TEXT
    band: str = ""
    summed: bool = False
    printed: bool = True


@dataclass(frozen=True)
class Line:
    """A row of cells; `mark` is a tier whose colour its number bears; `emphasis`: a subtotal or total."""

    cells: tuple[Cell, ...]
    mark: int | None = None
    emphasis: bool = False


@dataclass(frozen=True)
class Paper:
    """The page: `a3` where there are many columns; `frozen` columns stay in sight beside the header."""

    a3: bool = False
    frozen: int = 0


@dataclass(frozen=True)
class Page:
    """One sheet, ready to be written: everything in words, nothing left to compute. At least one column is printed."""

    name: str
    title: str
    caption: tuple[str, str, str]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    signatures: tuple[str, ...]
    footer: str
    paper: Paper = Paper()


def total_line(columns: Sequence[Column], lines: Sequence[Line]) -> Line:
    """The sums of the columns that are summed, unknown cells left out; 合计 stands first."""
    cells: list[Cell] = ["合计"]
    for place, column in enumerate(columns[1:], 1):
        # Most columns have no sum, and there are many lines.
        known = [cell for line in lines if is_number(cell := line.cells[place])] if column.summed else []
        cells.append(sum(known) if column.summed else None)
    return Line(tuple(cells), emphasis=True)


def is_number(cell: Cell) -> TypeGuard[int | float]:
    """Whether a cell is written as a number; a boolean is 是 or 否."""
    # To Python True is a number too.
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def shown(cell: Cell) -> str:
    """Return a cell as it is seen, to measure it."""
    if is_number(cell):
        return f"{cell:,.0f}" if float(cell).is_integer() else f"{cell:,.2f}"
    return text(cell)


def text(cell: Cell) -> str:
    """A cell that is no number, as text: 是 and 否, a day as 2019-10-08."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return "" if cell is None else cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def width_of(words: str) -> int:
    """How many characters of a column a text takes; a Chinese one takes two."""
    # Numbers and codes, most of a ledger: no look at each character.
    if words.isascii():
        return len(words)
    # Those called ambiguous ("A") are wide in Chinese fonts.
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in words)


def lines_needed(words: str, width: float) -> int:
    """Return how many lines a text takes in a column of that width."""
    room = max(width - 1, 1)
    if "\n" not in words:  # as nearly all are
        return max(1, ceil(width_of(words) / room))
    return sum(max(1, ceil(width_of(part) / room)) for part in words.split("\n"))


def refuse_long(words: str, row: int, header: str) -> None:
    """Raise InputError for a text longer than a cell holds, which the library would cut off or drop; `row` from 0."""
    if len(words) > _LONGEST_TEXT:
        raise InputError(
            Words(
                f"第 {row + 1} 行“{header}”有 {len(words):,} 字，一格最多 {_LONGEST_TEXT:,} 字，请缩短",
                f"row {row + 1}, {header}: {len(words):,} characters, a cell holds {_LONGEST_TEXT:,}; shorten it",
                code="reports.row-characters-cell-holds",
            )
        )
