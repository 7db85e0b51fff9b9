"""A button that downloads a file which the kernel makes when it is pressed."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import anywidget
import traitlets
import xlsxwriter

from workbench.reports.ledgers.table import refuse_long
from workbench.ui.kit.charts.echarts import STATIC

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
    """A table of a file: its name, its headers, and its rows."""

    name: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]


class Download(anywidget.AnyWidget):
    """The button. `make` is called for each press, through `guard`, so that what goes wrong is said on the page."""

    _esm = STATIC / "download.js"

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
    writer.writerow([_as_text(header) for header in sheet.headers])
    writer.writerows([_as_text(cell) for cell in row] for row in sheet.rows)
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
        for sheet in sheets:
            # A sheet's name has at most 31 characters, and none of these.
            page = workbook.add_worksheet(_SHEET_NAME.sub(" ", sheet.name)[:31])
            # Headers and the first column, which names the row, stay in sight.
            page.freeze_panes(1, 1)
            for column, header in enumerate(sheet.headers):
                page.write_string(0, column, header, bold)
                page.set_column(column, column, 30 if column == 0 else 16)
            for row, cells in enumerate(sheet.rows, 1):
                for column, cell in enumerate(cells):
                    _write(page, row, column, cell, sheet.headers[column])
    return buffer.getvalue()


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
