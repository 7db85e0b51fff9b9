"""A process killed at any moment leaves all of a transaction, or nothing of it; writers take turns."""

import errno
import os
import signal
import subprocess
import sys
import threading

import pytest

from workbench.errors import StoreError
from workbench.store import transaction as module
from workbench.store.transaction import committed, holding, recover, transaction, unmark, unstaged_file

# Kills itself as kill -9 would, at a chosen moment of a transaction that changes two files and removes a third.
_KILLED = """
import os, signal, sys
from pathlib import Path
from workbench.store import transaction as module

root, moment = Path(sys.argv[1]), sys.argv[2]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "journal drafted":
    module.sync = lambda path: die() if path.name.endswith(".draft") else None
elif moment == "journal written":
    module._apply = die
elif moment == "between moves":
    once, replace = [], Path.replace
    def replace_once(self, target):
        if "staging" not in str(target):
            if once:
                die()
            once.append(target)
        return replace(self, target)
    Path.replace = replace_once
elif moment == "moved":
    module.shutil.rmtree = die
with module.transaction(root) as pending:
    for name in ("a", "b"):
        pending.stage(root / name / "file.txt").write_text("new")
    pending.remove(root / "c" / "file.txt")
    if moment == "staged":
        die()
"""
_OLD = {"a": "old", "b": "old", "c": "old"}
_NEW = {"a": "new", "b": "new", "c": None}
_OUTCOME = {
    "staged": _OLD,
    "journal drafted": _OLD,
    "journal written": _NEW,
    "between moves": _NEW,
    "moved": _NEW,
}


@pytest.fixture
def root(tmp_path):
    for name, text in _OLD.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.txt").write_text(text)
    return tmp_path


def _texts(root):
    files = {name: root / name / "file.txt" for name in _OLD}
    return {name: file.read_text() if file.exists() else None for name, file in files.items()}


@pytest.mark.parametrize("moment", _OUTCOME)
def test_killed(root, moment):
    done = subprocess.run([sys.executable, "-c", _KILLED, str(root), moment], check=False, timeout=600)
    assert done.returncode == -signal.SIGKILL
    if moment == "between moves":
        assert _texts(root) not in (_OLD, _NEW)  # it was indeed caught half way
    recover(root)
    assert _texts(root) == _OUTCOME[moment]
    assert list((root / ".staging").iterdir()) == []
    recover(root)
    assert _texts(root) == _OUTCOME[moment]


def test_killed_and_then_written_by_another(root):
    subprocess.run([sys.executable, "-c", _KILLED, str(root), "between moves"], check=False, timeout=600)
    with transaction(root) as pending:
        pending.stage(root / "a" / "file.txt").write_text("newer")
    assert _texts(root) == _NEW | {"a": "newer"}


def test_an_error_leaves_nothing(root):
    with pytest.raises(ValueError, match="half way"), transaction(root) as pending:  # noqa: PT012 - the error comes after staging
        pending.stage(root / "a" / "file.txt").write_text("new")
        pending.remove(root / "c" / "file.txt")
        raise ValueError("half way")
    assert _texts(root) == _OLD
    assert list((root / ".staging").iterdir()) == []


def test_staging_is_closed_to_others(root):
    previous = os.umask(0)
    try:
        with transaction(root) as pending:
            assert pending.folder.stat().st_mode & 0o077 == 0
    finally:
        os.umask(previous)


def test_a_second_writer_waits(root):
    entered, order = threading.Event(), []

    def second():
        entered.set()
        with transaction(root) as pending:
            order.append("second")
            before = (root / "a" / "file.txt").read_text()
            pending.stage(root / "a" / "file.txt").write_text(f"{before}, second")

    writer = threading.Thread(target=second)
    with transaction(root) as pending:
        writer.start()
        assert entered.wait(10)
        writer.join(0.2)
        assert writer.is_alive()
        order.append("first")
        pending.stage(root / "a" / "file.txt").write_text("first")
    writer.join(10)
    assert order == ["first", "second"]
    assert _texts(root)["a"] == "first, second"


def test_a_second_writer_is_told_when_it_has_waited_long(root, monkeypatch):
    monkeypatch.setattr(module, "_LOCK_SECONDS", 0.2)
    refused = []

    def second():
        try:
            with transaction(root):
                pass
        except StoreError as error:
            refused.append(str(error))

    with transaction(root):
        writer = threading.Thread(target=second)
        writer.start()
        writer.join(30)
    assert len(refused) == 1
    assert "另一程序正在写入" in refused[0]


def test_whoever_holds_a_store_opens_transactions_of_it_and_each_is_committed_by_itself(root):
    with holding(root), transaction(root) as outer:
        outer.stage(root / "a" / "file.txt").write_text("outer")
        with transaction(root) as inner:
            inner.stage(root / "b" / "file.txt").write_text("inner")
        assert _texts(root) == _OLD | {"b": "inner"}
    assert _texts(root) == _OLD | {"a": "outer", "b": "inner"}


def test_a_mark_says_that_its_transaction_was_committed_until_it_is_taken_away(root):
    with transaction(root) as pending:
        pending.mark()
        assert not committed(root, pending.id)
    assert committed(root, pending.id)
    unmark(root, pending.id)
    assert not committed(root, pending.id)
    assert not (root / "pending").exists()


def test_a_reader_leaves_the_staging_of_a_writer_alone(root):
    with transaction(root) as pending:
        staged = pending.stage(root / "a" / "file.txt")
        staged.write_text("new")
        recover(root)
        assert staged.exists()
        assert _texts(root) == _OLD
    assert _texts(root)["a"] == "new"


def test_folders_that_hold_nothing_any_more_go(root):
    with transaction(root) as pending:
        pending.remove(root / "a" / "file.txt")
    assert not (root / "a").exists()
    assert root.exists()


def test_while_something_is_computed_others_write_and_what_was_computed_survives_it(root):
    with unstaged_file(root) as computed:
        computed.write(b"first half, ")
        writing = threading.Thread(target=_write, args=(root, "other"))
        writing.start()
        writing.join(30)
        assert not writing.is_alive()
        computed.write(b"second half")
        computed.seek(0)
        assert computed.read() == b"first half, second half"
    assert [path.name for path in root.iterdir() if path.is_file() and path.name != ".lock"] == ["other"]


def _write(root, name):
    with transaction(root) as pending:
        pending.stage(root / name).write_text(name)


def test_a_full_disk_is_said_also_of_what_is_computed(root):
    with pytest.raises(StoreError, match="cannot be written"), unstaged_file(root):
        raise OSError(errno.ENOSPC, "full")


def test_a_store_in_which_nothing_is_staged_is_opened_without_its_lock(tmp_path, monkeypatch):
    with transaction(tmp_path) as staged:
        del staged
    assert (tmp_path / ".staging").exists()
    monkeypatch.setattr(module, "holding_if_free", lambda _root: pytest.fail("the lock was taken"))
    recover(tmp_path)
