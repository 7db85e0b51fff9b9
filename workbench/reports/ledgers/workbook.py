"""Pages written as a spreadsheet that prints well. The same pages give the same bytes."""

import datetime as dt
from collections.abc import Sequence
from io import BytesIO
from itertools import accumulate, groupby
from typing import Any

import xlsxwriter

from workbench.reports.ledgers.streamed_sheet import StreamedSheet, with_rows
from workbench.reports.ledgers.table import Cell, Kind, Line, Page, is_number, lines_needed, refuse_long, shown, text

TITLE_ROW, CAPTION_ROW, BAND_ROW, HEADER_ROW = range(4)
FIRST_ROW = HEADER_ROW + 1
"""Rows of a page from 0: title, caption, bands above columns, headers, then the lines."""
# The format's codes for sizes of paper.
_A4, _A3 = 9, 8
# Points; no row of the format may be higher than 409.
_LINE_HEIGHT, _LEAST_HEIGHT, _MOST_HEIGHT = 14.0, 20.0, 400.0
_MOST_KEPT = 2_000
"""Cells of a column that are looked up where the same stands again; beyond, they are made anew."""
_Made = tuple[str, int, int]
"""A cell as the sheet takes it, 1 where it is a text, and how many lines it needs (none where it is not printed)."""
_LONGEST_FOOTER = 90
"""Characters of the footer's text; with its codes, and every one of them doubled, it stays within the 255 that there are."""
_FONT = "宋体"
_TIER_COLOURS = {
    1: ("#FBE9E7", "#B3261E"),
    2: ("#FDF5DC", "#7A5600"),
    3: ("#E6EFF9", "#1B4F8F"),
    0: ("#F2DCDB", "#7B1A14"),
}
"""Background and ink; the ink stays legible on a black-and-white printer."""


def workbook_bytes(pages: Sequence[Page], made_on: dt.date) -> bytes:
    """The file. Every text is text: one that begins like a formula stays what it is.

    Raises InputError for a text longer than a cell holds.
    """
    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        # The day of the ledger and not of the clock: the same pages give the same bytes.
        workbook.set_properties({"title": pages[0].title, "created": dt.datetime.combine(made_on, dt.time())})
        # Else the file asks to be calculated anew when it is opened, though no cell is a formula (decision 0013).
        workbook.set_calc_mode("manual")
        sheets = [_PageWriter(workbook, page).write() for page in pages]
    return with_rows(buffer, sheets)


