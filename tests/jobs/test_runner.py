"""Jobs are done one at a time by processes that end when somebody wants it, and with the server; none is shown as running that is not."""

import os
import signal
from pathlib import Path

import pytest

from tests.browser import wait_until
from tests.jobs.runners import SECONDS, ask, has_said, look_until, runner, state
from tests.server.forks import is_running
from workbench.clock import now_in_beijing
from workbench.jobs.job import State
from workbench.jobs.job_files import JobFiles


@pytest.fixture
def running(tmp_path):
    made = runner(tmp_path)
    yield made
    made.close()


def begun(root, running, **options):
    """A job that waits in the middle of its work."""
    job = ask(root, **options)
    look_until(running, lambda: has_said(root, job))
    return job


def cancel(root, job):
    JobFiles(root).cancel(job.id, "a", now_in_beijing())


def test_nothing_is_made_where_nobody_asked(tmp_path, running):
    running.look()
    assert list(tmp_path.iterdir()) == []


def test_one_is_done_at_a_time_in_their_order(tmp_path, running):
    first = begun(tmp_path, running)
    second = ask(tmp_path, "2020-04")
    running.look()
    assert (state(tmp_path, first), state(tmp_path, second)) == (State.RUNNING, State.QUEUED)
    assert os.getpriority(os.PRIO_PROCESS, running.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    (tmp_path / "go").touch()
    look_until(running, lambda: state(tmp_path, second) is State.DONE)
    jobs = [JobFiles(tmp_path).job(each.id) for each in (first, second)]
    assert [each.result[0].zh for each in jobs] == ["做完了", "做完了"]
    assert jobs[0].ended_at <= jobs[1].begun_at


def test_one_that_is_cancelled_ends_and_has_done_nothing(tmp_path, running):
    job = begun(tmp_path, running)
    pid = running.pid
    cancel(tmp_path, job)
    look_until(running, lambda: state(tmp_path, job) is State.CANCELLED)
    assert not is_running(pid)
    assert not (tmp_path / "went").exists()
    assert "与任务开始前一样" in JobFiles(tmp_path).job(job.id).result[0].zh


def test_one_that_writes_is_not_ended_any_more(tmp_path, running):
    job = begun(tmp_path, running, writes=True)
    cancel(tmp_path, job)
    running.look()
    # Also where the wish came a moment too early for the server to know of the writing.
    os.kill(running.pid, signal.SIGTERM)
    running.look()
    (tmp_path / "go").touch()
    look_until(running, lambda: state(tmp_path, job) is not State.RUNNING)
    assert state(tmp_path, job) is State.DONE
    assert (tmp_path / "went").exists()


def test_what_a_job_writes_meanwhile_goes_with_it_however_it_ends(tmp_path, running):
    job = begun(tmp_path, running)
    environment = Path(f"/proc/{running.pid}/environ").read_text().split("\0")
    folder = JobFiles(tmp_path).folder / job.id / "temporary"
    assert f"TMPDIR={folder}" in environment
    (folder / "list.csv").write_text("names", encoding="utf-8")
    os.kill(running.pid, signal.SIGKILL)
    look_until(running, lambda: state(tmp_path, job) is State.FAILED)
    assert not folder.exists()


@pytest.mark.deep
def test_one_whose_process_was_killed_says_so_and_the_next_is_done(tmp_path, running):
    job = begun(tmp_path, running)
    os.kill(running.pid, signal.SIGKILL)
    look_until(running, lambda: state(tmp_path, job) is State.FAILED)
    assert "意外结束" in JobFiles(tmp_path).job(job.id).result[0].zh
    (tmp_path / "go").touch()
    after = ask(tmp_path)
    look_until(running, lambda: state(tmp_path, after) is State.DONE)


def test_what_ran_when_the_server_ended_is_never_shown_as_running(tmp_path, running):
    job, waiting = begun(tmp_path, running), ask(tmp_path, "2020-04")
    pid = running.pid
    running.close()  # the end of its input is all that a killed server leaves, too
    wait_until(lambda: not is_running(pid), SECONDS, "it outlives the server")
    (tmp_path / "go").touch()
    again = runner(tmp_path)
    look_until(again, lambda: state(tmp_path, waiting) is State.DONE)
    assert state(tmp_path, job) is State.UNFINISHED
    again.close()


@pytest.mark.deep
def test_what_was_being_written_goes_on_without_the_server_and_says_what_came_of_it(tmp_path, running):
    job = begun(tmp_path, running, writes=True)
    running.close()
    again = runner(tmp_path)
    again.look()
    assert again.pid is None
    assert state(tmp_path, job) is State.RUNNING
    (tmp_path / "go").touch()
    look_until(again, lambda: state(tmp_path, job) is State.DONE)
    again.close()


@pytest.mark.deep
def test_a_second_server_of_a_store_only_looks(tmp_path, running):
    job = begun(tmp_path, running)
    second = runner(tmp_path)
    ask(tmp_path, "2020-04")
    second.look()
    assert second.pid is None
    assert state(tmp_path, job) is State.RUNNING
    second.close()


def test_one_that_ended_while_it_wrote_is_not_said_to_have_done_nothing(tmp_path, running):
    """Nobody knows whether it had: that it is there whole or not at all is all that can be said."""
    alone = begun(tmp_path, running, writes=True)
    os.kill(running.pid, signal.SIGKILL)
    look_until(running, lambda: state(tmp_path, alone) is State.FAILED)
    with_the_server = begun(tmp_path, running, writes=True)
    pid = running.pid
    running.close()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid), SECONDS, "it outlives its end")
    again = runner(tmp_path)
    look_until(again, lambda: state(tmp_path, with_the_server) is State.UNFINISHED)
    again.close()
    for job in (alone, with_the_server):
        assert "或者完全没有" in JobFiles(tmp_path).job(job.id).result[0].zh
