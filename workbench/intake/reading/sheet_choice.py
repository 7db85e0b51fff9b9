"""Which sheets of a file are read as one table, and why the others are not."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from workbench.errors import InputError, Words
from workbench.intake.reading.headers import ROWS_LOOKED_AT, Header, Named, find_header, header_at
from workbench.intake.reading.raw_sheet import RawSheet
from workbench.intake.reading.text import fold_header

_SAMPLES = re.compile(
    r"样例|示例|范例|样表|样本|举例|例表|填表说明|填报说明|说明$|^说明|须知|\bsamples?\b|\bexamples?\b", re.IGNORECASE
)
_OLD_COPIES = re.compile(
    r"^(?:上(?:个?月|期|季度?|年度?|次|一轮|轮)|去年|往年|旧|备份|副本|作废)|(?:备份|副本|旧版?|作废|历史|老数据)\d*$|(?<![a-z])(?:old|backup|copy)(?![a-z])",
    re.IGNORECASE,
)
_ALIKE = 0.6
"""The share of their columns that two sheets have in common where they are one table in parts."""
HIDDEN = Words("隐藏的工作表不读", "a hidden sheet is not read", code="intake.sheet-hidden")
SAMPLE = Words("是样例或填表说明", "a sample or an explanation", code="intake.sheet-of-samples")
EMPTY = Words("是空的", "empty", code="intake.sheet-empty")
OTHER_COLUMNS = Words("列不同", "other columns", code="intake.sheet-of-other-columns")
OLD_COPY = Words(
    "名称是旧的副本，另有同样的表",
    "named as an old copy beside another of the same columns",
    code="intake.sheet-is-old-copy",
)


@dataclass(frozen=True)
class SheetAccount:
    """What became of one sheet of a file; `why`: the reason where it was not read.

    `rows`: of data in a sheet that was read, in any other all that hold anything.
    """

    name: str
    rows: int
    read: bool
    why: Words | None = None


@dataclass(frozen=True)
class Chosen:
    """A sheet that is read, and its header; `titles` stand above it."""

    raw: RawSheet
    header: Header
    titles: tuple[str, ...]


def choose(
    sheets: Sequence[RawSheet], named: Named, header_rows: tuple[int, int] | None
) -> tuple[list[Chosen], list[tuple[RawSheet, Words]]]:
    """The sheets to read as one table, in their order, and the others with the reason.

    Raises InputError where no sheet is left.
    """
    reasons = [_reason(sheet, alone=len(sheets) == 1) for sheet in sheets]
    with_headers = [
        _with_header(sheet, named, header_rows) for sheet, why in zip(sheets, reasons, strict=True) if why is None
    ]
    full = [each for each in with_headers if each.header.named or header_rows]
    if not full:
        raise InputError(_nothing_to_read(list(zip(sheets, reasons, strict=True))))
    # Of a workbook of summaries and lists the sheet with most known headers is the one that was meant.
    first = max(full, key=lambda each: (each.header.known, each.header.named))
    alike = [each for each in full if each is first or _alike(each.header, first.header, named)]
    # A copy left in the workbook would bring every household in twice; where all bear such a name, none is a copy.
    current = [each for each in alike if not _OLD_COPIES.search(each.raw.name)] or alike
    why_not = {each.raw.name: (OLD_COPY if each in alike else OTHER_COLUMNS) for each in full if each not in current}
    read = {each.raw.name for each in current}
    others = [
        (sheet, why or why_not.get(sheet.name, EMPTY))
        for sheet, why in zip(sheets, reasons, strict=True)
        if sheet.name not in read
    ]
    return current, others


def _reason(sheet: RawSheet, *, alone: bool) -> Words | None:
    """Why a sheet is not even looked at; a workbook's only sheet may have any name."""
    if sheet.hidden:
        return HIDDEN
    return SAMPLE if not alone and _SAMPLES.search(sheet.name) else None


def _with_header(sheet: RawSheet, named: Named, header_rows: tuple[int, int] | None) -> Chosen:
    # A header that a person points to may lie farther down than one is looked for.
    start = list(islice(sheet.rows, max(ROWS_LOOKED_AT, header_rows[1] if header_rows else 0)))
    header = header_at(start, *header_rows, named) if header_rows else find_header(start, named)
    above = (cell.strip() for row in start[: header.first - 1] for cell in row)
    return Chosen(sheet, header, tuple(cell for cell in above if cell))


def _alike(header: Header, first: Header, named: Named) -> bool:
    own, others = column_keys(header.cells, named), column_keys(first.cells, named)
    return len(own & others) >= _ALIKE * len(own | others)


def column_key(cell: str, named: Named) -> str:
    """What tells one column from another over all sheets: the name that it is known under, else its folded header."""
    folded = fold_header(cell)
    return named(folded) or folded


def column_keys(cells: Iterable[str], named: Named) -> set[str]:
    """The keys of all columns with a name."""
    return {column_key(cell, named) for cell in cells if cell}


def _nothing_to_read(sheets: Sequence[tuple[RawSheet, Words | None]]) -> Words:
    if not any(sheet.name for sheet, _ in sheets):
        return Words(
            "没有表头也没有数据；请检查文件",
            "holds neither headers nor data; check the file",
            code="intake.holds-neither-headers-nor",
        )
    zh = "；".join(f"“{sheet.name}”{(why or EMPTY).zh}" for sheet, why in sheets)
    en = "; ".join(f"{sheet.name!r}: {(why or EMPTY).en}" for sheet, why in sheets)
    return Words(
        f"没有可读的工作表：{zh}；请把数据放在看得见的、名称不是样例的工作表中",
        f"no sheet can be read: {en}; put the data in a visible sheet that is not named as a sample",
        code="intake.no-sheet-can-read",
    )
