"""What a model has never seen is said when it scores."""

from types import SimpleNamespace

import polars as pl

from workbench.risk.data.draws import DrawnFacts
from workbench.risk.scoring.round_warnings import never_seen, round_warnings
from workbench.store.facts import FactStore


def test_a_county_that_was_not_in_the_training_data_is_named():
    model = SimpleNamespace(about={"counties": {"341524": {}}})
    (words,) = never_seen(model, ["341524", "341502"])
    assert "金安区（341502）" in words.zh
    assert "341524" not in words.en
    assert never_seen(model, ["341524"]) == []
    assert never_seen(SimpleNamespace(about={}), ["341502"]) == []


def test_a_code_that_was_not_in_the_training_data_is_named(city, tmp_path):
    name = city.rounds()[0]
    facts = pl.DataFrame(city.read(name))
    changed = facts.with_columns(
        cause=pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("因新原因")).otherwise(pl.col("cause"))
    )
    store = FactStore(tmp_path)
    store.write(
        name, {str(code): part.to_arrow() for (code,), part in changed.group_by("county_code")}, city.origin(name)
    )
    codes = facts["cause"].drop_nulls().unique().to_list()
    model = SimpleNamespace(about={"codes": {"cause": codes}, "counties": {code: {} for code in city.counties(name)}})
    (words,) = round_warnings(model, DrawnFacts(store), name)
    assert "“因新原因”" in words.zh
    assert "never seen" in words.en
    assert round_warnings(model, DrawnFacts(city), name) == ()


def test_codes_of_households_that_are_never_scored_are_no_matter(city):
    name = city.rounds()[0]
    learnt = {"cause": ["因病"], "kind": ["lifted", "unregistered"]}
    model = SimpleNamespace(about={"codes": learnt, "counties": {code: {} for code in city.counties(name)}})
    (words,) = round_warnings(model, DrawnFacts(city), name)
    assert "致贫原因" in words.zh
    assert "“illness”" not in words.en
    assert "“bereavement”" in words.en or "“disability”" in words.en
