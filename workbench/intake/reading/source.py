"""Files as sheets of rows of text: workbooks, Parquet, and delimited text, whatever its encoding and separator."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import FileError, InputError, Words
from workbench.intake.reading.decoding import BROKEN, decode
from workbench.intake.reading.raw_sheet import LARGEST_CELL, RawSheet, Row
from workbench.intake.reading.regular_text import pieces_of, regular_frame
from workbench.intake.reading.web_page import is_web_page, page_sheets
from workbench.intake.reading.workbooks.spreadsheet_xml import is_spreadsheet_xml, xml_sheets
from workbench.intake.reading.workbooks.workbook import OLE_MARK, ZIP_MARK, cell_text, workbook_sheets
from workbench.safeguards.given_files import open_given

_PARQUET_MARK = b"PAR1"
_OTHER_KINDS = {
    b"%PDF": Words(" PDF 文件", "a PDF file"),
    b"Rar!": Words("压缩包（rar）", "an archive (rar)"),
    b"7z\xbc\xaf": Words("压缩包（7z）", "an archive (7z)"),
    b"\x1f\x8b": Words("压缩包（gz）", "an archive (gz)"),
    b"\x89PNG": Words("图片", "a picture"),
    b"\xff\xd8\xff": Words("图片", "a picture"),
    b"{\\rt": Words("文字文档（rtf）", "a text document (rtf)"),
}
"""What is handed in by mistake, by its first bytes."""
_SEPARATORS = (",", "\t", ";", "|")
_FIRST_LINES, _FIRST_OF_LINE = 20, 20_000
_FEWEST_SEPARATORS = 2
_ALIKE_BEFORE = 3
"""Rows of one length before the last one: such a file does not leave empty cells out."""


def sheets(path: Path, encoding: str | None = None, separator: str | None = None) -> list[RawSheet]:
    """The sheets of a file, by its first bytes, not its name. Raises InputError where it cannot be read."""
    mark = _first_bytes(path)
    if mark in (ZIP_MARK, OLE_MARK):
        return workbook_sheets(path)
    if mark == _PARQUET_MARK:
        return [RawSheet("", ParquetRows(path))]
    _refuse_other_kinds(path, mark)
    text = decode(path, encoding)
    if is_spreadsheet_xml(text):
        try:
            return [replace(each, broken=BROKEN in text) for each in xml_sheets(text)]
        except InputError as error:
            raise FileError(path, error.words) from None
    if is_web_page(text):
        return _page(path, text)
    # A text without a last line's end may be cut off within its last row, which is then marked like broken bytes.
    return [RawSheet("", TextRows(path, text, separator), broken=BROKEN in text or not text.endswith("\n"))]


def _page(path: Path, text: str) -> list[RawSheet]:
    sheets = page_sheets(text)
    if not sheets:
        message = Words(
            "是网页，里面没有表格；请在表格软件中打开，另存为 .xlsx",
            "a web page without a table; open it in a spreadsheet program and save it as .xlsx",
            code="intake.web-page-without-table",
        )
        raise FileError(path, message)
    return [replace(each, broken=BROKEN in text) for each in sheets]


def _refuse_other_kinds(path: Path, mark: bytes) -> None:
    kind = next((kind for start, kind in _OTHER_KINDS.items() if mark.startswith(start)), None)
    if kind is not None:
        message = kind + Words("，不是表格；请导出为 .xlsx 或 .csv", ", no table; export it as .xlsx or .csv")
        raise FileError(path, Words("是", "is ") + message)


def _first_bytes(path: Path) -> bytes:
    with open_given(path) as opened:
        start = opened.read(4)
    if not start:
        raise FileError(
            path,
            Words(
                "文件是空的；请重新导出", "the file is empty; export it again", code="intake.file-empty-export-again"
            ),
        )
    return start


class ParquetRows:
    """The rows of a Parquet file as text: its columns' names in row 1. Whole numbers keep all their digits."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            why = str(error).splitlines()[0]
            message = Words(
                "不是完好的 Parquet 文件；请重新导出",
                f"cannot be read as Parquet ({why}); export it again",
                code="intake.cannot-read-parquet-export",
            )
            raise FileError(path, message) from None

    def __iter__(self) -> Iterator[Row]:
        yield list(self._file.schema_arrow.names)
        for batch in self._file.iter_batches():
            yield from (
                [_typed_text(cell) for cell in row] for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)
            )


