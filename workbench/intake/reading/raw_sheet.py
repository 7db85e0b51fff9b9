"""One sheet of a file as rows of text, before anybody knows what its columns are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Row = list[str]
ROW = "#row"
# In characters: a cell beyond it is a quotation mark that was never closed.
LARGEST_CELL = 1_000_000
OVERFLOW = "#overflow"
"""Cells beyond the last header, joined; null where there are none."""
ROWS_OF_A_SHEET = 1 << 21
"""Where several sheets are read, `#row` is the row plus this for each sheet before: no sheet has as many rows."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet, or the one table of a text file (which has no name).

    `rows`: from row 1, to be gone through as often as wanted. `hidden`: the sheet itself is. `hidden_rows`: the numbers
    of rows that a filter or a person hid. `broken`: bytes that are no text stand in some cell as `decoding.BROKEN`.
    """

    name: str
    rows: Iterable[Row]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    broken: bool = False


def place_of(row: int | None, sheets: Sequence[str]) -> tuple[int | None, str | None]:
    """The row as its sheet numbers it, and the sheet's name where the rows come from several."""
    if row is None or not sheets:
        return row, None
    place, number = divmod(row, ROWS_OF_A_SHEET)
    return number, sheets[place]
