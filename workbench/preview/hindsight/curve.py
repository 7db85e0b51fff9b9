"""Hindsight along the general income ceiling, all points in one pass: what a slider reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.preview.counts.curve import ceiling_curve
from workbench.preview.hindsight.missed import OUTCOMES, conditions
from workbench.preview.hindsight.past_rounds import PastRound
from workbench.preview.index.build import Bools, Floats, PreviewIndex


@dataclass(frozen=True)
class PastCurve:
    """One past round at each ceiling, in households: `inside`, and `outcomes` of those who slipped, by name; they add up."""

    past: PastRound
    inside: Floats
    outcomes: dict[str, Floats]


def past_curves(rounds: Sequence[PastRound], ceilings: Callable[[float], Sequence[float]]) -> list[PastCurve]:
    """Each round as if the general ceiling were each of `ceilings(line)`, yuan a person and year, none below the line.

    A condition holds for a household whatever the ceiling, or from the first ceiling above its income on, or never: two
    evaluations of each condition serve every point.
    """
    return [_curve(past, np.asarray(ceilings(past.limits.line), np.float64)) for past in rounds]


def _curve(past: PastRound, points: Floats) -> PastCurve:
    limits = replace(past.limits, ceiling=max(float(points.max()), past.limits.line))
    at_most, always = (conditions(past.slips, each) for each in (limits, replace(limits, ceiling=past.limits.line)))
    held = [_from_ceiling(past.slips, one, other, points) for one, other in zip(at_most, always, strict=True)]
    became = np.select(held, range(len(held)), len(held))
    weight = np.ones(len(past.slips)) if past.slips.weight is None else past.slips.weight
    outcomes = {name: weight @ (became == place) for place, name in enumerate(OUTCOMES)}
    return PastCurve(past, ceiling_curve(past.index, past.limits, points).inside, outcomes)


def _from_ceiling(slips: PreviewIndex, at_most: Bools, always: Bools, points: Floats) -> Bools:
    """Whether a condition holds, a row a household and a column a ceiling."""
    # Of an unknown income no ceiling tells: it is not below, nor above.
    reached = np.isnan(slips.income)[:, None] | (slips.income[:, None] < points[None, :])
    held: Bools = always[:, None] | (at_most[:, None] & reached)
    return held
