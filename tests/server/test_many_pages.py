"""Many pages: twenty-five at once, those that nobody uses, and what a hundred leave behind in the server."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.browser import Server, kernel_process, start_server, wait_until
from tests.server.visitors import Visitor, answered, write_notebook
from tests.ui.stores import simulated_store
from workbench.server.kernels.blank_pages import notice
from workbench.settings import NOTEBOOKS

pytestmark = pytest.mark.deep

SHORT_LIVES = """
from datetime import timedelta
from workbench.server import configuration, pages
from workbench.server.kernels import sessions
configuration.IDLE_SECONDS = {idle}
sessions.ABANDONED = timedelta(seconds={abandoned})
whole = pages.configuration
def often(*arguments, **options):
    config = whole(*arguments, **options)
    config.MappingKernelManager.cull_interval = 1
    return config
pages.configuration = often
"""
COUNTY = "county_standard.ipynb?county=341522"
AT_ONCE = 25
WARM, MEASURED, NEIGHBOURS = 20, 100, 4
MORE_FILES, MORE_BYTES = 10, 40 * 2**20
"""What may remain of a hundred pages: ten open files (connections that time out), 0.4 MB a page."""


@pytest.fixture
def serve(tmp_path):
    """Serve notebooks; `label.ipynb` where none are named."""
    with ExitStack() as running:

        def start(notebooks: Path | None = None, **options) -> Server:
            if notebooks is None:
                notebooks = tmp_path / "notebooks"
                notebooks.mkdir()
                write_notebook(notebooks, "label.ipynb")
            # By itself, with a warm process of its own: what these tests count is what one server starts.
            options.setdefault("before", "pass\n")
            server = start_server(tmp_path / "store", notebooks, tmp_path / "log.txt", **options)
            running.callback(server.stop)
            return server

        yield start


def kernels(server: Server) -> list[psutil.Process]:
    """All that the server started but the process that they are forked from."""
    started = psutil.Process(server.process.pid).children(recursive=True)
    return [each for each in started if _name_of(each) not in ("workbench-warm", "")]


def _name_of(process: psutil.Process) -> str:
    """Of a process that has ended since it was seen, nothing."""
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


# -- at once -------------------------------------------------------------------------------------------------------


def test_twenty_five_sessions_at_once_are_all_drawn_and_answer(tmp_path, serve):
    simulated_store(tmp_path / "store", households=2_000)
    server = serve(NOTEBOOKS, session_limit=2 * AT_ONCE)
    visitors = [Visitor(server) for _ in range(AT_ONCE)]
    for visitor in visitors:
        visitor.seconds = 600
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda visitor: visitor.ask(f"voila/render/{COUNTY}"), visitors))
    assert [status for status, _ in answers] == [200] * AT_ONCE
    for visitor, (_, text) in zip(visitors, answers, strict=True):
        assert "application/vnd.jupyter.widget-view+json" in text
        assert notice("zh") not in text
        assert "error when executing" not in text
        kernel = re.search(r'"kernelId": "([\w-]+)"', text).group(1)
        with visitor.socket(kernel) as socket:
            assert answered(socket)
    assert len(kernels(server)) == AT_ONCE


# -- unused --------------------------------------------------------------------------------------------------------


def ends(kernel: str, meanwhile: Callable[[], object] = lambda: None) -> None:
    wait_until(lambda: meanwhile() is None and kernel_process(kernel) is None, 120, "a kernel that nobody uses runs on")


def test_a_page_left_open_and_unused_ends_and_one_in_use_does_not(serve):
    server = serve(before=SHORT_LIVES.format(idle=20, abandoned=300))
    unused, used = Visitor(server), Visitor(server)
    idle, busy = unused.open(), used.open()
    with unused.socket(idle), used.socket(busy) as socket:
        ends(idle, meanwhile=lambda: None if answered(socket) else 1)
        assert not unused.alive(idle)  # which is what its page asks, and then says
        assert used.alive(busy)
        assert answered(socket)


def test_a_page_that_no_browser_shows_ends_long_before_one_that_is_shown(serve):
    server = serve(before=SHORT_LIVES.format(idle=3600, abandoned=3))
    fetched, shown = Visitor(server), Visitor(server)
    abandoned, displayed = fetched.open(), shown.open()
    with shown.socket(displayed) as socket:
        ends(abandoned)
        assert answered(socket)


# -- one after another ---------------------------------------------------------------------------------------------


def visit(server: Server) -> None:
    """Open a page, use it, close it as a browser does."""
    visitor = Visitor(server)
    kernel = visitor.open()
    with visitor.socket(kernel) as socket:
        assert answered(socket)
    assert visitor.ask(f"voila/api/shutdown/{kernel}", method="POST", body={})[0] in (200, 204)


def test_a_hundred_pages_opened_and_closed_leave_nothing_in_the_server(serve):
    server = serve()
    process = psutil.Process(server.process.pid)

    def open_and_close(count: int) -> tuple[int, int]:
        with ThreadPoolExecutor(NEIGHBOURS) as pool:
            list(pool.map(lambda _: visit(server), range(count)))
        wait_until(lambda: not kernels(server), 60, "kernels of closed pages run on")
        return process.num_fds(), process.memory_info().rss

    files, memory = open_and_close(WARM)  # what is loaded once
    files_after, memory_after = open_and_close(MEASURED)
    print(f"\na hundred pages: {files_after - files:+} files, {(memory_after - memory) / 2**20:+.1f} MB")  # noqa: T201
    assert files_after <= files + MORE_FILES
    assert memory_after <= memory + MORE_BYTES
