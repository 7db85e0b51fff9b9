"""Calibration: of households told p, does a share of p slip? Bins, curve, totals, recalibration, and the floor of noise."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.risk.evaluation.smooth_ece import Grid
from workbench.risk.evaluation.standard_errors import (
    Estimate,
    Floats,
    Groups,
    clipped,
    cluster_sums,
    estimate,
    logit,
    two_sided,
    weights_of,
)

Ints = npt.NDArray[np.int64]

BINS = 15
BAND = 0.90
_LEAST_ROWS = 30
"""Rows a bin of the calibration error at least, so that a small county is not judged on bins of three."""
_LEAST_SLIPS = 10.0
"""Expected slips, and expected non-slips, a bin of the curve at least."""
_SURPRISING = 2.576
"""Standard errors that chance passes once in a hundred."""
_MOST_STEPS = 50
_CONVERGED = 1e-8


@dataclass(frozen=True)
class ReliabilityBin:
    """One bin of the curve: probabilities from `lowest` to `highest`, their mean `expected`, the rate `observed`.

    If the probabilities are right the observed rate lies from `low` to `high` in 90 of 100 cases. `rows` and `slips`
    are weighted counts.
    """

    lowest: float
    highest: float
    expected: float
    observed: float
    low: float
    high: float
    rows: float
    slips: float


@dataclass(frozen=True)
class InTheLarge:
    """Calibration in the large: slips observed and expected (weighted), their ratio with its interval, and z.

    The expected number agrees with what happened where the interval of `ratio` holds 1.
    """

    observed: float
    expected: float
    ratio: Estimate
    z: float


@dataclass(frozen=True)
class Recalibration:
    """The fit of logit P(slip) = intercept + slope * logit p, both at once.

    0 and 1 for a calibrated model; a slope below 1 for one that is too sure of itself.
    """

    intercept: Estimate
    slope: Estimate


@dataclass(frozen=True)
class NoiseFloor:
    """What the calibration errors would be by the chance of labels alone: mean and 95th percentile."""

    ece_mean: float
    ece_95: float
    smece_mean: float
    smece_95: float


def equal_mass_bins(p: npt.ArrayLike, weight: npt.ArrayLike | None, bins: int) -> Ints:
    """The bin of each row, (n,), counted from 0: as equal in weight as equal probabilities, kept together, allow."""
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values)
    mass = np.cumsum(weights_of(weight, len(values))[order])
    inner = np.searchsorted(mass, mass[-1] * np.arange(1, bins) / bins)
    edges = np.unique(values[order][inner])
    return np.unique(np.searchsorted(edges, values), return_inverse=True)[1]


def ece(y: npt.ArrayLike, p: npt.ArrayLike, weight: npt.ArrayLike | None = None, bins: int = BINS) -> float:
    """Expected calibration error over equal-mass bins, fewer where a bin would hold less than 30 rows."""
    return _binned_error(_ece_bins(p, weight, bins), _residual(y, p, weight))


def _ece_bins(p: npt.ArrayLike, weight: npt.ArrayLike | None, bins: int = BINS) -> Ints:
    return equal_mass_bins(p, weight, int(np.clip(len(np.asarray(p)) // _LEAST_ROWS, 1, bins)))


def _residual(y: npt.ArrayLike, p: npt.ArrayLike, weight: npt.ArrayLike | None) -> Floats:
    """What each row adds to the calibration error of its bin."""
    difference = np.asarray(y, dtype=np.float64) - np.asarray(p, dtype=np.float64)
    weights = weights_of(weight, len(difference))
    return np.asarray(weights * difference / weights.sum(), dtype=np.float64)


def _binned_error(bins: Ints, residual: Floats) -> float:
    return float(np.abs(np.bincount(bins, residual)).sum())


def noise_floor(
    p: npt.ArrayLike, weight: npt.ArrayLike | None = None, *, resamples: int = 100, seed: int = 0
) -> NoiseFloor:
    """Calibration errors of labels drawn from the probabilities themselves: no model measures better, but by luck."""
    values = np.asarray(p, dtype=np.float64)
    rng, bins, grid = np.random.default_rng(seed), _ece_bins(values, weight), Grid.of(values, weight)
    errors = np.empty((resamples, 2))
    for row in errors:
        # Labels as the probabilities say: what error is left is what chance makes of a perfect model.
        drawn = rng.random(len(values)) < values
        row[:] = _binned_error(bins, _residual(drawn, values, weight)), grid.error(drawn)
    mean, high = errors.mean(axis=0), np.quantile(errors, 0.95, axis=0)
    return NoiseFloor(float(mean[0]), float(high[0]), float(mean[1]), float(high[1]))


def in_the_large(
    y: npt.ArrayLike, p: npt.ArrayLike, weight: npt.ArrayLike | None = None, groups: Groups = None
) -> InTheLarge:
    """Observed against expected slips. The interval holds the ratios that the count would not refute (score test)."""
    labels, values = np.asarray(y, dtype=np.float64), clipped(p)
    weights = weights_of(weight, len(values))
    observed, expected = float(weights @ labels), float(weights @ values)
    variance = float((weights**2) @ (values * (1 - values)))
    if groups is not None:
        variance = float((cluster_sums(weights * (labels - values), groups) ** 2).sum())
    # Of a ratio r the variance is r * variance: |observed - r * expected| <= reach * sqrt(r * variance), solved for r.
    spread = two_sided() ** 2 * variance
    root = np.sqrt(spread * (spread + 4 * observed * expected))
    low, high = (float(2 * observed * expected + spread + sign * root) / (2 * expected**2) for sign in (-1, 1))
    ratio = Estimate(observed / expected, float(np.sqrt(variance)) / expected, max(low, 0.0), high)
    return InTheLarge(
        observed, expected, ratio, (observed - expected) / float(np.sqrt(variance)) if variance else np.nan
    )


def off_beyond_chance(total: InTheLarge | None) -> int:
    """1 where more slipped than the probabilities say, -1 where fewer did, beyond what chance does once in a hundred; else 0."""
    if total is None or not abs(total.z) > _SURPRISING:
        return 0
    return 1 if total.z > 0 else -1


def recalibration(
    y: npt.ArrayLike, p: npt.ArrayLike, weight: npt.ArrayLike | None = None, groups: Groups = None
) -> Recalibration | None:
    """Intercept and slope by Newton's method; None with one class, one probability, or classes that p separates."""
    labels, odds = np.asarray(y, dtype=np.float64), logit(p)
    weights = weights_of(weight, len(odds))
    if len(labels) < 2 or labels.min() == labels.max() or np.ptp(odds) < _CONVERGED:  # noqa: PLR2004 - two parameters
        return None
    design = np.column_stack([np.ones(len(odds)), odds])
    fitted = _logistic(design, labels, weights)
    if fitted is None:
        return None
    theta, inverse = fitted
    score = design * (weights * (labels - _sigmoid(design @ theta)))[:, None]
    # The sandwich: each row's score times the inverse information, summed over a household before it is squared.
    influence = score @ inverse
    return Recalibration(*(estimate(float(theta[k]), influence[:, k], groups) for k in (0, 1)))


