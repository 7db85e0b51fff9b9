"""Serve the pages for officials: `workbench serve`."""

import os
import webbrowser
from collections.abc import Callable
from pathlib import Path

from workbench.errors import InputError, Words
from workbench.safeguards.private_files import private_by_default
from workbench.safeguards.temporary_folders import temporary_folder
from workbench.server.catalogue import notebooks_in
from workbench.server.configuration import SESSION_LIMIT, configuration
from workbench.server.doors.page_folders import UPLOADS, UPLOADS_VARIABLE
from workbench.server.doors.reach import Reach
from workbench.server.environment import check_port, isolate
from workbench.server.kernels.memory import MEMORY
from workbench.settings import NOTEBOOKS

_NOT_ENCRYPTED = Words(
    "注意：没有加密，密码和数据以明文经过网络。请用 --certificate 和 --key，或在前面放一台加密的代理（--behind-proxy）。",
    "Note: nothing is encrypted, passwords and data cross the network as they are. Use --certificate and --key, or a proxy that "
    "encrypts (--behind-proxy).",
)


def _silent(_message: Words) -> None:
    """Say nothing."""


def serve(
    store: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8866,
    reach: Reach | None = None,
    open_browser: bool = False,
    notebooks: Path = NOTEBOOKS,
    session_limit: int = SESSION_LIMIT,
    session_memory: int = MEMORY,
    announce: Callable[[Words], None] = _silent,
) -> None:
    """Serve the pages of `notebooks` over the facts of `store` until interrupted.

    `reach` says more of where they can be reached than `host` and `port` do; `session_memory`: bytes that a session may
    fill before it is ended (0: any). `announce` is told when the pages answer. Changes the environment of this process
    (see `isolate`). Raises InputError where there is no page, the port is taken, or what was asked for is not safe: real
    data without accounts for other computers.
    """
    # First: whatever is written from here on is its owner's alone (0015).
    private_by_default()
    if not notebooks_in(notebooks):
        raise InputError(
            Words(
                f"{notebooks}：没有页面；请在工作台的目录中运行",
                f"{notebooks}: there are no notebooks here; run it in the workbench's own folder",
                code="server.no-notebooks-here-run",
            )
        )
    reach = (reach or Reach(host, port)).checked()
    # Before Voilà is loaded, which takes seconds: a port that is taken is said at once.
    check_port(reach.host, reach.port)

    def ready() -> None:
        announce(Words(f"工作台已就绪：{reach.url} ", f"The workbench is ready: {reach.url} "))
        if open_browser:
            webbrowser.open(reach.url)

    # Files that were handed in lie there too, and go with the server (0015).
    with temporary_folder("server") as folder:
        isolate(folder, store)
        os.environ[UPLOADS_VARIABLE] = str(folder / UPLOADS)
        # Late: it takes seconds, and reads the environment set just above.
        from workbench.server.application import Pages  # noqa: PLC0415

        if reach.beyond_loopback:
            _check_open_to_others(reach, announce)
        server = Pages(config=configuration(notebooks, reach, session_limit, session_memory))
        server.reach, server.on_ready = reach, ready
        server.initialize([])
        server.start()


def _check_open_to_others(reach: Reach, announce: Callable[[Words], None]) -> None:
    """Raise InputError for real data without accounts; say so where passwords would go over the network as they are typed."""
    from workbench.server.doors.guard import REAL_DATA_FOR_ALL, RegisterWatch  # noqa: PLC0415 - as above
    from workbench.server.sign_in.authenticator import Authenticator  # noqa: PLC0415

    if RegisterWatch(Authenticator(), beyond_loopback=True).trouble() == REAL_DATA_FOR_ALL:
        raise InputError(REAL_DATA_FOR_ALL)
    if not reach.certificate and not reach.proxies:
        announce(_NOT_ENCRYPTED)
