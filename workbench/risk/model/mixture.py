"""Learners in one glass box: each with the say that its predictions of households it had not seen have earned."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from workbench.risk.model.compilation import TableBuilder
from workbench.risk.model.glass_box import Floats, GlassBox

_TENTHS = 10


@dataclass(frozen=True)
class Mixture:
    """The share of each learner by name, in its order, and what the last learner gains by having one.

    `gain`: of log loss a household-round, by fits that had not seen the household, with its standard error.
    """

    shares: dict[str, float]
    gain: float
    error: float


def shares_of(unseen: dict[str, Floats], slips: Floats) -> Mixture:
    """The shares, in tenths, of least log loss; `unseen`: by learner the logits (rows,) of fits that had not seen the row.

    The last learner has none where it gains no more than the standard error: every table makes reasons and scores longer.
    """
    logits = np.column_stack(list(unseen.values()))
    # Of three learners 66 shares in tenths: few enough to try each.
    every = [
        np.array(each) / _TENTHS for each in product(range(_TENTHS + 1), repeat=len(unseen)) if sum(each) == _TENTHS
    ]
    with_last = min(every, key=lambda shares: _losses(logits @ shares, slips).mean())
    without = min((each for each in every if not each[-1]), key=lambda shares: _losses(logits @ shares, slips).mean())
    difference = _losses(logits @ without, slips) - _losses(logits @ with_last, slips)
    gain, error = float(difference.mean()), float(difference.std() / np.sqrt(len(slips)))
    chosen = with_last if gain > error else without
    return Mixture({name: float(share) for name, share in zip(unseen, chosen, strict=True)}, gain, error)


def _losses(logit: Floats, slips: Floats) -> Floats:
    return np.asarray(np.logaddexp(0, logit) - slips * logit)


def mixed(boxes: Sequence[GlassBox], shares: Sequence[float]) -> GlassBox:
    """One glass box of several, each by its share; those of share 0 leave nothing in it."""
    builder = TableBuilder(boxes[0].bags)
    for box, share in zip(boxes, shares, strict=True):
        if share:
            builder.add_box(box, share)
    return builder.build()
