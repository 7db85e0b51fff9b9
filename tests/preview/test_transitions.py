"""Tiers between rounds, and why they changed: each cause made to happen, and the whole against each household looked at alone."""

import polars as pl
import pytest

from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.round_rules import apply_rules
from workbench.domain.rules.tiers import TIER_FACTS, tier_frame
from workbench.errors import StoreError
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.statistics import transitions
from workbench.statistics.transitions import CAUSES, tier_transitions
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.round_scope import RoundScope
from workbench.store.schema import Origin

SOUND = {
    "household_id": "1", "kind": "lifted", "township": "甲镇", "village": "乙村", "persons": 4, "labour": 2, "skilled": 1,
    "weak_labour": 0, "work_months": 10.0, "income_business": 0.0, "income_property": 0.0, "cost_business": 0.0,
    "net_income": 40000.0, "income_pc": 10000.0, "out_of_pocket": 0.0, "land_mu": 8.0, "food": 0, "clothing": 0,
    "education": 0, "medical": 0, "housing": 0, "water": 0, "cause": "因病",
}  # fmt: skip


def store_of(tmp_path, before, after, rounds=("2019-10", "2020-04")):
    store = FactStore(tmp_path)
    for name, rows in zip(rounds, (before, after), strict=True):
        table = pl.DataFrame([SOUND | row for row in rows], infer_schema_length=None)
        store.write(name, {"341524": table.to_arrow(compat_level=pl.CompatLevel.oldest())}, Origin(simulated=True))
    return store


def cause_of(tmp_path, before, after):
    result = tier_transitions(RoundScope(store_of(tmp_path, [before], [after]), "2020-04"), reading("default"))
    (row,) = result.counts.to_dicts()
    return row["before"], row["after"], row["cause"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({}, {}, (3, 3, "unchanged")),
        ({}, {"medical": 1}, (3, 2, "facts")),
        ({"income_pc": 5000.0}, {"income_pc": 5000.0}, (3, 2, "rules")),  # the line of 2020 is higher
        ({}, {"water": None}, (3, None, "data_quality")),
        ({"water": None}, {"medical": 1}, (None, 2, "data_quality")),
        ({"income_pc": 5000.0, "medical": 1}, {"income_pc": 5000.0}, (2, 2, "unchanged")),
    ],
)
def test_each_cause(tmp_path, before, after, said):
    assert cause_of(tmp_path, before, after) == said


def test_a_fact_that_only_became_known_is_a_matter_of_data(tmp_path):
    assert cause_of(tmp_path, {"medical": None, "income_pc": 4000.0}, {"medical": 2, "income_pc": 4000.0, "labour": 2}) == (
        2, 2, "unchanged",
    )  # fmt: skip
    result = cause_of(
        tmp_path / "other",
        {"income_pc": None, "water": 1, "labour": 0, "work_months": 0.0, "land_mu": None},
        {"income_pc": 9000.0, "water": 1, "labour": 0, "work_months": 0.0, "land_mu": 0.0},
    )
    assert result == (None, 1, "data_quality")


def test_households_of_one_round_only_are_counted_beside(tmp_path):
    store = store_of(tmp_path, [{}, {"household_id": "2"}], [{}, {"household_id": "3"}, {"household_id": "4"}])
    result = tier_transitions(RoundScope(store, "2020-04", "341524"), reading("default"))
    assert (result.first_seen, result.gone, result.counts["households"].sum()) == (2.0, 1.0, 1.0)


def test_a_first_round_has_nothing_to_compare_with(tmp_path):
    with pytest.raises(StoreError, match="没有更早的期次"):
        tier_transitions(RoundScope(store_of(tmp_path, [{}], [{}]), "2019-10"), reading("default"))


def test_the_whole_of_a_city_agrees_with_each_household_computed_alone(city_with_rounds):
    store = FactStore(city_with_rounds)
    result = tier_transitions(RoundScope(store, "2020-04"), reading("default"))
    after = tiers(store, "2020-04")
    before = tiers(store, "2019-10")
    both = after.join(before, on="household_id", suffix="_before")
    assert result.counts["households"].sum() == len(both)
    pairs = result.counts.group_by("before", "after").agg(pl.col("households").sum())
    for then, now, number in pairs.iter_rows():
        same = both.filter(pl.col("tier_before").eq_missing(then) & pl.col("tier").eq_missing(now))
        assert len(same) == number
    assert set(result.by_cause()) == set(CAUSES)
    assert result.by_cause()["rules"] > 0  # the line rose from 3,218 to 4,000


def tiers(store, name):
    table = store.frame_with_previous(name).filter(pl.col("kind") == "lifted")
    assessed = tier_frame(table.select("household_id", *TIER_FACTS), tier_parameters(name), reading("default"))
    return assessed.select("household_id", "tier")


@pytest.fixture(scope="module")
def city_with_rounds(tmp_path_factory):
    root = tmp_path_factory.mktemp("transitions")
    write_city(FactStore(root), simulate(1000, 3, 3, divisions=DIVISIONS), Origin(simulated=True))
    return root


def test_each_county_is_compared_with_its_own_round_before(tmp_path):
    """One county was passed over in between; a household that moved is gone there and first seen here."""
    rounds = {
        "2019-05": {"341502": ["1"], "341524": ["2", "moves"]},
        "2019-10": {"341524": ["2", "moves"]},
        "2020-04": {"341502": ["1", "moves"], "341524": ["2"]},
    }
    store = FactStore(tmp_path)
    for name, counties in rounds.items():
        tables = {
            code: pl.DataFrame([SOUND | {"household_id": one} for one in ids]).to_arrow(
                compat_level=pl.CompatLevel.oldest()
            )
            for code, ids in counties.items()
        }
        store.write(name, tables, Origin(simulated=True))
    result = tier_transitions(RoundScope(store, "2020-04"), reading("default"))
    assert result.before_round == "2019-10"
    assert dict(result.counts.select("county_code", "households").iter_rows()) == {"341502": 1.0, "341524": 1.0}
    assert (result.first_seen, result.gone) == (1.0, 1.0)
    assert tier_transitions(RoundScope(store, "2020-04", "341502"), reading("default")).before_round == "2019-05"


@pytest.mark.parametrize(("rounds", "times"), [(("2019-05", "2019-10"), 2), (("2019-10", "2020-04"), 3)])
def test_tiers_under_other_figures_are_made_only_where_there_are_others(tmp_path, monkeypatch, rounds, times):
    asked = []

    def counted(rows, rules):
        asked.append(rules)
        return apply_rules(rows, rules)

    monkeypatch.setattr(transitions, "apply_rules", counted)
    store = store_of(tmp_path, [{}], [{"medical": 1}], rounds)
    (row,) = tier_transitions(RoundScope(store, rounds[1]), reading("default")).counts.to_dicts()
    assert (row["before"], row["after"], row["cause"]) == (3, 2, "facts")
    assert len(asked) == times
