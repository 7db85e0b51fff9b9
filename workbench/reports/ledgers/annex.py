"""A ledger as an annex that can be read on paper: only the columns chosen, on as many sheets as keep the print legible.

The ledger itself stays one wide sheet, since that is what is read in again (decision 0013); on A3 its 37 columns print at 4 points.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from workbench.errors import InputError, Words
from workbench.reports.ledgers.table import Column, Page

KEYS = ("序号", "乡镇", "村", "户编号", "户主姓名")
"""Columns that stand on every sheet, so that each says whose row it is."""
SMALLEST_PRINT = 8.0
"""Points; the cells are written in 10."""
_WRITTEN = 10.0
# What the spreadsheet makes of a width in characters: 7 pixels each and 5 around, 96 to the inch.
_PIXELS_A_CHARACTER, _PIXELS_AROUND, _MM_A_PIXEL = 7, 5, 25.4 / 96
_MARGINS_MM = 2 * 0.3 * 25.4
_A3_MM, _A4_MM = 420.0, 297.0


def annex_pages(page: Page, headers: Collection[str] = ()) -> list[Page]:
    """The sheets of an annex on landscape A4: the `headers` chosen (none: all that are printed), in the order of the ledger.

    Raises InputError for a header that the ledger has not.
    """
    chosen = _chosen(page.columns, headers)
    keys = [place for place in chosen if page.columns[place].header in KEYS]
    others = [place for place in chosen if place not in keys]
    # As wide as the smallest print that is still read allows.
    room = (_A4_MM - _MARGINS_MM) * _WRITTEN / SMALLEST_PRINT
    # A ledger of nothing but keys makes one sheet all the same.
    parts = list(_parts(page.columns, keys, others, room)) or [keys]
    return [_part(page, places, number, len(parts)) for number, places in enumerate(parts, 1)]


def print_size(page: Page) -> float:
    """The points in which the cells of a sheet come out of the printer, fitted to the width of its paper."""
    room = (_A3_MM if page.paper.a3 else _A4_MM) - _MARGINS_MM
    return min(1.0, room / sum(_width(column) for column in page.columns if column.printed)) * _WRITTEN


def printed_headers(columns: Sequence[Column]) -> list[str]:
    """The headers of the columns that may be chosen for an annex."""
    return [column.header for column in columns if column.printed]


def free_headers(columns: Sequence[Column]) -> list[str]:
    """Return the headers that are on no sheet unless they are chosen."""
    return [header for header in printed_headers(columns) if header not in KEYS]


def _chosen(columns: Sequence[Column], headers: Collection[str]) -> list[int]:
    known = printed_headers(columns)
    if unknown := [header for header in headers if header not in known]:
        listed = "、".join(known)
        raise InputError(
            Words(
                f"列“{unknown[0]}”：台账中没有；可选：{listed}",
                f"column {unknown[0]!r}: not in the ledger; there are: {listed}",
                code="reports.no-such-column",
            )
        )
    # Without its keys nobody could lay a sheet beside another.
    wanted = set(headers) | set(KEYS) if headers else set(known)
    return [place for place, column in enumerate(columns) if column.printed and column.header in wanted]


def _parts(columns: Sequence[Column], keys: list[int], others: list[int], room: float) -> Iterator[list[int]]:
    """The columns sheet by sheet: as many as have room beside the keys, one at least."""
    taken = sum(_width(columns[place]) for place in keys)
    part: list[int] = []
    used = taken
    for place in others:
        # A column wider than the room gets a sheet for itself: smaller print is all that is left.
        if part and used + _width(columns[place]) > room:
            yield sorted([*keys, *part])
            part, used = [], taken
        part.append(place)
        used += _width(columns[place])
    if part:
        yield sorted([*keys, *part])


def _part(page: Page, places: list[int], part: int, count: int) -> Page:
    of = f"（{part}/{count}）" if count > 1 else ""
    lines = tuple(replace(line, cells=tuple(line.cells[place] for place in places)) for line in page.lines)
    # Up to the last key: what stays in sight names the household.
    frozen = 1 + max(number for number, place in enumerate(places) if page.columns[place].header in KEYS)
    return replace(
        page, name=f"{page.name}{part}" if count > 1 else page.name, title=f"{page.title}{of}",
        columns=tuple(page.columns[place] for place in places), lines=lines, paper=replace(page.paper, a3=False, frozen=frozen),
    )  # fmt: skip


def _width(column: Column) -> float:
    """Millimetres of a column at full size."""
    return (column.width * _PIXELS_A_CHARACTER + _PIXELS_AROUND) * _MM_A_PIXEL
