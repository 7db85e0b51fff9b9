"""What files would do to what a round holds, said before anything is written: by counts, by fact, and change by change."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from workbench.intake.export import read_export
from workbench.intake.findings.result import to_arrow
from workbench.store.batches.comparison import MOST_SHOWN, Comparison, FactChange, compare
from workbench.store.facts import FactStore
from workbench.store.ingest import compare_results, take_in
from workbench.store.schema import Origin
from workbench.store.taking_in.open_round import open_round

ODD = Path(__file__).parents[1] / "data" / "odd"
COUNTY, ROUND = "341524", "2023-10"


def read(name):
    return read_export(ODD / name, round_name=ROUND)


@pytest.fixture
def store(tmp_path):
    """A store that took `full.csv` in."""
    store = FactStore(tmp_path / "store")
    take_in(store, ROUND, [read("full.csv")], Origin())
    return store


def test_facts_that_a_later_file_leaves_empty_are_counted_before_it_happens(store):
    comparison = compare_results(store, ROUND, [read("blank_incomes.csv")])
    stored = pl.DataFrame(store.read(ROUND, COUNTY))
    incomes = ("income_pc", "net_income", "income_wage", "income_business", "income_property", "income_transfer")
    lost = dict.fromkeys([*incomes, "cost_business"], 3)
    assert (comparison.added, comparison.changed, comparison.unchanged, comparison.forgotten_households) == (0, 3, 0, 3)
    assert dict(comparison.forgotten) == lost
    assert comparison.changed_facts["income_pc"] == 3
    shown = [each for each in comparison.changes if each.fact == "income_pc"]
    assert [(each.before, each.after) for each in shown] == [
        (4700.0, None),
        (4733.33, None),
        (4766.67, None),
    ]
    assert all(each.forgets for each in shown)
    assert pl.DataFrame(store.read(ROUND, COUNTY)).equals(stored)


def test_the_same_file_again_changes_nothing_and_shows_nothing(store):
    comparison = compare_results(store, ROUND, [read("full.csv")])
    assert comparison == Comparison(unchanged=3)


def test_households_of_an_empty_round_are_all_added(store):
    assert compare_results(store, "2024-04", [read("full.csv")]) == Comparison(added=3)


def table(**columns):
    return to_arrow(pl.DataFrame(columns))


def test_each_changed_fact_is_shown_with_what_it_was():
    before = table(household_id=["1", "2", "3"], persons=[2, 3, 4], income_pc=[1.0, None, 3.0])
    after = table(household_id=["1", "2", "3"], persons=[2, 5, 4], income_pc=[1.0, 2.0, None])
    comparison = compare(before, after, ["1", "2", "3"], COUNTY)
    assert comparison.changes == (
        FactChange(COUNTY, "3", "income_pc", 3.0, None),
        FactChange(COUNTY, "2", "persons", 3, 5),
        FactChange(COUNTY, "2", "income_pc", None, 2.0),
    )
    assert (dict(comparison.changed_facts), comparison.changed) == ({"persons": 1, "income_pc": 2}, 2)


def test_households_that_the_file_does_not_bring_are_not_compared():
    before = table(household_id=["1", "2"], persons=[2, 3])
    after = table(household_id=["1", "2"], persons=[9, 9])
    assert compare(before, after, ["2"]).changed == 1


def test_what_is_forgotten_is_shown_before_a_flood_of_other_changes():
    many = 3 * MOST_SHOWN
    numbers = [f"{number:05d}" for number in range(many)]
    before = table(household_id=numbers, persons=[1] * many, land_mu=[1.0] * many)
    after = table(household_id=numbers, persons=[2] * many, land_mu=[*[1.0] * (many - 1), None])
    comparison = compare(before, after, numbers)
    assert len(comparison.changes) == MOST_SHOWN
    assert comparison.changes[0] == FactChange("", numbers[-1], "land_mu", 1.0, None)
    assert comparison.changed_facts["persons"] == many


@pytest.mark.parametrize(
    ("rounds", "closed", "offered"),
    [
        ([], [], "2026-10"),
        (["2019-05"], [], "2019-05"),
        (["2019-05", "2019-10"], [], "2019-10"),
        (["2019-05", "2019-10"], ["2019-05"], "2019-10"),
        (["2019-05", "2019-10"], ["2019-05", "2019-10"], "2020-04"),
    ],
)
def test_the_round_offered_is_the_stores_not_the_clocks(tmp_path, rounds, closed, offered):
    store = FactStore(tmp_path)
    for name in rounds:
        store.write(name, read("full.csv").facts, Origin())
    for name in closed:
        store.close(name)
    assert open_round(store, dt.date(2026, 11, 26)) == offered
