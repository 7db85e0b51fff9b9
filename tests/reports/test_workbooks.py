"""What the spreadsheets hold and how they print: text is text, colours have words, nobody's data hangs in public."""

import dataclasses
import datetime as dt
import io
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.reports import made_up
from workbench.errors import InputError, RefusedError
from workbench.reports.ledgers.edge_ledger import edge_ledger
from workbench.reports.ledgers.entry_list import entry_list
from workbench.reports.ledgers.public_list import public_list
from workbench.reports.ledgers.risk_ledger import risk_ledger
from workbench.reports.ledgers.summary import summary
from workbench.reports.list_records import PublicList, PublicRow
from workbench.reports.records import EdgeLedger, Heading, RiskLedger, Summary

SPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
MADE = {
    "risk": (risk_ledger, made_up.risk_ledger),
    "edge": (edge_ledger, made_up.edge_ledger),
    "summary": (summary, made_up.summary),
    "public": (public_list, made_up.public_list),
    "entry": (entry_list, made_up.entry_list),
}
every = pytest.mark.parametrize(("write", "made"), MADE.values(), ids=MADE)


def rows_of(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def part(content, name):
    return ET.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(name))  # noqa: S314 - written just now


def sheet(content):
    return part(content, "xl/worksheets/sheet1.xml")


def cell(rows, header, line=0):
    return rows[4 + line][rows[3].index(header)]


@every
def test_the_same_records_give_the_same_bytes(write, made):
    assert write(made()) == write(made())


@every
def test_no_cell_is_a_formula_or_a_link(write, made):
    content = write(made())
    assert sheet(content).findall(".//m:f", SPACE) == []
    assert sheet(content).findall(".//m:hyperlink", SPACE) == []


@every
def test_a_sheet_is_one_page_wide_with_its_header_on_every_page(write, made):
    content = write(made())
    setup = sheet(content).find("m:pageSetup", SPACE).attrib
    assert (setup["orientation"], setup["fitToHeight"]) == ("landscape", "0")
    assert setup["paperSize"] in {"8", "9"}  # A3, A4
    names = {name.get("name"): name.text for name in part(content, "xl/workbook.xml").iter() if name.get("name")}
    assert re.search(r"\$3:\$4$", names["_xlnm.Print_Titles"])
    assert "_xlnm.Print_Area" in names
    pane = sheet(content).find(".//m:pane", SPACE).attrib
    assert (pane["state"], pane["ySplit"]) == ("frozen", "4")
    assert "&P" in sheet(content).find(".//m:oddFooter", SPACE).text


@every
def test_simulated_households_are_marked_in_title_and_footer_and_others_are_not(write, made):
    for simulated in (True, False):
        records = made()
        content = write(dataclasses.replace(records, heading=dataclasses.replace(records.heading, simulated=simulated)))
        title, footer = rows_of(content)[0][0], sheet(content).find(".//m:oddFooter", SPACE).text
        assert ("模拟" in title, "模拟" in footer) == (simulated, simulated)


@every
def test_the_head_says_unit_round_and_filing_and_the_foot_has_signatures(write, made):
    rows = rows_of(write(made()))
    assert "2019年下半年" in rows[0][0]
    head = " ".join(str(one) for one in rows[1])
    third = {made_up.public_list: "公示期：", made_up.entry_list: "录入窗口期："}.get(made, "备案文号：")
    assert all(word in head for word in ("单位：", "期次：2019年下半年", third))
    assert "制表人：汪传发　2019年10月30日" in [one for one in rows[-1] if one]


def test_hostile_names_stand_as_they_are():
    rows = rows_of(risk_ledger(made_up.risk_ledger()))
    names = [cell(rows, "户主姓名", line) for line in range(len(made_up.HOSTILE))]
    assert names == list(made_up.HOSTILE)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), min_size=1, max_size=30),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_stands_as_it_is(names):
    rows = tuple(PublicRow("甲镇", "乙村", "", name, 1, "") for name in names if not re.search(r"\d{7}", name))
    listed = dataclasses.replace(made_up.public_list(), rows=rows)
    result = rows_of(public_list(listed))
    assert [cell(result, "户主姓名", line) for line in range(len(rows))] == [row.head_name for row in rows]


