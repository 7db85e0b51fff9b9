"""What moves the cells of a table without a word: commas and quotation marks of their own, merged cells, dates, doubles."""

import zipfile
from datetime import date

import pytest
import xlsxwriter

from tests.intake.odd_files import book, facts
from workbench.errors import FileError
from workbench.intake.export import read_export

HEADER = ["户编号", "乡镇", "行政村", "家庭人口", "人均纯收入", "是否低保"]
INCOMES = [4700.0, 4733.33, 4766.67, 4800.0]
HOUSEHOLDS = [
    [f"3415999910000{place}", "梅山镇" if place < 3 else "古碑镇", "新河村", "3", f"{income:.2f}", "否"]
    for place, income in enumerate(INCOMES, 1)
]


def read(path):
    return read_export(path, round_name="2021-10", county="341524", kind="unregistered")


def text_file(tmp_path, *lines):
    path = tmp_path / "名单.csv"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    return path


def lines(rows):
    return [",".join(row) for row in rows]


def test_an_amount_with_a_comma_shifts_its_row_which_is_refused(tmp_path):
    """Read on, 4,733.33 yuan would be an income of 4 yuan: a household below the line that is not."""
    rows = [row.copy() for row in HOUSEHOLDS]
    rows[1][4] = "4,733.33"
    result = read(text_file(tmp_path, *lines([HEADER, *rows])))
    assert [(one.row, one.reason) for one in result.problems] == [(3, "too many cells")]
    assert (result.accepted_households, result.rejected_rows) == (3, 1)
    assert facts(result)["income_pc"].to_list() == [4700.0, 4766.67, 4800.0]


def test_a_remark_beside_the_table_shifts_nothing(tmp_path):
    """A spreadsheet writes as many cells in the header as in the widest row: such a row is whole."""
    rows = [[*HEADER, ""], *([*row, ""] for row in HOUSEHOLDS)]
    rows[2][-1] = "已核"
    result = read(text_file(tmp_path, *lines(rows)))
    assert (result.accepted_households, result.rejected_rows) == (4, 0)
    assert [one.reason for one in result.problems] == ["too many cells"]


@pytest.mark.parametrize("closed", [False, True])
def test_a_quotation_mark_without_its_pair_swallows_no_row(tmp_path, closed):
    rows = [row.copy() for row in HOUSEHOLDS]
    rows[1][1] = '"' + rows[1][1]
    # A second stray mark further down ends the cell that the first one began.
    rows[3][2] += '"' if closed else ""
    with pytest.raises(FileError, match="第 3 行有一个引号没有成对，后面 2 行"):
        read(text_file(tmp_path, *lines([HEADER, *rows])))


def test_a_cell_of_several_lines_is_one_cell(tmp_path):
    rows = [[*row, '"病情稳定，\n药费自理,无其他"'] for row in HOUSEHOLDS]
    assert read(text_file(tmp_path, *lines([[*HEADER, "备注"], *rows]))).accepted_households == 4


def test_an_income_whose_cell_is_formatted_as_a_date_is_no_number(tmp_path):
    """A spreadsheet shows 4,700 as 1912-11-12 then; 19,121,112 yuan it never was."""
    rows = [row.copy() for row in HOUSEHOLDS]
    rows[0][4] = lambda sheet, row, at: sheet.write_datetime(row, at, date(1912, 11, 12))
    path = tmp_path / "名单.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        sheet = workbook.add_worksheet()
        for place, row in enumerate([HEADER, *rows]):
            for at, cell in enumerate(row):
                cell(sheet, place, at) if callable(cell) else sheet.write(place, at, cell)
    result = read(path)
    assert [(one.row, one.column, one.reason) for one in result.problems] == [(2, "人均纯收入", "not a number")]
    assert facts(result)["income_pc"].to_list() == [None, *INCOMES[1:]]


def merged(*areas):
    def before_close(workbook):
        for area in areas:
            workbook.worksheets()[0].merge_range(*area)

    return before_close


def test_a_township_merged_over_its_villages_stands_in_each_row(tmp_path):
    rows = [["名单"], HEADER, *([row[0], "", *row[2:]] for row in HOUSEHOLDS)]
    path = book(
        tmp_path / "名单.xlsx", ("名单", rows), before_close=merged((2, 1, 3, 1, "梅山镇"), (4, 1, 5, 1, "古碑镇"))
    )
    assert facts(read(path))["township"].to_list() == ["梅山镇", "梅山镇", "古碑镇", "古碑镇"]


