"""Rows that are no households: passed over, listed, and not counted as rejected."""

import pytest

from tests.intake.odd_files import BASE_INCOMES, base_rows, book, column, facts, notes, read, read_odd
from tests.intake.person_lists import write_csv
from tests.variants import one_in
from workbench.intake.reading.skipped_rows import REASONS
from workbench.intake.tables.mapping import Mapping


def line(**cells: str) -> list[str]:
    """A row of the clean list's columns with these cells only."""
    row = [""] * len(base_rows()[0])
    for name, cell in cells.items():
        row[column(name)] = cell
    return row


def skipped(result) -> list[tuple[int, str]]:
    return [(one.row, one.why) for one in result.skipped_rows]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("totals.csv", [(row, "total") for row in range(8, 14)]),
        (
            "total_in_household_column.csv",
            [*((row, "total") for row in range(8, 12)), (12, "signature"), (13, "signature")],
        ),
    ],
)
def test_totals_and_signatures_of_a_list(name, rows):
    result = read_odd(name)
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES[:2]
    assert (result.rejected_rows, result.problems, result.accepted_persons) == (0, (), 6)
    assert skipped(result) == rows
    assert f"跳过合计行 {sum(why == 'total' for _, why in rows)} 行" in notes(result)


LINES = [
    (line(县="小计", 人数="3"), "total"),
    (line(村="三合村合计", 户编号="2", 人数="6"), "total"),
    (line(乡="梅山镇小计：2户6人"), "total"),
    (line(户编号="共 2 户"), "total"),
    (line(户编号="共计2户6人"), "total"),
    (line(姓名="合  计", 人数="6", 工资性收入="18300"), "total"),
    (line(县="Total", 人数="6"), "total"),
    (line(县="Grand total: 6"), "total"),
    (line(县="审核人：王某"), "signature"),
    (line(村="填表人: 李某", 人数="联系电话：13800000000"), "signature"),
    (line(县="制表日期：2021年10月8日"), "signature"),
    (line(户编号="负责人（签字）："), "signature"),
    (line(户编号="单位负责人：", 证件号码="填报日期："), "signature"),
    (line(县="填报单位（盖章）：某局"), "signature"),
    (line(县="备注：本表一式两份"), "remark"),
    (line(县="注：1. 户编号14位"), "remark"),
    (line(县="说明：按户填写"), "remark"),
    (line(县="以下无正文"), "no data"),
    (base_rows()[0], "header"),
    (line(县="例", 户编号="34159999100099", 姓名="张三"), "sample"),
    ([*base_rows()[1][: column("姓名")], "示例", *base_rows()[1][column("姓名") + 1 :]], "sample"),
    (line(), "blank"),
]


@pytest.mark.parametrize(("row", "why"), one_in(2, LINES))
def test_a_row_that_is_no_household(tmp_path, row, why):
    rows = base_rows()
    result = read(write_csv(tmp_path / "a.csv", [*rows[:7], row, *rows[7:]]))
    assert skipped(result) == [(8, why)]
    assert (result.rejected_rows, result.problems, result.accepted_persons) == (0, (), 12)
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES
    assert f"跳过{REASONS[why].zh} 1 行：第 8 行" in notes(result)


NUMBERING = [
    [str(number + 1) for number in range(46)],
    [f"({number + 1})" for number in range(46)],
    [*"甲乙丙", *(str(number + 1) for number in range(43))],
    [*(str(number + 1) for number in range(28)), "29=30+31-35", *(str(number + 1) for number in range(29, 46))],
    [*"ABC", *(str(number + 1) for number in range(43))],
    ["", "", *(str(number + 1) for number in range(44))],
    ["栏次", *(str(number + 1) for number in range(45))],
]


@pytest.mark.parametrize("row", one_in(3, NUMBERING))
def test_a_row_that_numbers_the_columns(tmp_path, row):
    rows = base_rows()
    result = read(write_csv(tmp_path / "a.csv", [rows[0], row, *rows[1:4], rows[0], row, *rows[4:]]))
    assert skipped(result) == [(2, "numbering"), (6, "header"), (7, "numbering")]
    assert (result.rejected_rows, result.problems, result.accepted_persons) == (0, (), 12)


