"""A household's number is the same under every guise; what is no number is refused, in lists and mappings alike."""

from pathlib import Path

import polars as pl
import pytest

from tests.intake.person_lists import A2017, person, sheet, write_csv
from tests.variants import one_in
from workbench.intake.export import read_export
from workbench.intake.findings.result import household_ids
from workbench.intake.tables.household_numbers import household_number
from workbench.intake.tables.mapping import Mapping, load_mapping

ODD = Path(__file__).parent.parent / "data" / "odd"
ROUND = "2023-10"
PLAIN = "34159999100001"
BASE = {f"3415999910000{one}" for one in (1, 2, 3, 4)}
GUISES = [
    "3.4159999100001E13", "3.4159999100001e13", "3.4159999100001E+13", "3.41599991000010E13", "34159999100001.0",
    "34159999100001.", "34159999100001.00", "'34159999100001", "‘34159999100001", "´34159999100001", "户34159999100001",
    "户编号：34159999100001", "\u202d34159999100001\u202c", "\u200e34159999100001", "34159\u00ad999100001", "34159999\u2060100001",
    "\ufeff34159999100001", "３４１５９９９９１００００１", " 34159999100001 ", "34159 999 100001", "34,159,999,100,001", '"34159999100001"',
]  # fmt: skip
DAMAGED = ["3.4159E+13", "3.41599991E13", "3.4159999E+13", "3.4159999100001E12", "341599991000010000.0", "3415999910000100.0", "3E13"]  # fmt: skip
NO_NUMBERS = ["0", "无", "#N/A", "#REF!", "/", "-", "—", "待定", "待核实", "N/A", "nan", "null", "？", "同上"]
TOTALS = ["合计", "总计：", "合计：2户", "共2户", "金寨县小计", "Total"]


def of_list(tmp_path: Path, *numbers: str):
    rows = [person(A2017, serial, household=number) for serial, number in enumerate(numbers, 1)]
    return read_export(write_csv(tmp_path / "list.csv", sheet(A2017, *rows), "utf-8"), round_name=ROUND)


def of_mapping(tmp_path: Path, *numbers: str):
    mapping = Mapping.model_validate({"key": "k", "facts": {"income_pc": {"column": "v"}}})
    path = write_csv(tmp_path / "table.csv", [["k", "v"], *([number, "5000"] for number in numbers)])
    return read_export(path, round_name=ROUND, county="341524", mapping=mapping)


@pytest.mark.parametrize("written", one_in(3, GUISES))
def test_a_number_that_merely_looks_different_is_the_same(tmp_path, written):
    assert household_ids(of_list(tmp_path, written, PLAIN)) == {PLAIN}
    assert household_ids(of_mapping(tmp_path, written)) == {PLAIN}


@pytest.mark.parametrize("written", ["00123456789012", "A-0012", "JZ001", "1E5", "12-3", "金寨-00012"])
def test_a_number_of_a_countys_own_is_kept_as_it_is(tmp_path, written):
    assert household_ids(of_list(tmp_path, written)) == {written}


@pytest.mark.parametrize(
    ("written", "reason"),
    # Each reason several times; a file of every guise is read below.
    one_in(
        3,
        [
            *((one, "damaged number") for one in DAMAGED),
            *((one, "stand-in") for one in NO_NUMBERS),
            *((one, "total") for one in TOTALS),
        ],
    ),
)
def test_what_is_no_number_is_refused_with_the_reason(tmp_path, written, reason):
    result = of_list(tmp_path, PLAIN, written)
    assert household_ids(result) == {PLAIN}
    if reason != "total":  # a list's totals are passed over before anything is asked of them
        assert [(one.row, one.column, one.reason) for one in result.problems] == [(5, "户编号", reason)]
    result = of_mapping(tmp_path, PLAIN, written)
    assert household_ids(result) == {PLAIN}
    assert [(one.row, one.column, one.reason) for one in result.problems] == [(3, "k", reason)]


def test_only_a_mapping_may_have_words_for_keys(tmp_path):
    assert household_ids(of_mapping(tmp_path, "梅山镇张家", "A", "00")) == {"梅山镇张家", "A", "00"}
    assert household_ids(of_list(tmp_path, PLAIN, "梅山镇张家", "000", "审核人：某某")) == {PLAIN}


def test_a_nought_may_be_part_of_a_key_of_several_columns(tmp_path):
    mapping = Mapping.model_validate({"key": ["a", "b"], "facts": {"income_pc": {"column": "v"}}})
    rows = [["a", "b", "v"], ["1", "0", "5000"], ["0", "0", "5000"], ["1", "无", "5000"], ["1", "", "5000"]]
    result = read_export(write_csv(tmp_path / "t.csv", rows), round_name=ROUND, county="341524", mapping=mapping)
    assert household_ids(result) == {"1-0"}
    assert [one.reason for one in result.problems] == ["stand-in", "stand-in", "missing"]


@pytest.mark.parametrize("name", ["more_id_forms.csv", "invisible_marks.csv", "base.csv"])
def test_the_same_households_from_every_guise_in_a_file(name):
    result = read_export(ODD / name, round_name=ROUND)
    assert (household_ids(result), result.accepted_persons, result.rejected_rows) == (BASE, 12, 0)


def test_stand_ins_never_make_a_household():
    result = read_export(ODD / "household_standins.csv", round_name=ROUND)
    assert household_ids(result) <= BASE
    assert {one.reason for one in result.problems} == {"stand-in"}
    mapping = load_mapping(ODD / "mapping_error_cells.mapping.yaml")
    result = read_export(ODD / "mapping_standin_keys.csv", round_name=ROUND, mapping=mapping)
    assert (result.accepted_households, result.rejected_rows) == (0, 4)
    assert [one.reason for one in result.problems] == ["stand-in", "stand-in", "stand-in", "total"]


def test_a_blank_cell_is_null():
    cells = pl.DataFrame({"cell": ["", "'", " \u200b", None]})
    assert cells.select(household_number(pl.col("cell")))["cell"].to_list() == [None] * 4
