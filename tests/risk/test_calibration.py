"""Calibration and dispersion recover what made the numbers; small counties are shrunk, chance is not mistaken for drift."""

import numpy as np
import polars as pl
import pytest

from workbench.risk.evaluation.overdispersion import ASSUMED, overdispersion
from workbench.risk.model.calibration import calibrate, sigmoid


def made_up(rng, counties, rounds, rows, shift):
    """Logits, and slips drawn at them after a shift of the logit by (county, round)."""
    county = np.repeat(np.arange(counties), rounds * rows)
    start = np.tile(np.repeat(np.arange(rounds), rows), counties)
    logit = rng.normal(-3, 1, len(county))
    slips = (rng.random(len(county)) < sigmoid(logit + shift[county, start])).astype(float)
    return pl.Series([f"c{one}" for one in county]), pl.Series([f"20{one:02d}-04" for one in start]), logit, slips


def test_a_bent_logit_is_straightened():
    rng = np.random.default_rng(1)
    county, start, logit, slips = made_up(rng, 4, 4, 10_000, np.zeros((4, 4)))
    result = calibrate((logit - 0.5) / 0.7, slips, county, start)
    assert result.slope == pytest.approx(0.7, abs=0.03)
    assert result.intercept == pytest.approx(0.5, abs=0.06)


def test_a_few_rows_move_the_slope_less_than_many():
    rng = np.random.default_rng(2)
    few, many = (
        calibrate(logit * 2, slips, county, start).slope
        for county, start, logit, slips in (made_up(rng, 1, 2, rows, np.zeros((1, 2))) for rows in (60, 20_000))
    )
    assert many == pytest.approx(0.5, abs=0.03)
    assert many + 0.1 < few < 1


def test_counties_that_agree_with_the_city_are_left_alone():
    rng = np.random.default_rng(3)
    county, start, logit, slips = made_up(rng, 8, 4, 1500, np.zeros((8, 4)))
    shifts = calibrate(logit, slips, county, start).counties
    assert max(abs(shift) for shift in shifts.values()) < 0.06


def test_a_county_that_keeps_apart_is_followed_and_the_smaller_it_is_the_less():
    rng = np.random.default_rng(4)
    shift = np.repeat(np.array([0.6, 0.6, -0.6, -0.6, 0, 0, 0, 0])[:, None], 4, axis=1)
    county, start, logit, slips = made_up(rng, 8, 4, 4000, shift)
    keep = ~((county == "c1").to_numpy() & (rng.random(len(county)) > 0.01))
    shifts = calibrate(logit[keep], slips[keep], county.filter(pl.Series(keep)), start.filter(pl.Series(keep))).counties
    assert 0.35 < shifts["c0"] < 0.65
    assert shifts["c2"] < -0.3
    assert abs(shifts["c1"]) < abs(shifts["c0"])


def frame(county, start, logit, slips):
    return pl.DataFrame({"county_code": county, "start": start, "p": sigmoid(logit), "slip": slips > 0, "weight": 1.0})


def test_without_drift_there_is_hardly_any_dispersion():
    rng = np.random.default_rng(5)
    values = overdispersion(frame(*made_up(rng, 8, 4, 3000, np.zeros((8, 4)))))
    assert values.county < 0.07
    assert values.part < 0.07
    assert values.city < 0.06
    assert values.county_rounds == 32


def test_dispersion_of_counties_and_of_the_city_is_told_apart():
    rng = np.random.default_rng(6)
    by_county = overdispersion(frame(*made_up(rng, 12, 6, 3000, rng.normal(0, 0.3, (12, 6)))))
    assert by_county.county == pytest.approx(0.3, abs=0.08)
    by_city = overdispersion(frame(*made_up(rng, 12, 6, 3000, np.repeat(rng.normal(0, 0.4, (1, 6)), 12, axis=0))))
    assert by_city.city > 0.12
    assert by_city.county < by_city.city / 2
    assert by_county.city < by_county.county / 2


def test_with_no_past_to_look_at_dispersion_is_assumed_and_says_so():
    assert overdispersion(pl.DataFrame()) is ASSUMED
    assert ASSUMED.county_rounds == 0
