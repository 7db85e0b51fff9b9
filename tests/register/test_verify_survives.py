"""`audit verify` survives whatever somebody did to the database: it ends in words and a status that is not 0, never in a traceback."""

import random
import shutil
import sqlite3
import string

import pytest

from tests.cli.command import run
from tests.register.changes import register_at_work
from workbench.register.location import register_path

STRANGE = [None, "", "x", -1, 0, 1, 2**62, 1.5, float("inf"), b"\x00\xff", "\u0000", "行", "[" * 100_000, "{}", "null", '{"wrote": 5}',
           '{"wrote": {"entry": 7}}', '{"lost": [[1]]}', '{"hashes": {"facts/": 3, "x": {"y": null}}}', '{"hashes": [1]}',
           '{"wrote": {"unheard": {"1": [2]}}}', "9" * 5000]  # fmt: skip
TAMPERINGS = {
    "a second head": "INSERT INTO audit_head (id, events, hash) VALUES (2, 3, 'x')",
    "a second head that is like the first": "INSERT INTO audit_head SELECT 2, events, hash FROM audit_head",
    "no head": "DELETE FROM audit_head",
    "a head that counts in words": "UPDATE audit_head SET events = 'many'",
    "a head that counts nothing": "UPDATE audit_head SET events = 0",
    "a head of bytes": "UPDATE audit_head SET hash = x'ff00'",
    "the last event cut off": "DELETE FROM audit_event WHERE number = (SELECT max(number) FROM audit_event)",
    "the last event cut off with its head": "DELETE FROM audit_event WHERE number = (SELECT max(number) FROM audit_event); UPDATE "
    "audit_head SET events = events - 1, hash = (SELECT hash FROM audit_event ORDER BY number DESC LIMIT 1)",
    "a gap": "DELETE FROM audit_event WHERE number = 7",
    "numbers moved": "UPDATE audit_event SET number = number + 1000 WHERE number > 7",
    "negative numbers": "UPDATE audit_event SET number = -number",
    "details that are no JSON": "UPDATE audit_event SET details = 'so it was' WHERE number = 5",
    "details that are another JSON": "UPDATE audit_event SET details = '[1, 2]' WHERE number = 5",
    "details of bytes": "UPDATE audit_event SET details = x'ff' WHERE number = 5",
    "text that is no text": "UPDATE audit_event SET subject = CAST(x'ff' AS TEXT) WHERE number = 5",
    "no events": "DELETE FROM audit_event",
    "no table of events": "DROP TABLE audit_event",
    "no table of heads": "DROP TABLE audit_head",
    "no table of visits": "PRAGMA foreign_keys=OFF; DROP TABLE visit",
    "no table of windows": "DROP TABLE entry_window",
    "no version": "DROP TABLE alembic_version",
    "an empty version": "DELETE FROM alembic_version",
    "a newer version": "UPDATE alembic_version SET version_num = '9999'",
    "a version of bytes": "UPDATE alembic_version SET version_num = x'00ff'",
    "a table of events with other columns": "DROP TABLE audit_event; CREATE TABLE audit_event (number, at)",
    "a table of events of nothing": "DROP TABLE audit_event; CREATE TABLE audit_event (number, at, account, action, subject, details, "
    "previous, hash); INSERT INTO audit_event DEFAULT VALUES; INSERT INTO audit_event (number) VALUES ('one')",
    "an orphan": "PRAGMA foreign_keys=OFF; INSERT INTO case_step SELECT 999, case_id, step, stage, account, at, note FROM case_step",
    "a view for a table": "DROP TABLE plan_measure; CREATE VIEW plan_measure AS SELECT 1 AS household_id",
}  # fmt: skip


@pytest.fixture(scope="module")
def at_work(city):
    return register_at_work(city)


@pytest.fixture
def store(at_work, tmp_path):
    return shutil.copytree(at_work, tmp_path / "store")


