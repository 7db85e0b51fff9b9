"""The warm process: where it cannot be, when it is made anew, and how it ends with its server."""

import logging
import os
import signal
import socket
import subprocess
import threading

import pytest

from tests.browser import wait_until
from tests.server.forks import NEED_LINUX, SECONDS, answers, has_ended, is_running
from workbench.server.forks import provisioner
from workbench.server.forks import warm as warm_module
from workbench.server.forks.code_version import code_version
from workbench.server.forks.protocol import ForkRequest
from workbench.server.forks.warm import VARIABLE, WarmProcess, can_fork

pytestmark = NEED_LINUX


def test_without_a_warm_process_a_kernel_starts_as_everywhere(own_warm, tmp_path, caplog):
    os.kill(own_warm.pid, signal.SIGKILL)
    has_ended(own_warm._process.pid)
    with caplog.at_level(logging.WARNING, "workbench.server"):
        value, _, parent = answers(own_warm, tmp_path, "6 * 7")
    assert (value, parent) == ("42", os.getpid())
    assert "not forked" in caplog.text
    wait_until(lambda: own_warm.pid is not None, SECONDS, "there is no new warm process")
    own_warm.start().result(SECONDS)
    assert answers(own_warm, tmp_path, "6 * 7")[2] == own_warm.pid


@pytest.mark.deep  # a kernel that starts by itself in every run: the test above
def test_an_installation_that_does_not_register_it_starts_kernels_all_the_same(warm, tmp_path, monkeypatch):
    monkeypatch.setattr(provisioner, "entry_points", lambda **_: ())
    value, _, parent = answers(warm, tmp_path, "6 * 7")
    assert (value, parent) == ("42", os.getpid())


@pytest.mark.deep
def test_one_that_does_not_answer_is_ended_and_the_page_starts_without(own_warm, tmp_path):
    os.kill(own_warm.pid, signal.SIGSTOP)
    own_warm._requests.settimeout(0.2)
    stopped = own_warm._process.pid
    assert answers(own_warm, tmp_path, "6 * 7")[0] == "42"
    has_ended(stopped)


@pytest.mark.deep
def test_one_that_is_killed_while_it_is_asked_leaves_no_handle_and_the_next_answers(own_warm, tmp_path):
    os.kill(own_warm.pid, signal.SIGSTOP)
    ours, theirs = socket.socketpair()
    ours.settimeout(SECONDS)
    asked = own_warm.fork(ForkRequest("", {}, str(tmp_path), "x", writes_pages=True), theirs.detach())
    os.kill(own_warm.pid, signal.SIGKILL)
    with pytest.raises(OSError):  # noqa: PT011 - the connection ends, or is reset
        asked.result(SECONDS)
    # The end that was on its way to the process is nobody's.
    assert ours.recv(1) == b""
    ours.close()
    own_warm.start().result(SECONDS)
    assert answers(own_warm, tmp_path, "6 * 7")[2] == own_warm.pid


def test_it_is_tried_on_linux_unless_it_is_switched_off(monkeypatch, caplog):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert can_fork()
    monkeypatch.setenv(VARIABLE, "0")
    assert not can_fork()
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(warm_module.sys, "platform", "win32")
    assert not can_fork()
    assert "need Linux" in caplog.text


def test_code_that_cannot_be_warmed_up_is_not_tried_over_and_over(monkeypatch, caplog):
    monkeypatch.setattr(warm_module.sys, "executable", "/bin/false")
    process = WarmProcess()
    with caplog.at_level(logging.WARNING, "workbench.server"):
        for _ in range(3):
            process.start().result(SECONDS)
    assert caplog.text.count("it ended while it warmed up") == 1
    monkeypatch.undo()
    monkeypatch.setattr(warm_module, "code_version", lambda: "another")
    process.start().result(SECONDS)
    assert process.pid is not None
    process.close()


