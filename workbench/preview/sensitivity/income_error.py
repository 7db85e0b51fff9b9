"""How many households would be in if incomes were measured again: what an error of reported incomes does to the counts.

The error model, stated and settable: the logarithm of an income as measured is that of the true one plus a normal
error of standard deviation `sd`, independent from one measurement to the next. A reported income that is far from the
county's mean is more often far by error, so the true one is taken to lie nearer to it (empirical Bayes): with m and v
the mean and variance of reported log incomes of the county's unregistered households, and reliability
r = 1 - sd² / v (not below 0), the true log income given a reported y is normal with mean m + r (y - m) and variance
r sd², and another measurement normal with the same mean and variance (1 + r) sd².

Only the tested income moves: groups, exclusions, expenditure and the drop of income stay as recorded. A household
whose tested income is not known, or not above zero, keeps its status.
"""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np

from workbench.domain.rules.edge import EdgeLimits
from workbench.errors import InputError, Words
from workbench.preview.counts.membership import full_mask, inside_by_band
from workbench.preview.index.build import Bools, CountySlice, Floats, PreviewIndex
from workbench.safeguards.plain_data import Json

LEVEL = 0.9
# Standard deviations: farther away, fewer than one measurement in a million comes over the bound.
_REACH = 5.0
_LARGEST_SD = 1.0
MODEL_TEXT = {
    "code": "preview.income-error-model",
    "zh": "假定：每测一次，收入按这一比例偏高或偏低，各次互不相干；离本县平均越远的收入，越可能是测偏了的，所以再测一遍"
    "多半会靠近平均一些。只有收入会变，群体、比对、支出和上年收入按已记录的。",
    "en": "Assumed: each time an income is measured it comes out too high or too low by about this share, independently; "
    "the farther an income lies from the county's average, the likelier it is that it was mismeasured, so that measured "
    "again it would mostly lie a little nearer. Only the tested income moves; groups, cross-checks, expenditure and last "
    "round's income stay as recorded.",
}


@dataclass(frozen=True)
class Remeasured:
    """Households expected if incomes were measured again; `variance` (households²) of those in and below the line."""

    sd: float
    inside_now: float
    inside: float
    inside_variance: float
    stays: float
    below: float
    below_variance: float
    reliability: dict[str, float]

    def record(self) -> Json:
        """The key `remeasured` of a preview; intervals at LEVEL, of a sum of independent chances."""
        return {
            "sd": self.sd,
            "level": LEVEL,
            "in": {"expected": self.inside, "interval": _interval(self.inside, self.inside_variance)},
            "below_line": {"expected": self.below, "interval": _interval(self.below, self.below_variance)},
            "newly_in": self.inside - self.stays,
            "leaving": self.inside_now - self.stays,
            "in_again_share": self.stays / self.inside_now if self.inside_now else None,
            "reliability": {code: round(value, 4) for code, value in self.reliability.items()},
            "model": MODEL_TEXT,
        }


def _interval(expected: float, variance: float) -> list[float]:
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * variance**0.5
    return [max(expected - reach, 0.0), expected + reach]


def check_error(sd: float) -> float:
    """A standard deviation of the error of log income, if it can be one."""
    if not 0 < sd <= _LARGEST_SD:
        raise InputError(
            Words(
                f"收入误差（--income-error）{sd}：应大于 0、不超过 {_LARGEST_SD:g}，例如 0.1",
                f"income error (--income-error) {sd}: a log standard deviation above 0 and at most {_LARGEST_SD:g}, e.g. 0.1",
                code="preview.income-error-income-error",
            )
        )
    return sd


def remeasured(index: PreviewIndex, limits: EdgeLimits, sd: float) -> Remeasured:
    """What a standard would bring in if the tested incomes were measured again with an error of `sd` (log)."""
    now = full_mask(index, limits)
    sums = np.zeros(6)
    reliability = {}
    for county in index.counties:
        error = _error_model(index, county, sd)
        reliability[county.code] = error.reliability
        sums += _county_sums(index, limits, county, error, now)
    inside_now, inside, inside_variance, stays, below, below_variance = (float(value) for value in sums)
    return Remeasured(sd, inside_now, inside, inside_variance, stays, below, below_variance, reliability)


