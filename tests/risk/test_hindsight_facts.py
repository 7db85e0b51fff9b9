"""A fact that was recorded once it was known who slipped is named and not learnt from; what is merely telling is."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from workbench.risk.data.hindsight_facts import hindsight_facts
from workbench.risk.data.panel import PanelReader
from workbench.risk.evaluation.evaluation import evaluate
from workbench.risk.model import training
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.registry.card_page import card_page
from workbench.store.facts import FactStore

ROWS = 4_000


def labelled(rate=0.05, seed=1):
    rng = np.random.default_rng(seed)
    slips = pl.Series("slip", rng.random(ROWS) < rate)
    return pl.DataFrame({"slip": slips, "chance": rng.random(ROWS), "other": rng.random(ROWS)})


SLIPS, CHANCE = pl.col("slip"), pl.col("chance")
LATE = {
    "equal to the label": SLIPS.cast(pl.Float64),
    "known of those alone who slipped": pl.when(SLIPS).then(CHANCE),
    "known of a third of those who slipped": pl.when(SLIPS & (CHANCE < 0.33)).then(100.0),
    "unknown once they slipped": pl.when(~SLIPS).then(CHANCE),
    "a few of the others as well": pl.when(SLIPS | (CHANCE < 0.003)).then(1.0).otherwise(0.0),
    "a number that parts them, the other way round": -SLIPS.cast(pl.Float64) + 0.6 * CHANCE,
}
TIMELY = {
    "constant": pl.lit(3.0),
    "chance": CHANCE,
    "unknown of half": pl.when(CHANCE < 0.5).then(pl.col("other")),
    "asked of nobody": pl.lit(None, pl.Float64),
    "as telling as incomes are": SLIPS.cast(pl.Float64) * 0.3 + CHANCE,
    "a flag of many who slipped and of more who did not": (SLIPS & (CHANCE < 0.7)) | (CHANCE < 0.1),
}


@pytest.mark.parametrize("fact", LATE.values(), ids=LATE)
def test_what_was_recorded_afterwards_is_named(fact):
    frame = labelled().with_columns(x_fact=fact)
    why = hindsight_facts(frame)
    assert list(why) == ["x_fact"]
    assert "事后" in why["x_fact"].zh
    assert hindsight_facts(frame, keep=("x_fact",)) == {}


@pytest.mark.parametrize("fact", TIMELY.values(), ids=TIMELY)
def test_what_is_merely_telling_is_learnt_from(fact):
    assert hindsight_facts(labelled().with_columns(x_fact=fact)) == {}


def test_where_nearly_all_slip_or_hardly_any_nothing_is_said():
    for rate in (0.97, 0.001):
        frame = labelled(rate).with_columns(x_fact=pl.when(SLIPS).then(1.0))
        assert hindsight_facts(frame.with_columns(x_fact=CHANCE)) == {}
    assert hindsight_facts(labelled(0.001).with_columns(x_fact=SLIPS.cast(pl.Float64))) == {}


def test_no_fact_of_a_simulated_city_is_taken_for_one(city):
    reader = PanelReader(city)
    for step in reader.transitions():
        assert hindsight_facts(reader.labelled(step).filter(pl.col("slip").is_not_null())) == {}


@pytest.fixture(scope="module")
def late(city, tmp_path_factory):
    """The city with a fact that is known of those alone who slipped. Not to be changed."""
    reader, store = PanelReader(city), FactStore(tmp_path_factory.mktemp("late"))
    slips = {step.start: reader.labelled(step).select("household_id", "slip") for step in reader.transitions()}
    for name in city.rounds():
        facts = pl.DataFrame(city.read(name))
        known = slips.get(name, facts.select("household_id", slip=pl.lit(None, pl.Boolean)))
        late = (
            facts.join(known, on="household_id", how="left").with_columns(x_aid=pl.when(SLIPS).then(500.0)).drop("slip")
        )
        store.write(
            name, {str(code): part.to_arrow() for (code,), part in late.group_by("county_code")}, city.origin(name)
        )
    return store


class NotFittedError(Exception):
    """Raised where training would begin to fit."""


def test_training_keeps_it_out_of_every_fit(late, monkeypatch):
    asked = []

    def stop(_labelled, excluded, _settings):
        asked.append(tuple(excluded))
        raise NotFittedError

    monkeypatch.setattr(training, "training_rows", stop)
    for keep in ((), ("x_aid",)):
        with pytest.raises(NotFittedError):
            train(late, TrainingRequest(until="2020-04", keep=keep))
    assert ["x_aid" in each for each in asked] == [True, False]


def test_a_model_that_read_it_is_not_to_be_used_and_the_card_names_it(late, model):
    start = late.rounds()[-2]
    fine = evaluate(late, start, model)
    reads = replace(model, about=model.about | {"facts_used": [*model.about["facts_used"], "x_aid"]})
    with_it = evaluate(late, start, reads)
    assert fine["advice"]["code"] != "risk.facts-recorded-afterwards"
    assert (with_it["advice"]["use"], with_it["advice"]["code"]) == ("no", "risk.facts-recorded-afterwards")
    assert any("x_aid" in each.zh for each in with_it["warnings"])
    named = {"x_aid": {"zh": "x_aid：像是事后才记的", "en": "", "code": ""}}
    assert "像是事后才记的" in card_page(model.about | {"recorded_afterwards": named})
    assert "事后" not in card_page(model.about)
