"""The header of a sheet: the row, or the rows, that name its columns, as far down as row 30."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from workbench.intake.reading.failed_cells import failure
from workbench.intake.reading.raw_sheet import Row
from workbench.intake.reading.text import fold_header, fold_text

HEADER_WITHIN = 30
# A header in the last of the rows may go on below it, with column names and units.
ROWS_LOOKED_AT = HEADER_WITHIN + 3
Named = Callable[[str], str | None]
"""The name under which a folded header is known to the caller; None for any other."""
_LONGEST_HEADER = 60
_NUMBER = re.compile(r"[+-]?[\d.,]+%?|\d+(?:[-/.年月日]\d+)*[年月日]?|[\d.]+[eE][+-]?\d+")
_YEAR = re.compile(r"20[0-4]\d年?")
_MANY_DIGITS = re.compile(r"\d{5}")
_UNIT = re.compile(r"[(（]?(?:单位[:：])?[万千百]?(?:元|亩|人|户|月|天|岁|年|平方米|㎡)(?:/[人户月年])?[)）]?")
_UNIT_OF_GROUP = re.compile(r"[(（](?:单位[:：])?([^()（）]*(?:元|亩|月)[^()（）]*)[)）]")
_PLAIN_UNIT = "元"
_JOIN = "·"


@dataclass(frozen=True)
class Header:
    """Rows `first` to `last` (from 1) that name the columns; `cells`: the name of each, "" for none."""

    first: int
    last: int
    cells: tuple[str, ...]
    known: int = 0

    @property
    def named(self) -> int:
        """How many columns have a name."""
        return sum(bool(cell) for cell in self.cells)


def find_header(rows: Sequence[Row], named: Named) -> Header:
    """The row that bears most known headers (of equals, the most that look like one; the first), and those it goes with."""
    bare = [_bare(row) for row in rows]
    known = [_known(row, named) for row in bare[:HEADER_WITHIN]]
    scores = [(count, sum(map(_is_like_header, row))) for count, row in zip(known, bare, strict=False)]
    if not scores:
        return Header(1, 1, ())
    # Not the first row that fits: titles and remarks above a table may hold a word that is a header somewhere.
    best = scores.index(max(scores))
    header = Header(best + 1, best + 1, tuple(bare[best]), known[best])
    # Merged cells: a group above, its columns below, units below those. Each row is added only if it names more.
    while (longer := _longer(header, bare, named)) is not None:
        header = longer
    return header


def header_at(rows: Sequence[Row], first: int, last: int, named: Named) -> Header:
    """The header that a person says stands in rows `first` to `last`."""
    cells: tuple[str, ...] = tuple(_bare(rows[first - 1])) if len(rows) >= first else ()
    for number in range(first + 1, min(last, len(rows)) + 1):
        below = _bare(rows[number - 1])
        joined = _joined(cells, below, first, number, named)
        cells = (
            joined.cells if joined is not None else tuple(a or b for a, b in zip_longest(below, cells, fillvalue=""))
        )
    return Header(first, last, cells, _known(cells, named))


def _bare(row: Row) -> list[str]:
    """The cells without needless blanks, and without the empty ones after the last."""
    cells = [" ".join(cell.split()) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def is_data(header: Header) -> bool:
    """Whether the row that is most like a header is one of data after all: the sheet has no header."""
    values = sum(is_value(cell) for cell in header.cells)
    return values > 1 and 2 * header.known < header.named and 10 * values >= header.named


def is_value(cell: str) -> bool:
    """Whether a cell is a number, a date, a number of a person or a failed formula: no header is."""
    text = fold_text(cell)
    if not text or _YEAR.fullmatch(text):
        return False
    return bool(_NUMBER.fullmatch(text) or _MANY_DIGITS.search(text) or failure(text))


def _is_like_header(cell: str) -> bool:
    return bool(cell) and len(cell) <= _LONGEST_HEADER and not is_value(cell)


def _known(cells: Sequence[str], named: Named) -> int:
    """How many known columns the cells name; a unit in brackets makes no other column."""
    names = {named(fold_header(cell)) or named(fold_header(_UNIT_OF_GROUP.sub("", cell))) for cell in cells if cell}
    return len(names - {None})


def _longer(header: Header, rows: Sequence[Row], named: Named) -> Header | None:
    """The header with the row above or below it, where that names more columns or their units; None where neither does."""
    joined = []
    if header.last < len(rows):
        below = rows[header.last]
        joined.append(_joined(header.cells, below, header.first, header.last + 1, named))
        # A row of units belongs to the header though it names no further column.
        if joined[0] is not None and all(_UNIT.fullmatch(fold_text(cell)) for cell in below if cell):
            return joined[0]
    if header.first > 1:
        joined.append(_joined(rows[header.first - 2], header.cells, header.first - 1, header.last, named))
    better = [each for each in joined if each is not None and _names_more(each, header)]
    return max(better, key=lambda each: (each.known, each.named), default=None)


def _names_more(longer: Header, header: Header) -> bool:
    """A single further name may as well be a line above the table that happens to stand over a column without one."""
    return longer.known > header.known or (longer.known == header.known and longer.named > header.named + 1)


def _joined(upper: Sequence[str], lower: Sequence[str], first: int, last: int, named: Named) -> Header | None:
    """Two rows as one header; None where one of them is no part of a header."""
    if any(map(is_value, [*upper, *lower])) or sum(map(bool, upper)) < 2 or not any(lower):  # noqa: PLR2004 - a title is one
        return None
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    below = [*lower, *[""] * (width - len(lower))]
    cells = tuple(_without_doubles(_names(above, below, named)))
    return Header(first, last, cells, _known(cells, named))


def _names(above: Sequence[str], below: Sequence[str], named: Named) -> list[tuple[str, str]]:
    """Return for each column the group that it stands under ("" for none) and its name."""
    named_columns, group = [], ""
    for place, (upper, lower) in enumerate(zip(above, below, strict=True)):
        # A group's name stands in the first of its merged cells only; the cells to its right are empty.
        leads = bool(upper and lower) and not any(above[place + 1 : place + 2]) and any(below[place + 1 : place + 2])
        if upper or not lower:
            group = upper if leads else ""
        if not lower:
            named_columns.append(("", upper))
        elif upper and not leads:
            named_columns.append(("", _of_two(upper, lower, named)))
        else:
            named_columns.append((group, _with_unit(group, lower)))
    return named_columns


def _of_two(upper: str, lower: str, named: Named) -> str:
    """The name of a column that both rows say something of, where the upper is no group."""
    if _UNIT.fullmatch(fold_text(lower)):
        return upper + lower if lower[0] in "(（" else f"{upper}（{lower}）"
    if named(fold_header(lower)) is not None:
        return _with_unit(upper, lower)
    return upper if named(fold_header(upper)) is not None else f"{upper}{_JOIN}{lower}"


def _with_unit(group: str, name: str) -> str:
    """A column's name with the unit that its group bears for all its columns."""
    unit = _UNIT_OF_GROUP.search(group)
    # Yuan is what a figure is in anyway; 万元 over a group of columns changes every one of them.
    if unit is None or unit[1].strip() == _PLAIN_UNIT or _UNIT_OF_GROUP.search(name):
        return name
    return f"{name}（{unit[1].strip()}）"


def _without_doubles(names: Sequence[tuple[str, str]]) -> list[str]:
    """The names; one that several groups have is said with its group."""
    plain = [name for _, name in names]
    return [f"{group}{_JOIN}{name}" if group and plain.count(name) > 1 else name for group, name in names]