def refused(capsys, store, *words):
    """It ended in words; the JSON is whole where there is one."""
    plain, as_json = (run(capsys, "audit", "verify", "--store", store, *words, *more) for more in ((), ("--json",)))
    for done in (plain, as_json):
        assert done.status in {1, 2}, (done.out, done.err)
        assert "Traceback" not in done.out + done.err
    assert plain.err.strip()
    if as_json.status == 1:
        assert as_json.record["broken"] is not None or as_json.record["against"]["verdict"] != "continues"
    return as_json


def change(store, statements):
    connection = sqlite3.connect(register_path(store))
    connection.executescript(statements)
    connection.close()


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_whatever_was_done_to_the_database_is_found_and_said_in_words(tampering, store, capsys):
    if tampering == "an orphan":
        with sqlite3.connect(register_path(store)) as connection:
            columns = [row[1] for row in connection.execute("PRAGMA table_info(case_step)")]
            own = ", ".join("999" if name == "id" else name for name in columns)
            connection.execute(f"INSERT INTO case_step SELECT {own} FROM case_step LIMIT 1")  # noqa: S608 - names of our own
        connection.close()
    else:
        change(store, TAMPERINGS[tampering])
    refused(capsys, store)


FILES = {
    "nothing": b"",
    "text": b"this is no database",
    "a header only": b"SQLite format 3\x00",
    "zeros": bytes(8192),
}


@pytest.mark.parametrize("content", FILES)
def test_a_file_that_is_no_register_is_said_to_be_none(content, store, capsys):
    register_path(store).write_bytes(FILES[content])
    assert refused(capsys, store).record["unreadable"]


def test_a_database_of_another_program_is_said_to_be_none(store, capsys):
    register_path(store).unlink()
    change(store, "CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup')")
    assert refused(capsys, store).record["unreadable"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_register_cut_off_is_found(share, store, capsys):
    whole = register_path(store).read_bytes()
    register_path(store).write_bytes(whole[: int(len(whole) * share)])
    refused(capsys, store)


def test_no_register_and_no_server_are_said_and_nothing_is_made(store, capsys):
    register_path(store).unlink()
    assert refused(capsys, store).status == 2
    assert not register_path(store).exists()
    gone = refused(capsys, store, "--register", "postgresql+psycopg://nobody@127.0.0.1:1/x?connect_timeout=2")
    assert gone.status == 2


@pytest.mark.parametrize("mutations", [25, pytest.param(500, marks=pytest.mark.deep)])
def test_any_value_of_any_kind_anywhere_is_found(mutations, at_work, store, capsys):
    """Strange values at random places, of types that no column expects (the checks of the tables are taken off)."""
    assert run(capsys, "audit", "verify", "--store", store).status == 0
    chance, result = random.Random(20), 0  # noqa: S311 - where to change
    for _ in range(mutations):
        shutil.copyfile(register_path(at_work), register_path(store))
        if _mutated(register_path(store), chance):
            result += 1
            refused(capsys, store)
    assert result > mutations / 2


def _mutated(path, chance):
    """Whether a random value somewhere became another one."""
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON")
    tables = [
        row[0]
        for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    ]
    table = chance.choice(sorted(set(tables) - {"alembic_version", "pending_work"}))
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    column, value = chance.choice(columns), chance.choice([*STRANGE, "".join(chance.choices(string.printable, k=20))])
    _without_constraints(connection, table, columns)
    rows = [row[0] for row in connection.execute(f"SELECT rowid FROM {table}")]  # noqa: S608
    before = list(connection.execute(f"SELECT * FROM {table}")) if rows else []  # noqa: S608
    if rows:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, chance.choice(rows)))  # noqa: S608
        connection.commit()
    after = list(connection.execute(f"SELECT * FROM {table}")) if rows else []  # noqa: S608
    connection.close()
    return repr(before) != repr(after)


def _without_constraints(connection, table, columns):
    """The table as it is, with columns that take anything."""
    connection.executescript(
        f"CREATE TABLE copy AS SELECT * FROM {table}; DROP TABLE {table}; CREATE TABLE {table} ({', '.join(columns)}); "  # noqa: S608
        f"INSERT INTO {table} SELECT * FROM copy; DROP TABLE copy"
    )
