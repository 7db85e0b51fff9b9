"""Counties are told apart by the learners only where what sets them apart lasts."""

import numpy as np
import polars as pl
import pytest

from workbench.risk.data.design_matrix import DesignMatrix
from workbench.risk.data.features import FEATURES
from workbench.risk.model.calibration import sigmoid
from workbench.risk.model.county_terms import unsteady

COUNTIES = ("341502", "341503", "341504", "341522", "341523", "341524", "341525")
STARTS = ("2019-04", "2019-10", "2020-04", "2020-10")
FEATURE = {feature.name: feature for feature in FEATURES}
MATRIX = DesignMatrix(
    tuple(FEATURE[name] for name in ("margin_unregistered", "county", "county_season")),
    {"county": {code: float(rank) for rank, code in enumerate(COUNTIES)}, "county_season": {}},
)


def left_out(shift, starts=STARTS, rows=2500):
    """What is left out where the logit of each county and round is shifted by `shift`, (counties, rounds)."""
    rng = np.random.default_rng(7)
    county, start = (grid.ravel() for grid in np.meshgrid(range(len(COUNTIES)), range(len(starts)), indexing="ij"))
    county, start = np.repeat(county, rows), np.repeat(start, rows)
    margin = rng.exponential(0.5, len(county))
    slips = (rng.random(len(county)) < sigmoid(-1.5 - 2 * margin + shift[county, start])).astype(float)
    frame = pl.DataFrame({
        "county_code": np.array(COUNTIES)[county], "start": np.array(starts)[start], "kind": "unregistered", "state": 1,
        "income_pc": 4000 * np.exp(margin), "line": 4000.0, "near_line": 6000.0,
    })  # fmt: skip
    return unsteady(frame, MATRIX, slips, seed=1)


@pytest.mark.parametrize("apart", [0.0, 0.4])
def test_counties_that_keep_apart_as_they_were_are_learnt(apart):
    rng = np.random.default_rng(1)
    by_season = np.tile(rng.normal(0, apart, (7, 2)), 2)
    assert left_out(rng.normal(0, 0.2, (7, 1)) + by_season) == {}


def test_what_comes_and_goes_is_not_learnt():
    passing = np.random.default_rng(2).normal(0, 0.3, (7, 4))
    result = left_out(passing)
    assert set(result) == {"county", "county_season"}
    assert "一期一变" in result["county"].zh


def test_swings_of_the_whole_city_are_not_held_against_counties():
    lasting = np.random.default_rng(3).normal(0, 0.25, (7, 1)) + np.random.default_rng(4).normal(0, 0.5, (1, 4))
    assert left_out(lasting) == {}


def test_a_season_seen_once_is_no_season_yet():
    lasting = np.repeat(np.random.default_rng(5).normal(0, 0.25, (7, 1)), 2, axis=1)
    result = left_out(lasting, STARTS[:2])
    assert set(result) == {"county_season"}
    assert left_out(lasting[:, :1], STARTS[:1]).keys() == {"county_season"}
