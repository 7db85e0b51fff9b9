"""The parts of the server that need neither a server nor a browser."""

import asyncio
import hashlib
import json
import os
import re
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from workbench.errors import InputError
from workbench.server.catalogue import language, notebooks_in, pages_in
from workbench.server.configuration import configuration
from workbench.server.doors.reach import Reach
from workbench.server.environment import ProjectKernels, address, check_port, isolate
from workbench.server.kernels.sessions import ABANDONED, Sessions
from workbench.server.pages import serve
from workbench.ui.kit.charts.echarts import LIBRARY, STATIC, EChart
from workbench.ui.kit.frame.frame import page_style


@pytest.fixture
def clean_environment(monkeypatch):
    monkeypatch.setattr(os, "environ", os.environ.copy())


def test_a_taken_port_is_said_and_no_other_taken_in_its_place() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"--port {port}.*--port {port + 1}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_an_address_can_be_opened() -> None:
    assert address("0.0.0.0", 1) == "http://127.0.0.1:1/"  # noqa: S104 - only read
    assert address("10.1.2.3", 8866) == "http://10.1.2.3:8866/"


def test_pages_without_notebooks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有页面"):
        serve(tmp_path, notebooks=tmp_path)


def test_pages_come_in_their_order_and_broken_ones_stay_away(tmp_path: Path) -> None:
    for name, about in (
        ("b", {"order": 1, "title": {"zh": "乙"}}),
        ("a", {"order": 2, "title": {"zh": "甲", "en": "A"}}),
    ):
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"metadata": {"workbench": about}}))
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "_hidden.ipynb").write_text('{"metadata": {}}')
    first, second = notebooks_in(tmp_path)
    assert (first.title, second.title) == ({"zh": "乙", "en": "乙"}, {"zh": "甲", "en": "A"})
    assert first.href == "voila/render/b.ipynb"
    assert [page.href for page in pages_in(tmp_path)] == ["voila/render/b.ipynb", "voila/render/a.ipynb", "register"]


@pytest.mark.parametrize(("asked", "given"), [(None, "zh"), ("en", "en"), ("zh", "zh"), ("<script>", "zh")])
def test_language_is_one_of_two(asked: str | None, given: str) -> None:
    assert language(asked) == given


@pytest.mark.usefixtures("clean_environment")
def test_the_machines_own_kernels_do_not_leak_in(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign" / "kernels" / "python3"
    foreign.mkdir(parents=True)
    (foreign / "kernel.json").write_text('{"argv": ["/bin/false"], "display_name": "foreign", "language": "python"}')
    os.environ["JUPYTER_PATH"] = str(tmp_path / "foreign")
    assert list(ProjectKernels().find_kernel_specs()) == ["python3"]
    assert ProjectKernels().get_kernel_spec("python3").argv[0] in (sys.executable, "python")
    isolate(tmp_path / "own", Path("store"))
    assert str(tmp_path / "foreign") not in os.environ["JUPYTER_PATH"]
    assert Path(os.environ["WORKBENCH_STORE"]).is_absolute()


def test_the_vendored_library_is_the_one_recorded() -> None:
    readme = (LIBRARY.parent / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(LIBRARY.read_bytes()).hexdigest() in readme
    version = re.search(r'VERSION = "([\d.]+)"', (STATIC / "echarts.js").read_text(encoding="utf-8")).group(1)
    assert f"| {version} |" in readme
    assert f'"{version}"' in LIBRARY.read_text(encoding="utf-8")


def test_a_chart_hands_the_library_only_to_who_asks(monkeypatch) -> None:
    chart = EChart({"series": []})
    sent = []
    monkeypatch.setattr(chart, "send", lambda content, buffers: sent.append((content, buffers)))
    chart._handle_custom_msg({"kind": "something else"}, [])
    assert sent == []
    chart._handle_custom_msg({"kind": "library"}, [])
    assert sent == [({"kind": "library"}, [LIBRARY.read_bytes()])]


def test_the_style_comes_along_only_where_no_server_brings_it(monkeypatch) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    assert page_style().value == ""
    monkeypatch.delenv("SERVER_SOFTWARE")
    assert ".wb-figure" in page_style().value


def test_only_sessions_that_nobody_looks_at_end_early(monkeypatch) -> None:
    now = datetime.now(UTC)
    long_ago = now - ABANDONED - timedelta(seconds=1)
    sessions, ended = Sessions(cull_idle_timeout=7200, cull_connected=True), []

    async def shutdown_kernel(kernel_id: str, **_options: object) -> None:
        ended.append(kernel_id)

    monkeypatch.setattr(sessions, "shutdown_kernel", shutdown_kernel)
    seen = {"gone": (long_ago, "idle", 0), "open": (long_ago, "idle", 1), "new": (now, "idle", 0)}
    seen |= {"busy": (long_ago, "busy", 0), "forgotten": (now - timedelta(hours=3), "idle", 1)}
    for name, (last_activity, state, connections) in seen.items():
        sessions._kernels[name] = SimpleNamespace(
            last_activity=last_activity,
            execution_state=state,
            kernel_name="python3",
            kernel_spec=SimpleNamespace(metadata={}),
        )
        sessions._kernel_connections[name] = connections
        asyncio.run(sessions.cull_kernel_if_idle(name))
    assert ended == ["gone", "forgotten"]


def test_a_page_that_only_stands_open_is_not_given_up(tmp_path: Path) -> None:
    """The first ping is sent after an interval: a timeout that is no longer gives up every page before it could answer."""
    settings = configuration(tmp_path, Reach()).Voila.tornado_settings
    assert settings["ws_ping_timeout"] >= 2 * settings["ws_ping_interval"]
