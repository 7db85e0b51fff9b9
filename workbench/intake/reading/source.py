"""Files as sheets of rows of text: workbooks, Parquet, and delimited text, whatever its encoding and separator."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import FileError, InputError, Words
from workbench.intake.reading.raw_sheet import RawSheet, Row
from workbench.intake.reading.workbook import OLE_MARK, ZIP_MARK, cell_text, workbook_sheets
from workbench.safeguards.given_files import open_given

_PARQUET_MARK = b"PAR1"
_SEPARATORS = (",", "\t", ";", "|")
_LOOKED_AT, _LOOKED_AT_OF_LINE = 20, 20_000
_LARGEST_CELL = 1_000_000


def sheets(path: Path, encoding: str | None = None, separator: str | None = None) -> list[RawSheet]:
    """The sheets of a file, by its first bytes, not its name. Raises InputError where it cannot be read."""
    mark = _first_bytes(path)
    if mark in (ZIP_MARK, OLE_MARK):
        return workbook_sheets(path)
    if mark == _PARQUET_MARK:
        return [RawSheet("", ParquetRows(path))]
    return [RawSheet("", TextRows(path, decode(path, encoding), separator))]


def _first_bytes(path: Path) -> bytes:
    with open_given(path) as opened:
        start = opened.read(4)
    if not start:
        raise FileError(path, Words("文件是空的；请重新导出", "the file is empty; export it again"))
    return start


class ParquetRows:
    """The rows of a Parquet file as text: its columns' names in row 1. Whole numbers keep all their digits."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            why = str(error).splitlines()[0]
            found = Words("不是完好的 Parquet 文件；请重新导出", f"cannot be read as Parquet ({why}); export it again")
            raise FileError(path, found) from None

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
        return str(cell)
    return "" if cell != cell else cell_text(cell)  # noqa: PLR0124 - NaN


class TextRows:
    """The rows of a delimited text file, from row 1."""

    def __init__(self, path: Path, text: str, separator: str | None) -> None:
        self._path = path
        self._text = text
        self.separator = separator or guess_separator(text)

    def __iter__(self) -> Iterator[Row]:
        csv.field_size_limit(_LARGEST_CELL)
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self.separator)
        try:
            yield from reader
        except csv.Error as error:
            found = Words(
                f"第 {reader.line_num} 行附近无法分列（{error}）；请检查引号是否成对",
                f"the cells near line {reader.line_num} cannot be told apart ({error}); check that quotation marks come in pairs",
            )
            raise FileError(self._path, found) from None


def decode(path: Path, encoding: str | None) -> str:
    """The text of a file: as `encoding` says, else by its byte-order mark, else UTF-8, else GB18030 (which holds GBK).

    Raises InputError that names the position of the byte that fits none.
    """
    data = path.read_bytes()
    misfits: list[UnicodeDecodeError] = []
    for name in [encoding] if encoding else _encodings(data):
        try:
            return _without_nul(path, data.decode(name))
        except UnicodeDecodeError as error:
            misfits.append(error)
        except LookupError:
            found = Words("没有这种编码；例如 utf-8、gb18030", "no such encoding; for example utf-8, gb18030")
            raise InputError(found.after(f"encoding {name!r}: ")) from None
    furthest = max(misfits, key=lambda misfit: misfit.start)
    place, tried = furthest.start + 1, ", ".join(misfit.encoding for misfit in misfits)
    seen = f"(0x{data[place - 1]:02X})"
    found = Words(
        f"第 {place} 个字节 {seen} 不合编码 {tried}；请另存为 UTF-8，或在映射中写明 encoding",
        f"byte {place} {seen} does not fit the encoding {tried}; save it as UTF-8, or name the encoding in a mapping",
    )
    raise FileError(path, found)


def _without_nul(path: Path, text: str) -> str:
    """The text; NUL characters, which no text holds, are those of another encoding or of no text at all."""
    place = text.find("\0")
    if place < 0:
        return text
    found = Words(
        f"第 {place + 1} 个字符是 NUL，不是文本文件；请另存为 UTF-8 的 csv，或 xlsx",
        f"character {place + 1} is NUL: this is no text file; save it as csv in UTF-8, or as xlsx",
    )
    raise FileError(path, found)


def _encodings(data: bytes) -> list[str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    return ["utf-8-sig", "gb18030"]


def guess_separator(text: str) -> str:
    """The separator that cuts the first lines into the most cells."""
    csv.field_size_limit(_LARGEST_CELL)
    start = "\n".join(line[:_LOOKED_AT_OF_LINE] for line in islice(io.StringIO(text, newline=None), _LOOKED_AT))

    def widest(separator: str) -> int:
        return max((len(row) for row in csv.reader(io.StringIO(start), delimiter=separator)), default=0)

    return max(_SEPARATORS, key=widest)