def test_a_household_merged_over_its_members_is_that_of_each(tmp_path):
    header = ["户编号", "乡镇", "家庭人口", "人均纯收入", "姓名", "与户主关系", "劳动技能"]
    members = [["", "", "", "", name, relation, skill] for name, relation, skill in (
        ("甲", "户主", "普通劳动力"), ("乙", "配偶", "弱劳动力或半劳动力"), ("丙", "之子", "无劳动力"), ("丁", "户主", "普通劳动力"), ("戊", "配偶", "普通劳动力"),
    )]  # fmt: skip
    areas = [
        (top, at, bottom, at, value)
        for top, bottom, values in ((1, 3, ("34159999100001", "梅山镇", 3, 4700)), (4, 5, ("34159999100002", "梅山镇", 2, 4800)))
        for at, value in enumerate(values)
    ]  # fmt: skip
    result = read(book(tmp_path / "名单.xlsx", ("名单", [header, *members]), before_close=merged(*areas)))
    assert (result.accepted_households, result.accepted_persons, result.rejected_rows) == (2, 5, 0)
    assert facts(result).select("persons", "labour", "income_pc").rows() == [(3, 1, 4700.0), (2, 2, 4800.0)]


def test_a_remark_merged_over_rows_and_columns_makes_no_household(tmp_path):
    rows = [HEADER, *HOUSEHOLDS]
    path = book(tmp_path / "名单.xlsx", ("名单", rows), before_close=merged((5, 0, 7, 5, "备注：收入按上年度计算")))
    result = read(path)
    assert (result.accepted_households, result.rejected_rows) == (4, 0)


def test_one_header_twice_over_different_figures_is_not_read(tmp_path):
    rows = [[*row, "9999"] for row in HOUSEHOLDS]
    result = read(text_file(tmp_path, *lines([[*HEADER, "人均纯收入"], *rows])))
    assert [(one.header, one.means) for one in result.columns if "收入" in one.header] == [
        ("人均纯收入", None), ("人均纯收入_2", None),
    ]  # fmt: skip
    assert "income_pc" not in facts(result).columns


def test_one_header_twice_over_the_same_figures_is_read(tmp_path):
    rows = [[*row, row[4]] for row in HOUSEHOLDS]
    result = read(text_file(tmp_path, *lines([[*HEADER, "人均纯收入"], *rows])))
    assert facts(result)["income_pc"].to_list() == INCOMES


def test_two_tables_side_by_side_are_not_half_read(tmp_path):
    upper, lower = HOUSEHOLDS[:2], HOUSEHOLDS[2:]
    rows = [[*HEADER, *HEADER], *([*one, *other] for one, other in zip(upper, lower, strict=True))]
    with pytest.raises(FileError, match="户编号"):
        read(text_file(tmp_path, *lines(rows)))


@pytest.mark.parametrize(("written", "counted"), [("2020-10", 2), ("202010", 2), ("2020年10月", 2), ("2021-09", 0)])
def test_rows_of_another_round_are_said(tmp_path, written, counted):
    rows = [[*row, "2021-10" if place < 2 else written] for place, row in enumerate(HOUSEHOLDS)]
    result = read(text_file(tmp_path, *lines([[*HEADER, "数据日期"], *rows])))
    assert [(one.row, one.column, f"共 {counted} 行" in one.message.zh) for one in result.warnings] == (
        [(4, "数据日期", True)] if counted else []
    )
    assert result.accepted_households == 4


@pytest.mark.parametrize("name", ["名单.xlsx", "word/document.xml"])
def test_a_zip_that_is_no_workbook_is_called_one(tmp_path, name):
    path = tmp_path / "名单.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(name, b"PK\x03\x04")
    with pytest.raises(FileError, match="里面没有工作簿；请解压后"):
        read(path)


def test_columns_as_offices_ask_them_are_known(tmp_path):
    header = [*HEADER[:3], "家庭年纯收入合计", "人均纯收入", "是否享受农村低保", "住房是否为危房", "合规自付医疗费用"]
    rows = [[*row[:3], "14100", row[4], "否", "√", "300"] for row in HOUSEHOLDS]
    result = read(text_file(tmp_path, *lines([header, *rows])))
    # The mark settles the guarantee of housing as the word does, and is no finding.
    assert (result.problems, set(facts(result)["housing"])) == ((), {2})
    wanted = ["net_income", "dibao", "dilapidated_housing", "out_of_pocket"]
    assert set(facts(result).select(wanted).rows()) == {(14100.0, False, True, 300.0)}
