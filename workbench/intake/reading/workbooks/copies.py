"""A copy of a workbook without the cells that hold nothing but blanks, one of which may lie in a sheet's last corner."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from workbench.intake.reading.workbooks.sheet_xml import LONGEST_ROW, check_length

_STRINGS = "xl/sharedstrings.xml"
_BLOCK = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?c(?=\s)(?![^>]*/>)([^>]*)>(.*?)</(?:\w+:)?c\s*>", re.DOTALL)
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>(.*?)</", re.DOTALL)
_ITEM = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?si\s*>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(.*?)</", re.DOTALL)
_WHOLE = re.compile(rb"\s*\d{1,9}\s*")
_PLACED = re.compile(rb"\sr\s*=")
_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f(?=[\s>/])")
# Blanks may be written as references to characters, decimal or hexadecimal.
_BLANK_SIGNS = re.compile(rb"&#(?:x0*(?:a0|20|d|a|9)|0*(?:160|32|13|10|9));", re.IGNORECASE)


def copy_without_blank_cells(source: IO[bytes], copy: IO[bytes], parts: set[str]) -> None:
    """Write a copy; `parts`: the members whose cells are looked at. The cells stay where they are: each says its place."""
    # Hardly compressed: the copy is read once and thrown away.
    with zipfile.ZipFile(source) as opened, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        blank = _blank_strings(opened)
        for member in opened.infolist():
            with opened.open(member) as content, made.open(member.filename, "w", force_zip64=True) as target:
                pieces = iter(lambda content=content: content.read(_BLOCK), b"")  # type: ignore[misc]
                for piece in _trimmed(pieces, blank) if member.filename in parts else pieces:
                    target.write(piece)
    copy.seek(0)


def _blank_strings(opened: zipfile.ZipFile) -> set[int]:
    """The places of the shared texts that are blank."""
    name = next((each for each in opened.namelist() if each.lower() == _STRINGS), None)
    if name is None:
        return set()
    items = _ITEM.finditer(opened.read(name))
    return {place for place, item in enumerate(items) if _is_blank(_TEXT.findall(item[1] or b""))}


def _is_blank(texts: Iterable[bytes]) -> bool:
    return (
        not _BLANK_SIGNS.sub(b"", b"".join(texts)).decode("utf-8", "replace").strip(" \t\r\n\u00a0\u3000\u200b\ufeff")
    )


def _trimmed(pieces: Iterable[bytes], blank: set[int]) -> Iterator[bytes]:
    """The sheet's XML in pieces, without blank cells."""

    def keep(cell: re.Match[bytes]) -> bytes:
        return b"" if _holds_blank(cell[1], cell[2], blank) else cell[0]

    yield from _by_rows(pieces, lambda row: _CELL.sub(keep, row))


def _by_rows(pieces: Iterable[bytes], change: Callable[[bytes], bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        text, done = rest + piece, 0
        for end in _ROW_END.finditer(text):
            yield change(text[done : end.end()])
            done = end.end()
        rest = text[done:]
        check_length(rest, LONGEST_ROW)
    yield rest


def _holds_blank(attributes: bytes, content: bytes, blank: set[int]) -> bool:
    """Whether a cell says where it stands and holds a blank text; a formula is never taken for one."""
    # A cell that does not say its place stands after the one before: without it all that follow would move.
    if not _PLACED.search(attributes) or _FORMULA.search(content):
        return False
    value = _VALUE.search(content)
    if _SHARED.search(attributes):
        return value is not None and _WHOLE.fullmatch(value[1]) is not None and int(value[1]) in blank
    return _is_blank([value[1]] if value else _TEXT.findall(content))
