"""What an officer would do without a model is a baseline everywhere; classes that are off beyond chance are marked."""

import numpy as np
import polars as pl
import pytest

from workbench.risk.evaluation.advice import NO_BETTER_ORDER, advice
from workbench.risk.evaluation.evaluation import by_part, whole
from workbench.risk.evaluation.evaluation_data import EvaluationData
from workbench.risk.evaluation.officer_order import officer_order
from workbench.risk.model.calibration import sigmoid
from workbench.store.scores import Overdispersion

DISPERSION = Overdispersion(0.1, 0.1, 0.1, 20)


def households(rows):
    names = ("kind", "state", "income_pc")
    known = pl.DataFrame(rows, schema=names, orient=None if isinstance(rows, dict) else "row")
    return known.with_columns(line=pl.lit(4_000.0), near_line=pl.lit(6_000.0))


def test_the_worse_tier_first_then_the_nearest_to_the_next_line():
    frame = households([
        ("lifted", 3, 6_100.0), ("unregistered", 1, 4_020.0), ("lifted", 2, 9_000.0), ("lifted", 1, 8_000.0),
        ("lifted", 2, 4_500.0), ("lifted", 2, None), ("unregistered", 1, 4_020.0),
    ])  # fmt: skip
    order = officer_order(frame)
    assert np.argsort(-order, kind="stable").tolist() == [3, 4, 2, 5, 1, 6, 0]
    assert order[1] == order[6]
    assert officer_order(frame.drop("near_line")) is None


def assessed(model, rows=20_000, seed=2):
    """Households of three tiers whose slips follow their distance, and a model of it."""
    rng = np.random.default_rng(seed)
    state, income = rng.integers(1, 4, rows), 4_000 * np.exp(rng.exponential(0.7, rows))
    frame = households({"kind": ["lifted"] * rows, "state": state, "income_pc": income}).with_columns(
        county_code=pl.lit("a")
    )
    near = np.log(income / np.where(state == 3, 6_000.0, 4_000.0))
    logit = -1.5 - 1.2 * near - 1.5 * (state - 1)
    slips = (rng.random(rows) < sigmoid(logit)).astype(float)
    p = sigmoid(model(logit, rng))
    candidates = {
        "model": p * slips.sum() / p.sum(),
        "margin": np.full(rows, 0.1) + 0.01 * (near < 0.3),
        "base_rate": np.full(rows, 0.1),
    }
    return EvaluationData(frame, slips, np.ones(rows), candidates)


@pytest.mark.parametrize(
    ("model", "use"),
    [(lambda logit, _rng: logit, "yes"), (lambda logit, rng: 0.9 * logit + rng.normal(0, 0.8, len(logit)), "caution")],
)
def test_a_model_that_orders_no_better_than_an_officer_is_not_simply_usable(model, use):
    data = assessed(model)
    record = whole(data)
    assert set(record["compared"]) == {"model", "margin", "base_rate", "order"}
    assert record["compared"]["order"]["log_loss"] is None
    assert record["compared"]["order"]["caught_in_tenth"] > 0.2
    assert advice(data)["use"] == use
    assert (advice(data)["zh"] == NO_BETTER_ORDER.zh) is (use == "caution")


def test_classes_that_are_off_beyond_chance_are_marked():
    def biased(logit, _rng):
        return logit

    data = assessed(biased)
    tier = data.frame["state"].cast(pl.String)
    assert {name: row["off"] for name, row in by_part(data, tier, DISPERSION).items()} == {"1": 0, "2": 0, "3": 0}
    shifted = data.candidates["model"] * np.select(
        [(tier == "1").to_numpy(), (tier == "2").to_numpy()], [0.8, 1.25], 1.0
    )
    off = by_part(
        EvaluationData(data.frame, data.slips, data.weight, data.candidates | {"model": shifted}), tier, DISPERSION
    )
    assert {name: row["off"] for name, row in off.items()} == {"1": 1, "2": -1, "3": 0}
    assert off["1"]["order_auc"] > 0.5
