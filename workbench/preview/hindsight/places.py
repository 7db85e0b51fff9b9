"""Where and in which key groups a standard would have caught slips, and where not."""

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
            _add(sums[each.slips.townships[place]], each, each.slips.township_of == place)
    return [
        {"county_code": county, "township": township or None, **_shares(*sums[county, township])}
        for county, township in sorted(sums)
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
    return {group: _shares(*counts) for group, counts in sums.items()}


def _add(counts: list[Count], each: RoundHindsight, chosen: Bools) -> None:
    for place, rows in enumerate((chosen, chosen & each.caught)):
        counts[place] += count_rows(each.slips, 0, len(each.slips), rows)


def _shares(slips: Count, caught: Count) -> dict[str, Any]:
    return {
        "slips": whole(slips),
        "caught": whole(caught),
        "caught_share": share_of(caught.households, slips.households),
        "rows": {"slips": slips.rows, "caught": caught.rows},
    }
