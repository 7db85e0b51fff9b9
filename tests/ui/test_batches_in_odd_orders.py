"""Batches as hasty people do them: ticked under one filter and done under another, in two windows, beside somebody else.

Nothing is lost, nothing is done twice, and whoever is not moved is named with where the household stands now.
"""

import polars as pl
import pytest

from tests.ui.registers import COUNTY, ROUND, acting, demonstration_store
from workbench.clock import now_in_beijing
from workbench.domain.procedure.cases import CASE_STEPS
from workbench.domain.procedure.roles import ROLES
from workbench.errors import InputError, RefusedError, WorkbenchError
from workbench.register.access.acting_user import open_register
from workbench.register.clock import now_of
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.unit_of_work.county_closing import close_county, unfinished
from workbench.settings import store_path
from workbench.store.facts import FactStore
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.batches.cases import CaseBatches, planned_words
from workbench.ui.pages.register.batches.state import Batches
from workbench.ui.pages.register.batches.views import planned_html
from workbench.ui.pages.register.state import RegisterSession

T = Language("zh")
OFFICER = f"officer-{COUNTY}"


@pytest.fixture
def store(tmp_path_factory):
    """A store of each test's own: what one of them moves on, another one would miss."""
    return demonstration_store(tmp_path_factory, 3000)


@pytest.fixture
def act(store, monkeypatch):
    with acting(store, monkeypatch) as become:
        yield become


def row_of(store, query, *values):
    with open_register(store).engine.connect() as connection:
        return connection.exec_driver_sql(query, values).first()


def steps(store):
    return row_of(store, "SELECT count(*) FROM entry_step")[0]


def somebody(store, account):
    """A person at work in another window, or from a shell."""
    register = open_register(store)
    return register.acting_user(account, now_of(register, now_in_beijing()))


def reviewer(store):
    township = row_of(store, "SELECT township FROM entry WHERE stage = 'proposed' AND kind = 'risk' ORDER BY township")[
        0
    ]
    query = "SELECT account FROM account WHERE role = 'township_reviewer' AND township = ?"
    return row_of(store, query, township)[0]


def window():
    """The list of tiers as a window has it, with the batches of that window."""
    session = RegisterSession(FactStore(store_path()), ROUND, COUNTY)
    session.look("risk")
    return session, Batches(session)


def ticked(session, stage="proposed", count=3):
    rows = session.entries("risk").filter(stage=stage).head(count)
    assert rows.height == count
    return dict(rows.select("household_id", "version").iter_rows())


@pytest.fixture
def marks(store, act):
    """Three households that wait for their township, as somebody of it has ticked them."""
    act(reviewer(store))
    session, _ = window()
    return ticked(session)


def test_what_is_ticked_outlives_the_filter_it_was_ticked_under(marks):
    session, batches = window()
    planned = batches.plan("agree", marks)
    assert (set(planned.versions), planned.out_of_sight) == (set(marks), [])
    session.ask("search", next(iter(marks)))
    planned = batches.plan("agree", marks)
    # All of them still, and those that the list does not show now are named before anything is done.
    assert set(planned.versions) == set(marks)
    assert set(planned.out_of_sight) == set(marks) - {next(iter(marks))}
    html = str(planned_html(planned, "risk", T))
    assert "不在现在筛选出的名单里的，一并办理：2 户" in html
    session.ask("search", "")
    assert batches.plan("agree", marks).out_of_sight == []


def test_a_page_of_the_list_is_no_filter(marks):
    session, batches = window()
    session.ask("number", 10_000)
    assert batches.plan("agree", marks).out_of_sight == []


def test_of_several_stages_those_elsewhere_are_named(store, marks):
    moved = next(iter(marks))
    agree(somebody(store, reviewer(store)), ROUND, "risk", [moved])
    session, batches = window()
    mixed = {**marks, moved: session.entries("risk").filter(household_id=moved)["version"][0]}
    planned = batches.plan("agree", mixed)
    assert set(planned.versions) == set(marks) - {moved}
    html = str(planned_html(planned, "risk", T))
    assert "勾选过、不在这一步的，不办：1 户" in html
    assert "现在是“已审核”，不在这一步" in html


def test_somebody_else_was_there_before_the_second_word(store, marks):
    """What has moved on between plan and second word stops the batch by name; planned anew it goes on with the others."""
    _, batches = window()
    batches.plan("agree", marks)
    moved = sorted(marks)[1]
    send_back(somebody(store, reviewer(store)), ROUND, moved, "另一人先退回")
    before = steps(store)
    with pytest.raises(RefusedError, match=f"{moved}.*没有覆盖；请重新查看"):
        batches.confirm()
    assert steps(store) == before
    planned = batches.plan("agree", marks)
    assert [each.household_id for each in planned.passed_over] == [moved]
    assert sorted(batches.confirm()[1].done) == sorted(set(marks) - {moved})


