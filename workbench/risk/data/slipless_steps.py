"""Transitions in which nobody slipped where others say that many should have: the later round was copied from the earlier one.

Copied tiers or incomes teach that nothing happens, and one such round makes all rounds look as if they strayed without bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from workbench.domain.parameters import counties
from workbench.errors import Words
from workbench.risk.data.panel import Transition
from workbench.risk.data.usable_rounds import in_spring

_LEAST_EXPECTED = 20.0
"""Slips at the rate of the county's other rounds: that none of twenty comes by chance happens once in five hundred million times."""


@dataclass(frozen=True)
class SliplessStep:
    """A county of a transition where nobody of `rows` slipped and `expected` slips would be as in its other rounds.

    `learnt`: no other round of that half of the year had any slip either, so that it may be so each year.
    """

    start: str
    end: str
    county: str
    rows: int
    expected: float
    learnt: bool

    @property
    def words(self) -> Words:
        """What was seen, and whether the step is learnt from."""
        known = counties().get(self.county)
        zh, en = (known.zh, known.en) if known else (self.county, self.county)
        seen = Words(
            f"{zh}：{self.start} 至 {self.end}，{self.rows:,} 户没有一户风险变差，照别的期次应有约 {self.expected:,.0f} 户，像是照抄了上一期",
            f"{en}: from {self.start} to {self.end} not one of {self.rows:,} households slipped, where some {self.expected:,.0f} would as "
            "in other rounds; it looks as if the round before had been copied",
        )
        said = seen + (_LEARNT if self.learnt else _NOT_LEARNT)
        return Words(said.zh, said.en, code="risk.slipless-step")


_LEARNT = Words(
    "；也可能这半年本来不变，照学，请核对",
    "; it may be so in this half of each year, and is learnt from: check it",
)
_NOT_LEARNT = Words(
    "；这一步不用来学，请核对这一期的等级和收入",
    "; nothing is learnt from this step: check the tiers and incomes of the round",
)


def slipless_steps(rounds: Sequence[pl.DataFrame], steps: Sequence[Transition]) -> tuple[SliplessStep, ...]:
    """The counties of transitions without one slip; `rounds`: labelled household-rounds with `start`, `county_code` and `slip`."""
    counts = [
        each.group_by("start", "county_code").agg(rows=pl.len(), slips=pl.col("slip").sum())
        for each in rounds
        if not each.is_empty()
    ]
    if not counts:
        return ()
    cells = pl.concat(counts).sort("start", "county_code")
    return tuple(
        SliplessStep(start, _end(steps, start, county), county, rows, expected, learnt)
        for start, county, rows in cells.filter(slips=0).select("start", "county_code", "rows").iter_rows()
        for expected, learnt in [_expected(cells.filter(county_code=county), start, rows)]
        if expected >= _LEAST_EXPECTED
    )


def _expected(own: pl.DataFrame, start: str, rows: int) -> tuple[float, bool]:
    """Slips at the rate of a county's other rounds of that half of the year, else of the other half; and whether it is the latter."""
    others = own.filter(pl.col("start") != start)
    season = pl.Series([in_spring(name) == in_spring(start) for name in others["start"]], dtype=pl.Boolean)
    alike = others.filter(season)
    # Where incomes are taken once a year nobody slips in the other half, in every year: that is true and may be learnt.
    learnt = not alike["slips"].sum()
    seen = others.filter(~season) if learnt else alike
    total = int(seen["rows"].sum())
    return (rows * float(seen["slips"].sum()) / total if total else 0.0), learnt


def _end(steps: Sequence[Transition], start: str, county: str) -> str:
    return next(
        step.end for step in steps if step.start == start and (step.counties is None or county in step.counties)
    )


def without_slipless(labelled: pl.DataFrame, slipless: Sequence[SliplessStep]) -> pl.DataFrame:
    """Labelled household-rounds, with `start`, less those of the transitions that are not learnt from."""
    gone = [(each.start, each.county) for each in slipless if not each.learnt]
    if not gone:
        return labelled
    unlearnt = pl.DataFrame(
        gone, schema={"start": pl.String, "county_code": labelled.schema["county_code"]}, orient="row"
    )
    return labelled.join(unlearnt, on=["start", "county_code"], how="anti", maintain_order="left")
