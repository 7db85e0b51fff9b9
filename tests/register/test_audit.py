"""The chain of events holds, and whatever is changed in it by hand is found."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, event, select, text, update

from workbench.errors import InputError
from workbench.register.audit.latest import last_change
from workbench.register.audit.log import AuditEvent, AuditHead, Event, Verification, head_of, record, verify
from workbench.register.db.engine import Base, open_engine, writing

AT = dt.datetime(2019, 10, 8, 1, 30, tzinfo=dt.UTC)


def add(engine, number=0):
    with writing(engine) as connection:
        return record(
            connection, at=AT, account="wang", events=[Event("visit", f"户{number}", {"发现": "无", "n": number})]
        )


def verified(engine):
    with engine.connect() as connection:
        return verify(connection)


@pytest.fixture
def engine(tmp_path):
    opened = open_engine(f"sqlite:///{tmp_path / 'register.sqlite'}")
    Base.metadata.create_all(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def five(engine):
    for number in range(5):
        add(engine, number)
    return engine


def test_an_empty_chain_holds(engine):
    assert verified(engine) == Verification(0, None)


def test_a_chain_left_alone_holds(five):
    assert verified(five) == Verification(5, None)


def test_times_are_beijing_s(five):
    with five.connect() as connection:
        assert connection.execute(text("SELECT at FROM audit_event")).scalar() == "2019-10-08T09:30:00+08:00"


@pytest.mark.parametrize("column", ["at", "account", "action", "subject", "details", "previous", "hash"])
def test_one_character_changed_in_any_column_is_found_at_its_event(five, column):
    with five.begin() as connection:
        connection.execute(
            update(AuditEvent).where(AuditEvent.number == 3).values({column: AuditEvent.__table__.c[column] + "x"})
        )
    assert verified(five).broken == 3


@pytest.mark.parametrize(("taken", "broken"), [(1, 1), (3, 3), (5, 5)])
def test_an_event_taken_out_is_found_also_at_the_end(five, taken, broken):
    with five.begin() as connection:
        connection.execute(delete(AuditEvent).where(AuditEvent.number == taken))
    assert verified(five).broken == broken


def test_all_events_taken_out_is_found(five):
    with five.begin() as connection:
        connection.execute(delete(AuditEvent))
    assert verified(five) == Verification(0, 1)


def test_the_last_change_stays_while_people_sign_in_and_look(five):
    def after(action):
        with writing(five) as connection:
            record(connection, at=AT, account="wang", events=[Event(action, "s", {})])
        with five.connect() as connection:
            return last_change(connection), head_of(connection)

    with five.connect() as connection:
        before = last_change(connection)
        assert before == head_of(connection)
    for action in ("personal_read", "signed_in", "sign_in_refused"):
        changed, head = after(action)
        assert (changed, head != before) == (before, True)
    changed, head = after("visit_recorded")
    assert changed == head


def test_before_the_first_event_nothing_has_changed(engine):
    with engine.connect() as connection:
        assert last_change(connection) == head_of(connection)


def test_an_event_of_a_step_that_failed_leaves_no_trace_and_the_chain_goes_on(five):
    def fail_halfway():
        with writing(five) as connection:
            record(connection, at=AT, account="wang", events=[Event("file", "x", {})])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert verified(five) == Verification(5, None)
    add(five, 6)
    assert verified(five) == Verification(6, None)


def test_writers_at_once_wait_for_each_other_and_lose_nothing(engine):
    with ThreadPoolExecutor(8) as pool:
        hashes = set(pool.map(lambda number: add(engine, number), range(80)))
    assert len(hashes) == 80
    assert verified(engine) == Verification(80, None)


def test_a_time_without_zone_is_refused(engine):
    with pytest.raises(InputError, match="时区"), writing(engine) as connection:
        record(connection, at=AT.replace(tzinfo=None), account="w", events=[Event("a", "s", {})])


@pytest.mark.parametrize("url", ["mysql://localhost/x", "no url", "postgresql://localhost/x"])
def test_another_database_is_refused_naming_those_accepted(url):
    with pytest.raises(InputError, match=r"postgresql\+psycopg"):
        open_engine(url)


def test_the_last_change_is_looked_for_among_the_events_since_alone(five):
    with five.connect() as connection:
        before = last_change(connection)
    for number in range(3):
        with writing(five) as connection:
            record(connection, at=AT, account=f"w{number}", events=[Event("signed_in", "s", {})] * 20)
    read = []
    event.listen(five, "before_cursor_execute", lambda _c, _cursor, statement, *_: read.append(statement))
    with five.connect() as connection:
        assert last_change(connection) == before
        assert last_change(connection) == before
    # Of the morning's sign-ins none is gone through twice.
    asked = [each for each in read if "audit_event" in each]
    assert len(asked) == 2
    assert all("number >=" in each and "NOT IN" not in each for each in asked)


def test_the_last_change_of_a_trail_that_was_restored_is_the_restored_one(five):
    add(five, 6)
    with five.connect() as connection:
        assert last_change(connection)[0] == 6
    with five.begin() as connection:
        connection.execute(delete(AuditEvent).where(AuditEvent.number > 4))
        connection.execute(update(AuditHead).values(events=4, hash=connection.execute(select(AuditEvent.hash).where(AuditEvent.number == 4)).scalar()))  # fmt: skip
    with five.connect() as connection:
        assert last_change(connection)[0] == 4
    add(five, 7)
    add(five, 8)
    with five.connect() as connection:
        assert last_change(connection) == head_of(connection)
