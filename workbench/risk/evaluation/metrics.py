"""How good probabilities of a slip are: losses, discrimination, calibration, each with its sampling error.

Everywhere: `y` labels 0 and 1, `p` probabilities, `weight` weights, `groups` household ids, each (n,). Rows of one
household are one observation where groups are given. Losses are in nats a household.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.risk.evaluation.reliability import (
    InTheLarge,
    NoiseFloor,
    Recalibration,
    ece,
    in_the_large,
    noise_floor,
    recalibration,
)
from workbench.risk.evaluation.smooth_ece import smooth_calibration_error
from workbench.risk.evaluation.standard_errors import (
    Estimate,
    Floats,
    Groups,
    clipped,
    estimate,
    mean_estimate,
    weights_of,
)
from workbench.safeguards.plain_data import Json

Weight = npt.ArrayLike | None


def log_losses(y: npt.ArrayLike, p: npt.ArrayLike) -> Floats:
    """Log loss of each row; `y` may be a probability itself, then its expectation."""
    labels, inside = np.asarray(y, dtype=np.float64), clipped(p)
    # `log1p` keeps the digits that 1 - p loses where p is small, as slips are rare.
    return np.asarray(-(labels * np.log(inside) + (1 - labels) * np.log1p(-inside)), dtype=np.float64)


def brier_scores(y: npt.ArrayLike, p: npt.ArrayLike) -> Floats:
    """Squared error of each row."""
    return np.asarray((np.asarray(y, dtype=np.float64) - np.asarray(p, dtype=np.float64)) ** 2, dtype=np.float64)


def log_loss(y: npt.ArrayLike, p: npt.ArrayLike, weight: Weight = None) -> float:
    """Mean log loss; probabilities are kept 1e-9 away from 0 and 1."""
    return _mean(log_losses(y, p), weight)


def brier(y: npt.ArrayLike, p: npt.ArrayLike, weight: Weight = None) -> float:
    """Mean squared error."""
    return _mean(brier_scores(y, p), weight)


def base_rate_loss(y: npt.ArrayLike, weight: Weight) -> float:
    """Log loss of the one constant that fits these rows best, their own rate of slips."""
    labels = np.asarray(y, dtype=np.float64)
    return log_loss(labels, np.full(len(labels), _mean(labels, weight)), weight)


def d2(y: npt.ArrayLike, p: npt.ArrayLike, weight: Weight = None) -> float | None:
    """The share of the base rate's log loss that p explains; below 0: worse than a constant. None with one class."""
    if _one_class(y):
        return None
    return 1 - log_loss(y, p, weight) / base_rate_loss(y, weight)


def caught(y: npt.ArrayLike, p: npt.ArrayLike, share: float, weight: Weight = None) -> float | None:
    """The share of all slips that are found when the `share` of households with the highest `p` is visited.

    Households of the same `p` are visited in no order: each part of them finds its part. None where nobody slipped.
    """
    labels, values = np.asarray(y, np.float64), np.asarray(p, np.float64)
    weights = weights_of(weight, len(labels))
    slips = float(weights @ labels)
    if not slips:
        return None
    # Negative, so that the likeliest come first.
    _, group = np.unique(-values, return_inverse=True)
    households = np.concatenate(([0.0], np.cumsum(np.bincount(group, weights)))) / weights.sum()
    shares = np.concatenate(([0.0], np.cumsum(np.bincount(group, weights * labels)))) / slips
    return float(np.interp(share, households, shares))


def loss_difference(y: npt.ArrayLike, p: npt.ArrayLike, other: npt.ArrayLike, weight: Weight = None) -> Estimate:
    """Mean loss of `p` less that of `other` on the same rows, paired; below 0: p is better. The loss is log loss."""
    return mean_estimate(log_losses(y, p) - log_losses(y, other), weight, None)


def explained_share(p: npt.ArrayLike, truth: npt.ArrayLike, weight: Weight = None) -> float | None:
    """The share of what can be explained that p does: 1 as good as the true probabilities, 0 as their mean.

    (L(base) - L(p)) / (L(base) - L(truth)), L the log loss expected under the true probabilities. None where those
    are all alike.
    """
    rates = np.asarray(truth, dtype=np.float64)
    if not len(rates) or not np.ptp(rates):
        return None
    of_base, of_p = base_rate_loss(rates, weight), log_loss(rates, p, weight)
    return (of_base - of_p) / (of_base - log_loss(rates, rates, weight))


