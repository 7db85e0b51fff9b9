"""Is there an excess of reported incomes just below or just above a ceiling, which a fixed public threshold invites?

Households in narrow bins of income around the ceiling are fitted without those near it: a smooth curve (a polynomial of
log counts), heaps at round figures, a step at the poverty line. What is near the ceiling beyond the fit is the excess. The same is done at
placebo ceilings, where nothing happens: only what stands out among them deserves a look.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from workbench.domain.rules.exact import as_written
from workbench.preview.index.build import Floats, PreviewIndex
from workbench.safeguards.plain_data import Json

TOO_FEW = 2000
_REACH = 80
# Of the ceiling, as a fraction: bins then end where they do on paper, and a round figure lies in its own bin.
_WIDTH = Fraction(5, 1000)
_WINDOW = 5
_PLACEBOS = tuple(share for step in range(10, 61, 5) for share in (-step, step))
"""Bins between the ceiling and each placebo: 5 % to 30 % to either side, in steps of 2.5 %."""
_ROUND = (100.0, 500.0, 1000.0)
_DEGREE = 4
_NOTABLE_Z = 3.0
_ITERATIONS = 60
_CONVERGED = 1e-8
_LARGEST_LOG = 15.0
CAVEATS = {
    "code": "preview.bunching-caveats",
    "zh": "只是值得一看的形态，不是任何一户作假的证据：整百、整千的习惯，政策口径的变化，别的门槛，都会造成类似的堆积；"
    "范围内不足 2,000 户时不作判断；应与门槛公布之前的期次对照，并按乡镇、按填表人查看。",
    "en": "A pattern worth a look, never evidence about any household: habits of rounding, a change of definitions or "
    "another threshold pile up incomes too; with fewer than 2,000 households in the range nothing is said. Compare with rounds "
    "before the threshold was known, and look by township and by who filled in the form.",
}


@dataclass(frozen=True)
class Excess:
    """Rows observed and expected in a window; `share`: excess over expected; `z`: excess in standard errors."""

    observed: int
    expected: float
    z: float

    @property
    def share(self) -> float | None:
        """The excess as a share of what was expected."""
        return (self.observed - self.expected) / self.expected if self.expected > 0 else None


@dataclass(frozen=True)
class Side:
    """One side of the ceiling; `rank`: the share of ceilings, the real one among them, whose z is at least as high."""

    excess: Excess
    rank: float
    notable: bool


@dataclass(frozen=True)
class Bunching:
    """Excess of rows just below and just above a ceiling (yuan); None where there are too few rows in the range."""

    ceiling: float
    rows: int
    below: Side | None
    above: Side | None

    def record(self) -> Json:
        """The key `bunching` of a preview."""
        span = float(_WIDTH) * self.ceiling
        return {
            "ceiling": self.ceiling,
            "range": [round(self.ceiling - _REACH * span, 2), round(self.ceiling + _REACH * span, 2)],
            "window": round(_WINDOW * span, 2),
            "rows": self.rows,
            "too_few": self.below is None,
            "below": _side_record(self.below),
            "above": _side_record(self.above),
            "caveats": CAVEATS,
        }


def _side_record(side: Side | None) -> Json | None:
    if side is None:
        return None
    return {
        "observed": side.excess.observed,
        "expected": round(side.excess.expected, 1),
        "excess_share": side.excess.share,
        "z": round(side.excess.z, 2),
        "rank": side.rank,
        "notable": side.notable,
    }


def bunching(index: PreviewIndex, ceiling: float, line: float) -> Bunching:
    """Look for bunching of tested incomes around a ceiling; both in yuan a person and year. Counts rows, not weights."""
    # As on paper: an income at the end of a bin lies in the bin above, as at the ceiling itself.
    edges = np.array([float(as_written(ceiling) * (1 + _WIDTH * bins)) for bins in range(-_REACH, _REACH + 1)])
    counts = _counts(index, edges)
    rows = int(counts.sum())
    if rows < TOO_FEW:
        return Bunching(ceiling, rows, None, None)
    columns = _columns(edges, line)
    real = _excesses(counts, columns, 0)
    away = floor(
        (as_written(line) / as_written(ceiling) - 1) / _WIDTH
    )  # a window over the line would show the line, not a placebo
    placebos = [_excesses(counts, columns, bins) for bins in _PLACEBOS if not -_WINDOW <= away - bins <= _WINDOW]
    below, above = (_side(real[side], [placebo[side] for placebo in placebos]) for side in (0, 1))
    return Bunching(ceiling, rows, below, above)


def _side(real: Excess, placebos: list[Excess]) -> Side:
    as_high = sum(placebo.z >= real.z for placebo in placebos)
    # High, and higher than at every placebo: a z that placebos reach too is how these incomes vary anywhere.
    return Side(real, (1 + as_high) / (1 + len(placebos)), real.z >= _NOTABLE_Z and as_high == 0)


def _counts(index: PreviewIndex, edges: Floats) -> Floats:
    counts = np.zeros(len(edges) - 1)
    for county in index.counties:
        counts += np.diff(np.searchsorted(index.income[county.start : county.known], edges))
    return counts


def _columns(edges: Floats, line: float) -> Floats:
    """What the log of counts is explained by, a row a bin: a polynomial, round figures in the bin, a step at the line."""
    position = np.linspace(-1, 1, len(edges) - 1)
    smooth = np.polynomial.legendre.legvander(position, _DEGREE)
    figures = [np.diff(np.ceil(edges / step)) for step in _ROUND]  # multiples in [edge, next edge)
    step = (edges[:-1] >= line).astype(np.float64)
    # A column without variation would be the polynomial's constant once more, and neither could be fitted.
    varying = [column for column in (*figures, step) if np.ptp(column) > 0]
    return np.column_stack([smooth, *varying])


def _excesses(counts: Floats, columns: Floats, bins: int) -> tuple[Excess, Excess]:
    """Just below and just above a ceiling so many bins from the real one, whose own window no fit reads."""
    at = _REACH + bins
    numbers = np.arange(len(counts))
    fitted_on = (np.abs(numbers + 0.5 - at) > _WINDOW) & (np.abs(numbers + 0.5 - _REACH) > _WINDOW)
    fit = _poisson_fit(counts[fitted_on], columns[fitted_on])
    below, above = (numbers >= at - _WINDOW) & (numbers < at), (numbers >= at) & (numbers < at + _WINDOW)
    return _excess(counts[below], columns[below], fit), _excess(counts[above], columns[above], fit)


@dataclass(frozen=True)
class _Fit:
    """Log-linear Poisson fit: `dispersion` (at least 1) is by how much counts vary more than Poisson ones."""

    coefficients: Floats
    covariance: Floats
    dispersion: float

    def means(self, columns: Floats) -> Floats:
        return np.exp(np.clip(columns @ self.coefficients, -_LARGEST_LOG, _LARGEST_LOG))


def _poisson_fit(counts: Floats, columns: Floats) -> _Fit:
    """Iteratively reweighted least squares. Where every income is a round figure other bins are empty: hence the bounds."""
    # The half keeps the log of an empty bin finite.
    linear = np.log(counts + 0.5)
    coefficients = np.zeros(columns.shape[1])
    for _ in range(_ITERATIONS):
        means = np.exp(np.clip(linear, -_LARGEST_LOG, _LARGEST_LOG))
        root = np.sqrt(means)[:, None]
        working = linear + (counts - means) / means
        before, coefficients = coefficients, np.linalg.lstsq(columns * root, working * root[:, 0], rcond=None)[0]
        linear = np.clip(columns @ coefficients, -_LARGEST_LOG, _LARGEST_LOG)
        if np.abs(coefficients - before).max() < _CONVERGED:
            break
    means = np.exp(linear)
    pearson = float((((counts - means) ** 2) / means).sum()) / max(len(counts) - columns.shape[1], 1)
    dispersion = max(pearson, 1.0)
    information = (columns * means[:, None]).T @ columns
    return _Fit(coefficients, dispersion * np.linalg.pinv(information), dispersion)


def _excess(counts: Floats, columns: Floats, fit: _Fit) -> Excess:
    """Observed against expected; the variance is that of counting and that of the fit."""
    means = fit.means(columns)
    gradient = means @ columns
    expected, observed = float(means.sum()), int(counts.sum())
    variance = fit.dispersion * expected + float(gradient @ fit.covariance @ gradient)
    return Excess(observed, expected, (observed - expected) / max(variance, 1.0) ** 0.5)
