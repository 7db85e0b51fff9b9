"""Home of a village and a township, names where one may see them, and the search from any page: without a browser."""

import datetime as dt
import json
from dataclasses import replace
from io import BytesIO
from urllib.parse import urlencode

import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests.ui.registers import COUNTY, ROUND, acting, demonstration_store
from workbench.domain.procedure.roles import ROLES
from workbench.errors import RefusedError
from workbench.register.access.acting_user import open_register
from workbench.register.access.intake_rights import check_may_take_in
from workbench.register.access.personal_data import names_shown
from workbench.register.assessment import rules_of
from workbench.register.audit.log import AuditEvent
from workbench.register.worklists import visit_order
from workbench.register.worklists.case_tasks import Later
from workbench.register.worklists.progress import Waiting, village_progress
from workbench.register.worklists.visit_order import round_lists, visits_due
from workbench.server.catalogue import pages_in
from workbench.settings import NOTEBOOKS
from workbench.store.personal import persons_path
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.state import StandardSession
from workbench.ui.pages.early_warning.state import WarningSession
from workbench.ui.pages.home.my_work import is_field_work, my_work, render_my_work
from workbench.ui.pages.home.overview import HomePlace
from workbench.ui.pages.register.exports import list_export
from workbench.ui.pages.register.household import household_html
from workbench.ui.pages.register.search import find
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.tasks import tasks
from workbench.ui.pages.register.views import entries_html
from workbench.ui.pages.register.visit_form import typed_result
from workbench.ui.pages.scenario_lab.state import ScenarioSession
from workbench.ui.pages.training.state import TrainingSession


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The demonstration, whose households have heads with names here: 王 and the number."""
    store = demonstration_store(tmp_path_factory, 6000)
    path = persons_path(store.root, ROUND, COUNTY)
    path.parent.mkdir(parents=True)
    numbers = store.read(ROUND, COUNTY, ["household_id"]).column("household_id").to_pylist()
    rows = [
        {"household_id": name, "name": f"王{name[-5:]}", "id_number": "", "relation": "户主"} for name in dict.fromkeys(numbers)
    ]  # fmt: skip
    pl.DataFrame(rows).write_parquet(path)
    return store


@pytest.fixture
def act(store, monkeypatch):
    with acting(store, monkeypatch) as become:
        yield become


def account_of(store, role, **place):
    conditions = " AND ".join(f"{name} = '{value}'" for name, value in {"role": role, **place}.items())
    with open_register(store).engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT account FROM account WHERE {conditions} ORDER BY account").scalar()  # noqa: S608


def home(store, user, lang="zh"):
    place = HomePlace(store, ROUND, COUNTY, city=True, person=user.person)
    return str(
        render_my_work(my_work(place, user), Language(lang), lambda page, **asked: f"/{page}?{urlencode(asked)}")
    )


def readings(store, account):
    table = AuditEvent.__table__
    query = select(table.c.subject, table.c.details).where(
        table.c.account == account, table.c.action == "personal_read"
    )
    with open_register(store).engine.connect() as connection:
        return [(subject, json.loads(details)) for subject, details in connection.execute(query)]


@pytest.fixture
def village(store, act):
    """Somebody of a village with households that nobody has visited yet."""
    officer = act(account_of(store, "county_officer", county=COUNTY))
    waiting = round_lists(officer, ROUND, COUNTY).filter(stage="new", procedure="risk")
    place = waiting.drop_nulls("village").sort("household_id").row(0, named=True)
    return act(account_of(store, "village_worker", township=place["township"], village=place["village"]))


@pytest.fixture
def township(store, act):
    return act(account_of(store, "township_reviewer", county=COUNTY))


def test_a_village_s_home_is_the_village_with_names_and_no_total_of_the_county(store, village):
    assert is_field_work(village)
    html = home(store, village)
    assert village.person.area.village in html
    assert "已脱贫户风险等级" not in html
    assert "下一步走访" in html
    listed = round_lists(village, ROUND, COUNTY)
    assert set(listed["village"]) == {village.person.area.village}
    first = visits_due(village, ROUND, COUNTY, listed)["household_id"][0]
    assert f"王{first[-5:]}" in html


def test_whom_to_visit_next_is_ordered_by_missing_facts_then_rules_then_model(store, act):
    officer = act(account_of(store, "county_officer", county=COUNTY))
    listed = round_lists(officer, ROUND, COUNTY).with_columns(stage=pl.lit("new"))
    due = visits_due(officer, ROUND, COUNTY, listed)
    assert len(due) == len(listed)
    assert due["urgency"].is_sorted()
    assert due["urgency"].n_unique() > 2
    risk = due.filter(procedure="risk")
    assert set(risk.filter(urgency=0)["rule"]) == {None}
    assert set(risk.filter(urgency=1)["rule"]) == {"1"}


def test_whose_next_step_is_another_s_is_the_last_to_be_visited_and_says_so(store, village, monkeypatch):
    listed = round_lists(village, ROUND, COUNTY)
    first = visits_due(village, ROUND, COUNTY, listed)["household_id"][0]
    case = {"id": 1, "household_id": first, "county": COUNTY, "stage": "publicised"}  # to be announced by the township
    monkeypatch.setattr(visit_order, "running_cases", lambda connection, county: {first: case})
    due = visits_due(village, ROUND, COUNTY, listed)
    assert due["household_id"][-1] == first
    assert due["of_others"].to_list() == [False] * (len(due) - 1) + [True]
    assert "下一步由他人办理" in home(store, village)
    case["stage"] = "opened"  # to be verified by the village itself
    assert visits_due(village, ROUND, COUNTY, listed)["household_id"][0] == first


def test_where_everybody_was_visited_one_sentence_says_so(store, village):
    work = replace(
        my_work(HomePlace(store, ROUND, COUNTY, city=True, person=village.person), village),
        visits=[],
        tasks=Waiting(ROUND, 20, {}),
    )
    html = str(render_my_work(work, Language("zh"), lambda page, **asked: f"/{page}"))
    assert "本期的户都走访过了。" in html
    assert "户没有走访" not in html
    assert 'data-table="visits"' not in html


def test_a_township_s_home_tells_by_village_what_waits_for_its_review(store, township):
    html = home(store, township)
    listed = round_lists(township, ROUND, COUNTY)
    proposed = listed.filter(stage="proposed").group_by("village").len()
    assert "各村情况" in html
    assert "下一步走访" not in html
    for name in listed["village"].drop_nulls().unique():
        assert name in html
    assert sum(proposed["len"]) == 0 or "stage=proposed" in html


def test_what_a_village_handed_in_of_both_procedures_is_a_link_to_each_list(store, township):
    place = HomePlace(store, ROUND, COUNTY, city=True, person=township.person)
    schema = {"village": pl.String, "stage": pl.String, "procedure": pl.String, "len": pl.Int64}
    rows = [("甲村", "proposed", "edge", 2), ("甲村", "proposed", "risk", 3), ("乙村", "proposed", "edge", 4), ("丙村", "new", "risk", 5), ("丙村", "visited", "edge", 6), ("丙村", "returned", "edge", 1), ("丙村", "case", "edge", 8)]  # fmt: skip
    work = replace(my_work(place, township), villages=pl.DataFrame(rows, schema=schema, orient="row"))
    link = lambda page, **asked: f"/{page}?{urlencode(asked)}"  # noqa: E731
    html = str(render_my_work(work, Language("zh"), link)).replace("&amp;", "&")
    waiting = [("甲村", "risk", 3, "proposed"), ("甲村", "edge", 2, "proposed"), ("乙村", "edge", 4, "proposed"), ("丙村", "risk", 5, "new"), ("丙村", "edge", 7, "to_propose"), ("丙村", "edge", 1, "returned")]  # fmt: skip
    titles = {"risk": "风险等级", "edge": "筛查对象"}
    for village, view, count, stage in waiting:
        href = link("register", view=view, village=village, stage=stage)
        # Of a village with one procedure, too: a bare number beside others that say what they count is a riddle.
        assert f'{titles[view]} <strong><a href="{href}">{count}</a>' in html
    # Whoever goes the way of a case never waits for a proposal, and is counted apart.
    assert f'<a href="{link("register", view="cases", village="丙村")}">8</a>' in html
    assert html.count("stage=proposed") == 3 + sum(
        task["where"].get("stage") == "proposed" for task in tasks(work.tasks, Language("zh"))
    )


def test_all_that_wait_for_a_visit_are_counted_as_the_progress_does_with_a_link_to_each_list(store, village):
    work = my_work(HomePlace(store, ROUND, COUNTY, city=True, person=village.person), village)
    rows = village_progress(village, ROUND)
    assert work.to_visit == {
        kind: sum(row.not_visited for row in rows if row.kind == kind) for kind in ("risk", "edge")
    }
    many = replace(work, tasks=Waiting(ROUND, 20, {"visit_risk": 70, "visit_edge": 50}))
    link = lambda page, **asked: f"/{page}?{urlencode(asked)}"  # noqa: E731
    html = str(render_my_work(many, Language("zh"), link)).replace("&amp;", "&")
    assert "还有 120 户没有走访" in html
    visits = html[: html.index("mine-title")]
    for view, count in (("risk", "风险等级 70"), ("edge", "筛查对象 50")):
        assert f'<a href="{link("register", view=view, stage="new")}">{count}</a>' in visits


def test_what_cannot_be_done_today_says_from_when_on_and_is_nothing_of_today(store, village):
    work = my_work(HomePlace(store, ROUND, COUNTY, city=True, person=village.person), village)
    later = {"case_announce": Later(2, dt.date(2019, 10, 22)), "case_enter": Later(1, None)}
    link = lambda page, **asked: f"/{page}?{urlencode(asked)}"  # noqa: E731
    waits = replace(work, tasks=Waiting(ROUND, 20, {"visit_risk": 0}, later), returned=[], overdue=[])
    html = str(render_my_work(waits, Language("zh"), link)).replace("&amp;", "&")
    mine = html[html.index("mine-title") :]
    assert "今天没有等您办理的事。" in mine
    assert "wb-todo-now" not in mine
    assert "2019年10月22日起可办" in mine
    assert "登记录入窗口后可办" in mine
    # One line for two lists of nothing; and each task leads to what waits, not to the whole list.
    assert "没有退回的户，也没有逾期的走访。" in mine
    assert "by_stage=publicised" in mine
    closed = replace(work, closed=True, visits=[])
    assert "本期已封存" in str(render_my_work(closed, Language("zh"), link))


def test_home_in_english_has_no_chinese_but_names(store, village):
    assert "Whom to visit next" in home(store, village, "en")


def test_a_list_with_names_is_one_event_a_person_list_and_day(store, village):
    account = village.person.account
    before = len(readings(store, account))
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    for number in (0, 1, 0):
        session.ask("number", number)
        html = entries_html(session, Language("zh"))
    assert 'class="wb-person">王' in html
    added = readings(store, account)[before:]
    assert [details["for"] for _, details in added] == ["risk"]
    household = session.entries("risk")["household_id"][0]
    session.household = household
    for _ in range(2):
        assert f"王{household[-5:]}" in household_html(session, Language("zh"))
    assert [(subject, details["for"]) for subject, details in readings(store, account)[before + 1 :]] == [
        (household, "household")
    ]


def test_who_may_not_read_personal_data_sees_no_names_and_leaves_no_event(store, act):
    reader = act(account_of(store, "city_reader"))
    before = len(readings(store, reader.person.account))
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    assert session.entries("risk")["name"].null_count() == len(session.entries("risk"))
    assert names_shown(reader, ROUND, COUNTY, session.entries("risk")["household_id"], "risk") == {}
    assert len(readings(store, reader.person.account)) == before


def test_a_household_is_found_by_name_by_number_and_by_village(store, township):
    session = RegisterSession(store, ROUND, COUNTY)
    own = session.entries("risk").row(0, named=True)
    before = len(readings(store, township.person.account))
    find(session, own["household_id"])
    assert session.household == own["household_id"]
    # By a number alone nobody's name is looked for.
    assert len(readings(store, township.person.account)) == before
    find(session, own["name"])
    assert session.household == own["household_id"] or own["household_id"] in session.whole_list()["household_id"]
    searched = [
        details for _, details in readings(store, township.person.account)[before:] if details["what"] == "name_search"
    ]
    assert searched
    assert own["name"] not in json.dumps(searched, ensure_ascii=False)
    find(session, own["village"])
    assert own["household_id"] in session.whole_list()["household_id"]
    find(session, "没有这样的人")
    assert session.whole_list().is_empty()


def filtered_by(session):
    """What the second sheet of the list in sight says that it is filtered by."""
    book = CalamineWorkbook.from_filelike(BytesIO(list_export(session, Language("zh")).content))
    return {row[0]: row[1] for row in book.get_sheet_by_index(1).to_python()}["筛选"]


@pytest.mark.usefixtures("township")
def test_a_list_taken_along_names_nobody_who_was_searched_for(store):
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    own = session.entries("risk").row(0, named=True)
    for text in (own["name"], own["name"][:1], "没有这样的人", "341500199001010000"):
        session.ask("search", text)
        assert filtered_by(session) == "按姓名查找"
    for text in (own["household_id"], own["village"]):
        session.ask("search", text)
        assert filtered_by(session) == text


def test_a_list_taken_along_says_in_words_what_it_is_filtered_by(store, act):
    act(account_of(store, "county_officer", county=COUNTY))
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    assert filtered_by(session) == "全部"
    session.at_stage("proposed")
    session.ask("rule", "1")
    assert filtered_by(session) == "已上报 · 按规则：一级（红）"
    session.at_stage("changed")
    session.ask("rule", "?")
    assert filtered_by(session) == "结果有变 · 按规则：不能判定"
    # The stage is of the procedures' lists: no other list is cut by it.
    session.look("managed")
    assert filtered_by(session) == "全部"
    session.only(overdue=True)
    assert filtered_by(session) == "只看逾期未访"
    session.look("cases")
    assert filtered_by(session) == "只看未办结"
    session.only(running=False)
    assert filtered_by(session) == "全部"
    session.look("plans")
    session.needing("gap")
    session.ask("group", "lifted")
    assert filtered_by(session) == "有短板的 · 户类型：已脱贫户"


def test_the_rule_s_answer_follows_what_is_typed_before_it_is_sent(store, village):
    session = RegisterSession(store, ROUND, COUNTY)
    listed = round_lists(village, ROUND, COUNTY).filter(procedure="risk", stage="new")
    session.household = listed["household_id"][0]
    with village.reading() as connection:
        rules = rules_of(connection, ROUND, COUNTY, village.today)
    facts = store.household(ROUND, session.household, COUNTY)

    def answer():
        return typed_result(session, facts, rules, Language("zh"))

    assert answer() is None
    for name, text in {"medical": "2", "labour": "0", "weak_labour": "0"}.items():
        session.typed.note(session.household, name, text)
    assert answer()["standing"] == "1"
    assert "data-typed" in household_html(session, Language("zh"))
    session.typed.note(session.household, "work_months", "9.205.1")
    assert answer()["problem"]
    session.typed.forget()
    assert answer() is None


def opens(page, store, user):
    sessions = {
        "county_standard.ipynb": lambda: StandardSession(store, ROUND, None),
        "early_warning.ipynb": lambda: WarningSession(store, ROUND, None, ""),
        "register": lambda: RegisterSession(store, ROUND, None),
        "scenario_lab.ipynb": lambda: ScenarioSession(store, Language("zh"), ROUND, None),
        "model.ipynb": lambda: Place(store, ROUND, None, city=True),
        "training.ipynb": TrainingSession,
        "intake.ipynb": lambda: check_may_take_in(user),
    }
    try:
        sessions[page]()
    except RefusedError:
        return False
    return True


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_menu_holds_what_opens_for_a_role_and_nothing_else(store, act, role):
    account = account_of(store, role)
    if account is None:
        pytest.skip("nobody of this role in the demonstration")
    user = act(account)
    pages = pages_in(NOTEBOOKS)
    assert {page.name for page in pages if page.serves(ROLES[role])} == {
        page.name for page in pages if opens(page.name, store, user)
    }
