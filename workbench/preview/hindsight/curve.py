"""Hindsight along the general income ceiling, all points in one pass: what a slider reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.preview.counts.ceiling_curve import ceiling_curve
from workbench.preview.hindsight.missed import OUTCOMES, outcomes
from workbench.preview.hindsight.past_rounds import PastRound
from workbench.preview.index.build import Floats


@dataclass(frozen=True)
class PastCurve:
    """One past round at each ceiling, in households: `inside`, `cannot_tell`, and `outcomes` of those who slipped, by name; they add up."""

    past: PastRound
    inside: Floats
    cannot_tell: Floats
    outcomes: dict[str, Floats]


def past_curves(rounds: Sequence[PastRound], ceilings: Callable[[float], Sequence[float]]) -> list[PastCurve]:
    """Each round as if the general ceiling were each of `ceilings(line)`: yuan a person and year, ascending, none below the line.

    To a household a ceiling is either above its income or not: what becomes of it at the line, and at the highest ceiling,
    is all that ever becomes of it. Two evaluations and a running sum serve every point.
    """
    return [_curve(past, np.asarray(ceilings(past.limits.line), np.float64)) for past in rounds]


def _curve(past: PastRound, points: Floats) -> PastCurve:
    slips, limits = past.slips, past.limits
    before, after = (
        outcomes(slips, replace(limits, ceiling=ceiling)) for ceiling in (limits.line, max(points[-1], limits.line))
    )
    # Of an unknown income no ceiling tells: what becomes of it is the same at every one.
    reached = np.where(np.isnan(slips.income), 0, np.searchsorted(points, slips.income, side="right"))
    weight = np.ones(len(slips)) if slips.weight is None else slips.weight
    counts = {}
    for place, name in enumerate(OUTCOMES):
        change = weight * ((after == place).astype(np.float64) - (before == place))
        # The last bin holds incomes that no ceiling reaches.
        by_point = np.bincount(reached, change, minlength=len(points) + 1)[: len(points)]
        counts[name] = weight[before == place].sum() + np.cumsum(by_point)
    everybody = ceiling_curve(past.index, limits, points)
    return PastCurve(past, everybody.inside, everybody.cannot_tell, counts)
