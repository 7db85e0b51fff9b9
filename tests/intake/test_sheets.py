"""Workbooks of several sheets: those of the same columns are one table; the others are named with the reason."""

import pytest

from tests.intake.odd_files import BASE_INCOMES, COUNTY, ROUND, base_rows, book, column, facts, notes, read, read_odd
from workbench.errors import FileError
from workbench.intake.findings.result import household_ids
from workbench.intake.isolation.parent import read_apart
from workbench.intake.reading.sheet import read_sheet
from workbench.intake.tables.mapping import Mapping


def households(*numbers: int) -> list[list[str]]:
    """The header and these households (1 to 4) of the clean list."""
    rows = base_rows()
    return [rows[0], *(row for number in numbers for row in rows[3 * number - 2 : 3 * number + 1])]


def old_figures() -> list[list[str]]:
    rows = households(1, 2)
    return [rows[0], *([*row[: column("人均纯收入")], "1", *row[column("人均纯收入") + 1 :]] for row in rows[1:])]


def accounts(result):
    return [(one.name, one.read, one.why.zh if one.why else None) for one in result.sheets]


def test_a_sheet_for_each_township_is_one_table():
    result = read_odd("sheet_per_township.xlsx")
    assert (result.accepted_households, result.accepted_persons, result.problems) == (6, 18, ())
    assert accounts(result) == [("梅山镇", True, None), ("麻埠镇", True, None), ("青山镇", True, None)]
    assert "工作表：梅山镇、麻埠镇、青山镇" in notes(result)


def test_the_old_copy_beside_the_months_list():
    result = read_odd("hidden_old_copy_first.xlsx")
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES[:2]
    assert "未读的工作表：上月" in notes(result)


@pytest.mark.parametrize("name", ["2022年备份", "上季度", "名单old", "旧名单", "Copy of 名单", "作废"])
def test_an_old_copy_by_its_name(tmp_path, name):
    result = read(book(tmp_path / "a.xlsx", (name, old_figures()), ("名单", households(1, 2))))
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES[:2]
    assert (name, False) in [each[:2] for each in accounts(result)]


def test_a_sheet_named_a_copy_is_read_where_there_is_no_other(tmp_path):
    assert read(book(tmp_path / "a.xlsx", ("备份", households(1, 2)))).accepted_households == 2


def test_what_is_told_of_sheets_and_rows_comes_from_the_process_that_reads(tmp_path):
    first, second = households(1, 2), [*households(3, 4), ["合计"]]
    second[2][column("人均纯收入")] = "很多"
    path = book(tmp_path / "a.xlsx", ("梅山镇", first), ("麻埠镇", second))
    here, apart = read(path), read_apart(path, round_name=ROUND, county=COUNTY)
    assert (apart.sheets, apart.skipped_rows) == (here.sheets, here.skipped_rows)
    assert apart.skipped_rows[0].sheet == "麻埠镇"
    assert (apart.problems, apart.notes) == (here.problems, here.notes)


@pytest.mark.parametrize("state", ["hide", "very_hidden"])
def test_a_hidden_sheet_is_never_read(tmp_path, state):
    def hide(workbook):
        workbook.worksheets()[1].activate()
        getattr(workbook.worksheets()[0], state)()

    path = book(tmp_path / "a.xlsx", ("名单一", old_figures()), ("名单二", households(1, 2)), before_close=hide)
    result = read(path)
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES[:2]
    assert accounts(result) == [("名单二", True, None), ("名单一", False, "隐藏的工作表不读")]


def test_a_workbook_of_hidden_sheets_only_is_refused(tmp_path):
    def hide(workbook):
        workbook.worksheets()[1].activate()
        workbook.worksheets()[0].hide()

    with pytest.raises(FileError, match=r"隐藏.*是空的"):
        read(book(tmp_path / "a.xlsx", ("名单", households(1)), ("空", []), before_close=hide))


def test_the_sample_is_no_household():
    result = read_odd("sample_sheet_first.xlsx")
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES
    assert "填报样例" in notes(result)


@pytest.mark.parametrize("name", ["示例", "样表", "填表说明", "Sample", "范例（勿删）"])
def test_samples_and_explanations_by_any_name(tmp_path, name):
    result = read(book(tmp_path / "a.xlsx", (name, old_figures()), ("Sheet2", households(1, 2))))
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES[:2]
    assert accounts(result)[1][:2] == (name, False)


def test_a_sample_is_not_read_in_the_place_of_an_empty_list(tmp_path):
    sheet = read_sheet(book(tmp_path / "a.xlsx", ("填报样例", households(1)), ("数据", base_rows()[:1])))
    assert (sheet.name, len(sheet.frame)) == ("数据", 0)


