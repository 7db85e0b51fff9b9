"""Where incomes changed their unit nobody slipped: nothing is learnt from it, and no model is called fit for use on it."""

import polars as pl
import pytest

from tests.risk.money import MONEY
from workbench.errors import InputError
from workbench.risk.data.income_breaks import income_breaks, unbroken
from workbench.risk.data.panel import PanelReader
from workbench.risk.evaluation.evaluation import evaluate
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.scoring.scoring import score
from workbench.store.facts import FactStore

ROUNDS = ("2019-05", "2019-10", "2020-04", "2020-10")


def copied(city, folder, factor, rounds, counties=None, names=ROUNDS):
    """The city with the incomes of some rounds, in some counties, times a factor."""
    store = FactStore(folder)
    for name in names:
        facts = pl.DataFrame(city.read(name))
        here = pl.lit(name in rounds) & (pl.lit(counties is None) | pl.col("county_code").is_in(counties or ()))
        money = [pl.when(here).then(pl.col(each) * factor).otherwise(pl.col(each)).alias(each) for each in MONEY]
        changed = facts.with_columns(money).cast(dict(zip(facts.columns, facts.dtypes, strict=True)))
        store.write(
            name, {str(code): part.to_arrow() for (code,), part in changed.group_by("county_code")}, city.origin(name)
        )
    return store


def breaks_of(store, line=None):
    reader = PanelReader(store, line)
    steps = reader.transitions()
    breaks = income_breaks({name: reader.facts(name) for name in store.rounds()}, steps)
    return breaks, unbroken(steps, breaks)


def test_a_city_whose_law_changed_in_2020_has_no_break(city):
    breaks, steps = breaks_of(city)
    assert breaks == ()
    assert [step.start for step in steps] == list(ROUNDS[:3])


@pytest.mark.parametrize(
    "factor", [1e-4, *(pytest.param(each, marks=pytest.mark.deep) for each in (1 / 12, 0.4, 2.8)), 12.0]
)
def test_a_change_of_unit_breaks_the_steps_into_and_out_of_it(city, tmp_path, factor):
    breaks, steps = breaks_of(copied(city, tmp_path, factor, ROUNDS[1:2]))
    assert {(each.start, each.end) for each in breaks} == {(ROUNDS[0], ROUNDS[1]), (ROUNDS[1], ROUNDS[2])}
    assert [step.start for step in steps] == [ROUNDS[2]]
    assert len({each.county for each in breaks}) > 5


@pytest.mark.parametrize("factor", [pytest.param(0.7, marks=pytest.mark.deep), 1.5])
def test_a_good_year_and_a_bad_one_are_none(city, tmp_path, factor):
    assert breaks_of(copied(city, tmp_path, factor, ROUNDS[1:2]))[0] == ()


def test_a_county_that_changed_alone_is_left_out_alone(city, tmp_path):
    breaks, steps = breaks_of(copied(city, tmp_path, 12.0, ROUNDS[3:], ("341504",)))
    assert [(each.start, each.county) for each in breaks] == [(ROUNDS[2], "341504")]
    assert [len(step.counties) for step in steps[:2]] == [len(steps[0].counties)] * 2
    assert "341504" not in steps[2].counties
    assert len(steps[2].counties) == len(steps[0].counties) - 1
    assert "叶集" in breaks[0].words.zh


def test_with_nothing_but_broken_steps_training_says_why(city, tmp_path):
    with pytest.raises(InputError, match=r"another unit|换了单位"):
        train(copied(city, tmp_path, 1e-4, ROUNDS[1:2], names=ROUNDS[:2]), TrainingRequest())


@pytest.mark.parametrize("factor", [pytest.param(1e-4, marks=pytest.mark.deep), 12.0])
def test_evaluation_on_it_stands_by_its_labels_and_says_no(city, model, tmp_path, factor):
    record = evaluate(copied(city, tmp_path, factor, ROUNDS[3:]), ROUNDS[2], model)
    assert record["rows"] > 1_000
    assert record["advice"]["use"] == "no"
    assert any("像是换了单位" in warning.zh for warning in record["warnings"])


@pytest.mark.deep  # what `evaluate` says of a round that was learnt from: tests/cli/test_risk_commands.py
def test_what_the_model_was_trained_on_is_no_test_of_it(city, model):
    record = evaluate(city, ROUNDS[0], model)
    assert record["trained_on"]
    assert record["advice"]["use"] != "yes"
    assert not evaluate(city, ROUNDS[2], model)["trained_on"]


def test_scores_of_incomes_that_cannot_be_read_are_not_to_be_used(city, model, tmp_path):
    head = score(copied(city, tmp_path, 12.0, ROUNDS[3:]), ROUNDS[3], model).head
    assert head.advice["use"] == "no"
    assert score(city, ROUNDS[3], model).head.advice == model.about["advice"]
