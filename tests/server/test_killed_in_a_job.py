"""The server is killed in the middle of a job, with the job or without it: what it says afterwards is true, nothing is half written, and the job can be done."""

import shutil
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.browser import start_server, wait_until
from tests.jobs.runners import SECONDS
from tests.register.changes import take_through
from tests.register.conftest import COUNTY, ROUND, Office, opened_office, register_of_real_facts
from tests.server.visitor import SECRET, Visitor
from tests.trained_city import trained_city
from workbench.clock import now_in_beijing
from workbench.intake.isolation.parent import read_apart
from workbench.intake.isolation.transfer import hand_over
from workbench.jobs.job import FILE, SCORE, TAKE_IN, JobRequest, State
from workbench.jobs.job_files import JobFiles
from workbench.register.audit.store_verification import unfinished, verify_store
from workbench.register.procedure.filings import filings
from workbench.settings import NOTEBOOKS
from workbench.store.batches.batch import batches
from workbench.store.scores import has_scores

pytestmark = pytest.mark.deep
EXPORT = Path(__file__).parents[1] / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"
_STOPPING = """
import sys, time
from pathlib import Path
from sqlalchemy import Engine, event
from workbench.jobs import child
from workbench.store import transaction

moment, there = sys.argv.pop(1), Path(sys.argv[1])

def stop(*_arguments):
    (there / ".jobs" / "stopped").touch()
    while True:
        time.sleep(0.05)

def stopping(whole):
    def work(*arguments):
        made = whole(*arguments)
        stop()
    return work

def then_stop_at_commit(whole):
    def writing(self):
        whole(self)
        # Whoever only reads commits too, and has changed no row.
        event.listen(Engine, "commit", lambda used: used.connection.total_changes and stop())
    return writing

if moment == "working":
    child.RunningJob.say = stopping(child.RunningJob.say)
elif moment == "uncommitted":
    child.RunningJob.writing = then_stop_at_commit(child.RunningJob.writing)
elif moment == "committed":
    transaction._apply = stop
elif moment == "done":
    child.do = stopping(child.do)
sys.exit(child.main())
"""
"""A job that stops for ever: while it works, before the register takes what it wrote, when its files are committed and not yet in place, when all is done and nobody was told."""
_SERVER = """
import sys
from workbench.jobs.runner import JobRunner
JobRunner.command = (sys.executable, "-c", {code!r}, {moment!r})
"""
DONE_BY_THEN = {"working": 0, "uncommitted": 0, "committed": 1, "done": 1}
"""How many results of the job there are after the restart, by the moment at which all was killed."""
MOMENTS = [
    (SCORE, "working"), (SCORE, "committed"), (SCORE, "done"),
    (FILE, "working"), (FILE, "uncommitted"), (FILE, "done"),
    (TAKE_IN, "working"), (TAKE_IN, "uncommitted"), (TAKE_IN, "committed"), (TAKE_IN, "done"),
]  # fmt: skip
"""Scoring writes files alone, filing the register alone, an import both."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return trained_city(tmp_path_factory) / "store"


@pytest.fixture
def office_of(request, tmp_path):
    """Opens an office over a copy of the store that a kind of job needs: real facts to take in more, else simulated ones with a model."""
    opened = []

    def open_for(kind):
        root = tmp_path / "store"
        if kind == TAKE_IN:
            shutil.copytree(request.getfixturevalue("real_city"), root)
            opened.append(Office(register_of_real_facts(root, None)))
        else:
            shutil.copytree(request.getfixturevalue("trained" if kind == SCORE else "city"), root)
            opened.append(opened_office(root, None))
        return opened[0]

    yield open_for
    for each in opened:
        each.register.engine.dispose()


def request_of(office, kind):
    """What is asked for, by whoever may."""
    if kind == FILE:
        take_through(office, office.households("lifted", "2")[0], "2")
        return JobRequest(FILE, ROUND, COUNTY, "officer", "县办甲", {"of": "risk"})
    if kind == SCORE:
        return JobRequest(SCORE, office.register.facts.rounds()[-1], None, "admin", "管理员")
    options = {"of": EXPORT.name, "sha256": "0" * 64, "counties": ["341522"]}
    return JobRequest(TAKE_IN, ROUND, None, "admin", "管理员", options)


def asked_for(root, request):
    """A job, queued as its page queues it; what is taken in goes with its job, and is handed in again each time."""
    payload = None
    if request.kind == TAKE_IN:
        result = read_apart(EXPORT, round_name=ROUND)
        payload = partial(hand_over, result=result)
    return JobFiles(root).add(request, now_in_beijing(), payload)


def results_of(office, kind):
    """How many results of this kind of job there are."""
    facts = office.register.facts
    if kind == FILE:
        return len(filings(office.officer))
    if kind == SCORE:
        return int(has_scores(facts.root, facts.rounds()[-1]))
    # A file that is handed in again is a batch too, of no county.
    return sum(bool(each.counties) for each in batches(facts.root))


def killed(root, moment, log):
    """Do the job by a server up to a moment and kill the server there, and the job too where it writes: before that it ends by itself."""
    server = start_server(root, NOTEBOOKS, log, before=_SERVER.format(code=_STOPPING, moment=moment))
    stopped = JobFiles(root).folder / "stopped"
    wait_until(stopped.exists, SECONDS, "the job does not get there")
    working = [each for each in psutil.Process(server.process.pid).children() if each.cmdline()[-2:-1] == [str(root)]]
    assert len(working) == 1
    server.process.kill()
    server.process.wait()
    if moment != "working":
        working[0].kill()
    psutil.wait_procs(working, SECONDS)
    assert not working[0].is_running()
    stopped.unlink()


def said_of(visitor, job):
    """What the page says of a job, in the row of the job."""
    _, text = visitor.get("jobs")
    return text.partition(f'data-job="{job.id}"')[2].partition("</tr>")[0]


@pytest.mark.parametrize(("kind", "moment"), MOMENTS)
def test_what_was_being_done_is_there_whole_or_not_at_all_and_the_page_says_which_may_be(
    office_of, tmp_path, kind, moment
):
    office = office_of(kind)
    root, request = office.register.facts.root, request_of(office, kind)
    before = results_of(office, kind)
    job = asked_for(root, request)
    killed(root, moment, tmp_path / "first.log")
    assert JobFiles(root).job(job.id).state is State.RUNNING  # as nobody could say
    server = start_server(root, NOTEBOOKS, tmp_path / "second.log")
    try:
        visitor = Visitor(server)
        visitor.sign_in("admin", SECRET if kind == TAKE_IN else "")
        wait_until(lambda: JobFiles(root).job(job.id).state is State.UNFINISHED, SECONDS, "it counts as running")
        said = said_of(visitor, job)
        assert "没有做完（服务器停过）" in said
        assert ("数据目录没有写坏" if moment == "working" else "或者完全没有") in said
        assert results_of(office, kind) - before == DONE_BY_THEN[moment]
        assert not list(root.glob(".staging/*/*"))
        again = asked_for(root, request)
        wait_until(lambda: not JobFiles(root).job(again.id).is_open, SECONDS, "it is not done")
        assert JobFiles(root).job(again.id).state is State.DONE, JobFiles(root).job(again.id).result
        assert "已完成" in said_of(visitor, again)
    finally:
        server.stop()
    assert results_of(office, kind) - before == 1
    assert unfinished(root) == 0
    verified = verify_store(root, None)
    assert (verified.broken, verified.changed, verified.files, verified.unreadable) == (None, [], [], None)
