"""The columns on the intake page: changed, kept, offered, and read again under what was decided; without a browser."""

import datetime as dt
import re

import pyarrow as pa
import pytest

from workbench.errors import InputError
from workbench.store.facts import FactStore
from workbench.store.schema import Origin
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.intake.matching_panel import MatchingPanel
from workbench.ui.pages.intake.matching_view import mapping_file, matching_html
from workbench.ui.pages.intake.state import IntakeSession

ROUND, COUNTY = "2019-10", "341524"
HEADERS = ["本户代号", "在哪个镇", "几口人", "一年到手", "家里有低保没"]
ROWS = [[f"3415240100{n:04d}", "梅山镇", "3", f"{n}", "有的" if n % 2 else "没"] for n in range(1, 7)]
CHOICES = [("本户代号", "household_id"), ("在哪个镇", "township"), ("几口人", "persons"), ("一年到手", "net_income"), ("家里有低保没", "dibao")]  # fmt: skip


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "家庭情况.csv"
    path.write_text(
        "\n".join(",".join(row) for row in [["家庭情况表", "", "", "", ""], HEADERS, *ROWS]), encoding="utf-8"
    )
    return path


@pytest.fixture
def session(tmp_path, table):
    session = IntakeSession(FactStore(tmp_path / "store"), dt.date(2019, 11, 1), ROUND)
    session.give_county(COUNTY)
    session.give_kind("unregistered")
    session.give(table.name, table)
    return session


@pytest.fixture
def panel(session):
    def read():
        session.put(session.asked().read(lambda _done, _total: None))

    panel = MatchingPanel(session, Language("zh"), lambda callback: callback, read, lambda _text: None)
    read()
    return panel


def send(panel, **sent):
    panel.take(sent)


def decide_all(panel):
    for header, means in CHOICES:
        send(panel, do="mean", header=header, value=means)
    send(panel, do="measure", header="一年到手", value="万元")
    send(panel, do="explain", header="家里有低保没", text="有的", value="0")
    send(panel, do="explain", header="家里有低保没", text="没", value="1")


def test_a_table_of_strange_headers_goes_in_by_changing_what_columns_are(panel, session):
    assert session.outcome.question.asks == "columns"
    shown = str(matching_html(session, Language("zh")))
    assert 'aria-label="“本户代号”认作"' in shown
    assert '<details data-name="matching" open>' in shown
    decide_all(panel)
    rows = session.result.facts[COUNTY].to_pylist()
    assert len(rows) == 6
    assert {row["net_income"] for row in rows} == {n * 10_000 for n in range(1, 7)}
    assert sum(row["dibao"] for row in rows) == 3
    assert "个还不认识" not in str(matching_html(session, Language("zh")))


def test_what_was_decided_is_kept_and_offered_for_the_next_file_of_that_shape(panel, session, table):
    decide_all(panel)
    first = session.result.facts[COUNTY].to_pylist()
    send(panel, do="keep", fields={"name": ["民政情况表"]})
    assert "net_income" in mapping_file(session).content.decode()
    session.give("下一份.csv", table)
    session.put(session.asked().read(lambda _done, _total: None))
    assert session.result is None
    assert "用“民政情况表”" in str(matching_html(session, Language("zh")))
    send(panel, do="use_kept", name="民政情况表")
    assert session.result.facts[COUNTY].to_pylist() == first
    send(panel, do="measure", header="一年到手", value="千元")
    assert max(row["net_income"] for row in session.result.facts[COUNTY].to_pylist()) == 6_000
    send(panel, do="unmap")
    assert session.result is None
    send(panel, do="remove_kept", name="民政情况表")
    assert session.choice.offered() == []


def test_what_is_decided_half_is_said_in_words_and_stays_decided(panel, session):
    send(panel, do="mean", header="本户代号", value="")
    send(panel, do="mean", header="几口人", value="persons")
    assert "户编号" in session.outcome.trouble.zh
    assert session.choice.decision().column("几口人").means == "persons"
    send(panel, do="mean", header="本户代号", value="household_id")
    assert session.result.accepted_households == 6


def test_where_the_header_stands_and_what_rows_are_can_be_said(panel, session):
    send(panel, do="header", value="1")
    assert session.choice.overview.header_rows == (1, 1)
    send(panel, do="header_last", value="2")
    assert session.choice.overview.header_rows == (1, 2)
    send(panel, do="header", value="2")
    send(panel, do="rows", value="persons")
    assert session.choice.decision().persons
    assert 'value="与户主关系"' in str(matching_html(session, Language("zh")))


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "mean", "header": "没有", "value": "persons"},
        {"do": "mean", "header": "几口人", "value": "nothing"},
        {"do": "measure", "header": "几口人", "value": "万元"},
        {"do": "explain", "header": "几口人", "text": "3", "value": "99"},
        {"do": "header", "value": "x"},
        {"do": "header_last", "value": "40"},
        {"do": "sheet", "name": "没有", "read": True},
        {"do": "use_kept", "name": "../../x"},
        {"do": "keep", "fields": {"name": ["../x"]}},
    ],
)
def test_what_a_browser_sends_is_looked_at_again(panel, session, sent):
    before = session.choice.reading
    with pytest.raises(InputError):
        panel.take(sent)
    assert session.choice.reading == before


@pytest.mark.deep  # the second language
def test_the_english_page_has_no_chinese_of_its_own(panel, session):
    decide_all(panel)
    shown = re.sub(r'(?:value|data-send|data-draft)="[^"]*"', "", str(matching_html(session, Language("en"))))
    for text in (*HEADERS, *(cell for row in ROWS for cell in row), "家庭情况表"):  # fmt: skip
        shown = shown.replace(text, "")
    assert [line for line in shown.splitlines() if any("\u4e00" <= each <= "\u9fff" for each in line)] == []


def test_the_page_says_whether_what_is_stored_is_simulated(tmp_path):
    for simulated in (True, False):
        store = FactStore(tmp_path / str(simulated))
        table = pa.table({"household_id": ["34159999100001"], "county_code": [COUNTY]})
        store.write(ROUND, {COUNTY: table}, Origin(simulated=simulated))
        assert IntakeSession(store, dt.date(2019, 11, 1), ROUND).simulated is simulated
    assert IntakeSession(FactStore(tmp_path / "empty"), dt.date(2019, 11, 1), ROUND).simulated is False
