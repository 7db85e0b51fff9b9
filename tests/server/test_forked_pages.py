"""Pages whose kernels are forked, on a server: what a browser gets, and who ends with whom."""

import os
import signal
from pathlib import Path

import pytest

from tests.browser import kernel_process, start_server, wait_until
from tests.server.forks import NEED_LINUX, SECONDS, has_ended, parent_of
from tests.server.visitors import Visitor, frame, write_notebook
from tests.server_process import CAN_FORK

pytestmark = NEED_LINUX
CODE = """import ipywidgets
label, box = ipywidgets.Label('drawn'), ipywidgets.VBox()
box.children, box.layout.width = [label], '12px'
box"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    root = tmp_path_factory.mktemp("forks")
    (root / "notebooks").mkdir()
    write_notebook(root / "notebooks", "label.ipynb", CODE)
    running = start_server(root / "store", root / "notebooks", root / "log.txt")
    running.log = root / "log.txt"
    yield running
    running.stop()


def opened(server):
    """A page of a new visitor: its kernel, and the process of that, which was forked.

    A page that is opened while the warm process warms up starts its own: then another is opened.
    """

    def forked():
        visitor = Visitor(server)
        kernel = visitor.open()
        pid = kernel_process(kernel)
        if pid is not None and Path(f"/proc/{parent_of(pid)}/comm").read_text().strip() == "workbench-warm":
            made.append((visitor, kernel, pid))
        else:
            visitor.ask(f"api/kernels/{kernel}", method="DELETE")
        return bool(made)

    made = []
    # On a busy machine warming up takes minutes; pages start by themselves meanwhile.
    wait_until(forked, 300, "no page is forked")
    return made[0]


def test_a_page_gets_the_states_of_its_widgets_in_one_answer(server):
    """Else the browser asks for each by itself, loses some of the answers, and the page is blank until it reopens itself."""
    visitor, kernel, _ = opened(server)
    with visitor.socket(kernel) as socket:
        channel = {"comm_id": "c", "target_name": "jupyter.widget.control", "data": {}}
        socket.send(frame("comm_open", content=channel, metadata={"version": "1.0.0"}))
        socket.send(frame("comm_msg", content={"comm_id": "c", "data": {"method": "request_states"}}))
        seen = b""
        while b"update_states" not in seen:
            seen = socket.recv(SECONDS)
            assert b"comm_close" not in seen
    assert b"drawn" in seen
    # Of layouts and styles in which nobody has set anything nothing is said; of others what is set, and no property else.
    seen = seen.replace(b": ", b":")
    assert seen.count(b'"LayoutModel"') == 2  # by its name beside the state, and in it
    assert seen.count(b'"width":"12px"') == seen.count(b'"layout":null') == seen.count(b'"style":null') == 1
    assert b"grid_template_areas" not in seen


@pytest.mark.deep
def test_the_warm_process_killed_leaves_the_pages_and_the_next_one_opens(server):
    visitor, kernel, pid = opened(server)
    warm = parent_of(pid)
    os.kill(warm, signal.SIGKILL)
    has_ended(warm)
    _, second, _ = opened(server)
    assert visitor.alive(kernel)
    assert kernel_process(second) is not None
    wait_until(lambda: "the warm process is made anew" in server.log.read_text(), SECONDS, "it was not made anew")


def test_a_page_whose_kernel_was_killed_is_gone_and_leaves_nothing(server):
    visitor, kernel, pid = opened(server)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not visitor.alive(kernel), SECONDS, "a killed kernel counts as alive")
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), SECONDS, "a killed kernel was left as a zombie")
    assert kernel_process(opened(server)[1]) is not None


def test_a_page_that_is_closed_ends_its_process(server):
    visitor, kernel, pid = opened(server)
    visitor.ask(f"api/kernels/{kernel}", method="DELETE")
    has_ended(pid)


@pytest.mark.deep
def test_nothing_outlives_a_server_that_was_killed(tmp_path):
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path / "notebooks", "label.ipynb")
    running = start_server(tmp_path / "store", tmp_path / "notebooks", tmp_path / "log.txt")
    _, _, pid = opened(running)
    warm = parent_of(pid)
    running.process.kill()
    running.process.wait()
    for each in (pid, warm):
        has_ended(each)


@pytest.mark.skipif(not CAN_FORK, reason="servers are forked where the system can do that")
def test_servers_of_a_run_share_one_warm_up_and_each_has_a_warm_process_of_its_own(server, tmp_path):
    """Warming up is what most servers of a run would spend most on: see `tests.warm_template`."""
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path / "notebooks", "label.ipynb")
    other = start_server(tmp_path / "store", tmp_path / "notebooks", tmp_path / "log.txt")
    try:
        warm, of_other = (parent_of(opened(each)[2]) for each in (server, other))
        assert warm != of_other
        assert parent_of(warm) == parent_of(of_other) != server.process.pid
    finally:
        other.stop()
    has_ended(of_other)
    assert opened(server)[2]
