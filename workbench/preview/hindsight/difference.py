"""Two standards side by side over the same past: the difference of the shares they caught, with its interval by household."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import fsum, sqrt
from typing import Any

import numpy as np
import polars as pl

from workbench.preview.counts.counts import Count
from workbench.preview.hindsight.hindsight import Hindsight, RoundHindsight
from workbench.preview.hindsight.missed import CAUGHT
from workbench.preview.index.build import Floats
from workbench.preview.slips.intervals import student_quantile
from workbench.preview.slips.verdicts import Side, Verdict, verdict
from workbench.safeguards.plain_data import Json

LEVEL = 0.9
_KEY = ["county_code", "household_id"]


@dataclass(frozen=True)
class CaughtDifference:
    """`share`: caught by the one less caught by the other, as shares of all slips; `interval` at LEVEL, None for one household."""

    share: float
    interval: tuple[float, float] | None
    verdict: Verdict

    def record(self) -> Json:
        """The keys beside a hindsight against another."""
        interval = list(self.interval) if self.interval else None
        return {"caught_share": self.share, "interval": interval, "level": LEVEL, "verdict": str(self.verdict)}


@dataclass(frozen=True)
class Paired:
    """Households that slipped, `households` of each kind: alike in what they weigh and in how much of it each side caught.

    Arrays of one value a kind: `ours`, `our_slips`, `theirs`, `their_slips`. Those of counties add up.
    """

    ours: Floats
    our_slips: Floats
    theirs: Floats
    their_slips: Floats
    households: Floats

    @classmethod
    def of(cls, arrays: Mapping[str, Any]) -> "Paired | None":
        """What `arrays` gave, None where it is not among them."""
        names = [each.name for each in fields(cls)]
        return cls(*(arrays[name] for name in names)) if all(name in arrays for name in names) else None

    @classmethod
    def together(cls, parts: Sequence["Paired | None"]) -> "Paired":
        """The pairs of several counties together: the kinds of each are those of all, as if they had been paired at once."""
        given = [part for part in parts if part is not None]
        every = {
            each.name: np.concatenate([getattr(part, each.name) for part in given] or [[]]) for each in fields(cls)
        }
        # A kind that several counties have is one: what it adds is rounded once, as on one computer, not in each.
        return cls.of_kinds(pl.DataFrame(every), pl.col("households").sum())

    @classmethod
    def of_kinds(cls, rows: pl.DataFrame, households: pl.Expr) -> "Paired":
        """Rows put together by what they weigh and caught on each side, `households` being how many are in a group of them."""
        names = [each.name for each in fields(cls) if each.name != "households"]
        kinds = rows.group_by(names).agg(households.alias("households")).sort(names)
        return cls(*(kinds[each.name].to_numpy() for each in fields(cls)))

    def arrays(self) -> dict[str, Floats]:
        """The arrays by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def difference(self, our_side: Hindsight, their_side: Hindsight) -> CaughtDifference | None:
        """The difference of the shares caught by the two sides; None where nobody slipped."""
        ours, our_slips, theirs, their_slips = (fsum(each * self.households) for each in self._sides())
        if our_slips <= 0 or their_slips <= 0:
            return None
        one, other = ours / our_slips, theirs / their_slips
        # How far each household moves the difference (the delta method).
        moved = (self.ours - one * self.our_slips) / our_slips - (self.theirs - other * self.their_slips) / their_slips
        # An exact sum: whichever county comes first, the last digit is the one that it is.
        squares = fsum(self.households * moved**2)
        interval = _interval(one - other, squares, int(self.households.sum()))
        return CaughtDifference(one - other, interval, verdict(_side(our_side), _side(their_side), interval))

    def _sides(self) -> tuple[Floats, ...]:
        return self.ours, self.our_slips, self.theirs, self.their_slips


def caught_difference(ours: Hindsight, theirs: Hindsight) -> CaughtDifference | None:
    """The difference of the shares caught; None where nobody slipped.

    Paired: both standards looked at the same households, so that what both caught or missed alike adds nothing to the
    uncertainty. A household counts as one however often it slipped: its rounds are no independent evidence.
    """
    return paired(ours, theirs).difference(ours, theirs)


def _side(past: Hindsight) -> Side:
    """The slips that a standard caught over all rounds, and the household-rounds that it had."""
    inside = sum((each.totals.inside for each in past.rounds), Count())
    return past.of_outcome(CAUGHT).households, inside.households


def paired(ours: Hindsight, theirs: Hindsight) -> Paired:
    """How the slips of two sides pair, by kind of household."""
    first, second = _of_side(ours, "ours", "our_slips"), _of_side(theirs, "theirs", "their_slips")
    # Either side may have slips that the other has not: where standards state a line, that line says what a slip is.
    by_household = first.join(second, on=_KEY, how="full", coalesce=True).fill_null(0.0)
    # Households alike in all four are one kind: a worker sends kinds and no households (decision 0042).
    return Paired.of_kinds(by_household, pl.len().cast(pl.Float64))


def _of_side(side: Hindsight, caught: str, slips: str) -> pl.DataFrame:
    """What each household that slipped weighs over its rounds, and how much of it was caught, by county and number."""
    rows = [_slipped(each) for each in side.rounds]
    if not rows:
        return pl.DataFrame(
            schema={"county_code": pl.String, "household_id": pl.String, caught: pl.Float64, slips: pl.Float64}
        )
    weight = pl.col("weight")
    sums = (weight.filter(pl.col("caught")).sum().alias(caught), weight.sum().alias(slips))
    return pl.concat(rows).group_by(_KEY).agg(*sums)


def _interval(share: float, squares: float, households: int) -> tuple[float, float] | None:
    if households < 2:  # noqa: PLR2004 - of one household nothing varies
        return None
    reach = student_quantile(LEVEL, households - 1) * sqrt(squares * households / (households - 1))
    return max(share - reach, -1.0), min(share + reach, 1.0)


def _slipped(each: RoundHindsight) -> pl.DataFrame:
    """The households of a round that slipped: `county_code`, `household_id`, `weight`, `caught`."""
    slips = each.slips
    counties = pl.Series([county for county, _ in slips.townships], dtype=pl.String)
    return pl.DataFrame(
        {
            "county_code": counties.gather(slips.township_of),
            "household_id": pl.Series(slips.household_id),
            "weight": np.ones(len(slips)) if slips.weight is None else slips.weight,
            "caught": each.caught,
        }
    )
