"""One sheet as a frame of text, its header row found, its rows numbered as the sheet numbers them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from workbench.errors import FileError, Words
from workbench.intake.reading import source
from workbench.intake.reading.source import Row
from workbench.intake.reading.text import clean, fold_header
from workbench.intake.tables.mapping import Mapping

ROW = "#row"
OVERFLOW = "#overflow"
"""Cells beyond the last header, joined; null where there are none."""
HEADER_WITHIN = 10
MOST_COLUMNS = 2_000
_CHUNK_ROWS = 5000

Known = Callable[[str], bool]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sheet:
    """A sheet as read.

    `frame` has a text column for each header (null = empty cell), `#row` (from 1, header rows counted) and `#overflow`.
    `headers`: the frame's column names, by the header as the file writes it; a repeated one has a suffix (`_2`).
    `titles`: the cells above the header.
    """

    path: Path
    name: str | None
    header_row: int
    headers: tuple[str, ...]
    frame: pl.DataFrame
    titles: tuple[str, ...] = ()


def read_sheet(
    path: Path,
    mapping: Mapping | None = None,
    known: Known = lambda header: False,
    progress: Progress | None = None,
) -> Sheet:
    """Read a file; `known` tells whether a folded header is one that the caller knows. Raises InputError.

    `progress` is called with the rows read and 0: how many there are is known at the end.
    """
    tables = _tables(path, mapping)
    starts = {name: list(islice(rows, HEADER_WITHIN)) for name, rows in tables.items()}
    wanted = mapping.header_row if mapping else None
    if wanted is not None:
        starts = {name: list(islice(rows, wanted)) for name, rows in tables.items()}
    name = max(starts, key=lambda one: _best(starts[one], known)[0])
    header_row = wanted or _best(starts[name], known)[1]
    if len(starts[name]) < header_row or not any(cell.strip() for cell in starts[name][header_row - 1]):
        found = Words(
            f"第 {header_row} 行没有表头；请检查文件，或在映射中写明 header_row",
            f"row {header_row} holds no headers; check the file, or name header_row in a mapping",
        )
        raise FileError(path, found)
    if len(starts[name][header_row - 1]) > MOST_COLUMNS:
        found = Words(
            f"表头有 {len(starts[name][header_row - 1]):,} 列，最多 {MOST_COLUMNS:,}；请检查分隔符",
            f"the header row has {len(starts[name][header_row - 1]):,} columns, at most {MOST_COLUMNS:,}; check the separator",
        )
        raise FileError(path, found)
    headers = _distinct(starts[name][header_row - 1])
    titles = tuple(cell.strip() for row in starts[name][: header_row - 1] for cell in row if cell.strip())
    frame = _frame(tables[name], headers, header_row, progress or (lambda _done, _total: None))
    return Sheet(path, name or None, header_row, headers, frame, titles)


def _tables(path: Path, mapping: Mapping | None) -> dict[str, Iterable[Row]]:
    if source.is_parquet(path):
        return {"": source.ParquetRows(path)}
    if not source.is_workbook(path):
        text = source.decode(path, mapping.encoding if mapping else None)
        return {"": source.TextRows(path, text, mapping.separator if mapping else None)}
    sheets = source.workbook_sheets(path)
    wanted = mapping.sheet if mapping else None
    if wanted is None:
        return dict(sheets)
    if wanted not in sheets:
        found = Words(
            f"没有工作表 {wanted!r}；已有：{'、'.join(sheets)}", f"no sheet {wanted!r}; there are: {', '.join(sheets)}"
        )
        raise FileError(path, found)
    return {wanted: sheets[wanted]}


def _best(rows: Sequence[Row], known: Known) -> tuple[tuple[int, int], int]:
    """The row that bears most known headers (of equals, the most cells; the first), and how well it does."""
    scores = [(sum(known(fold_header(cell)) for cell in row), sum(bool(cell.strip()) for cell in row)) for row in rows]
    best = max(scores, default=(0, 0))
    return best, scores.index(best) + 1 if scores else 1


def _distinct(row: Row) -> tuple[str, ...]:
    """The headers, trailing empty ones cut off, a repeated or empty one made distinct."""
    cells = [" ".join(cell.split()) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    seen: dict[str, int] = {}
    names = []
    for place, cell in enumerate(cells, 1):
        name = cell or f"（第{place}列）"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(names)


def _frame(rows: Iterable[Row], headers: tuple[str, ...], header_row: int, progress: Progress) -> pl.DataFrame:
    schema: dict[str, type[pl.DataType]] = {**dict.fromkeys([*_positions(headers), OVERFLOW], pl.String), ROW: pl.Int64}
    chunks = [pl.DataFrame(schema=schema)]
    body = islice(iter(rows), header_row, None)
    done = header_row
    for chunk in _chunks(body):
        chunks.append(_chunk_frame(chunk, headers, schema, done + 1))
        done += len(chunk)
        progress(done - header_row, 0)
    return pl.concat(chunks).rename(dict(zip(_positions(headers), headers, strict=True)))


def _positions(headers: tuple[str, ...]) -> list[str]:
    """Names that no header can clash with, while the frame is built."""
    return [f"#{place}" for place in range(len(headers))]


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        yield chunk


def _chunk_frame(
    chunk: list[Row], headers: tuple[str, ...], schema: dict[str, type[pl.DataType]], first: int
) -> pl.DataFrame:
    width = len(headers)
    whole = [_fit(row, width) for row in chunk]
    columns = list(zip(*whole, strict=True))
    data = dict(zip([*_positions(headers), OVERFLOW], columns, strict=True))
    frame = pl.DataFrame({**data, ROW: range(first, first + len(chunk))}, schema=schema)
    return frame.with_columns(clean(pl.col(pl.String)))


def _fit(row: Row, width: int) -> Row:
    """A row as wide as the headers, and one cell for what lies beyond them."""
    if len(row) <= width:
        return row + [""] * (width + 1 - len(row))
    return [*row[:width], " ".join(cell for cell in row[width:] if cell)]
