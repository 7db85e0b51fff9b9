"""Verdicts in words: a model that does not beat the margin alone, or a constant, is not to be used, and that is said."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from workbench.risk.evaluation.advice import advice, advice_words
from workbench.risk.evaluation.evaluation import by_part, total_interval, whole
from workbench.risk.evaluation.evaluation_data import EvaluationData
from workbench.risk.model.calibration import sigmoid
from workbench.store.scores import Overdispersion

DISPERSION = Overdispersion(city=0.1, county=0.1, part=0.1, county_rounds=20)


def assessed(seed=1, rows=20_000, **candidates):
    """Households of two counties whose slips follow `truth`; candidates are functions of the true logit."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(-3, 1.2, rows)
    slips = (rng.random(rows) < sigmoid(logit)).astype(float)
    frame = pl.DataFrame({"county_code": np.where(np.arange(rows) % 3 == 0, "a", "b"), "kind": "unregistered"})
    noisy = logit + rng.normal(0, 1, rows)
    given = {"model": sigmoid(logit), "margin": sigmoid(-2.6 + 0.5 * noisy), "base_rate": np.full(rows, slips.mean())}
    return EvaluationData(frame, slips, np.ones(rows), given | {name: p(logit) for name, p in candidates.items()})


@pytest.mark.parametrize(
    ("candidates", "use", "said"),
    [
        ({}, "yes", "clearly better than the income margin alone"),
        ({"margin": sigmoid}, "no", "no better than the income margin alone"),
        ({"margin": lambda logit: sigmoid(0.7 * logit - 1)}, "yes", "slightly better than the income margin alone"),
        ({"model": lambda logit: sigmoid(-logit)}, "no", "no better than one average rate"),
        ({"model": lambda logit: sigmoid(logit + 0.6), "margin": lambda logit: sigmoid(0 * logit + 1)}, "caution", "the total was off"),
        ({"margin": lambda logit: sigmoid(logit + 0.02 * np.sin(9 * logit))}, "caution", "too little data to be sure"),
    ],
)  # fmt: skip
def test_advice(candidates, use, said):
    result = advice(assessed(rows=4000, seed=7, **candidates) if "too little" in said else assessed(**candidates))
    assert result["use"] == use, result
    assert said in result["en"]


@pytest.mark.parametrize(("slips", "use"), [(np.zeros, "caution"), (np.ones, "no")])
def test_a_round_without_one_slip_or_of_nothing_but_slips_tests_nothing(slips, use):
    rows = assessed(rows=3000)
    data = replace(rows, slips=slips(3000))
    assert advice(data)["use"] == use
    assert (
        advice(replace(data, candidates=data.candidates | {"model": np.full(3000, slips(1)[0] * 0.98 + 0.01)}))["use"]
        == use
    )


def test_an_advice_of_years_ago_is_read_in_the_words_of_today():
    old = {"use": "yes", "zh": "从前的话", "en": "words of then", "code": "risk.slightly-better-than-margin"}
    assert "走访同样多的户" in advice_words(old).zh
    # With figures of its own, or of a record that named no code: as it was given.
    assert [advice_words({**old, "code": code}).zh for code in ("risk.total-off", "")] == ["从前的话"] * 2
    assert advice_words({}).zh == ""


def test_every_part_is_held_against_the_margin_and_promised_an_interval():
    rows = assessed()
    parts = by_part(rows, rows.frame["county_code"], DISPERSION)
    assert set(parts) == {"a", "b"}
    for name, part in parts.items():
        chosen = (rows.frame["county_code"] == name).to_numpy()
        assert part["slips"] == rows.slips[chosen].sum()
        assert part["expected_slips"] == pytest.approx(rows.model[chosen].sum())
        low, high = part["expected_interval"]
        assert low < part["expected_slips"] < high
        assert part["within"]
        assert part["baseline_auc"] < part["auc"]


def test_intervals_widen_with_the_dispersion_of_the_past():
    rows = assessed()
    narrow = total_interval(rows, Overdispersion(0, 0, 0, 20))
    wide = total_interval(rows, DISPERSION)
    assert wide[1] - wide[0] > 1.5 * (narrow[1] - narrow[0])


def test_the_whole_record_has_what_the_contract_asks_for():
    record = whole(assessed(logistic=lambda logit: sigmoid(logit * 0.8 - 0.4)))
    for name in ("log_loss", "brier", "auc", "ece", "base_rate", "baseline_auc", "baseline_log_loss", "smece"):
        assert isinstance(record[name], float)
    assert record["explained_share"] is None
    assert record["ece"] < 2 * record["noise_floor"]["ece_95"]
    assert record["compared"]["model"]["model_better_by"] == 0
    assert record["compared"]["margin"]["model_better_by"] > 0
    assert record["compared"]["model"]["caught_in_tenth"] > record["compared"]["margin"]["caught_in_tenth"]
