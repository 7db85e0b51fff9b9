"""The server's side of the warm process: started with the server, watched, made anew when it dies or the code changes."""

import logging
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from workbench.server.forks.code_version import code_version
from workbench.server.forks.forked_process import ForkedProcess
from workbench.server.forks.protocol import LARGEST, READY, ForkRequest, receive_child, send_request
from workbench.server.forks.threads import ALLOCATORS, SINGLE_THREADED

log = logging.getLogger("workbench.server")
WATCH_MS = 5000
"""How often the server looks whether its warm process runs, and runs the code as it is now."""
_WARM_UP_SECONDS, _FORK_SECONDS = 120.0, 60.0
"""So long each may take on a busy machine (warming up takes three seconds of a core); then pages start as everywhere else."""
_AGAIN_SECONDS = 600.0
"""Until code that could not be warmed up is tried again: each try takes seconds of a core, and would fail the same way."""


VARIABLE = "WORKBENCH_FORKED_KERNELS"
"""Set to 0, every page starts a kernel by itself, as where the system cannot fork."""


def can_fork() -> bool:
    """Whether kernels are forked: where the system has what that needs, Linux 5.3 or newer; else the log says why not."""
    if os.environ.get(VARIABLE) == "0":
        log.warning("pages start one by one: %s is 0", VARIABLE)
        return False
    able = sys.platform == "linux" and hasattr(os, "pidfd_open")
    if not able:
        log.warning("pages start one by one: forked kernels need Linux 5.3 or newer")
    return able


class WarmProcess:
    """One process with the program loaded. Its methods may be called from the event loop: what takes time runs in a thread."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: socket.socket | None = None
        self._version = ""
        self._failed_version, self._failed_at = "", 0.0
        self._closed = False
        self._ready = False
        self._renewing: Future[None] | None = None
        # Held while a process is started, and while it is said that none is to be any more.
        self._starting = Lock()
        # One thread: requests are answered in turn, and none of them meets a process that is just being replaced.
        self._turns = ThreadPoolExecutor(1, "warm-process")
        # The write end is nobody's but the server's: when it goes, however it goes, every child reads the end of it.
        self._lifeline, self._held = os.pipe()

    @property
    def pid(self) -> int | None:
        """The process that runs now; None where none does."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def is_ready(self) -> bool:
        """Whether the process that was started last has said that it may fork; not while another is being warmed up."""
        return self._ready

    def start(self) -> "Future[None]":
        """Begin to warm up, unless it runs already and has the code as it is now. Asked again meanwhile: the same turn."""
        # Warming up may take a minute on a busy machine, and each look in it would wait for a turn of its own.
        if self._renewing is None or self._renewing.done():
            self._renewing = self._turns.submit(self._renew)
        return self._renewing

    def watch(self) -> None:
        """Look whether it still runs, and runs the code as it is now; else it is made anew, in the background."""
        self.start()

    def fork(self, request: ForkRequest, handle: int | None = None) -> "Future[ForkedProcess]":
        """Ask for a process, which gets the file `handle`, closed here. Its future raises OSError where none can be had this way."""
        return self._turns.submit(self._fork, request, handle)

    def close(self) -> None:
        """End the warm process, and with the lifeline every kernel that still runs. Waits for the turn that runs."""
        with self._starting:
            if self._closed:
                return
            self._closed = True
            process = self._process
        if process is not None:
            process.kill()  # a turn that waits for its answer reads the end of it
        # The numbers of handles are used again at once: none is let go of while a turn may hand it to a new process.
        self._turns.shutdown(cancel_futures=True)
        self._end()
        for handle in (self._lifeline, self._held):
            os.close(handle)

    def _renew(self) -> None:
        version = code_version()
        if self.pid is not None and version == self._version:
            return
        if version == self._failed_version and time.monotonic() - self._failed_at < _AGAIN_SECONDS:
            return
        if self._process is not None:
            log.warning("the warm process is made anew: %s", "the code changed" if self.pid else "it had ended")
        try:
            self._replace(version)
        except OSError as error:
            self._end()
            if self._closed:
                return
            # Too slow is no fault of the code: a busy machine is tried again at the next look.
            if not isinstance(error, TimeoutError):
                self._failed_version, self._failed_at = version, time.monotonic()
            log.warning("no warm process, pages start one by one: %s", error)

    def _replace(self, version: str) -> None:
        self._end()
        with self._starting:
            if self._closed:
                raise ConnectionError("the server ends")
            self._process, self._requests = self._started()
        self._version = version
        answer = self._requests.recv(LARGEST)
        if answer != READY:
            raise ConnectionError(answer.decode(errors="replace") or "it ended while it warmed up")
        self._requests.settimeout(_FORK_SECONDS)
        self._ready = True

    def _started(self) -> tuple["subprocess.Popen[bytes]", socket.socket]:
        """A new process, and the server's end of its socket."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(_WARM_UP_SECONDS)
        with theirs:
            handles = (theirs.fileno(), self._lifeline)
            command = [sys.executable, "-m", "workbench.server.forks.warm_process", *map(str, handles)]
            # An administrator may set the number of threads; allocators never get any, for a fork beside one is unsafe.
            environment = {**SINGLE_THREADED, **os.environ, **ALLOCATORS}
            process = subprocess.Popen(  # noqa: S603 - ourselves
                command, env=environment, pass_fds=handles, stdin=subprocess.DEVNULL, start_new_session=True
            )
        return process, ours

    def _fork(self, request: ForkRequest, handle: int | None) -> ForkedProcess:
        try:
            if self._closed or self._requests is None or self.pid is None:
                raise ConnectionError("there is no warm process")
            try:
                send_request(self._requests, request, handle)
                return ForkedProcess(*receive_child(self._requests))
            except OSError:
                # One that did not answer may answer late, and the next page would get this one's kernel.
                self._end()
                raise
        finally:
            # The process has its own copy, or there is none: it reads the end of the socket where the server's is closed.
            if handle is not None:
                os.close(handle)

    def _end(self) -> None:
        self._ready = False
        if self._requests is not None:
            self._requests.close()
            self._requests = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
