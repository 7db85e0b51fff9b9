"""Frames that many people look at: made once for all who ask at once, bounded in memory, and each area sees its own alone."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import event

from tests.ui.registers import COUNTY, ROUND, demonstration_store
from workbench.clock import BEIJING, now_in_beijing
from workbench.errors import InputError
from workbench.register.access import personal_data
from workbench.register.access.acting_user import open_register
from workbench.register.access.personal_data import names_shown
from workbench.register.assessment import RISK
from workbench.register.audit.latest import households_moved_since, last_change
from workbench.register.clock import now_of
from workbench.register.county_settings import set_figure
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.standards.first_proposals import first_proposal_day
from workbench.register.worklists.worklist import round_list
from workbench.store.facts import FactStore
from workbench.store.personal import persons_path
from workbench.ui.kit.frame.current_user import acting_as
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register import household, shared_frames
from workbench.ui.pages.register.shared_frames import Shared, bytes_of
from workbench.ui.pages.register.state import RegisterSession

AT_ONCE = 8
NOW = dt.datetime(2019, 10, 30, 9, 0, tzinfo=BEIJING)


def test_what_many_ask_for_at_once_is_made_once():
    frames, together, made, go_on = Shared(10**9, bytes_of), Barrier(AT_ONCE), [], Event()

    def make():
        made.append(1)
        go_on.wait(30)
        return pl.DataFrame({"a": [1]})

    def ask(_):
        together.wait(30)
        return frames.get("key", make)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        asked = [threads.submit(ask, number) for number in range(AT_ONCE)]
        go_on.set()
        answers = [each.result(30) for each in asked]
    assert len(made) == 1
    assert all(each is answers[0] for each in answers)


def test_the_memory_is_bounded_and_who_was_asked_for_last_stays():
    one = pl.DataFrame({"a": list(range(1000))})
    frames = Shared(3 * one.estimated_size(), bytes_of)
    for key in "abc":
        frames.get(key, one.clone)
    frames.get("a", lambda: pytest.fail("made twice"))
    frames.get("d", one.clone)
    assert frames.held <= 3 * one.estimated_size()
    for key in "acd":
        frames.get(key, lambda: pytest.fail("gave way too early"))
    again = []
    frames.get("b", lambda: again.append(1) or one)
    assert again


def test_one_frame_larger_than_all_may_be_is_shown_all_the_same():
    frames = Shared(1, bytes_of)
    assert frames.get("large", lambda: pl.DataFrame({"a": list(range(1000))})).height == 1000


def test_what_could_not_be_made_is_said_and_tried_again():
    frames = Shared(10**9, bytes_of)

    def refuse():
        raise InputError("no")

    with pytest.raises(InputError):
        frames.get("key", refuse)
    assert frames.get("key", lambda: pl.DataFrame({"a": [1]})).height == 1


def test_a_household_is_explained_once_while_facts_and_rules_are_the_same(tmp_path_factory, monkeypatch):
    store = demonstration_store(tmp_path_factory, 3000)
    user = open_register(store).acting_user(f"officer-{COUNTY}", NOW)
    monkeypatch.setenv("WORKBENCH_STORE", str(store.root))
    explained, read = [], []
    explain, rules_of = household.explain_tier, shared_frames.rules_of
    frame = FactStore.frame
    monkeypatch.setattr(
        household, "explain_tier", lambda *given, **named: explained.append(1) or explain(*given, **named)
    )
    monkeypatch.setattr(shared_frames, "rules_of", lambda *given: read.append(1) or rules_of(*given))
    with acting_as(user):
        session = RegisterSession(store, ROUND, COUNTY)
        lifted = session.assessment().filter(kind="lifted")["household_id"][0]
        session.household = lifted
        rows = []
        monkeypatch.setattr(
            FactStore, "frame", lambda *given, **named: (made := frame(*given, **named), rows.append(len(made)))[0]
        )
        asked = []
        event.listen(
            user.register.engine, "before_cursor_execute",
            lambda _connection, _cursor, statement, *_: asked.append(statement),
        )  # fmt: skip
        first = household.household_html(session, Language("zh"))
        # Nor does the register read every visit of the county, to say when this one was visited last.
        visits = [each for each in asked if "max(visit.day)" in each]
        assert visits
        assert all("visit.household_id = " in each for each in visits)
        # Facts of the household alone, never of its county, and once.
        assert max(rows) == 1
        read_first = len(rows)
        assert household.household_html(session, Language("zh")) == first
    assert (len(explained), len(read)) == (1, 1)
    assert len(rows) - read_first < read_first


def test_a_step_has_the_households_that_it_moved_read_anew_and_no_others(tmp_path_factory, monkeypatch):
    monkeypatch.setattr(shared_frames, "LONG_LIST", 1)
    store = demonstration_store(tmp_path_factory, 3000)
    register = open_register(store)
    now, asked = now_of(register, now_in_beijing()), []
    user = register.acting_user(f"officer-{COUNTY}", now)
    monkeypatch.setenv("WORKBENCH_STORE", str(store.root))
    event.listen(
        register.engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_: asked.append(statement)
    )

    def reviewer_of(household):
        query = "SELECT account FROM account WHERE role = 'township_reviewer' AND township = ?"
        with register.engine.connect() as connection:
            (account,) = connection.exec_driver_sql(query, (first.filter(household_id=household)["township"][0],)).one()
        return register.acting_user(account, now)

    def listed():
        """The list as pages have it, which is as the register has it; whether all of its entries were read for it."""
        asked.clear()
        with acting_as(user):
            session = RegisterSession(store, ROUND, COUNTY)
            entries = shared_frames.entries_of(session, RISK)
            read = [each for each in asked if "entry.version" in each]
            assert_frame_equal(entries, round_list(user, ROUND, COUNTY, RISK, session.assessment()))
        assert len(read) <= 1
        return entries, bool(read) and "entry.household_id IN" not in read[0]

    first, everything = listed()
    assert everything
    waiting = first.filter(stage="proposed")["household_id"].to_list()
    agreed, returned = waiting[0], waiting[1]
    agree(reviewer_of(agreed), ROUND, RISK, [agreed])
    then, everything = listed()
    assert not everything
    assert then.filter(household_id=agreed)["stage"][0] == "reviewed"
    send_back(reviewer_of(returned), ROUND, returned, "请再核实")
    then, everything = listed()
    assert not everything
    row = then.filter(household_id=returned).row(0, named=True)
    assert (row["stage"], row["returned_for"]) == ("returned", "请再核实")
    # What may show in any household: the whole list.
    set_figure(user, COUNTY, "visit_interval_days", "182", user.today, "试")
    _, everything = listed()
    assert everything
    # Of two places on the trail one that is no longer there.
    with user.reading() as connection:
        assert households_moved_since(connection, (1, "another"), ROUND) is None
        assert households_moved_since(connection, last_change(connection), ROUND) == frozenset()


def test_the_file_of_names_is_read_once_for_all_who_may_see_them(tmp_path_factory, monkeypatch):
    store = demonstration_store(tmp_path_factory, 3000)
    path = persons_path(store.root, ROUND, COUNTY)
    path.parent.mkdir(parents=True)
    numbers = sorted({*store.read(ROUND, COUNTY, ["household_id"]).column("household_id").to_pylist()})
    rows = [{"household_id": name, "name": f"王{name[-5:]}", "id_number": "", "relation": "户主"} for name in numbers]
    pl.DataFrame([*rows, {**rows[0], "name": "后来的"}, {**rows[1], "relation": "子"}]).write_parquet(path)
    read, columns = [], personal_data.read_columns
    monkeypatch.setattr(personal_data, "read_columns", lambda *given: read.append(1) or columns(*given))
    user, asked = open_register(store).acting_user(f"officer-{COUNTY}", NOW), []
    event.listen(
        user.register.engine, "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )  # fmt: skip
    for _ in range(3):
        assert names_shown(user, ROUND, COUNTY, numbers[:2], "risk") == {
            row["household_id"]: row["name"] for row in rows[:2]
        }
    assert names_shown(user, ROUND, COUNTY, [], "risk") == {}
    assert len(read) == 1
    # Whether the look is on the trail already is asked of the day's events, by their number.
    looked = [each for each in asked if "audit_event.details" in each]
    assert looked
    assert all("audit_event.number >" in each for each in looked)
    pl.DataFrame([{**row, "name": "另一人"} for row in rows]).write_parquet(path)
    assert set(names_shown(user, ROUND, COUNTY, numbers[:2], "risk").values()) == {"另一人"}


def test_the_first_proposal_is_looked_for_among_all_once_and_then_among_those_since(tmp_path_factory):
    user = open_register(demonstration_store(tmp_path_factory, 3000)).acting_user(f"officer-{COUNTY}", NOW)
    asked = []
    event.listen(
        user.register.engine, "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )  # fmt: skip

    def searches():
        with user.reading() as connection:
            days = {first_proposal_day(connection, COUNTY, ROUND) for _ in range(3)}
        return days.pop(), len(days), sum("min(entry_step.at)" in each for each in asked)

    def propose_in(connection, name, at):
        connection.exec_driver_sql(
            "INSERT INTO entry_step (entry_id, step, stage, account, at) SELECT id, ?, 'proposed', 'w', ? FROM entry "
            "WHERE county = ? AND round = ? LIMIT 1", (name, at, COUNTY, ROUND),
        )  # fmt: skip

    def steps(name, at):
        with user.writing() as connection:
            propose_in(connection, name, at)

    day, others, count = searches()
    assert (others, count) == (0, 1)
    for name in ("visit", "agree", "return", "propose"):
        steps(name, "2019-11-01T09:00:00+08:00")
        assert searches() == (day, 0, 1)
    # A clock that was set back: the later proposal is the earlier one.
    steps("propose", "2018-01-02T09:00:00+08:00")
    assert searches() == ("2018-01-02", 0, 1)
    steps("withdraw_proposal", "2019-11-02T09:00:00+08:00")
    assert searches()[2] == 2
    day = searches()[0]

    def taken_back(connection):
        # Within a step what it has written counts, and is nobody else's to know before it stands.
        propose_in(connection, "propose", "2017-01-02T09:00:00+08:00")
        assert first_proposal_day(connection, COUNTY, ROUND) == "2017-01-02"
        raise InterruptedError

    with pytest.raises(InterruptedError), user.writing() as connection:
        taken_back(connection)
    assert searches() == (day, 0, 2)
    # A register that was put back to an earlier day.
    with user.writing() as connection:
        connection.exec_driver_sql("DELETE FROM entry_step")
        assert first_proposal_day(connection, COUNTY, ROUND) is None
    with user.reading() as connection:
        assert first_proposal_day(connection, COUNTY, ROUND) is None
