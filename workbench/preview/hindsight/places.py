"""Where, and in which key groups, a standard would have caught slips, and where not."""

from collections import defaultdict
from typing import Any

import numpy as np

from workbench.domain.facts import KEY_GROUPS
from workbench.preview.counts.counts import Count, count_rows
from workbench.preview.counts.sweep import share_of
from workbench.preview.hindsight.hindsight import Hindsight, RoundHindsight
from workbench.preview.index.build import Bools
from workbench.preview.request import whole

NO_GROUP = "none"
"""Of the households that slipped: in none of the key groups, as far as is known."""


def by_township(past: Hindsight) -> list[dict[str, Any]]:
    """Slips and those caught by township, in the order of county and township; only townships where somebody slipped."""
    sums: dict[tuple[str, str], list[Count]] = defaultdict(lambda: [Count(), Count()])
    for each in past.rounds:
        for place in np.unique(each.slips.township_of):
            add_slips(sums[each.slips.townships[place]], each, each.slips.township_of == place)
    places = sorted(sums)
    shares = with_intervals([sums[place] for place in places])
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
            add_slips(sums[group], each, (true >> place & 1) != 0)
        add_slips(sums[NO_GROUP], each, true == 0)
    return dict(zip(sums, with_intervals(list(sums.values())), strict=True))


def add_slips(counts: list[Count], each: RoundHindsight, chosen: Bools) -> None:
    """Add to slips and those caught the slips of a round that are chosen (one boolean a row of its slips)."""
    for place, rows in enumerate((chosen, chosen & each.caught)):
        counts[place] += count_rows(each.slips, 0, len(each.slips), rows)


def with_intervals(sums: list[list[Count]]) -> list[dict[str, Any]]:
    """Each pair of slips and caught as it is told: with the share drawn together, its interval, and whether it differs."""
    # Late: it loads SciPy, a sixth of what a preview from a shell takes, and every preview loads this module.
    from workbench.preview.hindsight.shrunk_shares import shrunk_shares  # noqa: PLC0415

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
