"""Just in against just out: the households that the general ceiling decides, and what had become of them by the next round."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from workbench.preview.counts.counts import Count, count_rows
from workbench.preview.counts.membership import full_mask
from workbench.preview.counts.sweep import share_of
from workbench.preview.hindsight.difference import LEVEL
from workbench.preview.hindsight.hindsight import Hindsight, RoundHindsight
from workbench.preview.index.build import Bools, Floats
from workbench.preview.slips.scored_index import load_scores
from workbench.store.facts import FactStore

WINDOW = 0.1
"""How far from the ceiling is "just": as a multiple of the line."""
_SCHEMA: dict[str, Any] = {
    "side": pl.String, "round": pl.String, "county_code": pl.String, "township": pl.String, "village": pl.String,
    "household_id": pl.String, "income": pl.Float64, "ceiling": pl.Float64, "groups": pl.List(pl.String),
    "slipped": pl.Boolean, "likelihood": pl.Float64,
}  # fmt: skip
_NOT_SCORED: Mapping[str, Floats] = MappingProxyType({})


@dataclass(frozen=True)
class Side:
    """Households on one side of the ceiling, over all past rounds: all, those with a label, those of them who slipped."""

    households: Count
    labelled: Count
    slipped: Count

    @property
    def share(self) -> float | None:
        """The share that slipped."""
        return share_of(self.slipped.households, self.labelled.households)


@dataclass(frozen=True)
class Cliff:
    """`just_in` would be out under a ceiling lower by WINDOW, `just_out` in under one as much higher."""

    just_in: Side
    just_out: Side

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval at LEVEL of the share of those just in less that of those just out (Newcombe, by rows)."""
        if not (self.just_in.labelled.rows and self.just_out.labelled.rows):
            return None
        # Rows, not weights: of a sample a row is one observation, whatever it stands for.
        sides = [_wilson(side.slipped.rows, side.labelled.rows) for side in (self.just_in, self.just_out)]
        (one, low, high), (other, other_low, other_high) = sides
        below = sqrt((one - low) ** 2 + (other_high - other) ** 2)
        above = sqrt((high - one) ** 2 + (other - other_low) ** 2)
        return one - other - below, one - other + above


def cliff(past: Hindsight) -> Cliff:
    """The two sides of the ceiling. Who is in, or out, whatever the ceiling is in neither."""
    masks = [(each, *_sides(each)) for each in past.rounds]
    return Cliff(
        _side([(each, inside) for each, inside, _ in masks]), _side([(each, outside) for each, _, outside in masks])
    )


def cliff_likelihoods(past: Hindsight, store: FactStore, county: str | None) -> dict[str, Floats]:
    """Return how likely each row of the index of a past round was to slip, by round that a model has scored; NaN where not scored.

    A round without scores is not there, nor one whose scores do not carry over to the standard's line (0011).
    """
    by_round = {}
    for each in past.rounds:
        name, index = each.past.round_name, each.past.index
        scores = load_scores(store, name, index, county)
        slips = scores.under(index, each.past.limits.line) if scores else None
        if slips is not None:
            by_round[name] = slips.probability
    return by_round


def cliff_households(past: Hindsight, likelihoods: Mapping[str, Floats] = _NOT_SCORED) -> pl.DataFrame:
    """The households of both sides, a row a household and round.

    `side`: just_in, just_out; `income` as tested and `ceiling`, yuan a person; `groups` that it belongs to; `slipped` by the
    next round, null where that is not known; `likelihood` of that, by `likelihoods` (see `cliff_likelihoods`), null where
    there is none.
    """
    rows = [row for each in past.rounds for row in _side_rows(each, likelihoods.get(each.past.round_name))]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _side_rows(each: RoundHindsight, likelihood: Floats | None) -> Iterator[dict[str, Any]]:
    index, limits = each.past.index, each.past.limits
    for side, chosen in zip(("just_in", "just_out"), _sides(each), strict=True):
        for row in np.flatnonzero(chosen).tolist():
            county, township = index.townships[index.township_of[row]]
            true = int(index.groups_true[row])
            yield {
                "side": side, "round": each.past.round_name, "county_code": county, "township": township or None,
                "village": index.village[row].as_py(), "household_id": index.household_id[row].as_py(),
                "income": float(index.income[row]), "ceiling": limits.ceiling,
                "groups": [name for place, name in enumerate(index.groups) if true >> place & 1],
                "slipped": bool(each.past.slipped[row]) if each.past.labelled[row] else None,
                "likelihood": None if likelihood is None or np.isnan(likelihood[row]) else float(likelihood[row]),
            }  # fmt: skip


def _sides(each: RoundHindsight) -> tuple[Bools, Bools]:
    limits, index = each.past.limits, each.past.index
    reach = WINDOW * limits.line
    # No bound has more than six decimals: without the dust of binary fractions a household at one is on its right side.
    around = (limits.ceiling, max(round(limits.ceiling - reach, 6), limits.line), round(limits.ceiling + reach, 6))
    now, lower, higher = (full_mask(index, replace(limits, ceiling=ceiling)) for ceiling in around)
    # Whoever is in, or out, at both ceilings is not decided by them: groups and other routes drop out.
    return now & ~lower, higher & ~now


def _side(chosen: list[tuple[RoundHindsight, Bools]]) -> Side:
    def count(also: Callable[[RoundHindsight], Bools | bool]) -> Count:
        counts = (count_rows(each.past.index, 0, len(each.past.index), rows & also(each)) for each, rows in chosen)
        return sum(counts, Count())

    return Side(count(lambda _: True), count(lambda each: each.past.labelled), count(lambda each: each.past.slipped))


def _wilson(slipped: int, of: int) -> tuple[float, float, float]:
    """The share, and between what it lies."""
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    share = slipped / of
    middle, reach = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return share, (middle - reach) / (1 + z * z / of), (middle + reach) / (1 + z * z / of)
