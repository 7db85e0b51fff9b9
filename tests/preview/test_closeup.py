"""The distribution and the list of households near the ceiling, against the rules row by row."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preview.scored import scored_frame, scores_of
from tests.preview.test_counts_agree import by_rule, index_of, limits_of, spread, with_income
from tests.strategies import LINE, households, standard
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.counts import Breakdown
from workbench.preview.counts.near_ceiling import income_distribution, near_ceiling

EDGES = [0.0, 2000.0, LINE, 4827.0, 5000.0, 9000.0]


@given(rows=households, data=standard, weighted=st.booleans())
def test_distribution(rows, data, weighted):
    frame, limits = spread(rows, weighted), limits_of(data)
    assessed = with_income(by_rule(frame, limits), limits)
    result = income_distribution(Breakdown(index_of(frame, limits), limits), EDGES)
    for n, (low, high) in enumerate(pairwise(EDGES)):
        here = assessed.filter((pl.col("income") >= low) & (pl.col("income") < high))
        assert result.all[n] == here["weight"].sum()
        assert result.inside[n] == here.filter(pl.col("edge"))["weight"].sum()


@given(rows=households, data=standard)
def test_near_the_ceiling(rows, data):
    frame, limits = spread(rows, weighted=False), limits_of(data)
    assessed = with_income(by_rule(frame, limits), limits).filter(pl.col("income").is_not_null())
    result = near_ceiling(Breakdown(index_of(frame, limits), limits), most=5)
    distances = sorted((assessed["income"] - limits.ceiling).abs().to_list())[:5]
    assert sorted(abs(near.distance) for near in result) == pytest.approx(distances, abs=1e-6)
    results = dict(zip(assessed["household_id"], assessed["edge"], strict=True))
    assert {near.household_id: near.edge for near in result} == {
        near.household_id: results[near.household_id] for near in result
    }
    assert [near.income for near in result] == sorted(near.income for near in result)


def test_near_the_ceiling_the_model_says_how_likely_a_slip_is():
    rng = np.random.default_rng(1)
    rows = [{"previous": None, "income_pc": float(income)} for income in rng.uniform(3300, 6000, 60).round(2)]
    frame = scored_frame(spread(rows, weighted=False))
    limits = edge_limits(parse_standard({"income": {"ceiling": {"multiple": 1.2}}}), LINE)
    index = index_of(frame, limits)
    slips = scores_of(frame, index).under(index, LINE)
    likely = dict(zip(frame["household_id"], frame["p_slip"], strict=True))
    near = near_ceiling(Breakdown(index, limits), most=20, probability=slips.probability)
    assert [each.likelihood for each in near] == [likely[each.household_id] for each in near]
    assert any(each.likelihood is None for each in near)  # not scored
    assert {each.likelihood for each in near_ceiling(Breakdown(index, limits))} == {None}
