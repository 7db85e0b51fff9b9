"""What the XML of a sheet says and the reader of workbooks does not: failed formulas, hidden rows, how far it reaches.

One pass over the pieces as they are unpacked, a row at a time; only rows with a formula or an error are taken apart.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workbench.errors import InputError, Words
from workbench.intake.reading.failed_cells import UNCALCULATED

LONGEST_ROW = 64 << 20
"""Bytes."""
# Some programs write every name of the sheet with a prefix (`x:row`).
_PREFIX = re.compile(rb"<(\w+:)?worksheet\b")
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s>/])([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c\s*>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(.*?)</", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f(?=[\s>/])")
_PLACE = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]{1,3})\$?(\d{1,7})["']""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_LETTERS = 26


@dataclass
class SheetMarks:
    """Marks of one sheet: the text of each failed cell by row (from 1) and column (from 0), the hidden rows, and its extent.

    `rows` and `columns`: the last that hold anything; `cells`: how many do; `farthest`: the cell that reaches farthest.
    """

    failed: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    cells: int = 0
    farthest: str = ""

    def reach(self, letters: bytes, digits: bytes) -> None:
        """Take note of the last cell of a row."""
        column, row = column_number(letters), int(digits)
        if row * column > self.rows * self.columns or column > self.columns:
            self.farthest = f"{letters.decode().upper()}{row}"
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def look_through(pieces: Iterable[bytes], *, uncalculated_zeros: bool) -> SheetMarks:
    """Read a sheet's XML once. `uncalculated_zeros`: the program that wrote it left 0 for what was never calculated."""
    marks, number = SheetMarks(), 0
    for row, prefix in _rows(pieces):
        number, hidden = _row_number(row, number)
        end = b"</" + prefix + b"c>"
        last = row.rfind(end)
        if last < 0:
            continue  # cells that are only coloured hold nothing, and end in themselves
        marks.cells += row.count(end)
        place = _PLACE.search(row, max(row.rfind(b"<" + prefix + b"c ", 0, last), 0))
        if place:
            marks.reach(place[1], place[2])
        if hidden:
            marks.hidden.append(number)
        if b"<" + prefix + b"f" in row or b'"e"' in row or b"'e'" in row:
            failed = dict(_failed_cells(row, uncalculated_zeros=uncalculated_zeros))
            if failed:
                marks.failed[number] = failed
    return marks


def _rows(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The bytes up to the end of each row that has cells, and the prefix of the sheet's names."""
    rest, prefix, begun = b"", b"", False
    for piece in pieces:
        text = rest + piece
        match = None if begun else _PREFIX.search(text)
        if match:
            prefix, begun = match[1] or b"", True
        *rows, rest = text.split(b"</" + prefix + b"row>")
        for row in rows:
            yield row, prefix
        # A sheet that never ends a row would otherwise gather in memory whole.
        check_length(rest, LONGEST_ROW)


def check_length(part: bytes, most: int) -> None:
    """Refuse a part of a workbook that no program can have written."""
    if len(part) > most:
        raise InputError(
            Words(
                "工作表中有一行或一段文字长得读不了；请删去后另存为 .xlsx",
                "a row or a text of the sheet is too long to read; remove it and save the file anew as .xlsx",
                code="intake.row-text-sheet-too",
            )
        )


def _row_number(row: bytes, before: int) -> tuple[int, bool]:
    """The number of the row that ends here (rows without cells may stand before it), and whether it is hidden."""
    number, hidden = before, False
    for tag in _ROW_TAG.finditer(row):
        stated = _NUMBER.search(tag[1])
        number = int(stated[1]) if stated else number + 1
        hidden = _HIDDEN.search(tag[1]) is not None
        if not tag[1].endswith(b"/"):
            break
    return number, hidden


def _failed_cells(row: bytes, *, uncalculated_zeros: bool) -> Iterator[tuple[int, str]]:
    column = -1
    for cell in _CELL.finditer(row):
        place = _PLACE.search(cell[1])
        column = column_number(place[1]) - 1 if place else column + 1
        text = _failure(cell[1], cell[2] or b"", uncalculated_zeros=uncalculated_zeros)
        if text:
            yield column, text


def _failure(attributes: bytes, content: bytes, *, uncalculated_zeros: bool) -> str | None:
    """What stands for a cell's failed formula; None where it has none.

    A formula whose result is an empty text has the type `str` and an empty value: that is calculated.
    """
    kind = _TYPE.search(attributes)
    match = _VALUE.search(content)
    value = match[1].strip() if match else b""
    if kind and kind[1] == b"e":
        return value.decode("utf-8", "replace") or "#VALUE!"
    if not _FORMULA.search(content):
        return None
    if not value:
        empty_text = match is not None and kind is not None and kind[1] == b"str" and not uncalculated_zeros
        return None if empty_text else UNCALCULATED
    return UNCALCULATED if uncalculated_zeros and _is_zero(value) else None


def _is_zero(value: bytes) -> bool:
    try:
        return float(value) == 0
    except ValueError:
        return False


def column_number(letters: bytes) -> int:
    """A column's number, from 1, by its letters."""
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - 64
    return number
