"""Findings: what is wrong with which cell, in words; personal values masked before anything keeps them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from workbench.errors import Words

MASK_LENGTH = 6
_SHOWN = 40
_NUMBER_OF_A_PERSON = re.compile(r"\d{14,}[\dXx]\d*|1\d{10}")


@dataclass(frozen=True)
class Problem:
    """One finding: `row` as the sheet numbers it (1 is the first), None where it concerns the whole file or column.

    `value` is the cell's, masked where personal. `reason` is a fixed English key; `message` says what to do.
    """

    row: int | None
    column: str
    value: str | None
    reason: str
    message: Words


def mask(value: str | None) -> str | None:
    """A personal value with at most its first six and last two characters, never more than half of it."""
    if value is None:
        return None
    head = min(MASK_LENGTH, len(value) // 3)
    tail = min(2, len(value) // 4)
    return value[:head] + "*" * max(len(value) - head - tail, 1) + (value[-tail:] if tail else "")


def quote(value: str | None, *, personal: bool) -> str | None:
    """What a finding shows of a value; numbers that look like a person's are masked in any column."""
    if value is None or personal:
        return mask(value)
    shown = _NUMBER_OF_A_PERSON.sub(lambda match: str(mask(match.group())), value)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


UNTIL_CORRECTED = Words(
    "请改正后再导入；此项记为未知", "correct it and read the file again; until then the fact is not known"
)
"""What cures a fact whose cell cannot be read."""
EXPORT_AS_TEXT = Words("请按文本格式重新导出", "export it again as text")
"""What cures a number that a spreadsheet changed."""


@dataclass
class Findings:
    """Collects problems and warnings as the rows are read."""

    personal: frozenset[str] = frozenset()
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
                )
            )

    def _findings(self, rows: pl.DataFrame, column: str, reason: str, message: Words) -> Iterable[Problem]:
        personal = column in self.personal
        for row, value in rows.select("row", "value").iter_rows():
            shown = quote(value, personal=personal)
            yield Problem(row, column, shown, reason, _place_in_words(row, column, shown) + message)

    def sorted_problems(self) -> tuple[Problem, ...]:
        """The problems from the top of the sheet down."""
        return tuple(sorted(dict.fromkeys(self.problems), key=_place))

    def sorted_warnings(self) -> tuple[Problem, ...]:
        """The warnings from the top of the sheet down."""
        return tuple(sorted(self.warnings, key=_place))


def _place_in_words(row: int | None, column: str, shown: str | None) -> Words:
    quoted = "" if shown is None else f"“{shown}”"
    if row is None:
        return Words(f"{column}{quoted}：", f"{column} {quoted}: ")
    return Words(
        f"第 {row} 行{f'，{column}' if column else ''}{quoted}：",
        " ".join(part for part in (f"row {row}" + (f", {column}" if column else ""), quoted) if part) + ": ",
    )


def _place(problem: Problem) -> tuple[int, str, str]:
    return problem.row or 0, problem.column, problem.reason
