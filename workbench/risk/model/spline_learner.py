"""The smooth learner: a penalised logistic regression on splines and their tensor products, as tables of a glass box.

Where risk is smooth and rows are few, boosting leaves steps that splines do not. A feature counts by its bins alone, each at
the mean of its values: so the tables are the model itself and not a likeness of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.risk.model.glass_box import Codes, Floats, GlassBox, Term, bin_codes

_BINS, _FEW = 64, 8
_KNOTS = np.array([0.002, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.998])
_PAIR_KNOTS, _PAIR_FEW = np.array([0.01, 0.2, 0.5, 0.8, 0.99]), 5
_PAIR_PENALTY = 3.0
"""Of a coefficient of a tensor product, against one of a curve."""
_CURVATURE_ROWS, _CHUNK = 60_000, 8_192
"""Rows that tell the curvature of the loss well enough; its slope is always that of all rows, so where it ends is exact."""
_STEPS, _ENOUGH = 12, 1e-5
_FARTHEST = 3.0
"""How far a coefficient moves in a step: Newton's full step leaps past the minimum where probabilities are near 0 or 1."""


@dataclass(frozen=True)
class _Curve:
    """A curve or a tensor product: `codes` (rows,) into its flat table, `basis` (entries, columns) of mean 0 over the rows."""

    features: tuple[int, ...]
    cuts: tuple[Floats, ...]
    codes: Codes
    basis: Floats
    penalty: float

    def sums(self, residuals: Floats) -> Floats:
        """The slope of the likelihood, (columns,)."""
        return np.asarray(self.basis.T @ np.bincount(self.codes, residuals, minlength=len(self.basis)))


@dataclass(frozen=True)
class _Axis:
    """A feature in bins: `mean` of its values in each (bins,), bin 0 for missing values."""

    cuts: Floats
    codes: Codes
    mean: Floats
    values: Floats

    @classmethod
    def of(cls, values: Floats) -> "_Axis":
        known = values[~np.isnan(values)]
        distinct = np.unique(known)
        if len(distinct) <= _BINS:
            # Between the values, so that each of few values has a bin of its own.
            cuts = (distinct[1:] + distinct[:-1]) / 2
        else:
            cuts = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1]))
        codes = bin_codes(values, cuts)
        count = np.bincount(codes, minlength=len(cuts) + 2)
        total = np.bincount(codes, np.nan_to_num(values), minlength=len(cuts) + 2)
        return cls(cuts, codes, total / np.maximum(count, 1), known)

    def basis(self, knots: Floats, few: int) -> Floats:
        """The splines at each bin, (bins, splines); an indicator a bin where there are few. Missing values have none."""
        from sklearn.preprocessing import SplineTransformer  # noqa: PLC0415 - heavy: only training needs it

        places = np.unique(np.quantile(self.values, knots)) if len(self.values) else np.empty(0)
        if len(self.mean) - 1 <= few or len(places) < 3:  # noqa: PLR2004 - fewer make no spline
            return np.eye(len(self.mean))[:, 1:]
        splines = SplineTransformer(knots=places[:, None], extrapolation="linear").fit(places[:, None])
        return np.vstack([np.zeros(splines.n_features_out_), splines.transform(self.mean[1:, None])])


def fit_splines(
    values: Floats, slips: Floats, folds: npt.NDArray[np.int64], pairs: Iterable[Sequence[int]], bags: int,
    penalties: Sequence[float],
) -> GlassBox:  # fmt: skip
    """Curves of every feature and tensor products of `pairs`; each bag leaves out the households of a fold.

    Of `penalties` the one of least log loss of the households left out.
    """
    curves = _curves(values, pairs)
    return min((_fitted(curves, slips, folds, bags, penalty) for penalty in penalties), key=lambda fit: fit[0])[1]


def _fitted(
    curves: Sequence[_Curve], slips: Floats, folds: npt.NDArray[np.int64], bags: int, penalty: float
) -> tuple[float, GlassBox]:
    """The log loss of the households left out, and the fit."""
    from scipy.linalg import lu_factor  # noqa: PLC0415 - heavy: only training needs it

    strength = np.concatenate([[1e-6], *(np.full(c.basis.shape[1], penalty * c.penalty) for c in curves)])
    whole, curvature = _newton(curves, slips, strength)
    share = 1 - 1 / bags
    # Fewer rows, but the same penalty: it is part of `curvature` and does not shrink with the rows.
    # Factored once: it is the same for every step of every bag, and to factor it takes most of what a step takes.
    inside = lu_factor(share * curvature + (1 - share) * np.diag(strength))
    fits = [_descend(curves, slips, strength, whole, inside, folds != bag) for bag in range(bags)]
    unseen = np.choose(folds, [_chances(curves, fit) for fit in fits])
    return -float(np.log(np.where(slips > 0, unseen, 1 - unseen)).mean()), _box(curves, np.array(fits))


