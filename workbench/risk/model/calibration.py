"""Calibration: a straight line through out-of-fold logits, and small shifts of counties shrunk towards the city.

Tiers, kinds and townships have shifts of their own only where those of earlier rounds would have paid in later ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from workbench.risk.model.glass_box import Floats
from workbench.risk.model.peers import standings
from workbench.risk.model.place_variances import components, county_rounds, with_ratios

_SLOPE_PRIOR = 0.15
"""Standard deviation of the slope around 1: a log-loss fit is calibrated already where there is little to learn from."""
_INTERCEPT_PRIOR = 1.0
_STEPS = 50
_PARAMETERS = 2
"""Parameters of a line: intercept and slope."""
_SURE = 2.0
"""Standard errors that shifts of tiers or townships must gain, as other shares of the learners must (`mixture`)."""


@dataclass(frozen=True)
class Calibration:
    """calibrated logit = intercept + slope × logit + shifts of its county, standing and township (0 for one never seen).

    `standings`: by tier or kind; `townships`: by county and township, "341524|某乡"; empty where they did not pay.
    """

    intercept: float
    slope: float
    counties: dict[str, float]
    standings: dict[str, float] = field(default_factory=dict)
    townships: dict[str, float] = field(default_factory=dict)

    def apply(self, logit: Floats, frame: pl.DataFrame) -> Floats:
        """The calibrated logit (rows,) of household-rounds."""
        return self.intercept + self.slope * logit + self.place_shifts(frame) + self.standing_shifts(frame)

    def place_shifts(self, frame: pl.DataFrame) -> Floats:
        """The shift of each row's county and township (rows,)."""
        shifts = _looked_up(frame["county_code"], self.counties)
        return shifts + _looked_up(townships(frame), self.townships) if self.townships else shifts

    def standing_shifts(self, frame: pl.DataFrame) -> Floats:
        """The shift of each row's tier, or of its kind where it has none (rows,)."""
        return _looked_up(standings(frame), self.standings) if self.standings else np.zeros(len(frame))


def _looked_up(keys: pl.Series, shifts: Mapping[str, float]) -> Floats:
    known = keys.cast(pl.String).replace_strict(dict(shifts), default=0.0, return_dtype=pl.Float64)
    values: Floats = known.fill_null(0).to_numpy()
    return values


def townships(frame: pl.DataFrame) -> pl.Series:
    """Return county and township of each row in one text, as two counties may use the same name; null where it is not given."""
    return frame.select(pl.format("{}|{}", "county_code", "township")).to_series()


def calibrate(logit: Floats, slips: Floats, frame: pl.DataFrame) -> Calibration:
    """Calibrate logits of fits that have not seen the household: Platt's line, then what places and tiers keep above or below it.

    A line that fits no better than its two parameters do by chance (Akaike's criterion) is none: the learners minimise
    log loss, and a line that is not needed harms (docs/risk-study.md). `frame`: the household-rounds, with `start`.
    """
    intercept, slope = _line(logit, slips)
    if _gain(logit, intercept + slope * logit, slips) < _PARAMETERS:
        intercept, slope = 0.0, 1.0
    line = intercept + slope * logit
    counties = _shrunken(sigmoid(line), slips, frame["county_code"], frame["start"])
    level = line + _looked_up(frame["county_code"], counties)
    layers: dict[str, dict[str, float]] = {}
    for name, cells in _layers(frame):
        layers[name] = shifts = _paying(level, slips, cells, frame["start"])
        level = level + _looked_up(cells, shifts) if shifts else level
    return Calibration(intercept, slope, counties, **layers)


def _layers(frame: pl.DataFrame) -> Iterator[tuple[str, pl.Series]]:
    """What else may keep above or below: by tier or kind first, then the townships on what is left."""
    if {"kind", "state"} <= set(frame.columns):
        yield "standings", standings(frame)
    if "township" in frame.columns:
        yield "townships", townships(frame)


def _paying(logit: Floats, slips: Floats, cells: pl.Series, start: pl.Series) -> dict[str, float]:
    """Shifts of cells, if those of earlier rounds would have lowered the loss of later ones by two standard errors; else none."""
    gains = []
    for later in start.unique().sort()[2:]:
        before, now = (start < later).to_numpy(), (start == later).to_numpy()
        # In order of time: what lasts is what was there before.
        shifts = _shrunken(sigmoid(logit[before]), slips[before], cells.filter(pl.Series(before)), start.filter(pl.Series(before)))  # fmt: skip
        shifted = logit[now] + _looked_up(cells.filter(pl.Series(now)), shifts)
        gains.append(_losses(logit[now], slips[now]) - _losses(shifted, slips[now]))
    gain = np.concatenate(gains) if gains else np.zeros(1)
    if gain.mean() <= _SURE * gain.std() / np.sqrt(len(gain)):
        return {}
    return _shrunken(sigmoid(logit), slips, cells, start)


def _losses(logit: Floats, slips: Floats) -> Floats:
    return np.asarray(np.logaddexp(0, logit) - slips * logit)


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
    """Return by how much the log likelihood of one logit exceeds that of another."""
    return float((slips * (after - before) - np.logaddexp(0, after) + np.logaddexp(0, before)).sum())


def _shrunken(p: Floats, slips: Floats, county: pl.Series, start: pl.Series) -> dict[str, float]:
    """Empirical Bayes: the log of slips over expected slips, shrunk so that only what recurs from round to round counts."""
    cells = with_ratios(county_rounds(p, slips, np.ones(len(p)), county, start))
    lasting, passing = components(cells)
    by_county = {}
    for (code,), rounds in cells.group_by("county", maintain_order=True):
        spread = (float(rounds["noise"].to_numpy().mean()) + passing) / len(rounds)
        shrunk = lasting / (lasting + spread) if lasting > 0 else 0.0
        mean = float(np.average(rounds["ratio"], weights=rounds["precision"]))
        # No place below a tenth of what is expected: of a ratio of nothing there is no logarithm.
        by_county[str(code)] = float(np.log1p(max(shrunk * mean, -0.9)))
    return by_county
