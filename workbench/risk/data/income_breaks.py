"""Transitions between which incomes changed as no life changes them: another unit, another kind of income, another sheet.

Whoever falls below the line there has not slipped, so nothing is learnt from them. What the law changed is no such break:
incomes are compared as multiples of each round's line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import polars as pl

from workbench.domain.parameters import counties
from workbench.errors import Words
from workbench.risk.data.panel import Transition

MOST_CHANGE = 2.0
"""Ratio of median incomes, as multiples of the line, beyond which a transition is not life: half or twice in half a year."""
_LEAST_HOUSEHOLDS = 30
_KEY = ("county_code", "household_id")


class StepBreak(Protocol):
    """A county of a transition of which nothing may be learnt, and why."""

    @property
    def start(self) -> str:
        """The round that the transition begins with."""

    @property
    def end(self) -> str:
        """The round that it ends with."""

    @property
    def county(self) -> str:
        """The county's code."""

    @property
    def words(self) -> Words:
        """What is wrong there."""


@dataclass(frozen=True)
class IncomeBreak:
    """The median income (yuan a person and year) of the same households `before` and `after`, in a county."""

    start: str
    end: str
    county: str
    before: float
    after: float

    @property
    def words(self) -> Words:
        """What changed, and what it means."""
        known = counties().get(self.county)
        zh, en = (known.zh, known.en) if known else (self.county, self.county)
        return Words(
            f"{zh}：{self.start} 至 {self.end}，同样的户收入中位数由 {self.before:,.4g} 变为 {self.after:,.4g}，像是换了单位或口径；这一步的“风险变差”不是真的变差，不用来学",
            f"{en}: from {self.start} to {self.end} the median income of the same households went from {self.before:,.4g} to "
            f"{self.after:,.4g}, which looks like another unit or another kind of income; what looks like slips is none, and nothing is learnt from it",
            code="risk.income-break",
        )


def income_breaks(frames: Mapping[str, pl.DataFrame], steps: Sequence[Transition]) -> tuple[IncomeBreak, ...]:
    """The breaks of incomes in the transitions; `frames` by round hold `county_code`, `household_id`, `income_pc`."""
    return tuple(
        IncomeBreak(step.start, step.end, *row)
        for step in steps
        for row in _medians(frames[step.start], frames[step.end])
        .filter((_ratio(step) > MOST_CHANGE) | (_ratio(step) < 1 / MOST_CHANGE))
        .filter(pl.lit(step.counties is None) | pl.col("county_code").is_in(step.counties or ()))
        .rows()
    )


def unbroken(steps: Sequence[Transition], breaks: Sequence[StepBreak]) -> list[Transition]:
    """The transitions without the counties of which nothing may be learnt there; those of which nothing is left are left out."""
    remaining = []
    for step in steps:
        broken = {each.county for each in breaks if (each.start, each.end) == (step.start, step.end)}
        whole = tuple(code for code in step.counties or () if code not in broken)
        if whole or not broken:
            remaining.append(replace(step, counties=whole if broken else step.counties))
    return remaining


def _medians(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """By county the median incomes of the households whose income is known in both rounds."""
    old, new = (
        frame.select(*_KEY, "income_pc").drop_nulls().filter(pl.col("income_pc") > 0) for frame in (before, after)
    )
    # The same households only: another choice of who was asked is not another unit.
    both = old.join(new, on=list(_KEY), suffix="_after")
    medians = both.group_by("county_code").agg(
        pl.col("income_pc").median().alias("before"), pl.col("income_pc_after").median().alias("after"), pl.len()
    )
    return medians.filter(pl.col("len") >= _LEAST_HOUSEHOLDS).drop("len").sort("county_code")


def _ratio(step: Transition) -> pl.Expr:
    # In multiples of each round's line: what the law changed is no break (decision 0035).
    return (pl.col("after") / step.line_next) / (pl.col("before") / step.line)