def _typed_text(cell: object) -> str:
    """A value of a typed file as text; what is not a number (NaN) is empty."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        # Not by `cell_text`, which gives up digits beyond 15: a typed file has them all.
        return str(cell)
    return "" if cell != cell else cell_text(cell)  # noqa: PLR0124 - NaN


class TextRows:
    """The rows of a delimited text file, from row 1."""

    def __init__(self, path: Path, text: str, separator: str | None) -> None:
        self._path = path
        self._text = text
        self._ended = text.endswith(("\n", "\r"))
        self.separator = separator or guess_separator(text)

    def frame(self, names: list[str]) -> pl.DataFrame | None:
        """All rows at once, where they are regular and none has more cells than there are names; else None."""
        return regular_frame(self._text, self.separator, names)

    def __iter__(self) -> Iterator[Row]:
        # A quotation mark that is never closed makes one cell of all that follows: here it ends in an error.
        csv.field_size_limit(LARGEST_CELL)
        # A piece at a time: whoever looks at the first rows has no copy made of the whole text.
        lines = chain.from_iterable(io.StringIO(piece, newline="") for piece in pieces_of(self._text))
        reader = csv.reader(lines, delimiter=self.separator)
        try:
            yield from self._whole_rows(reader if self._ended else _last_row_marked(reader))
        except csv.Error as error:
            message = Words(
                f"第 {reader.line_num} 行附近无法分列（{error}）；请检查引号是否成对",
                f"the cells near line {reader.line_num} cannot be told apart ({error}); check that quotation marks come in pairs",
                code="intake.cells-near-line-cannot",
            )
            raise FileError(self._path, message) from None

    def _whole_rows(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows; raises FileError at a quotation mark that is never closed, which makes one cell of the rows after it."""
        widest = 0
        for number, row in enumerate(rows, 1):
            widest = max(widest, len(row))
            lines = max((_rows_within(cell, self.separator, widest) for cell in row if "\n" in cell), default=0)
            if lines:
                message = Words(
                    f"第 {number} 行有一个引号没有成对，后面 {lines} 行都并进了这一格；请补上或删去这个引号后再导入",
                    f"row {number} has a quotation mark without its pair, which takes the {lines} rows after it into one cell; "
                    "add or remove the mark and read the file again",
                    code="intake.quotation-mark-takes-rows",
                )
                raise FileError(self._path, message)
            yield row


def _rows_within(cell: str, separator: str, width: int) -> int:
    """How many lines of a cell are rows of the table by their separators; a remark of several lines has none such."""
    fewest = max(width - 1, _FEWEST_SEPARATORS) // 2
    return sum(line.count(separator) >= max(fewest, _FEWEST_SEPARATORS) for line in cell.split("\n")[1:])


def _last_row_marked(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a file that does not end with a line's end; a last row shorter than those before was cut off in a cell."""
    before: list[Row] = []
    for row in rows:
        before.append(row)
        if len(before) > _ALIKE_BEFORE + 1:
            yield before.pop(0)
    *others, last = before or [[]]
    widths = {len(row) for row in others}
    if len(others) == _ALIKE_BEFORE and len(widths) == 1 and 1 < len(last) < widths.pop():
        last[-1] += BROKEN
    yield from [*others, last] if before else []


def guess_separator(text: str) -> str:
    """The separator that cuts the first lines into the most cells."""
    csv.field_size_limit(LARGEST_CELL)
    first = text[: _FIRST_LINES * _FIRST_OF_LINE]  # the rest would be gone through for nothing
    start = "\n".join(line[:_FIRST_OF_LINE] for line in islice(io.StringIO(first, newline=None), _FIRST_LINES))

    def widest(separator: str) -> int:
        return max((len(row) for row in csv.reader(io.StringIO(start), delimiter=separator)), default=0)

    return max(_SEPARATORS, key=widest)
