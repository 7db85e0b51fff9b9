"""The chain of events holds, and whatever is changed in it by hand is found."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, event, select, text, update

from workbench.domain.procedure.roles import Area
from workbench.errors import InputError
from workbench.register.audit import latest
from workbench.register.audit.event import Event
from workbench.register.audit.latest import REVIEWS, STEPS_OF_A_COUNTY, STEPS_OF_AN_AREA, last_change, last_change_in
from workbench.register.audit.log import AuditEvent, AuditHead, Verification, head_of, record, verify
from workbench.register.db.engine import Base, open_engine, writing
from workbench.register.db.procedure_tables import Account, Entry

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


CITY, WHOLE, TOWNSHIP, VILLAGE = Area(), Area("341524"), Area("341524", "甲镇"), Area("341524", "甲镇", "东村")
ELSEWHERE = (Area("341524", "甲镇", "西村"), Area("341524", "乙乡", "东村"), Area("341524", "乙乡"), Area("341522"))
AREAS = (CITY, WHOLE, TOWNSHIP, VILLAGE, *ELSEWHERE)


@pytest.fixture
def people(engine):
    """A register of one worker, reviewer and officer each, and of somebody from another county; nothing has happened."""
    with engine.begin() as connection:
        for name, area in (("w", VILLAGE), ("r", TOWNSHIP), ("o", WHOLE), ("x", Area("341522", "甲镇", "东村"))):
            county, township, village = area.parts
            values = {"name": name, "role": "r", "county": county, "township": township, "village": village}
            connection.execute(Account.__table__.insert().values(account=name, **values))
    add(engine)
    return engine


def shown_in(engine, account, action, subject="s"):
    """The areas in which an event of an account shows as a change."""
    with engine.connect() as connection:
        before = {area: last_change_in(connection, area) for area in AREAS}
    with writing(engine) as connection:
        record(connection, at=AT, account=account, events=[Event(action, subject, {})])
    with engine.connect() as connection:
        after = {area: last_change_in(connection, area) for area in AREAS}
        assert all(after[area] in (before[area], head_of(connection)) for area in AREAS)
    return {area for area in AREAS if after[area] != before[area]}


def test_a_step_shows_where_it_was_taken_above_and_below_and_nowhere_else(people):
    assert shown_in(people, "w", "propose") == {CITY, WHOLE, TOWNSHIP, VILLAGE}
    assert shown_in(people, "r", "agree") == {CITY, WHOLE, TOWNSHIP, VILLAGE, ELSEWHERE[0]}
    # A village of the same name in another county is another one.
    assert shown_in(people, "x", "visit") == {CITY, ELSEWHERE[3]}
    assert shown_in(people, "o", "propose") == {*AREAS} - {ELSEWHERE[3]}


@pytest.mark.parametrize(
    "action", ["filed", "case_opened", "withdraw_proposal", "facts_corrected", "account_changed", "new"]
)
def test_whatever_else_is_done_shows_everywhere(people, action):
    """Also what is done of a household that has no entry: nobody can tell where."""
    assert action not in STEPS_OF_AN_AREA
    assert shown_in(people, "w", action) == {*AREAS}
    assert shown_in(people, "nobody", "visit") == {*AREAS}
    assert shown_in(people, "w", "signed_in") == set()


def entered(engine, household, area, kind="risk"):
    """An entry of a household in a place."""
    county, township, village = area.parts
    place = {"county": county, "township": township, "village": village}
    with engine.begin() as connection:
        connection.execute(
            Entry.__table__.insert().values(
                kind=kind, household_id=household, round="2019-10", stage="proposed", version=1, changed_by="w",
                changed_at="2019-10-08T09:00:00+08:00", adjustment=0, **place,
            )
        )  # fmt: skip
    return f"2019-10 {household}"


def test_a_review_shows_where_the_household_is_and_above_and_in_no_other_village(people):
    subject = entered(people, "1", VILLAGE)
    for action in REVIEWS:
        assert shown_in(people, "r", action, subject) == {CITY, WHOLE, TOWNSHIP, VILLAGE}
    # Of a household whose village is not known whoever works in the township may be shown it.
    subject = entered(people, "2", TOWNSHIP)
    assert shown_in(people, "r", "agree", subject) == {CITY, WHOLE, TOWNSHIP, VILLAGE, ELSEWHERE[0]}
    # In both where it has an entry of each kind.
    entered(people, "3", VILLAGE)
    subject = entered(people, "3", ELSEWHERE[1], "edge")
    assert shown_in(people, "r", "agree", subject) == {CITY, WHOLE, TOWNSHIP, VILLAGE, *ELSEWHERE[1:3]}


@pytest.mark.parametrize("action", STEPS_OF_A_COUNTY)
def test_what_may_change_a_county_shows_in_all_of_it_and_in_no_other(people, action):
    subject = entered(people, "1", VILLAGE)
    named = "341524 visit_interval_days" if action == "setting_changed" else subject
    # Whoever carries it out: corrections are put into the facts by who comes next, from wherever.
    for account in ("w", "x", "nobody"):
        assert shown_in(people, account, action, named) == {*AREAS} - {ELSEWHERE[3]}


def test_of_a_batch_too_large_to_look_at_each_household_it_shows_in_all_of_the_township(people):
    subjects = [entered(people, f"{number}", VILLAGE) for number in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latest, "_MOST_HOUSEHOLDS", 2)
        with people.connect() as connection:
            before = last_change_in(connection, ELSEWHERE[0])
        with writing(people) as connection:
            record(connection, at=AT, account="r", events=[Event("agree", each, {}) for each in subjects])
        with people.connect() as connection:
            assert last_change_in(connection, ELSEWHERE[0]) != before
            assert last_change_in(connection, VILLAGE) == head_of(connection)


def test_who_looks_as_of_before_a_step_keeps_nothing_from_those_who_look_after_it(people):
    other = ELSEWHERE[1]
    shown_in(people, "w", "visit")
    with people.connect() as early, early.begin():
        before = last_change_in(early, VILLAGE), last_change_in(early, other)
        assert shown_in(people, "w", "visit") == {CITY, WHOLE, TOWNSHIP, VILLAGE}
        assert (last_change_in(early, VILLAGE), last_change_in(early, other)) == before
    with people.connect() as connection:
        assert last_change_in(connection, VILLAGE) == head_of(connection)
        assert last_change_in(connection, other) == before[1]


def test_of_a_register_put_back_to_an_earlier_day_everything_is_looked_at_again(people):
    shown_in(people, "w", "visit")
    with people.begin() as connection:
        connection.execute(delete(AuditEvent).where(AuditEvent.number > 1))
        connection.execute(update(AuditHead).values(events=1, hash=select(AuditEvent.hash).scalar_subquery()))
    shown_in(people, "x", "visit")
    with people.connect() as connection:
        number, _ = last_change_in(connection, VILLAGE)
        assert number == 1


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