@pytest.mark.deep  # one that is made anew in every run: the test before
def test_one_that_warmed_up_too_slowly_is_tried_again(monkeypatch, caplog):
    monkeypatch.setattr(warm_module, "_WARM_UP_SECONDS", 0.01)
    process = WarmProcess()
    process.start().result(SECONDS)
    assert process.pid is None
    assert "timed out" in caplog.text
    monkeypatch.undo()
    process.start().result(SECONDS)
    assert process.pid is not None
    process.close()


@pytest.fixture
def started_processes(monkeypatch):
    """What is started meanwhile; nothing of it is left behind."""
    started = []
    start = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *words, **options: started.append(start(*words, **options)) or started[-1]
    )
    yield started
    for each in started:
        each.kill()
        each.wait()


def test_a_server_that_ends_before_its_warm_process_starts_leaves_none(monkeypatch, started_processes):
    """The numbers of what `close` lets go of are used again: the process would hold its own far end, and see no end."""
    reached, go_on = threading.Event(), threading.Event()
    version = warm_module.code_version

    def delayed_version():
        reached.set()
        assert go_on.wait(SECONDS)
        return version()

    monkeypatch.setattr(warm_module, "code_version", delayed_version)
    process = WarmProcess()
    turn = process.start()
    assert reached.wait(SECONDS)
    threading.Timer(0.5, go_on.set).start()  # `close` may wait for the turn, or not
    process.close()
    turn.result(SECONDS)
    assert not [each.pid for each in started_processes if each.poll() is None]


def test_a_server_that_ends_while_its_process_warms_up_ends_it(started_processes):
    process = WarmProcess()
    turn = process.start()
    wait_until(lambda: started_processes, SECONDS, "nothing was started")
    process.close()
    process.close()  # once more lets go of nothing that is somebody else's by now
    assert turn.done()
    assert not [each.pid for each in started_processes if each.poll() is None]


@pytest.mark.deep  # a kernel beside none that is warm in every run: the first test
def test_a_page_does_not_wait_for_one_that_warms_up_for_long(monkeypatch, tmp_path, caplog):
    """It starts a kernel of its own meanwhile, and those after it are forked."""
    reached, go_on = threading.Event(), threading.Event()
    version = warm_module.code_version

    def delayed_version():
        reached.set()
        assert go_on.wait(SECONDS)
        return version()

    monkeypatch.setattr(warm_module, "code_version", delayed_version)
    monkeypatch.setattr(provisioner, "PATIENCE_SECONDS", 0.1)
    process = WarmProcess()
    turn = process.start()
    assert reached.wait(SECONDS)
    assert process.start() is turn
    with caplog.at_level(logging.WARNING, "workbench.server"):
        assert answers(process, tmp_path, "6 * 7")[2] == os.getpid()
    assert "not ready" in caplog.text
    go_on.set()
    turn.result(SECONDS)
    assert answers(process, tmp_path, "6 * 7")[2] == process.pid
    process.close()


@pytest.mark.deep
def test_it_is_renewed_when_the_code_changes_and_only_then(own_warm, monkeypatch):
    before = own_warm.pid
    own_warm.start().result(SECONDS)
    assert own_warm.pid == before
    monkeypatch.setattr(warm_module, "code_version", lambda: "another")
    own_warm.start().result(SECONDS)
    assert own_warm.pid != before
    assert not is_running(before)


def test_the_version_follows_every_file_of_the_program(tmp_path):
    versions = {code_version(tmp_path)}
    for name in ("a.py", "figures.yaml", "page.html"):
        (tmp_path / name).write_text("1", encoding="utf-8")
        versions.add(code_version(tmp_path))
    (tmp_path / "a.py").write_text("12", encoding="utf-8")
    assert len(versions | {code_version(tmp_path)}) == 5


def test_looking_for_another_version_opens_each_folder_once(tmp_path, monkeypatch):
    for folder in ("a", "a/b", "c", "c/__pycache__"):
        (tmp_path / folder).mkdir()
    opened, scandir = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: opened.append(str(path)) or scandir(path))
    code_version(tmp_path)
    assert sorted(opened) == sorted({*opened})
    assert len(opened) == 4
