"""The price of a reading: each reading's figures by the independent implementation of the rules, household by household."""

import datetime as dt
import io
import zipfile

import pytest
from docx import Document

from tests.preview.scored import score_store
from tests.reference import GROUPS, edge
from workbench.domain.clause_places import place_of_clause
from workbench.domain.parameters import load_yaml, tier_parameters
from workbench.domain.rules.legal_readings import reading as tier_reading
from workbench.domain.rules.open_points import open_points
from workbench.domain.rules.standard import parse_standard, standard_data
from workbench.preview.counts.sweep import vary
from workbench.preview.scope import PreviewScope
from workbench.reports.documents.question_letter import LetterHead, question_letter, signing_unit
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.statistics.reading_prices import price_record, reading_prices
from workbench.statistics.tiers import count_tiers, lifted_facts
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

ROUND, LINE = "2019-10", 3218.0
STANDARD = parse_standard(
    {
        "income": {"ceiling": {"multiple": 1.5}, "group_ceilings": {"disability": 1.8, "x_one_parent": 2.0}},
        "own_groups": {"x_one_parent": "单亲家庭户"},
        "routes": {"income_drop": {"share": 0.3, "ceiling": {"multiple": 2.0}}},
        "exclusions": ["has_car"],
        "help_cost": 3000.0,
    }
)


@pytest.fixture(scope="module")
def scope(tmp_path_factory):
    made = FactStore(tmp_path_factory.mktemp("store") / "store")
    write_city(made, simulate(3000, 2, 4, divisions=DIVISIONS), Origin(simulated=True))
    return PreviewScope(made, ROUND)


@pytest.fixture(scope="module")
def households(scope):
    facts = scope.store.frame_with_previous(ROUND).filter(kind="unregistered")
    return [
        row | {"previous": {"income_pc": row["previous_income_pc"]} if row["seen_before"] else None}
        for row in facts.iter_rows(named=True)
    ]


def times(amount, persons):
    return None if amount is None or persons is None else amount * persons


def changed(household, data, reading):
    """What the reading says, done to one household and the standard by hand."""
    if reading.previous_income:
        before = household["previous"] and household["previous"]["income_pc"]
        household = household | {"income_pc": before, "net_income": times(before, household["persons"])}
    if reading.name == "eight":
        # The notice's alone: what the county added under "and the like" is what the reading denies.
        ceilings = {name: each for name, each in data["income"]["group_ceilings"].items() if name in GROUPS}
        data = {**data, "income": {**data["income"], "group_ceilings": ceilings}, "groups": GROUPS}
    if reading.name in ("no_labour", "students"):
        counts = [household[name] for name in (*reading.adds.zero, *reading.adds.positive)]
        none = False if any(counts) else None if None in counts else True
        flag = none if reading.name == "no_labour" else None if none is None else not none
        household = household | {reading.adds.name: flag}
        data = {**data, "groups": [*data["groups"], reading.adds.name]}
    return edge(household, data, LINE)[0]


def test_every_reading_by_the_second_reading_of_the_rules(scope, households):
    record = price_record(reading_prices(scope, STANDARD))
    results = [[edge(each, standard_data(STANDARD), LINE)[0] for each in households]]
    for point, priced in zip(open_points(), record["points"], strict=True):
        if point.kind == "lifted":
            continue
        for reading, price in zip(point.readings, priced["readings"], strict=True):
            data = standard_data(vary(STANDARD, reading.changes))
            outcome = [changed(each, data, reading) for each in households]
            results.append(outcome)
            assert (price["in"], price["cannot_tell"]) == (outcome.count(True), outcome.count(None)), reading.name
            assert price["newly_in"] == sum(
                new is True and old is not True for new, old in zip(outcome, results[0], strict=True)
            )
            assert price["leaving"] == sum(
                new is not True and old is True for new, old in zip(outcome, results[0], strict=True)
            )
            assert price["cost"] == 3000 * price["in"]
            assert price["slips"] is None
    always = [all(row) for row in zip(*([each is True for each in column] for column in results), strict=True)]
    some = [any(row) for row in zip(*([each is True for each in column] for column in results), strict=True)]
    assert record["act_today"]["households"] == sum(always) > 0
    assert record["ask_the_city"]["households"] == sum(some) - sum(always) > 0
    listed = {(each["county_code"], each["household_id"]) for each in record["act_today"]["list"]}
    assert listed == {
        (each["county_code"], each["household_id"]) for each, act in zip(households, always, strict=True) if act
    }


def test_level_one_is_that_of_the_tiers_under_each_reading(scope):
    record = price_record(reading_prices(scope, STANDARD))
    for price in record["points"][0]["readings"]:
        counted = count_tiers(lifted_facts(scope), tier_parameters(ROUND), tier_reading(price["reading"])).city
        assert (price["in"], price["cannot_tell"]) == (counted["1"].households, counted["undetermined"].households)


def test_slips_are_those_of_the_scores(scope):
    scores = score_store(scope.store, ROUND)
    record = price_record(reading_prices(scope, STANDARD))
    required = next(point for point in record["points"] if point["point"] == "group_required")["readings"]
    assert 0 < required[0]["slips"] < required[1]["slips"] < scores["p_slip"].sum()
    assert record["points"][0]["readings"][0]["slips"] > 0


def test_every_point_is_cited_and_has_its_readings():
    assert {point.name for point in open_points()} == {
        "level_1_halves", "slightly_above", "group_required", "income_months", "and_the_like"
    }  # fmt: skip
    assert all(point.clause.startswith("§2.") and len(point.readings) > 1 for point in open_points())
    assert all("effective" in entry for entry in load_yaml("open_points"))


def test_a_letter_is_signed_by_whose_households_it_counts():
    assert signing_unit(["341524"]) == "金寨县"
    assert signing_unit(["341524", "341522"]) == "六安市"
    # Of another city nothing here knows the name, and Lu'an does not sign for it.
    assert signing_unit(["341202"]) == "341202"
    assert signing_unit(["341202", "341524"]) == "341202、金寨县"


def test_the_letter_asks_with_the_price(scope):
    record = price_record(reading_prices(scope, STANDARD))
    head = LetterHead("金寨县", ROUND, "参照标准", dt.date(2019, 10, 20), simulated=True)
    letter = question_letter(head, record)
    assert letter == question_letter(head, record)
    text = zipfile.ZipFile(io.BytesIO(letter)).read("word/document.xml").decode()
    for point in record["points"]:
        assert f"{point['question'].zh}（《通知》{place_of_clause(point['clause'], 'zh')}）" in text
        assert all(reading["words"].zh in text for reading in point["readings"])
    assert "§" not in text
    # To a tenth: 3.0 and 2.5 households would both be 3, and two readings look alike.
    slips = [each["slips"] for point in record["points"] for each in point["readings"] if each["slips"] is not None]
    assert all(f">{each:,.1f}<" in text for each in slips)
    # Sentences have room; the last figures too: seven digits in the column of yuan.
    widths = [column.width.mm for column in Document(io.BytesIO(letter)).tables[0].columns]
    assert widths == pytest.approx([42, 16, 18, 18, 18, 24, 20], abs=0.1)
    for words in ("请示", "模拟数据", "妥否", "没有测算", f"{record['points'][1]['readings'][2]['cost']:,.0f}"):
        assert words in text
