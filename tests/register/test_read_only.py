"""A store is verified without a byte of it written, on read-only media too; a register of a newer workbench is left alone."""

import os
import shutil
import sqlite3

import pytest

from tests.cli.command import AS_OWNER, run, run_program
from tests.register.changes import register_at_work
from workbench.register.location import register_path


@pytest.fixture
def store(city, tmp_path):
    return shutil.copytree(register_at_work(city), tmp_path / "store")


def everything(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def closed(root):
    """Without any right to write, as on a disk that is read-only."""
    for folder, _, files in os.walk(root):
        for name in files:
            os.chmod(os.path.join(folder, name), 0o444)  # noqa: PTH101, PTH118 - beside os.walk
        os.chmod(folder, 0o555)  # noqa: PTH101, S103


def opened(root):
    for folder, _, _ in os.walk(root):
        os.chmod(folder, 0o755)  # noqa: PTH101, S103


def killed_with_a_log(root):
    """The register as a process left it that was killed: its last events in the log alone."""
    path = register_path(root)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("UPDATE audit_event SET account = 'x' WHERE number = 3")
    connection.commit()
    copies = {each: each.read_bytes() for each in (path, path.with_name(f"{path.name}-wal"))}
    connection.close()
    for each, content in copies.items():
        each.write_bytes(content)
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)


@pytest.mark.parametrize("log", [pytest.param(False, marks=pytest.mark.deep), True])
def test_a_copy_on_read_only_media_is_verified_and_nothing_is_written(store, log):
    if log:
        killed_with_a_log(store)
    (store / ".lock").unlink(missing_ok=True)
    before = everything(store)
    closed(store)
    try:
        done = run_program("audit", "verify", "--store", store, "--json", before=AS_OWNER)
    finally:
        opened(store)
    assert done.record["broken"] == (3 if log else None), done.err
    assert done.status == int(log)
    assert everything(store) == before


def test_nothing_is_written_where_it_could_be_either(store, capsys):
    killed_with_a_log(store)
    (store / ".lock").unlink(missing_ok=True)
    before = everything(store)
    assert run(capsys, "audit", "verify", "--store", store, "--json").record["broken"] == 3
    assert everything(store) == before


def test_writes_that_were_interrupted_are_said_and_left(store, capsys):
    (store / ".staging" / "x").mkdir(parents=True)
    (store / ".staging" / "x" / "journal.json").write_text('{"moves": {}, "removals": []}')
    assert run(capsys, "audit", "verify", "--store", store, "--json").record["unfinished"] == 1
    assert "中断" in run(capsys, "audit", "verify", "--store", store).out
    assert (store / ".staging" / "x" / "journal.json").exists()


def test_a_register_of_a_newer_workbench_is_not_backed_up_and_left_as_it_is(store, tmp_path, capsys):
    connection = sqlite3.connect(register_path(store))
    connection.executescript("UPDATE alembic_version SET version_num = '9999'; PRAGMA journal_mode=DELETE")
    connection.close()
    before = everything(store)
    for command in (("backup", "--out", tmp_path / "b"), ("audit", "verify")):
        done = run(capsys, *command, "--store", store)
        assert done.status == 2
        assert "9999" in done.err
    assert not (tmp_path / "b").exists()
    assert everything(store) == before
