"""Findings: what is wrong with which cell, in words; personal values masked before anything keeps them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from workbench.errors import Words
from workbench.intake.reading.decoding import BROKEN
from workbench.intake.reading.failed_cells import failure
from workbench.intake.reading.raw_sheet import place_of

MASK_LENGTH = 6
_HIDDEN = "***"
_SHOWN = 40
# An ID number with whatever blanks and hyphens stand in it, or a mobile number: masked in every column.
_NUMBER_OF_A_PERSON = re.compile(r"(?:\d[ \u00a0\u3000-]?){14,}[\dXx]\d*|1\d{10}")
_LIKE_DATA = re.compile(r"\d{8,}|(?!(?:19|20)\d\d$)[-+]?\d[\d,]*(?:\.\d+)?")
"""A cell that no header is: a long number, or nothing but a number that is no year."""


@dataclass(frozen=True)
class Problem:
    """One finding: `row` as the sheet numbers it (1 is the first), None where it concerns the whole file or column.

    `value` is the cell's, masked where personal. `reason` is a fixed English key; `message` says what to do. `sheet`:
    the name of the sheet, where several were read.
    """

    row: int | None
    column: str
    value: str | None
    reason: str
    message: Words
    sheet: str | None = None


def mask(value: str | None) -> str | None:
    """A personal value with at most its first six and last two characters, never more than half of it."""
    if value is None:
        return None
    # By shares, not by lengths alone: the first six characters of a name are all of it.
    head = min(MASK_LENGTH, len(value) // 3)
    tail = min(2, len(value) // 4)
    return value[:head] + "*" * max(len(value) - head - tail, 1) + (value[-tail:] if tail else "")


def quote(value: str | None, *, personal: bool) -> str | None:
    """What a finding shows of a value; numbers that look like a person's are masked in any column."""
    if value is None or personal:
        return mask(value)
    shown = _NUMBER_OF_A_PERSON.sub(lambda match: str(mask(match.group())), value)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


_MOST_HEADERS, _LONGEST_HEADER = 20, 30


def quoted_headers(headers: Iterable[str]) -> Words:
    """The headers of a file in a message: at most twenty, none long; none at all where they look like data of persons."""
    named = [header for header in headers if header.strip()]
    if like_data(named):
        return Words(
            "（这一行像是数据，不是表头，此处不引用）",
            "(this row looks like data rather than headers, and is not quoted)",
        )
    shown = [header if len(header) <= _LONGEST_HEADER else f"{header[: _LONGEST_HEADER - 1]}…" for header in named]
    more = len(shown) - _MOST_HEADERS
    zh, en = "、".join(shown[:_MOST_HEADERS]) or "无", ", ".join(shown[:_MOST_HEADERS]) or "none"
    return Words(zh, en) if more <= 0 else Words(f"{zh} 等 {len(shown)} 列", f"{en} and {more} more")


def like_data(headers: Iterable[str]) -> bool:
    """Whether a row that should hold headers looks like one of data, which may name somebody."""
    return any(_NUMBER_OF_A_PERSON.search(header) or _LIKE_DATA.fullmatch(header.strip()) for header in headers)


UNTIL_CORRECTED = Words(
    "请改正后再导入；此项记为未知", "correct it and read the file again; until then the fact is not known"
)
"""What cures a fact whose cell cannot be read."""
EXPORT_AS_TEXT = Words("请按文本格式重新导出", "export it again as text")
"""What cures a number that a spreadsheet changed."""


NO_NUMBER = "stand-in"
"""The reason of a cell that is no household number: its row is rejected, whatever else is wrong with it."""
SHIFTED_CELLS = (
    "too many cells",
    Words(
        "此行的单元格多于表头，各格可能错列（如金额里有没加引号的逗号）；请改正后再导入；",
        "the row has more cells than its header, which may be shifted (an amount with an unquoted comma, say); "
        "correct it and read the file again; ",
    ),
)
"""A row of text with more cells than its header: whose column a cell stands in is not known."""
_ROW_REJECTED = Words("此行未导入", "the row is rejected")
_UNTIL_THEN = Words("此项记为未知", "until then the fact is not known")


