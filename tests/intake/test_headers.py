"""Headers over one row or two, as far down as row 30, and files without any."""

import pytest

from tests.intake.odd_files import BASE_INCOMES, base_rows, book, column, facts, notes, read, read_odd
from tests.intake.person_lists import write_csv
from workbench.errors import FileError
from workbench.intake.matching.vocabulary import of_households, of_persons
from workbench.intake.reading.headers import find_header
from workbench.intake.reading.text import fold_header

KNOWN = {"户编号", "姓名", "人数", "工资性收入", "生产经营性收入", "人均纯收入", "危房户", "饮水安全", "乡"}


def named(header: str) -> str | None:
    return header if header in KNOWN else None


def test_the_header_over_two_rows():
    result = read_odd("two_row_header.xlsx")
    facts_read = facts(result)
    assert facts_read["income_pc"].to_list() == BASE_INCOMES[:2]
    assert (facts_read["income_wage"].to_list(), facts_read["income_business"].to_list()) == (
        [9100.0, 9200.0],
        [4000.0, 4000.0],
    )
    assert facts_read["housing"].null_count() == 0
    assert "未用的列" not in notes(result)


def grouped(*, merged: bool):
    """The clean list, its incomes under one heading and its housing under another."""
    header, *rows = base_rows()
    top, bottom = list(header), [""] * len(header)
    for title, names in (
        ("家庭收入", ("工资性收入", "生产经营性收入", "财产性收入")),
        ("住房饮水", ("危房户", "住房面积", "饮水安全")),
    ):
        places = [header.index(name) for name in names]
        for place in places:
            top[place], bottom[place] = "", header[place]
        top[places[0]] = title

    def merge(workbook):
        sheet = workbook.worksheets()[0]
        for at, (upper, lower) in enumerate(zip(top, bottom, strict=True)):
            if upper and not lower:
                sheet.merge_range(2, at, 3, at, upper)
        for title in ("家庭收入", "住房饮水"):
            sheet.merge_range(2, top.index(title), 2, top.index(title) + 2, title)

    return [["名单"], ["单位：金寨县", "日期：某月"], top, bottom, *rows], (merge if merged else lambda workbook: None)


@pytest.mark.parametrize("merged", [True, False])
def test_merged_cells_or_plain(tmp_path, merged):
    rows, merge = grouped(merged=merged)
    result = read(book(tmp_path / "a.xlsx", ("Sheet1", rows), before_close=merge))
    assert (result.accepted_households, result.problems) == (4, ())
    assert facts(result)["income_wage"].to_list() == [9100.0, 9200.0, 9300.0, 9400.0]


def test_two_rows_in_a_text_file(tmp_path):
    rows, _ = grouped(merged=False)
    result = read(write_csv(tmp_path / "a.csv", rows))
    assert (result.accepted_households, result.problems) == (4, ())
    assert facts(result)["income_business"].to_list() == [4000.0] * 4


@pytest.mark.parametrize("lines", [0, 1, 12, 20, 29])
def test_the_header_as_far_down_as_row_30(tmp_path, lines):
    rows = [[f"说明第{number + 1}行"] for number in range(lines)] + base_rows()
    result = read(write_csv(tmp_path / "a.csv", rows))
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES


def test_twelve_lines_above_the_header():
    assert read_odd("twelve_title_lines.csv").accepted_households == 2


def test_a_file_without_a_header_is_refused_without_a_name_or_a_number():
    with pytest.raises(FileError) as refused:
        read_odd("no_header.csv")
    words = refused.value.message
    assert "没有表头" in words.zh
    assert "列名" in words.zh
    for row in base_rows()[1:]:
        for name in ("姓名", "证件号码", "户编号", "人编号"):
            assert row[column(name)] not in words.zh + words.en


@pytest.mark.parametrize("keep", [range(6, 46), range(3, 8), (3, 5, 28)])
def test_no_header_however_many_columns(tmp_path, keep):
    rows = [[row[at] for at in keep] for row in base_rows()[1:]]
    with pytest.raises(FileError, match="没有表头"):
        read(write_csv(tmp_path / "a.csv", rows))


@pytest.mark.parametrize(
    ("rows", "cells", "last"),
    [
        ([["户编号", "家庭收入", "", "人数"], ["", "工资性收入", "生产经营性收入", ""], ["34159999100001", "1", "2", "3"]],
         ("户编号", "工资性收入", "生产经营性收入", "人数"), 2),
        ([["户编号", "家庭收入（万元）", "", "人数"], ["", "工资性收入", "生产经营性收入", ""], ["34159999100001", "1", "2", "3"]],
         ("户编号", "工资性收入（万元）", "生产经营性收入（万元）", "人数"), 2),
        ([["户编号", "人均纯收入", "人数"], ["", "（万元）", "人"], ["34159999100001", "1", "3"]],
         ("户编号", "人均纯收入（万元）", "人数（人）"), 2),
        ([["户编号", "2019年", "", "2020年", ""], ["", "收入", "支出", "收入", "支出"], ["34159999100001", "1", "2", "3", "4"]],
         ("户编号", "2019年·收入", "2019年·支出", "2020年·收入", "2020年·支出"), 2),
        ([["", "", "家庭", "", ""], ["", "", "收入", "", "人数"], ["户编号", "乡", "工资性收入", "生产经营性收入", ""], ["34159999100001", "某镇", "1", "2", "3"]],
         ("户编号", "乡", "工资性收入", "生产经营性收入", "人数"), 3),
        ([["户编号", "人数", "乡"], ["1", "2", "3"], ["34159999100001", "3", "梅山镇"]], ("户编号", "人数", "乡"), 1),
        ([["户编号", "姓名", "", "乡"], ["34159999100001", "甲", "残疾", "梅山镇"]], ("户编号", "姓名", "", "乡"), 1),
        ([["编码", "村组", "几口人", "一年收入"], ["a1", "一组", "3", "5000"], ["a2", "二组", "4", "6000"]],
         ("编码", "村组", "几口人", "一年收入"), 1),
        ([["某县某表"], ["制表单位：某局"], ["编码", "村组", "几口人", "一年收入"], ["a1", "一组", "3", "5000"]],
         ("编码", "村组", "几口人", "一年收入"), 3),
    ],
)  # fmt: skip
def test_which_rows_are_the_header(rows, cells, last):
    header = find_header(rows, named)
    assert (header.cells, header.last) == (cells, last)


def test_a_known_column_is_read_where_the_word_for_monitored_is_mistyped():
    known = [name for each in (of_persons(), of_households()) for name in each.exact if "监测" in name]
    assert len(known) > 6
    assert {name: fold_header(name.replace("监测", "检测")) for name in known} == {name: name for name in known}


@pytest.mark.parametrize("header", ["水质检测结果", "检测时间", "核酸检测", "检测信息"])
def test_a_test_of_something_stays_one(header):
    assert fold_header(header) == header
