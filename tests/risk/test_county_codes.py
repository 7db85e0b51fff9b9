"""A county that comes under another code is named, where its households would silently be first seen again."""

import polars as pl
import pytest

from workbench.errors import InputError
from workbench.risk.data.counties.codes import recoded_counties
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.evaluation.evaluation import evaluate
from workbench.risk.model import training
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.scoring.round_warnings import round_warnings
from workbench.store.facts import FactStore

OTHER = {"341524": "341528", "341502": "341582"}


def changed(city, folder, change, since=2):
    """The city with rounds from the number `since` on changed."""
    store = FactStore(folder)
    for position, name in enumerate(city.rounds()):
        facts = pl.DataFrame(city.read(name))
        facts = change(facts).cast(facts.schema) if position >= since else facts
        store.write(
            name, {str(code): part.to_arrow() for (code,), part in facts.group_by("county_code")}, city.origin(name)
        )
    return store


def recoded(facts, codes=OTHER):
    return facts.with_columns(pl.col("county_code").replace(codes))


def recoded_of(store):
    return [(each.county, each.code) for each in recoded_counties(DrawnFacts(store), store.rounds())]


def test_a_new_code_of_the_same_households_is_named(city, tmp_path):
    assert recoded_of(city) == []
    store = changed(city, tmp_path, recoded)
    assert recoded_of(store) == sorted(OTHER.items())
    (first, *_) = recoded_counties(DrawnFacts(store), store.rounds())
    assert (first.start, first.end) == tuple(store.rounds()[1:3])
    assert first.again > 0.95
    assert "裕安区" not in first.words.zh
    assert "改了代码" in first.words.zh


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.filter(pl.col("county_code") != "341524"),
        lambda facts: recoded(facts).with_columns(household_id=pl.format("n{}", "household_id")),
        lambda facts: recoded(facts).with_columns(pl.col("household_id", "village").shuffle(1)),
    ],
    ids=["a county not yet taken in", "other households of a new county", "numbers that every county counts anew"],
)
def test_counties_that_come_and_go_are_no_new_codes(city, tmp_path, change):
    assert recoded_of(changed(city, tmp_path, change)) == []


class NotFittedError(Exception):
    """Raised where training would begin to fit."""


def test_training_evaluation_and_scoring_say_so(city, model, tmp_path, monkeypatch):
    store = changed(city, tmp_path, recoded)
    rounds, reported = store.rounds(), []
    everywhere = changed(
        city, tmp_path / "all", lambda facts: recoded(facts, {code: f"9{code}" for code in city.counties(rounds[0])})
    )
    assert any("改了代码" in each.zh for each in evaluate(store, rounds[1], model)["warnings"])
    with pytest.raises(InputError) as refused:
        evaluate(everywhere, rounds[1], model)
    assert refused.value.words.code == "risk.county-code-changed"
    assert any(each.code == "risk.county-code-changed" for each in round_warnings(model, DrawnFacts(store), rounds[2]))

    def stop(account, *_others):
        reported.extend(account.breaks)
        raise NotFittedError

    for name in ("training_rows", "run_backtest", "fit", "_model", "help_feedback"):
        monkeypatch.setattr(training, name, lambda *_: None)
    monkeypatch.setattr(training, "about", stop)
    with pytest.raises(NotFittedError):
        train(store, TrainingRequest(until=rounds[2]))
    assert {each.county for each in reported if each.words.code == "risk.county-code-changed"} == set(OTHER)
