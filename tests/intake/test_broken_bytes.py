"""Text files with a few bytes that are no text: the row and the column named, the other rows read."""

import csv
import io

import pytest

from tests.intake.odd_files import base_rows, column, facts, read, read_odd
from tests.variants import one_in, seldom
from workbench.errors import FileError


def encoded(rows, encoding) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize(("name", "place"), [("truncated_gbk.csv", (13, "健康状况")), ("half_char.csv", (2, "乡"))])
def test_one_broken_byte(name, place):
    result = read_odd(name)
    assert [(one.row, one.column, one.reason) for one in result.problems] == [(*place, "broken byte")]
    assert (result.accepted_households, result.accepted_persons, result.rejected_rows) == (4, 11, 1)


@pytest.mark.parametrize("encoding", ["utf-8", seldom("utf-8-sig"), "gb18030"])
@pytest.mark.parametrize("name", one_in(2, ["村", "姓名", "致贫/返贫风险1", "风险是否消除"]))
def test_a_character_cut_in_half_in_every_encoding(tmp_path, encoding, name):
    rows = base_rows()
    rows[5][column(name)] = "甲断乙"
    half = "断".encode(encoding.replace("-sig", ""))
    path = tmp_path / "a.csv"
    path.write_bytes(encoded(rows, encoding).replace(half, half[:1]))
    result = read(path)
    assert [(one.row, one.column) for one in result.problems] == [(6, name)]
    assert (result.accepted_persons, result.rejected_rows) == (11, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_household_that_lacks_the_broken_row_is_not_counted_from_the_others(tmp_path, encoding):
    rows = [[cell for at, cell in enumerate(row) if at != column("人数")] for row in base_rows()]
    path = tmp_path / "a.csv"
    path.write_bytes(encoded(rows, encoding).replace("赵甲13".encode(encoding), b"\xff\xff13"))
    result = read(path)
    assert [(one.row, one.column) for one in result.problems] == [(4, "姓名")]
    assert facts(result)["persons"].to_list() == [None, 3, 3, 3]
    assert facts(result)["students"].to_list() == [None, 1, 1, 1]


def test_a_broken_household_number_is_no_household(tmp_path):
    number = base_rows()[4][column("户编号")]
    path = tmp_path / "a.csv"
    path.write_bytes(
        encoded(base_rows(), "gb18030").replace(f",{number},".encode(), f",{number[:-2]}".encode() + b"\xff,")
    )
    result = read(path)
    assert {(one.row, one.column) for one in result.problems} == {(row, "户编号") for row in (5, 6, 7)}
    assert (result.accepted_households, result.rejected_rows) == (3, 3)


def test_what_an_earlier_program_lost_is_lost(tmp_path):
    """A file saved as UTF-8 after it was broken has the mark of a lost character, which is no text either."""
    rows = base_rows()
    rows[5][column("村")] = "三\ufffd村"
    path = tmp_path / "a.csv"
    path.write_bytes(encoded(rows, "utf-8"))
    assert [(one.row, one.column) for one in read(path).problems] == [(6, "村")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(encoded(base_rows(), encoding))
    assert read(path).accepted_persons == 12


@pytest.mark.parametrize("content", [bytes(range(128, 256)) * 40, "表格".encode("big5hkscs") * 200 + b"\xff\xfe" * 90])
def test_a_file_that_is_mostly_no_text_is_refused(tmp_path, content):
    path = tmp_path / "给.csv"
    path.write_bytes(content)
    with pytest.raises(FileError, match="给"):
        read(path)


@pytest.mark.parametrize("name", ["人均纯收入", "与户主关系", "文化程度"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_cut_off_between_two_characters(tmp_path, encoding, name):
    """What comes after the cut is not blank: blank work months would be none."""
    rows = base_rows()
    whole = encoded(rows[:-1], encoding) + encoded([rows[-1][: column(name) + 1]], encoding).rstrip(b"\r\n")
    path = tmp_path / "a.csv"
    path.write_bytes(whole)
    result = read(path)
    assert [(one.row, one.column, one.reason) for one in result.problems] == [(13, name, "broken byte")]
    assert (result.accepted_persons, result.rejected_rows) == (11, 1)


def test_a_last_line_without_its_end_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(encoded(base_rows(), "utf-8").rstrip(b"\r\n"))
    assert read(path).accepted_persons == 12


def test_a_total_on_a_last_line_without_its_end_is_still_a_total(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(encoded([*base_rows(), ["合计", "", "", "4"]], "utf-8").rstrip(b"\r\n"))
    result = read(path)
    assert [(one.row, one.why) for one in result.skipped_rows] == [(14, "total")]
    assert (result.problems, result.rejected_rows) == ((), 0)
