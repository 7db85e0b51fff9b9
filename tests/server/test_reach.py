"""Where the pages can be reached: names, encryption, a prefix, a proxy; real data without accounts goes to nobody else."""

import os
import shutil
import ssl
import subprocess
import sys
import urllib.request
from http.client import HTTPConnection
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.browser import Server, _free_port, wait_until
from tests.server.test_signing_in import store
from tests.server.visitors import PROTOCOL, Visitor, answered, write_notebook
from tests.server_process import CAN_FORK
from tests.server_process import started as forked
from workbench.errors import InputError
from workbench.server.doors.reach import Reach
from workbench.server.pages import serve
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

SERVE = """
import sys
from pathlib import Path
from workbench.server.pages import serve
from workbench.server.doors.reach import Reach
store, notebooks, reach = sys.argv[1:]
serve(Path(store), notebooks=Path(notebooks), reach=eval(reach), announce=lambda said: print(said, flush=True))
"""
NAME = "workbench.example"
CONF = Path(__file__).parents[2] / "docs" / "nginx.conf"


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    write_notebook(folder, "label.ipynb")
    return folder


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    return store(tmp_path_factory.mktemp("real") / "store", simulated=False)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A certificate of our own for this machine, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = f"subjectAltName=DNS:localhost,DNS:{NAME},IP:127.0.0.1"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
         "-addext", names, "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@pytest.fixture
def started(tmp_path, notebooks):
    """`started(store, **reach)`: a server, and what it says; ended afterwards."""
    running = []

    def start(root, **reach):
        reach = Reach(port=_free_port(), **reach)
        log = tmp_path / f"log{len(running)}.txt"
        # How a server starts by itself, as users start it: tests/cli/test_service.
        if CAN_FORK:
            process = forked([str(root), str(notebooks), str(reach.port), "40"], log, reach)
        else:
            text = repr(reach).replace("PosixPath", "Path")
            with log.open("w") as output:
                command = [sys.executable, "-c", SERVE, str(root), str(notebooks), text]
                process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        scheme = "https" if reach.certificate else "http"
        running.append(Server(f"{scheme}://127.0.0.1:{reach.port}{reach.base_url}", process))
        wait_until(
            lambda: (log.exists() and "就绪" in log.read_text()) or process.poll() is not None,
            120,
            "does not get ready",
        )
        assert process.poll() is None, log.read_text()
        return running[-1]

    yield start
    for server in running:
        server.stop()


def asked(server, path="/", **headers):
    connection = HTTPConnection(server.url.split("/")[2], timeout=300)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


# -- who is let in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reach",
    [{"host": "0.0.0.0", "names": ("10.1.2.3",)}, {"names": (NAME,)}, {"proxies": ("127.0.0.1",)}],  # noqa: S104
    ids=["every address", "a name", "a proxy"],
)
def test_real_data_without_accounts_is_not_served_to_others(tmp_path, notebooks, reach, monkeypatch):
    facts = FactStore(tmp_path / "store")
    write_city(facts, simulate(50, 1, 5, divisions=DIVISIONS), Origin(simulated=False))
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with pytest.raises(InputError, match="register accounts add"):
        serve(facts.root, notebooks=notebooks, reach=Reach(port=_free_port(), **reach))


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        (Reach("0.0.0.0"), "--name"),  # noqa: S104 - not bound
        (Reach(certificate=Path("nosuch.pem")), "--key"),
        (Reach(certificate=Path("nosuch.pem"), key=Path("nosuch.key")), "nosuch.pem"),
        (Reach(proxies=("proxy.example",)), "--behind-proxy"),
        (Reach(base_url="workbench"), "--base-url"),
    ],
)
def test_what_cannot_be_served_is_refused_in_words(reach, words):
    with pytest.raises(InputError, match=words):
        reach.checked()


def test_a_host_may_be_written_in_any_case():
    # A browser sends the name of the host in small letters.
    assert Reach(host="Server.Lan").known_names == {"server.lan"}


def test_only_names_of_this_machine_lead_to_a_server_on_loopback(started, real):
    server = started(real)
    for name in ("localhost", "127.0.0.1", "LOCALHOST:1", "[::1]"):
        assert asked(server, "/login", Host=name)[0].status == 200
    for name in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.1.2.3", ""):
        for path in ("/login", "/voila/static/app.js", "/api/kernels/1-1-1-1-1/channels", "/nosuch"):
            answer, text = asked(server, path, Host=name)
            assert answer.status in (400, 403)
            assert "password" not in text


