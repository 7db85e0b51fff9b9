"""The process of one job: `python -m workbench.jobs.child STORE JOB`, started by the server, which holds its standard input.

It ends with the server, unless it is putting its results in place: then it goes on to say what came of it.
"""

import getpass
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

from workbench.clock import now_in_beijing
from workbench.errors import Words, WorkbenchError
from workbench.jobs.job import Job, Progress, State
from workbench.jobs.job_files import FOLDER, JobFiles
from workbench.jobs.work import Surroundings, do
from workbench.safeguards.private_files import private_by_default
from workbench.settings import models_path, register_url
from workbench.store.facts import FactStore

CHILD_LOCK = ".child.lock"
"""Held by the process of a job for as long as it lives: no second one works beside it, whoever started that."""
CALLED_OFF = 75
"""The exit status of a process that was asked to end, and had written nothing."""
_LESS_URGENT = 10
_EACH_SECONDS = 0.5
"""Not oftener is it written how far a job is."""
log = logging.getLogger("workbench.jobs")


class RunningJob:
    """A job in this process: what it says of itself, and when it can be ended."""

    def __init__(self, files: JobFiles, job: Job) -> None:
        self._files, self._job = files, job
        self._said_at = float("-inf")
        self._text = Words("", "")
        self._writing = False

    def say(self, text: Words | str) -> None:
        """Report what is being done."""
        self._text = text if isinstance(text, Words) else Words(text, text)
        self._report()

    def count(self, done: int, total: int) -> None:
        """Report that so many of so many are done (0: not known)."""
        if time.monotonic() - self._said_at > _EACH_SECONDS:
            self._report(done, total)

    def writing(self) -> None:
        """Report that results are being written: from here on the job is not ended, so that they are whole or not there."""
        self._writing = True
        self._report()

    def call_off(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End the job at once, as the server asks for it or has ended itself; unless results are being written, then it goes on."""
        # As a signal's handler it is called between two steps of the main thread, which is the one that writes: never within `writing`.
        if not self._writing:
            end_all()

    def _report(self, done: int = 0, total: int = 0) -> None:
        self._said_at = time.monotonic()
        self._files.report(self._job.id, Progress(self._text, done, total, self._writing))


def end_all() -> None:
    """End this process and whatever it started, without cleaning up."""
    # Workers of a training are processes of their own. Only where the group is its own: else its starter would go too.
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(CALLED_OFF)


def run(root: Path, job_id: str) -> int:
    """Do a job and say what became of it; returns the exit status."""
    files = JobFiles(root)
    job = files.job(job_id)
    running = RunningJob(files, job)
    signal.signal(signal.SIGTERM, running.call_off)
    threading.Thread(target=_end_with_server, args=(running,), name="server-watch", daemon=True).start()
    request, now = job.request, now_in_beijing()
    here = Surroundings(
        FactStore(root), register_url(), models_path(), files.payload(job_id), request.account or f"pages:{getpass.getuser()}", now,
        running.say, running.writing, lambda name, content: files.save_result(job_id, name, content),
    )  # fmt: skip
    try:
        state, result = State.DONE, tuple(do(request, here))
    except WorkbenchError as error:
        state, result = State.FAILED, (error.words,)
    except Exception as error:
        log.exception("a job failed")
        state, result = State.FAILED, (_in_words(error),)
    files.end(job_id, state, result, now_in_beijing())
    return 0


def _in_words(error: Exception) -> Words:
    """Return what is said of an error that nobody foresaw; the log has the error itself."""
    if isinstance(error, MemoryError):
        return Words("内存不足，没有做完。", "There was not enough memory; it is not done.")
    return Words(
        "程序出错，没有做完；已记入日志，请告知管理员。",
        "The program failed, it is not done; the log has it: tell the administrator.",
    )


def _end_with_server(running: RunningJob) -> None:
    """Read the end of what only the server holds open."""
    # Not through `sys.stdin`, whose lock an interpreter that ends would wait for.
    os.read(0, 1)
    running.call_off()


def main() -> int:
    """Take the lock, lower the priority below that of the pages, and do the job."""
    private_by_default()
    logging.basicConfig(level=logging.WARNING)
    root, job_id = Path(sys.argv[1]), sys.argv[2]
    if hasattr(os, "nice"):
        os.nice(_LESS_URGENT)
    try:
        with FileLock(root / FOLDER / CHILD_LOCK, timeout=0):
            return run(root, job_id)
    except Timeout:
        return CALLED_OFF


if __name__ == "__main__":
    sys.exit(main())
