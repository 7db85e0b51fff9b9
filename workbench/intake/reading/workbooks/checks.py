"""A workbook looked through before it is read: what it unpacks to, entities, and what the XML of each sheet says.

The reader lays a sheet out from its first cell to its last one: a single stray cell in the last corner of a sheet
(XFD1048576) would be seventeen thousand million cells.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO
from xml.etree import ElementTree as ET

from workbench.errors import InputError, Words
from workbench.intake.reading.workbooks.sheet_xml import SheetMarks, check_length, look_through
from workbench.safeguards.zip_limits import ZipLimits, checked_members, unpacked

_LIMITS = ZipLimits(members=5_000)
# In UTF-16 too, where each letter has a NUL before or behind it.
_DECLARATIONS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)|<\x00!\x00(?:D\x00O|E\x00N)|\x00<\x00!\x00[DE]", re.IGNORECASE)
# Bytes looked at again with the next piece: a declaration may lie across both.
_OVERLAP = 32
_XML = (".xml", ".rels", ".vml")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_STRINGS = "xl/sharedstrings.xml"
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
# Set by programs that write formulas without calculating them: a 0 beneath one then means nothing (0028).
_CALCULATE_WHEN_OPENED = re.compile(rb"""\sfullCalcOnLoad\s*=\s*["'](?:1|true)["']""")
_LONGEST_TEXT, _LONGEST_BOOK = 400_000, 16 << 20
"""Bytes; a cell holds at most 32,767 characters."""
_SPREAD_CELLS, _SPREAD_TIMES = 4_000_000, 50
_MOST_CELLS = 120_000_000


@dataclass(frozen=True)
class WorkbookMarks:
    """What the XML says of each sheet, by the sheet's name; `parts`: the member of the zip that each stands in."""

    sheets: dict[str, SheetMarks] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)

    def spread(self) -> tuple[str, ...]:
        """The sheets with cells so far outside their table that they cannot be laid out."""
        return tuple(name for name, marks in self.sheets.items() if _is_spread(marks))


def check_workbook(source: IO[bytes]) -> WorkbookMarks:
    """Look through a workbook (a zip); raise InputError, in words, where it would take more than its size promises."""
    members = {member.filename.lower(): member for member in checked_members(source, _LIMITS)}
    book, relations = (_whole(source, members.pop(name, None)) for name in (_BOOK, _RELATIONS))
    names = _sheet_names(book, relations)
    zeros = _CALCULATE_WHEN_OPENED.search(book) is not None
    marks = WorkbookMarks()
    for member in members.values():
        pieces: Iterable[bytes] = unpacked(source, member)
        if member.filename.lower().endswith(_XML):
            pieces = _without_declarations(pieces)
        if member.filename.lower() == _STRINGS:
            pieces = _with_short_strings(pieces)
        if _SHEET.fullmatch(member.filename):
            name = names.get(member.filename.lower(), PurePosixPath(member.filename).stem)
            marks.sheets[name] = look_through(pieces, uncalculated_zeros=zeros)
            marks.parts[name] = member.filename
        # To the end, whoever looked into it: what a member really unpacks to is known only there (0015).
        for _ in pieces:
            pass
    return marks


def check_extent(name: str, marks: SheetMarks) -> None:
    """Raise InputError for a sheet that reaches too far to be laid out."""
    if not _is_spread(marks):
        return
    area = marks.rows * marks.columns
    raise InputError(
        Words(
            f"工作表（{name}）远在表格之外的单元格 {marks.farthest} 有内容，整张表会有 {area:,} 格；"
            "请删除该单元格所在的行和列后另存",
            f"sheet {name}: cell {marks.farthest}, far outside the table, holds something, which would make {area:,} cells; "
            "delete its row and column and save the file",
            code="intake.sheet-cell-far-outside",
        )
    )


def _is_spread(marks: SheetMarks) -> bool:
    area = marks.rows * marks.columns
    return area > _MOST_CELLS or (area > _SPREAD_CELLS and area > _SPREAD_TIMES * marks.cells)


def _whole(source: IO[bytes], member: zipfile.ZipInfo | None) -> bytes:
    """A small member's content; empty where there is none."""
    start = b""
    for piece in _without_declarations(unpacked(source, member)) if member else ():
        start += piece
        check_length(start, _LONGEST_BOOK)
    return start


def _sheet_names(book: bytes, relations: bytes) -> dict[str, str]:
    """The sheets' names by the member, in small letters, that each stands in."""
    try:
        # No document type and no entity is in them: that was looked at.
        sheets, links = ET.fromstring(book), ET.fromstring(relations)  # noqa: S314
    except ET.ParseError:
        return {}  # the reader will say that it is damaged
    targets = {each.get("Id"): each.get("Target", "") for each in links}
    sheet_names: dict[str, str] = {}
    for sheet in sheets.iter():
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        if _local(sheet.tag) == "sheet" and link in targets:
            target = targets[link].lstrip("/")
            sheet_names[(target if target.startswith("xl/") else f"xl/{target}").lower()] = sheet.get("name", "")
    return sheet_names


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _without_declarations(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pass the pieces on; a document type or an entity, which no spreadsheet program writes, is refused."""
    before = b""
    for piece in pieces:
        joined = before + piece
        # What every declaration has is looked for first: the pattern takes many times as long.
        if b"!" in joined and _DECLARATIONS.search(joined):
            raise InputError(
                Words(
                    "工作簿中有 DTD 或实体声明，已拒绝；请用表格软件另存为 .xlsx",
                    "the workbook declares a document type or an entity and is refused; save it anew as .xlsx",
                    code="intake.workbook-declares-document-type",
                )
            )
        before = piece[-_OVERLAP:]
        yield piece


def _with_short_strings(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pass on the pieces of a table of shared texts: one long text that many cells name would be copied as often."""
    rest = b""
    for piece in pieces:
        *texts, rest = (rest + piece).split(b"si>")
        check_length(max([*texts, rest], key=len), _LONGEST_TEXT)
        yield piece
