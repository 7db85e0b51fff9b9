"""Intervals of a household's probability cover alike whether they are narrow or wide; the truth of a simulated city tells."""

import numpy as np
import polars as pl
import pytest

from workbench.risk.data.panel import PanelReader
from workbench.store.truth import read_truth

LAST = "2020-10"
QUANTILE = 1.6449  # nine in ten


@pytest.fixture(scope="module")
def covered(city, model):
    """By fifth of width, the narrowest first, the share of households whose true probability lies within."""
    reader = PanelReader(city)
    frame = reader.frame(reader.next_transition(LAST)).filter(pl.col("state") > 0).with_columns(start=pl.lit(LAST))
    truth = frame.select("household_id").join(
        read_truth(city.root, LAST), on="household_id", how="left", maintain_order="left"
    )
    values, p = model.matrix.matrix(frame), truth["p_slip"].to_numpy()
    error = model.standard_error(model.box.bag_logits(values))
    inside = np.abs(model.logit(frame, values) - np.log(p / (1 - p))) <= QUANTILE * error
    fifth = np.searchsorted(np.quantile(error, (0.2, 0.4, 0.6, 0.8)), error)
    return [float(inside[fifth == number].mean()) for number in range(5)]


def test_the_narrowest_fifth_covers_as_often_as_the_others_and_none_falls_short(covered):
    assert min(covered) >= 0.85, covered
    assert max(covered) - min(covered) < 0.05, covered


@pytest.mark.xfail(
    strict=True,
    reason="of some hundred slips bags differ by where each happens to stop: 0.96 and more lie within intervals of 0.90 (0064)",
)
def test_no_fifth_covers_more_than_five_points_above_what_is_stated(covered):
    assert max(covered) <= 0.95, covered


def test_where_bags_agree_wholly_the_model_is_not_surest(model):
    agreeing = np.full((3, model.box.bags), -2.0)
    assert model.standard_error(agreeing).min() > model.typical_spread
    apart = agreeing + np.linspace(-1, 1, model.box.bags)
    assert (model.standard_error(apart) > model.standard_error(agreeing)).all()
