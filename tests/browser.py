"""A server of the pages and a real Chromium, for tests that look at what an official sees."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect

from tests.server_process import CAN_FORK, Running, started

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=60_000)  # what is awaited comes; how soon is a matter of what else the machine does
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
_SERVE = """
import sys
from pathlib import Path
from workbench.server.pages import serve
store, notebooks, port, limit = sys.argv[1:]
serve(Path(store), notebooks=Path(notebooks), port=int(port), session_limit=int(limit))
"""


@dataclass
class Server:
    url: str
    process: Running

    def get(self, path: str) -> tuple[int, str, dict[str, str]]:
        """Status, text and headers of an answer, without a browser."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=300) as answer:  # noqa: S310 - our own server
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_server(
    store: Path, notebooks: Path, log: Path, session_limit: int = 40, port: int = 0, before: str = ""
) -> Server:
    """Serve `notebooks` over `store` in a process of its own; returns when the port (0: any free one) answers.

    `before`: code that a process which has loaded nothing yet runs first, to watch what it does.
    """
    port = port or _free_port()
    words = [str(store), str(notebooks), str(port), str(session_limit)]
    process: Running
    if CAN_FORK and not before:
        process = started(words, log)
    else:
        with log.open("w") as output:
            command = [sys.executable, "-c", before + _SERVE, *words]
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}/", process)
    wait_until(lambda: _answers(port) or process.poll() is not None, 300, f"nothing listens on {port}")
    if process.poll() is not None:
        pytest.fail(f"the server ended: {log.read_text()}")
    return server


def wait_until(met: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            pytest.fail(otherwise)
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# -- the browser ---------------------------------------------------------------------------------------------------


@dataclass
class Record:
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


_records: WeakKeyDictionary[Page, Record] = WeakKeyDictionary()


def launch(playwright: Playwright) -> Browser:
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: sudo apt-get install -y chromium fonts-noto-cjk")
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


def new_profile(browser: Browser) -> BrowserContext:
    """A profile in which nothing is known yet, with pages of 1366×768."""
    return browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")


def new_page(browser: Browser, profile: BrowserContext | None = None) -> Page:
    """A page that records every request and every error on the console; of a fresh profile, unless one is given."""
    page = (profile or new_profile(browser)).new_page()
    record = _records[page] = Record()
    page.on("request", lambda request: record.requests.append(request.url))
    page.on("websocket", lambda websocket: record.requests.append(websocket.url))
    page.on("console", lambda said: record.errors.append(_error(said)) if said.type == "error" else None)
    page.on("pageerror", lambda error: record.errors.append(str(error)))
    page.set_default_timeout(60_000)
    return page


def _error(message: ConsoleMessage) -> str:
    """What the console says, and of which address: "404" alone is no clue."""
    return f"{message.text} ({message.location['url']})"


def open_page(page: Page, url: str, first_widget: str = ".jupyter-widgets") -> None:
    """Open a notebook's page and wait until it can be used. Voilà answers 200 even where a cell failed: look."""
    page.goto(url, wait_until="commit")
    opened(page, first_widget)


def opened(page: Page, first_widget: str = ".jupyter-widgets", seconds: float = 180) -> None:
    """Wait until a page that is being opened is drawn; it may reopen itself once meanwhile, if it came out blank."""
    content = page.locator(f"#rendered_cells {first_widget}:visible")
    failed = page.locator("[data-failed]")
    expect(content.or_(failed).first).to_be_visible(timeout=seconds * 1000)
    expect(failed).to_have_count(0)
    expect(page.locator("#loading")).to_have_count(0)


def requests_of(page: Page) -> list[str]:
    return _records[page].requests


def assert_no_outside_request(page: Page, server: Server) -> None:
    own = (server.url, server.url.replace("http:", "ws:"), "data:", "blob:", "about:")
    assert [url for url in requests_of(page) if not url.startswith(own)] == []


def assert_no_console_errors(page: Page) -> None:
    errors = _records[page].errors
    assert errors == [], errors


def serious(page: Page, *, contrast: bool = True) -> list[tuple[str, str]]:
    """What keeps somebody out of a page as it is now: axe's serious and critical findings, with a place of each.

    `contrast=False` leaves out the one rule that takes longer than all others: colours are of the style sheet, and every
    page and view is looked at with that rule once.
    """
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
    violations = Axe().run(page, options=options).response["violations"]
    return [(item["id"], item["nodes"][0]["html"]) for item in violations if item["impact"] in ("serious", "critical")]


# -- the kernel behind a page --------------------------------------------------------------------------------------


def kernel_of(page: Page) -> str:
    return json.loads(page.locator("#jupyter-config-data").text_content())["kernelId"]


def kernel_process(kernel_id: str) -> int | None:
    """The process of a kernel, while it runs."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # A forked kernel has its number for a name; one that was started has it in its command.
            title, command = (process / "comm").read_text().strip(), (process / "cmdline").read_bytes()
            started = b"ipykernel_launcher" in command and kernel_id.encode() in command
            if (started or title == kernel_id[:15]) and "Z" not in (process / "stat").read_text().split(")")[
                -1
            ].split()[0]:
                return int(process.name)
        except OSError:  # it ended while we looked
            continue
    return None
