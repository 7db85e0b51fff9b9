"""Whom to visit first under a visit capacity, by what the rules and then the model say; and where the two disagree.

The order says who comes first, nothing else: no household that qualifies by rule is left out, whatever its probability
and however few visits can be made.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

_TIER_RED, _TIER_YELLOW, _TIER_BLUE = 1, 2, 3
BY_RULE = ("below_line", "tier_1", "standard", "tier_2", "facts_missing")
"""Why a household is visited whatever its probability, in the order of visits: those below the line first (§2.2-d)."""
EVENTS: dict[str, tuple[str, str]] = {
    "below_line": ("收入降到扶贫标准以下", "falls below the line"),
    "tier_1": ("升为红色，或降到标准以下", "turns red, or falls below the line"),
    "tier_2": ("升为黄色、红色，或降到标准以下", "turns yellow or red, or falls below the line"),
}
"""What a probability is the chance of: different things for households that stand differently (contract §4)."""
APART = 3
"""How many times likelier, or less likely, than its own tier on average a household is before the model is said to differ."""
_SHOWN = ["household_id", "county_code", "township", "kind", "state", "p_slip", "p_low", "p_high", "reasons"]
_OF_SCORE = ("p_slip", "p_low", "p_high", "reasons")


@dataclass(frozen=True)
class Disagreements:
    """Lifted households of whom rule and model say different things, and the averages they are compared with.

    `blue_high`: stable by rule, yet `APART` times as likely to slip as blue households are on average; `red_low`: red by rule,
    yet as many times less likely to than red ones are. Each against its own tier: of another its probability is of another event.
    """

    blue_high: pl.DataFrame
    red_low: pl.DataFrame
    mean_blue: float | None
    mean_red: float | None


def visit_list(households: pl.DataFrame, capacity: int) -> pl.DataFrame:
    """Households of a round in the order of visits, by township, with whether `capacity` visits a township reach them.

    `households`: those of `early_warning.early_warning_frame`. Added: `by_rule` (one of BY_RULE, why a household is listed whatever its
    probability; null: by the model alone), `chance_of` (one of EVENTS, what its probability is of), `rank` in its township,
    `visit`. Whoever the rules, the standard or missing facts name comes before any that only the model names; among those
    named alike the likelier comes first, as theirs are chances of the same event. Listed are all who are named and, of the
    others, those whom a visit reaches.
    """
    once = pl.struct("county_code", "household_id").is_unique()
    ranked = (
        households.filter(pl.col("household_id").is_not_null())
        # Of a number that stands twice nobody knows whose the score is; who is named by rule is listed all the same.
        .with_columns(pl.when(once).then(pl.col(name)).alias(name) for name in _OF_SCORE if name in households.columns)
        .with_columns(by_rule=_rule(), chance_of=_event())
        .filter(pl.col("by_rule").is_not_null() | pl.col("p_slip").is_not_null())
        .with_columns(_place=pl.col("by_rule").replace_strict({name: at for at, name in enumerate(BY_RULE)}, default=len(BY_RULE)))
        .sort(
            "county_code", "township", "_place", "p_slip", "household_id", descending=[False, False, False, True, False],
            nulls_last=True,
        )
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("county_code", "township"))
        .with_columns(visit=pl.col("rank") <= capacity)
    )  # fmt: skip
    # A capacity orders visits; it leaves out nobody whom a rule names (§2.1.3-c).
    listed = ranked.filter(pl.col("by_rule").is_not_null() | pl.col("visit"))
    return listed.select(*_shown(listed), "village", "standing", "income_pc", "by_rule", "chance_of", "rank", "visit")


def _shown(rows: pl.DataFrame) -> list[str]:
    """The columns of a list; without reasons where they were not read along (`early_warning.with_reasons`)."""
    return [name for name in _SHOWN if name in rows.columns]


def _rule() -> pl.Expr:
    """Why a household is named, by what the rules and the standard say of it (`early_warning.STANDINGS`)."""
    named = {
        "1": "tier_1",
        "2": "tier_2",
        "edge_in": "standard",
        "undetermined": "facts_missing",
        "edge_unknown": "facts_missing",
    }
    # A lifted household keeps its tier as standing even below the line: of those only `below` tells.
    below = pl.col("below").fill_null(value=False) | (pl.col("standing") == "below_line")
    return pl.when(below).then(pl.lit("below_line")).otherwise(pl.col("standing").replace_strict(named, default=None))


def _event() -> pl.Expr:
    """What the probability of a household is of (contract §4); a household without one has none."""
    # Below red there is no tier: such a household slips, as an unregistered one does, by its income.
    state, falls = pl.col("state"), (pl.col("kind") == "unregistered") | (pl.col("state") == _TIER_RED)
    return pl.when(pl.col("p_slip").is_not_null()).then(
        pl.when(falls).then(pl.lit("below_line"))
        .when(state == _TIER_YELLOW).then(pl.lit("tier_1"))
        .otherwise(pl.lit("tier_2"))
    )  # fmt: skip


def disagreements(scores: pl.DataFrame) -> Disagreements:
    """Lifted households of whom rule and model say different things, the greatest difference first."""
    lifted = scores.filter(pl.col("kind") == "lifted")
    blue, red = (lifted.filter(pl.col("state") == tier) for tier in (_TIER_BLUE, _TIER_RED))
    mean_blue, mean_red = _mean(blue), _mean(red)
    # A blue household slips at yellow, a red one only below the line: what is likely for one is not for the other (0036).
    high = blue.filter(pl.col("p_slip") >= APART * mean_blue) if mean_blue is not None else blue.clear()
    low = red.filter(pl.col("p_slip") * APART <= mean_red) if mean_red is not None else red.clear()
    return Disagreements(
        high.select(_shown(high)).sort("p_slip", "household_id", descending=[True, False]),
        low.select(_shown(low)).sort("p_slip", "household_id"),
        mean_blue,
        mean_red,
    )


def _mean(scores: pl.DataFrame) -> float | None:
    if scores.is_empty():
        return None
    return float(np.average(scores["p_slip"].to_numpy(), weights=scores["weight"].to_numpy()))
