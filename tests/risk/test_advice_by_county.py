"""A model that fails in one county is not forbidden everywhere, nor allowed without a word."""

import numpy as np
import polars as pl
import pytest

from workbench.risk.evaluation.advice import spared_by_county
from workbench.risk.evaluation.evaluation import by_county, whole
from workbench.risk.evaluation.evaluation_data import EvaluationData
from workbench.risk.evaluation.verdicts import total_use
from workbench.risk.model.calibration import sigmoid
from workbench.store.scores import Overdispersion

DISPERSION = Overdispersion(0.1, 0.1, 0.1, 20)
CODES = ("341502", "341503", "341522", "341524")


def assessed(flooded):
    """Four counties whose slips a model knows; in those `flooded` six in ten slip, whatever it says."""
    rng = np.random.default_rng(4)
    rows = 8_000
    county, logit = np.array(CODES)[rng.integers(0, 4, rows)], rng.normal(-3, 1.5, rows)
    p = sigmoid(logit)
    slips = rng.random(rows) < np.where(np.isin(county, flooded), 0.6, p)
    frame = pl.DataFrame({"county_code": county, "kind": "unregistered"})
    margin = sigmoid(-3 + 0.7 * (logit + 3) + rng.normal(0, 0.5, rows) + 0.8 * np.isin(county, flooded))
    candidates = {"model": p, "margin": margin, "base_rate": np.full(rows, slips.mean())}
    return EvaluationData(frame, slips.astype(float), np.ones(rows), candidates)


def advised(flooded):
    data = assessed(flooded)
    counties = by_county(data, DISPERSION)
    given = whole(data)["advice"]
    return given, spared_by_county(given, data, counties), counties


def test_the_county_is_named_and_the_rest_may_be_used_with_caution():
    given, advice, counties = advised(CODES[3:])
    assert given["use"] == "no"
    assert advice["use"] == "caution"
    assert "金寨县这一期的风险变差远出预计" in advice["zh"]
    assert "Jinzhai" in advice["en"]
    assert total_use(counties[CODES[3]], "caution")[1].zh.startswith("不用")
    assert total_use(counties[CODES[3]], "no")[0] == "no"
    assert "全市如此" in total_use(counties[CODES[0]], "no")[1].zh


@pytest.mark.parametrize("flooded", [(), CODES[1:]])
def test_where_it_fails_nowhere_or_in_most_the_advice_stays(flooded):
    given, advice, _ = advised(flooded)
    assert advice == given
