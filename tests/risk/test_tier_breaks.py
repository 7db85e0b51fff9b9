"""Where a fact that tiers are judged by changed its meaning, the rule moved and no household did: nothing is learnt or tested by it."""

from dataclasses import replace

import polars as pl
import pytest

from workbench.errors import InputError
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.income_breaks import MixedUnits, income_breaks
from workbench.risk.data.panel import PanelReader, labelled_rounds
from workbench.risk.data.tier_breaks import tier_breaks, without_false_slips
from workbench.risk.evaluation.evaluation import evaluate
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.scoring.round_warnings import round_warnings
from workbench.risk.scoring.scoring import score
from workbench.store.facts import FactStore

ROUNDS = ("2019-05", "2019-10", "2020-04", "2020-10")
MONEY = ("income_pc", "net_income", "income_wage", "income_business", "income_property", "income_transfer")
SWAPPED = (
    pl.col("work_months").round().cast(pl.Int64).alias("labour"),
    pl.col("labour").cast(pl.Float64).alias("work_months"),
)


def changed(city, folder, change, rounds=ROUNDS[3:], names=ROUNDS):
    """The city with the facts of some rounds changed."""
    store = FactStore(folder)
    for name in names:
        facts = pl.DataFrame(city.read(name))
        other = change(facts) if name in rounds else facts
        other = other.cast({each: kind for each, kind in facts.schema.items() if each in other.columns})
        store.write(
            name, {str(code): part.to_arrow() for (code,), part in other.group_by("county_code")}, city.origin(name)
        )
    return store


def of_store(find, store):
    reader = PanelReader(store)
    steps = reader.transitions()
    return find({name: reader.facts(name) for name in store.rounds()}, steps), reader, steps


def swapped(facts):
    return facts.with_columns(SWAPPED)


def test_a_city_whose_facts_go_on_has_none(city):
    assert of_store(tier_breaks, city)[0] == ()


def test_columns_taken_for_one_another_are_named_and_their_lifted_households_not_learnt_from(city, tmp_path):
    breaks, reader, steps = of_store(tier_breaks, changed(city, tmp_path, swapped, ROUNDS[1:2]))
    assert {(each.start, each.end) for each in breaks} == {(ROUNDS[0], ROUNDS[1]), (ROUNDS[1], ROUNDS[2])}
    assert {each.drift.fact for each in breaks} == {"labour", "work_months"}
    assert "务工月数" in "".join(each.words.zh for each in breaks)
    rounds = [without_false_slips(each, breaks) for each in labelled_rounds(reader, steps)]
    assert [set(each["kind"].unique().to_list()) for each in rounds] == [
        {"unregistered"},
        {"unregistered"},
        {"lifted", "unregistered"},
    ]


def test_tiers_that_an_office_filed_are_not_judged_by_facts(city, tmp_path):
    filed = changed(city, tmp_path, lambda facts: swapped(facts).with_columns(filed_tier=pl.lit(3)), ROUNDS[3:])
    breaks, reader, steps = of_store(tier_breaks, filed)
    assert {each.end for each in breaks} == {ROUNDS[3]}  # judged by rule at the start still
    frames = {name: reader.facts(name).with_columns(filed_tier=pl.lit(3)) for name in ROUNDS}
    assert tier_breaks(frames, steps) == ()


def test_one_county_alone_is_named_alone(city, tmp_path):
    def here(facts):
        other = swapped(facts)
        return pl.concat(
            [
                facts.filter(pl.col("county_code") != "341522"),
                other.filter(pl.col("county_code") == "341522").cast(facts.schema),
            ]
        )

    breaks = of_store(tier_breaks, changed(city, tmp_path, here))[0]
    # Said of the county, but by facts that most of the city can be relied upon for.
    assert {each.county for each in breaks} <= {"341522"}


def test_what_is_not_known_leaves_no_false_label(city, tmp_path):
    gone = changed(city, tmp_path, lambda facts: facts.with_columns(work_months=pl.lit(None, pl.Float64)))
    assert of_store(tier_breaks, gone)[0] == ()


def test_evaluation_says_which_fact_moved_and_that_nothing_was_tested(city, model, tmp_path):
    record = evaluate(changed(city, tmp_path, swapped), ROUNDS[2], model)
    assert record["advice"]["use"] == "no"
    assert record["advice"]["code"] == "risk.tiers-changed"
    assert any("务工月数" in each.zh and "不可信" in each.zh for each in record["warnings"])


def mixed(facts):
    tenth = facts["household_id"].str.slice(-1).is_in(["0", "5"])
    return facts.with_columns(
        pl.when(tenth).then(pl.col(each) / 1e4).otherwise(pl.col(each)).alias(each) for each in MONEY
    )


def test_rows_of_another_unit_among_others_are_seen_in_training_evaluation_and_scores(city, model, tmp_path):
    store = changed(city, tmp_path, mixed)
    breaks = of_store(income_breaks, store)[0]
    assert breaks
    assert {type(each) for each in breaks} == {MixedUnits}
    assert 0.1 < breaks[0].share < 0.3
    record = evaluate(store, ROUNDS[2], model)
    assert record["advice"]["code"] == "risk.incomes-changed"
    assert any("万元" in each.zh for each in record["warnings"])
    assert any("先不要用" in each.zh for each in score(store, ROUNDS[3], model).head.warnings)


def test_a_county_whose_incomes_cannot_be_read_is_not_to_be_used_alone(city, model, tmp_path):
    def here(facts):
        inside = pl.col("county_code") == "341522"
        return facts.with_columns(
            pl.when(inside).then(pl.col(each) * 12).otherwise(pl.col(each)).alias(each) for each in MONEY
        )

    warnings = round_warnings(model, DrawnFacts(changed(city, tmp_path, here)), ROUNDS[3])
    (said,) = [each for each in warnings if each.code == "risk.incomes-of-county-unread"]
    assert said.zh.startswith("霍邱县")
    assert "先不要用" in said.zh


def test_where_all_are_below_the_line_the_unit_is_asked_about(city, model, tmp_path):
    small = changed(city, tmp_path, lambda facts: facts.with_columns(pl.col(each) / 1e4 for each in MONEY))
    with pytest.raises(InputError, match="万元"):
        score(small, ROUNDS[3], model)


def test_numbers_in_more_than_one_row_are_named(city, model, tmp_path):
    twice = changed(city, tmp_path, lambda facts: pl.concat([facts, facts.head(40)]))
    said = [each for each in round_warnings(model, DrawnFacts(twice), ROUNDS[3]) if each.code == "risk.numbers-twice"]
    assert sum("40 个户编号" in each.zh for each in said) == 1


def test_with_nothing_but_false_slips_training_says_why(city, tmp_path):
    def lifted(facts):
        return facts.filter(pl.col("kind") == "lifted")

    store = changed(city, tmp_path, lambda facts: lifted(swapped(facts)), ROUNDS[1:2], names=ROUNDS[1:3])
    only = changed(store, tmp_path / "lifted", lifted, ROUNDS[2:3], names=ROUNDS[1:3])
    with pytest.raises(InputError, match=r"务工月数|劳动力"):
        train(only, replace(TrainingRequest(), day="2026-11-28"))
