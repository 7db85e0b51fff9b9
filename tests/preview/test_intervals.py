"""Quantiles against SciPy; intervals hold what they say when slips are drawn as they assume."""

import numpy as np
import pytest
from scipy import stats

from workbench.preview.slips.intervals import Moments, number_interval, quantile, share_interval, student_quantile
from workbench.store.scores import Overdispersion


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 7, 10, 23, 48, 333, 1000])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_student_quantile(level, degrees):
    assert student_quantile(level, degrees) == pytest.approx(stats.t.ppf((1 + level) / 2, degrees), rel=1e-8)


def test_quantile_by_what_was_measured():
    assert quantile(0.9, 0) == pytest.approx(stats.norm.ppf(0.95))
    assert quantile(0.9, 1) == quantile(0.9, 4) == pytest.approx(stats.t.ppf(0.95, 3))
    assert quantile(0.9, 25) == pytest.approx(stats.t.ppf(0.95, 24))
    assert quantile(0.9, 5000) == pytest.approx(stats.t.ppf(0.95, 4999), rel=1e-3)


def drawn(p_in, p_out, dispersion, rng, times=4000):
    """Slips in and out, by draw: the city's, the counties' and the parts' luck, then every household its own."""
    counties = len(p_in)
    inside, outside = np.zeros(times), np.zeros(times)
    city = rng.normal(0, dispersion.city, times)
    for c in range(counties):
        county = rng.normal(0, dispersion.county, times)
        for p, sums in ((p_in[c], inside), (p_out[c], outside)):
            factor = np.clip(1 + city + county + rng.normal(0, dispersion.part, times), 0, None)
            np.add(sums, rng.binomial(len(p), np.clip(p.mean() * factor, 0, 1)), out=sums)
    return inside, outside


def moments(groups):
    return Moments(np.array([p.sum() for p in groups]), np.array([(p * (1 - p)).sum() for p in groups]))


@pytest.mark.parametrize(
    "dispersion", [Overdispersion(0, 0, 0, 0), Overdispersion(0.1, 0.15, 0.1, 0), Overdispersion(0.3, 0, 0, 0)]
)
@pytest.mark.parametrize("counties", [1, 6])
def test_intervals_cover_what_they_state(dispersion, counties):
    rng = np.random.default_rng(11)
    p_in = [np.full(int(rng.integers(200, 900)), 0.12) for _ in range(counties)]
    p_out = [np.full(int(rng.integers(900, 2000)), 0.04) for _ in range(counties)]
    inside, outside = drawn(p_in, p_out, dispersion, rng)
    low, high = number_interval(moments(p_in), 1e9, dispersion, 0.9)
    assert np.mean((inside >= low) & (inside <= high)) == pytest.approx(0.9, abs=0.03)
    low, high = share_interval(moments(p_in), moments(p_out), dispersion, 0.9)
    share = inside / np.maximum(inside + outside, 1)
    assert np.mean((share >= low) & (share <= high)) == pytest.approx(0.9, abs=0.03)


def test_shocks_of_the_city_leave_the_share():
    some, rest = Moments(np.array([40.0]), np.array([30.0])), Moments(np.array([60.0]), np.array([50.0]))
    calm, stormy = Overdispersion(0, 0, 0, 0), Overdispersion(0.5, 0.5, 0, 0)
    assert share_interval(some, rest, calm, 0.9) == share_interval(some, rest, stormy, 0.9)
    assert number_interval(some, 1e9, stormy, 0.9)[1] > number_interval(some, 1e9, calm, 0.9)[1]


def test_ends_stay_possible():
    few, none = Moments(np.array([0.4]), np.array([0.35])), Moments(np.zeros(1), np.zeros(1))
    low, high = number_interval(few, 1.0, Overdispersion(0.5, 0.5, 0.5, 2), 0.9)
    assert (low, high) == (0.0, 1.0)
    assert number_interval(none, 0.0, Overdispersion(1, 1, 1, 0), 0.9) == (0.0, 0.0)
    assert share_interval(none, none, Overdispersion(1, 1, 1, 0), 0.9) is None
    assert share_interval(few, none, Overdispersion(1, 1, 1, 0), 0.9) == (1.0, 1.0)
