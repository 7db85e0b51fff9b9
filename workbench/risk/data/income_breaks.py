"""Transitions between which incomes changed as no life changes them: another unit, another kind of income, another sheet.

Whoever falls below the line there has not slipped, so nothing is learnt from them. What the law changed is no such break:
incomes are compared as multiples of each round's line.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import polars as pl

from workbench.domain.parameters import county_names
from workbench.errors import Words
from workbench.risk.data.panel import Transition

MOST_CHANGE = 2.0
"""Ratio of median incomes, as multiples of the line, beyond which a transition is not life: half or twice in half a year."""
_OTHER_UNIT, _MIXED = 500.0, 0.02
"""Times by which no income changes in half a year, and the share of households from which on some rows are in another unit."""
_LEAST_HOUSEHOLDS = 30
_KEY = ("county_code", "household_id")
INCOME_COLUMNS = (*_KEY, "income_pc")


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


class IncomeStep(StepBreak, Protocol):
    """A county in a transition whose incomes are in other units, as the model's card and its scores tell it."""

    @property
    def changed(self) -> Words:
        """What changed."""


@dataclass(frozen=True)
class IncomeBreak:
    """The median income (yuan a person and year) of the same households `before` and `after`, in a county."""

    start: str
    end: str
    county: str
    before: float
    after: float

    @property
    def changed(self) -> Words:
        """What changed."""
        zh, en = county_names(self.county)
        return Words(
            f"{zh}：{self.start} 至 {self.end}，同样的户收入中位数由 {self.before:,.4g} 变为 {self.after:,.4g}，像是换了单位或口径",
            f"{en}: from {self.start} to {self.end} the median income of the same households went from {self.before:,.4g} to "
            f"{self.after:,.4g}, which looks like another unit or another kind of income",
        )

    @property
    def words(self) -> Words:
        """What changed, and what it means."""
        said = self.changed + _NOT_LEARNT
        return Words(said.zh, said.en, code="risk.income-break")


@dataclass(frozen=True)
class MixedUnits:
    """A county where the incomes of a `share` of the same households changed by a factor that no life has, and the others' did not."""

    start: str
    end: str
    county: str
    share: float

    @property
    def changed(self) -> Words:
        """What changed."""
        zh, en = county_names(self.county)
        return Words(
            f"{zh}：{self.start} 至 {self.end}，{self.share:.0%} 的户收入相差 {_OTHER_UNIT:.0f} 倍以上，像是有的行用元、有的行用万元",
            f"{en}: from {self.start} to {self.end} the incomes of {self.share:.0%} of the households differ {_OTHER_UNIT:.0f} times or "
            "more, as if some rows were in yuan and others in ten thousand yuan",
        )

    @property
    def words(self) -> Words:
        """What changed, and what it means."""
        said = self.changed + _NOT_LEARNT
        return Words(said.zh, said.en, code="risk.income-mixed-units")


_NOT_LEARNT = Words(
    "；这一步的“风险变差”不是真的变差，不用来学", "; what looks like slips is none, and nothing is learnt from it"
)


def income_breaks(frames: Mapping[str, pl.DataFrame], steps: Sequence[Transition]) -> tuple[IncomeStep, ...]:
    """The breaks of incomes in the transitions; `frames` by round hold INCOME_COLUMNS."""
    return tuple(each for step in steps for each in _breaks(_changes(frames[step.start], frames[step.end]), step))


def _breaks(changes: pl.DataFrame, step: Transition) -> Iterator[IncomeStep]:
    for county, before, after, mixed in changes.iter_rows():
        if step.counties is not None and county not in step.counties:
            continue
        # In multiples of each round's line: what the law changed is no break (decision 0035).
        ratio = (after / step.line_next) / (before / step.line)
        if not 1 / MOST_CHANGE <= ratio <= MOST_CHANGE:
            yield IncomeBreak(step.start, step.end, county, before, after)
        elif mixed >= _MIXED:
            yield MixedUnits(step.start, step.end, county, mixed)


def unbroken(steps: Sequence[Transition], breaks: Sequence[StepBreak]) -> list[Transition]:
    """The transitions without the counties of which nothing may be learnt there; those of which nothing is left are left out."""
    remaining = []
    for step in steps:
        broken = {each.county for each in breaks if (each.start, each.end) == (step.start, step.end)}
        whole = tuple(code for code in step.counties or () if code not in broken)
        if whole or not broken:
            remaining.append(replace(step, counties=whole if broken else step.counties))
    return remaining


def _changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return by county, of the households whose income is known in both rounds, the median incomes and the share that changed unit."""
    old, new = (frame.select(INCOME_COLUMNS).drop_nulls().filter(pl.col("income_pc") > 0) for frame in (before, after))
    # The same households only: another choice of who was asked is not another unit.
    both = old.join(new, on=list(_KEY), suffix="_after")
    times = (pl.col("income_pc_after") / pl.col("income_pc")).log().abs()
    changes = both.group_by("county_code").agg(
        pl.col("income_pc").median().alias("before"),
        pl.col("income_pc_after").median().alias("after"),
        (times >= math.log(_OTHER_UNIT)).mean().alias("mixed"),
        pl.len(),
    )
    return changes.filter(pl.col("len") >= _LEAST_HOUSEHOLDS).drop("len").sort("county_code")
