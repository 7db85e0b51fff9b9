"""The sheets of a file as one frame of text, headers found, rows numbered as the sheets number them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import polars as pl

from workbench.errors import FileError, InputError, Words
from workbench.intake.reading import source
from workbench.intake.reading.broken_rows import are_shifted, marked, no_broken_cells, without_broken_numbers
from workbench.intake.reading.headers import HEADER_WITHIN, Header, Named, is_data
from workbench.intake.reading.raw_sheet import OVERFLOW, ROW, ROWS_OF_A_SHEET, RawSheet, Row
from workbench.intake.reading.sheet_choice import Chosen, SheetAccount, choose, column_key
from workbench.intake.reading.skipped_rows import SkippedRow, in_words, listed, without_other_rows
from workbench.intake.reading.table_place import TablePlace
from workbench.intake.reading.text import clean
from workbench.intake.reading.workbooks.workbook import WorkbookRows
from workbench.intake.tables.mapping import Mapping

__all__ = ["OVERFLOW", "ROW", "Progress", "Sheet", "read_sheet"]

MOST_COLUMNS = 2_000
_CHUNK_ROWS = 20_000
_SHOWN = 10

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sheet:
    """A sheet as read, or several of the same columns.

    `frame` has a text column for each header (null = empty cell), `#row` (from 1, header rows counted) and `#overflow`.
    `headers`: the frame's column names, by the header as the file writes it; a repeated one has a suffix (`_2`).
    `titles`: the cells above the header, which stands in `header_rows`, the first and the last. `parts`: the sheets that were read, where they are several.
    `accounts`: what became of each sheet; `notes`: the same and what else is to be said of the reading, in words.
    `skipped`: the rows that are no households, which the frame does not have. `broken`: the cells with bytes that are no
    text (`#row`, `column`), whose rows bear no household number in the frame.
    """

    path: Path
    name: str | None
    header_row: int
    headers: tuple[str, ...]
    frame: pl.DataFrame
    titles: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    accounts: tuple[SheetAccount, ...] = ()
    notes: tuple[Words, ...] = ()
    skipped: tuple[SkippedRow, ...] = ()
    broken: pl.DataFrame = field(default_factory=no_broken_cells)
    header_rows: tuple[int, int] = (1, 1)


def read_sheet(
    path: Path,
    mapping: Mapping | None = None,
    named: Named = lambda header: None,
    progress: Progress | None = None,
    place: TablePlace | None = None,
    opened: Callable[[Sequence[RawSheet]], None] = lambda sheets: None,
) -> Sheet:
    """Read a file; `named` gives the name of a folded header that the caller knows, else None. Raises InputError.

    `place`: where the table stands, as a person said it; without it, as the mapping says. `opened` gets the sheets before
    anything is made of them. `progress` is called with the rows read and 0: how many there are is known at the end.
    """
    place = place or (mapping.place() if mapping else TablePlace())
    wanted = place.header_rows
    try:
        raw = source.sheets(path, mapping.encoding if mapping else None, mapping.separator if mapping else None)
        opened(raw)
        chosen, others = choose(_wanted_sheets(path, raw, place.sheets), named, wanted)
    except FileError:
        raise
    except InputError as error:
        raise FileError(path, error.words) from None
    first = chosen[0]
    _check_header(path, first.header, wanted)
    frames = [_frame(each, progress or (lambda _done, _total: None)) for each in chosen]
    accounts = _accounts(chosen, frames, others)
    parts = tuple(each.raw.name for each in chosen) if len(chosen) > 1 else ()
    frame, skipped = without_other_rows(_stacked(frames, named), mapping.key if mapping else ())
    broken = no_broken_cells()
    if any(each.raw.broken for each in chosen) or frame.select(are_shifted().any()).item():
        frame, broken = without_broken_numbers(frame, mapping.key if mapping else ())
    return Sheet(
        path, first.raw.name or None, first.header.last, _columns(frame), frame,
        titles=tuple(dict.fromkeys(title for each in chosen for title in each.titles)),
        parts=parts, accounts=accounts,
        notes=(*_sheet_notes(accounts), *_row_notes(chosen), *in_words(skipped, parts)),
        skipped=listed(skipped, parts), broken=broken, header_rows=(first.header.first, first.header.last),
    )  # fmt: skip


def _wanted_sheets(path: Path, sheets: list[RawSheet], wanted: Sequence[str]) -> list[RawSheet]:
    if not wanted or not any(sheet.name for sheet in sheets):
        return sheets
    there = [sheet.name for sheet in sheets]
    for name in wanted:
        if name not in there:
            zh, en = "、".join(there), ", ".join(there)
            message = Words(
                f"没有工作表 {name!r}；已有：{zh}", f"no sheet {name!r}; there are: {en}", code="intake.no-sheet"
            )
            raise FileError(path, message)
    # Whatever the file says of a sheet that is named (that it is hidden, a sample): the person knows better.
    return [
        RawSheet(sheet.name, sheet.rows, hidden_rows=sheet.hidden_rows, broken=sheet.broken)
        for sheet in sheets
        if sheet.name in wanted
    ]


def _check_header(path: Path, header: Header, wanted: tuple[int, int] | None) -> None:
    if not header.named:
        message = Words(
            f"第 {header.first} 行没有表头；请检查文件，或在映射中写明 header_row",
            f"row {header.first} holds no headers; check the file, or name header_row in a mapping",
            code="intake.row-holds-no-headers",
        )
        raise FileError(path, message)
    if len(header.cells) > MOST_COLUMNS:
        message = Words(
            f"表头有 {len(header.cells):,} 列，最多 {MOST_COLUMNS:,}；请检查分隔符",
            f"the header row has {len(header.cells):,} columns, at most {MOST_COLUMNS:,}; check the separator",
            code="intake.header-row-columns-most",
        )
        raise FileError(path, message)
    # Where a person said in which row the header stands, it is one.
    if wanted is None and is_data(header):
        message = Words(
            f"前 {HEADER_WITHIN} 行中没有表头：这是一张 {header.named} 列、直接从数据开始的表；"
            "请在数据上面加一行列名（如 户编号、姓名、人均纯收入）后再导入",
            f"no header in the first {HEADER_WITHIN} rows: a table of {header.named} columns that begins with its data; "
            "put a row of column names above them (户编号, 姓名, 人均纯收入, …) and read the file again",
            code="intake.no-header-first-rows",
        )
        raise FileError(path, message)


# -- what is said of the reading ----------------------------------------------------------------------------------------


def _accounts(
    chosen: Sequence[Chosen], frames: Sequence[pl.DataFrame], others: Sequence[tuple[RawSheet, Words]]
) -> tuple[SheetAccount, ...]:
    read = [SheetAccount(each.raw.name, len(frame), read=True) for each, frame in zip(chosen, frames, strict=True)]
    unread = [
        SheetAccount(sheet.name, sum(any(map(str.strip, row)) for row in sheet.rows), read=False, why=why)
        for sheet, why in others
    ]
    return tuple(each for each in (*read, *unread) if each.name)


def _sheet_notes(accounts: Sequence[SheetAccount]) -> list[Words]:
    names = [each.name for each in accounts if each.read]
    if not names:
        return []
    notes = [Words(f"工作表：{'、'.join(names)}", f"sheet: {', '.join(names)}", code="intake.sheets-read")]
    unread = [(each.name, each.why) for each in accounts if each.why is not None]
    if unread:
        zh = "；".join(f"{name}（{why.zh}）" for name, why in unread)
        en = "; ".join(f"{name} ({why.en})" for name, why in unread)
        notes.append(Words(f"未读的工作表：{zh}", f"sheets not read: {en}", code="intake.sheets-not-read"))
    return notes


def _row_notes(chosen: Sequence[Chosen]) -> list[Words]:
    """What is said of headers over several rows and of rows that were hidden, of each sheet."""
    notes = []
    for each in chosen:
        place = Words(f"工作表“{each.raw.name}”：", f"sheet {each.raw.name!r}: ") if len(chosen) > 1 else Words("", "")
        header = each.header
        if header.last > header.first:
            said = f"{header.first}–{header.last}"
            notes.append(
                place
                + Words(f"表头在第 {said} 行", f"the header stands in rows {said}", code="intake.header-over-rows")
            )
        hidden = [number for number in each.raw.hidden_rows if number > header.last]
        if hidden:
            shown = "、".join(map(str, hidden[:_SHOWN])) + ("…" if len(hidden) > _SHOWN else "")
            notes.append(
                place
                + Words(
                    f"有 {len(hidden)} 行是隐藏的（筛选或手工隐藏），也读入了：第 {shown} 行",
                    f"{len(hidden)} rows are hidden (by a filter or by hand) and were read too: rows {shown}",
                    code="intake.hidden-rows-read",
                )
            )
    return notes


# -- the frame ----------------------------------------------------------------------------------------------------------


def _stacked(frames: Sequence[pl.DataFrame], named: Named) -> pl.DataFrame:
    """One frame of all sheets, the columns of each under the headers of the first; further columns come after them."""
    own = {column_key(header, named): header for header in reversed(_columns(frames[0]))}
    stacked = [frames[0]]
    for place, frame in enumerate(frames[1:], 1):
        names = {name: own.get(column_key(name, named), name) for name in _columns(frame)}
        # Two columns of one sheet under one header of the first: neither is renamed, since nobody can say which is meant.
        several = {new for new in names.values() if list(names.values()).count(new) > 1}
        renamed = frame.rename({name: new for name, new in names.items() if new not in several})
        stacked.append(renamed.with_columns(pl.col(ROW) + place * ROWS_OF_A_SHEET))
    return pl.concat(stacked, how="diagonal") if len(stacked) > 1 else stacked[0]


def _columns(frame: pl.DataFrame) -> tuple[str, ...]:
    return tuple(name for name in frame.columns if name not in (ROW, OVERFLOW))


def _distinct(cells: Sequence[str]) -> tuple[str, ...]:
    """The headers, a repeated or empty one made distinct."""
    seen: dict[str, int] = {}
    names = []
    for place, cell in enumerate(cells, 1):
        name = cell or f"（第{place}列）"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(names)


def _frame(sheet: Chosen, progress: Progress) -> pl.DataFrame:
    headers, header_row = _distinct(sheet.header.cells), sheet.header.last
    frame = _regular_frame(sheet, headers, progress)
    if frame is not None:
        return frame
    schema: dict[str, type[pl.DataType]] = {**dict.fromkeys([*_positions(headers), OVERFLOW], pl.String), ROW: pl.Int64}
    chunks = [pl.DataFrame(schema=schema)]
    body = _body(sheet)
    done = header_row
    # In chunks: lists of text take ten times the memory of a column, and a city's file has half a million rows.
    for chunk in _chunks(body):
        chunks.append(_chunk_frame(chunk, headers, schema, done + 1))
        done += len(chunk)
        progress(done - header_row, 0)
    return pl.concat(chunks).rename(dict(zip(_positions(headers), headers, strict=True)))


def _body(sheet: Chosen) -> Iterator[Row]:
    """The rows below the header: of a workbook with what is merged downwards, of a text with what was shifted marked."""
    rows, header = sheet.raw.rows, sheet.header
    if isinstance(rows, WorkbookRows):
        return islice(rows.filled(header.last), header.last, None)
    body = islice(iter(rows), header.last, None)
    if not isinstance(rows, source.TextRows):
        return body
    # As wide as the header is written, empty cells too: beyond it no column of the file can be meant.
    width = max((len(row) for row in islice(iter(rows), header.first - 1, header.last)), default=0)
    return (marked(row, width) for row in body)


def _regular_frame(sheet: Chosen, headers: tuple[str, ...], progress: Progress) -> pl.DataFrame | None:
    """The frame of a text whose rows need not be gone through one by one; None of any other sheet."""
    rows = sheet.raw.rows
    read = rows.frame(_positions(headers)) if isinstance(rows, source.TextRows) else None
    if read is None:
        return None
    first = sheet.header.last
    body = read.slice(first).rename(dict(zip(_positions(headers), headers, strict=True)))
    progress(len(body), 0)
    numbers = pl.int_range(first + 1, first + 1 + len(body), dtype=pl.Int64, eager=True).alias(ROW)
    return body.with_columns(pl.lit(None, pl.String).alias(OVERFLOW), numbers)


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
    # What lies beyond the headers is kept in one cell: a row pushed to the right is reported, not cut off in silence.
    whole = [_fit(row, width) for row in chunk]
    columns = list(zip(*whole, strict=True))
    data = dict(zip([*_positions(headers), OVERFLOW], columns, strict=True))
    return clean(pl.DataFrame({**data, ROW: range(first, first + len(chunk))}, schema=schema))


def _fit(row: Row, width: int) -> Row:
    """A row as wide as the headers, and one cell for what lies beyond them."""
    if len(row) <= width:
        return row + [""] * (width + 1 - len(row))
    return [*row[:width], " ".join(cell for cell in row[width:] if cell)]
