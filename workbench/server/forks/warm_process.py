"""The warm process: imports what every page needs, waits for the server's requests, and forks a kernel or a writer of pages for each.

Started by the server (`python -m workbench.server.forks.warm_process REQUESTS LIFELINE`, the numbers of two files that it
inherits). It runs no page, opens no store, holds nobody's data: nothing of it can be stale but the code.
"""

import gc
import importlib
import os
import select
import socket
import sys
import warnings
from contextlib import suppress
from pathlib import Path

from workbench.server.forks.protocol import READY, ForkRequest, receive_request, send_child
from workbench.server.forks.threads import unexpected_threads
from workbench.ui.kit.texts.language import read_all
from workbench.ui.kit.texts.templates import compile_all

MODULES = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipywidgets",
    "narwhals._polars.dataframe",
    "pyarrow.compute",
    "pyarrow.parquet",
    "duckdb",
    "sqlalchemy.dialects.sqlite",
    "tornado.platform.asyncio",
    "workbench.preview.hindsight.shrunk_shares",
    "workbench.register.access.passwords",
    "workbench.server.writers.writer_process",
    "workbench.ui.pages.county_standard.page",
    "workbench.ui.pages.early_warning.page",
    "workbench.ui.pages.home.my_work",
    "workbench.ui.pages.home.overview",
    "workbench.ui.pages.intake.page",
    "workbench.ui.pages.model.page",
    "workbench.ui.pages.register.requests.answers",
    "workbench.ui.pages.register.requests.whole_page",
    "workbench.ui.pages.scenario_lab.page",
    "workbench.ui.pages.training.page",
)
"""What kernels and pages import; importing starts none of the working threads of Polars, Arrow or DuckDB, computing would."""
_REAP_MS = 500


def warm_up() -> None:
    """Import everything, read texts and templates, then put what stands out of the collector's reach: it would write into every shared page of memory."""
    gc.disable()
    # No page is debugged: ipykernel does without where it cannot be imported, else every kernel loads a hundred modules of it.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    for name in MODULES:
        importlib.import_module(name)
    # What else each page would read and compile by itself, half of the time that its cell takes.
    compile_all()
    read_all()
    gc.collect()
    # After a last collection, so that nothing dead is kept in every child.
    gc.freeze()


def serve(requests: socket.socket) -> tuple[ForkRequest, list[int]] | None:
    """Answer requests until the server hangs up: None. In a child: the request that it is to serve, and its handles."""
    waiting = select.poll()
    waiting.register(requests, select.POLLIN)
    while True:
        if not waiting.poll(_REAP_MS):
            _reap()
            continue
        asked = receive_request(requests)
        if asked is None:
            return None
        pid = os.fork()
        if pid == 0:
            # The server reads from this socket's end that the warm process is gone: no child may hold it open.
            requests.close()
            return asked
        for each in asked[1]:
            # The child's alone: while anybody else held it, the server would not read that the child is gone.
            os.close(each)
        # Before the child can be reaped, so that the handle is certainly of this one.
        handle = os.pidfd_open(pid)
        send_child(requests, pid, handle)
        os.close(handle)
        _reap()


def _reap() -> None:
    """Let go of the children that ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main(requests_fd: int, lifeline: int) -> None:
    """Warm up, say so, and serve; each child runs its kernel and ends with it."""
    requests = socket.socket(fileno=requests_fd)
    Path("/proc/self/comm").write_text("workbench-warm", encoding="ascii")
    warm_up()
    others = unexpected_threads()
    if others:
        # A lock that such a thread holds at the fork would never be released in the child.
        requests.send(f"threads run: {', '.join(others)}".encode())
        return
    # Python 3.12 warns of a fork beside any thread; which ones there are is known.
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    requests.send(READY)
    asked = serve(requests)
    if asked is None:
        return
    request, handles = asked
    if request.writes_pages:
        from workbench.server.writers.writer_process import run_writer  # noqa: PLC0415 - only in the child

        run_writer(request, handles[0], lifeline)
    else:
        from workbench.server.forks.child import run_kernel  # noqa: PLC0415 - as above

        run_kernel(request, lifeline)


if __name__ == "__main__":
    # `-m` puts the working folder first: what lies in the folder that the server was started from is no module of a page.
    del sys.path[0]
    main(int(sys.argv[1]), int(sys.argv[2]))