def auc(y: npt.ArrayLike, p: npt.ArrayLike, weight: Weight = None) -> float | None:
    """P(a household that slips has a higher p than one that does not), ties one half; None with one class."""
    placed = _placements(y, p, weight)
    return None if placed is None else placed[0]


def auc_estimate(y: npt.ArrayLike, p: npt.ArrayLike, weight: Weight = None, groups: Groups = None) -> Estimate | None:
    """The area under the ROC curve with DeLong's standard error, by household if grouped (Obuchowski 1997)."""
    placed = _placements(y, p, weight)
    if placed is None:
        return None
    estimated = estimate(*placed, groups, least=0.0)
    return Estimate(estimated.value, estimated.error, estimated.low, min(estimated.high, 1.0))


def _placements(y: npt.ArrayLike, p: npt.ArrayLike, weight: Weight) -> tuple[float, Floats] | None:
    """The area and each row's influence on it: its share of the other class beaten, against the area."""
    if _one_class(y):
        return None
    labels, values = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    weights, codes = weights_of(weight, len(values)), np.unique(values, return_inverse=True)[1]
    slips, others = np.bincount(codes, weights * labels), np.bincount(codes, weights * (1 - labels))
    # Half of those with the very same probability: a tie is won by neither.
    beaten = (np.cumsum(others) - others / 2) / others.sum()
    unbeaten = 1 - (np.cumsum(slips) - slips / 2) / slips.sum()
    area = float(slips @ beaten / slips.sum())
    influence = np.where(labels == 1, (beaten[codes] - area) / slips.sum(), (unbeaten[codes] - area) / others.sum())
    return area, weights * influence


def _one_class(y: npt.ArrayLike) -> bool:
    labels = np.asarray(y)
    return not len(labels) or bool(labels.min() == labels.max())


def _mean(values: Floats, weight: Weight) -> float:
    return float(np.average(values, weights=weights_of(weight, len(values))))


@dataclass(frozen=True)
class Metrics:
    """All figures of one set of rows; None where one cannot be computed.

    `rows` are counted, `households` and `slips` weighted. `base_rate_loss` is the log loss of these rows' own rate.
    """

    rows: int
    households: float
    slips: float
    log_loss: Estimate | None = None
    brier: Estimate | None = None
    base_rate_loss: float | None = None
    d2: float | None = None
    auc: Estimate | None = None
    ece: float | None = None
    smece: float | None = None
    noise_floor: NoiseFloor | None = None
    in_the_large: InTheLarge | None = None
    recalibration: Recalibration | None = None
    explained_share: float | None = None

    def record(self) -> Json:
        """Plain numbers for JSON, None for what is not a finite number."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def metrics_of(
    y: npt.ArrayLike, p: npt.ArrayLike, weight: Weight = None, truth: npt.ArrayLike | None = None,
    groups: Groups = None, *, resamples: int = 100, seed: int = 0,
) -> Metrics:  # fmt: skip
    """Everything about probabilities whose outcome is known; `truth`: the true ones, where data is simulated.

    `resamples`: label draws for the noise floor, 0 for none. All arrays are (n,); n may be 0, p may be 0 or 1.
    """
    labels, values = np.asarray(y, dtype=np.float64), np.clip(np.asarray(p, dtype=np.float64), 0, 1)
    weights = weights_of(weight, len(values))
    count = len(values)
    # In this form, since a sum that is not a number is not above 0 either.
    if not weights.sum() > 0:
        return Metrics(count, 0.0, 0.0)
    return Metrics(
        rows=count,
        households=float(weights.sum()),
        slips=float(weights @ labels),
        log_loss=mean_estimate(log_losses(labels, values), weights, groups, least=0.0),
        brier=mean_estimate(brier_scores(labels, values), weights, groups, least=0.0),
        base_rate_loss=base_rate_loss(labels, weights),
        d2=d2(labels, values, weights),
        auc=auc_estimate(labels, values, weights, groups),
        ece=ece(labels, values, weights),
        smece=smooth_calibration_error(labels, values, weights),
        noise_floor=noise_floor(values, weights, resamples=resamples, seed=seed) if resamples else None,
        in_the_large=in_the_large(labels, values, weights, groups),
        recalibration=recalibration(labels, values, weights, groups),
        explained_share=None if truth is None else explained_share(values, truth, weights),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if value is None or isinstance(value, int):
        return value
    return float(value) if np.isfinite(value) else None
