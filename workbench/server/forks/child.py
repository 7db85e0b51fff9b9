"""A forked kernel, from the inside: its own session, surroundings and randomness, then the ordinary kernel."""

import gc
import os
import random
import secrets
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
from ipykernel.kernelapp import IPKernelApp
from tornado.ioloop import PeriodicCallback
from traitlets.config import Config

from workbench.server.forks.page_comms import answer_shortly, say_nothing_until_asked
from workbench.server.forks.plain_parts import say_only_what_is_set
from workbench.server.forks.protocol import WAITING_MESSAGES, ForkRequest
from workbench.server.forks.returned_memory import LOOK_MS, AtRest


class PageKernelApp(IPKernelApp):
    """The ordinary kernel, which ends with the server instead of its parent, and names no connection in the log."""

    def init_iopub(self, context: Any) -> None:
        """Lose none of the messages that a page makes in a burst.

        ZeroMQ drops what goes above a thousand: a page of five hundred widgets whose states are asked for one by one
        makes three messages for each, and one that is lost leaves the page blank for good.
        """
        context.sndhwm = WAITING_MESSAGES
        super().init_iopub(context)  # type: ignore[no-untyped-call]

    def init_poller(self) -> None:
        """Watch no parent: it is the warm process, which may end before this one."""

    def log_connection_info(self) -> None:
        """Print no address to connect to: nobody else is to."""


def run_kernel(request: ForkRequest, lifeline: int) -> None:
    """Become the kernel of a request, and end with it."""
    become(request)
    threading.Thread(target=end_with_server, args=(lifeline,), name="server-watch", daemon=True).start()
    # Nobody looks up what a page ran, and all kernels would wait for one another at one database of it.
    app: Any = PageKernelApp.instance(config=Config({"HistoryManager": {"enabled": False}}))
    app.initialize(["-f", request.connection_file])
    register_in_kernel()
    say_nothing_until_asked(app.kernel)
    answer_shortly(app.kernel.comm_manager)
    say_only_what_is_set()
    PeriodicCallback(AtRest().look, LOOK_MS).start()
    app.start()
    # No exit handlers of the warm process: they would wait for threads that exist only there.
    app.close()
    sys.stdout.flush()
    os._exit(0)


def register_in_kernel() -> None:
    """Do what the modules do as they are imported into a kernel: they were imported where there was none yet.

    Without its control channel the widgets' manager asks for the state of each widget by itself, hundreds of times.
    """
    ipywidgets.register_comm_target()


def become(request: ForkRequest) -> None:
    """Take on a request's surroundings, as a process of its own that shares no randomness with its sisters."""
    # A kernel is signalled by its group, which is then its own: an interrupt reaches none of its sisters.
    os.setsid()
    # What ps shows; the command line is the warm process's for every child.
    Path("/proc/self/comm").write_text(request.title, encoding="ascii")
    # All of it: what is there are the surroundings of the moment in which the warm process began.
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    # Else that of the warm process, if it has ever asked for one.
    tempfile.tempdir = None
    random.seed(secrets.randbits(256))
    np.random.seed(secrets.randbits(32))  # noqa: NPY002 - the global one is what is shared
    # Off since `warm_up`, for the warm process alone: a page makes garbage.
    gc.enable()


def end_with_server(lifeline: int) -> None:
    """End when the server does, however it ended: only it holds the other end of this pipe."""
    os.read(lifeline, 1)
    # Not sys.exit, which would end this thread and leave the kernel.
    os._exit(1)
