"""What an .xls (or WPS's .et) says and the reader of workbooks does not: failed formulas and hidden rows, by its records."""

import struct
from collections.abc import Iterator
from typing import IO

import olefile

from workbench.intake.reading.failed_cells import UNCALCULATED
from workbench.intake.reading.workbooks.sheet_xml import SheetMarks

_HEADER = struct.Struct("<HH")
_CELL = struct.Struct("<HH")
_SHEET, _BEGIN, _END = 0x0085, 0x0809, 0x000A
_ROW, _ERROR, _NOT_CALCULATED = 0x0208, 0x0205, 0x005E
_FORMULAS = (0x0006, 0x0206, 0x0406)
_ZERO_HEIGHT = 0x20
_IS_ERROR = 2
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def sheet_marks(opened: IO[bytes]) -> list[SheetMarks]:
    """What is marked in each sheet, in the order of the sheets; nothing where the records cannot be told apart."""
    opened.seek(0)
    try:
        with olefile.OleFileIO(opened) as container:
            name = next((each for each in ("Workbook", "Book") if container.exists(each)), None)
            records = container.openstream(name).read() if name else b""
        return [_marks(records, start) for start in _starts(records)]
    except (OSError, struct.error, ValueError, IndexError):
        return []


def _records(content: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    while start + _HEADER.size <= len(content):
        kind, length = _HEADER.unpack_from(content, start)
        start += _HEADER.size
        yield kind, content[start : start + length]
        start += length


def _starts(content: bytes) -> list[int]:
    """Where the records of each sheet begin."""
    cells = []
    for kind, data in _records(content, 0):
        if kind == _SHEET:
            cells.append(int(struct.unpack_from("<I", data)[0]))
        elif kind == _END:
            break
    return cells


def _marks(content: bytes, start: int) -> SheetMarks:
    marks, depth, uncalculated = SheetMarks(), 0, False
    for kind, data in _records(content, start):
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            break
        if depth > 1:  # a chart in the sheet
            continue
        uncalculated = uncalculated or kind == _NOT_CALCULATED
        # The flags of a row's record stand at byte 12 (MS-XLS).
        if kind == _ROW and struct.unpack_from("<H", data, 12)[0] & _ZERO_HEIGHT:
            # Records count rows from 0, sheets from 1.
            marks.hidden.append(_CELL.unpack_from(data)[0] + 1)
        text = _failure(kind, data, uncalculated=uncalculated)
        if text:
            row, column = _CELL.unpack_from(data)
            marks.failed.setdefault(row + 1, {})[column] = text
    return marks


def _failure(kind: int, data: bytes, *, uncalculated: bool) -> str | None:
    """What stands for a cell's failed formula; None for any other record."""
    # One record holds errors and truths; byte 7 says which it is.
    if kind == _ERROR and data[7]:
        return _ERRORS.get(data[6], "#VALUE!")
    if kind not in _FORMULAS:
        return None
    result = data[6:14]
    # Such a result is no number; its first byte says what it is instead.
    if result[6:] == b"\xff\xff":
        return _ERRORS.get(result[2], "#VALUE!") if result[0] == _IS_ERROR else None
    return UNCALCULATED if uncalculated and struct.unpack("<d", result)[0] == 0 else None
