"""Error cells and formulas that were never calculated: findings at their cells, the facts unknown, never 0 and never blank."""

import shutil
import struct

import pytest

from tests.intake.odd_files import (
    BASE_INCOMES,
    ODD,
    base_rows,
    book,
    changed_member,
    column,
    facts,
    notes,
    read,
    read_odd,
)
from tests.intake.person_lists import write_csv
from tests.variants import seldom
from workbench.intake.reading.workbooks.xls_records import _marks
from workbench.intake.tables.mapping import Mapping

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def error(value: str):
    return lambda sheet, row, at: sheet.write_formula(row, at, "=NA()", None, value)


def formula(value: object = 0):
    return lambda sheet, row, at: sheet.write_formula(row, at, "=1+1", None, value)


def list_with(path, row: int, name: str, cell: object):
    rows = base_rows()
    rows[row - 1][column(name)] = cell
    return book(path, ("Sheet1", rows))


def calculated(path):
    """A copy of a workbook as one saved by a program that had calculated it."""
    return changed_member(path, BOOK, lambda content: content.replace(b' fullCalcOnLoad="1"', b""))


def test_error_cells_of_a_table_with_a_mapping():
    result = read_odd("mapping_error_cells.xlsx", "mapping_error_cells.mapping.yaml")
    assert [(one.row, one.column, one.value) for one in result.problems] == [
        (2, "人均纯收入", "#DIV/0!"), (3, "人数", "#N/A"), (3, "自付", "#REF!"), (4, "户编号", "#N/A"), (5, "乡", "#REF!"),
    ]  # fmt: skip
    assert all("公式出错" in one.message.zh and "failed" in one.message.en for one in result.problems)
    facts_read = facts(result)
    assert facts_read["income_pc"].to_list() == [None, 5000.0, 5000.0]
    assert facts_read["persons"].to_list() == [3, None, 2]
    assert facts_read["out_of_pocket"].to_list() == [0.0, None, 0.0]
    assert facts_read["township"].to_list() == ["梅山镇", "梅山镇", None]


ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!")
READ_AS = (
    ("务工时间（月）", "work_months"),
    ("在校生状况", "students"),
    ("人数", "persons"),
    ("人均纯收入", "income_pc"),
    ("乡", "township"),
)


def every_error():
    """Each error in each column; in every run each error once, and each column at least once."""
    for at, (name, fact) in enumerate(READ_AS):
        for number, value in enumerate(ERRORS):
            row = (name, fact, value)
            yield row if number % len(READ_AS) == at else seldom(row)


@pytest.mark.parametrize(("name", "fact", "value"), list(every_error()))
def test_an_error_cell_of_a_layout_is_unknown_never_blank_and_never_0(tmp_path, name, fact, value):
    rows = base_rows()
    for row in rows[1:4]:  # all of the household: no other row says it
        row[column(name)] = error(value)
    result = read(book(tmp_path / "list.xlsx", ("Sheet1", rows)))
    assert facts(result)[fact].to_list()[0] is None
    assert facts(result)[fact].null_count() == 1
    at_cells = [one for one in result.problems if one.reason == "failed formula"]
    assert [(one.row, one.value) for one in at_cells] == [(2, value), (3, value), (4, value)]


@pytest.mark.parametrize("text", ["#N/A", "#DIV/0!", "＃REF!", "#####", "=SUM(A1:A3)", "=VLOOKUP(D2,表2!A:B,2,0)"])
def test_what_a_failed_formula_leaves_in_a_text_file_is_the_same(tmp_path, text):
    rows = base_rows()
    for row in rows[1:4]:
        row[column("人均纯收入")] = text
        row[column("村")] = "" if text.startswith("=") else text
    result = read(write_csv(tmp_path / "list.csv", rows))
    assert facts(result)["income_pc"].to_list()[0] is None
    assert facts(result)["village"].to_list()[0] is None
    expected = {"人均纯收入"} if text.startswith("=") else {"人均纯收入", "村"}
    assert {(one.row, one.column) for one in result.problems} == {(row, name) for row in (2, 3, 4) for name in expected}
    assert {one.reason for one in result.problems} <= {"failed formula", "formula not calculated", "column too narrow"}


def test_a_household_number_that_failed_is_no_household(tmp_path):
    result = read(list_with(tmp_path / "list.xlsx", 4, "户编号", error("#N/A")))
    assert (result.rejected_rows, result.accepted_households) == (1, 4)
    assert [(one.row, one.column, one.value) for one in result.problems] == [(4, "户编号", "#N/A")]


@pytest.mark.parametrize("name", ["证件号码", "人编号"])
def test_two_members_whose_numbers_failed_are_two(tmp_path, name):
    rows = base_rows()
    for row in rows[1:3]:
        row[column(name)] = error("#REF!")
    result = read(book(tmp_path / "list.xlsx", ("Sheet1", rows)))
    assert facts(result)["students"].to_list() == [1, 1, 1, 1]
    assert facts(result)["labour"].to_list() == [1, 1, 1, 1]


@pytest.mark.parametrize("name", ["formula_uncalculated_zero.xlsx", "formula_without_value.xlsx"])
def test_a_formula_never_calculated_is_a_finding_and_the_income_unknown(name):
    result = read_odd(name)
    assert facts(result)["income_pc"].null_count() == len(facts(result))
    assert {(one.column, one.reason) for one in result.problems} <= {
        ("人均纯收入", "formula not calculated"), ("务工时间(月)", "formula not calculated"),
    }  # fmt: skip
    rows = [one.row for one in result.problems if one.column == "人均纯收入"]
    assert rows == list(range(2, len(rows) + 2))
    assert len(rows) == 3 * len(facts(result))


