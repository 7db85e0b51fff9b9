"""Spreadsheets of 2003 as XML (SpreadsheetML), which old systems write and call .xls."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from xml.etree import ElementTree as ET

from workbench.errors import InputError, Words
from workbench.intake.reading.failed_cells import UNCALCULATED
from workbench.intake.reading.raw_sheet import RawSheet, Row
from workbench.intake.reading.workbooks.checks import check_extent
from workbench.intake.reading.workbooks.sheet_xml import SheetMarks
from workbench.intake.reading.workbooks.workbook import cell_text

_NAMES = "urn:schemas-microsoft-com:office:spreadsheet"
_FIRST_CHARACTERS = 4_000
# Entities made of entities unpack to gigabytes from a few bytes.
_DECLARATION = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def is_spreadsheet_xml(text: str) -> bool:
    """Whether a text is SpreadsheetML, by how it begins."""
    start = text[:_FIRST_CHARACTERS].lstrip("\ufeff \t\r\n")
    return start.startswith("<") and _NAMES in start and "Workbook" in start


def xml_sheets(text: str) -> list[RawSheet]:
    """The worksheets of the text; raises InputError for XML that is damaged or declares anything."""
    if _DECLARATION.search(text):
        raise InputError(
            Words(
                "文件中有 DTD 或实体声明，已拒绝；请用表格软件另存为 .xlsx",
                "the file declares a document type or an entity and is refused; save it anew as .xlsx",
                code="intake.file-declares-document-type",
            )
        )
    try:
        return list(_worksheets(text))
    except ET.ParseError as error:
        line, column = error.position
        raise InputError(
            Words(
                f"XML 第 {line} 行第 {column} 字处不完整；请用表格软件另存为 .xlsx",
                f"the XML is damaged at line {line}, character {column}; save it anew as .xlsx",
                code="intake.xml-damaged-line-character",
            )
        ) from None


def _worksheets(text: str) -> Iterator[RawSheet]:
    """Each worksheet when it is complete; a row is let go of as soon as its cells are taken."""
    sheet = _Sheet()
    for element in _elements(text):
        name = _local(element.tag)
        if name == "Row":
            sheet.take(element)
            element.clear()
        elif name == "Worksheet":
            yield sheet.complete(element)
            sheet = _Sheet()
            element.clear()


def _elements(text: str) -> Iterator[ET.Element]:
    """The elements in the order in which they end."""
    for _, element in ET.iterparse(io.StringIO(text), ["end"]):  # noqa: S314 - it declares no entity: that was looked at
        yield element


class _Sheet:
    """A worksheet being read: its cells that hold anything, by row and column from 1."""

    def __init__(self) -> None:
        self._cells: dict[int, dict[int, str]] = {}
        self._hidden: list[int] = []
        self._row = 0

    def take(self, row: ET.Element) -> None:
        """Take the cells of a further row."""
        number = _whole(_attribute(row, "Index"), self._row + 1)
        self._row = number + _whole(_attribute(row, "Span"), 0)
        cells = {at: text for at, cell in _numbered(row) if (text := _cell(cell)).strip()}
        if cells:
            self._cells[number] = cells
            if _attribute(row, "Hidden") == "1":
                self._hidden.append(number)

    def complete(self, worksheet: ET.Element) -> RawSheet:
        """The sheet, of which all rows were taken. Raises InputError where it reaches too far to be laid out."""
        name = _attribute(worksheet, "Name") or ""
        rows, columns = max(self._cells, default=0), max((max(cells) for cells in self._cells.values()), default=0)
        count = sum(map(len, self._cells.values()))
        check_extent(name, SheetMarks(rows=rows, columns=columns, cells=count, farthest=f"R{rows}C{columns}"))
        visible = next((each.text for each in worksheet.iter() if _local(each.tag) == "Visible"), None)
        hidden = visible in ("SheetHidden", "SheetVeryHidden")
        return RawSheet(name, _Rows(self._cells), hidden, tuple(self._hidden))


class _Rows:
    """The rows of a sheet, of which only the cells that hold anything are kept."""

    def __init__(self, cells: dict[int, dict[int, str]]) -> None:
        self._cells = cells

    def __iter__(self) -> Iterator[Row]:
        for number in range(1, max(self._cells, default=0) + 1):
            cells = self._cells.get(number, {})
            yield [cells.get(at, "") for at in range(1, max(cells, default=0) + 1)]


def _numbered(row: ET.Element) -> Iterator[tuple[int, ET.Element]]:
    """The cells of a row with their column: the one that they say, else that after the one before."""
    column = 0
    for cell in row:
        column = _whole(_attribute(cell, "Index"), column + 1)
        yield column, cell
        column += _whole(_attribute(cell, "MergeAcross"), 0)


def _cell(cell: ET.Element) -> str:
    data = next((each for each in cell if _local(each.tag) == "Data"), None)
    written = "" if data is None else "".join(data.itertext())
    kind = "" if data is None else _attribute(data, "Type")
    if not written.strip():
        # A formula whose result is an empty text has the type String: it was calculated.
        return UNCALCULATED if _attribute(cell, "Formula") and kind != "String" else ""
    if kind == "Number":
        return _number(written)
    if kind == "DateTime":
        return _date(written)
    # In the words that `cell_text` has for the truths of a workbook.
    return {"1": "是", "0": "否"}.get(written, written) if kind == "Boolean" else written


def _number(written: str) -> str:
    try:
        value = float(written)
    except ValueError:
        return written
    return cell_text(value) if isfinite(value) else written


def _date(written: str) -> str:
    try:
        return cell_text(datetime.fromisoformat(written))
    except ValueError:
        return written


def _attribute(element: ET.Element, name: str) -> str | None:
    return element.get(f"{{{_NAMES}}}{name}") or element.get(name)


def _whole(written: str | None, otherwise: int) -> int:
    return int(written) if written and re.fullmatch(r"\d{1,9}", written) else otherwise


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
