"""A workbook of one sheet is parsed once, for the look at its first rows and for reading all of it."""

from itertools import islice

import pytest
import xlsxwriter

from workbench.intake.reading.sheet import read_sheet
from workbench.intake.reading.workbooks.workbook import WorkbookRows, workbook_sheets

ROWS = [["户编号", "人均纯收入", "人数"], ["34152400000001", "5000", "3"], ["34152400000002", "6000", "2"]]


@pytest.fixture
def parsed(monkeypatch):
    """The names of the sheets that were parsed."""
    names, parse = [], WorkbookRows._parse

    def counted(rows):
        names.append(rows._name)
        return parse(rows)

    monkeypatch.setattr(WorkbookRows, "_parse", counted)
    return names


def written(path, *names, rows=ROWS):
    with xlsxwriter.Workbook(path) as workbook:
        for name in names:
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def test_one_sheet_is_parsed_once(tmp_path, parsed):
    sheet = read_sheet(written(tmp_path / "list.xlsx", "表"))
    assert sheet.frame["户编号"].to_list() == [row[0] for row in ROWS[1:]]
    assert parsed == ["表"]


def test_rows_may_be_gone_through_as_often_as_wanted(tmp_path):
    for raw in workbook_sheets(written(tmp_path / "list.xlsx", "表", "另一张")):
        assert list(raw.rows) == list(raw.rows) == list(raw.rows) == ROWS
    (raw,) = workbook_sheets(written(tmp_path / "one.xlsx", "表"))
    assert list(raw.rows) == list(raw.rows) == list(raw.rows) == ROWS


def test_a_long_sheet_is_parsed_once_however_often_its_beginning_is_looked_at(tmp_path, parsed):
    rows = [ROWS[0], *([f"3415240000{number:04}", "5000", "3"] for number in range(300))]
    looks = []
    path = written(tmp_path / "list.xlsx", "表", rows=rows)
    sheet = read_sheet(path, opened=lambda sheets: looks.extend(list(islice(sheets[0].rows, 30)) for _ in range(3)))
    assert [look[:2] for look in looks] == [rows[:2]] * 3
    assert sheet.frame["户编号"].to_list() == [row[0] for row in rows[1:]]
    assert parsed == ["表"]


def test_a_long_sheet_that_was_read_is_held_no_longer(tmp_path):
    (raw,) = workbook_sheets(written(tmp_path / "list.xlsx", "表", rows=ROWS * 100))
    assert len(list(raw.rows)) == 300
    assert raw.rows._parsed is None
