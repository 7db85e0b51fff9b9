"""A record that is not what its last event told is found, whatever was changed in it, and named."""

import random
import shutil
import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy import Boolean, Integer, and_, delete, select, text, update

from tests.register.changes import fill, register_at_work
from tests.register.conftest import Office, opened_office
from workbench.register.access.acting_user import open_register
from workbench.register.audit.checksums import RECORD_NAMES, RECORDS, WITHOUT_CHECKSUM, checksums_of, every_checksum
from workbench.register.audit.verification import Changed, looking, verify_all, verify_register
from workbench.register.db.engine import Base
from workbench.register.db.read_only import opened_to_read
from workbench.register.location import register_path
from workbench.store.facts import FactStore

FLIPS = 150


@pytest.fixture
def filled(city, url, tmp_path):
    """An office at work; on a file a copy of one that is made once."""
    if url.startswith("sqlite:///"):
        root = shutil.copytree(register_at_work(city), tmp_path / "store")
        opened = Office(open_register(FactStore(root), f"sqlite:///{register_path(root)}"))
    else:
        opened = opened_office(shutil.copytree(city, tmp_path / "store"), url)
        fill(opened)
    yield opened
    opened.register.engine.dispose()


def test_every_table_belongs_to_a_record_or_says_why_not():
    checksums = {table for parts in RECORDS.values() for table, _ in parts}
    assert checksums | WITHOUT_CHECKSUM == set(Base.metadata.tables)
    assert set(RECORD_NAMES) == set(RECORDS)


def test_every_record_of_a_register_at_work_is_what_its_event_told(filled):
    verified = verify_register(filled.register.engine)
    assert (verified.broken, verified.changed, verified.unreadable) == (None, [], None)
    with looking(filled.register.engine) as connection:
        kinds = {kind for kind, _ in every_checksum(connection)}
    assert kinds == set(RECORDS)


def test_any_value_changed_in_any_column_of_any_table_is_found(filled):
    engine = filled.register.engine
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            with tampering(engine) as connection:
                row = _last(connection, table)
                if row is None:
                    continue
                connection.execute(
                    update(table).where(_is(table, row)).values({column: _other(column, row[column.name])})
                )
                assert verify_all(connection).broken is not None, column
    assert verify_register(engine).broken is None


def test_a_row_taken_out_of_any_table_is_found(filled):
    for table in Base.metadata.sorted_tables:
        with tampering(filled.register.engine) as connection:
            row = _last(connection, table)
            if row is None:
                continue
            connection.execute(delete(table).where(_is(table, row)))
            assert verify_all(connection).broken is not None, table


@contextmanager
def tampering(engine):
    """A transaction without foreign keys, undone at its end."""
    with engine.connect() as connection, connection.begin() as undone:
        off = {"sqlite": "PRAGMA defer_foreign_keys=ON", "postgresql": "SET LOCAL session_replication_role = replica"}
        connection.execute(text(off[engine.dialect.name]))
        yield connection
        undone.rollback()


def _last(connection, table):
    return connection.execute(select(table).order_by(*(key.desc() for key in table.primary_key))).mappings().first()


def _is(table, row):
    return and_(*(column == row[column.name] for column in table.primary_key))


def _other(column, value):
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, Integer):
        return (value or 0) + 1
    return "x" if not value else ("y" if value[0] == "x" else "x") + value[1:]


def test_a_row_added_by_hand_is_one_that_no_event_tells_of(filled):
    with filled.register.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO entry_window (id, name, opens, closes) VALUES (99, '后加', '2019-01-01', '2019-12-31')")
        )
    verified = verify_register(filled.register.engine)
    assert verified.changed == [Changed("window", 99, None)]
    assert verified.broken == verified.events + 1


def test_the_record_and_the_event_that_wrote_it_are_named(filled):
    with filled.register.engine.begin() as connection:
        connection.execute(text("UPDATE filed_row SET result = '1' WHERE result = 'enter'"))
        number = connection.execute(
            text("SELECT number FROM audit_event WHERE action = 'filed' ORDER BY 1 DESC")
        ).scalar()
    verified = verify_register(filled.register.engine)
    assert verified.changed == [Changed("filing", 2, number)]
    assert verified.broken == number


def test_a_seal_is_the_same_in_both_databases(city, tmp_path, postgresql):
    both = []
    for name, url in (("one", f"sqlite:///{tmp_path / 'r.sqlite'}"), ("other", postgresql.new_database())):
        engine = open_register(FactStore(shutil.copytree(city, tmp_path / name)), url).engine
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO account (account, name, role, active) VALUES ('a', '甲', 'r', TRUE)"))
            both.append(checksums_of(connection, [("account", "a"), ("account", "b")]))
        engine.dispose()
    assert both[0] == both[1]
    assert both[0]["account", "b"] is None


@pytest.fixture(scope="module")
def sqlite_file(city):
    """The file of a register at work."""
    return register_path(register_at_work(city))


def test_a_byte_changed_anywhere_in_the_file_is_found_or_changes_nothing(sqlite_file, tmp_path):
    """Bytes that a table uses, and some that none does any more: there the content is what it was."""
    whole, before = sqlite_file.read_bytes(), _content(sqlite_file)
    chance, damaged = random.Random(7), tmp_path / "register.sqlite"  # noqa: S311 - where to flip
    used = [place for place, byte in enumerate(whole) if byte]
    outcomes = {"found": 0, "in words": 0, "no change": 0}
    for _ in range(FLIPS):
        place, bit = chance.choice(used), 1 << chance.randrange(8)
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        for suffix in ("-wal", "-shm"):
            damaged.with_name(damaged.name + suffix).unlink(missing_ok=True)
        verified = _verified(damaged)
        if verified.unreadable is not None:
            outcomes["in words"] += 1
        elif verified.broken is not None:
            outcomes["found"] += 1
        else:
            assert _content(damaged) == before, place
            outcomes["no change"] += 1
    assert outcomes["found"] > FLIPS / 5
    assert outcomes["in words"] > 0


def test_a_byte_of_a_filed_result_changed_in_the_file_is_found(sqlite_file, tmp_path):
    damaged = tmp_path / "register.sqlite"
    whole = sqlite_file.read_bytes()
    assert whole.count("县里规定".encode()) > 0
    damaged.write_bytes(whole.replace("县里规定".encode(), "县里决定".encode()))
    assert _verified(damaged).broken is not None


def _verified(path):
    with opened_to_read(f"sqlite:///{path}") as engine:
        return verify_register(engine)


def _content(path):
    with sqlite3.connect(path) as connection:
        results = {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in Base.metadata.tables}  # noqa: S608
    connection.close()
    return results
