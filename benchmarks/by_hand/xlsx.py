"""A ledger's rows as a spreadsheet by one writer, in a process of its own: prints seconds of the processor and MB added.

Each is written as its own users would, rows as they come where the writer has a way for that; formats by column (border,
wrap, alignment, numbers), widths, frozen panes and print set-up as far as the writer has them.
"""

# ruff: noqa: PLC0415 - each library is there in one environment only
import json
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Rows = list[list[Any]]


def megabytes(name: str) -> float:
    """What this process holds (VmRSS), or the most that it held since `forget_peak` (VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name)) / 1024


def forget_peak() -> None:
    """Let the peak begin at what is held now: reading the rows took more than holding them does."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def by_workbench(folder: Path) -> Callable[[], Any]:
    """The workbench's own: XlsxWriter with rows streamed as text."""
    from workbench.reports.ledgers.workbook import workbook_bytes

    page, made_on = pickle.loads((folder / "page.pickle").read_bytes())  # noqa: S301 - written by the benchmark itself
    return lambda: (folder / "workbench.xlsx").write_bytes(workbook_bytes([page], made_on))


def by_xlsxwriter(folder: Path) -> Callable[[], Any]:
    """XlsxWriter in `constant_memory`: a temporary file, no shared strings."""
    import xlsxwriter

    rows = _rows(folder)

    def write() -> None:
        with xlsxwriter.Workbook(folder / "xlsxwriter.xlsx", {"constant_memory": True, "tmpdir": str(folder)}) as book:
            sheet = book.add_worksheet()
            text = book.add_format({"border": 1, "text_wrap": True, "align": "center"})
            number = book.add_format({"border": 1, "num_format": "#,##0.00"})
            sheet.freeze_panes(1, 6)
            sheet.repeat_rows(0)
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(place, column, cell, number if isinstance(cell, float) else text)

    return write


def by_openpyxl(folder: Path) -> Callable[[], Any]:
    """The write-only mode of openpyxl."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, NamedStyle, Side

    rows = _rows(folder)

    def write() -> None:
        book = Workbook(write_only=True)
        side = Side(style="thin")
        border = Border(left=side, right=side, top=side, bottom=side)
        text = NamedStyle("text", border=border, alignment=Alignment(wrap_text=True, horizontal="center"))
        number = NamedStyle("number", border=border, number_format="#,##0.00")
        sheet = book.create_sheet()
        sheet.freeze_panes = "G2"
        sheet.print_title_rows = "1:1"
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value)
                cell.style = number if isinstance(value, float) else text
                cells.append(cell)
            sheet.append(cells)
        book.save(folder / "openpyxl.xlsx")

    return write


def by_pyexcelerate(folder: Path) -> Callable[[], Any]:
    """PyExcelerate with styles of columns; it has no print set-up."""
    from pyexcelerate import Alignment, Style, Workbook
    from pyexcelerate.Border import Border
    from pyexcelerate.Borders import Borders

    rows = _rows(folder)

    def write() -> None:
        book = Workbook()
        sheet = book.new_sheet("表", data=rows)
        line = Border(style="thin")
        look = Style(alignment=Alignment(wrap_text=True), borders=Borders(left=line, right=line, top=line, bottom=line))
        for column in range(1, len(rows[0]) + 1):
            sheet.set_col_style(column, look)
        book.save(str(folder / "pyexcelerate.xlsx"))

    return write


def by_rustpy_xlsxwriter(folder: Path) -> Callable[[], Any]:
    """rust_xlsxwriter by its Python binding, which takes records as they come, and formats by column."""
    from rustpy_xlsxwriter import Format, write_worksheet

    head, *rows = _rows(folder)

    def write() -> None:
        text = Format().set_border("thin").set_text_wrap().set_align("center")
        number = Format().set_border("thin").set_num_format("#,##0.00")
        formats = [
            number if any(isinstance(row[column], float) for row in rows[:100]) else text for column in range(len(head))
        ]
        records = (dict(zip(head, row, strict=True)) for row in rows)
        write_worksheet(
            records,
            str(folder / "rust.xlsx"),
            "rows",
            freeze_row=1,
            freeze_col=6,
            column_formats=formats,
            dedupe_strings=True,
        )

    return write


def _rows(folder: Path) -> Rows:
    rows: Rows = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    return rows


WRITERS = {
    "workbench": by_workbench,
    "xlsxwriter": by_xlsxwriter,
    "openpyxl": by_openpyxl,
    "pyexcelerate": by_pyexcelerate,
    "rustpy_xlsxwriter": by_rustpy_xlsxwriter,
}

if __name__ == "__main__":
    write = WRITERS[sys.argv[1]](Path(sys.argv[2]))
    forget_peak()
    before, begin = megabytes("VmRSS"), time.process_time()
    write()
    print(json.dumps({"cpu": time.process_time() - begin, "mb": megabytes("VmHWM") - before}))
