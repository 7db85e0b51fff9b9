"""Kernels forked from a warm process: what runs beside the fork, and what a child has of its own."""

import json
import logging
import os
import subprocess
import sys

import pytest

from tests.browser import wait_until
from tests.server.forks import NEED_LINUX, SECONDS, answers, in_kernel, is_running, published, started_by_code
from workbench.server.forks import warm as warm_module
from workbench.server.forks.returned_memory import AtRest
from workbench.server.forks.threads import ALLOCATORS, QUIET, other_threads
from workbench.server.forks.warm import WarmProcess

pytestmark = NEED_LINUX
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


def compute(warm, requests):
    """Fork kernels at once, and wait until all have computed."""
    for child in [warm.fork(request).result(SECONDS) for request in requests]:
        wait_until(lambda child=child: child.poll() is not None, SECONDS, "a forked kernel hangs")


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


def test_a_fork_has_the_templates_compiled_and_the_texts_read(warm, tmp_path):
    """Each page compiled some twenty templates by itself, which took half of the time that its cell takes."""
    code = """(lambda texts: (
        len(texts.templates._ENVIRONMENT.cache) == len(texts.templates._ENVIRONMENT.list_templates()),
        texts.language._catalogue.cache_info().currsize, texts.language._locale("zh")._Locale__data is not None,
    ))(__import__("workbench.ui.kit.texts", fromlist=["templates", "language"]))"""
    assert answers(warm, tmp_path, " ".join(code.split()))[0] == "(True, 1, True)"


@pytest.mark.deep  # that the program is loaded, its templates and texts too, in every run: the tests above
def test_a_fork_imports_nothing_large_of_its_own(warm, tmp_path):
    """What each kernel imports by itself it neither shares nor has at once: the debugger alone was a hundred modules."""
    loaded = "import json, sys; from workbench.server.forks.warm_process import warm_up; warm_up(); print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    before = set(json.loads(done.stdout))
    after = eval(answers(warm, tmp_path, "list(__import__('sys').modules)")[0])  # noqa: S307 - names of modules
    assert len(set(after) - before) < 30, sorted(set(after) - before)


@pytest.mark.deep  # the pages of every run compute in forks
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


def test_widgets_say_nothing_before_a_browser_asks(warm, tmp_path):
    """Else whoever runs the page's cell reads hundreds of messages to throw them away, and the page waits for it."""
    cell = "import ipywidgets\nlabel = ipywidgets.Label('a')\nlabel.value = 'b'\nlabel"
    assert [kind for kind in published(warm, tmp_path, cell) if kind.startswith("comm")] == []
    assert "display_data" in published(warm, tmp_path, f"{cell}\ndisplay(label)")


def test_widgets_say_what_changes_once_a_browser_has_asked(warm, tmp_path):
    cell = "import ipywidgets\nlabel = ipywidgets.Label('a')"

    async def ask(client, _manager):
        await client.execute(cell, reply=True, timeout=SECONDS)
        await client.comm_info(reply=True, timeout=SECONDS)
        changing = client.execute("label.value = 'b'")
        said = []
        while True:
            message = await client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") == changing:
                said.append(message["msg_type"])
                if message["content"].get("execution_state") == "idle":
                    return said

    assert "comm_msg" in in_kernel(warm, tmp_path, ask)


@pytest.mark.deep  # six thousand at once
def test_no_message_of_a_burst_is_lost(warm, tmp_path):
    code = "kernel = get_ipython().kernel\nfor n in range(6000): kernel.session.send(kernel.iopub_socket, 'display_data', {})"
    assert published(warm, tmp_path, code).count("display_data") == 6000


# -- memory --------------------------------------------------------------------------------------------------------


def test_a_fork_holds_nothing_that_it_let_go_of(warm, tmp_path):
    """Arrow's and Polars' own allocators keep the most that they ever held, and would for as long as a page is open."""
    code = "__import__('pyarrow').default_memory_pool().backend_name"
    assert eval(answers(warm, tmp_path, code)[0]) == "system"  # noqa: S307 - a name of our own
    assert "narenas:1" in ALLOCATORS["_RJEM_MALLOC_CONF"]


_WORKED_AND_RESTED = """
import time
import numpy as np
import polars as pl
from benchmarks.crowd import memory_of
from workbench.safeguards.free_memory import give_back
numbers = np.arange(400_000)
for _ in range(40):
    frame = pl.DataFrame({"a": numbers % 1000, "b": numbers / 7, "c": pl.Series(numbers).cast(pl.String)})
    frame.group_by("a").agg(pl.col("b").sum(), pl.col("c").n_unique())
del frame
worked, ends = memory_of("self")[0], time.monotonic() + 30
while memory_of("self")[0] > worked - 4 and time.monotonic() < ends:
    give_back()
print(memory_of("self")[0] <= worked - 4)
"""


@pytest.mark.deep  # when it is given back in every run: the test below
def test_what_polars_holds_of_a_turn_is_given_back_at_rest():
    code, environment = [sys.executable, "-c", _WORKED_AND_RESTED], {**os.environ, **ALLOCATORS}
    done = subprocess.run(code, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_memory_is_given_back_once_each_time_that_work_comes_to_rest():
    used, given_back = iter([0.0, 0.3, 0.6, 0.6, 0.61, 0.615, 0.62, 0.9, 0.9, 0.9]), []
    rest = AtRest(lambda: given_back.append(True), lambda: next(used))
    counts = []
    for _ in range(6):
        rest.look()
        counts.append(len(given_back))
    # At work twice, then at rest, and so it stays; at work again, and at rest once more.
    assert counts == [0, 0, 1, 1, 1, 1]
