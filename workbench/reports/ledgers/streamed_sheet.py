"""A worksheet that takes whole rows as they come, of cells that may have been made before.

XlsxWriter keeps an object a cell and goes through all of them three times. The rows of a ledger are plain (texts, numbers,
blanks, a height), and most of their cells say what others of the column say.
"""

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet


class StreamedSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet that takes whole rows, from one row on and without a gap. Numbers have all their digits."""

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._first_streamed = 0
        self._streamed: list[str] = []
        self._letters: list[str] = []

    def add_row(self, row: int, cells: Sequence[str], height: float) -> None:
        """Add a row (from 0) of cells as `cell` gives them, so many points high."""
        if not self._streamed:
            self._first_streamed = row
            self._letters = [xl_col_to_name(place) for place in range(len(cells))]
            self._check_dimensions(row, len(cells) - 1)
        self._check_dimensions(row, 0)
        number = row + 1
        written = "".join(f'<c r="{letter}{number}"{cell}' for letter, cell in zip(self._letters, cells, strict=True))
        self.str_table.count += written.count(' t="s">')
        drawn = int(height * 4 / 3 + 0.5) * 0.75  # whole pixels, as XlsxWriter has heights
        self._streamed.append(f'<row r="{number}" ht="{drawn:.16g}" customHeight="1">{written}</row>')

    def cell(self, value: str | float | None, look: Any) -> str:
        """A cell in a format, all but its place: a text, a number, or a blank."""
        style = look._get_xf_index()  # noqa: SLF001 - XlsxWriter asks so itself
        if value is None:
            return f' s="{style}"/>'
        if isinstance(value, str):
            index = self.str_table._get_shared_string_index(value)  # noqa: SLF001 - as above
            self.str_table.count -= 1  # a cell counts where it stands, not where it is made
            return f' s="{style}" t="s"><v>{index}</v></c>'
        return f' s="{style}"><v>{digits(value)}</v></c>'

    def _xml_number_element(self, number: Any, attributes: Any = ()) -> None:
        written = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{written}><v>{digits(number)}</v></c>")

    def _write_rows(self) -> None:
        """The rows above those streamed, these, and the rows below."""
        first, last, after = self.dim_rowmin, self.dim_rowmax, self._first_streamed + len(self._streamed)
        if not self._streamed:
            super()._write_rows()
            return
        self.dim_rowmax = self._first_streamed - 1
        super()._write_rows()
        for row in self._streamed:
            self.fh.write(row)
        self._streamed.clear()
        self.dim_rowmin, self.dim_rowmax = after, last
        super()._write_rows()
        self.dim_rowmin = first


def digits(number: float) -> str:
    """A number with all its digits, so that what is read back is what was written."""
    return repr(number) if isinstance(number, float) else str(int(number))
