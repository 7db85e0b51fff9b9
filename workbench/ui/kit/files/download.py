"""A button that downloads a file which the kernel makes when it is pressed."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import traitlets
import xlsxwriter

from workbench.reports.ledgers.table import refuse_long
from workbench.ui.kit.frame.scripted import Scripted

Cell = str | float | bool | None
_FORMULA = tuple("=+-@＝＋－＠\t\r\n")
"""What office software takes for the beginning of a formula; in a Chinese one the full-width signs too."""
# What Windows refuses in a file's name is more than what Linux does, and offices have Windows.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*\s]+')
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
CSV = "text/csv;charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class File:
    """A file to download."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Sheet:
    """A table of a file: its name, its headers, and its rows.

    `mark`: a header and what stands under it in every row, such as that the household is made up: a row that is copied into
    another list takes it along (0005).
    """

    name: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    mark: tuple[str, str] | None = None

    @property
    def columns(self) -> list[str]:
        """The headers, that of the mark last."""
        return [*self.headers, *(self.mark[:1] if self.mark else ())]

    def cells(self) -> Iterator[list[Cell]]:
        """The rows, each with the mark at its end."""
        after = self.mark[1:] if self.mark else ()
        return ([*row, *after] for row in self.rows)


class Download(Scripted):
    """The button. `make` is called for each press, through `guard`, so that what goes wrong is said on the page."""

    script = "download.js"

    description = traitlets.Unicode("").tag(sync=True)
    disabled = traitlets.Bool().tag(sync=True)

    def __init__(self, description: str, make: Callable[[], File], guard: Callable[..., Any], **traits: Any) -> None:
        super().__init__(description=description, **traits)
        self._make = make
        self._give = guard(self._send_file)
        self.on_msg(self._take)

    def _take(self, _widget: object, content: Any, _buffers: object) -> None:
        if isinstance(content, dict) and content.get("kind") == "download":
            self._give()
            # Also where it failed, or the button would stay busy.
            self.send({"kind": "done"})

    def _send_file(self) -> None:
        made = self._make()
        self.send({"kind": "file", "name": made.name, "type": made.kind}, buffers=[made.content])


def file_name(*parts: str, ending: str) -> str:
    """A name that every system takes, from parts that people wrote."""
    cleaned = (_NOT_IN_NAMES.sub("_", part).strip("._") for part in parts)
    return "_".join(part[:40] for part in cleaned if part) + ending


def csv_bytes(sheet: Sheet) -> bytes:
    """A table as CSV that office software opens with its Chinese intact; what begins like a formula is text."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([_as_text(header) for header in sheet.columns])
    writer.writerows([_as_text(cell) for cell in row] for row in sheet.cells())
    # With a byte order mark: without one Excel takes a CSV for the system's own encoding.
    return written.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Iterable[Sheet]) -> bytes:
    """Tables as a workbook, a sheet each. Every text is text, whatever it begins with.

    Raises InputError for a text longer than a cell holds.
    """
    buffer = io.BytesIO()
    # In memory: XlsxWriter would put rows, names and ID numbers among them, into temporary files (0032).
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        bold = workbook.add_format({"bold": True, "bg_color": "#E3EFF0", "text_wrap": True, "valign": "top"})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            # A sheet's name has at most 31 characters, and none of these.
            page = workbook.add_worksheet(_SHEET_NAME.sub(" ", sheet.name)[:31])
            columns, widths = sheet.columns, [_width(header) for header in sheet.columns]
            for row, cells in enumerate(sheet.cells(), 1):
                for column, cell in enumerate(cells):
                    _write(page, row, column, cell, columns[column])
                    widths[column] = max(widths[column], _width(cell))
            for column, header in enumerate(columns):
                page.write_string(0, column, header, bold)
                # As wide as what stands in it; a sentence wraps, or the columns after it are out of sight.
                page.set_column(column, column, min(widths[column], _WIDEST), wrapped)
            _set_up(page, sheet, len(columns))
    return buffer.getvalue()


_NARROWEST, _WIDEST = 8, 46
"""Of a column, in characters of half a Chinese one."""


def _width(cell: Cell) -> int:
    """How wide a column is that shows a cell whole, with the arrow of its filter beside a header."""
    lines = [""] if cell is None else str(cell).split("\n")
    wide = max(sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line) for line in lines)
    return max(_NARROWEST, wide + 3)


def _set_up(page: Any, sheet: Sheet, columns: int) -> None:
    """Filters over the headers, which stay in sight with the column that names the row, and how the sheet is printed."""
    page.freeze_panes(1, 1)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), columns - 1)
    page.set_paper(9)  # A4
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    # Above every sheet of paper what it is, with the mark: the last column may be cut off or folded away.
    title = sheet.name.replace("&", "&&")
    page.set_header(f"&L{title}&R{sheet.mark[1].replace('&', '&&')}" if sheet.mark else f"&L{title}")
    page.set_footer("&C&P / &N")


def _write(page: Any, row: int, column: int, cell: Cell, header: str) -> None:
    if cell is None:
        return
    # To Python a truth is a number too: it would stand in the sheet as 1.
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        page.write_number(row, column, cell)
    else:
        refuse_long(str(cell), row, header)
        page.write_string(row, column, str(cell))


def _as_text(cell: Cell) -> Cell:
    # CSV has no types: the apostrophe is all that tells office software that a cell is text.
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
