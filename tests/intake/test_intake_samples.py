"""The sample exports give exactly the findings written beside them."""

import json
from pathlib import Path

import polars as pl
import pytest

from workbench.intake.export import read_export
from workbench.intake.findings.result import IntakeResult

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
SAMPLES = sorted(EXPORTS.glob("*.expect.json"))


def _read(expected: dict) -> IntakeResult:
    name = expected["file"]
    return read_export(EXPORTS / name, round_name=Path(name).stem[-7:])


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem[:3])
def sample(request) -> tuple[dict, IntakeResult]:
    expected = json.loads(request.param.read_text(encoding="utf-8"))
    return expected, _read(expected)


def test_there_are_samples():
    assert len(SAMPLES) == 2


def test_counts(sample):
    expected, result = sample
    assert result.layout == expected["layout"]
    assert list(result.facts) == [expected["county"]]
    assert result.accepted_households == expected["households"] == result.facts[expected["county"]].num_rows
    # every row counts as a person, the duplicate too; the row without a household number is the one rejected
    assert result.accepted_persons + result.rejected_rows == expected["persons"]
    assert result.rejected_rows == sum(
        (one["column"], one["reason"]) == ("户编号", "missing") for one in expected["problems"]
    )


def test_problems_are_those_planted_and_no_other(sample):
    expected, result = sample
    first = expected["data_starts_at_sheet_row"]
    planted = {(one["row"] + first, one["column"], one["reason"]) for one in expected["problems"]}
    reported = {(one.row, one.column, one.reason) for one in result.problems}
    assert planted <= reported
    # an income that is no number stands on every row of its household: those rows are reported too, and nothing else
    texts = {one.row: one.value for one in result.problems if one.reason == "not a number"}
    planted_rows = {row for row, _, reason in planted if reason == "not a number"}
    for row, column, reason in reported - planted:
        assert (column, reason) == ("人均纯收入", "not a number")
        near = [other for other in planted_rows if abs(other - row) < 6]
        assert texts[row] in {texts[other] for other in near}


def test_income_texts_are_numbers(sample):
    expected, result = sample
    incomes = set(result.facts[expected["county"]]["income_pc"].to_pylist())
    assert set(expected["income_text_that_is_a_number"].values()) <= incomes
    assert result.facts[expected["county"]]["income_pc"].null_count == 2


def test_nothing_personal_in_facts_or_findings(sample):
    expected, result = sample
    facts = result.facts[expected["county"]]
    persons = pl.DataFrame(result.persons[expected["county"]])
    assert not {"name", "id_number", "phone", "health"} & set(facts.column_names)
    assert persons.height == result.accepted_persons
    numbers = set(persons["id_number"].drop_nulls().str.slice(0, 18))
    for finding in (*result.problems, *result.warnings):
        assert not any(number in f"{finding.value}{finding.message}" for number in numbers)


def test_the_same_file_twice_gives_equal_tables(sample):
    expected, result = sample
    assert _read(expected) == result


def test_facts_of_a_household_of_the_monitoring_export():
    result = read_export(EXPORTS / "霍邱县_监测信息_2019-10.csv", round_name="2019-10")
    facts = pl.DataFrame(result.facts["341522"]).row(
        by_predicate=pl.col("household_id") == "34152502316763", named=True
    )
    assert facts["net_income"] == 22840 + 9000 + 0 + 2290 - 3150
    assert facts["income_pc"] == 15490
    assert (facts["labour"], facts["skilled"], facts["weak_labour"], facts["work_months"]) == (1, 1, 1, 8)
    assert (facts["disabled"], facts["severely_disabled"]) == (1, 0)
    assert (facts["dibao"], facts["disability"], facts["illness"], facts["medical"]) == (True, True, False, 2)
    assert (facts["kind"], facts["exit_year"], facts["land_mu"], facts["out_of_pocket"]) == ("lifted", 2017, 2.5, 12000)
    assert facts["cause"] is None
