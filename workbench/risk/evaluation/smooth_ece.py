"""The smooth calibration error, smECE.

Source: Błasiok and Nakkiran, "Smooth ECE: principled reliability diagrams via kernel smoothing" (arXiv 2309.12236).
smECE_s is the integral over t in [0, 1] of |mean of (y - p) K_s(t, p)|, K_s a Gaussian kernel of width s reflected at 0
and 1; smECE is the one s at which smECE_s = s. In the cosine basis that kernel multiplies the k-th coefficient by
exp(-(s pi k)^2 / 2), so each width costs one short Fourier transform, however many rows there are.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.risk.evaluation.standard_errors import Floats, weights_of

_CELLS = 2**13
"""Cells of the grid on [0, 1]: far finer than the error that chance alone makes on ten million rows (about 0.001)."""
_HALVINGS = 30
_NEGLIGIBLE = 6.0
"""Cosine terms whose factor is below exp(-6^2 / 2) are left out."""


@dataclass(frozen=True)
class Grid:
    """Where each row lies between two points of the grid, and its share of the weight; made once, used for many labels."""

    cell: npt.NDArray[np.int64]
    part: Floats
    p: Floats
    share: Floats

    @classmethod
    def of(cls, p: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> "Grid":
        """The grid of probabilities, (n,), n at least 1."""
        inside = np.clip(np.asarray(p, dtype=np.float64), 0, 1)
        cell = np.minimum((inside * _CELLS).astype(np.int64), _CELLS - 1)
        weights = weights_of(weight, len(inside))
        return cls(cell, inside * _CELLS - cell, inside, weights / weights.sum())

    def error(self, y: npt.ArrayLike) -> float:
        """The error of the labels, (n,)."""
        return _fixed_point(self._coefficients(np.asarray(y, dtype=np.float64)))

    def _coefficients(self, y: Floats) -> Floats:
        """Sum over rows of share * (y - p) * cos(k pi p), for k from 0 to the number of cells."""
        residual = self.share * (y - self.p)
        upper = residual * self.part
        mass = np.bincount(self.cell, residual - upper, _CELLS + 1) + np.bincount(self.cell + 1, upper, _CELLS + 1)
        # Mirrored at both ends, as the reflecting kernel asks for: the cosine terms of that are one real transform.
        even = np.concatenate([mass, mass[-2:0:-1]])
        # The two ends stand once in the mirrored sequence, all else twice.
        even[[0, _CELLS]] *= 2
        return np.asarray(np.fft.rfft(even).real / 2, dtype=np.float64)


def smooth_calibration_error(y: npt.ArrayLike, p: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """The error of labels and probabilities, (n,), n at least 1."""
    return Grid.of(p, weight).error(y)


def _fixed_point(coefficients: Floats) -> float:
    """The width at which the smoothed error equals it; unique, since the error never grows with the width."""
    low, high = 1 / _CELLS, 1.0
    # The fixed point lies below the width of a cell, within which the grid tells nothing apart.
    if _smoothed(coefficients, low) <= low:
        return _smoothed(coefficients, low)
    for _ in range(_HALVINGS):
        # Halved on the scale of logarithms: the width may be anything between a hundredth of a per cent and all of it.
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if _smoothed(coefficients, middle) > middle else (low, middle)
    return high


def _smoothed(coefficients: Floats, width: float) -> float:
    """The integral of the absolute smoothed residual, by the trapezoid rule on as fine a grid as the width asks for."""
    terms = min(int(np.ceil(_NEGLIGIBLE / (np.pi * width))), _CELLS)
    points = 2 ** int(np.ceil(np.log2(8 * terms)))
    decay = np.exp(-((np.arange(terms + 1) * np.pi * width) ** 2) / 2)
    curve = np.abs(np.fft.irfft(coefficients[: terms + 1] * decay, 2 * points)[: points + 1] * 2 * points)
    return float((curve.sum() - (curve[0] + curve[-1]) / 2) / points)