def test_numbers_of_persons_and_households_are_text():
    rows = rows_of(risk_ledger(made_up.risk_ledger()))
    assert cell(rows, "证件号码") == "34159919620304000X"
    assert cell(rows, "户编号") == "34159900000000"


def test_a_tier_has_its_level_its_colour_by_word_and_by_fill_and_a_symbol():
    made = made_up.risk_ledger()
    rows = made.rows[:3]
    tiers = [dataclasses.replace(row, tier=tier) for row, tier in zip(rows, (1, 2, 3), strict=True)]
    content = risk_ledger(RiskLedger(made.heading, tuple(tiers)))
    result = rows_of(content)
    shown = [cell(result, "本期等级", line) for line in range(3)]
    assert shown == ["一级\n红 ●", "二级\n黄 ▲", "三级\n蓝 ■"]
    fills = {fill.get("rgb") for fill in part(content, "xl/styles.xml").findall(".//m:fgColor", SPACE)}
    assert {"FFFBE9E7", "FFFDF5DC", "FFE6EFF9"} <= fills


def test_what_is_not_known_is_blank_and_zero_is_zero():
    made = made_up.risk_ledger(1)
    facts = {
        **made.rows[0].facts,
        "income_wage": None,
        "income_property": 0.0,
        "labour": None,
        "housing": None,
        "water": 0,
    }
    rows = rows_of(risk_ledger(RiskLedger(made.heading, (dataclasses.replace(made.rows[0], facts=facts),))))
    assert (cell(rows, "工资性收入"), cell(rows, "财产性收入")) == ("", 0)
    assert (cell(rows, "劳动力"), cell(rows, "住房安全"), cell(rows, "饮水安全")) == ("", "", "无困难")


def test_totals_leave_out_what_is_not_known():
    made = made_up.risk_ledger(3)
    rows = [
        dataclasses.replace(row, facts={"persons": persons})
        for row, persons in zip(made.rows, (2, None, 5), strict=True)
    ]
    result = rows_of(risk_ledger(RiskLedger(made.heading, tuple(rows))))
    assert (result[7][0], cell(result, "人数", 3)) == ("合计", 7)


def test_an_undetermined_household_is_called_so_and_never_blue():
    made = made_up.risk_ledger(1)
    rows = rows_of(risk_ledger(RiskLedger(made.heading, (dataclasses.replace(made.rows[0], tier=None),))))
    assert cell(rows, "本期等级") == "暂不能判定"


def test_the_last_visits_stand_first_and_earlier_ones_are_counted():
    made = made_up.edge_ledger(1)
    visits = tuple(
        dataclasses.replace(made_up.edge_ledger().rows[1].visits[0], on=day)
        for day in (None, dt.date(2019, 6, 1), dt.date(2019, 8, 1), dt.date(2019, 7, 1), dt.date(2019, 9, 1))
    )
    row = dataclasses.replace(made.rows[0], visits=visits)
    said = cell(rows_of(edge_ledger(EdgeLedger(made.heading, (row,)))), "走访记录").split("\n")
    assert [line[:10] for line in said[:3]] == ["2019-09-01", "2019-08-01", "2019-07-01"]
    assert said[3] == "此前走访 2 次"


def test_summary_adds_townships_to_counties_and_counties_to_the_city():
    made = made_up.summary()
    rows = rows_of(summary(made))
    figures = {(row[0], row[1]): row[2] for row in rows[4:]}
    for county in ("金寨县", "霍山县"):
        of_county = [row.lifted.households for row in made.rows if row.county == county]
        assert figures[county, "小计"] == sum(of_county)
    assert figures["六安市", "合计"] == sum(row.lifted.households for row in made.rows)


