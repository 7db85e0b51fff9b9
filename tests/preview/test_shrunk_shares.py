"""Shares of few in each of many places: drawn together, with intervals that hold, and no difference made of chance."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from workbench.preview.hindsight.shrunk_shares import LEVEL, _by_chance, shrunk_shares

SIZES = np.array([1, 2, 3, 5, 8, 12, 20, 40] * 6)


def drawn(seed, spread):
    """Places whose true shares vary about .4 by a beta of so many (None: not at all)."""
    rng = np.random.default_rng(seed)
    true = rng.beta(0.4 * spread, 0.6 * spread, len(SIZES)) if spread else np.full(len(SIZES), 0.4)
    return true, rng.binomial(SIZES, true)


@pytest.mark.parametrize(
    "spread",
    [
        None,
        pytest.param(30, marks=pytest.mark.deep),
        pytest.param(8, marks=pytest.mark.deep),
        pytest.param(3, marks=pytest.mark.deep),
    ],
)
def test_intervals_hold_as_often_as_they_say(spread):
    inside = []
    for seed in range(25):
        true, held = drawn(seed, spread)
        inside += [each.low <= p <= each.high for p, each in zip(true, shrunk_shares(held, SIZES), strict=True)]
    assert LEVEL - 0.05 < np.mean(inside) <= 1


def test_where_places_do_not_differ_few_are_said_to():
    said = [each.differs for seed in range(25) for each in shrunk_shares(drawn(seed, None)[1], SIZES)]
    assert np.mean(said) < 1 - LEVEL


def test_a_place_that_differs_is_said_to():
    assert [each.differs for each in shrunk_shares([5, 4, 6, 95], [20, 20, 20, 100])][-1]


def test_none_of_two_is_not_a_share_of_nothing():
    (few, many) = shrunk_shares([0, 40], [2, 100])
    assert few.share > 0.2
    assert not few.differs
    assert many.share == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize(("held", "of"), [([0, 0], [3, 5]), ([3, 5], [3, 5])])
def test_where_all_or_none_were_held_everywhere_no_place_differs(held, of):
    assert not any(each.differs for each in shrunk_shares(held, of))


def test_where_nobody_is_nothing_is_said():
    assert shrunk_shares([0, 0], [0, 0]) == [None, None]
    assert shrunk_shares([0, 1], [0, 4])[0] is None
    assert shrunk_shares([], []) == []


def test_two_of_two_among_many_places_is_no_difference():
    # 21 of 101 held in all, as in the county of a reader who was told that a place of two differed.
    shares = shrunk_shares([2, *[1] * 16, 3], [2, *[6] * 16, 3])
    assert not any(each.differs for each in shares)


@pytest.mark.parametrize(
    ("held", "of", "common", "whole"), [(2, 2, 21, 101), (0, 10, 40, 80), (7, 9, 20, 60), (5, 5, 5, 5)]
)
def test_what_chance_would_do_is_that_of_the_textbook(held, of, common, whole):
    law = hypergeom(whole, common, of)
    assert _by_chance(held, of, common, whole) == pytest.approx(min(1, 2 * min(law.cdf(held), law.sf(held - 1))))