def test_only_names_that_were_given_lead_to_a_server_for_others(started, real):
    server = started(real, host="0.0.0.0", names=(NAME,))  # noqa: S104 - for a moment, with accounts
    assert asked(server, "/login", Host=NAME)[0].status == 200
    assert asked(server, "/login", Host="localhost")[0].status == 403


# -- what a visitor says of itself ---------------------------------------------------------------------------------

SPOOF = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "10.9.9.9", "X_Real_Ip": "10.8.8.8", "X_Scheme": "https"}


def cookies(answer):
    return [value for name, value in answer.getheaders() if name == "Set-Cookie"]


def test_forwarded_headers_count_from_a_known_proxy_only(started, real):
    for server in (started(real), started(real, proxies=("127.0.0.9",))):
        answer, _ = asked(server, "/login", **SPOOF)
        assert cookies(answer)
        assert not any("secure" in each.lower() for each in cookies(answer))


def test_behind_a_proxy_that_says_https_every_cookie_is_for_https_only(started, real):
    server = started(real, proxies=("127.0.0.1",))
    answer, _ = asked(server, "/login", X_Forwarded_Proto="https")
    assert cookies(answer)
    assert all("secure" in each.lower() for each in cookies(answer))
    answer, _ = asked(server, "/login", X_Scheme="https", X_Real_Ip="10.8.8.8")
    assert not any("secure" in each.lower() for each in cookies(answer))


# -- encrypted -----------------------------------------------------------------------------------------------------


class Encrypted(Visitor):
    """A visitor who trusts the certificate."""

    def __init__(self, server, certificate):
        super().__init__(server)
        self.trust = ssl.create_default_context(cafile=certificate)
        handlers = [urllib.request.HTTPCookieProcessor(self.cookies), urllib.request.HTTPSHandler(context=self.trust)]
        self._opener = urllib.request.build_opener(*handlers)

    def socket(self, kernel, subprotocol=PROTOCOL):
        cookie = "; ".join(f"{each.name}={each.value}" for each in self.cookies)
        url = self.server.url
        return connect(
            f"{url.replace('https', 'wss')}api/kernels/{kernel}/channels", ssl=self.trust, open_timeout=300,
            origin="/".join(url.split("/")[:3]), subprotocols=[subprotocol], additional_headers={"Cookie": cookie},
        )  # fmt: skip


def works(visitor):
    """Signs in, opens a page, and talks to its kernel; every cookie is for encrypted connections only."""
    assert visitor.sign_in("金寨经办") == 200
    kernel = visitor.open()
    assert visitor.alive(kernel)
    with visitor.socket(kernel) as socket:
        assert socket.subprotocol == PROTOCOL
        assert answered(socket)
    assert visitor.cookies
    assert all(each.secure for each in visitor.cookies)


def test_the_server_encrypts_by_itself_under_a_prefix(started, real, pair):
    certificate, key = pair
    server = started(real, certificate=certificate, key=key, base_url="/workbench/")
    works(Encrypted(server, certificate))


def test_the_documented_proxy_keeps_everything(started, real, pair, tmp_path):
    assert shutil.which("nginx", path="/usr/sbin:/usr/bin"), "nginx is missing: sudo apt-get install -y nginx-light"
    certificate, key = pair
    server = started(real, names=("127.0.0.1",), proxies=("127.0.0.1",), base_url="/workbench/")
    port = _free_port()
    with running_nginx(tmp_path, server, port, certificate, key) as process:
        url = f"https://127.0.0.1:{port}/workbench/"
        wait_until(lambda: answers(url, certificate), 60, "nginx does not answer")
        works(Encrypted(Server(url, process), certificate))


def running_nginx(folder, server, port, certificate, key):
    """The documented configuration with the ports and files of this test, in the foreground, as whoever runs the test."""
    site = CONF.read_text(encoding="utf-8")
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl", "server_name workbench.example": "server_name 127.0.0.1",
        "/etc/ssl/workbench.pem": str(certificate), "/etc/ssl/workbench.key": str(key),
        "http://127.0.0.1:8866": "/".join(server.url.split("/")[:3]),
    }  # fmt: skip
    for old, new in changes.items():
        assert old in site
        site = site.replace(old, new)
    places = "".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\nhttp {{ access_log off; {places}\n{site}\n}}\n"
    if os.geteuid() == 0:
        whole = "user root;\n" + whole
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    return Nginx(subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]))


class Nginx:
    """Stopped at the end."""

    def __init__(self, process):
        self.process = process

    def __enter__(self):
        return self.process

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait(30)


def answers(url, certificate):
    trust = ssl.create_default_context(cafile=certificate)
    try:
        urllib.request.urlopen(url + "login", timeout=10, context=trust).close()  # noqa: S310 - our own server
    except OSError:
        return False
    return True
