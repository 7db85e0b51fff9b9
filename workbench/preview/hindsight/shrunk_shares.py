"""Shares of few households in each of many places, drawn together as far as their differences may be chance.

A township where two slipped and none was held does not have a share of 0 %: with so few, that says next to nothing. The
places' shares are taken to vary about a common one (beta-binomial); neither that one nor how much they vary is known, so
every pair of them counts by how likely it makes what was seen. Each share is told with an interval, and whether it differs
beyond chance: two of two held in one place of twenty is no difference that anybody could stand up for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, betaln, gammaln

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
    """A place's share with its interval at LEVEL.

    `differs`: the common share lies outside it, and the place's own households against all others say so as well, however
    many places were looked at (exact, by Holm).
    """

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
    apart = _apart(held_here, of_here)
    return [
        ShrunkShare(
            float(share[n]), float(low[n]), float(high[n]), differs=bool(apart[n]) and not low[n] <= common <= high[n]
        )
        if of_here[n]
        else None
        for n in range(len(of_here))
    ]


def _apart(held: Floats, of: Floats) -> npt.NDArray[np.bool_]:
    """Return whether the share of each place differs from that of all others beyond chance, at LEVEL for all places together."""
    whole, common = of.sum(), held.sum()
    chance = np.array([_by_chance(here, number, common, whole) for here, number in zip(held, of, strict=True)])
    # Holm: the least likely is held against all places, the next against one less, until one may be chance.
    order = np.argsort(chance)
    adjusted = np.maximum.accumulate(chance[order] * np.arange(len(order), 0, -1))
    apart = np.zeros(len(order), np.bool_)
    apart[order] = adjusted < 1 - LEVEL
    return apart


def _by_chance(held: float, of: float, common: float, whole: float) -> float:
    """How likely as many or as few of a place were held, had `common` of `whole` been dealt out blindly (two-sided, at most 1)."""
    # Not by scipy.stats, which takes as long to load as the page has to open.
    count = np.arange(max(0.0, of - (whole - common)), min(of, common) + 1)
    dealt = np.exp(_choices(common, count) + _choices(whole - common, of - count) - _choices(whole, of))
    return min(1.0, 2 * float(min(dealt[count <= held].sum(), dealt[count >= held].sum())))


def _choices(of: Any, some: Any) -> Any:
    """The logarithm of the number of ways to choose some of so many."""
    return gammaln(of + 1) - gammaln(some + 1) - gammaln(of - some + 1)


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
