"""Hindsight equals what a household by household count says: random standards, nulls, weights, counties passed over, and a city."""

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preview.hindsight_by_hand import MISSED, by_hand
from tests.reference import CHECKS, GROUPS
from tests.strategies import OWN_GROUPS, standard
from workbench.domain.rules.standard import parse_standard
from workbench.errors import StandardError, StoreError
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.request import hindsight
from workbench.risk.data.panel import PanelReader
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

COUNTIES = ("341522", "341524", "LA-KFQ")
ROUNDS = ("2019-05", "2019-10", "2020-04", "2020-10")
FACTS = ("persons", "net_income", "income_pc", "out_of_pocket", *GROUPS, *CHECKS, *OWN_GROUPS)
REFERENCE = {
    "income": {"ceiling": {"multiple": 1.5}, "group_ceilings": {"disability": 1.8}},
    "groups": GROUPS,
    "require_group": True,
    "routes": {
        "rigid_expenditure": {"share": 0.5, "ceiling": {"multiple": 2.0}},
        "income_drop": {"share": 0.3, "ceiling": {"multiple": 2.0}},
    },
    "exclusions": CHECKS,
    "help_cost": 3000.0,
}


MONEY = [0.0, 500.0, 1609.0, 3217.99, 3218.0, 4827.0, 6436.0, 9654.0, 20000.0, -150.0]
NEAR = [3217.99, 3218.0, 3500.0, 3999.99, 4000.0, 4827.0, 5792.4, 7000.0, 2500.0]


def _row(draw, number):
    """A household, near the line more often than not; now and then a fact is not known."""

    def of(values):
        return None if draw.random() < 0.08 else draw.choice(values)

    return {
        "household_id": f"{number:02d}",
        "kind": draw.choice(["unregistered"] * 6 + ["lifted", "registered"]),
        "persons": of([0, 1, 2, 4]),
        "net_income": of(MONEY),
        "out_of_pocket": of(MONEY),
        "income_pc": of(NEAR),
        **{name: of([True, False, False]) for name in (*GROUPS, *OWN_GROUPS)},
        **{name: of([True] + [False] * 9) for name in CHECKS},
    }


