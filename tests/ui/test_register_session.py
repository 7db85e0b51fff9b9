"""The register page's session without a browser: whose county, whose steps, what a browser may send."""

import json
from urllib.parse import quote

import polars as pl
import pytest

from tests.ui.registers import COUNTY, ROUND, demonstration_store
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.domain.rules.coverage import CHECKS
from workbench.errors import InputError, RefusedError
from workbench.register.access.acting_user import open_register
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.early_warning.page import EarlyWarningPage
from workbench.ui.pages.register.state import RegisterSession


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory.mktemp("session"), 6000)


FINDINGS = {domain: ["已看"] for domain in VISIT_DOMAINS}


@pytest.fixture
def act(store, monkeypatch):
    """`act(account)`: the page's kernel works for this account."""
    monkeypatch.setenv("WORKBENCH_STORE", str(store.root))
    current_user._opened.cache_clear()

    def become(account):
        query = "SELECT role, county, township, village FROM account WHERE account = ?"
        with open_register(store).engine.connect() as connection:
            row = connection.exec_driver_sql(query, (account,)).first() or ("city_reader", None, None, None)
        monkeypatch.setenv(current_user.VARIABLE, quote(json.dumps([account, *row])))

    yield become
    current_user._opened.cache_clear()


def worker(store):
    """A village worker, and a lifted household of the own village and one of another."""
    rows = store.read(ROUND, COUNTY, ["household_id", "kind", "township", "village"]).to_pylist()
    lifted = [row for row in rows if row["kind"] == "lifted"]
    own = lifted[0]
    other = next(row for row in lifted if row["village"] != own["village"])
    query = "SELECT account FROM account WHERE township = ? AND village = ?"
    with open_register(store).engine.connect() as connection:
        account = connection.exec_driver_sql(query, (own["township"], own["village"])).scalar()
    return account, own, other


@pytest.mark.usefixtures("act")
def test_nobody_signed_in_sees_every_county_of_the_facts_and_no_register(store):
    assert len(Place(store).counties_of(ROUND)) == 8
    with pytest.raises(RefusedError, match="登录"):
        RegisterSession(store)


def test_who_is_bound_to_a_county_sees_that_one_only(store, act):
    act(f"officer-{COUNTY}")
    place = Place(store, ROUND, "341522", city=True)
    assert (place.county, place.counties_of(ROUND)) == (COUNTY, [COUNTY])
    with pytest.raises(InputError, match="没有"):
        place.choose(ROUND, "341522")


def test_a_page_of_a_whole_county_is_not_for_a_village(store, act):
    act(worker(store)[0])
    with pytest.raises(RefusedError, match="全县"):
        EarlyWarningPage.of_address(Language("zh"), {})


def test_an_administrator_keeps_accounts_and_reads_no_facts(store, act):
    act("admin")
    with pytest.raises(RefusedError, match="无权"):
        Place(store)


def test_an_account_that_is_not_there_opens_nothing(store, act):
    act("nobody")
    with pytest.raises(RefusedError, match="没有"):
        RegisterSession(store)


def test_a_village_sees_its_own_households_and_takes_its_own_steps_only(store, act):
    account, own, other = worker(store)
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    listed = session.entries("risk")
    assert own["household_id"] in listed["household_id"].to_list()
    assert set(listed["village"].drop_nulls()) == {own["village"]}
    session.household = other["household_id"]
    with pytest.raises(RefusedError, match=r"不在其中|没有"):
        session.visit({"day": ["2019-10-10"], "visitors": ["甲"], **FINDINGS})
    with pytest.raises(RefusedError, match="无权"):
        session.agree_to_all()
    with pytest.raises(RefusedError, match=r"无权|不在其中"):
        session.file()


def test_what_cannot_be_is_refused_in_words_or_left_as_it_was(store, act):
    account, own, _ = worker(store)
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("nowhere")
    session.at_stage("no stage")
    assert (session.view, session.stage) == ("progress", "")
    with pytest.raises(RefusedError, match="名单"):
        session.propose_all()  # on no list
    session.look("risk")
    session.household = own["household_id"]
    with pytest.raises(InputError, match="日期"):
        session.visit({"day": ["soon"]})
    with pytest.raises(InputError, match="整数"):
        session.propose({"proposal": ["1"], "version": ["x"]})
    with pytest.raises(InputError, match="勾选"):
        session.send_back({}, "理由")
    with pytest.raises(InputError, match="个案"):
        session.case_step({})


def test_stages_add_up_to_all_households_of_the_list(store, act):
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    for view in ("risk", "edge"):
        session.look(view)
        page, counts = session.entry_page()
        assert sum(counts.values()) == page.count == len(session.entries(view))
        for stage, count in counts.items():
            session.at_stage(stage)
            assert session.entry_page()[0].count == count
        session.at_stage("")


def test_who_is_to_be_assisted_is_told_with_what_is_lacking_and_with_the_plan(store, act):
    account, own, _ = worker(store)
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.household = own["household_id"]
    session.plan({"goal": ["稳定增收"], "responsible": ["李某"]})
    assert set(session.assisted()["village"]) == {own["village"]}
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("plans")
    page, counts = session.plan_page()
    planned = session.assisted().filter(pl.col("goal").is_not_null())
    assert counts[""] == page.count
    assert counts["unplanned"] == page.count - len(planned)
    mine = planned.filter(household_id=own["household_id"]).row(0, named=True)
    assert mine["responsible"] == "李某"
    assert mine["running"] >= 1
    session.needing("gap")
    shown, _ = session.plan_page()
    assert shown.count == counts["gap"] > 0
    assert all(any(row[f"gap_{check.name}"] for check in CHECKS) for row in shown.rows)
