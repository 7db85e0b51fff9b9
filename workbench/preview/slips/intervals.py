"""Intervals of the number of slips that will happen, and of the share of it that a standard catches.

What is expected is a sum of probabilities; what happens strays from it by chance (every household slips or not), and
because whole rounds, counties and parts of counties turn out better or worse together (`scores.Overdispersion`, relative
standard deviations measured in past rounds). With few past rounds that dispersion is itself uncertain: then the
quantile is Student's.
"""

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np

from workbench.errors import Words
from workbench.preview.index.build import Floats
from workbench.store.scores import Overdispersion

_FEWEST_DEGREES = 3
_MOST_DEGREES = 1000
_STEPS = 80
Interval = tuple[float, float]
_TENTHS = "一二三四五六七八九"


def level_words(level: float) -> Words:
    """The level of an interval as it is said: 九成, 90%; in tenths where it is so many, so that pages and papers say it alike."""
    tenths = round(10 * level)
    whole = math.isclose(10 * level, tenths) and 0 < tenths <= len(_TENTHS)
    return Words(f"{_TENTHS[tenths - 1]}成" if whole else f"{level:.0%}", f"{level:.0%}")


@dataclass(frozen=True)
class Moments:
    """Slips of a set of households, arrays of one value a county: how many are `expected`, the `variance` by chance."""

    expected: Floats
    variance: Floats

    def __add__(self, other: "Moments") -> "Moments":
        """The moments of both sets together, which share no household."""
        return Moments(self.expected + other.expected, self.variance + other.variance)

    def __sub__(self, other: "Moments") -> "Moments":
        """The moments of the households that remain when others, all of them in this set, are taken out."""
        return Moments(self.expected - other.expected, np.maximum(self.variance - other.variance, 0.0))


def number_interval(inside: Moments, most: float, dispersion: Overdispersion, level: float) -> Interval:
    """The interval in which the number of slips of the set `inside` lies with probability `level`; it has `most` households.

    Variance: chance + per county (county² + part²) expected² + (city * all expected)².
    """
    expected = float(inside.expected.sum())
    together = (dispersion.county**2 + dispersion.part**2) * float(inside.expected @ inside.expected)
    variance = float(inside.variance.sum()) + together + (dispersion.city * expected) ** 2
    return _around(expected, variance, most, dispersion, level)


def share_interval(inside: Moments, others: Moments, dispersion: Overdispersion, level: float) -> Interval | None:
    """The interval of the share of all slips that those `inside` will have, `others` being the rest; None if none are expected.

    By the delta method. What moves the whole city moves both parts alike and leaves the share; what moves a county
    moves it only as far as the county's share differs from the city's; what moves a part moves it.
    """
    caught, missed = float(inside.expected.sum()), float(others.expected.sum())
    total = caught + missed
    if total <= 0:
        return None
    share = caught / total
    gain, loss = (1 - share) * inside.expected, share * others.expected
    chance = (1 - share) ** 2 * float(inside.variance.sum()) + share**2 * float(others.variance.sum())
    by_county = dispersion.county**2 * float(((gain - loss) ** 2).sum())
    by_part = dispersion.part**2 * float((gain**2 + loss**2).sum())
    return _around(share, (chance + by_county + by_part) / total**2, 1.0, dispersion, level)


def difference_interval(gained: Moments, lost: Moments, dispersion: Overdispersion, level: float) -> Interval:
    """The interval of how many slips more one standard will catch than another, with probability `level`.

    `gained`: of the households in under the one only; `lost`: in under the other only. Whoever is in under both, or
    neither, makes no difference: only what sets the two apart strays.
    """
    more = gained.expected - lost.expected
    chance = float(gained.variance.sum() + lost.variance.sum())
    by_county = dispersion.county**2 * float(more @ more)
    # Parts stray each for itself: what is gained and what is lost do not cancel here, as within a county they do.
    by_part = dispersion.part**2 * float(gained.expected @ gained.expected + lost.expected @ lost.expected)
    by_city = (dispersion.city * float(more.sum())) ** 2
    reach = math.sqrt(chance + by_county + by_part + by_city) * quantile(level, dispersion.county_rounds)
    return float(more.sum()) - reach, float(more.sum()) + reach


def _around(centre: float, variance: float, most: float, dispersion: Overdispersion, level: float) -> Interval:
    reach = math.sqrt(variance) * quantile(level, dispersion.county_rounds)
    # Not below nothing, not above all there are; and what is expected always lies inside.
    return max(centre - reach, 0.0), max(min(centre + reach, most), centre)


def quantile(level: float, county_rounds: int) -> float:
    """How many standard deviations to either side hold a share `level` of outcomes.

    Of Student's t with `county_rounds` - 1 degrees of freedom, at least 3; of the normal where nothing was measured.
    """
    if county_rounds <= 0:
        return NormalDist().inv_cdf((1 + level) / 2)
    return student_quantile(level, max(county_rounds - 1, _FEWEST_DEGREES))


@cache
def student_quantile(level: float, degrees: int) -> float:
    """The t below which |T| stays with probability `level`, T of Student's distribution; by bisection."""
    if degrees > _MOST_DEGREES:  # where the two agree to three digits
        return NormalDist().inv_cdf((1 + level) / 2)
    # By the angle: t itself has no upper end to begin from.
    low, high = 0.0, math.pi / 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _student_within(middle, degrees) < level else (low, middle)
    return math.sqrt(degrees) * math.tan(low)


def _student_within(angle: float, degrees: int) -> float:
    """P(|T| < sqrt(degrees) * tan(angle)) for whole degrees of freedom (Abramowitz & Stegun 26.7.3, 26.7.4)."""
    cosine, sine = math.cos(angle), math.sin(angle)
    if degrees % 2:
        term, series = cosine, cosine if degrees > 1 else 0.0
        for k in range(3, degrees - 1, 2):
            term *= cosine * cosine * (k - 1) / k
            series += term
        return 2 / math.pi * (angle + sine * series)
    term = series = 1.0
    for k in range(2, degrees, 2):
        term *= cosine * cosine * (k - 1) / k
        series += term
    return sine * series
