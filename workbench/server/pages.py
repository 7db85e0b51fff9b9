"""The pages for officials: `workbench serve`."""

import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path

from workbench.errors import InputError
from workbench.private_files import private_by_default
from workbench.server.catalogue import pages_in
from workbench.server.configuration import SESSION_LIMIT, configuration
from workbench.server.environment import address, free_port, isolate
from workbench.server.session_memory import MEMORY
from workbench.settings import NOTEBOOKS


def _silent(_message: str) -> None:
    """Say nothing."""


def serve(
    store: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8866,
    open_browser: bool = False,
    notebooks: Path = NOTEBOOKS,
    session_limit: int = SESSION_LIMIT,
    session_memory: int = MEMORY,
    announce: Callable[[str], None] = _silent,
) -> None:
    """Serve the pages of `notebooks` over the facts of `store` until interrupted.

    `session_memory`: bytes that a session may fill before it is ended (0: any). `announce` is told, a line at a time, if another port was taken and when the pages answer. Changes the environment
    of this process (see `isolate`). Raises InputError where there is no page or no port.
    """
    private_by_default()
    if not pages_in(notebooks):
        raise InputError(
            f"{notebooks}: 没有页面 no notebooks here; 请在工作台的目录中运行 run in the workbench's own folder"
        )
    chosen = free_port(host, port)
    if chosen != port:
        announce(f"端口 port {port} 已被占用 is taken; 改用 using {chosen}")
    url = address(host, chosen)

    def ready() -> None:
        announce(f"工作台已就绪 workbench ready: {url} ")
        if open_browser:
            webbrowser.open(url)

    with tempfile.TemporaryDirectory(prefix="workbench-", ignore_cleanup_errors=True) as folder:
        isolate(Path(folder), store)
        # Late: it takes seconds, and reads the environment set just above.
        from workbench.server.application import Pages  # noqa: PLC0415

        server = Pages(config=configuration(notebooks, host, chosen, session_limit, session_memory))
        server.on_ready = ready
        server.initialize([])
        server.start()
