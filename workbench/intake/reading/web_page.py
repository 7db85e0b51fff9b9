"""The tables of a web page, which old systems write and call .xls."""

import re
from html.parser import HTMLParser

from workbench.intake.reading.raw_sheet import RawSheet, Row

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|div|style|center|font|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_FIRST_BYTES = 20_000
# A page may claim any span, and each column of it takes memory.
_MOST_SPANNED = 2_000
_IN_NUMBERS = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?")
_EXACT = "x:num"
"""Where a spreadsheet program keeps the value of a cell whose text it rounded."""
_ERROR = "x:err"


def is_web_page(text: str) -> bool:
    """Whether a text is HTML, by how it begins."""
    return _START.match(text[:_FIRST_BYTES].lstrip("\ufeff")) is not None


def page_sheets(text: str) -> list[RawSheet]:
    """The tables of a page that hold anything, named by their place where they are several."""
    reader = _TableReader()
    reader.feed(text)
    reader.close()
    tables = [table for table in reader.tables if any(map(any, table))]
    return [RawSheet(f"表{place}" if len(tables) > 1 else "", table) for place, table in enumerate(tables, 1)]


class _Table:
    """A table being read: its rows, and down to which row each column is taken by a cell from above."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.text: list[str] | None = None
        self._at = 0
        self._taken: dict[int, int] = {}
        self._span = (1, 1)
        self._exact = ""

    def begin_row(self) -> None:
        """Begin a further row."""
        self.end_cell()
        self.rows.append([])
        self._at = 0

    def begin_cell(self, attributes: dict[str, str | None]) -> None:
        """Begin a further cell of the row."""
        self.end_cell()
        # A page may leave out the tag of its first row, and browsers show it all the same.
        if not self.rows:
            self.rows.append([])
        self.text = []
        self._span = (_count(attributes.get("colspan")), _count(attributes.get("rowspan")))
        self._exact = attributes.get(_ERROR) or attributes.get(_EXACT) or ""

    def end_cell(self) -> None:
        """Put what the cell says in its place, beside those that reach down from the rows above."""
        if self.text is None:
            return
        row, shown = self.rows[-1], " ".join("".join(self.text).split())
        while self._taken.get(self._at, 0) >= len(self.rows):
            self._at += 1
        row.extend([""] * (self._at - len(row)))
        # Only beneath a number: under a date x:num is a count of days.
        exact = self._exact and (self._exact[0] == "#" or _IN_NUMBERS.fullmatch(shown))
        row.append(self._exact if exact else shown)
        across, down = self._span
        if down > 1:
            self._taken.update(dict.fromkeys(range(self._at, self._at + across), len(self.rows) + down - 1))
        self._at += across
        self.text = None


class _TableReader(HTMLParser):
    """Collects the cells of every table, the inner ones of a table in a table apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[Row]] = []
        self._open: list[_Table] = []
        self._ignored = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; a row or a cell that is not closed ends where the next begins."""
        if tag == "table":
            self._open.append(_Table())
            self.tables.append(self._open[-1].rows)
        elif tag in ("script", "style"):
            self._ignored += 1
        elif self._open:
            table = self._open[-1]
            if tag == "tr":
                table.begin_row()
            elif tag in ("td", "th"):
                table.begin_cell(dict(attrs))
            # Words on two lines of a cell would otherwise run into one.
            elif tag in ("br", "p", "div") and table.text is not None:
                table.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End what `handle_starttag` began."""
        if tag in ("script", "style"):
            self._ignored = max(0, self._ignored - 1)
        elif self._open and tag in ("td", "th", "tr"):
            self._open[-1].end_cell()
        elif self._open and tag == "table":
            self._open.pop().end_cell()

    def handle_data(self, data: str) -> None:
        """Add text to the cell."""
        if self._open and self._open[-1].text is not None and not self._ignored:
            self._open[-1].text.append(data)

    def close(self) -> None:
        """End all cells with the page."""
        super().close()
        for table in self._open:
            table.end_cell()


def _count(written: str | None) -> int:
    """How many columns or rows a cell takes; 1 where the page says what is no number."""
    number = re.match(r"\s*(\d{1,9})", written or "")
    return min(max(int(number[1]), 1), _MOST_SPANNED) if number else 1
