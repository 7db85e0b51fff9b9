"""Processes of the pages' server: forked from one that has loaded everything already, where the system can do that."""

import atexit
import json
import os
import pickle
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Protocol

_TEMPLATE = """
import gc, json, os, pickle, signal, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.warm_template import WarmTemplate
del sys.path[0]
# What a server loads when it starts. Not workbench.server.application: that is read after its surroundings are set.
import bleach, jupyter_server.serverapp, jupyterlab_server.app, nbconvert, requests
import workbench.register.access.accounts, workbench.ui.pages.training.own_sets, workbench.ui.pages.training.sheets
from workbench.server.forks import warm
from workbench.server.pages import serve

warm.subprocess = WarmTemplate().forking
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a server ended: the system clears it away
gc.collect(), gc.freeze()  # else every server's collector looks through, and so copies, all that was loaded
for line in sys.stdin:
    asked = json.loads(line)
    pid = os.fork()
    if pid:
        print(pid, flush=True)
        continue
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for handle, standard in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(handle, standard)
    os.umask(asked["umask"])
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    tempfile.tempdir = None  # it was read from another environment
    store, notebooks, port, limit = asked["words"]
    status = 1
    try:
        if asked["reach"]:
            reach = pickle.loads(bytes.fromhex(asked["reach"]))
            serve(Path(store), notebooks=Path(notebooks), reach=reach, announce=lambda said: print(said, flush=True))
        else:
            serve(Path(store), notebooks=Path(notebooks), port=int(port), session_limit=int(limit))
        status = 0
    except SystemExit as ended:
        status = ended.code
    except BaseException:
        import traceback
        traceback.print_exc()
    finally:
        sys.stdout.flush(), sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 1)
"""
CAN_FORK = sys.platform == "linux" and hasattr(os, "pidfd_open")


class Running(Protocol):
    """What tests ask of a server's process: as much of `subprocess.Popen`."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Forked:
    """A process that is no child of ours. How it ended is not known: `poll` and `wait` give 0."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle: int | None = None
        try:
            self._handle = os.pidfd_open(pid)
        except ProcessLookupError:  # it ended at once
            return

    def poll(self) -> int | None:
        return 0 if self._ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        if not self._ended(timeout):
            raise subprocess.TimeoutExpired("server", timeout or 0)
        return 0

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None and self._handle is not None:
            signal.pidfd_send_signal(self._handle, number)

    def _ended(self, timeout: float | None) -> bool:
        if self._handle is None:
            return True
        if not select.select([self._handle], [], [], timeout)[0]:
            return False
        os.close(self._handle)
        self._handle = None
        return True


class _Template:
    """The process that servers are forked from: to load what they need takes longer than most tests of them."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def fork(self, words: list[str], log: Path, reach: object = None) -> Forked:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-P", "-c", _TEMPLATE, str(Path(__file__).parents[1])]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            atexit.register(self._process.kill)
        umask = os.umask(0)
        os.umask(umask)
        asked = {
            "words": words, "log": str(log.absolute()), "umask": umask, "folder": str(Path.cwd()), "environment": dict(os.environ),
            "reach": pickle.dumps(reach).hex() if reach else "",
        }  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Forked(int(self._process.stdout.readline()))


_template = _Template()


def started(words: list[str], log: Path, reach: object = None) -> Running:
    """A server for (store, notebooks, port, session limit), in the environment and folder of this process as they are now.

    `reach`: where it can be reached instead of at the port; then it says in the log when it is ready.
    """
    return _template.fork(words, log, reach)