@dataclass(frozen=True)
class _ErrorModel:
    """Another measurement given a reported log income: its mean moves with the reported one, its `spread` is the same."""

    centre: float
    reliability: float
    spread: float

    def mean(self, log_income: Floats) -> Floats:
        return self.centre + self.reliability * (log_income - self.centre)


def _error_model(index: PreviewIndex, county: CountySlice, sd: float) -> _ErrorModel:
    first = _first_positive(index, county)
    logs = np.log(index.income[first : county.known])
    weight = np.ones(len(logs)) if index.weight is None else index.weight[first : county.known]
    if weight.sum() <= 0:
        # Nobody to learn from: reported incomes are taken as they stand (r = 1).
        return _ErrorModel(0.0, 1.0, sd * 2**0.5)
    centre = float(np.average(logs, weights=weight))
    variance = float(np.average((logs - centre) ** 2, weights=weight))
    reliability = max(0.0, 1 - sd**2 / variance) if variance > 0 else 0.0
    return _ErrorModel(centre, reliability, sd * (1 + reliability) ** 0.5)


def _first_positive(index: PreviewIndex, county: CountySlice) -> int:
    return county.start + int(np.searchsorted(index.income[county.start : county.known], 0.0, side="right"))


def _county_sums(
    index: PreviewIndex, limits: EdgeLimits, county: CountySlice, error: _ErrorModel, now: Bools
) -> Floats:
    """Sum over a county: households in now; in again, and its variance; in both; below the line again, and its variance."""
    start, stop = _affected(index, limits, county, error)
    mean = error.mean(np.log(index.income[start:stop]))
    weight = np.ones(stop - start) if index.weight is None else index.weight[start:stop]
    inside = np.zeros(stop - start)
    for low, high, if_there in inside_by_band(index, limits, county, start, stop):
        inside += if_there * (_below(high, mean, error) - _below(low, mean, error))
    below = _below(limits.line, mean, error)
    inside_now = now[start:stop]
    # Those without a positive income too: they have no logarithm, and keep their status.
    surely_below = index.weigh(county.start, start)
    return np.array(
        [
            weight @ inside_now, weight @ inside, weight**2 @ (inside * (1 - inside)), weight @ (inside * inside_now),
            weight @ below + surely_below, weight**2 @ (below * (1 - below)),
        ]
    )  # fmt: skip


def _affected(index: PreviewIndex, limits: EdgeLimits, county: CountySlice, error: _ErrorModel) -> tuple[int, int]:
    """The rows that may change: those in the bands, and all whose new measurement may come within reach of them."""
    first = _first_positive(index, county)
    incomes = index.income[first : county.known]
    highest = max(limits.ceiling, *limits.group_ceilings.values(), limits.rigid_ceiling, limits.drop_ceiling)
    means = error.mean(np.log(incomes))  # ascending, as incomes are
    margin = _REACH * error.spread
    start = min(np.searchsorted(incomes, limits.line), np.searchsorted(means, np.log(limits.line) - margin))
    stop = max(np.searchsorted(incomes, highest), np.searchsorted(means, np.log(highest) + margin, side="right"))
    return first + int(start), first + int(stop)


def _below(income: float, mean: Floats, error: _ErrorModel) -> Floats:
    """The probability that another measurement lies below an income."""
    at, chance = _normal()
    values: Floats = np.interp((np.log(income) - mean) / error.spread, at, chance, left=0.0, right=1.0)
    return values


@cache
def _normal() -> tuple[Floats, Floats]:
    """The standard normal distribution function on a grid so fine that straight lines between are right to 1e-6."""
    at = np.linspace(-8, 8, 4001)
    return at, np.array([NormalDist().cdf(float(value)) for value in at])
