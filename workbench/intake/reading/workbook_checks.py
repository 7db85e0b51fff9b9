"""A workbook looked through before it is read: what it unpacks to, entities, and the last cell of each sheet.

The reader lays a sheet out from its first cell to its last one: a single stray cell in the last corner of a sheet
(XFD1048576) would be seventeen thousand million cells.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import FileError, InputError, Words
from workbench.safeguards.given_files import open_given
from workbench.safeguards.zip_limits import ZipLimits, checked_members, unpacked

_LIMITS = ZipLimits(members=5_000)
_DECLARATIONS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)|<\x00!\x00(?:D\x00O|E\x00N)|\x00<\x00!\x00[DE]", re.IGNORECASE)
_OVERLAP = 32
_XML = (".xml", ".rels", ".vml")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PREFIX = re.compile(rb"<(\w+:)?worksheet\b")
_PLACE = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]{1,3})\$?(\d{1,7})["']""")
_STRINGS = "xl/sharedstrings.xml"
_LONGEST_ROW, _LONGEST_TEXT = 64 << 20, 400_000
"""Bytes; a cell holds at most 32,767 characters."""
_SPREAD_CELLS, _SPREAD_TIMES = 4_000_000, 50
_MOST_CELLS = 120_000_000
_LETTERS = 26


@dataclass
class _Extent:
    """How far a sheet reaches: its last row and column that hold anything, the cells that do, and the farthest one."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    farthest: str = ""

    def reach(self, letters: bytes, digits: bytes) -> None:
        """Take note of the last cell of a row."""
        column, row = _column_number(letters), int(digits)
        if row * column > self.rows * self.columns or column > self.columns:
            self.farthest = f"{letters.decode().upper()}{row}"
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def check_workbook(path: Path) -> None:
    """Raise FileError, in words, for a workbook (a zip) that would take more than its size promises."""
    try:
        with open_given(path) as source:
            for member in checked_members(source, _LIMITS):
                pieces: Iterable[bytes] = unpacked(source, member)
                if member.filename.lower().endswith(_XML):
                    pieces = _without_declarations(pieces)
                if member.filename.lower() == _STRINGS:
                    pieces = _with_short_strings(pieces)
                if _SHEET.fullmatch(member.filename):
                    _check_extent(_extent(pieces), Path(member.filename).stem)
                for _ in pieces:
                    pass
    except FileError:
        raise
    except InputError as error:
        found = Words("工作簿打不开：", "cannot be opened as a workbook: ") + error.words
        raise FileError(path, found) from None


def _without_declarations(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces; a document type or an entity, which no spreadsheet program writes, is refused."""
    before = b""
    for piece in pieces:
        if _DECLARATIONS.search(before + piece):
            raise InputError(
                Words(
                    "工作簿中有 DTD 或实体声明，已拒绝；请用表格软件另存为 .xlsx",
                    "the workbook declares a document type or an entity and is refused; save it anew as .xlsx",
                )
            )
        before = piece[-_OVERLAP:]
        yield piece


def _extent(pieces: Iterable[bytes]) -> _Extent:
    extent, rest, prefix = _Extent(), b"", b""
    for piece in pieces:
        text = rest + piece
        begun = _PREFIX.search(text) if extent.cells == 0 else None
        prefix = (begun[1] or b"") if begun else prefix
        *rows, rest = text.split(b"</" + prefix + b"row>")
        for row in rows:
            _look_at_row(row, prefix, extent)
        _check_length(rest, _LONGEST_ROW)
    return extent


def _with_short_strings(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces of a table of shared texts: one long text that many cells name would be copied as often."""
    rest = b""
    for piece in pieces:
        *texts, rest = (rest + piece).split(b"si>")
        _check_length(max([*texts, rest], key=len), _LONGEST_TEXT)
        yield piece


def _check_length(part: bytes, most: int) -> None:
    if len(part) > most:
        raise InputError(
            Words(
                "工作表中有一行或一段文字长得读不了；请删去后另存为 .xlsx",
                "a row or a text of the sheet is too long to read; remove it and save the file anew as .xlsx",
            )
        )


def _look_at_row(row: bytes, prefix: bytes, extent: _Extent) -> None:
    """Cells that are only coloured hold nothing, and end in themselves."""
    end = b"</" + prefix + b"c>"
    last = row.rfind(end)
    if last < 0:
        return
    extent.cells += row.count(end)
    place = _PLACE.search(row, max(row.rfind(b"<" + prefix + b"c ", 0, last), 0))
    if place:
        extent.reach(place[1], place[2])


def _check_extent(extent: _Extent, sheet: str) -> None:
    area = extent.rows * extent.columns
    if area > _MOST_CELLS or (area > _SPREAD_CELLS and area > _SPREAD_TIMES * extent.cells):
        where = extent.farthest
        raise InputError(
            Words(
                f"工作表（{sheet}）远在表格之外的单元格 {where} 有内容，整张表会有 {area:,} 格；请删除该单元格所在的行和列后另存",
                f"sheet {sheet}: cell {where}, far outside the table, holds something, which would make {area:,} cells; "
                "delete its row and column and save the file",
            )
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - 64
    return number
