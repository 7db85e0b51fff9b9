"""The server's side of jobs: one process at a time, watched, ended when somebody wants that, and accounted for after a restart."""

import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from workbench.clock import now_in_beijing
from workbench.errors import Words
from workbench.jobs.child import CHILD_LOCK
from workbench.jobs.job import State
from workbench.jobs.job_files import FOLDER, JobFiles
from workbench.store.transaction import recover

LOOK_MS = 1000
"""How often the server looks."""
_GRACE_SECONDS = 10.0
"""After so long a process that is asked to end, and writes nothing, is ended: it may be deep in a library."""
_LOCK = ".server.lock"
_UNFINISHED = Words(
    "服务器停止时这件任务还没有做完；数据目录没有写坏。需要的话请重新开始。",
    "The server ended before this job was done; the store is whole. Start it again if it is still wanted.",
)
_CUT_OFF = Words(
    "服务器和这件任务都在写入结果时停止：结果或者已全部写入，或者完全没有，不会只有一半。请看相应的页面；再做一次不会重复登记。",
    "The server and this job ended while its results were being put in place: they are there whole or not at all. Look at the page "
    "that they belong to; doing it again registers nothing twice.",
)
_VANISHED = Words(
    "任务的进程意外结束（多半是内存不足），没有做完；数据目录没有写坏。请告知管理员。",
    "The process of this job ended unexpectedly (most likely for want of memory); the store is whole. Tell the administrator.",
)
_CUT_OFF_ALONE = Words(
    "任务的进程在写入结果时意外结束：结果或者已全部写入，或者完全没有，不会只有一半。请看相应的页面，并告知管理员；再做一次不会重复登记。",
    "The process of this job ended unexpectedly while its results were being put in place: they are there whole or not at all. Look at "
    "the page that they belong to, and tell the administrator; doing it again registers nothing twice.",
)
_CALLED_OFF = Words("已取消；数据目录与任务开始前一样。", "Cancelled; the store is as it was before.")
log = logging.getLogger("workbench.server")


class JobRunner:
    """Does the jobs of a store one after another. `look` is called again and again, always from one thread.

    Two servers may look at one store: the first does the jobs, the other only shows them.
    """

    command: tuple[str, ...] = (sys.executable, "-m", "workbench.jobs.child")
    """What does a job; the store and the job's number follow."""

    def __init__(self, root: Path) -> None:
        self._root, self._files = root, JobFiles(root)
        self._lock = FileLock(root / FOLDER / _LOCK, timeout=0, thread_local=False)
        self._process: subprocess.Popen[bytes] | None = None
        self._job_id = ""
        self._asked_to_end: float | None = None

    @property
    def pid(self) -> int | None:
        """The process that works now; None where none does."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def look(self) -> None:
        """See to the job that runs, and begin the next."""
        # Nobody has ever asked for one: nothing is made in a store that is only looked at.
        if not self._files.folder.is_dir() or not self._is_ours():
            return
        if self._process is not None:
            self._watch(self._process)
        if self._process is None:
            self._begin_next()

    def close(self) -> None:
        """End what runs, unless it is putting its results in place: that goes on by itself."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            # Only so long that it can read the end of its input; what it writes is nobody's to wait for.
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)
        self._lock.release()

    def _is_ours(self) -> bool:
        """Whether this server does the jobs: it holds the lock, or could take it now."""
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire()
        except (Timeout, OSError):
            return False
        return True

    def _begin_next(self) -> None:
        # A process of the server before may still be putting its results in place, and says itself what came of it.
        if not self._nobody_works():
            return
        self._end_unfinished()
        job = next((each for each in self._files.open_jobs() if each.state is State.QUEUED), None)
        if job is None:
            return
        self._files.begin(job.id, now_in_beijing())
        command = [*self.command, str(self._root), job.id]
        self._job_id, self._asked_to_end = job.id, None
        # A session of its own: an interrupt at the server's terminal is the server's, which ends it in its own way.
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "TMPDIR": str(self._files.temporary(job.id))},
        )

    def _end_unfinished(self) -> None:
        """Say of jobs that a server before this one began, and nobody does any more, that they were not done."""
        for each in self._files.open_jobs():
            if each.state is State.RUNNING:
                # As where a process is lost under our eyes: nothing is said of a store in which something still lies about.
                recover(self._root)
                words = _CUT_OFF if each.progress.writing else _UNFINISHED
                self._files.end(each.id, State.UNFINISHED, (words,), now_in_beijing())

    def _nobody_works(self) -> bool:
        try:
            with FileLock(self._root / FOLDER / CHILD_LOCK, timeout=0):
                return True
        except (Timeout, OSError):
            return False

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        status = process.poll()
        if status is None:
            self._end_if_wanted(process)
            return
        if process.stdin is not None:
            process.stdin.close()
        # Workers that it started and left are swept away with it.
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        # What it had staged when it was ended is cleared, what it had committed is put in place.
        recover(self._root)
        job = self._files.job(self._job_id)
        if job.state is State.RUNNING:
            wanted = bool(job.cancelled_by) and self._asked_to_end is not None
            lost = _CUT_OFF_ALONE if job.progress.writing else _VANISHED
            state, words = (State.CANCELLED, _CALLED_OFF) if wanted else (State.FAILED, lost)
            if not wanted:
                log.warning("the process of job %s ended with status %s", self._job_id, status)
            self._files.end(self._job_id, state, (words,), now_in_beijing())
        self._process = None

    def _end_if_wanted(self, process: "subprocess.Popen[bytes]") -> None:
        job = self._files.job(self._job_id)
        if not job.cancelled_by or job.progress.writing:
            return
        if self._asked_to_end is None:
            self._asked_to_end = time.monotonic()
            process.terminate()
        # What waits for it keeps it from ever beginning to write: only a long step of a library is ended here.
        elif time.monotonic() - self._asked_to_end > _GRACE_SECONDS:
            process.kill()
