"""Amounts for each person (元/人) where the fact is the whole household's: multiplied by its persons, or not read; never taken as they are."""

import polars as pl
import pytest

from tests.intake.person_lists import write_csv
from workbench.errors import FileError
from workbench.intake.export import read_export
from workbench.intake.tables.mapping import Mapping

NUMBERS = ("34152400000001", "34152400000002")
PARTS = ["工资性收入", "生产经营性收入", "财产性收入", "转移性收入", "生产经营性支出"]


def read(tmp_path, headers, *rows, mapping=None, titles=()):
    path = write_csv(tmp_path / "list.csv", [*([title] for title in titles), ["户编号", *headers], *rows])
    return read_export(path, round_name="2019-10", county="341524", kind="lifted", mapping=mapping)


def facts(result, *names):
    return pl.DataFrame(result.facts["341524"]).sort("household_id").select(names).rows()


@pytest.mark.parametrize(
    ("header", "written", "wages"),
    [
        ("工资性收入（元/人）", "4000", 12000.0), ("工资性收入(元/人·年)", "4000", 12000.0), ("工资性收入（万元/人）", "0.4", 12000.0),
        ("工资性收入（元/人/月）", "100", 3600.0), ("工资性收入（元/户）", "4000", 4000.0), ("工资性收入（人民币元）", "4000", 4000.0),
    ],
)  # fmt: skip
def test_amounts_a_person_are_multiplied_and_it_is_said(tmp_path, header, written, wages):
    result = read(tmp_path, ["家庭人口", header], [NUMBERS[0], "3", written], [NUMBERS[1], "2", ""])
    assert facts(result, "income_wage") == [(wages,), (None,)]
    said = [note.zh for note in result.notes if "乘以人数" in note.zh and header in note.zh]
    assert bool(said) == ("元/人" in header)


def test_the_title_says_it_for_every_amount_of_a_household(tmp_path):
    titles = ["单位：元/人"]
    result = read(tmp_path, ["家庭人口", "工资性收入", "人均纯收入"], [NUMBERS[0], "3", "4000", "4700"], titles=titles)
    assert facts(result, "income_wage", "income_pc", "net_income") == [(12000.0, 4700.0, 14100.0)]


def test_without_persons_they_are_not_read_and_the_column_is_named(tmp_path):
    result = read(tmp_path, ["工资性收入（元/人）", "人均纯收入"], [NUMBERS[0], "4000", "4700"])
    assert facts(result, "income_pc") == [(4700.0,)]
    assert "income_wage" not in result.facts["341524"].column_names
    (column,) = [each for each in result.columns if each.header == "工资性收入（元/人）"]
    assert column.means is None
    assert "人数" in column.reason.zh


def test_an_amount_of_a_household_is_none_of_a_person(tmp_path):
    result = read(tmp_path, ["家庭人口", "人均纯收入（元/户）"], [NUMBERS[0], "3", "14100"])
    (column,) = [each for each in result.columns if each.header == "人均纯收入（元/户）"]
    assert column.means is None
    assert "每户" in column.reason.zh


def test_the_income_of_a_household_adds_up_what_was_multiplied(tmp_path):
    headers = ["家庭人口", *(f"{part}（元/人）" for part in PARTS[:4]), PARTS[4]]
    result = read(tmp_path, headers, [NUMBERS[0], "3", "3000", "1000", "0", "500", "900"])
    assert facts(result, "net_income", "income_business") == [(3 * 4500.0 - 900, 3000.0)]


def test_a_mapping_says_it_by_its_unit(tmp_path):
    source = {"column": "工资", "unit": "元/人"}
    whole = Mapping.model_validate({"key": "户编号", "facts": {"persons": {"column": "人口"}, "income_wage": source}})
    result = read(tmp_path, ["人口", "工资"], [NUMBERS[0], "3", "4000.005"], mapping=whole)
    assert facts(result, "income_wage") == [(12000.02,)]
    alone = Mapping.model_validate({"key": "户编号", "facts": {"income_wage": source}})
    with pytest.raises(FileError, match="要乘以人数"):
        read(tmp_path, ["人口", "工资"], [NUMBERS[0], "3", "4000"], mapping=alone)


