"""Workbooks as rows of text: xlsx, xlsm, xlsb, xls and WPS's et, whatever the file's name says."""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from workbench.errors import FileError, InputError, Words
from workbench.intake.reading.raw_sheet import RawSheet, Row
from workbench.intake.reading.workbooks.checks import WorkbookMarks, check_extent, check_workbook
from workbench.intake.reading.workbooks.copies import copy_without_blank_cells
from workbench.intake.reading.workbooks.sheet_xml import SheetMarks
from workbench.intake.reading.workbooks.xls_records import sheet_marks
from workbench.safeguards.given_files import open_given

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0"
_EXACT_DIGITS = 15
"""A spreadsheet keeps 15 digits of a number; what lies beyond is lost."""
_OPENING_ROWS = 100
"""Rows that may be looked at before a sheet is read; one that has no more costs nothing to hold."""
_LONGEST_CELL = 32_767
"""As spreadsheet programs have it."""
_ARCHIVE = Words(
    "是压缩包（zip）或别的文档，里面没有工作簿；请解压后选其中的 .xlsx 或 .csv 文件",
    "an archive (zip) or another document without a workbook in it; unpack it and choose the .xlsx or .csv file in it",
    code="intake.zip-without-workbook",
)


def workbook_sheets(path: Path) -> list[RawSheet]:
    """The sheets of a workbook; raises FileError for one that is damaged, or unpacks to more than it promises."""
    with open_given(path) as given:
        zipped = given.read(len(ZIP_MARK)) == ZIP_MARK
        try:
            marks = check_workbook(given) if zipped else WorkbookMarks()
            if marks.spread():
                return _sheets_without_blanks(path, given, marks)
        except InputError as error:
            message = Words("工作簿打不开：", "cannot be opened as a workbook: ") + error.words
            raise FileError(path, message) from None
        return _sheets(path, given, marks.sheets, zipped=zipped)


def _sheets_without_blanks(path: Path, given: IO[bytes], marks: WorkbookMarks) -> list[RawSheet]:
    """The sheets of a copy without the cells that hold blanks only, one of which may lie in the last corner."""
    with tempfile.TemporaryFile() as copy:
        copy_without_blank_cells(given, copy, {marks.parts[name] for name in marks.spread()})
        trimmed = check_workbook(copy)
        for name in trimmed.spread():
            check_extent(name, trimmed.sheets[name])
        return _sheets(path, copy, trimmed.sheets, zipped=True)


def _sheets(path: Path, opened: IO[bytes], marks: Mapping[str, SheetMarks], *, zipped: bool) -> list[RawSheet]:
    opened.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(opened)
    except (CalamineError, OSError, ValueError) as error:
        if zipped and not _holds_workbook(opened):
            raise FileError(path, _ARCHIVE) from None
        message = Words(
            "工作簿打不开，可能已损坏或加密；请用表格软件另存为 .xlsx",
            f"cannot be opened as a workbook, damaged or encrypted ({error}); save it anew as .xlsx",
            code="intake.cannot-opened-workbook-damaged",
        )
        raise FileError(path, message) from None
    if not zipped:
        marks = dict(zip(workbook.sheet_names, sheet_marks(opened), strict=False))
    alone = len(workbook.sheet_names) == 1
    return [
        RawSheet(
            about.name,
            WorkbookRows(path, workbook, about.name, marks.get(about.name, SheetMarks()), alone=alone),
            # Very hidden sheets too, which a spreadsheet program does not even list.
            hidden=about.visible is not SheetVisibleEnum.Visible,
            hidden_rows=tuple(marks.get(about.name, SheetMarks()).hidden),
        )
        for about in workbook.sheets_metadata
        if about.typ is SheetTypeEnum.WorkSheet
    ]


def _holds_workbook(zipped: IO[bytes]) -> bool:
    """Whether a zip has the parts of a workbook (xlsx, xlsb, or an open document), damaged or not."""
    opened = zipfile.ZipFile(zipped)
    return any(name.lower().startswith(("xl/", "content.xml")) for name in opened.namelist())


