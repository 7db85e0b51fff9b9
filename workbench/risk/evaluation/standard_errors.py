"""Figures with their sampling error. Rows of one household are one observation where `groups` says so."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.generic] | None

CONFIDENCE = 0.95
_CLIP = 1e-9
"""Probabilities are kept this far from 0 and 1, so that one certain and wrong row cannot make a loss infinite."""


@dataclass(frozen=True)
class Estimate:
    """A figure, its standard error and its 95 % interval; the error is not a number below two observations."""

    value: float
    error: float
    low: float
    high: float


def two_sided(confidence: float = CONFIDENCE) -> float:
    """Standard errors to either side of the centre that hold this share of a normal distribution."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def estimate(value: float, influence: Floats, groups: Groups = None, *, least: float = -np.inf) -> Estimate:
    """A figure whose error follows from the influence of each row on it, (n,), summed over the rows of a household."""
    sums = cluster_sums(influence, groups)
    count = len(sums)
    # With the correction for few clusters: a county may have a dozen households that slipped.
    error = float(np.sqrt((sums**2).sum() * count / (count - 1))) if count > 1 else np.nan
    reach = two_sided() * error
    return Estimate(value, error, max(value - reach, least), value + reach)


def mean_estimate(values: Floats, weight: npt.ArrayLike | None, groups: Groups, **bound: float) -> Estimate:
    """The weighted mean of `values`, (n,)."""
    weights = weights_of(weight, len(values))
    mean = float(np.average(values, weights=weights))
    return estimate(mean, weights * (values - mean) / weights.sum(), groups, **bound)


def cluster_sums(values: Floats, groups: Groups) -> Floats:
    """`values` summed by group; themselves without groups."""
    if groups is None:
        return values
    codes = np.unique(groups, return_inverse=True)[1]
    return np.bincount(codes, weights=values).astype(np.float64)


def weights_of(weight: npt.ArrayLike | None, count: int) -> Floats:
    """The weights as floats; ones without."""
    return np.ones(count) if weight is None else np.asarray(weight, dtype=np.float64)


def clipped(p: npt.ArrayLike) -> Floats:
    """Probabilities away from 0 and 1."""
    return np.clip(np.asarray(p, dtype=np.float64), _CLIP, 1 - _CLIP)


def logit(p: npt.ArrayLike) -> Floats:
    """Log odds of clipped probabilities."""
    inside = clipped(p)
    return np.asarray(np.log(inside) - np.log1p(-inside), dtype=np.float64)