@pytest.mark.parametrize("unit", ["元/户", "万元/户", "元/户·年"])
def test_a_mapping_that_says_a_household_where_a_person_is_meant_is_refused(tmp_path, unit):
    mapping = Mapping.model_validate({"key": "户编号", "facts": {"income_pc": {"column": "收入", "unit": unit}}})
    with pytest.raises(FileError, match="每人的数"):
        read(tmp_path, ["收入"], [NUMBERS[0], "14100"], mapping=mapping)


@pytest.mark.parametrize("persons", ["0", "", "-2", "2.5", "不详"])
@pytest.mark.parametrize("unit", ["（元/人）", "（元）"])
def test_without_a_number_of_persons_no_amount_is_known(tmp_path, persons, unit):
    headers = ["家庭人口", "人均纯收入", f"工资性收入{unit}"]
    result = read(tmp_path, headers, [NUMBERS[0], persons, "4700", "4000"], [NUMBERS[1], "2", "4700", "4000"])
    wages = [(None,), (8000.0,)] if unit == "（元/人）" else [(4000.0,), (4000.0,)]
    assert facts(result, "income_wage") == wages
    assert facts(result, "persons", "net_income") == [(None, None), (2, 9400.0)]


@pytest.mark.parametrize("persons", ["0", "-2"])
def test_no_income_adds_up_of_nobody(tmp_path, persons):
    headers = ["家庭人口", *(f"{part}（元/人）" for part in PARTS)]
    result = read(tmp_path, headers, [NUMBERS[0], persons, "3000", "1000", "0", "500", "900"])
    assert facts(result, "net_income", "income_wage") == [(None, None)]


@pytest.mark.parametrize("persons", ["0", "-2"])
def test_a_list_of_members_knows_no_income_of_nobody(tmp_path, persons):
    headers = ["人编号", "姓名", "与户主关系", "人数", "人均纯收入"]
    result = read(tmp_path, headers, [NUMBERS[0], f"{NUMBERS[0]}01", "张三", "户主", persons, "4700"])
    assert facts(result, "net_income") == [(None,)]


AMOUNTS = ["3000", "1000.5", "0", "500", "900.25"]
TOTAL = 3000 + 1000.5 + 500 - 900.25


def test_the_parts_make_the_income_of_the_household_and_that_per_person(tmp_path):
    headers = ["家庭人口", *PARTS]
    result = read(tmp_path, headers, [NUMBERS[0], "3", *AMOUNTS], [NUMBERS[1], "0", *AMOUNTS])
    assert facts(result, "net_income", "income_pc") == [(TOTAL, 1200.08), (TOTAL, None)]


def test_parts_for_each_person_make_the_income_per_person(tmp_path):
    headers = ["家庭人口", *(f"{part}（元/人）" for part in PARTS)]
    result = read(tmp_path, headers, [NUMBERS[0], "3", *AMOUNTS])
    assert facts(result, "net_income", "income_pc") == [(3 * TOTAL, TOTAL)]


def test_what_the_list_states_goes_before_the_parts(tmp_path):
    result = read(tmp_path, ["家庭人口", "家庭纯收入", *PARTS], [NUMBERS[0], "3", "6000", *AMOUNTS])
    assert facts(result, "net_income", "income_pc") == [(6000.0, 2000.0)]
    result = read(tmp_path, ["家庭人口", "人均纯收入", *PARTS], [NUMBERS[0], "3", "1300", *AMOUNTS])
    assert facts(result, "net_income", "income_pc") == [(TOTAL, 1300.0)]


def test_the_members_of_a_list_share_what_its_parts_make(tmp_path):
    headers = ["人编号", "姓名", "与户主关系", "人数", *PARTS]
    people = [
        [NUMBERS[0], f"{NUMBERS[0]}0{one}", "张三", who, "2", *AMOUNTS] for one, who in enumerate(("户主", "配偶"))
    ]
    assert facts(read(tmp_path, headers, *people), "net_income", "income_pc") == [(TOTAL, 1800.13)]