def test_where_somebody_else_has_done_all_of_it_each_is_named_with_its_stage(store, marks):
    agree(somebody(store, reviewer(store)), ROUND, "risk", list(marks))
    _, batches = window()
    with pytest.raises(RefusedError, match=r"没有可以办这一步的：户 .*现在是“已审核”"):
        batches.plan("agree", marks)


def test_two_windows_of_one_person_do_it_once(store, marks):
    (_, first), (_, second) = window(), window()
    for each in (first, second):
        each.plan("agree", marks)
    assert sorted(first.confirm()[1].done) == sorted(marks)
    before = steps(store)
    second.confirm()
    assert steps(store) == before


def test_a_round_that_was_closed_meanwhile_takes_nothing(store, marks):
    _, batches = window()
    batches.plan("agree", marks)
    officer = somebody(store, OFFICER)
    lacking = unfinished(officer, ROUND, COUNTY)
    close_county(officer, ROUND, COUNTY, lacking.households, early_confirmed=True)
    before = steps(store)
    for attempt in (batches.confirm, lambda: batches.plan("agree", marks) and batches.confirm()):
        with pytest.raises(WorkbenchError, match="金寨县：已封存，数据和程序都不能再改"):
            attempt()
    assert steps(store) == before


def test_what_the_county_has_filed_meanwhile_is_not_taken_back(store, marks):
    _, batches = window()
    batches.plan("agree", marks)
    batches.confirm()
    filed = next(iter(marks))
    file_list(somebody(store, OFFICER), ROUND, COUNTY, "risk", [filed])
    before = steps(store)
    with pytest.raises(RefusedError, match=filed):
        batches.withdraw()
    assert steps(store) == before


def test_a_batch_is_taken_back_once(marks):
    session, batches = window()
    batches.plan("return", marks, "再核实")
    batches.confirm()
    assert batches.withdraw() == len(marks)
    with pytest.raises(RefusedError, match="没有可以撤回的"):
        batches.withdraw()
    assert set(session.entries("risk").filter(pl.col("household_id").is_in(list(marks)))["stage"]) == {"proposed"}


def test_a_button_for_all_counts_when_it_is_pressed_and_not_when_it_was_drawn(store, marks):
    session, batches = window()
    drawn = session.entries_in_sight().filter(stage="proposed").height
    agree(somebody(store, reviewer(store)), ROUND, "risk", [next(iter(marks))])
    planned = batches.plan("agree", None)
    assert (len(planned.versions), planned.passed_over) == (drawn - 1, [])


def test_a_mark_of_a_household_that_is_in_no_list_is_named(marks):
    _, batches = window()
    planned = batches.plan("agree", {**marks, "34152400000000": 1})
    assert set(planned.versions) == set(marks)
    assert "已不在名单里" in str(planned_html(planned, "risk", T))
    with pytest.raises(RefusedError, match="34152400000000 已不在名单里"):
        batches.plan("agree", {"34152400000000": 1})


def test_several_cases_are_announced_together_only_as_those_without_an_objection(store, act):
    """One note cannot say of each whether anybody objected: the batch is for those of whom nobody did, and says so first."""
    act(next_announcer(store))
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("cases")
    waiting = session.cases().filter(stage="publicised")
    assert not waiting.is_empty()
    batches = CaseBatches(session)
    marked = {str(number): version for number, version in waiting.select("id", "version").iter_rows()}
    planned = batches.plan(marked, "announce", session.user.today, "张榜期满")
    assert planned.note == "公示期间无异议。张榜期满"
    assert "均为公示期间无异议的" in planned_words(planned, T)
    with pytest.raises((RefusedError, InputError)):  # the publicity still runs
        batches.confirm()


def next_announcer(store):
    """Somebody who may announce a case that hangs out now."""
    right = CASE_STEPS["announce"].right
    roles = {role.name for role in ROLES.values() if right in role.rights and not role.simulated_only}
    township = row_of(store, "SELECT township FROM poverty_case WHERE stage = 'publicised' AND village IS NOT NULL")[0]
    query = "SELECT role, account FROM account WHERE county = ? AND (township IS NULL OR township = ?) ORDER BY account"
    with open_register(store).engine.connect() as connection:
        people = connection.exec_driver_sql(query, (COUNTY, township)).all()
    return next(account for role, account in people if role in roles)
