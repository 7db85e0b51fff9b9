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


def rounds_of(county, start, **others):
    return pl.DataFrame({"county_code": county, "start": start, **others})


def test_a_bent_logit_is_straightened():
    rng = np.random.default_rng(1)
    county, start, logit, slips = made_up(rng, 4, 4, 10_000, np.zeros((4, 4)))
    result = calibrate((logit - 0.5) / 0.7, slips, rounds_of(county, start))
    assert result.slope == pytest.approx(0.7, abs=0.03)
    assert result.intercept == pytest.approx(0.5, abs=0.06)


def test_a_few_rows_move_the_slope_less_than_many():
    rng = np.random.default_rng(2)
    few, many = (
        calibrate(logit * 2, slips, rounds_of(county, start)).slope
        for county, start, logit, slips in (made_up(rng, 1, 2, rows, np.zeros((1, 2))) for rows in (60, 20_000))
    )
    assert many == pytest.approx(0.5, abs=0.03)
    assert many + 0.1 < few < 1


def test_counties_that_agree_with_the_city_are_left_alone():
    rng = np.random.default_rng(3)
    county, start, logit, slips = made_up(rng, 8, 4, 1500, np.zeros((8, 4)))
    shifts = calibrate(logit, slips, rounds_of(county, start)).counties
    assert max(abs(shift) for shift in shifts.values()) < 0.06


def test_a_county_that_keeps_apart_is_followed_and_the_smaller_it_is_the_less():
    rng = np.random.default_rng(4)
    shift = np.repeat(np.array([0.6, 0.6, -0.6, -0.6, 0, 0, 0, 0])[:, None], 4, axis=1)
    county, start, logit, slips = made_up(rng, 8, 4, 4000, shift)
    keep = ~((county == "c1").to_numpy() & (rng.random(len(county)) > 0.01))
    shifts = calibrate(logit[keep], slips[keep], rounds_of(county, start).filter(pl.Series(keep))).counties
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


def by_parts(tier_shift, town_shift, seed=7, rounds=5, rows=12_000):
    """Household-rounds of one county whose logits miss a shift of the tier and of the township of each round."""
    rng = np.random.default_rng(seed)
    start = np.repeat(np.arange(rounds), rows)
    tier, town = rng.integers(1, 4, len(start)), rng.integers(0, 12, len(start))
    logit = rng.normal(-2.5, 1, len(start))
    true = logit + tier_shift[tier - 1, start] + town_shift[town, start]
    slips = (rng.random(len(start)) < sigmoid(true)).astype(float)
    frame = rounds_of(
        ["341524"] * len(start), [f"20{one:02d}-04" for one in start], kind=["lifted"] * len(start), state=tier,
        township=[f"t{one}" for one in town],
    )  # fmt: skip
    return logit, slips, frame, true


NOTHING = np.zeros((3, 5)), np.zeros((12, 5))


def test_tiers_and_townships_that_keep_apart_are_followed():
    tiers = np.repeat([[0.5], [0.0], [-0.5]], 5, axis=1)
    towns = np.repeat(np.random.default_rng(8).normal(0, 0.4, (12, 1)), 5, axis=1)
    logit, slips, frame, true = by_parts(tiers, towns)
    result = calibrate(logit, slips, frame)
    # The logarithm of a ratio of slips, which is a little less than the difference of logits.
    assert result.standings["1"] - result.standings["3"] == pytest.approx(0.85, abs=0.2)
    assert len(result.townships) == 12
    # On rounds it has not seen, too.
    logit, _, frame, true = by_parts(tiers, towns, seed=9)
    error = result.apply(logit, frame) - true
    assert np.sqrt(np.mean(error**2)) < 0.4 * np.sqrt(np.mean((logit - true) ** 2))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_chance_and_what_passes_is_no_shift(seed):
    logit, slips, frame, _ = by_parts(*NOTHING, seed=seed)
    result = calibrate(logit, slips, frame)
    assert (result.standings, result.townships) == ({}, {})
    passing = np.random.default_rng(seed).normal(0, 0.4, (12, 5))
    logit, slips, frame, _ = by_parts(NOTHING[0], passing, seed=seed)
    assert calibrate(logit, slips, frame).townships == {}


def test_what_two_rounds_show_has_not_lasted_yet():
    tiers = np.repeat([[0.5], [0.0], [-0.5]], 5, axis=1)
    logit, slips, frame, _ = by_parts(tiers, NOTHING[1], rounds=2)
    assert calibrate(logit, slips, frame).standings == {}
