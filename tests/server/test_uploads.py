"""Files handed in: refused before a byte is read, private while they are there, gone with the page, the sign-in, the server."""

import http.client
import os
import re
import signal
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import kernel_process, start_server, wait_until
from tests.server.test_signing_in import WHO, store
from tests.server.visitor import Visitor
from tests.server.visitors import write_notebook
from workbench.server.configuration import MESSAGE_BYTES, configuration
from workbench.server.doors.reach import Reach
from workbench.server.doors.uploads import LARGEST

NAME = "0123456789abcdef" * 2
HUGE = 500 * 2**20
WRITES = "import tempfile; from pathlib import Path; (Path(tempfile.mkdtemp()) / 'list.csv').write_text('names')"
"""What every page may do, and libraries do unasked."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Temporary files of the servers of these tests, and of nobody else."""
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("server")
        patch.setenv("TMPDIR", str(root))
        yield root


def started(folder):
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "who.ipynb").write_text(WHO, encoding="utf-8")
    write_notebook(folder / "notebooks", "writes.ipynb", WRITES)
    return start_server(store(folder / "store", simulated=True), folder / "notebooks", folder / "log")


@pytest.fixture(scope="module")
def server(place, tmp_path_factory):  # noqa: ARG001 - its temporary folder is that
    running = started(tmp_path_factory.mktemp("pages"))
    yield running
    running.stop()


def opened(server, account, page="who"):
    """A visitor who signed in, and the kernel of the page that was opened then."""
    visitor = Visitor(server)
    assert visitor.sign_in(account, "")[0] == 200
    _, text = visitor.get(f"voila/render/{page}.ipynb")
    return visitor, re.search(r'"kernelId": ?"([\w-]+)"', text).group(1)


@pytest.fixture(scope="module")
def officer(server):
    """An officer, and the kernel of the officer's page, for what changes neither."""
    return opened(server, "金寨经办")


def put(visitor, kernel, body=b"", *, length=None, token=None, name=NAME):
    """The status of an upload; with a `length` the headers alone are sent: an answer then was given before any body."""
    connection = http.client.HTTPConnection(urlsplit(visitor.server.url).netloc, timeout=300)
    cookies = "; ".join(f"{each.name}={each.value}" for each in visitor.cookies)
    connection.putrequest("PUT", f"/upload/{kernel}/{name}")
    for header, value in {"Cookie": cookies, "X-XSRFToken": visitor.token() if token is None else token}.items():
        connection.putheader(header, value)
    connection.putheader("Content-Length", str(len(body) if length is None else length))
    connection.endheaders()
    if length is None:
        connection.send(body)
    status = connection.getresponse().status
    connection.close()
    return status


def files(place):
    return [path for path in place.rglob("uploads/*/*") if path.is_file()]


def test_an_officers_file_comes_whole_and_is_private(server, place):
    officer, kernel = opened(server, "金寨经办")
    content = bytes(range(256)) * 8000
    assert put(officer, kernel, content) == 201
    (path,) = files(place)
    assert path.name == NAME
    assert path.read_bytes() == content
    for each in (path, *path.parents[: len(path.relative_to(place).parts) - 1]):
        assert stat.S_IMODE(each.stat().st_mode) & 0o077 == 0, each
    assert officer.post("logout", {})[0] == 200
    wait_until(lambda: files(place) == [], 30, "the file is still there after signing out")


def test_who_may_not_take_data_in_is_refused_before_a_byte_is_read(server, place):
    reader, kernel = opened(server, "city")
    assert put(reader, kernel, length=HUGE) == 403
    assert files(place) == []
    reader.post("logout", {})


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"token": "none"}, 403),
        ({"length": LARGEST + 1}, 413),
        ({"length": "many"}, (400, 411)),
        ({"name": "../../x"}, (400, 404)),
        ({"page": "00000000-0000-0000-0000-000000000000"}, 404),
    ],
)
def test_what_is_wrong_is_refused_at_once(officer, place, change, status):
    officer, kernel = officer
    result = put(
        officer,
        change.get("page", kernel),
        **{"length": HUGE} | {key: each for key, each in change.items() if key != "page"},
    )
    assert result in (status if isinstance(status, tuple) else (status,))
    assert files(place) == []


def test_nobody_hands_in_to_another_ones_page(server, officer):
    stranger = Visitor(server)
    assert stranger.sign_in("admin", "")[0] == 200
    assert put(stranger, officer[1], length=HUGE) == 404


def test_what_breaks_off_leaves_nothing(server, officer, place):
    officer, kernel = officer
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=300)
    connection.putrequest("PUT", f"/upload/{kernel}/{NAME}")
    connection.putheader("Cookie", "; ".join(f"{each.name}={each.value}" for each in officer.cookies))
    connection.putheader("X-XSRFToken", officer.token())
    connection.putheader("Content-Length", str(HUGE))
    connection.endheaders()
    connection.send(b"x" * 100_000)
    wait_until(lambda: len(files(place)) == 1, 30, "nothing came")
    connection.close()
    wait_until(lambda: files(place) == [], 30, "half a file is still there")


@pytest.mark.parametrize("end", ["signed out", "killed"])
def test_what_a_page_writes_meanwhile_is_gone_with_it(server, place, end):
    """A forked kernel clears nothing itself, nor does one that is killed: a list of names would stay in /tmp."""
    officer, kernel = opened(server, "金寨经办", "writes")
    (folder,) = place.rglob(f"temporary/{kernel}")
    assert [each.read_text() for each in folder.rglob("list.csv")] == ["names"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    if end == "killed":
        os.kill(kernel_process(kernel), signal.SIGKILL)
    else:
        assert officer.post("logout", {})[0] == 200
    wait_until(lambda: not folder.exists(), 30, "what the page wrote is still there")


@pytest.mark.deep
def test_a_server_that_was_killed_leaves_them_to_the_next(place, tmp_path):
    running = started(tmp_path)
    officer, kernel = opened(running, "金寨经办")
    assert put(officer, kernel, b"x") == 201
    running.process.kill()
    running.process.wait()
    (remaining,) = files(place)
    # The sockets between the server and its kernels, too.
    (sockets,) = place.glob(f"workbench-k-{running.process.pid}-*")
    assert list(sockets.iterdir())
    again = start_server(tmp_path / "store", tmp_path / "notebooks", tmp_path / "log")
    try:
        assert not remaining.exists()
        assert not sockets.exists()
    finally:
        again.stop()


def test_a_message_of_a_page_is_small():
    settings = configuration(Path(), Reach())["Voila"]["tornado_settings"]
    assert settings["websocket_max_message_size"] == MESSAGE_BYTES <= 2 * 2**20
