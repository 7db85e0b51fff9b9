"""What a township, a county and a trainer read where they decide: who acts next, what differs and why, what was searched."""

import re

import pytest

from tests.ui.registers import COUNTY, ROUND, acting, demonstration_store
from workbench.domain.procedure.cases import CASE_STAGES, CASE_STEPS, CaseStage
from workbench.register.access.acting_user import open_register
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.batches.state import Batches, Differing, PlannedBatch
from workbench.ui.pages.register.batches.views import planned_html
from workbench.ui.pages.register.documents import documents_html
from workbench.ui.pages.register.requests.actions import RegisterActions
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.views import cases_html, cases_in_words, entries_html

ZH, EN = Language("zh"), Language("en")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 6_000)


@pytest.fixture
def act(store, monkeypatch):
    with acting(store, monkeypatch) as become:
        yield become


@pytest.fixture
def reviewer(store, act):
    """Somebody of a township where proposals wait."""
    query = "SELECT account FROM account WHERE role = 'township_reviewer' AND township IN (SELECT township FROM entry WHERE stage = 'proposed') ORDER BY account"
    with open_register(store).engine.connect() as connection:
        account = connection.exec_driver_sql(query).scalar()
    act(account)
    return account


def looking(store, view):
    session = RegisterSession(store, ROUND, COUNTY)
    session.look(view)
    return session


def test_both_bars_mark_what_is_to_be_done_next(store, act):
    act(f"officer-{COUNTY}")
    session = looking(store, "cases")
    session.open_only = False
    for case in cases_in_words(session.user, session.cases().to_dicts(), ZH):
        states = [step["state"] for step in case["steps"]]
        taken = [step["state"] for step in case["steps"] if step["day"]]
        assert set(taken) <= {"done"}  # what is reached is filled, as in the bar of a household's own procedure
        assert states == sorted(states, key=["done", "now", "ahead"].index)
        assert states.count("now") == (len(taken) < len(states))


@pytest.mark.parametrize("step", list(CASE_STEPS))
def test_a_step_of_a_case_is_answered_with_where_the_case_stands(store, act, step):
    act(f"officer-{COUNTY}")
    said = RegisterActions(looking(store, "cases"), ZH)._case_said({"step": [step]})
    assert ZH.label(CASE_STAGES[CASE_STEPS[step].target]) in said
    assert "下一步" not in said or CASE_STEPS[step].target is not CaseStage.DISMISSED


@pytest.mark.usefixtures("reviewer")
def test_what_is_searched_in_vain_says_where_it_was_searched(store):
    session = looking(store, "risk")
    session.ask("search", "没有这个村")
    shown = str(entries_html(session, ZH))
    assert f"只在您的范围（{session.user.person.area.words.zh}）内查找" in shown
    assert "上一页" not in shown


@pytest.mark.usefixtures("reviewer")
def test_a_plan_says_in_what_a_proposal_differs_and_why(store):
    planned = PlannedBatch("agree", {"1": 2, "2": 2}, {"1": 1, "2": 1}, differing=["1", "2"],
                           differences={"1": Differing("2", "1", "主要劳动力重病"), "2": Differing(None, "2", "")})  # fmt: skip
    shown = re.sub(r"<[^>]+>", " ", str(planned_html(planned, "risk", ZH)))
    assert re.search(r"1 +按规则[^，]*二级[^，]*，上报[^；]*一级[^；]*；理由：主要劳动力重病", shown)
    assert re.search(r"2 +按规则不能判定，上报[^；]*二级", shown)
    session = looking(store, "risk")
    real = Batches(session).plan("agree", None)
    assert set(real.differences) == set(real.differing)


@pytest.mark.usefixtures("reviewer")
def test_several_cases_are_offered_no_step_that_none_of_them_can_take(store):
    session = looking(store, "cases")
    offered = 'id="wb-case-batch"' in str(cases_html(session, ZH, 0))
    stages = set(session.asked.filtered(session.cases())["stage"].to_list())
    assert offered == any(str(each) in stages for each in CASE_STEPS["announce"].sources)


@pytest.mark.parametrize("account", ["reviewer", "officer"])
def test_documents_say_of_whose_households_they_are(store, act, reviewer, account):
    act(reviewer if account == "reviewer" else f"officer-{COUNTY}")
    session = looking(store, "documents")
    shown = str(documents_html(session, "", {}, ZH))
    assert f"您下载的只含您范围内的户：{session.user.person.area.words.zh}" in shown
    assert ("报送备案文件的是县级经办人" in shown) == (account == "reviewer")


def test_english_has_one_word_for_what_cannot_be_told_yet():
    assert EN("待定") == "Undetermined"
