"""The households that slipped, one by one, each with what a standard made of it and what would have held it."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from workbench.domain.facts import CROSS_CHECKS
from workbench.domain.rules.edge import EdgeLimits
from workbench.preview.hindsight.hindsight import RoundHindsight
from workbench.preview.hindsight.missed import OUTCOMES
from workbench.preview.index.build import CHECKS_SHIFT, PreviewIndex

_SCHEMA: dict[str, Any] = {
    "round": pl.String, "next_round": pl.String, "county_code": pl.String, "township": pl.String, "village": pl.String,
    "household_id": pl.String, "weight": pl.Float64, "income": pl.Float64, "income_next": pl.Float64, "outcome": pl.String,
    "groups": pl.List(pl.String), "unlisted": pl.List(pl.String), "exclusions": pl.List(pl.String), "unknown": pl.List(pl.String),
    "spent_share": pl.Float64, "dropped_share": pl.Float64,
}  # fmt: skip


def slipped_households(rounds: Sequence[RoundHindsight], outcome: str | None = None) -> pl.DataFrame:
    """A row a household and round in which it slipped, oldest round first.

    `income`, `income_next`: yuan a person, as tested at the round and as recorded at the next one; `outcome` one of
    OUTCOMES; `groups`: the listed groups it belongs to; `unlisted`: those it belongs to and the standard does not list;
    `exclusions`: the listed findings that hold; `unknown`: what the standard asks for and the facts do not say;
    `spent_share` of its net income paid out of pocket, `dropped_share` that its income fell since the round before, None
    where that is not known or no share. With `outcome` only those of whom that became.
    """
    rows = [row for each in rounds for row in _rows(each, outcome)]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _rows(each: RoundHindsight, outcome: str | None) -> Iterator[dict[str, Any]]:
    slips, past, limits = each.slips, each.past, each.past.limits
    chosen = np.arange(len(slips)) if outcome is None else np.flatnonzero(each.outcomes == OUTCOMES.index(outcome))
    households, villages = (pl.Series(ids).gather(chosen).to_list() for ids in (slips.household_id, slips.village))
    for row, household, village in zip(chosen.tolist(), households, villages, strict=True):
        county, township = slips.townships[slips.township_of[row]]
        income = float(slips.income[row])
        yield {
            "round": past.round_name, "next_round": past.next_rounds[county], "county_code": county,
            "township": township or None, "village": village, "household_id": household,
            "weight": 1.0 if slips.weight is None else float(slips.weight[row]),
            "income": None if np.isnan(income) else income, "income_next": float(past.incomes_next[row]),
            "outcome": OUTCOMES[each.outcomes[row]],
            **_facts(slips, row, limits),
        }  # fmt: skip


def _facts(slips: PreviewIndex, row: int, limits: EdgeLimits) -> dict[str, Any]:
    true, unknown, checks = (int(bits[row]) for bits in (slips.groups_true, slips.groups_unknown, slips.checks))
    listed = [(name, place) for place, name in enumerate(slips.groups) if name in limits.groups]
    others = [(name, place) for place, name in enumerate(slips.groups) if name not in limits.groups]
    checked = [(name, place) for place, name in enumerate(CROSS_CHECKS) if name in limits.exclusions]
    return {
        "groups": [name for name, place in listed if true >> place & 1],
        "unlisted": [name for name, place in others if true >> place & 1],
        "exclusions": [name for name, place in checked if checks >> place & 1],
        "unknown": (["income"] if np.isnan(slips.income[row]) else [])
        + [name for name, place in listed if unknown >> place & 1]
        + [name for name, place in checked if checks >> (place + CHECKS_SHIFT) & 1],
        "spent_share": _share(slips.out_of_pocket[row], slips.net_income[row]),
        "dropped_share": _share(slips.dropped_from[row] - slips.dropped_to[row], slips.dropped_from[row]),
    }


def _share(part: np.int64, whole: np.int64) -> float | None:
    """A part of a whole, both in fen; None of nothing, and where there is no part."""
    return float(part / whole) if whole > 0 and part > 0 else None
