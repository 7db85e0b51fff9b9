"""The frontier: for each number of households brought in, the most expected slips that a standard of this form catches.

The family: the general ceiling on a grid from the line to three times the line, with every choice among the key
groups; group ceilings, further routes, exclusions and the income tested as in the standard at hand. Which groups a
household is surely in and which ceilings lie above its income are all that tells it from another one, so that
households are counted once by class, and every standard of the family is a sum over classes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.exact import multiple_of
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.counts.counts import count_rows, unregistered
from workbench.preview.counts.membership import evaluate
from workbench.preview.counts.sweep import share_of
from workbench.preview.index.build import Floats, PreviewIndex
from workbench.preview.slips.scored_index import Ranking

Masks = npt.NDArray[np.int64]
_GRID = [round(1 + 0.05 * step, 2) for step in range(41)]
_MOST_STEPS = 200
_IDEAL_POINTS = 21


NO_FRONTIER: dict[str, Any] = dict.fromkeys(("frontier", "frontier_standing", "frontier_ideal"))
"""What a preview says of the frontier where there are no expected slips."""


@dataclass(frozen=True)
class Family:
    """Every standard of the family: `ceilings` (yuan) by `masks` (groups listed, a bit each); arrays [mask, ceiling].

    `own`: where in them the standard at hand is.
    """

    ceilings: Floats
    masks: Masks
    households: Floats
    slips: Floats
    own: tuple[int, int]


def family(index: PreviewIndex, standard: EdgeStandard, limits: EdgeLimits) -> Family:
    """Households surely in and slips expected among them, for every standard of the family.

    `limits` are those of `standard`; the index bears expected slips (`with_slips`). A standard that asks for no group
    has only its ceiling to vary.
    """
    ceilings = sorted({multiple_of(multiple, limits.line) for multiple in _GRID} | {limits.ceiling})
    above = {group: multiple_of(m, limits.line) for group, m in standard.income.group_ceilings.items()}
    cuts = sorted({limits.line, *ceilings, *above.values()})
    by_class, always = _classes(index, limits, cuts)
    inside = _inside_sums(by_class)
    higher = [
        _mask((group for group, ceiling in above.items() if ceiling >= upper), limits.group_names) for upper in cuts[1:]
    ]
    listed = _mask(limits.groups, limits.group_names)
    masks = np.arange(1 << len(limits.group_names)) if limits.require_group else np.array([listed])
    bins = np.arange(len(cuts) - 1)
    below = _meeting(inside, masks) if limits.require_group else inside[:, -1:, :]  # [measure, mask, bin]
    beyond = np.stack([_meeting(inside, masks & higher[b])[..., b] for b in bins], axis=-1)
    at = np.searchsorted(cuts, ceilings)
    result = (
        always[:, None, None]
        + _before(below)[..., at]
        + (beyond.sum(axis=-1, keepdims=True) - _before(beyond)[..., at])
    )
    own = (listed if limits.require_group else 0, ceilings.index(limits.ceiling))
    return Family(np.array(ceilings), masks, result[0], result[1], own)


def _classes(index: PreviewIndex, limits: EdgeLimits, cuts: list[float]) -> tuple[Floats, Floats]:
    """Households and expected slips by [measure, groups a household is in, income between two cuts]; and those in anyway.

    Of households that nothing excludes; those in anyway take another route, and are in no class.
    """
    bins, sets = len(cuts) - 1, 1 << len(index.groups)
    by_class, always = np.zeros((2, sets * bins)), np.zeros(2)
    anyone = replace(limits, ceiling=cuts[-1], group_ceilings={}, require_group=False)
    other_routes = replace(limits, ceiling=limits.line, group_ceilings={}, groups=(), require_group=True)
    for free, by_route in zip(evaluate(index, anyone), evaluate(index, other_routes), strict=True):
        anyway = count_rows(index, by_route.start, by_route.stop, by_route.inside)
        always += anyway.households, anyway.slips
        remaining = free.inside.copy()
        remaining[: len(by_route.inside)] &= ~by_route.inside
        rows = np.flatnonzero(remaining)
        positions = np.searchsorted(index.income[free.start : free.stop], cuts[1:], side="left")
        bin_of = np.searchsorted(positions, rows, side="right")
        code = index.groups_true[free.start : free.stop][rows].astype(np.int64) * bins + bin_of
        for measure, values in enumerate((index.weight, index.slips)):
            weights = None if values is None else values[free.start : free.stop][rows]
            if measure == 0 or weights is not None:
                by_class[measure] += np.bincount(code, weights, minlength=sets * bins)
    return by_class.reshape(2, sets, bins), always


def _inside_sums(by_class: Floats) -> Floats:
    """Sums over subsets: entry S holds all classes whose groups all lie in S."""
    sums, masks = by_class.copy(), np.arange(by_class.shape[1])
    for bit in range(len(masks).bit_length() - 1):
        having = masks[(masks >> bit & 1) == 1]
        sums[:, having] += sums[:, having ^ (1 << bit)]
    return sums


def _meeting(inside: Floats, masks: Masks) -> Floats:
    """Those in at least one group of each mask: all but those whose groups all lie outside it."""
    return inside[:, -1:] - inside[:, (inside.shape[1] - 1) ^ masks]


def _before(by_bin: Floats) -> Floats:
    """Sums over the bins before each cut."""
    return np.concatenate([np.zeros((*by_bin.shape[:-1], 1)), np.cumsum(by_bin, axis=-1)], axis=-1)


def _mask(groups: Iterable[str], among: tuple[str, ...]) -> int:
    return sum(1 << among.index(group) for group in groups)


def pareto(members: Family) -> list[tuple[int, int]]:
    """The standards [mask, ceiling] that none with as few households beats in slips, fewest households first.

    Of several that do the same, the one whose groups differ least from those of the standard at hand, then the lowest.
    """
    differing = np.bitwise_count(members.masks ^ members.masks[members.own[0]])
    households, slips = members.households.ravel(), members.slips.ravel()
    unlike, ceiling = (
        each.ravel() for each in np.broadcast_arrays(differing[:, None], np.arange(len(members.ceilings))[None, :])
    )
    order = np.lexsort((ceiling, unlike, -slips, households))
    best_before = np.concatenate(([-1.0], np.maximum.accumulate(slips[order])[:-1]))
    best = order[slips[order] > best_before]
    return [(int(at) // len(members.ceilings), int(at) % len(members.ceilings)) for at in best]


def frontier(index: PreviewIndex, standard: EdgeStandard, limits: EdgeLimits, ranked: Ranking) -> dict[str, Any]:
    """The keys of a preview: `frontier` (at most 200 steps), `frontier_standing`, `frontier_ideal`.

    Shares are of the slips expected among all unregistered households of the counties. The ideal is the model's own
    order, as finely told over the reach of the steps as over everybody, which no standard can beat: a standard is a rule that can be read and objected to, an order by probability is not.
    """
    members = family(index, standard, limits)
    everyone = unregistered(index).slips
    steps = [_step(members, at, limits, everyone) for at in pareto(members)]
    thinned = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), _MOST_STEPS)).round().astype(int))
    ends = (max((step["households"] for step in steps), default=0.0), float(ranked.households[-1]))
    points = np.unique(np.concatenate([np.linspace(0, end, _IDEAL_POINTS) for end in ends]).round())
    ideal = [{"households": float(n), "slips_share": share_of(ranked.slips_among(float(n)), everyone)} for n in points]
    own = _step(members, members.own, limits, everyone)
    return {
        "frontier": [steps[n] for n in thinned],
        "frontier_standing": _standing(own, steps, ranked, everyone),
        "frontier_ideal": ideal,
    }


def _step(members: Family, at: tuple[int, int], limits: EdgeLimits, everyone: float) -> dict[str, Any]:
    mask, ceiling = int(members.masks[at[0]]), float(members.ceilings[at[1]])
    slips = float(members.slips[at])
    listed = [group for bit, group in enumerate(limits.group_names) if mask >> bit & 1]
    return {
        "households": float(members.households[at]),
        "expected_slips": slips,
        "slips_share": share_of(slips, everyone),
        "ceiling_multiple": round(ceiling / limits.line, 6),
        "ceiling_yuan": ceiling,
        "groups": listed if limits.require_group else None,
    }


def _standing(own: dict[str, Any], steps: list[dict[str, Any]], ranked: Ranking, everyone: float) -> dict[str, Any]:
    """Where the standard at hand stands beside the best of its family."""
    as_few = [step for step in steps if step["households"] <= own["households"]]
    as_good = [step for step in steps if step["expected_slips"] >= own["expected_slips"]]
    return {
        "households": own["households"],
        "slips_share": own["slips_share"],
        "best_share_at_no_more_households": as_few[-1]["slips_share"],
        "best_at_no_more_households": as_few[-1],
        "fewest_households_at_no_less_share": as_good[0]["households"],
        "ideal_share": share_of(ranked.slips_among(own["households"]), everyone),
    }
