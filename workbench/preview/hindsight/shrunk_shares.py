"""Shares of few households in each of many places, drawn together as far as their differences may be chance.

A township where two slipped and none was held does not have a share of 0 %: with so few, that says next to nothing. The
places' shares are taken to vary about a common one (beta-binomial); neither that one nor how much they vary is known, so
every pair of them counts by how likely it makes what was seen. Each share is told with an interval, and whether it differs from the
common one beyond chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, betaln

Floats = npt.NDArray[np.float64]
LEVEL = 0.9
_SPREADS = 12
_MEANS = 9
# A quarter of the counts, which is twice the standard deviation that chance alone would give.
_WIDER = 4
# Leaves an interval of less than a thousandth of a per cent.
_HALVINGS = 17


@dataclass(frozen=True)
class ShrunkShare:
    """A place's share with its interval at LEVEL; `differs`: the common share lies outside it."""

    share: float
    low: float
    high: float
    differs: bool


def shrunk_shares(held: Sequence[float], of: Sequence[float]) -> list[ShrunkShare | None]:
    """The share of each place, `held` out of `of` (rows, not weights); None where there is nobody."""
    held_here, of_here = np.asarray(held, np.float64), np.asarray(of, np.float64)
    if not of_here.any():
        return [None] * len(of_here)
    common = float(held_here.sum() / of_here.sum())
    if common in (0.0, 1.0):  # all or none everywhere: there is no difference to speak of
        return [ShrunkShare(common, common, common, differs=False) if each else None for each in of_here]
    mean, prior, proposed = _candidates(float(held_here.sum()), float(of_here.sum()))
    ours, others = held_here + prior * mean, of_here - held_here + prior * (1 - mean)
    likely = (betaln(ours, others) - betaln(prior * mean, prior * (1 - mean))).sum(axis=1) - proposed
    # Less the largest: the likelihoods themselves would all underflow to 0.
    weight = np.exp(likely - likely.max())
    weight /= weight.sum()
    share = weight @ (ours / (ours + others))
    tail = (1 - LEVEL) / 2
    low, high = (_quantile(ours, others, weight, at) for at in (tail, 1 - tail))
    return [
        ShrunkShare(float(share[n]), float(low[n]), float(high[n]), differs=not low[n] <= common <= high[n])
        if of_here[n]
        else None
        for n in range(len(of_here))
    ]


def _candidates(held: float, of: float) -> tuple[Floats, Floats, Floats]:
    """Common shares and spreads that might be, [candidate, 1] each, and the log density that the shares were put at.

    A spread is how many households the common share counts for beside a place's own: few where places differ much, many
    where they do not. Common shares lie about the one seen, more widely than chance alone would have it.
    """
    first, second = 1 + held / _WIDER, 1 + (of - held) / _WIDER
    means = betaincinv(first, second, (np.arange(_MEANS) + 0.5) / _MEANS)
    density = (first - 1) * np.log(means) + (second - 1) * np.log1p(-means)
    spreads = np.geomspace(1, max(of, 2.0), _SPREADS)
    pairs = np.meshgrid(means, spreads, indexing="ij")
    # Every standard deviation between places is as likely as another beforehand, which is 1 / sqrt(spread), near enough.
    return pairs[0].reshape(-1, 1), pairs[1].reshape(-1, 1), np.repeat(density, _SPREADS) + np.log(pairs[1].ravel()) / 2


def _quantile(ours: Floats, others: Floats, weight: Floats, at: float) -> Floats:
    """Where the mixture of beta distributions [spread, place] reaches `at`, for each place; by halving."""
    low, high = np.zeros(ours.shape[1]), np.ones(ours.shape[1])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        beyond = weight @ betainc(ours, others, middle) >= at
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return (low + high) / 2
