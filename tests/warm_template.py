"""The warm processes of the pages' servers: forked from one that has warmed up, where the system can do that.

Warming up takes a second and a half of a core, what opens a page waits for it, and every one of the servers of a run does it. What the start itself has to do is tried in tests/server/test_warm_process.py, in warm processes that
start by themselves.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

from tests.server_process import Forked
from workbench.server.forks.threads import ALLOCATORS, SINGLE_THREADED

_TEMPLATE = """
import json, os, select, signal, socket, sys
from workbench.server.forks import warm_process
from workbench.server.forks.threads import unexpected_threads

gate, server = socket.socket(fileno=int(sys.argv[1])), os.getppid()
warm_process.warm_up()
if unexpected_threads():
    sys.exit(f"threads run: {unexpected_threads()}")
warm_process.warm_up = lambda: None
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system clears away what ended: who asked holds a handle of it
while os.getppid() == server:
    if not select.select([gate], [], [], 1.0)[0]:
        continue
    asking, _ = gate.accept()
    order, handles, *_ = socket.recv_fds(asking, 1 << 18, 4)
    pid = os.fork()
    if pid == 0:
        asked = json.loads(order)
        gate.close(), asking.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        for handle, standard in zip((os.open(os.devnull, os.O_RDONLY), *handles[2:]), (0, 1, 2)):
            os.dup2(handle, standard)
            os.close(handle)
        os.umask(asked["umask"])
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        warm_process.main(*handles[:2])
        sys.exit()
    asking.send(str(pid).encode())
    asking.close()
    for handle in handles:
        os.close(handle)
"""
_EVERYTHING = 1 << 18


class WarmTemplate:
    """The process that warm processes are forked from; ends with the process that made it, from which servers are forked."""

    def __init__(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as gate:
            gate.bind("")  # an address that the system chooses and takes back: no file is left of it
            gate.listen(64)
            self._place = gate.getsockname()
            # Allocators read these when they are loaded; whatever else is of a server's surroundings comes with its order.
            environment = {**os.environ, **SINGLE_THREADED, **ALLOCATORS}
            command = [sys.executable, "-P", "-c", _TEMPLATE, str(gate.fileno())]
            subprocess.Popen(command, env=environment, pass_fds=[gate.fileno()], stdin=subprocess.DEVNULL)

    def fork(
        self, _command: Sequence[str], *, env: Mapping[str, str], pass_fds: tuple[int, int], **_same: object
    ) -> Forked:
        """As much of `subprocess.Popen` as `workbench.server.forks.warm` asks of it."""
        umask = os.umask(0)
        os.umask(umask)
        order = {"environment": dict(env), "umask": umask, "folder": str(Path.cwd())}
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asking:
            asking.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _EVERYTHING)
            asking.connect(self._place)
            socket.send_fds(asking, [json.dumps(order).encode()], [*pass_fds, 1, 2])
            return Forked(int(asking.recv(64)))

    @property
    def forking(self) -> SimpleNamespace:
        """What stands in the place of the module `subprocess` where warm processes are started."""
        return SimpleNamespace(Popen=self.fork, DEVNULL=subprocess.DEVNULL)
