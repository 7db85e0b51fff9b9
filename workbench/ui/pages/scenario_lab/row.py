"""A row of the comparison: a figure of every standard, and how it is written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from workbench.ui.kit.texts.language import Language

Values = list[Any]


@dataclass(frozen=True)
class Row:
    """A figure of every standard: `values` in their order, None where it is not known; `kind` says how it is written.

    `low` and `high`: intervals, where there are some.
    """

    key: str
    label: str
    kind: str
    values: Values
    low: Values | None = None
    high: Values | None = None


def written(row: Row, number: int, t: Language) -> str:
    """Return a value of a row in words, with its interval."""
    interval = interval_text(row, number, t)
    value = writers(t)[row.kind](row.values[number])
    return f"{value} ({interval})" if interval else value


def interval_text(row: Row, number: int, t: Language) -> str:
    """Return the interval of a value in words; empty where it has none."""
    if row.low is None or row.high is None or row.low[number] is None:
        return ""
    write = writers(t)[row.kind]
    # A dash between two signs would read as one of them.
    between = " … " if row.kind in ("signed", "points") else "–"
    return f"{write(row.low[number])}{between}{write(row.high[number])}"


def writers(t: Language) -> dict[str, Callable[[Any], str]]:
    """Return how the values of each kind of row are written."""
    return {
        # Weights of a sample make fractions of households.
        "number": lambda value: t.number(None if value is None else round(value)),
        "tenths": t.estimate,
        "fine": lambda value: t.estimate(value, 3),
        "signed": lambda value: "–" if value is None else t.signed(value, 1),
        "points": lambda value: "–" if value is None else t.signed(value, 1),
        "household_rounds": lambda value: t.number(None if value is None else round(value)),
        "share": t.percent,
        # Of what is only expected: a decimal would be finer than the households that it is a share of.
        "whole_share": lambda value: "–" if value is None else t.percent_whole(value),
        "yuan": t.yuan,
        "flag": lambda value: "–" if value is None else t("是") if value else t("否"),
        "text": lambda value: "–" if value is None else str(value),
    }


def cells_of(kind: str, values: Iterable[Any], t: Language) -> list[Any]:
    """The values of a row as cells of a workbook: a yes or no in words, numbers to four decimals, as many as a standard's own have."""
    if kind == "flag":
        return [writers(t)[kind](value) for value in values]
    return [round(value, 4) if isinstance(value, float) else value for value in values]


def unit_of(kind: str, t: Language) -> str:
    """The unit of the values of a kind of row; empty where they have none."""
    units = {
        "number": t("户"), "tenths": t("户"), "signed": t("户"), "fine": t("户"), "share": t("比例"), "whole_share": t("比例"), "yuan": t("元"),
        "points": t("百分点"), "household_rounds": t("户次"),
    }  # fmt: skip
    return units.get(kind, "")
