"""A list that is taken along, as office software opens it: its head, its rows, how wide its columns are, and what is made up."""

import re
import zipfile
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from workbench.ui.kit.files.download import Sheet, csv_bytes, xlsx_bytes

MADE_UP = ("说明", "模拟数据：不是真实住户")
SENTENCE = (
    "人均纯收入低于扶贫标准的一倍半，今年住院自付一万二千元，长子外出务工的月份比去年少四个月，还要看秋收以后的情况。"
)
ROWS = [["34152400000001", "梅山镇", 12, SENTENCE], ["34152400000002", "=1+1", None, "无"]]


def written(sheet):
    """The file, and how its sheet is written."""
    content = xlsx_bytes([sheet])
    with zipfile.ZipFile(BytesIO(content)) as parts:
        return content, parts.read("xl/worksheets/sheet1.xml").decode(), parts.read("xl/workbook.xml").decode()


@pytest.fixture(scope="module")
def file():
    return written(Sheet("帮扶名单", ["户编号", "乡镇", "措施", "理由"], ROWS, MADE_UP))


def test_every_row_says_that_it_is_made_up(file):
    rows = CalamineWorkbook.from_filelike(BytesIO(file[0])).get_sheet_by_index(0).to_python()
    assert rows[0] == ["户编号", "乡镇", "措施", "理由", "说明"]
    assert rows[1] == ["34152400000001", "梅山镇", 12, SENTENCE, MADE_UP[1]]
    assert rows[2] == ["34152400000002", "=1+1", "", "无", MADE_UP[1]]
    assert MADE_UP[1] in csv_bytes(Sheet("a", ["b"], [["c"]], MADE_UP)).decode("utf-8-sig")


def test_a_column_is_as_wide_as_what_stands_in_it_and_a_sentence_wraps(file):
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', file[1])]
    assert widths[0] >= len("34152400000001")
    assert widths[1] < widths[0]
    assert 40 < widths[3] < 60 < 2 * len(SENTENCE)


def test_a_list_is_filtered_where_it_is_taken_to_and_printed_with_its_head(file):
    _, sheet, book = file
    assert '<autoFilter ref="A1:E3"/>' in sheet
    assert 'topLeftCell="B2"' in sheet
    assert 'orientation="landscape"' in sheet
    assert re.search(r"_xlnm\.Print_Titles[^>]*>帮扶名单!\$1:\$1<", book)
    assert f"&amp;L帮扶名单&amp;R{MADE_UP[1]}" in sheet


def test_a_list_of_nobody_has_its_head_and_no_filter():
    content, sheet, _ = written(Sheet("名单", ["户编号"], []))
    assert CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python() == [["户编号"]]
    assert "autoFilter" not in sheet
    assert MADE_UP[1] not in sheet
