"""Calibration: a straight line through out-of-fold logits, and small shifts of counties shrunk towards the city."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.risk.model.glass_box import Floats
from workbench.risk.model.place_variances import components, county_rounds, with_ratios

_SLOPE_PRIOR = 0.15
"""Standard deviation of the slope around 1: a log-loss fit is calibrated already where there is little to learn from."""
_INTERCEPT_PRIOR = 1.0
_STEPS = 50
_PARAMETERS = 2
"""Of a line."""


@dataclass(frozen=True)
class Calibration:
    """calibrated logit = intercept + slope × logit + shift of the county (0 for one not seen in training)."""

    intercept: float
    slope: float
    counties: dict[str, float]

    def apply(self, logit: Floats, county: Sequence[str] | pl.Series) -> Floats:
        """The calibrated logit (rows,)."""
        return self.intercept + self.slope * logit + self.shifts(county)

    def shifts(self, county: Sequence[str] | pl.Series) -> Floats:
        """The shift of each row's county (rows,)."""
        codes = pl.Series(county, dtype=pl.String)
        values: Floats = (
            codes.replace_strict(self.counties, default=0.0, return_dtype=pl.Float64).fill_null(0).to_numpy()
        )
        return values


def calibrate(logit: Floats, slips: Floats, county: pl.Series, start: pl.Series) -> Calibration:
    """From logits of fits that have not seen the household: Platt's line, then what counties keep above or below it.

    A line that fits no better than its two parameters do by chance (Akaike's criterion) is none: the learners minimise
    log loss, and a line that is not needed harms (docs/risk-study.md).
    """
    intercept, slope = _line(logit, slips)
    if _gain(logit, intercept + slope * logit, slips) < _PARAMETERS:
        intercept, slope = 0.0, 1.0
    p = sigmoid(intercept + slope * logit)
    return Calibration(intercept, slope, _county_shifts(p, slips, county, start))


def sigmoid(logit: Floats) -> Floats:
    """1 / (1 + exp(-logit))."""
    # Beyond 500 the result is 0 or 1 in double precision anyway, and exp would overflow with a warning.
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logit, -500, 500))))


def _line(logit: Floats, slips: Floats) -> tuple[float, float]:
    """Maximum a posteriori of (intercept, slope), by Newton's method."""
    beta, rows = np.array([0.0, 1.0]), np.column_stack([np.ones_like(logit), logit])
    prior = np.array([_INTERCEPT_PRIOR, _SLOPE_PRIOR]) ** -2
    for _ in range(_STEPS):
        p = sigmoid(rows @ beta)
        gradient = rows.T @ (slips - p) - prior * (beta - [0.0, 1.0])
        curvature = (rows * (p * (1 - p))[:, None]).T @ rows + np.diag(prior)
        # The prior keeps the matrix regular where all slips lie on one side, and the estimate finite.
        step = np.linalg.solve(curvature, gradient)
        # Newton's full step can leap past the maximum where probabilities are near 0 or 1.
        beta = beta + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:  # noqa: PLR2004 - converged
            break
    return float(beta[0]), float(beta[1])


def _gain(before: Floats, after: Floats, slips: Floats) -> float:
    """By how much the log likelihood of one logit exceeds that of another."""
    return float((slips * (after - before) - np.logaddexp(0, after) + np.logaddexp(0, before)).sum())


def _county_shifts(p: Floats, slips: Floats, county: pl.Series, start: pl.Series) -> dict[str, float]:
    """Empirical Bayes: log of the shrunken ratio of slips to expected, what agrees between rounds counting, chance not."""
    cells = with_ratios(county_rounds(p, slips, np.ones(len(p)), county, start))
    lasting, passing = components(cells)
    by_county = {}
    for (code,), rounds in cells.group_by("county", maintain_order=True):
        spread = (float(rounds["noise"].to_numpy().mean()) + passing) / len(rounds)
        shrunk = lasting / (lasting + spread) if lasting > 0 else 0.0
        mean = float(np.average(rounds["ratio"], weights=rounds["precision"]))
        # No county below a tenth of what is expected: of a ratio of nothing there is no logarithm.
        by_county[str(code)] = float(np.log1p(max(shrunk * mean, -0.9)))
    return by_county