def test_a_summary_of_one_county_has_no_line_of_the_city():
    rows = rows_of(summary(Summary(made_up.heading(), made_up.summary_rows())))
    assert "六安市" not in {row[0] for row in rows[4:]}


def test_a_public_list_has_no_field_for_anything_personal():
    assert {one.name for one in dataclasses.fields(PublicRow)} == {
        "township", "village", "group", "head_name", "persons", "matter",
    }  # fmt: skip
    assert {one.name for one in dataclasses.fields(PublicList)} == {
        "heading", "rows", "starts_on", "ends_on", "contact_office", "contact_phone",
    }  # fmt: skip
    headers = rows_of(public_list(made_up.public_list()))[3]
    assert headers == ["序号", "乡镇", "村", "组", "户主姓名", "人数", "公示事项"]


@pytest.mark.parametrize("number", ["34159919620304000X", "13900000000", "6228480000000000000", "７６５４３２１"])
def test_a_long_number_in_a_public_text_is_refused(number):
    made = made_up.public_list(1)
    row = dataclasses.replace(made.rows[0], head_name=f"张三 {number}")
    with pytest.raises(RefusedError, match="户主姓名"):
        public_list(dataclasses.replace(made, rows=(row,)))


def test_a_public_list_says_until_when_and_whom_to_tell():
    rows = rows_of(public_list(made_up.public_list()))
    assert "公示期：2019年10月10日至2019年10月16日" in rows[1]
    words = [one for row in rows[4:] for one in row if "公示期" in str(one)]
    assert words == [
        "公示期：2019年10月10日至2019年10月16日。如有异议，请在公示期内向梅山镇扶贫工作站反映，电话：0564-7000000。"
    ]


def test_a_text_longer_than_a_cell_is_refused_and_not_cut():
    made = made_up.risk_ledger(1)
    row = dataclasses.replace(made.rows[0], remarks="长" * 32_768)
    with pytest.raises(InputError, match="备注"):
        risk_ledger(RiskLedger(made.heading, (row,)))


def test_an_empty_ledger_is_a_form_to_fill_in():
    rows = rows_of(risk_ledger(RiskLedger(made_up.heading(), ())))
    assert rows[3][0] == "序号"


@pytest.mark.parametrize("title", ["金寨县&P&[Date]台账" + "长" * 300, "&" * 300, "长" * 89 + "&R台账"])
def test_what_the_foot_of_a_page_prints_cannot_be_made_to_say_else(title):
    heading: Heading = made_up.heading(title=title, simulated=False)
    footer = sheet(risk_ledger(RiskLedger(heading, made_up.risk_ledger(1).rows))).find(".//m:oddFooter", SPACE).text
    assert len(footer) <= 255
    codes = re.findall(r"&(.)", footer.replace("&&", ""))
    assert codes == ["L", '"', "9", "R", '"', "9", "P", "N"]


@pytest.mark.parametrize("text", ["138-1234-5678", "138 1234 5678", "6217 0012 3400 5678", "３４１５－２４１９－８００１", "13812345678"])  # fmt: skip
def test_a_number_of_a_person_in_groups_is_not_made_public_either(text):
    made = made_up.public_list(1)
    row = dataclasses.replace(made.rows[0], matter=f"拟认定为返贫户，联系 {text}")
    with pytest.raises(RefusedError, match="长数字"):
        public_list(dataclasses.replace(made, rows=(row,)))


@pytest.mark.parametrize("text", ["2019-10-08 起公示", "2019年10月8日", "第 3-12 组，5 人"])
def test_days_and_small_numbers_may_stand_on_a_public_list(text):
    made = made_up.public_list(1)
    assert public_list(dataclasses.replace(made, rows=(dataclasses.replace(made.rows[0], matter=text),)))
