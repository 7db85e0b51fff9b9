"""Two standards side by side over the same past: the difference of the shares they caught, with its interval by household."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import polars as pl

from workbench.preview.counts.counts import Count
from workbench.preview.counts.sweep import share_of
from workbench.preview.hindsight.hindsight import Hindsight, RoundHindsight
from workbench.preview.hindsight.missed import CAUGHT
from workbench.preview.index.build import Floats
from workbench.preview.slips.intervals import student_quantile
from workbench.preview.slips.verdicts import Side, Verdict, verdict

LEVEL = 0.9
_KEY = ["county_code", "household_id"]


@dataclass(frozen=True)
class CaughtDifference:
    """`share`: caught by the one less caught by the other, as shares of all slips; `interval` at LEVEL, None for one household."""

    share: float
    interval: tuple[float, float] | None
    verdict: Verdict

    def record(self) -> dict[str, Any]:
        """The keys beside a hindsight against another."""
        interval = list(self.interval) if self.interval else None
        return {"caught_share": self.share, "interval": interval, "level": LEVEL, "verdict": str(self.verdict)}


def caught_difference(ours: Hindsight, theirs: Hindsight) -> CaughtDifference | None:
    """The difference of the shares caught; None where nobody slipped.

    Paired: both standards looked at the same households, so that what both caught or missed alike adds nothing to the
    uncertainty. A household counts as one however often it slipped: its rounds are no independent evidence.
    """
    one, other = (share_of(each.of_outcome(CAUGHT).households, each.slips().households) for each in (ours, theirs))
    if one is None or other is None:
        return None
    influences = pl.concat([_influences(ours, one, 1.0), _influences(theirs, other, -1.0)])
    by_household = influences.group_by(_KEY).agg(pl.col("influence").sum())["influence"].to_numpy()
    interval = _interval(one - other, by_household)
    return CaughtDifference(one - other, interval, verdict(_side(ours), _side(theirs), interval))


def _side(past: Hindsight) -> Side:
    """The slips that a standard caught over all rounds, and the household-rounds that it had."""
    inside = sum((each.totals.inside for each in past.rounds), Count())
    return past.of_outcome(CAUGHT).households, inside.households


def _interval(share: float, influences: Floats) -> tuple[float, float] | None:
    households = len(influences)
    if households < 2:  # noqa: PLR2004 - of one household nothing varies
        return None
    variance = float((influences**2).sum()) * households / (households - 1)
    reach = student_quantile(LEVEL, households - 1) * sqrt(variance)
    return max(share - reach, -1.0), min(share + reach, 1.0)


def _influences(side: Hindsight, share: float, sign: float) -> pl.DataFrame:
    """How far each household that slipped moves the share caught (the delta method), by county and number."""
    everyone = side.slips().households
    return pl.concat(
        [
            _slipped(each).with_columns(
                influence=sign * pl.col("weight") * (pl.col("caught").cast(pl.Float64) - share) / everyone
            )
            for each in side.rounds
        ]
    )


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
