"""Data of other years and other money: what no law here names a line for is read under the line that the model was given."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.drift import drifts
from workbench.risk.evaluation.score_outcome import score_outcomes, scored_before
from workbench.risk.model.place_variances import components, with_ratios
from workbench.risk.scoring.round_warnings import round_warnings
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

YEARS = ("1985-10", "1986-10")


GIVEN = SimpleNamespace(about={"line": 6_000.0, "codes": {}})
"""A model that was trained under a line given by hand."""


@pytest.fixture
def elsewhere(tmp_path):
    store, rng = FactStore(tmp_path), np.random.default_rng(3)
    income = 9_000 * np.exp(rng.normal(0, 0.4, 300))
    for year, name in enumerate(YEARS):
        facts = pl.DataFrame({
            "household_id": [f"h{number}" for number in range(300)], "county_code": "900001", "kind": "unregistered", "persons": 1,
            "income_pc": income * 1.05**year, "x_years": np.round(np.random.default_rng(5).normal(4, 0.8, 300) * 12) / 12 + year,
        })  # fmt: skip
        store.write(name, {"900001": facts.to_arrow()}, Origin(simulated=True))
    return store


def test_a_round_before_the_first_line_known_here_can_be_scored(elsewhere):
    assert round_warnings(GIVEN, DrawnFacts(elsewhere), YEARS[1]) == ()
    assert scored_before(elsewhere, YEARS[1]) == []
    assert score_outcomes(elsewhere, YEARS[1]) == []


def test_years_that_pass_are_no_drift(elsewhere):
    frames = {name: pl.DataFrame(elsewhere.read(name)) for name in YEARS}
    assert [each.fact for each in drifts(frames) if each.excludes] == []
    rng = np.random.default_rng(4)
    moved = frames[YEARS[1]].with_columns(x_years=pl.col("x_years") + rng.integers(1, 4, 300))
    assert [each.fact for each in drifts({YEARS[0]: frames[YEARS[0]], YEARS[1]: moved}) if each.excludes] == ["x_years"]


def test_of_places_where_nothing_is_expected_nothing_is_said(recwarn):
    cells = pl.DataFrame(
        schema={
            "county": pl.String,
            "start": pl.String,
            "observed": pl.Float64,
            "expected": pl.Float64,
            "variance": pl.Float64,
        }
    )
    assert components(with_ratios(cells)) == (0.0, 0.0)
    assert not recwarn.list