def test_a_formula_calculated_to_0_is_0(tmp_path):
    rows = base_rows()
    for row in rows[1:4]:
        row[column("财产性收入")] = formula(0)
    result = read(calculated(book(tmp_path / "list.xlsx", ("Sheet1", rows))))
    assert (result.problems, facts(result)["income_property"].to_list()[0]) == ((), 0.0)


def test_a_formula_with_a_value_is_that_value(tmp_path):
    rows = base_rows()
    for row in rows[1:4]:
        row[column("合规自付支出")] = formula(1234.5)
    result = read(book(tmp_path / "list.xlsx", ("Sheet1", rows)))
    assert (result.problems, facts(result)["out_of_pocket"].to_list()[0]) == ((), 1234.5)


EMPTY_TEXT = b"<f>1+1</f><v></v></c>"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (b'<c r="AC2" t="str"><f>1+1</f><v></v></c>', None),  # =IF(...,"",...) in a workbook that was calculated
        (b'<c r="AC2" t="str"><f>1+1</f></c>', "formula not calculated"),
        (b'<c r="AC2"><f>1+1</f><v></v></c>', "formula not calculated"),
        (b'<c r="AC2"><f t="shared" si="0"/></c>', "formula not calculated"),
        (b"<c r='AC2' ><f>1+1</f ><v/></c>", "formula not calculated"),
        (b'<c r="AC2" t="e"><v>#NULL!</v></c>', "failed formula"),
        (b"<c r='AC2' s='0' t='e'><f>1+1</f><v>#NUM!</v></c>", "failed formula"),
    ],
)
def test_however_a_program_spells_it(tmp_path, written, reason):
    path = calculated(list_with(tmp_path / "list.xlsx", 2, "人均纯收入", formula(0)))
    assert column("人均纯收入") == 28  # AC

    def spelt(content: bytes) -> bytes:
        start = content.index(b'<c r="AC2"')
        end = content.index(b"</c>", start) + len(b"</c>")
        return content[:start] + written + content[end:]

    result = read(changed_member(path, SHEET, spelt))
    assert [(one.row, one.column, one.reason) for one in result.problems] == (
        [] if reason is None else [(2, "人均纯收入", reason)]
    )


def test_a_sheet_whose_names_have_a_prefix(tmp_path):
    def prefixed(content: bytes) -> bytes:
        import re  # noqa: PLC0415

        content = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", content)
        return content.replace(
            b'xmlns="http://schemas.openxmlformats.org/spreadsheetml',
            b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml',
        )

    path = list_with(tmp_path / "list.xlsx", 3, "合规自付支出", error("#REF!"))
    result = read(changed_member(path, SHEET, prefixed))
    assert [(one.row, one.column) for one in result.problems] == [(3, "合规自付支出")]


def test_a_table_that_begins_beside_and_below_the_first_cell(tmp_path):
    rows = base_rows()
    rows[2][column("合规自付支出")] = error("#REF!")
    result = read(book(tmp_path / "list.xlsx", ("Sheet1", [[], [], *([None, None, *row] for row in rows)])))
    assert [(one.row, one.column, one.value) for one in result.problems] == [(5, "合规自付支出", "#REF!")]
    assert result.accepted_households == 4


def test_a_mapping_may_say_what_an_error_means(tmp_path):
    mapping = Mapping.model_validate(
        {
            "key": "户",
            "facts": {
                "kind": {"constant": "lifted"},
                "dibao": {"column": "低保", "values": {"是": True, "#N/A": False}},
            },
        }
    )
    result = read(write_csv(tmp_path / "list.csv", [["户", "低保"], ["a1", "#N/A"], ["a2", "是"]]), mapping)
    assert (result.problems, facts(result)["dibao"].to_list()) == ((), [False, True])


@pytest.mark.parametrize("name", ["errors.xls", "errors.et"])
def test_error_cells_and_hidden_rows_of_a_workbook_of_the_age_before_xml(tmp_path, name):
    shutil.copy(ODD / "errors_97.xls", tmp_path / name)
    result = read(tmp_path / name)
    assert [(one.row, one.column, one.value) for one in result.problems] == [
        (2, "人均纯收入", "#DIV/0!"), (3, "人均纯收入", "#DIV/0!"), (4, "人均纯收入", "#DIV/0!"), (5, "在校生状况", "#N/A"),
    ]  # fmt: skip
    assert facts(result)["income_pc"].to_list() == [None, *BASE_INCOMES[1:]]
    assert facts(result)["students"].to_list() == [1, None, 1, 1]
    assert "有 2 行是隐藏的" in notes(result)


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


@pytest.mark.parametrize(
    ("result", "not_calculated", "failed"),
    [
        (struct.pack("<d", 0.0), False, None),
        (struct.pack("<d", 0.0), True, "=?"),
        (struct.pack("<d", 4700.0), True, None),
        (b"\x02\x00\x17\x00\x00\x00\xff\xff", False, "#REF!"),
        (b"\x03\x00\x00\x00\x00\x00\xff\xff", False, None),
    ],
)
def test_the_records_of_a_formula(result, not_calculated, failed):
    cell = record(0x0006, struct.pack("<HHH", 4, 2, 0) + result + bytes(8))
    sheet = (
        record(0x0809, bytes(16)) + (record(0x005E, bytes(2)) if not_calculated else b"") + cell + record(0x000A, b"")
    )
    assert _marks(sheet, 0).failed == ({5: {2: failed}} if failed else {})