def _logistic(design: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats] | None:
    """Coefficients and inverse information, from the base rate on; None where they do not converge."""
    theta = np.array([float(logit(np.average(y, weights=weight))), 0.0])
    for _ in range(_MOST_STEPS):
        fitted = _sigmoid(design @ theta)
        information = design.T @ (design * (weight * fitted * (1 - fitted))[:, None])
        try:
            inverse = np.linalg.inv(information)
        # Where p separates the classes coefficients run off to infinity, and the information becomes singular.
        except np.linalg.LinAlgError:
            return None
        step = inverse @ (design.T @ (weight * (y - fitted)))
        theta = theta + step
        if np.abs(step).max() < _CONVERGED:
            return theta, np.asarray(inverse, dtype=np.float64)
    return None


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -500, 500))), dtype=np.float64)


def reliability(
    y: npt.ArrayLike, p: npt.ArrayLike, weight: npt.ArrayLike | None = None, bins: int = BINS
) -> tuple[ReliabilityBin, ...]:
    """The curve, low probabilities first: equal-mass bins, joined until each expects ten slips and ten non-slips."""
    labels, values = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    if not len(values):
        return ()
    weights = weights_of(weight, len(values))
    joined = _joined(equal_mass_bins(values, weights, bins), values, weights)
    return tuple(
        _bin(labels[rows], values[rows], weights[rows]) for rows in (joined == k for k in range(joined.max() + 1))
    )


def _joined(bins: Ints, p: Floats, weight: Floats) -> Ints:
    """Bins numbered anew, neighbours joined until each is large enough; what is left over joins the last."""
    # Weights tell how many households a row stands for, not how much is known: scaled, they count rows.
    scaled = weight * weight.sum() / (weight**2).sum()
    expected = np.array([np.bincount(bins, scaled * p), np.bincount(bins, scaled * (1 - p))])
    target = np.empty(expected.shape[1], dtype=np.int64)
    number, held = 0, np.zeros(2)
    for k, added in enumerate(expected.T):
        target[k] = number
        held = held + added
        if held.min() >= _LEAST_SLIPS:
            number, held = number + 1, np.zeros(2)
    return np.minimum(target, max(number - 1, 0))[bins]


def _bin(y: Floats, p: Floats, weight: Floats) -> ReliabilityBin:
    total = float(weight.sum())
    expected, observed = float(weight @ p) / total, float(weight @ y) / total
    low, high = _band(p, weight)
    return ReliabilityBin(float(p.min()), float(p.max()), expected, observed, low, high, total, float(weight @ y))


def _band(p: Floats, weight: Floats) -> tuple[float, float]:
    """Where the observed rate lies in 90 of 100 cases if p is right: normal, corrected for skewness (Cornish-Fisher)."""
    total, reach = weight.sum(), two_sided(BAND)
    centre, variance = float(weight @ p) / total, float((weight**2) @ (p * (1 - p)))
    if not variance:
        return centre, centre
    skewness = float((weight**3) @ (p * (1 - p) * (1 - 2 * p))) / variance**1.5
    # Slips are rare, so counts lean to the right; the normal band alone would reach below nothing.
    lift = skewness * (reach**2 - 1) / 6
    low, high = (centre + np.sqrt(variance) / total * (sign * reach + lift) for sign in (-1, 1))
    return float(np.clip(low, 0, 1)), float(np.clip(high, 0, 1))
