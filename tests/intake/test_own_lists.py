"""Lists of an office's own: every column said, what it does not say asked for, no fact wrong."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from tests.intake.person_lists import id_number, write_csv, write_xlsx
from workbench.errors import InputError, QuestionError
from workbench.intake.export import read_export
from workbench.intake.findings.result import IntakeResult, household_ids
from workbench.intake.tables.mapping import Mapping, load_mapping

ODD = Path(__file__).parent.parent / "data" / "odd"
ROUND = "2023-10"
COUNTY = "341525"
HOUSEHOLDS = (
    ["户编码", "所在乡镇", "行政村名称", "户主", "家庭人口", "2022年人均纯收入（万元）", "上学人数", "务工时间(月)", "主要致贫原因",
     "是否危房", "是否低保", "家庭是否有车辆", "有无商品房", "大病人数", "劳动力（人）", "备注", "上年人均纯收入", "饮水是否安全"],
    ["34152500000001", "衡山镇", "东村", "甲", "3", "0.5", "1", "8", "因病", "否", "是", "否", "无", "1", "2", "", "4000", "是"],
    ["34152500000002", "衡山镇", "东村", "乙", "2", "0.61235", "0", "4", "缺技术", "是", "否", "是", "有", "0", "1", "", "4100", "否"],
    ["34152500000003", "衡山镇", "西村", "丙", "4", "0.7", "", "10", "因残", "否", "", "否", "无", "0", "2", "迁出", "4200", "是"],
)  # fmt: skip


def read(path: Path, **said: str) -> IntakeResult:
    return read_export(path, round_name=ROUND, **{"county": COUNTY, "kind": "lifted", **said})


def columns(result: IntakeResult) -> dict[str, tuple[str | None, str]]:
    return {match.header: (match.means, str(match.how)) for match in result.columns}


def facts(result: IntakeResult, county: str = COUNTY) -> list[dict]:
    return pl.DataFrame(result.facts[county]).sort("household_id").to_dicts()


def own(tmp_path: Path, headers: list[str], *rows: list[str], titles: int = 0) -> Path:
    return write_csv(tmp_path / "own.csv", [["名单"]] * titles + [headers, *rows], "gb18030")


def test_an_offices_list_of_persons_is_read_without_a_mapping():
    result = read(ODD / "own_list.csv")
    assert (result.layout, result.accepted_households, result.rejected_rows) == ("own_persons", 40, 0)
    with (ODD / "own_list.csv").open(encoding="gb18030", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert (household_ids(result), result.accepted_persons) == ({row["户编号"] for row in rows}, len(rows))
    assert columns(result) == {
        "姓名": ("姓名", "known"), "户编号": ("户编号", "known"), "身份证号": ("证件号码", "alias"), "乡镇": ("乡", "alias"),
        "村": ("村", "known"), "与户主关系": ("与户主关系", "known"), "家庭人均纯收入": ("人均纯收入", "alias"),
        "健康状况": ("健康状况", "known"), "劳动技能": ("劳动技能", "known"), "务工月数": ("务工时间(月)", "alias"),
        "致贫原因": ("主要致贫原因", "alias"), "脱贫时间": ("脱贫年度", "alias"),
    }  # fmt: skip
    exits = {row["户编号"]: int(row["脱贫时间"]) for row in rows if row["脱贫时间"]}
    assert {fact["household_id"]: fact["exit_year"] for fact in facts(result)} == exits
    assert {fact["kind"] for fact in facts(result)} == {"lifted"}
    assert any("未知" in note.zh and "合规自付支出" in note.zh for note in result.notes)


@pytest.mark.parametrize(
    ("said", "asks", "likely"),
    [({"county": None, "kind": "lifted"}, "county", ""), ({"county": COUNTY, "kind": None}, "kind", "lifted")],
)
def test_what_a_list_does_not_say_is_asked_for(said, asks, likely):
    with pytest.raises(QuestionError) as refused:
        read(ODD / "own_list.csv", **said)
    assert (refused.value.asks, refused.value.likely) == (asks, likely)
    assert f"--{asks}" in refused.value.words.zh


def test_a_kind_that_is_none_is_refused_and_its_words_are_accepted(tmp_path):
    with pytest.raises(InputError, match="lifted"):
        read(own(tmp_path, *HOUSEHOLDS), kind="rich")
    assert facts(read(own(tmp_path, *HOUSEHOLDS), kind="已脱贫户"))[0]["kind"] == "lifted"


def test_the_provinces_list_with_thirty_of_its_columns():
    expected = json.loads((ODD / "fewer_columns_2021.expect.json").read_text(encoding="utf-8"))
    result = read_export(ODD / expected["file"], round_name="2021-10")
    assert (result.layout, list(result.facts)) == (expected["layout"], [expected["county"]])
    assert result.accepted_households == expected["households"]
    assert result.accepted_persons + result.rejected_rows == expected["persons"]
    first = expected["data_starts_at_sheet_row"]
    planted = {(one["row"] + first, one["column"], one["reason"]) for one in expected["problems"]}
    assert planted <= {(one.row, one.column, one.reason) for one in result.problems}
    incomes = {fact["income_pc"] for fact in facts(result, expected["county"])}
    assert set(expected["income_text_that_is_a_number"].values()) <= incomes


def test_a_list_of_households_with_every_column_said(tmp_path):
    result = read(own(tmp_path, *HOUSEHOLDS, titles=1))
    assert (result.layout, result.problems, result.accepted_persons) == ("own_households", (), 9)
    assert columns(result) == {
        "户编码": ("household_id", "alias"), "所在乡镇": ("township", "alias"), "行政村名称": ("village", "alias"),
        "户主": (None, "ignored"), "家庭人口": ("persons", "alias"), "2022年人均纯收入（万元）": ("income_pc", "likely"),
        "上学人数": ("students", "alias"), "务工时间(月)": ("work_months", "known"), "主要致贫原因": ("cause", "known"),
        "是否危房": ("dilapidated_housing", "alias"), "是否低保": ("dibao", "alias"), "家庭是否有车辆": ("has_car", "likely"),
        "有无商品房": ("has_commercial_housing", "alias"), "大病人数": ("seriously_ill", "alias"), "劳动力（人）": ("labour", "likely"),
        "备注": (None, "ignored"), "上年人均纯收入": (None, "ignored"), "饮水是否安全": ("water", "alias"),
    }  # fmt: skip
    first, second, third = facts(result)
    assert (first["income_pc"], second["income_pc"], first["net_income"]) == (5000.0, 6123.5, 15000.0)
    assert (first["dibao"], second["dibao"], third["dibao"]) == (True, False, None)
    assert (first["students"], second["students"], third["students"]) == (1, 0, None)
    assert (second["dilapidated_housing"], second["housing"], second["water"], first["water"]) == (True, 2, 2, 0)
    assert (second["has_car"], second["has_commercial_housing"], third["labour"]) == (True, True, 2)
    assert any("万元" in note.zh and "10000" in note.zh for note in result.notes)
    assert any("受灾户" in note.zh and "未知" in note.zh for note in result.notes)


def test_columns_that_compete_are_left_unread_and_named(tmp_path):
    headers = ["户编号", "家庭人口", "常住人口数", "人均纯收入"]
    rows = [["34152500000001", "3", "2", "5000"], ["34152500000002", "4", "4", "6000"]]
    result = read(own(tmp_path, headers, *rows))
    assert columns(result)["家庭人口"] == columns(result)["常住人口数"] == (None, "ignored")
    assert facts(result)[0].get("persons") is None
    assert "常住人口数" in next(match.reason.zh for match in result.columns if match.header == "家庭人口")
    same = [[row[0], row[1], row[1], row[3]] for row in rows]
    assert columns(read(own(tmp_path, headers, *same)))["家庭人口"] == ("persons", "alias")


def test_two_years_of_one_fact_compete(tmp_path):
    headers = ["户编号", "2021年人均纯收入", "2022年人均纯收入", "人数"]
    result = read(
        own(tmp_path, headers, ["34152500000001", "4000", "5000", "2"], ["34152500000002", "4000", "5000", "2"])
    )
    assert [match.means for match in result.columns] == ["household_id", None, None, "persons"]


@pytest.mark.parametrize(
    "header",
    ["家庭总收入", "人均可支配收入", "上年人均纯收入", "户主年龄", "弱劳动力占比", "人均纯收入增幅", "计划务工时间", "林地面积", "配偶健康状况", "轻度残疾人数",
     "人均转移性收入", "医疗支出", "2021年脱贫不脱政策", "是否享受过低保", "未上学人数", "户均耕地面积"],
)  # fmt: skip
def test_what_is_merely_like_a_known_column_is_not_taken(tmp_path, header):
    rows = [[f"3415250000000{one}", "3", str(one)] for one in range(1, 6)]
    result = read(own(tmp_path, ["户编号", "人数", header], *rows))
    assert columns(result)[header] == (None, "ignored")


@pytest.mark.parametrize(
    ("header", "cells", "means"),
    [
        ("家庭人均纯收入情况", ["5000", "6000", "7000"], "income_pc"), ("全家务工时间（月）", ["1", "2", "3"], "work_months"),
        ("家庭是否有危房", ["是", "否", "否"], "dilapidated_housing"), ("户内劳动力人数", ["1", "2", "3"], "labour"),
        ("合规自付费用额", ["1", "2", "3"], "out_of_pocket"), ("耕地面积／亩", ["1", "2.5", "3"], "land_mu"),
        ("致贫原因（必填）", ["因病", "因残", "缺技术"], "cause"), ("是否有军烈属", ["是", "否", "否"], "military_family"),
    ],
)  # fmt: skip
def test_filling_words_units_and_brackets_are_folded_away(tmp_path, header, cells, means):
    rows = [[f"3415250000000{one}", "3", cell] for one, cell in enumerate(cells, 1)]
    result = read(own(tmp_path, ["户编号", "人数", header], *rows))
    assert columns(result)[header] == (means, "likely")


def test_what_stands_in_a_column_says_what_it_is(tmp_path):
    headers = ["编码", "谁", "和当家的", "号", "身子", "能干活", "人均纯收入"]
    people = [
        ("户主", "健康", "普通劳动力"),
        ("妻子", "长期慢性病", "弱劳动力或半劳动力"),
        ("儿子", "健康", "无劳动力"),
        ("户主", "残疾", "丧失劳动力"),
    ]
    households = ["34152500000001"] * 3 + ["34152500000002"]
    rows = [
        [household, f"某{one}", relation, id_number(one), health, skill, "5000"]
        for one, (household, (relation, health, skill)) in enumerate(zip(households, people, strict=True), 1)
    ]
    result = read(own(tmp_path, headers, *rows))
    assert {header: means for header, (means, _) in columns(result).items()} == {
        "编码": "户编号", "谁": None, "和当家的": "与户主关系", "号": "证件号码", "身子": "健康状况", "能干活": "劳动技能", "人均纯收入": "人均纯收入",
    }  # fmt: skip
    assert {str(match.evidence) for match in result.columns if match.likely} == {"content"}
    assert (facts(result)[0]["labour"], facts(result)[0]["chronically_ill"]) == (1, 1)


def test_numbers_of_accounts_are_no_household_numbers(tmp_path):
    rows = [[f"622588000000{one:04d}", "3"] for one in range(1, 6)]
    with pytest.raises(QuestionError, match="户编号"):
        read(own(tmp_path, ["银行卡号", "人数"], *rows))


def test_a_table_of_nothing_known_is_refused(tmp_path):
    with pytest.raises(QuestionError) as refused:
        read(own(tmp_path, ["户编号", "甲", "乙"], ["34152500000001", "x", "y"]))
    assert refused.value.asks == "columns"


def test_a_known_header_over_other_content_is_not_taken(tmp_path):
    rows = [[f"3415250000000{one}", "5000", "张三、李四"] for one in range(1, 5)]
    result = read(own(tmp_path, ["户编号", "人均纯收入", "公职人员"], *rows))
    assert columns(result)["公职人员"] == (None, "ignored")


def test_a_workbook_is_read_alike(tmp_path):
    rows = [[""] * 3, *[list(row) for row in HOUSEHOLDS]]
    assert facts(read(write_xlsx(tmp_path / "own.xlsx", rows))) == facts(read(own(tmp_path, *HOUSEHOLDS)))


# -- mappings -----------------------------------------------------------------------------------------------------------


def test_a_mapping_says_a_unit_and_writes_itself_out(tmp_path):
    mapping = Mapping.model_validate(
        {"key": "号", "facts": {"income_pc": {"column": "钱", "unit": "万元"}, "kind": {"constant": "lifted"}}}
    )
    path = own(tmp_path, ["号", "钱"], ["甲1", "0.47"], ["甲2", "0.4733"])
    result = read_export(path, round_name=ROUND, county=COUNTY, mapping=mapping)
    assert [fact["income_pc"] for fact in facts(result)] == [4700.0, 4733.0]
    assert columns(result) == {"号": ("household_id", "mapping"), "钱": ("income_pc", "mapping")}
    written = tmp_path / "m.yaml"
    written.write_text(mapping.to_yaml(), encoding="utf-8")
    assert load_mapping(written) == mapping


@pytest.mark.parametrize(
    ("source", "words"),
    [({"column": "a", "unit": "两银子"}, "没有这个单位"), ({"constant": 1, "unit": "元"}, "unit 只能与 column")],
)
def test_a_unit_that_is_none_is_refused(tmp_path, source, words):
    path = tmp_path / "m.yaml"
    path.write_text(json.dumps({"key": "k", "facts": {"income_pc": source}}), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_mapping(path)


def test_a_mapping_for_a_list_of_persons(tmp_path):
    headers = ["家", "名", "角色", "身体", "月钱"]
    rows = [["甲1", "某1", "当家", "好", "400"], ["甲1", "某2", "老伴", "常年吃药", "400"]]
    mapping = Mapping.model_validate(
        {
            "key": "家", "rows": "persons", "facts": {"kind": {"constant": "unregistered"}, "county_code": {"constant": COUNTY}},
            "columns": {
                "姓名": {"column": "名"}, "与户主关系": {"column": "角色", "values": {"当家": "户主", "老伴": "配偶"}},
                "健康状况": {"column": "身体", "values": {"好": "健康", "常年吃药": "长期慢性病"}}, "人均纯收入": {"column": "月钱", "unit": "元/月"},
            },
        }
    )  # fmt: skip
    result = read_export(own(tmp_path, headers, *rows), round_name=ROUND, mapping=mapping)
    (fact,) = facts(result)
    assert (fact["household_id"], fact["persons"], fact["chronically_ill"], fact["income_pc"], fact["kind"]) == (
        "甲1", 2, 1, 4800.0, "unregistered",
    )  # fmt: skip
    written = tmp_path / "m.yaml"
    written.write_text(mapping.to_yaml(), encoding="utf-8")
    assert load_mapping(written) == mapping


@pytest.mark.parametrize("header", ["人均纯收入（元）", "转移性收入(元)", "合规自付支出（元）"])
def test_a_name_that_a_list_of_persons_has_too_is_a_fact_of_households(tmp_path, header):
    rows = [[f"3415250000000{one}", "3", "5000"] for one in range(1, 4)]
    result = read(own(tmp_path, ["户编号", "人数", header], *rows))
    assert columns(result)[header][0] in ("income_pc", "income_transfer", "out_of_pocket")


def test_a_header_with_nobody_below_it_is_a_finding(tmp_path):
    """It was answered with "the same facts were taken in before" (contract §5: exit 1 and a finding)."""
    path = write_csv(tmp_path / "list.csv", [["名单"], ["户编号", "乡镇", "家庭人口", "人均纯收入"]])
    result = read_export(path, round_name="2019-10", county="341524", kind="lifted")
    assert [(each.row, each.reason) for each in result.problems] == [(None, "no household")]
    assert (result.accepted_households, result.rejected_rows) == (0, 0)
