"""Departments' lists on the intake page: read, doubtful rows confirmed or refused, added, undone; without a browser."""

import datetime as dt

import polars as pl
import pytest

from tests.intake.person_lists import A2017, id_number, person, sheet, write_csv
from workbench.errors import InputError, StoreError
from workbench.intake.export import read_export
from workbench.store.facts import FactStore
from workbench.store.ingest import take_in
from workbench.store.schema import Origin
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.intake.department_panel import DepartmentPanel
from workbench.ui.pages.intake.state import IntakeSession

ROUND, COUNTY = "2019-10", "341524"
ONE, TWO, THREE = (f"3415999910000{number}" for number in (1, 2, 3))
HEADERS = ["户编号", "姓名", "证件号码", "村", "自付费用"]


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Three households of one village, of one person each: 张1, 张3, 张4."""
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path / "store"))
    people = [person(A2017, 1, ONE), person(A2017, 3, TWO), person(A2017, 4, THREE)]
    result = read_export(write_csv(tmp_path / "base.csv", sheet(A2017, *people)), round_name=ROUND)
    store = FactStore(tmp_path / "store")
    take_in(store, ROUND, [result], Origin())
    return store


@pytest.fixture
def panel(store):
    session = IntakeSession(store, dt.date(2019, 11, 1), ROUND)
    return DepartmentPanel(session, Language("zh"), lambda callback: callback, lambda: None, lambda _text: None, {})


@pytest.fixture
def drop(panel, tmp_path):
    def dropped(which, *rows, headers=HEADERS):
        path = write_csv(tmp_path / "部门名单.csv", [headers, *rows])
        session = panel.session
        session.choose(which)
        session.give("部门名单.csv", path)
        asked = session.asked(ROUND, "")
        session.put(asked.read(lambda _done, _total: None), asked)
        panel.show()
        return panel.outcome.html

    return dropped


def stored(store, fact):
    return dict(pl.DataFrame(store.read(ROUND, COUNTY)).select("household_id", fact).iter_rows())


def test_what_is_doubtful_waits_until_somebody_says_which_household_it_is(store, panel, drop):
    shown = drop(
        "disaster",
        ["", "张3", "", "三合村", ""],
        ["", "张4", "", "三合", ""],
        [ONE, "", "", "", ""],
        ["", "", id_number(77), "", ""],
    )
    assert "待核实 2 行，没有对上 1 行" in shown
    assert "张3" not in shown
    assert "张*" in shown
    assert f"是 {TWO}" in shown
    panel.take({"do": "confirm", "row": 2, "value": TWO})
    panel.take({"do": "confirm", "row": 3, "value": ""})
    assert "待核实 0 行" in panel.outcome.html
    assert f"第 2 行是 {TWO}" in panel.outcome.html
    panel.take({"do": "add"})
    assert "已加到 2 户上" in panel.outcome.html
    assert stored(store, "disaster") == {ONE: True, TWO: True, THREE: None}
    with pytest.raises(StoreError):
        panel.take({"do": "add"})


def test_what_was_confirmed_can_be_taken_back(panel, drop):
    drop("disaster", ["", "张3", "", "三合村", ""])
    panel.take({"do": "confirm", "row": 2, "value": TWO})
    panel.take({"do": "confirm", "row": 2, "value": ""})
    assert panel.session.confirmed == {}
    with pytest.raises(StoreError, match="没有要改动的户"):
        panel.take({"do": "add"})


def test_what_is_known_otherwise_stays_unless_the_list_is_preferred(store, panel, drop):
    shown = drop("illness", [ONE, "", "", "", "500"])
    assert 'data-table="differences"' not in shown
    panel.take({"do": "add"})
    shown = drop("illness", [ONE, "", "", "", "900"])
    assert 'data-table="differences"' in shown
    assert "没有要改动" not in shown
    panel.take({"do": "replace", "on": True})
    panel.take({"do": "add"})
    assert stored(store, "out_of_pocket")[ONE] == 900


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"do": "which", "value": "nobody"}, InputError),
        ({"do": "confirm", "row": 2, "value": THREE}, InputError),
        ({"do": "confirm", "row": 99, "value": ""}, InputError),
    ],
)
def test_what_a_browser_sends_is_looked_at_again(panel, drop, sent, error):
    drop("disaster", ["", "张3", "", "三合村", ""])
    with pytest.raises(error):
        panel.take(sent)
    assert panel.session.confirmed == {}


def test_a_list_that_matches_nothing_known_says_what_it_needs(drop):
    shown = drop("disaster", ["张3", "有"], headers=["姓名", "受灾"])
    assert "也没有姓名和村" in shown
    assert "张3" not in shown


def test_a_round_without_households_refuses_in_words(panel, drop):
    panel.page.choose("2020-04", "")
    session = panel.session
    drop("disaster", [ONE, "", "", "", ""])
    asked = session.asked("2020-04", "")
    session.put(asked.read(lambda _done, _total: None), asked)
    with pytest.raises(StoreError, match="还没有收过户"):
        panel.show()


@pytest.mark.parametrize("leave", ["turn", "undone"])
def test_a_list_that_was_added_is_no_longer_shown_once_the_round_is_turned_or_a_batch_undone(panel, drop, leave):
    drop("disaster", [ONE, "", "", "", ""])
    panel.take({"do": "add"})
    panel.page.choose("2020-04", "")
    getattr(panel, leave)()
    assert panel.session.name == ""
    assert panel.outcome.html == ""
