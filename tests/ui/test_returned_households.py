"""A household that came back: why stays in sight until it is proposed again, and what its visit corrected, before and after."""

import re
from datetime import timedelta

import pytest

from tests.ui.registers import COUNTY, ROUND, demonstration_store
from workbench.clock import now_in_beijing
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.register.access.acting_user import open_register
from workbench.register.clock import now_of
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.procedure.visits import VisitReport, visit
from workbench.register.procedure.withdrawals import withdraw_last_step, withdraw_own_step
from workbench.register.worklists.visit_order import round_lists, visits_due
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.household import household_html
from workbench.ui.pages.register.requests.actions import RegisterActions
from workbench.ui.pages.register.requests.following import following_html
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.visit_form import named_facts

_ZH = Language("zh")


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    return open_register(demonstration_store(tmp_path_factory, 6000))


@pytest.fixture
def sign_in(register, monkeypatch):
    """`sign_in(a query that gives an account)`: pages work for it; returns the acting user."""

    def become(query, parameters=()):
        with register.engine.connect() as connection:
            account = connection.exec_driver_sql(query, parameters).scalar()
        user = register.acting_user(account, now_of(register, now_in_beijing()) + timedelta(minutes=1))
        monkeypatch.setattr(current_user, "acting_user", lambda: user)
        monkeypatch.setattr(current_user, "require_acting_user", lambda: user)
        return user

    return become


def page_of(register, household):
    session = RegisterSession(register.facts, ROUND, COUNTY)
    session.household = household
    return str(household_html(session, _ZH))


def test_why_it_came_back_stays_until_it_is_proposed_again_and_corrections_say_what_stood_before(register, sign_in):
    user = sign_in(
        "SELECT account FROM account JOIN entry USING (township, village) WHERE stage = 'returned' AND entry.kind = 'risk'"
    )
    (household,) = round_lists(user, ROUND, COUNTY).filter(stage="returned")["household_id"].to_list()
    html = page_of(register, household)
    assert "data-returned" in html
    assert "341599" in html.split("data-returned")[0]
    # What was asked for stands first in a form that is open, and what has only to be confirmed is one line.
    form = html[html.index("wb-visit-again") :]
    assert form.index("open>") < form.index("<summary>")
    asked = form.split('data-facts="')[1]
    assert asked.startswith("asked")
    assert re.findall('data-fact="([^"]+)"', asked) == ["work_months"]
    assert "data-glance" in form or 'data-facts="confirm"' not in form
    facts = register.facts.household(ROUND, household, COUNTY)
    months = facts["work_months"] + 1
    findings = dict.fromkeys(VISIT_DOMAINS, "已看")
    visit(user, ROUND, [VisitReport(household, user.today, "走访人", findings, {"work_months": months})])
    html = page_of(register, household)
    # It has been visited and not yet answered: whoever proposes it has to see what was asked.
    assert "请核实" in html.split("data-returned")[1].split("</p>")[0]
    assert f"更正 务工月数：{_ZH.number(facts['work_months'], 2)} → {_ZH.number(months, 2)}" in html
    propose(user, ROUND, household, "2", "已核实")
    html = page_of(register, household)
    assert "data-returned" not in html
    assert "data-corrected" in html
    withdraw_own_step(user, ROUND, household)
    html = page_of(register, household)
    # What was chosen is withdrawn with it; its reason is there to be written on, and says that nothing was proposed by it.
    proposal = html[html.index('name="proposal"') : html.index("data-withdrawn-reason")]
    assert 'name="reason" value="已核实"' in proposal
    rule = round_lists(user, ROUND, COUNTY).filter(household_id=household)["rule"].item()
    assert re.findall('name="proposal" value="(.)" required checked', html) == ([rule] if rule else [])
    propose(user, ROUND, household, "2", "已核实")
    steps = "".join(re.findall("<li><strong>[^<]*</strong>", html[html.index("wb-history") :]))
    assert steps.index("撤回上报") < steps.index("村级初评上报") < steps.index("退回")


def test_a_township_takes_its_answer_back_where_it_looks_at_the_household(register, sign_in):
    place = "SELECT account FROM account JOIN entry USING (township) WHERE role = 'township_reviewer' AND stage = 'proposed' AND entry.kind = 'risk'"
    user = sign_in(place)
    household = round_lists(user, ROUND, COUNTY).filter(stage="proposed", procedure="risk")["household_id"][0]
    assert "data-withdraw " not in page_of(register, household)
    send_back(user, ROUND, household, "请核实")
    assert "撤回退回" in page_of(register, household).split("data-withdraw ")[1].split("</form>")[0]
    session = RegisterSession(register.facts, ROUND, COUNTY)
    session.household = household
    actions = RegisterActions(session, _ZH)
    version = str(session.entries("risk").filter(household_id=household)["version"].item())
    actions.take({"do": "withdraw", "fields": {"version": [version]}}, {})
    assert "退回已撤回" in actions.said
    agree(user, ROUND, "risk", [household])
    assert "撤回审核" in page_of(register, household).split("data-withdraw ")[1].split("</form>")[0]
    withdraw_last_step(user, ROUND, household)


@pytest.mark.parametrize(
    ("reason", "facts"),
    [
        ("请核实务工月数", ["work_months"]), ("工资收入和自付费用与单据不符", ["income_wage", "out_of_pocket"]),
        ("check the land: arable land", ["land_mu"]), ("佐证不足", []), ("", []),
    ],
)  # fmt: skip
def test_facts_are_recognised_by_what_people_call_them(reason, facts):
    assert named_facts(reason) == facts


def test_after_a_visit_the_household_that_home_names_next_is_offered(register, sign_in):
    officer = sign_in("SELECT account FROM account WHERE role = 'county_officer' AND county = ?", (COUNTY,))
    places = round_lists(officer, ROUND, COUNTY).filter(stage="new").drop_nulls("village").select("township", "village")
    query = "SELECT account FROM account WHERE role = 'village_worker' AND township = ? AND village = ?"

    def order_of_visits(place):
        user = sign_in(query, place)
        return visits_due(user, ROUND, COUNTY, round_lists(user, ROUND, COUNTY))["household_id"].to_list()

    # A village where urgency and number part: elsewhere either order would do.
    due = next(
        due
        for due in map(order_of_visits, places.unique().sort("township", "village").iter_rows())
        if len(due) > 1 and due[1] != min(set(due) - {due[0]})
    )
    session = RegisterSession(register.facts, ROUND, COUNTY)
    session.household = due[0]
    assert f"下一户 {due[1]} " in str(following_html(session, "visit", _ZH))