def test_sheets_of_other_columns_and_empty_ones_are_named(tmp_path):
    summary = [["乡镇", "户数", "人数"], ["梅山镇", 2, 6]]
    result = read(book(tmp_path / "a.xlsx", ("汇总", summary), ("Sheet2", []), ("名单", households(1, 2))))
    assert result.accepted_households == 2
    assert accounts(result) == [("名单", True, None), ("汇总", False, "列不同"), ("Sheet2", False, "是空的")]


def test_a_row_of_a_finding_says_its_sheet(tmp_path):
    first, second = households(1, 2), households(3, 4)
    second[2][column("人均纯收入")] = "很多"
    result = read(book(tmp_path / "a.xlsx", ("梅山镇", first), ("麻埠镇", second)))
    assert [(one.sheet, one.row, one.column) for one in result.problems] == [("麻埠镇", 3, "人均纯收入")]
    assert result.problems[0].message.zh.startswith("工作表“麻埠镇”第 3 行")
    assert "麻埠镇" in result.problems[0].message.en


def test_sheets_with_title_rows_other_orders_and_further_columns(tmp_path):
    first, second = households(1, 2), households(3, 4)
    place = column("脱贫年度")
    first = [row[:place] + row[place + 1 :] for row in first]  # the first sheet lacks a column that the second has
    second = [["麻埠镇名单"], [], *(row[::-1] for row in second)]
    result = read(book(tmp_path / "a.xlsx", ("梅山镇", first), ("麻埠镇", second)))
    assert (result.accepted_households, result.problems) == (4, ())
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES
    assert facts(result)["exit_year"].to_list() == [None, None, 2018, 2018]


def test_a_column_under_another_of_its_names_in_the_second_sheet(tmp_path):
    second = households(3, 4)
    second[0][column("人均纯收入")] = "人均纯收入（元）"
    result = read(book(tmp_path / "a.xlsx", ("梅山镇", households(1, 2)), ("麻埠镇", second)))
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES


def test_rows_that_a_filter_hides_are_read_and_said():
    result = read_odd("filtered_rows.xlsx")
    assert (result.accepted_households, result.accepted_persons) == (4, 12)
    assert "有 3 行是隐藏的" in notes(result)
    assert "第 5、6、7 行" in notes(result)


@pytest.mark.parametrize("name", ["space_at_XFD1048576.xlsx", "space_at_row_1048576.xlsx"])
def test_a_blank_cell_far_away_costs_nothing(name):
    result = read_odd(name)
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES[:2]
    assert (result.accepted_persons, result.problems) == (6, ())


@pytest.mark.parametrize(
    "blank", [" ", "\u3000", *(pytest.param(each, marks=pytest.mark.deep) for each in ("\u00a0", "\n", " \t "))]
)
@pytest.mark.parametrize(
    "place", [(1_048_575, 16_383), pytest.param((900_000, 0), marks=pytest.mark.deep), (3, 16_383)]
)
def test_whatever_blank_it_is_and_wherever(tmp_path, blank, place):
    def write(workbook):
        sheet = workbook.worksheets()[0]
        sheet.write_string(*place, blank)
        sheet.write_rich_string(place[0] - 1, place[1], blank, workbook.add_format({"bold": True}), blank)

    result = read(book(tmp_path / "a.xlsx", ("Sheet1", households(1, 2)), before_close=write))
    assert (result.accepted_households, result.problems) == (2, ())
    assert household_ids(result) == {"34159999100001", "34159999100002"}


def by_mapping(path, **said):
    """A workbook of persons read by a mapping that says more of it."""
    columns = {name: {"column": name} for name in ("户编号", "姓名", "人均纯收入")}
    return read(path, mapping=Mapping.model_validate({"key": "户编号", "rows": "persons", "columns": columns, **said}))


@pytest.fixture
def three(tmp_path):
    return book(tmp_path / "a.xlsx", ("甲", households(1)), ("乙", households(2)), ("丙", households(3, 4)))


@pytest.mark.parametrize(
    ("said", "count"), [({}, 4), ({"sheet": "乙"}, 1), ({"sheets": ["甲", "丙"]}, 3), ({"sheets": ["丙"]}, 2)]
)
def test_a_mapping_reads_the_sheets_that_it_names_and_no_others(three, said, count):
    facts_only = {"facts": {"kind": {"constant": "lifted"}}}
    assert by_mapping(three, **facts_only, **said).accepted_households == count


def test_each_sheet_that_a_mapping_names_must_be_there(three):
    with pytest.raises(FileError, match="没有工作表 '丁'；已有：甲、乙、丙"):
        by_mapping(three, sheets=["甲", "丁"])


def test_a_mapping_names_its_sheets_in_one_way():
    with pytest.raises(ValueError, match="sheet 与 sheets 只写一项"):
        Mapping.model_validate(
            {"key": "户编号", "facts": {"persons": {"column": "a"}}, "sheet": "甲", "sheets": ["乙"]}
        )
