"""The processes that read files: forked from one that has loaded what they need, where the system can do that.

Most of what reading a small file takes is the start of its process. What the start itself has to do is tried in
tests/intake/test_reading_apart.py, in processes that start by themselves.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Self

_TEMPLATE = """
import gc, json, os, select, signal, socket, sys
import workbench.intake.export, workbench.intake.overview
from workbench.intake.isolation import child, transfer
from workbench.intake.reading import table_place
from workbench.intake.tables import mapping

gate = socket.socket(fileno=int(sys.argv[1]))
woken, wake = os.pipe()
os.set_blocking(wake, False)
signal.signal(signal.SIGCHLD, lambda *_: None)
signal.set_wakeup_fd(wake)
running, ended = {}, []
gc.collect(), gc.freeze()  # else every reading's collector looks through, and so copies, all that was loaded
while True:
    ready = select.select([gate, woken], [], [])[0]
    if woken in ready:
        os.read(woken, 4096)
        for pid, status in list(running.items()):
            # Not taken away yet: whoever looks after it may look at it once more, as at a child of its own.
            result = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if result is not None:
                code = result.si_status if result.si_code == os.CLD_EXITED else -result.si_status
                try:
                    os.write(status, f"{code}\\n".encode())
                except BrokenPipeError:
                    pass
                os.close(status)
                ended.append(pid)
                del running[pid]
    if gate in ready:
        order, handles, *_ = socket.recv_fds(gate, 1 << 16, 3)
        if not order:
            sys.exit()
        while ended:
            os.waitpid(ended.pop(), 0)
        pid = os.fork()
        if pid == 0:
            asked = json.loads(order)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for handle, standard in zip((*handles[:2], os.open(os.devnull, os.O_WRONLY)), (0, 1, 2)):
                os.dup2(handle, standard)
            os.closerange(3, 1024)
            os.chdir(asked["folder"])
            os.environ.clear()
            os.environ.update(asked["environment"])
            try:
                child.main()
            finally:
                os._exit(1)
        os.write(handles[2], f"{pid}\\n".encode())
        os.close(handles[0]), os.close(handles[1])
        running[pid] = handles[2]
"""
CAN_FORK = sys.platform == "linux" and hasattr(socket, "recv_fds")


class _Template:
    """The process that the others are forked from, one a process of a run; started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._gate: socket.socket | None = None

    def fork(self, environment: Mapping[str, str], handles: Sequence[int]) -> None:
        if self._process is None or self._process.poll() is not None:
            self._gate, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            command = [sys.executable, "-P", "-c", _TEMPLATE, str(other.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[other.fileno()])
            other.close()
            atexit.register(self._process.kill)
        assert self._gate is not None
        order = json.dumps({"environment": dict(environment), "folder": str(Path.cwd())})
        socket.send_fds(self._gate, [order.encode()], list(handles))


_template = _Template()


class ForkedReading:
    """As much of `subprocess.Popen` as `workbench.intake.isolation.parent` asks of it."""

    def __init__(self, _command: Sequence[str], *, env: Mapping[str, str], **_pipes: object) -> None:
        (order, to_order), (from_said, said), (from_status, status) = os.pipe(), os.pipe(), os.pipe()
        try:
            _template.fork(env, [order, said, status])
        finally:
            for handle in (order, said, status):
                os.close(handle)
        self._status = os.fdopen(from_status, encoding="ascii")
        self.stdin, self.stdout = os.fdopen(to_order, "w", encoding="utf-8"), os.fdopen(from_said, encoding="utf-8")
        self.pid = int(self._status.readline())
        self.returncode: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for pipe in (self.stdin, self.stdout):
            with suppress(BrokenPipeError):
                pipe.close()
        self.wait()
        self._status.close()

    def kill(self) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = int(self._status.readline())
        return self.returncode


forking = SimpleNamespace(Popen=ForkedReading, PIPE=subprocess.PIPE, DEVNULL=subprocess.DEVNULL)
"""What stands in the place of the module `subprocess` where processes that read are started."""