class WorkbookRows:
    """The rows of one sheet, every cell as text, from row 1; a failed formula as what stands in its place.

    `alone`: the only one of its workbook. It is then parsed once, for looks at its first rows and the reading of all after
    them; of several each is parsed anew, so that one only is in memory.
    """

    def __init__(
        self, path: Path, workbook: CalamineWorkbook, name: str, marks: SheetMarks, *, alone: bool = False
    ) -> None:
        self._alone = alone
        self._parsed: CalamineSheet | None = None
        self._path = path
        self._workbook = workbook
        self._name = name
        self._marks = marks

    def __iter__(self) -> Iterator[Row]:
        return self.filled(None)

    def filled(self, below: int | None) -> Iterator[Row]:
        """The rows; below row `below` a cell that is merged downwards stands in each of its rows, as the reader sees it.

        Not in the rows of the header, where a name over two rows would become two names.
        """
        sheet = self._sheet()
        first_column = sheet.start[1] if sheet.start else 0
        # The reader leaves out empty columns at the left; a failed formula, which it takes for empty, may stand there.
        first = min([first_column, *(min(cells) for cells in self._marks.failed.values())])
        margin = [""] * (first_column - first)
        merged = _Merged(sheet, below, first)
        for number, row in enumerate(sheet.iter_rows(), 1):
            cells = margin + [cell if isinstance(cell, str) else cell_text(cell) for cell in row]
            if max(map(len, cells), default=0) > _LONGEST_CELL:
                raise FileError(self._path, self._too_long(number))
            for column, text in self._marks.failed.get(number, {}).items():
                cells += [""] * (column - first + 1 - len(cells))
                cells[column - first] = text
            merged.fill(number, cells)
            yield cells
        # Gone through to its end it need not outlive the reading; a look at the first rows, of few all there are, is none.
        if sheet.height > _OPENING_ROWS:
            self._parsed = None

    def _sheet(self) -> CalamineSheet:
        sheet = self._parsed or self._parse()
        self._parsed = sheet if self._alone else None
        return sheet

    def _parse(self) -> CalamineSheet:
        try:
            return self._workbook.get_sheet_by_name(self._name)
        except (CalamineError, OSError, ValueError) as error:
            message = Words(
                f"工作表“{self._name}”读不出；请用表格软件另存为 .xlsx",
                f"sheet {self._name!r} cannot be read ({error}); save it anew as .xlsx",
                code="intake.sheet-cannot-read-save",
            )
            raise FileError(self._path, message) from None

    def _too_long(self, number: int) -> Words:
        return Words(
            f"工作表“{self._name}”第 {number} 行有超过 {_LONGEST_CELL:,} 字的单元格；请删去",
            f"sheet {self._name!r}, row {number}: a cell longer than {_LONGEST_CELL:,} characters; remove it",
            code="intake.sheet-row-cell-longer",
        )


class _Merged:
    """The cells of a sheet that are merged over several rows of one column, while its rows are gone through.

    A block over several columns too is a remark or a signature, and stays where it is.
    """

    def __init__(self, sheet: CalamineSheet, below: int | None, first_column: int) -> None:
        self._last: dict[tuple[int, int], int] = {}
        self._open: dict[int, tuple[int, str]] = {}
        for (top, first), (bottom, last) in (sheet.merged_cell_ranges or ()) if below is not None else ():
            if below is not None and top >= below and bottom > top and first == last >= first_column:
                self._last[top + 1, first - first_column] = bottom + 1

    def fill(self, number: int, cells: Row) -> None:
        """Write into row `number` what cells above it reach down with; take note of those that begin in it."""
        if not self._last and not self._open:
            return
        for column, (last, text) in list(self._open.items()):
            if number > last:
                del self._open[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = text
        for column, text in enumerate(cells):
            last = self._last.pop((number, column), 0)
            if last and text:
                self._open[column] = (last, text)


def cell_text(cell: object) -> str:
    """A typed cell as the text that it shows; numbers beyond 15 digits in E notation, for their tail is lost.

    A date has its hyphens: an amount whose cell is formatted as a date must not become a number of eight digits.
    """
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (int, float)):
        if abs(cell) >= 10**_EXACT_DIGITS:
            return f"{cell:.{_EXACT_DIGITS - 1}E}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    return "" if cell is None else str(cell)
