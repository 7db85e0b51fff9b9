"""Whom to visit first: households in order of their probability under a visit capacity; and where rule and model disagree.

The order says who comes first, nothing else: no household that qualifies by rule is left out, whatever its probability
and however few visits can be made.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

_TIER_RED, _TIER_YELLOW, _TIER_BLUE = 1, 2, 3
_SHOWN = ["household_id", "county_code", "township", "kind", "state", "p_slip", "p_low", "p_high", "reasons"]


@dataclass(frozen=True)
class Disagreements:
    """Lifted households of whom rule and model say different things, and the averages they are compared with.

    `blue_high`: stable by rule, yet likelier to slip than red and yellow households are on average; `red_low`: red by
    rule, yet less likely to slip than blue households are on average.
    """

    blue_high: pl.DataFrame
    red_low: pl.DataFrame
    mean_red_yellow: float | None
    mean_blue: float | None


def visit_list(frame: pl.DataFrame, scores: pl.DataFrame, qualifying: Collection[str], capacity: int) -> pl.DataFrame:
    """Households of a round in the order of visits, by township, with whether `capacity` visits a township reach them.

    `frame`: the households with `state` and `below`; `scores` those of them that were scored; `qualifying`: who comes in
    by the county's standard. Added: `by_rule` (why a household is listed whatever its probability: "below_line",
    "tier_1", "tier_2", "standard"; null: by the model alone), `rank` in its township, `visit`. Households below the line
    come first (§2.2-d); the rest of the capacity goes by probability. Listed are all who qualify by rule and, of the
    others, those whom a visit reaches.
    """
    known = frame.select("household_id", "county_code", "township", "kind", "state", "below")
    joined = known.join(
        scores.select("household_id", "p_slip", "p_low", "p_high", "reasons"), on="household_id", how="left"
    )
    ranked = (
        joined.with_columns(by_rule=_rule(qualifying))
        .filter(pl.col("by_rule").is_not_null() | pl.col("p_slip").is_not_null())
        .sort(
            "county_code", "township", pl.col("by_rule").eq_missing("below_line"), "p_slip", "household_id",
            descending=[False, False, True, True, False], nulls_last=True,
        )
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("county_code", "township"))
        .with_columns(visit=pl.col("rank") <= capacity)
    )  # fmt: skip
    return ranked.filter(pl.col("by_rule").is_not_null() | pl.col("visit")).select(*_SHOWN, "by_rule", "rank", "visit")


def _rule(qualifying: Collection[str]) -> pl.Expr:
    lifted = pl.col("kind") == "lifted"
    return (
        pl.when(pl.col("below").fill_null(value=False) & pl.col("kind").is_in(["lifted", "unregistered"])).then(pl.lit("below_line"))
        .when(lifted & (pl.col("state") == _TIER_RED)).then(pl.lit("tier_1"))
        .when(lifted & (pl.col("state") == _TIER_YELLOW)).then(pl.lit("tier_2"))
        .when(pl.col("household_id").is_in(list(qualifying))).then(pl.lit("standard"))
    )  # fmt: skip


def disagreements(scores: pl.DataFrame) -> Disagreements:
    """Lifted households of whom rule and model say different things, the greatest difference first."""
    lifted = scores.filter(pl.col("kind") == "lifted")
    blue = lifted.filter(pl.col("state") == _TIER_BLUE)
    others = lifted.filter(pl.col("state") < _TIER_BLUE)
    mean_blue, mean_others = _mean(blue), _mean(others)
    high = blue.filter(pl.col("p_slip") > mean_others) if mean_others is not None else blue.clear()
    red = others.filter(pl.col("state") == _TIER_RED)
    low = red.filter(pl.col("p_slip") < mean_blue) if mean_blue is not None else red.clear()
    return Disagreements(
        high.select(_SHOWN).sort("p_slip", "household_id", descending=[True, False]),
        low.select(_SHOWN).sort("p_slip", "household_id"),
        mean_others,
        mean_blue,
    )


def _mean(scores: pl.DataFrame) -> float | None:
    if scores.is_empty():
        return None
    return float(np.average(scores["p_slip"].to_numpy(), weights=scores["weight"].to_numpy()))
