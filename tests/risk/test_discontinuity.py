"""The jump at a bound: its value and error as rdrobust gives them, what it sees of a jump that is there, and of none."""

import numpy as np
import pytest

from workbench.risk.help.discontinuity import LEAST_ROWS, bandwidth, jump

MOST = 0.5
RDROBUST = (-0.1615499728108601, 0.0525375631694641, 975, 1007)
"""Estimate, its standard error, rows below and above, of rdrobust 2.1.1 (not a dependency: GPL, and it draws in two plotters):
`rdrobust(outcome, distance, c=0, h=0.3, b=0.3, kernel="tri", vce="hc1")` of `made(3000, -0.5)`, the row "Robust"."""


def made(count, effect, seed=1):
    """Incomes around a bound; slips fall with income in a curve, and by `effect` among the treated."""
    rng = np.random.default_rng(seed)
    distance = rng.uniform(-0.5, 0.4, count)
    p = 0.2 + 0.25 * distance + 0.2 * distance**2
    treated = distance > 0
    return distance, (rng.random(count) < p * np.where(treated, 1 + effect, 1)).astype(float), treated


def test_value_and_error_are_those_of_rdrobust():
    distance, outcome, treated = made(3000, -0.5)
    one = jump(distance, outcome, treated, 0.3)
    assert one.value == pytest.approx(RDROBUST[0], abs=1e-9)
    assert one.error == pytest.approx(RDROBUST[1], rel=1e-6)
    assert (one.rows_in, one.rows_out) == RDROBUST[2:]


def test_of_many_households_with_and_without_an_effect_intervals_hold_it():
    covered = {}
    for effect in (-0.5, 0.0):
        inside = []
        for seed in range(60):
            distance, outcome, treated = made(4000, effect, seed)
            one = jump(distance, outcome, treated, bandwidth(distance, outcome, treated, MOST))
            low, high = one.interval
            inside.append(low <= 0.2 * effect <= high)
        covered[effect] = np.mean(inside)
    assert all(0.8 <= share <= 0.99 for share in covered.values()), covered


def test_rounds_of_one_household_count_as_one():
    distance, outcome, treated = made(2000, 0.0)
    twice = [np.concatenate([each, each]) for each in (distance, outcome, treated)]
    households = np.concatenate([np.arange(2000)] * 2)
    alone, as_two = jump(distance, outcome, treated, 0.3), jump(*twice, 0.3)
    as_one = jump(*twice, 0.3, households)
    assert as_two.error == pytest.approx(alone.error / np.sqrt(2), rel=0.01)
    assert as_one.error == pytest.approx(alone.error, rel=0.01)


def test_too_few_are_not_compared():
    distance, outcome, treated = made(LEAST_ROWS, 0.0)
    assert bandwidth(distance, outcome, treated, MOST) is None
    assert jump(distance, outcome, treated, 0.3) is None
    assert bandwidth(distance[:0], outcome[:0], treated[:0], MOST) is None
    plenty = made(3000, 0.0)
    assert bandwidth(plenty[0], np.zeros(3000), plenty[2], MOST) is None
