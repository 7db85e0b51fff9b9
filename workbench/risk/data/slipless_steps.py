"""Transitions in which nobody slipped where others say that many should have: the later round was copied from the earlier one.

Copied tiers or incomes teach that nothing happens, and one such round makes all rounds look as if they strayed without bound.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from workbench.domain.parameters import county_names
from workbench.errors import Words
from workbench.risk.data.panel import Transition

_LEAST_EXPECTED = 20.0
"""Slips as the county's other rounds and the round's other counties have them: none of twenty comes by chance once in five hundred million times."""
_CHANCE = 1e-4
"""That a round without any slip in the whole city is chance, from which on it is taken for none."""
_QUIETER = 4.0
"""Times by which one round may have fewer slips than others by law and season: the line leaps in some and rests in others."""


@dataclass(frozen=True)
class SliplessStep:
    """A county of a transition where nobody of `rows` slipped and `expected` slips would be as elsewhere in the city."""

    start: str
    end: str
    county: str
    rows: int
    expected: float

    @property
    def words(self) -> Words:
        """What was seen, and that the step is not learnt from."""
        zh, en = county_names(self.county)
        return Words(
            f"{zh}：{self.start} 至 {self.end}，{self.rows:,} 户没有一户风险变差，照别的期次和县区应有约 {self.expected:,.0f} 户，"
            "像是照抄了上一期；这一步不用来学，请核对这一期的等级和收入",
            f"{en}: from {self.start} to {self.end} not one of {self.rows:,} households slipped, where some {self.expected:,.0f} would as "
            "in other rounds and counties; it looks as if the round before had been copied, and nothing is learnt from this step: "
            "check the tiers and incomes of the round",
            code="risk.slipless-step",
        )


def slipless_steps(rounds: Sequence[pl.DataFrame], steps: Sequence[Transition]) -> tuple[SliplessStep, ...]:
    """The counties of transitions without one slip; `rounds`: labelled household-rounds with `start`, `county_code` and `slip`.

    Whatever the season: that it is so each spring may be true, or each spring was copied, and nothing tells the two apart.
    """
    counts = [
        each.group_by("start", "county_code").agg(rows=pl.len(), slips=pl.col("slip").cast(pl.Float64).sum())
        for each in rounds
        if not each.is_empty()
    ]
    if not counts:
        return ()
    cells = pl.concat(counts).drop_nulls("county_code").sort("start", "county_code")
    return tuple(
        SliplessStep(start, _end(steps, start, county), county, rows, expected)
        for start, county, rows in cells.filter(slips=0).select("start", "county_code", "rows").iter_rows()
        for expected in [_expected(cells, start, county, rows)]
        if expected is not None
    )


def _expected(cells: pl.DataFrame, start: str, county: str, rows: int) -> float | None:
    """The slips that a county of a round should have had, where none is no chance; None where it may be."""
    of_round, of_county = pl.col("start") == start, pl.col("county_code") == county
    # Only what has any slips is held against: other counties and rounds without one may be copies as well.
    with_slips = cells.filter(pl.col("slips") > 0)
    of_others = _rate(with_slips.filter(of_round & ~of_county))
    before = _rate(with_slips.filter(~of_round & of_county))
    elsewhere = _rate(with_slips.filter(~of_round & ~of_county))
    if of_others is None:
        return _of_whole_round(cells, start, elsewhere if before is None else before, rows)
    # As counties and rounds both differ: the county's own rate, by as much more or less as the round has elsewhere.
    level = of_others if before is None or not elsewhere else before * of_others / elsewhere
    return rows * level if rows * level >= _LEAST_EXPECTED else None


def _of_whole_round(cells: pl.DataFrame, start: str, rate: float | None, rows: int) -> float | None:
    """The slips expected of a county in a round that has none anywhere; None where even that may be chance."""
    here = cells.filter(start=start)
    others = cells.filter(pl.col("slips").sum().over("start") > 0)
    own, known, slips = int(here["rows"].sum()), int(others["rows"].sum()), float(others["slips"].sum())
    # Of all slips of a city none falls into this round: (rest / all) ^ slips, were all rounds alike; a quiet one has fewer.
    if rate is None or not slips or slips / _QUIETER * math.log1p(own / known) < -math.log(_CHANCE):
        return None
    return rows * rate


def _rate(cells: pl.DataFrame) -> float | None:
    """Slips a household-round; None without any."""
    rows = int(cells["rows"].sum())
    return float(cells["slips"].sum()) / rows if rows else None


def _end(steps: Sequence[Transition], start: str, county: str) -> str:
    return next(
        step.end for step in steps if step.start == start and (step.counties is None or county in step.counties)
    )


def without_slipless(labelled: pl.DataFrame, slipless: Sequence[SliplessStep]) -> pl.DataFrame:
    """Labelled household-rounds, with `start`, less those of the transitions that are not learnt from."""
    gone = [(each.start, each.county) for each in slipless]
    if not gone:
        return labelled
    unlearnt = pl.DataFrame(
        gone, schema={"start": pl.String, "county_code": labelled.schema["county_code"]}, orient="row"
    )
    return labelled.join(unlearnt, on=["start", "county_code"], how="anti", maintain_order="left")
