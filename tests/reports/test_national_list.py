"""Filed households in the national system's layout: read in again they give the same households and members; blanks stay blank."""

from io import BytesIO

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.reports import made_up
from workbench.domain.parameters import load_yaml
from workbench.errors import InputError
from workbench.intake.export import read_export
from workbench.intake.tables.layouts import columns, layouts
from workbench.reports.ledgers.national_list import national_list
from workbench.reports.list_records import NationalList, NationalRow

ROUND, COUNTY = "2019-10", "341524"
PERSON = {
    "person_number": "341599000000010001", "name": "张三", "id_number": "341599196001010010", "relation": "户主", "health": "健康",
    "labour": "普通劳动力", "household_phone": "13800000000",
}  # fmt: skip
FACTS = {
    "township": "梅山镇", "village": "青山村", "persons": 2, "cause": "缺劳力", "dilapidated_housing": False, "water": 0,
    "income_pc": 5123.4, "kind": "unregistered",
}  # fmt: skip


def made(kind="edge", **facts):
    values = {**FACTS, "kind": "lifted" if kind == "risk" else "unregistered", **facts}
    second = {
        **PERSON,
        "person_number": "341599000000010002",
        "name": "李四",
        "id_number": "341599196201010020",
        "relation": "配偶",
    }
    rows = [NationalRow("34159900000001", each, values, kind, "2019-10-28") for each in (PERSON, second)]
    return NationalList(made_up.risk_ledger().heading, kind, tuple(rows))


def rows_of(content):
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("人口名单").to_python()


def test_two_title_rows_then_the_headers_in_order_all_text():
    rows = rows_of(national_list(made()))
    declared = load_yaml("national_list")["columns"]
    assert rows[2] == [column["header"] for column in declared]
    assert all(isinstance(cell, str) for row in rows[3:] for cell in row)
    assert rows[3][rows[2].index("证件号码")] == PERSON["id_number"]
    assert rows[3][rows[2].index("致贫原因1")] == "缺劳动力"
    assert rows[3][rows[2].index("易返贫致贫户(监测对象)类型")] == "边缘易致贫户"


@pytest.mark.parametrize("kind", ["risk", "edge"])
def test_what_is_written_is_read_in_again_as_the_2022_list(tmp_path, kind):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(national_list(made(kind)))
    result = read_export(path, round_name=ROUND)
    (row,) = pl.DataFrame(result.facts[COUNTY]).to_dicts()
    assert (row["household_id"], row["kind"]) == ("34159900000001", "lifted" if kind == "risk" else "unregistered")
    assert (row["township"], row["village"], row["persons"], row["cause"]) == ("梅山镇", "青山村", 2, "缺劳力")
    assert (row["income_pc"], row["labour"]) == (5123.4, 2)
    assert len(result.persons[COUNTY]) == 2


def test_the_headers_are_those_of_the_layout_that_the_intake_knows():
    headers = [
        column["header"].replace("（", "(").replace("）", ")") for column in load_yaml("national_list")["columns"]
    ]
    canonical = {alias: name for name, column in columns().items() for alias in (name, *column.aliases)}
    (known,) = (layout for layout in layouts() if layout.name == "b2022")
    assert {canonical.get(header, header) for header in headers} == known.columns
    assert len(headers) == len(known.columns)


@pytest.mark.parametrize(("fact", "value", "header"), [("water", 1, "是否解决安全饮用水"), ("water", None, "是否解决安全饮用水"),
                                                       ("dilapidated_housing", None, "危房户"), ("income_pc", None, "人均纯收入")])  # fmt: skip
def test_what_is_not_known_or_has_no_code_stays_blank(fact, value, header):
    rows = rows_of(national_list(made(**{fact: value})))
    assert rows[3][rows[2].index(header)] == ""


def test_every_column_says_where_it_is_from_and_what_is_not_verified():
    book = CalamineWorkbook.from_filelike(BytesIO(national_list(made())))
    notes = book.get_sheet_by_name("填写说明").to_python()
    assert "未核实" in notes[0][0]
    assert [row[0] for row in notes[2:]] == rows_of(national_list(made()))[2]
    assert {row[2] for row in notes[2:]} == {"已核实", "未核实"}
    assert all(row[3] for row in notes[2:] if row[2] == "未核实")


def test_a_text_longer_than_a_cell_is_refused_and_not_cut():
    with pytest.raises(InputError, match=r"第 4 行“行政村”有 32,768 字"):
        national_list(made(village="长" * 32_768))