def past_of(seed):
    """Rounds of counties, some of which a round passes over; a number now and then stands twice."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    rounds = {
        name: {code: [_row(draw, draw.randrange(30)) for _ in range(25)] for code in COUNTIES if draw.random() < 0.75}
        for name in ROUNDS
    }
    weighted = draw.random() < 0.5
    for counties in rounds.values():
        for rows in counties.values():
            for number, row in enumerate(rows):
                row["weight"] = float(number % 3 + 1) if weighted else 1.0
    return {name: counties for name, counties in rounds.items() if counties}


any_past = st.integers(0, 2**32).map(past_of).filter(bool)
"""A past by a seed: drawn fact by fact it would be more than hypothesis can keep in mind."""


def store_of(root, rounds):
    store = FactStore(root)
    columns = ("household_id", "kind", "weight", *FACTS)
    for name, counties in rounds.items():
        tables = {
            code: pl.DataFrame(
                [{key: row[key] for key in columns} for row in rows],
                schema_overrides=dict.fromkeys([*GROUPS, *CHECKS, *OWN_GROUPS], pl.Boolean) | {"persons": pl.Int64}
                | dict.fromkeys(["net_income", "income_pc", "out_of_pocket"], pl.Float64),
            ).to_arrow(compat_level=pl.CompatLevel.oldest())
            for code, rows in counties.items()
        }  # fmt: skip
        store.write(name, tables, Origin(simulated=True))
    return store


def said(record):
    return {
        "rounds": [
            {key: each[key] for key in ("round", "in", "cannot_tell", "slips", "caught")} for each in record["rounds"]
        ],
        "caught_share": record["caught_share"],
        "missed": {key: record["missed"][key] for key in MISSED},
    }


@given(rounds=any_past, data=standard, until=st.sampled_from([None, *ROUNDS]), line=st.sampled_from([None, 3500.0]))
def test_any_standard_over_any_past(tmp_path_factory, rounds, data, until, line):
    data["income"]["ceiling"] = {"multiple": 1.2} if "yuan" in data["income"]["ceiling"] else data["income"]["ceiling"]
    for way in data["routes"].values():
        way["ceiling"] = {"multiple": 1.5} if "yuan" in way["ceiling"] else way["ceiling"]
    store = store_of(tmp_path_factory.mktemp("past"), rounds)
    chosen = parse_standard(data)
    for county in (None, *{code for counties in rounds.values() for code in counties}):
        expected = by_hand(rounds, data, county, until, line)
        for _ in range(2):  # built, then from what was kept
            assert said(hindsight(PastScope(store, county, line, until), chosen)) == expected


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    store = FactStore(tmp_path_factory.mktemp("city"))
    write_city(store, simulate(3000, 5, 4, divisions=DIVISIONS), Origin(simulated=True))
    return store


@pytest.fixture(scope="module")
def city_rows(city):
    return {name: {code: city.frame(name, code).to_dicts() for code in city.counties(name)} for name in city.rounds()}


@pytest.mark.deep  # any standard over any past, by hand too, in every run: above
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"require_group": False, "routes": {}},
        {"income": {"ceiling": {"multiple": 1.2}, "deduct_out_of_pocket": True}},
        {"groups": ["dibao", "illness"], "line": 4200.0},
    ],
)
def test_a_city(city, city_rows, changed):
    data = REFERENCE | changed
    record = hindsight(PastScope(city), parse_standard(data), parse_standard(REFERENCE))
    assert said(record) == by_hand(city_rows, data)
    assert said(record["against"]) == by_hand(city_rows, REFERENCE)
    assert sum(record["missed"].values()) + record["caught"] == record["slips"] > 20


def test_labels_are_those_that_the_model_learns(city):
    (past, *_) = PastScope(city).rounds(parse_standard(REFERENCE))
    reader = PanelReader(city)
    labelled = reader.labelled(reader.transitions()[0]).filter(pl.col("kind") == "unregistered")
    theirs = dict(zip(labelled["household_id"], labelled["slip"], strict=True))
    ours = zip(past.index.household_id.to_pylist(), past.labelled, past.slipped, strict=True)
    assert {one: bool(slip) if known else None for one, known, slip in ours} == theirs


def test_a_ceiling_below_the_line_of_a_later_round_names_the_round(city):
    data = REFERENCE | {"income": {"ceiling": {"yuan": 3300.0}}, "routes": {}}
    with pytest.raises(StandardError, match="2020-04"):
        hindsight(PastScope(city), parse_standard(data))
    assert len(hindsight(PastScope(city, until="2020-04"), parse_standard(data))["rounds"]) == 2


def test_a_county_that_no_round_holds_is_refused(city):
    with pytest.raises(StoreError, match="999999"):
        hindsight(PastScope(city, "999999"), parse_standard(REFERENCE))


def test_what_is_kept_follows_the_facts_of_the_next_round(tmp_path):
    row = dict.fromkeys(FACTS) | {"household_id": "1", "kind": "unregistered", "weight": 1.0, "dibao": True}
    fell, stayed = {**row, "income_pc": 3000.0}, {**row, "income_pc": 3300.0}
    scope = PastScope(store_of(tmp_path, {"2019-05": {"341524": [stayed]}, "2019-10": {"341524": [fell]}}))
    loose = parse_standard({"income": {"ceiling": {"multiple": 2.0}}})
    assert hindsight(scope, loose)["caught"] == 1
    store_of(tmp_path, {"2019-10": {"341524": [stayed]}})
    assert hindsight(scope, loose)["slips"] == 0
    store_of(tmp_path, {"2019-10": {"341524": [{**fell, "household_id": "2"}]}})
    assert hindsight(scope, loose)["rounds"][0]["labelled"] == 0
