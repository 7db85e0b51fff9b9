"""Learners in one glass box: each with the say that its predictions of households it had not seen have earned."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from workbench.risk.model.compilation import TableBuilder
from workbench.risk.model.glass_box import Floats, GlassBox

_TENTHS = 10
_SURE = 2.0
"""Standard errors that other shares must gain. A bag stops early on the households it leaves out, which flatters its loss there."""


@dataclass(frozen=True)
class Mixture:
    """The share of each learner by name, in its order, and what the last learner gains by having one.

    `gain`: of log loss a household-round, by fits that had not seen the household, with its standard error; the last
    learner is in only where it is larger than twice that.
    """

    shares: dict[str, float]
    gain: float
    error: float


def shares_of(unseen: dict[str, Floats], slips: Floats) -> Mixture:
    """The shares, in tenths; `unseen`: by learner the logits (rows,) of fits that had not seen the row, the last one optional.

    All but the last have equal shares, and the last none, unless shares of least log loss gain more than two standard errors.
    """
    logits = np.column_stack(list(unseen.values()))
    # Of three learners 66 shares in tenths: few enough to try each.
    every = [
        np.array(each) / _TENTHS for each in product(range(_TENTHS + 1), repeat=len(unseen)) if sum(each) == _TENTHS
    ]
    chosen = np.array([1.0] * (len(unseen) - 1) + [0.0]) / (len(unseen) - 1)
    # Averaged learners are steadier than one: on few slips the least loss picks the one that is furthest from the truth.
    for tried in ([each for each in every if not each[-1]], every):
        best = min(tried, key=lambda shares: _losses(logits @ shares, slips).mean())
        difference = _losses(logits @ chosen, slips) - _losses(logits @ best, slips)
        gain, error = float(difference.mean()), float(difference.std() / np.sqrt(len(slips)))
        if gain > _SURE * error:
            chosen = best
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
