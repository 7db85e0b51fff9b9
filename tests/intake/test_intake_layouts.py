"""Every layout, encoding and shape that exports come in; facts; one small defective file per defect."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.intake.person_lists import A2017, B2022, C2021, D2023, id_number, person, sheet, write_csv, write_xlsx
from workbench.errors import InputError
from workbench.intake.export import read_export
from workbench.intake.findings.result import IntakeResult

ROUND = "2019-10"
LAYOUTS = {"a2017": A2017, "b2022": B2022, "c2021": C2021, "d2023": D2023}


def read(path: Path, **options: object) -> IntakeResult:
    return read_export(path, round_name=ROUND, **options)


def facts_of(result: IntakeResult, county: str = "341524") -> dict:
    return pl.DataFrame(result.facts[county]).row(0, named=True)


@pytest.fixture
def listed(tmp_path: Path) -> Callable[..., IntakeResult]:
    """Read a list of the given people in the 2017 layout (or `headers`)."""

    def read_list(*people: dict[str, str], headers: list[str] = A2017, **options: object) -> IntakeResult:
        rows = [person(headers, serial, **cells) for serial, cells in enumerate(people, 1)]
        return read(write_csv(tmp_path / "list.csv", sheet(headers, *rows)), **options)

    return read_list


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_layouts_in_every_encoding(tmp_path, name, encoding):
    headers = LAYOUTS[name]
    result = read(write_csv(tmp_path / "list.csv", sheet(headers, person(headers, 1), person(headers, 2)), encoding))
    assert (result.layout, result.problems) == (name, ())
    facts = facts_of(result)
    assert (facts["household_id"], facts["persons"], facts["labour"], facts["kind"]) == (
        "00123456789012",
        2,
        2,
        "lifted",
    )
    assert (facts["township"], facts["village"]) == ("梅山镇", "三合村")


@pytest.mark.parametrize("titles", [0, 1, 2, 5])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_header_row_and_separator_are_found(tmp_path, titles, separator):
    rows = sheet(A2017, person(A2017, 1), person(A2017, 2, 劳动技能="巫师"), titles=titles)
    result = read(write_csv(tmp_path / "list.csv", rows, delimiter=separator))
    assert [(one.row, one.column) for one in result.problems] == [(titles + 3, "劳动技能")]


def test_workbook_with_typed_cells(tmp_path):
    cells = [float(cell) if header in ("人数", "人均纯收入", "脱贫年度") else cell
             for header, cell in zip(A2017, person(A2017, 1, 人数="1", 人均纯收入="3218.5"), strict=True)]  # fmt: skip
    result = read(write_xlsx(tmp_path / "list.xlsx", sheet(A2017, cells)))
    facts = facts_of(result)
    assert (result.problems, facts["persons"], facts["income_pc"], facts["exit_year"]) == ((), 1, 3218.5, 2016)


def test_numbers_that_a_spreadsheet_damaged_are_reported_not_guessed(tmp_path):
    place = A2017.index("证件号码")
    row = person(A2017, 1)
    result = read(
        write_xlsx(tmp_path / "list.xlsx", sheet(A2017, [*row[:place], float(id_number(2)), *row[place + 1 :]]))
    )
    assert [(one.row, one.column, one.reason) for one in result.problems] == [(4, "证件号码", "damaged number")]
    assert result.accepted_households == 1


def test_full_width_headers_and_cells(tmp_path):
    headers = [header.replace("(", "（").replace(")", "）") for header in A2017]
    headers[headers.index("户编号")] = " 户 编号 "
    row = person(
        A2017, 1, 人均纯收入="１２，３４５．５", 人数="１", 证件号码="".join(chr(ord(c) + 0xFEE0) for c in id_number(1))
    )
    result = read(write_csv(tmp_path / "list.csv", sheet(headers, row)))
    assert (result.problems, facts_of(result)["income_pc"], facts_of(result)["persons"]) == ((), 12345.5, 1)


def test_wrapped_cells_repeated_headers_and_totals(tmp_path):
    headers = [*A2017, "劳动技能", "备用", "检测对象类别"]
    people = [[*person(A2017, serial, 户编号='="00123456789012"', 人数="2"), "巫师", "", ""] for serial in (1, 2)]
    total = ["合计"] + [""] * (len(headers) - 2) + ["2"]
    result = read(write_csv(tmp_path / "list.csv", sheet(headers, people[0], headers, [], people[1], total)))
    assert result.problems == ()
    assert (result.accepted_persons, result.rejected_rows) == (2, 0)
    assert facts_of(result)["household_id"] == "00123456789012"
    notes = "\n".join(map(str, result.notes))
    assert "备用" in notes
    assert "劳动技能_2" in notes
    assert "跳过合计行 1 行：第 8 行" in notes


def test_aliases(tmp_path):
    names = {
        "人编号": "人口编号",
        "危房户": "是否危房户",
        "饮水安全": "是否解决安全饮用水",
        "人均纯收入": "人均纯收入（元）",
        "主要致贫原因": "致贫原因1",
    }
    headers = [names.get(header, header) for header in A2017]
    row = person(A2017, 1, 危房户="是", 饮水安全="否", 主要致贫原因="缺劳动力")
    facts = facts_of(read(write_csv(tmp_path / "list.csv", sheet(headers, row))))
    assert (facts["housing"], facts["dilapidated_housing"], facts["water"], facts["cause"]) == (2, True, 2, "缺劳力")
    assert facts["income_pc"] == 5000


def test_derived_facts_of_members(listed):
    result = listed(
        {"人数": "3", "劳动技能": "技能劳动力", "务工状况": "县内务工", "务工时间（月）": "8", "健康状况": "长期慢性病，残疾",
         "证件号码": id_number(1, tail="42")},
        {"人数": "3", "劳动技能": "弱劳动力或半劳动力", "与户主关系": "配偶", "贫困户属性": "低保贫困户"},
        {"人数": "3", "劳动技能": "无劳动力", "文化程度": "", "在校生状况": "七年级", "健康状况": "患有大病", "与户主关系": "之子"},
    )  # fmt: skip
    facts = facts_of(result)
    counted = (
        "persons",
        "labour",
        "skilled",
        "weak_labour",
        "students",
        "seriously_ill",
        "chronically_ill",
        "disabled",
    )
    assert [facts[name] for name in counted] == [3, 1, 1, 1, 1, 1, 1, 1]
    assert (facts["severely_disabled"], facts["work_months"], facts["net_income"]) == (1, 8, 15000)
    assert (facts["dibao"], facts["illness"], facts["disability"], facts["scattered_tekun"]) == (
        True,
        True,
        True,
        False,
    )
    assert result.problems == ()


def test_a_bad_cell_makes_its_fact_null_and_no_other(listed):
    facts = facts_of(listed({}, {"劳动技能": "巫师", "人均纯收入": "-"}))
    assert (facts["labour"], facts["skilled"], facts["income_pc"], facts["net_income"]) == (None, None, None, None)
    assert (facts["disabled"], facts["housing"], facts["work_months"]) == (0, 0, None)


def test_blank_is_not_zero(listed):
    facts = facts_of(listed({"健康状况": ""}, {"健康状况": "残疾"}))
    assert (facts["disabled"], facts["disability"], facts["illness"]) == (None, True, None)


def test_a_member_missing_from_the_rows_leaves_counts_unknown(listed):
    result = listed({"人数": "3"}, {"人数": "3", "户编号": ""}, {"人数": "3"})
    facts = facts_of(result)
    assert (result.accepted_persons, result.rejected_rows, facts["persons"], facts["labour"]) == (2, 1, 3, None)
    assert [one.reason for one in result.warnings if one.column == "人数"] == ["member count"]


def test_a_person_listed_twice_counts_once(listed):
    again = {"证件号码": id_number(1), "人编号": "0012345678901201"}
    result = listed({}, {}, again)
    assert (result.accepted_persons, facts_of(result)["labour"]) == (3, 2)
    assert [(one.row, one.column, one.reason) for one in result.problems] == [(6, "证件号码", "duplicate person")]


@pytest.mark.parametrize(
    ("layout", "cells", "kind"),
    [
        (A2017, {"脱贫属性": "未脱贫"}, "registered"),
        (A2017, {"脱贫属性": "返贫"}, "registered"),
        (A2017, {"脱贫属性": "4"}, "lifted"),
        (B2022, {"户类型": "一般农户"}, "unregistered"),
        (D2023, {"户类型": "", "监测对象类别": "边缘易致贫户"}, "unregistered"),
        (D2023, {"户类型": "", "监测对象类别": "脱贫不稳定户"}, "lifted"),
        (D2023, {"户类型": "", "监测对象类别": "突发严重困难户"}, None),
    ],
)
def test_kinds(listed, layout, cells, kind):
    assert facts_of(listed(cells, headers=layout))["kind"] == kind


def test_insurance_of_either_scheme(listed):
    column = "是否参加新型农村合作医疗（城乡居民基本医疗保险）"
    either = {column: "否", "是否参加城镇职工基本医疗保险": "是"}
    assert facts_of(listed({}, either, headers=C2021))["medical"] == 0
    assert facts_of(listed({}, {column: "否"}, headers=C2021))["medical"] == 2
    assert facts_of(listed({}, {column: "否", "是否参加城镇职工基本医疗保险": ""}, headers=C2021))["medical"] is None


def test_disaster_is_a_risk_of_today(listed):
    assert facts_of(listed({"致贫/返贫风险2": "因自然灾害"}, headers=D2023))["disaster"] is True
    assert facts_of(listed({"致贫/返贫风险1": "因学"}, headers=D2023))["disaster"] is False
    assert facts_of(listed({}, headers=D2023))["disaster"] is None


@pytest.mark.parametrize(
    "number", [id_number(7), id_number(7, tail="11"), id_number(7, tail="4311"), "999999197001010012"]
)
def test_good_numbers(listed, number):
    assert listed({"证件号码": number}).problems == ()


def test_lower_case_check_digit(listed):
    number = next(number for serial in range(100) if (number := id_number(serial)).endswith("X"))
    assert listed({"证件号码": number.lower()}).problems == ()


def test_an_old_number_is_a_warning(listed):
    result = listed({"证件号码": "341599700101001"})
    assert result.problems == ()
    assert ("证件号码", "15-digit ID") in {(one.column, one.reason) for one in result.warnings}


@pytest.mark.parametrize(
    ("cells", "column", "reason", "words"),
    [
        ({"证件号码": ""}, "证件号码", "missing", "999999"),
        ({"证件号码": id_number(1)[:-1]}, "证件号码", "length", "18 位"),
        ({"证件号码": id_number(1)[:9] + "?" + id_number(1)[10:]}, "证件号码", "characters", "应为数字"),
        ({"证件号码": id_number(1, "19990230")}, "证件号码", "birth date", "出生日期"),
        ({"证件号码": id_number(1, "20210101")}, "证件号码", "birth date", "出生日期"),
        ({"证件号码": id_number(1)[:-1] + ("1" if id_number(1)[-1] != "1" else "2")}, "证件号码", "checksum", "校验码"),
        ({"证件号码": "3.41599E+17"}, "证件号码", "damaged number", "按文本格式重新导出"),
        ({"户编号": ""}, "户编号", "missing", "未导入"),
        ({"户编号": "3.4E+13"}, "户编号", "damaged number", "未导入"),
        ({"人编号": "3.4152E+15"}, "人编号", "damaged number", "此号不用"),
        ({"人均纯收入": "三千二"}, "人均纯收入", "not a number", "不是数字"),
        ({"人均纯收入": "1,23"}, "人均纯收入", "not a number", "不是数字"),
        ({"人数": "2.5"}, "人数", "not a whole number", "不是整数"),
        ({"人数": "0"}, "人数", "out of range", "不小于 1"),
        ({"健康状况": "健康,神仙"}, "健康状况", "unknown value", "长期慢性病"),
        ({"危房户": "也许"}, "危房户", "unknown value", "可用：是、否"),
        ({"主要致贫原因": "因懒"}, "主要致贫原因", "unknown value", "缺资金"),
        ({"县(市、区、旗)": "苏州市", "户编号": "9"}, "县", "unknown county", "金寨县 341524"),
    ],
)
def test_each_defect_is_reported_at_its_cell(listed, cells, column, reason, words):
    result = listed({"户编号": "8"}, cells)
    assert [(one.row, one.column, one.reason) for one in result.problems] == [(5, column, reason)]
    assert words in result.problems[0].message.zh
    assert result.accepted_households >= 1


def test_rows_of_a_household_that_contradict_each_other(listed):
    result = listed({"人均纯收入": "5000"}, {"人均纯收入": ""}, {"人均纯收入": "5100"})
    assert [(one.row, one.column, one.reason) for one in result.problems] == [(6, "人均纯收入", "contradiction")]
    assert facts_of(result)["income_pc"] is None


def test_persons_whose_numbers_a_spreadsheet_cut_off_are_not_one_person(listed):
    cells = {"户编号": "8", "人编号": "3.4152E+15"}
    result = listed(cells, {**cells, "证件号码": id_number(77)})
    assert [one.reason for one in result.problems] == ["damaged number", "damaged number"]
    assert facts_of(result)["persons"] == 2


def test_a_household_under_two_counties_is_reported(listed):
    result = listed({"户编号": "8"}, {"户编号": "8", "县(市、区、旗)": "霍邱县"})
    assert [(one.row, one.column, one.reason) for one in result.problems] == [(5, "县", "other county")]
    assert list(result.facts) == ["341524"]


def test_cells_beyond_the_headers_are_reported(tmp_path):
    result = read(write_csv(tmp_path / "list.csv", sheet(A2017, [*person(A2017, 1), "多出"])))
    assert [(one.row, one.reason) for one in result.problems] == [(4, "too many cells")]


def test_personal_values_are_masked(listed):
    result = listed({"证件号码": id_number(1)[:-1], "劳动技能": id_number(2)})
    text = "".join(f"{one.value}{one.message}" for one in result.problems)
    assert len(result.problems) == 2
    assert id_number(1)[:-1] not in text
    assert id_number(2) not in text
    assert "341599**********" in text


def test_county_given_or_found(listed):
    away = {"县(市、区、旗)": "苏州市"}
    with pytest.raises(InputError, match=r"苏州市.*--county"):
        listed(away)
    assert list(listed(away, county="金寨县").facts) == ["341524"]
    assert list(listed(away, county="LA-KFQ").facts) == ["LA-KFQ"]
    assert list(listed({"县(市、区、旗)": "金寨"}).facts) == ["341524"]
    other = listed({}, county="341522")
    assert list(other.facts) == ["341522"]
    assert ("县", "other county") in {(one.column, one.reason) for one in other.warnings}
    with pytest.raises(InputError, match="没有这个县区"):
        listed({}, county="苏州市")


@pytest.mark.parametrize(
    ("round_name", "written", "township"),
    [
        ("2019-05", "流波镇", "张冲乡"), ("2019-05", "张冲乡", "张冲乡"), ("2020-10", "流波?镇", "流波䃥镇"),
        ("2020-10", "张冲乡", "张冲乡"), ("2023-04", "张冲乡", "流波䃥镇"), ("2023-04", "流波䃥镇", "流波䃥镇"),
        ("2023-04", "无名镇", "无名镇"),
    ],
)  # fmt: skip
def test_townships_of_their_time(tmp_path, round_name, written, township):
    path = write_csv(tmp_path / "list.csv", sheet(A2017, person(A2017, 1, **{"乡(镇)": written})), "gb18030")
    result = read_export(path, round_name=round_name)
    assert facts_of(result)["township"] == township
    assert ("unknown township" in {one.reason for one in result.warnings}) == (written == "无名镇")


@pytest.mark.parametrize(
    ("column", "reason", "cells"),
    [
        ("劳动技能", "labour under age", {"证件号码": id_number(1, "20100101")}),
        ("劳动技能", "labour at school", {"在校生状况": "普通高中一年级"}),
        ("证件号码", "no disability certificate", {"健康状况": "残疾"}),
        ("健康状况", "healthy and ill", {"健康状况": "健康,残疾"}),
        ("务工时间(月)", "work months", {"务工时间（月）": "13"}),
        ("户联系电话", "phone", {"联系电话": "12345"}),
        ("人数", "member count", {"人数": "2"}),
        ("与户主关系", "household head", {"与户主关系": "配偶"}),
        ("与户主关系", "unknown value", {"与户主关系": "邻居"}),
        ("主要致贫原因", "cause without a case", {"主要致贫原因": "因残"}),
        ("人均纯收入", "negative income", {"人均纯收入": "-5"}),
    ],
)
def test_the_unlikely_is_a_warning_not_a_problem(listed, column, reason, cells):
    plain = {(one.column, one.reason) for one in listed({"主要致贫原因": "缺资金"}).warnings}
    result = listed({"主要致贫原因": "缺资金", **cells})
    assert (column, reason) not in plain
    assert (column, reason) in {(one.column, one.reason) for one in result.warnings}
    assert result.problems == ()


def test_progress_reaches_the_end(tmp_path):
    seen: list[tuple[int, int]] = []
    read(
        write_csv(tmp_path / "list.csv", sheet(A2017, person(A2017, 1), person(A2017, 2))),
        progress=lambda *at: seen.append(at),
    )
    assert seen[-1] == (2, 2)


def test_refused_files(tmp_path):
    empty, broken = tmp_path / "empty.csv", tmp_path / "broken.xlsx"
    empty.write_bytes(b"")
    broken.write_bytes(b"PK\x03\x04nothing")
    undecodable = tmp_path / "bytes.csv"
    undecodable.write_bytes("户编号,".encode() + b"\xff\xff\n")
    for path, words in [
        (tmp_path / "absent.csv", "读不到文件"),
        (empty, "文件是空的"),
        (broken, "工作簿打不开"),
        (undecodable, r"第 11 个字节 \(0xFF\)"),
        (write_csv(tmp_path / "other.csv", [["a", "b"], ["1", "2"]]), r"a、b.*缺少.*户编号.*--mapping"),
        (
            write_csv(tmp_path / "no_key.csv", sheet([h for h in A2017 if h != "户编号"])),
            "最接近的是 a2017.*缺少：户编号.*the nearest is a2017.*it lacks: 户编号",
        ),
    ]:
        with pytest.raises(InputError, match=words):
            read(path)
