"""Training: the cases teach what the rules say, and a trainer runs the tour and the quiz in a real Chromium."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import escape
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, open_page
from workbench.domain.facts import FACT, PREVIOUS_FACTS
from workbench.errors import InputError, WorkbenchError
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.training.page import TrainingPage
from workbench.ui.pages.training.state import TrainingSession, editable
from workbench.ui.pages.training.teaching import cases, first_round, questions, result_in, result_of
from workbench.ui.pages.training.views import plain_facts, quiz_html, tour_html, verdict_html

CJK = re.compile(r"[\u4e00-\u9fff]")
TRAINING = "voila/render/training.ipynb"


@pytest.mark.parametrize("taught", [*cases(), *questions()], ids=lambda each: each.name)
def test_the_rules_say_what_a_case_teaches(taught):
    session = TrainingSession()
    assert session.round_name == first_round()
    assert result_of(session.explain(taught.facts), taught.kind) == taught.result


def test_ten_cases_teach_each_result_and_the_facts_are_facts():
    assert len(cases()) == 10
    assert {case.result for case in cases()} >= {"1", "2", "3", "undetermined", "in", "below_line", "cannot_tell"}
    known = {*FACT, *(fact.name for fact in PREVIOUS_FACTS)}
    assert all(set(case.facts) <= known for case in (*cases(), *questions()))
    assert all(name in cases()[0].facts for section in editable("lifted").values() for name in section)


def test_a_fact_left_empty_is_unknown_and_what_follows_follows():
    session = TrainingSession()
    session.put("net_income", "12000")
    assert session.facts["income_pc"] == 3000.0
    session.put("labour", "")
    session.put("medical", "2")
    outcome = session.explain(session.facts)
    assert (outcome.result, outcome.possible, outcome.missing) == (None, [1, 2], ["labour"])


@pytest.mark.parametrize(("fact", "text"), [("labour", "两个"), ("medical", "7"), ("nonsense", "1"), ("persons", "0")])
def test_what_cannot_be_is_refused_and_changes_nothing(fact, text):
    session = TrainingSession()
    before = dict(session.facts)
    with pytest.raises(InputError):
        session.put(fact, text)
    assert session.facts == before


def test_a_ceiling_below_the_line_is_refused():
    session = TrainingSession()
    with pytest.raises(WorkbenchError):
        session.set_ceiling("0.5")
    session.set_ceiling("1.2")
    assert session.standard.income.ceiling.multiple == 1.2


def test_another_year_has_another_line():
    session = TrainingSession("2020-04")
    edge_in = next(case for case in cases() if case.name == "edge_in")
    session.put("income_pc", "3500")
    assert result_of(session.explain({**edge_in.facts, "income_pc": 3500.0}), "unregistered") == "below_line"


def test_a_question_is_answered_once():
    session = TrainingSession()
    asked = session.open_question
    session.answer(asked.name, "nonsense")
    assert session.answers == {}
    session.answer(asked.name, "3")
    session.answer(asked.name, asked.result)
    assert (session.answers[asked.name], session.right) == ("3", 0)


def test_words_of_the_notice_light_up_where_their_criterion_holds():
    session = TrainingSession()
    both = next(case for case in cases() if case.name == "both_halves")
    html = verdict_html(session, session.explain(both.facts), Language("zh"), both.facts)
    lit = re.findall(r'<mark class="wb-lit">✓&#8288;([^<]*)</mark>', html)
    assert lit == ["无劳力", "“两不愁三保障”出现新困难"]


@pytest.fixture
def opened(page, voila_server, tmp_path):
    """The page, without any facts: it needs none."""
    server = voila_server(tmp_path)
    open_page(page, f"{server.url}{TRAINING}")
    expect(page.locator("[data-case]")).to_be_visible()
    return page, server


def result(page):
    return page.locator("[data-result]")


@pytest.mark.browser
@pytest.mark.deep  # every view, a fact and a question in every run: test_everybody
def test_a_trainer_runs_the_tour_then_the_quiz(opened):
    page, server = opened
    for number, case in enumerate(cases(), 1):
        expect(page.locator("[data-case]")).to_have_attribute("data-case", case.name)
        marks = {"in": "edge_in", "out": "edge_out", "cannot_tell": "edge_unknown"}
        expect(result(page)).to_have_attribute("data-result", marks.get(case.result, case.result))
        if number < 10:
            page.get_by_role("button", name="下一个").click()
    page.get_by_role("button", name="去做测验").click()
    for question in questions():
        expect(page.locator("[data-question]")).to_have_attribute("data-question", question.name)
        page.locator("[data-question] button").nth(question.options.index(question.result)).click()
    expect(page.get_by_text("全部答完：10 题答对 10 题")).to_be_visible()
    assert page.locator("[data-answer=right]").count() == 10
    page.get_by_role("button", name="再做一遍").click()
    page.locator("[data-question] button").nth(2).click()
    expect(page.locator("[data-answer=wrong]")).to_contain_text("刚性支出增大成立")
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.browser
@pytest.mark.deep
def test_a_household_follows_as_its_facts_change(opened):
    page, _ = opened
    page.locator(".wb-step-dot").nth(5).click()
    page.get_by_role("button", name="打开这一户").click()
    expect(result(page)).to_contain_text("补齐这些事实即可判定：劳动力")
    expect(page.locator(".wb-open-words").first).to_contain_text("无劳力")
    page.locator("[data-fact=labour] input").fill("0")
    page.keyboard.press("Tab")
    expect(result(page)).to_have_attribute("data-result", "1")
    expect(page.locator(".wb-lit").first).to_contain_text("无劳力")
    expect(page.locator("[data-changes] li").first).to_be_visible()
    page.locator("[data-fact=labour] input").fill("两个")
    page.keyboard.press("Tab")
    expect(page.locator(".wb-message.wb-alert")).to_contain_text("应为整数")
    expect(page.locator("[data-fact=labour] input")).to_have_value("0")


@pytest.mark.browser
@pytest.mark.parametrize("view", ["tour", "practice", "quiz"])
@pytest.mark.deep
def test_nobody_is_kept_out(page, voila_server, tmp_path, view):
    server = voila_server(tmp_path)
    open_page(page, f"{server.url}{TRAINING}?view={view}&lang=en")
    expect(page.locator("[data-question], [data-result]").first).to_be_visible()
    violations = Axe().run(page).response["violations"]
    assert [
        (item["id"], item["nodes"][0]["html"]) for item in violations if item["impact"] in ("serious", "critical")
    ] == []
    assert [text for text in page.locator("main").all_inner_texts() if CJK.search(text)] == []


def test_the_round_chosen_changes_what_is_right_and_what_is_said():
    session, t = TrainingSession("2020-04"), Language("zh")
    question = next(each for each in questions() if each.name == "exactly_at")
    assert session.result(question) == "2"  # 4,827 is below 1.5 times 4,000
    session.answer("exactly_at", question.result)
    assert session.right == 0
    assert "data-round-note" in quiz_html(session, t)
    session.choose("2019-10", "")
    assert session.right == 1
    assert "data-round-note" not in quiz_html(session, t)


def test_what_the_last_case_says_of_another_line_is_what_the_rules_say():
    by_name = {case.name: case for case in cases()}
    for name in ("edge_in", "edge_unknown"):
        assert result_in(by_name[name].facts, "unregistered", "2020-04") != "below_line"
    tried = TrainingSession("2019-10")
    tried.begin("edge_in")
    tried.put("income_pc", "3900")
    results = {}
    for name in ("2019-10", "2020-04"):
        tried.choose(name, "")
        results[name] = result_of(tried.explain(tried.facts), "unregistered")
    assert results == {"2019-10": "in", "2020-04": "below_line"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_case_says_what_is_of_the_notice_and_what_is_our_reading(lang):
    session, t = TrainingSession(), Language(lang)
    for step, case in enumerate(cases()):
        session.go(step)
        shown = tour_html(session, t)
        for text in (case.notice, case.ours):
            assert all(text)
            assert str(escape(t.label(text))) in shown


def test_answers_survive_a_reload_and_an_address_can_put_in_no_other():
    session = TrainingSession()
    for question in questions()[:3]:
        session.answer(question.name, question.options[0])
    again = TrainingSession()
    again.recall(session.answers_written)
    assert again.answers == session.answers
    again = TrainingSession()
    again.recall("growth-9.nobody-1..-.growth")
    assert again.answers == {}


def test_back_leads_through_the_cases_and_the_parts_of_the_page():
    """What is opened is a step that Back takes back; what is answered or typed is none."""
    page = TrainingPage.of_address(Language("zh"), {})
    address = page.frame.address
    assert (address.opened, set(address.steps)) == (True, {"view", "case"})
    page._take({"do": "step", "step": 3})
    page._take({"do": "look", "view": "quiz"})
    assert address.parameters["view"] == "quiz"
    address.on_went({"view": "", "case": cases()[3].name})
    assert (page.session.view, page.session.step, page.views.value) == ("tour", 3, "tour")
    address.on_went({"view": "", "case": ""})
    assert page.session.step == 0
    address.on_went({"view": "nowhere", "case": "nobody"})
    assert (page.session.view, page.session.step) == ("tour", 0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_case_is_compared_with_is_shown_beside_it(lang):
    session, t = TrainingSession(), Language(lang)
    shown = tour_html(session, t)
    # The first case is the plain household: nothing is bold, and all of it is there.
    assert "<strong>" not in shown.partition('data-table="told"')[2].partition("</table>")[0]
    assert "data-plain" not in shown
    assert all(str(escape(label)) in shown for label, _ in plain_facts("lifted", t))
    session.go(1)
    compared = tour_html(session, t).partition("data-plain>")[2].partition("</p>")[0]
    assert all(str(escape(f"{label}{t('：')}{value}")) in compared for label, value in plain_facts("lifted", t))
    assert "data-plain>" in quiz_html(session, t)


def test_how_criteria_make_a_tier_is_taught_with_one_and_with_two_of_them():
    by_name = {each.name: each for each in questions()}
    held = {
        name: {trace.name for trace in TrainingSession().explain(by_name[name].facts).criteria if trace.value}
        for name in ("industry_alone", "industry_and_income", "two_of_four")
    }
    assert held["industry_alone"] == {"small_industry"}
    assert held["industry_and_income"] == {"small_industry", "near_line"}
    assert [by_name[name].result for name in held] == ["3", "2", "2"]


def test_whoever_comes_next_begins_anew_without_the_answers_of_the_one_before():
    session, t = TrainingSession(), Language("zh")
    assert "从头开始" not in quiz_html(session, t)
    session.answer(questions()[0].name, "1")
    assert "换人做，从头开始" in quiz_html(session, t)