def _curves(values: Floats, pairs: Iterable[Sequence[int]]) -> list[_Curve]:
    axes = [_Axis.of(column) for column in values.T]
    curves = []
    for position, axis in enumerate(axes):
        missing = np.eye(len(axis.mean))[:, :1]
        basis = np.hstack([axis.basis(_KNOTS, _FEW), missing])
        curves.append(_centred((position,), (axis.cuts,), axis.codes, basis, 1.0))
    for first, second in pairs:
        one, other = axes[first], axes[second]
        first_basis, other_basis = one.basis(_PAIR_KNOTS, _PAIR_FEW), other.basis(_PAIR_KNOTS, _PAIR_FEW)
        basis = np.einsum("ak,bl->abkl", first_basis, other_basis).reshape(len(first_basis) * len(other_basis), -1)
        codes = one.codes * len(other_basis) + other.codes
        curves.append(_centred((first, second), (one.cuts, other.cuts), codes, basis, _PAIR_PENALTY))
    return curves


def _centred(
    features: tuple[int, ...], cuts: tuple[Floats, ...], codes: Codes, basis: Floats, penalty: float
) -> _Curve:
    # Of mean 0 over the rows: else curves and intercept could trade a constant without any change of the fit.
    share = np.bincount(codes, minlength=len(basis)) / len(codes)
    return _Curve(features, cuts, codes, basis - share @ basis, penalty)


def _parts(curves: Sequence[_Curve], coefficients: Floats) -> list[Floats]:
    ends = np.cumsum([1, *(curve.basis.shape[1] for curve in curves)])
    return [curve.basis @ coefficients[end - curve.basis.shape[1] : end] for curve, end in zip(curves, ends[1:], strict=True)]  # fmt: skip


def _chances(curves: Sequence[_Curve], coefficients: Floats) -> Floats:
    logit = np.full(len(curves[0].codes), coefficients[0])
    for curve, table in zip(curves, _parts(curves, coefficients), strict=True):
        logit += table.take(curve.codes)
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -500, 500))))


def _newton(curves: Sequence[_Curve], slips: Floats, strength: Floats) -> tuple[Floats, Floats]:
    """The coefficients (intercept first) fitted to all rows, and the curvature there."""
    coefficients = np.zeros(len(strength))
    rate = slips.mean()
    coefficients[0] = np.log(rate / (1 - rate))
    for _ in range(_STEPS):
        chances = _chances(curves, coefficients)
        curvature = _curvature(curves, chances) + np.diag(strength)
        step = _bounded(
            np.asarray(np.linalg.solve(curvature, _slope(curves, slips - chances, strength * coefficients)))
        )
        coefficients = coefficients + step
        if np.abs(step).max() < 0.05:  # noqa: PLR2004 - near enough that the curvature changes no more
            break
    return coefficients, curvature


def _descend(
    curves: Sequence[_Curve], slips: Floats, strength: Floats, start: Floats, curvature: tuple[Floats, Codes],
    inside: npt.NDArray[np.bool_],
) -> Floats:  # fmt: skip
    """The coefficients fitted to the rows `inside`, from those of all rows; what is left of the start is below `_ENOUGH`.

    `curvature`: factored (`lu_factor`).
    """
    from scipy.linalg import lu_solve  # noqa: PLC0415 - heavy: only training needs it

    coefficients = start
    for _ in range(3 * _STEPS):
        residuals = np.where(inside, slips - _chances(curves, coefficients), 0.0)
        step = _bounded(np.asarray(lu_solve(curvature, _slope(curves, residuals, strength * coefficients))))
        coefficients = coefficients + step
        if np.abs(step).max() < _ENOUGH:
            break
    return coefficients


def _slope(curves: Sequence[_Curve], residuals: Floats, pull: Floats) -> Floats:
    return np.concatenate([[residuals.sum()], *(curve.sums(residuals) for curve in curves)]) - pull


def _bounded(step: Floats) -> Floats:
    return np.asarray(step * min(1.0, _FARTHEST / max(float(np.abs(step).max()), 1e-12)))


def _curvature(curves: Sequence[_Curve], chances: Floats) -> Floats:
    every = max(len(chances) // _CURVATURE_ROWS, 1)
    # Every so many rows, not the first ones: they stand round after round.
    rows = np.arange(0, len(chances), every)
    size = 1 + sum(curve.basis.shape[1] for curve in curves)
    total = np.zeros((size, size))
    for start in range(0, len(rows), _CHUNK):
        chosen = rows[start : start + _CHUNK]
        weight = np.sqrt(chances[chosen] * (1 - chances[chosen]))[:, None]
        matrix = np.hstack([np.ones_like(weight), *(curve.basis.take(curve.codes[chosen], axis=0) for curve in curves)])
        # Single precision: steps are corrected by slopes in double precision, and products take half the time.
        weighted = (matrix * weight).astype(np.float32)
        total += weighted.T @ weighted
    return total * (len(chances) / len(rows))


def _box(curves: Sequence[_Curve], fits: Floats) -> GlassBox:
    tables = [_parts(curves, fit) for fit in fits]
    terms = []
    for at, curve in enumerate(curves):
        shape = tuple(len(cuts) + 2 for cuts in curve.cuts)
        by_bag = np.array([tables[bag][at].reshape(shape) for bag in range(len(fits))], np.float32)
        terms.append(Term(curve.features, curve.cuts, by_bag))
    return GlassBox(fits[:, 0], tuple(terms))