class _PageWriter:
    """One page being written."""

    def __init__(self, workbook: Any, page: Page) -> None:
        self._workbook = workbook
        self._page = page
        self._sheet: StreamedSheet = workbook.add_worksheet(page.name, worksheet_class=StreamedSheet)
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cell_formats: dict[tuple[Any, ...], Any] = {}
        self._made: dict[tuple[Any, ...], dict[Any, _Made]] = {}
        self._by_look: dict[tuple[Any, ...], list[dict[Any, _Made]]] = {}
        self._widths = [column.width for column in page.columns if column.printed]
        self._last_column = len(self._widths) - 1

    def write(self) -> StreamedSheet:
        for place, column in enumerate(self._page.columns):
            self._sheet.set_column(place, place, column.width)
        self._write_head()
        self._sheet.start_rows(FIRST_ROW, len(self._page.columns))
        for row, line in enumerate(self._page.lines, FIRST_ROW):
            self._write_line(row, line)
        last = self._write_foot(FIRST_ROW + len(self._page.lines))
        self._lay_out(last)
        return self._sheet

    def _write_head(self) -> None:
        page = self._page
        self._across(
            TITLE_ROW, 0, self._last_column, page.title, font_size=18, bold=True, align="center", font_name="黑体"
        )
        self._sheet.set_row(TITLE_ROW, 34)
        for (first, last), words, align in zip(self._parts(3), page.caption, ("left", "center", "right"), strict=True):
            self._across(CAPTION_ROW, first, last, words, align=align)
        self._sheet.set_row(CAPTION_ROW, 20)
        look = {"bold": True, "align": "center", "border": 1, "bg_color": "#EDEDED", "text_wrap": True}
        place = 0
        for band, columns in groupby(page.columns, key=lambda column: column.band):
            width = len(list(columns))
            self._across(BAND_ROW, place, place + width - 1, band, **look)
            place += width
        # Hidden, not left out: headers and lines stand in the same rows of every sheet.
        self._sheet.set_row(BAND_ROW, 18, None, {"hidden": not any(column.band for column in page.columns)})
        for place, column in enumerate(page.columns):
            self._sheet.write_string(HEADER_ROW, place, column.header, self._format(**look))
        most = max(lines_needed(column.header, column.width) for column in page.columns)
        self._sheet.set_row(HEADER_ROW, max(_LEAST_HEIGHT, 4 + most * _LINE_HEIGHT))

    def _write_line(self, row: int, line: Line) -> None:
        by_column = self._made_for(line)
        # Without a statement a cell: there are sixty of them in a row, and most were made before.
        row_cells = [
            made.get(cell if cell.__class__ is str else (cell.__class__, cell))  # 1, 1.0 and True are one key else
            for cell, made in zip(line.cells, by_column, strict=True)
        ]
        if None in row_cells:
            row_cells = [made or self._make_new(row, place, line) for place, made in enumerate(row_cells)]
        cells, texts, lines = zip(*row_cells, strict=True)
        height = min(_MOST_HEIGHT, max(_LEAST_HEIGHT, 6 + max(1, *lines) * _LINE_HEIGHT))
        self._sheet.add_row(cells, sum(texts), height)

    def _make_new(self, row: int, place: int, line: Line) -> _Made:
        """A cell that was not made before, for the next that says the same."""
        written = self._make(row, place, line)
        made, cell = self._made_for(line)[place], line.cells[place]
        if len(made) < _MOST_KEPT:  # numbers and names seldom come twice
            made[cell if cell.__class__ is str else (cell.__class__, cell)] = written
        return written

    def _made_for(self, line: Line) -> list[dict[Any, _Made]]:
        """Return for each column the cells made before that look as those of the line do."""
        look = (line.mark, line.emphasis)
        if look not in self._by_look:
            self._by_look[look] = [
                # The mark shows in few columns; what the others say looks alike whatever it is.
                self._made.setdefault((place, line.emphasis, line.mark if self._marked(place) else None), {})
                for place in range(len(self._page.columns))
            ]
        return self._by_look[look]

    def _marked(self, place: int) -> bool:
        """Whether a column bears the colour of a line's mark."""
        return place == 0 or self._page.columns[place].kind is Kind.TIER

    def _make(self, row: int, place: int, line: Line) -> _Made:
        column, cell = self._page.columns[place], line.cells[place]
        look = self._cell_format(column.kind, cell, line, first=place == 0)
        lines = lines_needed(shown(cell), column.width) if column.printed else 0
        if cell is None or cell == "":
            return self._sheet.cell(place, None, look), 0, lines
        if is_number(cell):
            return self._sheet.cell(place, cell, look), 0, lines
        words = text(cell)
        refuse_long(words, row, column.header)
        return self._sheet.cell(place, words, look), 1, lines

    def _cell_format(self, kind: Kind, cell: Cell, line: Line, *, first: bool) -> Any:
        """The format of a cell; there are few, and each is made once."""
        mark = line.mark if first or kind is Kind.TIER else None
        key = (kind, is_number(cell) and cell == int(cell), isinstance(cell, str), mark, line.emphasis, first)
        if key not in self._cell_formats:
            self._cell_formats[key] = self._format(**self._look(kind, cell, line, first=first))
        return self._cell_formats[key]

    def _look(self, kind: Kind, cell: Cell, line: Line, *, first: bool) -> dict[str, Any]:
        # The prefix keeps a text a text even after somebody has edited it.
        look: dict[str, Any] = {"border": 1, "text_wrap": True, "quote_prefix": isinstance(cell, str)}
        if kind is Kind.NUMBER:
            whole = is_number(cell) and cell == int(cell)
            look |= {"align": "right", "num_format": "#,##0" if whole else "#,##0.00"}
        elif kind is Kind.CODE:
            look |= {"align": "center", "num_format": "@"}
        elif kind in (Kind.CENTRED, Kind.TIER):
            look |= {"align": "center"}
        if first:
            look |= {"align": "center"}
        if line.emphasis:
            look |= {"bold": True, "bg_color": "#F5F5F5"}
        if line.mark in _TIER_COLOURS and (first or kind is Kind.TIER):
            background, ink = _TIER_COLOURS[line.mark]
            look |= {"bg_color": background, "font_color": ink, "bold": True}
        return look

    def _write_foot(self, row: int) -> int:
        """Notes and signatures; returns the last row written."""
        for note in self._page.notes:
            self._across(row, 0, self._last_column, note, text_wrap=True)
            self._sheet.set_row(row, 4 + _LINE_HEIGHT * lines_needed(note, sum(self._widths)))
            row += 1
        parts = self._parts(len(self._page.signatures))
        for (first, last), words in zip(parts, self._page.signatures, strict=True):
            self._across(row, first, last, words)
        self._sheet.set_row(row, 30)
        return row

    def _parts(self, count: int) -> list[tuple[int, int]]:
        """The printed columns cut into so many parts, as equally wide as can be; each has a column at least."""
        ends = list(accumulate(self._widths))
        cuts = [0]
        for number in range(1, count):
            places = range(cuts[-1] + 1, len(ends) - (count - number) + 1)
            cuts.append(min(places, key=lambda place: abs(ends[place - 1] - ends[-1] * number / count)))
        return [(first, after - 1) for first, after in zip(cuts, [*cuts[1:], len(ends)], strict=True)]

    def _across(self, row: int, first: int, last: int, words: str, **look: Any) -> None:
        """A text over several columns."""
        made = self._format(**look)
        refuse_long(words, row, words[:10])
        if first == last:
            self._sheet.write_string(row, first, words, made)
            return
        self._sheet.merge_range(row, first, row, last, "", made)
        self._sheet.write_string(row, first, words, made)

    def _format(self, **look: Any) -> Any:
        whole = {"font_name": _FONT, "font_size": 10, "valign": "vcenter", **look}
        key = tuple(sorted(whole.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(whole)
        return self._formats[key]

    def _lay_out(self, last_row: int) -> None:
        sheet, page = self._sheet, self._page
        sheet.set_landscape()
        sheet.set_paper(_A3 if page.paper.a3 else _A4)
        sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.5)
        sheet.center_horizontally()
        # One page wide, and as many long as it takes.
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(BAND_ROW, HEADER_ROW)
        sheet.print_area(0, 0, last_row, self._last_column)
        sheet.freeze_panes(FIRST_ROW, page.paper.frozen)
        rows = [line for line in page.lines if not line.emphasis]
        if rows and page.lines[: len(rows)] == tuple(rows):  # sorting must not carry totals along
            sheet.autofilter(HEADER_ROW, 0, FIRST_ROW + len(rows) - 1, len(page.columns) - 1)
        footer = page.footer[:_LONGEST_FOOTER].replace("&", "&&")  # a single & would begin a code of the footer
        sheet.set_footer(f'&L&"{_FONT}"&9{footer}&R&"{_FONT}"&9第 &P 页，共 &N 页')
        sheet.hide_gridlines(2)
