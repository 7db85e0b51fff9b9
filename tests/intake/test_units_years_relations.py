"""Units in titles and headers, years as dates, relations of GB/T 4761: read for what they are, or said."""

from pathlib import Path

import polars as pl
import pytest

from tests.intake.person_lists import A2017, D2023, id_number, person, write_csv
from workbench.intake.export import read_export
from workbench.intake.matching.units import stated_units
from workbench.intake.tables.mapping import Mapping
from workbench.intake.tables.years import year_of

ODD = Path(__file__).parent.parent / "data" / "odd"
ROUND = "2023-10"


def read(tmp_path: Path, titles: list[list[str]], headers: list[str], *cells: dict[str, str]):
    rows = [
        person(headers, serial, household=f"341599991000{serial:02d}", **each) for serial, each in enumerate(cells, 1)
    ]
    return read_export(write_csv(tmp_path / "list.csv", [*titles, headers, *rows]), round_name=ROUND)


def column(result, name: str) -> list:
    return pl.DataFrame(result.facts["341524"]).sort("household_id")[name].to_list()


@pytest.mark.parametrize(
    ("name", "incomes"), [("unit_wanyuan_title.csv", [4700.0, 4733.0]), ("a2017_wanyuan.csv", [4700.0, 4700.0])]
)
def test_ten_thousands_of_yuan_are_read_as_yuan_and_said(name, incomes):
    result = read_export(ODD / name, round_name=ROUND)
    assert column(result, "income_pc") == incomes
    assert any("万元" in note.zh and "10000" in note.zh and "人均纯收入" in note.zh for note in result.notes)
    assert {match.unit for match in result.columns if match.means == "人均纯收入"} == {"万元"}


@pytest.mark.parametrize(
    ("title", "factor"),
    [
        ("单位：万元", 10000), ("（单位：千元）", 1000), ("金额单位：百元", 100), ("某县名单（万元）", 10000), ("单位：元/月", 12), ("单位：元、亩、人", 1),
        ("单位：金寨县乡村振兴局", 1), ("填报单位：某某镇  单位：万元", 10000), ("收入达到1万元以上的户", 1), ("【单位:万元】", 10000),
    ],
)  # fmt: skip
def test_a_unit_above_the_table(tmp_path, title, factor):
    result = read(tmp_path, [[title, ""]], A2017, {"人均纯收入": "0.5"})
    assert column(result, "income_pc") == [0.5 * factor]


@pytest.mark.parametrize(
    ("header", "written", "income"),
    [
        ("人均纯收入（万元）", "0.5", 5000.0),
        ("人均纯收入(元)", "5000", 5000.0),
        ("人均纯收入（元/月）", "400", 4800.0),
        ("人均纯收入[千元]", "4.7", 4700.0),
        # On paper 4,826.135, to a machine a little less.
        ("人均纯收入（万元）", "0.4826135", 4826.14),
    ],
)
def test_a_unit_in_the_header_goes_before_the_title(tmp_path, header, written, income):
    headers = [header if one == "人均纯收入" else one for one in A2017]
    result = read(tmp_path, [["单位：万元"]], headers, {header: written})
    assert column(result, "income_pc") == [income]


def test_two_units_above_a_table_leave_its_money_unread(tmp_path):
    result = read(tmp_path, [["单位：万元", "单位：元"]], D2023, {"工资性收入": "0.5"})
    assert "income_wage" not in result.facts["341524"].column_names
    reasons = {match.header: match.reason.zh for match in result.columns}
    assert "两种单位" in reasons["工资性收入"]
    own = next(match for match in result.columns if match.header == "人均纯收入（元）")
    assert (own.means, own.factor) == ("人均纯收入", 1)


def test_land_in_hectares(tmp_path):
    headers = ["耕地面积（公顷）" if one == "耕地面积（亩）" else one for one in D2023]
    assert column(read(tmp_path, [], headers, {"耕地面积（公顷）": "0.2", "户类型": "脱贫户"}), "land_mu") == [3.0]


def test_an_office_is_no_unit():
    assert stated_units(["单位：某某局", "主管单位：某某办", "（第一批）"]) == {}


# -- years --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("2018", 2018), ("2018.0", 2018), ("2018年", 2018), ("2018年底", 2018), ("20181231", 2018), ("201812", 2018), ("43465", 2018),
        ("2018-12-31", 2018), ("2018/12", 2018), ("2018.12", 2018), ("2018年12月", 2018), ("2018年12月31日", 2018), ("２０１８", 2018),
        ("2018-12-31 00:00:00", 2018), ("18", None), ("201813", None), ("已脱贫", None), ("2018-2019", None), ("", None),
    ],
)  # fmt: skip
def test_a_year_under_every_guise(written, year):
    assert pl.DataFrame({"cell": [written]}).select(year_of(pl.col("cell"))).item() == year


def test_years_of_exit_as_dates():
    assert column(read_export(ODD / "exit_year_dates.csv", round_name=ROUND), "exit_year") == [2018, 2018, 2018]


@pytest.mark.parametrize("written", ["1985", "2024", "20240101", "45300"])
def test_a_year_that_cannot_be_is_a_finding(tmp_path, written):
    result = read(tmp_path, [], A2017, {"脱贫年度": written})
    assert [(one.column, one.reason) for one in result.problems] == [("脱贫年度", "year of exit")]
    assert column(result, "exit_year") == [None]
    mapping = Mapping.model_validate({"key": "k", "facts": {"exit_year": {"column": "y"}}})
    path = write_csv(tmp_path / "t.csv", [["k", "y"], ["1", written], ["2", "201812"]])
    mapped = read_export(path, round_name=ROUND, county="341524", mapping=mapping)
    assert column(mapped, "exit_year") == [None, 2018]
    assert [(one.row, one.reason) for one in mapped.problems] == [(2, "year of exit")]


# -- relations ----------------------------------------------------------------------------------------------------------


def test_relations_of_the_standard_are_known():
    result = read_export(ODD / "relations.csv", round_name=ROUND)
    assert result.warnings == ()


@pytest.mark.parametrize(
    ("head", "others"),
    [
        ("本人", ["丈夫", "长子", "儿媳"]),
        ("02", ["12", "22", "41"]),
        ("0", ["1", "2", "5"]),
        ("户主", ["养子或继子", "外孙女", "爷爷"]),
        ("01", ["10", "52", "94"]),
    ],
)
def test_words_and_codes_of_gb_t_4761(tmp_path, head, others):
    rows = [
        person(A2017, serial, 与户主关系=relation, 人数="4", 证件号码=id_number(serial))
        for serial, relation in enumerate([head, *others], 1)
    ]
    result = read_export(write_csv(tmp_path / "list.csv", [A2017, *rows]), round_name=ROUND)
    assert [one.reason for one in result.warnings if one.column == "与户主关系"] == []
