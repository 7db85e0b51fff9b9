"""Kernels forked from a warm process: what runs beside the fork, what a child has of its own, and who ends with whom."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.browser import kernel_process, start_server, wait_until
from tests.server.forks import SECONDS, answers, has_ended, is_running, parent_of, published, started_by_code
from tests.server.visitors import Visitor, frame, write_notebook
from workbench.server.forks import provisioner
from workbench.server.forks import warm as warm_module
from workbench.server.forks.code_version import code_version
from workbench.server.forks.threads import QUIET, other_threads
from workbench.server.forks.warm import VARIABLE, WarmProcess, can_fork

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="forked kernels need Linux")
USES = """
import os, uuid, numpy, polars, pyarrow, pyarrow.compute, duckdb
total = polars.DataFrame({"a": range(1000)}).lazy().group_by(polars.col("a") % 7).agg(polars.len()).collect()["len"].sum()
table = pyarrow.table({"a": range(1000)})
total += pyarrow.compute.sum(table.group_by("a").aggregate([("a", "count")])["a_count"]).as_py()
total += duckdb.connect().execute("select count(*) from range(1000)").fetchone()[0]
total += int(numpy.ones((60, 60)).dot(numpy.ones(60)).sum() > 0)
open(f"{uuid.uuid4()}.{total}", "w").close()
os._exit(0)
"""


@pytest.fixture(scope="module")
def warm():
    process = WarmProcess()
    process.start().result(SECONDS)
    yield process
    process.close()


@pytest.fixture
def own_warm():
    """One that a test may kill."""
    process = WarmProcess()
    process.start().result(SECONDS)
    yield process
    process.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    root = tmp_path_factory.mktemp("forks")
    (root / "notebooks").mkdir()
    write_notebook(root / "notebooks", "label.ipynb")
    running = start_server(root / "store", root / "notebooks", root / "log.txt")
    running.log = root / "log.txt"
    yield running
    running.stop()


def compute(warm, requests):
    """Fork kernels at once, and wait until all have computed."""
    for child in [warm.fork(request).result(SECONDS) for request in requests]:
        wait_until(lambda child=child: child.poll() is not None, SECONDS, "a forked kernel hangs")


def opened(server):
    """A page of a new visitor: its kernel, and the process of that."""
    visitor = Visitor(server)
    kernel = visitor.open()
    return visitor, kernel, kernel_process(kernel)


# -- before and after the fork -------------------------------------------------------------------------------------


def test_no_working_thread_runs_in_the_process_that_forks(warm):
    assert set(other_threads(warm.pid)) <= set(QUIET)


@pytest.mark.deep
def test_a_process_with_other_threads_refuses_to_fork(monkeypatch, caplog):
    monkeypatch.setattr(warm_module, "ALLOCATORS", {"_RJEM_MALLOC_CONF": "background_thread:true"})
    process = WarmProcess()
    with caplog.at_level(logging.WARNING, "workbench.server"):
        process.start().result(SECONDS)
    assert process.pid is None
    assert "jemalloc" in caplog.text
    process.close()


def test_children_share_no_randomness_and_keep_the_umask(warm, tmp_path):
    before = os.umask(0o077)
    os.umask(before)
    code = "(__import__('numpy').random.rand(), __import__('random').random(), __import__('uuid').uuid4().hex)"
    first, second = (eval(answers(warm, tmp_path, code)[0]) for _ in range(2))  # noqa: S307 - three figures of our own
    assert not set(first) & set(second)
    assert answers(warm, tmp_path, "__import__('os').umask(0)")[0] == str(before)


def test_a_kernel_is_forked_with_the_program_loaded(warm, tmp_path):
    code = "'workbench.ui.pages.county_standard.page' in __import__('sys').modules"
    value, pid, parent = answers(warm, tmp_path, code)
    assert (value, parent) == ("True", warm.pid)
    assert not is_running(pid)


def test_a_fork_imports_nothing_large_of_its_own(warm, tmp_path):
    """What each kernel imports by itself it neither shares nor has at once: the debugger alone was a hundred modules."""
    loaded = "import json, sys; from workbench.server.forks.warm_process import warm_up; warm_up(); print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    before = set(json.loads(done.stdout))
    after = eval(answers(warm, tmp_path, "list(__import__('sys').modules)")[0])  # noqa: S307 - names of modules
    assert len(set(after) - before) < 30, sorted(set(after) - before)


def test_thirty_forks_compute_on_every_engine_and_none_hangs(warm, tmp_path):
    compute(warm, started_by_code(tmp_path, USES, 30))
    assert len(list(tmp_path.glob("*.3001"))) == 30


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_a_thousand_forks_compute_and_none_hangs(warm, tmp_path):
    requests = started_by_code(tmp_path, USES, 1000)
    for first in range(0, 1000, 10):
        compute(warm, requests[first : first + 10])
    assert len(list(tmp_path.glob("*.3001"))) == 1000


# -- like a kernel that starts by itself ---------------------------------------------------------------------------

SURROUNDINGS = """(lambda ip, sys: (
    __import__("ipywidgets").__name__,
    sorted(ip.kernel.comm_manager.targets),
    {name: [each.__qualname__ for each in called] for name, called in ip.events.callbacks.items()},
    {name: sorted(map(str, each.type_printers)) for name, each in ip.display_formatter.formatters.items()
     if name != "text/plain"},
    [type(each).__name__ for each in (sys.stdout, sys.stderr, sys.displayhook)],
    sorted(ip.extension_manager.loaded),
    __import__("gc").isenabled(),
    {str(each): str(__import__("signal").getsignal(each)).split(" at ")[0] for each in (2, 10, 15)},
    sys.path,
))(get_ipython(), __import__("sys"))"""


def test_a_forked_kernel_has_what_modules_register_in_one_that_starts_by_itself(warm, tmp_path):
    code = " ".join(SURROUNDINGS.split())
    assert answers(warm, tmp_path, code)[0] == answers(None, tmp_path, code)[0]


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


def test_no_message_of_a_burst_is_lost(warm, tmp_path):
    code = "kernel = get_ipython().kernel\nfor n in range(6000): kernel.session.send(kernel.iopub_socket, 'display_data', {})"
    assert published(warm, tmp_path, code).count("display_data") == 6000


# -- where it cannot be --------------------------------------------------------------------------------------------


def test_without_a_warm_process_a_kernel_starts_as_everywhere(own_warm, tmp_path, caplog):
    os.kill(own_warm.pid, signal.SIGKILL)
    has_ended(own_warm._process.pid)
    with caplog.at_level(logging.WARNING, "workbench.server"):
        value, _, parent = answers(own_warm, tmp_path, "6 * 7")
    assert (value, parent) == ("42", os.getpid())
    assert "not forked" in caplog.text
    wait_until(lambda: own_warm.pid is not None, SECONDS, "there is no new warm process")
    own_warm.start().result(SECONDS)
    assert answers(own_warm, tmp_path, "6 * 7")[2] == own_warm.pid


def test_an_installation_that_does_not_register_it_starts_kernels_all_the_same(warm, tmp_path, monkeypatch):
    monkeypatch.setattr(provisioner, "entry_points", lambda **_: ())
    value, _, parent = answers(warm, tmp_path, "6 * 7")
    assert (value, parent) == ("42", os.getpid())


@pytest.mark.deep
def test_one_that_does_not_answer_is_ended_and_the_page_starts_without(own_warm, tmp_path):
    os.kill(own_warm.pid, signal.SIGSTOP)
    own_warm._requests.settimeout(0.2)
    stopped = own_warm._process.pid
    assert answers(own_warm, tmp_path, "6 * 7")[0] == "42"
    has_ended(stopped)


def test_it_is_tried_on_linux_unless_it_is_switched_off(monkeypatch, caplog):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert can_fork()
    monkeypatch.setenv(VARIABLE, "0")
    assert not can_fork()
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(warm_module.sys, "platform", "win32")
    assert not can_fork()
    assert "need Linux" in caplog.text


def test_code_that_cannot_be_warmed_up_is_not_tried_over_and_over(monkeypatch, caplog):
    monkeypatch.setattr(warm_module.sys, "executable", "/bin/false")
    process = WarmProcess()
    with caplog.at_level(logging.WARNING, "workbench.server"):
        for _ in range(3):
            process.start().result(SECONDS)
    assert caplog.text.count("it ended while it warmed up") == 1
    monkeypatch.undo()
    monkeypatch.setattr(warm_module, "code_version", lambda: "another")
    process.start().result(SECONDS)
    assert process.pid is not None
    process.close()


def test_one_that_warmed_up_too_slowly_is_tried_again(monkeypatch, caplog):
    monkeypatch.setattr(warm_module, "_WARM_UP_SECONDS", 0.01)
    process = WarmProcess()
    process.start().result(SECONDS)
    assert process.pid is None
    assert "timed out" in caplog.text
    monkeypatch.undo()
    process.start().result(SECONDS)
    assert process.pid is not None
    process.close()


@pytest.fixture
def started_processes(monkeypatch):
    """What is started meanwhile; nothing of it is left behind."""
    started = []
    start = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *words, **options: started.append(start(*words, **options)) or started[-1]
    )
    yield started
    for each in started:
        each.kill()
        each.wait()


def test_a_server_that_ends_before_its_warm_process_starts_leaves_none(monkeypatch, started_processes):
    """The numbers of what `close` lets go of are used again: the process would hold its own far end, and see no end."""
    reached, go_on = threading.Event(), threading.Event()
    version = warm_module.code_version

    def delayed_version():
        reached.set()
        assert go_on.wait(SECONDS)
        return version()

    monkeypatch.setattr(warm_module, "code_version", delayed_version)
    process = WarmProcess()
    turn = process.start()
    assert reached.wait(SECONDS)
    threading.Timer(0.5, go_on.set).start()  # `close` may wait for the turn, or not
    process.close()
    turn.result(SECONDS)
    assert not [each.pid for each in started_processes if each.poll() is None]


def test_a_server_that_ends_while_its_process_warms_up_ends_it(started_processes):
    process = WarmProcess()
    turn = process.start()
    wait_until(lambda: started_processes, SECONDS, "nothing was started")
    process.close()
    process.close()  # once more lets go of nothing that is somebody else's by now
    assert turn.done()
    assert not [each.pid for each in started_processes if each.poll() is None]


# -- renewal -------------------------------------------------------------------------------------------------------


@pytest.mark.deep
def test_it_is_renewed_when_the_code_changes_and_only_then(own_warm, monkeypatch):
    before = own_warm.pid
    own_warm.start().result(SECONDS)
    assert own_warm.pid == before
    monkeypatch.setattr(warm_module, "code_version", lambda: "another")
    own_warm.start().result(SECONDS)
    assert own_warm.pid != before
    assert not is_running(before)


def test_the_version_follows_every_file_of_the_program(tmp_path):
    versions = {code_version(tmp_path)}
    for name in ("a.py", "figures.yaml", "page.html"):
        (tmp_path / name).write_text("1", encoding="utf-8")
        versions.add(code_version(tmp_path))
    (tmp_path / "a.py").write_text("12", encoding="utf-8")
    assert len(versions | {code_version(tmp_path)}) == 5


# -- kills ---------------------------------------------------------------------------------------------------------


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
