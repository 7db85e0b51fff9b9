"""A worksheet that takes whole rows as they come, of cells that may have been made before.

XlsxWriter keeps an object a cell, goes through all of them three times, and holds the sheet's text three times over. The
rows of a ledger are plain (texts, numbers, blanks, a height), and most of their cells say what others of the column say:
they are written as text at once, held compressed, and put into the file as it is zipped.
"""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

import pyarrow as pa
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_ROWS_HERE = "<!--rows-->"
"""What XlsxWriter writes in the place of the rows; no text of a cell or a footer can be this, as `<` is escaped there."""
_LEVEL = 2
"""How hard the file is compressed: at the usual 6 this takes as long as all the rest, for a file that is a quarter smaller."""
_CODEC = "zstd"
"""What rows are held in until they are zipped: there and back in a third of the time of zlib at its quickest, in half the room."""
_PIECE = 1 << 20
"""Characters that are compressed at a time."""


class StreamedSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet that takes whole rows, from one row on and without a gap. Numbers have all their digits.

    The rows are put into the file by `with_rows`.
    """

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._first_streamed = self._streamed = self._waiting_size = 0
        self._waiting: list[str] = []
        self._pieces: list[tuple[int, bytes]] = []
        self._first_cell = ""
        self._next_cell: list[str] = []

    def start_rows(self, row: int, columns: int) -> None:
        """Say where the rows begin (from 0), and how many cells each has."""
        self._first_streamed = row
        begun = [f'<c r="{xl_col_to_name(place)}' for place in range(columns)]
        self._first_cell = begun[0]
        self._next_cell = [*begun[1:], "</row>"]

    def add_row(self, cells: Sequence[str], texts: int, height: float) -> None:
        """Add a row of cells as `cell` gives them, `texts` of them texts, so many points high."""
        row = self._first_streamed + self._streamed
        for place in (0, len(cells) - 1):
            self._check_dimensions(row, place)
        self._streamed += 1
        self.str_table.count += texts
        number = str(row + 1)
        drawn = int(height * 4 / 3 + 0.5) * 0.75  # whole pixels, as XlsxWriter has heights
        begun = f'<row r="{number}" ht="{drawn:.16g}" customHeight="1">{self._first_cell}'
        # A cell bears the beginning of the one after it, so that between any two there is the number of the row.
        written = number.join((begun, *cells))
        self._waiting.append(written)
        self._waiting_size += len(written)
        if self._waiting_size > _PIECE:
            self._compress()

    def cell(self, place: int, value: str | float | None, look: Any) -> str:
        """A cell of a column (from 0) in a format, all but its row: a text, a number, or a blank."""
        style, after = look._get_xf_index(), self._next_cell[place]  # noqa: SLF001 - XlsxWriter asks so itself
        if value is None:
            return f'" s="{style}"/>{after}'
        if isinstance(value, str):
            index = self.str_table._get_shared_string_index(value)  # noqa: SLF001 - as above
            self.str_table.count -= 1  # a cell counts where it stands, not where it is made
            return f'" s="{style}" t="s"><v>{index}</v></c>{after}'
        return f'" s="{style}"><v>{digits(value)}</v></c>{after}'

    def streamed(self) -> Iterator[bytes]:
        """The rows, a piece at a time."""
        self._compress()
        return (pa.decompress(piece, size, codec=_CODEC, asbytes=True) for size, piece in self._pieces)

    def _compress(self) -> None:
        # By the quickest way: the file is compressed as any other when it is zipped.
        written = "".join(self._waiting).encode("ascii")
        self._pieces.append((len(written), pa.compress(written, codec=_CODEC, asbytes=True)))
        self._waiting, self._waiting_size = [], 0

    def _xml_number_element(self, number: Any, attributes: Any = ()) -> None:
        written = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{written}><v>{digits(number)}</v></c>")

    def _write_rows(self) -> None:
        """The rows above those streamed, the mark for these, and the rows below."""
        first, last = self.dim_rowmin, self.dim_rowmax
        if not self._streamed:
            super()._write_rows()
            return
        self.dim_rowmax = self._first_streamed - 1
        super()._write_rows()
        self.fh.write(_ROWS_HERE)
        self.dim_rowmin, self.dim_rowmax = self._first_streamed + self._streamed, last
        super()._write_rows()
        self.dim_rowmin = first


def with_rows(written: BytesIO, sheets: Iterable[StreamedSheet]) -> bytes:
    """The file that XlsxWriter has written, with the streamed rows of its sheets, all there are and in their order."""
    by_name = {f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in enumerate(sheets, 1)}
    whole = BytesIO()
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target,
    ):
        for part in source.infolist():
            before, mark, after = source.read(part), b"", b""
            if part.filename in by_name:
                before, mark, after = before.partition(_ROWS_HERE.encode())
            # By its name alone: an entry then bears the first day that there is, as XlsxWriter's do.
            with target.open(part.filename, "w") as opened:
                opened.write(before)
                for piece in by_name[part.filename].streamed() if mark else ():
                    opened.write(piece)
                opened.write(after)
    return whole.getvalue()


def digits(number: float) -> str:
    """A number with all its digits, so that what is read back is what was written."""
    return repr(number) if isinstance(number, float) else str(int(number))
