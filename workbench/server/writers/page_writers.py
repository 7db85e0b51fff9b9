"""The server's side of the processes that write pages: begun when several look at once, and done without where they fail.

One process of Python computes on one core. While the server itself wrote the pages that nobody had looked at yet, pages that
were ready waited for its threads to let go (0073).
"""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from threading import Lock

from workbench.server.forks.forked_process import ForkedProcess
from workbench.server.forks.protocol import ForkRequest
from workbench.server.forks.warm import WarmProcess
from workbench.server.kernels.turns import at_once
from workbench.server.writers.looks import Look, Written
from workbench.server.writers.writer_process import FAILED, LARGEST

log = logging.getLogger("workbench.server")
MOST = 4
"""However many cores there are: each takes the memory of a county."""
PATIENCE_SECONDS = 60.0
"""For one page: longer than a writer of the register may keep others waiting."""
TITLE = "workbench-pages"
"""Of such a process, as ps shows it."""


def writers_at_most() -> int:
    """How many there are where many look: one for each core that this process may use."""
    return min(at_once() // 2, MOST)


class PageWriter:
    """One process, and the socket by which it is asked."""

    def __init__(self, process: ForkedProcess, looks: Connection) -> None:
        self._process, self._looks = process, looks

    @property
    def is_running(self) -> bool:
        """Whether it still runs; one that nobody asked for long has ended."""
        return self._process.poll() is None

    def written(self, look: Look) -> Written | None:
        """What a look is answered with; None where it could not be written. Raises where the process is gone."""
        self._looks.send_bytes(look.to_bytes())
        if not self._looks.poll(PATIENCE_SECONDS):
            raise TimeoutError(f"no page in {PATIENCE_SECONDS:.0f} seconds")
        answer = self._looks.recv_bytes(LARGEST)
        return None if answer == FAILED else Written.from_bytes(answer)

    def end(self) -> None:
        """End it, and let go of it."""
        self._looks.close()
        self._process.kill()
        self._process.wait()


class PageWriters:
    """Writes looks: by these processes, or where there are none by what the server has for it. Asked from the loop."""

    warm_process: WarmProcess | None = None
    """Where they are forked from; None: there are never any."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        # A thread for each: it waits for its process, and computes nothing.
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="page-writer")
        self._idle: list[PageWriter] = []
        self._count = self._starting = self._at_work = 0
        self._closed = False

    async def written(self, look: Look, by_server: Callable[[], Awaitable[Written]]) -> Written:
        """Write a look; `by_server`: how the server does it itself."""
        self._at_work += 1
        try:
            # One person after another is served as fast without, and a process takes memory.
            if self._at_work > 1:
                self._begin()
            if self._count:
                answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._by_process, look)
                if answer is not None:
                    return answer
            return await by_server()
        finally:
            self._at_work -= 1

    def close(self) -> None:
        """End those that wait for a look; one that writes ends with the server's lifeline."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for writer in idle:
            writer.end()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _by_process(self, look: Look) -> Written | None:
        while writer := self._next():
            if not writer.is_running:
                self._forget(writer)
                continue
            try:
                answer = writer.written(look)
            except Exception as error:  # noqa: BLE001 - whatever it is: a look may be made again, and the server makes it now
                log.warning("a process that writes pages is gone: %r", error)
                self._forget(writer)
                return None
            with self._lock:
                if not self._closed:
                    self._idle.append(writer)
                    return answer
            writer.end()
            return answer
        return None

    def _next(self) -> PageWriter | None:
        """The one that was used last, which knows the county; the others may end meanwhile."""
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _forget(self, writer: PageWriter) -> None:
        writer.end()
        with self._lock:
            self._count -= 1

    def _begin(self) -> None:
        """Have as many as there may be, without waiting for them."""
        warm = self.warm_process
        if warm is None or not warm.is_ready:
            return
        with self._lock:
            missing = 0 if self._closed else self._most - self._count - self._starting
            self._starting += missing
        for _ in range(missing):
            ours, theirs = socket.socketpair()
            request = ForkRequest("", dict(os.environ), os.getcwd(), TITLE, writes_pages=True)  # noqa: PTH109 - a text is sent
            forked = warm.fork(request, theirs.detach())
            forked.add_done_callback(partial(self._begun, Connection(ours.detach())))

    def _begun(self, looks: Connection, forked: "Future[ForkedProcess]") -> None:
        try:
            writer = PageWriter(forked.result(), looks)
        except (OSError, CancelledError) as error:
            looks.close()
            log.warning("the server writes pages by itself: %s", error)
            with self._lock:
                self._starting -= 1
            return
        with self._lock:
            self._starting -= 1
            if not self._closed:
                self._count += 1
                self._idle.append(writer)
                return
        writer.end()