@dataclass
class Findings:
    """Collects problems and warnings as the rows are read.

    `sheets`: the names of the sheets that the rows come from, where they are several (then `#row` counts through all).
    """

    personal: frozenset[str] = frozenset()
    sheets: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    warnings_kept: int = 1000
    """Warnings of one reason that are listed; of the rest there is a count."""

    def problem(self, rows: pl.DataFrame, column: str, reason: str, message: Words) -> None:
        """Report `rows` (columns `row` and `value`) as problems of one kind."""
        self.problems += self._findings(rows, column, reason, message)

    def warn(self, rows: pl.DataFrame, column: str, reason: str, message: Words) -> None:
        """Report `rows` as warnings; beyond `warnings_kept` they are only counted."""
        self.warnings += self._findings(rows.head(self.warnings_kept), column, reason, message)
        if len(rows) > self.warnings_kept:
            self.notes.append(
                Words(
                    f"{column}：同样的提示共 {len(rows)} 条，只列前 {self.warnings_kept} 条",
                    f"{column}: {len(rows)} warnings {reason!r} in all, the first {self.warnings_kept} are listed",
                    code="intake.more-warnings-of-kind",
                )
            )

    def _findings(self, rows: pl.DataFrame, column: str, reason: str, message: Words) -> Iterable[Problem]:
        personal = column in self.personal
        for row, value in rows.select("row", "value").iter_rows():
            # The text of a failed formula is nobody's: it is shown in personal columns too.
            why, said = _reason_of(value, reason, message)
            # A cell without a header may hold anything, a name at its beginning too.
            shown = quote(value, personal=personal and said is message) if column or value is None else _HIDDEN
            number, sheet = place_of(row, self.sheets)
            yield Problem(number, column, shown, why, _place_in_words(number, column, shown, sheet) + said, sheet)

    def sorted_problems(self) -> tuple[Problem, ...]:
        """The problems from the top of the sheet down."""
        # Two facts that come from one column both report its bad cell; it is said once.
        return tuple(sorted(dict.fromkeys(self.problems), key=self._place))

    def sorted_warnings(self) -> tuple[Problem, ...]:
        """The warnings from the top of the sheet down."""
        return tuple(sorted(self.warnings, key=self._place))

    def _place(self, problem: Problem) -> tuple[int, int, str, str]:
        sheet = self.sheets.index(problem.sheet) if problem.sheet in self.sheets else 0
        return sheet, problem.row or 0, problem.column, problem.reason


def _reason_of(value: str | None, reason: str, message: Words) -> tuple[str, Words]:
    """A cell with a failed formula is wrong for that reason, whatever was asked of it."""
    failed = failure(value)
    if failed is None:
        return reason, message
    if reason == NO_NUMBER:
        return reason, failed[1] + _ROW_REJECTED
    return failed[0], failed[1] + _UNTIL_THEN


def broken_cells(cells: Iterable[tuple[int, str]]) -> tuple[Problem, ...]:
    """A finding for each cell (row, column) with bytes that are no text, or row with shifted cells (no column); the row is rejected."""
    broken = failure(BROKEN) or ("", Words("", ""))
    concerned = ((row, column, *(broken if column else SHIFTED_CELLS)) for row, column in cells)
    return tuple(
        Problem(row, column, None, reason, _place_in_words(row, column, None, None) + message + _ROW_REJECTED)
        for row, column, reason, message in concerned
    )


def _place_in_words(row: int | None, column: str, shown: str | None, sheet: str | None) -> Words:
    quoted = "" if shown is None else f"“{shown}”"
    if row is None:
        return Words(f"{column}{quoted}：", f"{column} {quoted}: ")
    inside = Words(f"工作表“{sheet}”", f"sheet {sheet!r}, ") if sheet else Words("", "")
    return inside + Words(
        f"第 {row} 行{f'，{column}' if column else ''}{quoted}：",
        " ".join(part for part in (f"row {row}" + (f", {column}" if column else ""), quoted) if part) + ": ",
    )
