"""The base rate after scoring: whether as many slipped as was expected, once the next round tells."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.errors import Words
from workbench.risk.evaluation.standard_errors import two_sided

LEAST_ROWS = 5.0
"""Fewer slipping rows expected say nothing: expected² / variance by chance counts them whatever they weigh."""
UNUSUAL, FAR = 0.90, 0.99
"""Shares of rounds that lie inside the two ranges if nothing but chance and the usual swings is at work."""

_WORDS = {
    (1, False): Words(
        "预计 {expected:,.0f} 户风险变差，实际 {observed:,.0f} 户，超出往常的波动",
        "{expected:,.0f} households were expected to slip, {observed:,.0f} did: more than the usual swings explain",
    ),
    (1, True): Words(
        "预计 {expected:,.0f} 户风险变差，实际 {observed:,.0f} 户，远超往常的波动",
        "{expected:,.0f} households were expected to slip, {observed:,.0f} did: far more than the usual swings explain",
    ),
    (-1, False): Words(
        "预计 {expected:,.0f} 户风险变差，实际 {observed:,.0f} 户，少于往常的波动所及",
        "{expected:,.0f} households were expected to slip, {observed:,.0f} did: fewer than the usual swings explain",
    ),
    (-1, True): Words(
        "预计 {expected:,.0f} 户风险变差，实际 {observed:,.0f} 户，远少于往常的波动所及",
        "{expected:,.0f} households were expected to slip, {observed:,.0f} did: far fewer than the usual swings explain",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Shift:
    """Slips beyond the usual swings, in a `county` or (None) in the whole city; usual: `low` to `high`, nine rounds in ten.

    `far`: beyond 99 rounds in 100. `zh`, `en`: a sentence without the name of the county.
    """

    county: str | None
    expected: float
    observed: float
    low: float
    high: float
    z: float
    far: bool
    zh: str
    en: str


def base_rate_shift(
    expected_by_county: Mapping[str, float], variance_by_county: Mapping[str, float],
    observed_by_county: Mapping[str, float], city_sd: float, county_sd: float,
) -> tuple[Shift, ...]:  # fmt: skip
    """The city, if it moved, then the counties that moved beyond what nine rounds in ten do.

    `variance_by_county`: of the number of slips by chance alone, sum of weight^2 p (1 - p). `city_sd`, `county_sd`: the
    usual relative swings from round to round, of the whole city and of a county within it (0.15: 15 %). Counties of
    which nothing was observed are left out.
    """
    counties = [county for county in expected_by_county if county in observed_by_county]
    expected = np.array([expected_by_county[county] for county in counties])
    chance = np.array([variance_by_county[county] for county in counties])
    observed = np.array([observed_by_county[county] for county in counties])
    own = chance + (county_sd * expected) ** 2
    # What moves the whole city moves its counties together: once in their sum, and below in the variance of each.
    city = _shift(None, expected.sum(), observed.sum(), chance.sum(), own.sum() + (city_sd * expected.sum()) ** 2)
    variance = own + (city_sd * expected) ** 2
    shifts = [_shift(*one) for one in zip(counties, expected, observed, chance, variance, strict=True)]
    return tuple(shift for shift in (city, *shifts) if shift)


def _shift(county: str | None, expected: float, observed: float, chance: float, variance: float) -> Shift | None:
    error = float(np.sqrt(variance))
    if not error or expected**2 < LEAST_ROWS * chance:
        return None
    z, reach = (observed - expected) / error, two_sided(UNUSUAL) * error
    if abs(z) <= two_sided(UNUSUAL):
        return None
    far = bool(abs(z) > two_sided(FAR))
    said = _WORDS[1 if z > 0 else -1, far].format(expected=expected, observed=observed)
    low, high = max(float(expected - reach), 0.0), float(expected + reach)
    return Shift(county, float(expected), float(observed), low, high, float(z), far, said.zh, said.en)
