"""Runners of jobs without a server around them, and jobs that wait until a test lets them go on."""

import sys

from tests.browser import wait_until
from workbench.clock import now_in_beijing
from workbench.jobs.job import JobRequest
from workbench.jobs.job_files import JobFiles
from workbench.jobs.runner import JobRunner

SECONDS = 120
_WAITS = """
import sys, time
from workbench.errors import Words
from workbench.jobs import child, work

def waits(request, here):
    here.say(Words("等待", "waiting"))
    if request.options.get("writes"):
        here.writing()
    while not (here.facts.root / "go").exists():
        time.sleep(0.02)
    (here.facts.root / "went").touch()
    return (Words("做完了", "done"),)

work._WORK["score"] = waits
sys.exit(child.main())
"""
WAITING = (sys.executable, "-c", _WAITS)
"""In place of scoring, a job that waits for the file `go` of its store, and then leaves the file `went`."""


def runner(root, *, waiting=True):
    """A runner whose jobs of scoring wait, or do what they do."""
    made = JobRunner(root)
    if waiting:
        made.command = WAITING
    return made


def ask(root, round_name="2019-10", **options):
    """A job that is queued."""
    return JobFiles(root).add(JobRequest("score", round_name, options=options), now_in_beijing())


def look_until(running, met, otherwise="the job does not get there"):
    """Have a runner look until something holds."""

    def looked():
        running.look()
        return met()

    wait_until(looked, SECONDS, otherwise)


def state(root, job):
    """Where a job stands."""
    return JobFiles(root).job(job.id).state


def has_said(root, job):
    """Whether a job that waits has come so far."""
    return JobFiles(root).job(job.id).progress.text.zh == "等待"
