"""The form of a visit asks before it is sent: figures that contradict each other, that open a case, and what follows from them."""

import re

import pytest

from tests.ui.registers import COUNTY, ROUND, acting, demonstration_store
from workbench.clock import now_in_beijing
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.errors import RefusedError
from workbench.register.access.acting_user import open_register
from workbench.register.assessment import assess, facts_read, rules_of
from workbench.register.clock import now_of
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.household import household_html
from workbench.ui.pages.register.requests.actions import RegisterActions
from workbench.ui.pages.register.state import RegisterSession


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory)


@pytest.fixture
def session(store, monkeypatch):
    """A village worker before an unvisited household above the line that has no case."""
    register = open_register(store)
    with register.engine.connect() as connection:
        rules = rules_of(connection, ROUND, COUNTY, now_of(register, now_in_beijing()).date())
        seen = {name for (name,) in connection.exec_driver_sql("SELECT household_id FROM entry")}
        village = "SELECT account FROM account WHERE township = ? AND village = ?"
        rows = assess(facts_read(store, ROUND, COUNTY), rules).filter(kind="unregistered", below_line=False)
        household, account = next(
            (row["household_id"], account)
            for row in rows.to_dicts()
            if row["household_id"] not in seen
            and (account := connection.exec_driver_sql(village, (row["township"], row["village"])).scalar())
            and (store.household(ROUND, row["household_id"], COUNTY)["persons"] or 0) > 1
        )
    with acting(store, monkeypatch) as become:
        become(account)
        opened = RegisterSession(store, ROUND, COUNTY)
        opened.view, opened.household = "edge", household
        yield opened


def form(session, **facts):
    looked = {domain: ["已看"] for domain in VISIT_DOMAINS}
    day = session.user.today.isoformat()
    typed = {key: [text] for name, text in facts.items() for key in (f"fact:{name}",)}
    return {"day": [day], "visitors": ["王某"], **looked, **typed, **{f"shown:{name}": ["?"] for name in facts}}


def test_the_form_says_what_recording_would_do_and_is_sent_once_it_is_confirmed(session):
    t = Language("zh")
    session.typed.note(session.household, "net_income", "3")
    shown = household_html(session, t)
    said = shown[shown.index("data-questions") : shown.index('name="confirmed"')]
    assert "转入返贫致贫认定程序，并立案：人均" in said
    assert "随之改为：人均纯收入：" in shown
    assert "data-confirm data-asks" in shown
    actions = RegisterActions(session, t)
    with pytest.raises(RefusedError, match="确认后再登记"):
        actions.take({"do": "visit", "fields": form(session, net_income="3")}, {})
    actions.take({"do": "visit", "fields": form(session, net_income="3") | {"confirmed": ["yes"]}}, {})
    assert "走访已登记" in actions.said
    # And back: the case that the visit opened ends with it, which is said before and after.
    shown = household_html(session, t)
    assert "并立案" not in shown
    assert "也一并撤销" in shown
    actions.take({"do": "withdraw", "fields": {"version": ["1"]}}, {})
    assert "随之撤销" in actions.said


def test_a_form_that_contradicts_nothing_asks_nothing(session):
    session.typed.note(session.household, "water", "1")
    shown = household_html(session, Language("zh"))
    assert "data-questions" not in shown
    assert "data-asks" not in shown


def test_the_form_asks_an_unregistered_household_for_no_year_of_exit_and_says_yes_and_no_in_one_way(session):
    shown = household_html(session, Language("zh"))
    assert "fact:exit_year" not in shown
    choice = shown[shown.index('name="fact:has_car"') :].split("</select>")[0]
    assert (">是<" in choice, ">否<" in choice, ">有<" in choice) == (True, True, False)
    assert "测算收入即人均纯收入" in shown


def test_below_the_line_the_case_comes_before_a_plan(session):
    t = Language("zh")
    actions = RegisterActions(session, t)
    actions.take({"do": "visit", "fields": form(session, net_income="3") | {"confirmed": ["yes"]}}, {})
    shown = household_html(session, t)
    assert "认定后再制定帮扶计划" in shown
    assert "↓ 低于扶贫标准" in shown
    # A step that takes something back is asked for twice, as all others are.
    assert "确认撤回走访" in shown[shown.index("data-withdraw ") :].split("</form>")[0]
    actions.take({"do": "withdraw", "fields": {"version": [str(_version(session))]}}, {})


def _version(session):
    shown = household_html(session, Language("zh"))
    return re.search(r'data-withdraw .*?name="version" value="(\d+)"', shown, re.DOTALL)[1]
