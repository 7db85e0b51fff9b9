"""Where, in which key groups and in what kinds of families a standard would have caught slips, and where not."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from workbench.domain.facts import KEY_GROUPS
from workbench.preview.counts.counts import Count, count_rows
from workbench.preview.counts.sweep import share_of
from workbench.preview.hindsight.hindsight import Hindsight, RoundHindsight
from workbench.preview.hindsight.shrunk_shares import shrunk_shares
from workbench.preview.index.build import Bools
from workbench.preview.request import whole

NO_GROUP = "none"
"""Of the households that slipped: in none of the key groups, as far as is known."""


FAMILY_TYPES: dict[str, tuple[str, str]] = {
    "no_labour": ("无劳动力的户", "households without labour"),
    "disabled_member": ("有残疾人的户", "households with a disabled member"),
    "neither": ("两样都不是", "neither of them"),
    "unknown": ("事实未知，不能说是哪一种", "facts not known: cannot be said"),
}
"""Kinds of families, as far as the facts of a household tell them; a household may be of both of the first two."""
FAMILY_FACTS = ["county_code", "household_id", "labour", "weak_labour", "disabled"]
FactsOf = Callable[[str, list[str]], pl.DataFrame]
"""The facts of a round (FAMILY_FACTS) of households with these numbers."""


def by_township(past: Hindsight) -> list[dict[str, Any]]:
    """Slips and those caught by township, in the order of county and township; only townships where somebody slipped."""
    sums: dict[tuple[str, str], list[Count]] = defaultdict(lambda: [Count(), Count()])
    for each in past.rounds:
        for place in np.unique(each.slips.township_of):
            _add(sums[each.slips.townships[place]], each, each.slips.township_of == place)
    places = sorted(sums)
    shares = _with_intervals([sums[place] for place in places])
    return [
        {"county_code": county, "township": township or None, **share}
        for (county, township), share in zip(places, shares, strict=True)
    ]


def by_group(past: Hindsight) -> dict[str, dict[str, Any]]:
    """Slips and those caught by key group, as the round had it; a household may belong to several, or to none."""
    own = past.standard.own_groups
    sums = {group: [Count(), Count()] for group in (*KEY_GROUPS, *own, NO_GROUP)}
    for each in past.rounds:
        true = each.slips.groups_true
        for place, group in enumerate(each.slips.groups):
            _add(sums[group], each, (true >> place & 1) != 0)
        _add(sums[NO_GROUP], each, true == 0)
    return dict(zip(sums, _with_intervals(list(sums.values())), strict=True))


def by_family(past: Hindsight, facts_of: FactsOf) -> dict[str, dict[str, Any]]:
    """Slips and those caught by kind of family, as the facts of the round have it."""
    sums = {name: [Count(), Count()] for name in FAMILY_TYPES}
    for each in past.rounds:
        slips = each.slips
        counties = pl.Series([county for county, _ in slips.townships], dtype=pl.String)
        rows = pl.DataFrame(
            {"county_code": counties.gather(slips.township_of), "household_id": pl.Series(slips.household_id)}
        )
        # A number that stands twice cannot be told apart: what its family is like is not known.
        facts = facts_of(each.past.round_name, rows["household_id"].to_list()).unique(rows.columns, keep="none")
        kinds = rows.join(facts, on=rows.columns, how="left", maintain_order="left").select(**_family_types())
        for name in FAMILY_TYPES:
            _add(sums[name], each, kinds[name].to_numpy())
    return dict(zip(sums, _with_intervals(list(sums.values())), strict=True))


def _family_types() -> dict[str, pl.Expr]:
    """Of each kind whether a household is surely of it; unknown is whoever may be of one of them and is not surely of any."""
    no_labour = (pl.col("labour") == 0) & (pl.col("weak_labour") == 0)
    disabled = pl.col("disabled") > 0
    either = no_labour | disabled
    return {
        "no_labour": no_labour.fill_null(value=False),
        "disabled_member": disabled.fill_null(value=False),
        "neither": (~either).fill_null(value=False),
        "unknown": either.is_null(),
    }


def _add(counts: list[Count], each: RoundHindsight, chosen: Bools) -> None:
    for place, rows in enumerate((chosen, chosen & each.caught)):
        counts[place] += count_rows(each.slips, 0, len(each.slips), rows)


def _with_intervals(sums: list[list[Count]]) -> list[dict[str, Any]]:
    """Each pair of slips and caught as it is told: with the share drawn together, its interval, and whether it differs."""
    # Of a sample a row is one observation, whatever it stands for: the share as weighed, over as many rows.
    drawn = shrunk_shares(
        [slips.rows * (share_of(caught.households, slips.households) or 0.0) for slips, caught in sums],
        [slips.rows for slips, _ in sums],
    )
    return [
        {
            **_shares(slips, caught),
            "shrunk_share": each.share if each else None,
            "interval": [each.low, each.high] if each else None,
            "differs": each.differs if each else None,
        }
        for (slips, caught), each in zip(sums, drawn, strict=True)
    ]


def _shares(slips: Count, caught: Count) -> dict[str, Any]:
    return {
        "slips": whole(slips),
        "caught": whole(caught),
        "caught_share": share_of(caught.households, slips.households),
        "rows": {"slips": slips.rows, "caught": caught.rows},
    }