@pytest.mark.parametrize(
    "cells",
    [
        {"致贫/返贫风险1": "合计"},  # no place where a total stands: a value that is not known
        {"务工所在地": "总计"},
        {"村": "总计村"},
        {"村": "共和村"},
        {"村": "小计岗村合计组"},
        {"姓名": "共计红"},
        {"姓名": "周小计"},
        {"村": "合计"},  # the row has the household's and the person's numbers
        {"县": "金寨县", "乡": "日期：某"},
    ],
)
def test_a_household_is_never_passed_over_for_a_word(tmp_path, cells):
    rows = base_rows()
    for name, cell in cells.items():
        rows[1][column(name)] = cell
    result = read(write_csv(tmp_path / "a.csv", rows))
    assert (skipped(result), result.accepted_persons) == ([], 12)


@pytest.mark.parametrize("remark", ["合计两人外出", "合计", "备注：同上", "审核人：王某", "小计"])
def test_a_remark_makes_no_row_skipped(tmp_path, remark):
    rows = [[*row, "备注" if place == 0 else remark] for place, row in enumerate(base_rows())]
    result = read(write_csv(tmp_path / "a.csv", rows))
    assert (skipped(result), result.accepted_persons) == ([], 12)


def test_a_row_of_facts_without_any_number_is_rejected_not_passed_over(tmp_path):
    rows = base_rows()
    for name in ("户编号", "人编号", "姓名", "证件号码"):
        rows[3][column(name)] = ""
    result = read(write_csv(tmp_path / "a.csv", rows))
    assert (skipped(result), result.rejected_rows) == ([], 1)


def test_blank_rows_at_the_end_are_not_worth_a_word(tmp_path):
    result = read(write_csv(tmp_path / "a.csv", [*base_rows(), line(), line()]))
    assert (skipped(result), "空行" in notes(result)) == ([], False)


MAPPING = Mapping.model_validate(
    {
        "key": "编码",
        "facts": {"kind": {"constant": "lifted"}, "village": {"column": "村"}, "net_income": {"column": "收入"}},
    }
)
TABLE = [["村", "编码", "收入", "备注"], ["甲村", "a01", "5000", ""], ["甲村", "a02", "6000", "合计算错过"]]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["甲村小计", "", "11000", ""], "total"),
        (["合计", "2", "11000", ""], "total"),
        (["审核：", "", "", ""], "signature"),
        (["", "填表人：李", "", ""], "signature"),
        (["注：收入按年", "", "", ""], "remark"),
        (["村", "编码", "收入", "备注"], "header"),
        (["", "", "", ""], "blank"),
    ],
)
def test_a_table_with_a_mapping(tmp_path, row, why):
    result = read(write_csv(tmp_path / "a.csv", [*TABLE, row, ["乙村", "a03", "7000", ""]]), MAPPING)
    assert skipped(result) == [(4, why)]
    assert (result.rejected_rows, result.problems) == (0, ())
    assert facts(result)["net_income"].to_list() == [5000.0, 6000.0, 7000.0]


@pytest.mark.parametrize("key", ["", "合计"])
def test_a_key_that_is_empty_or_a_total_is_rejected(tmp_path, key):
    result = read(write_csv(tmp_path / "a.csv", [*TABLE, ["乙村", key, "7000", "合计"]]), MAPPING)
    assert (skipped(result), result.rejected_rows) == ([], 1)


def test_the_rows_of_several_sheets_say_their_sheet(tmp_path):
    rows = base_rows()
    total = line(县="合计", 人数="6")
    path = book(tmp_path / "a.xlsx", ("梅山镇", [*rows[:7], total]), ("麻埠镇", [rows[0], *rows[7:], total]))
    result = read(path)
    assert [(one.sheet, one.row, one.why) for one in result.skipped_rows] == [
        ("梅山镇", 8, "total"),
        ("麻埠镇", 8, "total"),
    ]
    assert "“梅山镇”8、“麻埠镇”8" in notes(result)
