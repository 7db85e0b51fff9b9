"""Opening every page, warm, at 40,000 households in the county, beside a bare page holding one slider; memory of a session.

That bare page is served twice: beside the others by the workbench, whose kernels are forked, and as Voilà itself serves it.

Of each opening the steps: until its HTML begins (its kernel runs then), from there until it ends (its cell has drawn the
page), and from there until the page can be used (its scripts). Of each session at rest: private memory, and proportional, in which what is shared is divided among those who share it.

A city is simulated, scored with made-up scores, and given a made-up account of a model and a register in which nothing has
been done yet: what matters here is their size. Whoever opens the pages is signed in as the county's officer.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.crowd import memory_of
from benchmarks.page import _SERVE, bare_notebook, open_until
from benchmarks.report import table
from tests.browser import ARGUMENTS, _answers, _free_port, kernel_of, kernel_process, wait_until
from tests.ui.scored import put_model_in_use, scored_store
from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import Area
from workbench.register.access.accounts import NewAccount, add_accounts, first_account
from workbench.register.access.acting_user import open_register
from workbench.settings import NOTEBOOKS
from workbench.store.facts import FactStore

COUNTY, ROUND = "341522", "2019-10"
OFFICER = "officer"
REPEATS = 5
_PORT = 8933
_VOILA = "bare, by Voilà itself"
_FIRST_CONTROL = {
    "bare": ".noUi-handle",
    "intake": ".wb-choose",
    "training": ".wb-step-dot",
    "county_standard": ".noUi-handle",
    "early_warning": ".wb-cell",
    "model": ".wb-header select:visible",
}
"""What each page can first be used by; a page that is not named here: the first select, button, slider or box in sight."""
_NAVIGATION = """() => {
  const entry = performance.getEntriesByType("navigation")[0];
  return [entry.responseStart / 1000, (entry.responseEnd || performance.now()) / 1000];
}"""
_ANY_CONTROL = "#rendered_cells :is(.noUi-handle, button, select, input):visible"


def people(store: FactStore) -> None:
    """A register with an officer of the county in it."""
    register, now = open_register(store), now_in_beijing()
    first_account(register, NewAccount("admin", "管理员", "administrator"), now)
    add_accounts(register.acting_user("admin", now), [NewAccount(OFFICER, "经办人", "county_officer", Area(COUNTY))])


def opened(page: Page, address: str, control: str) -> tuple[float, ...]:
    """Seconds until a page's HTML begins, ends, and the page can be used; the memory of its session at rest, private and proportional (MB)."""
    seconds = open_until(page, address, control)
    begun, ended = page.evaluate(_NAVIGATION)
    page.wait_for_timeout(3000)
    # A page that the server writes itself has no kernel, and takes nothing.
    process = kernel_process(kernel_of(page)) if page.locator("#jupyter-config-data").count() else None
    return begun, ended, seconds, *(memory_of(process) if process else (0.0, 0.0))


def measure(url: str, theirs: str, names: list[str]) -> None:
    """Open the bare page (`theirs`: as Voilà serves it) and the others in turns, so that whatever else the machine does falls on all alike."""
    addresses = {
        _VOILA: (theirs, _FIRST_CONTROL["bare"]),
        **{
            name: (
                f"{url}voila/render/{name}.ipynb?county={COUNTY}&round={ROUND}",
                _FIRST_CONTROL.get(name, _ANY_CONTROL),
            )
            for name in ("bare", *names)
        },
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{url}login")
        page.locator(f"form:has(input[value='{OFFICER}']) button").click()
        page.wait_for_selector(".wb-bar-out")
        results: dict[str, list[tuple[float, ...]]] = {name: [] for name in addresses}
        home = []
        for turn in range(REPEATS + 1):
            for name, seen in results.items():
                one = opened(page, *addresses[name])
                seen.extend([one] if turn else [])  # the first fills caches, and builds what is kept beside the facts
            home.append(open_until(page, f"{url}?county={COUNTY}", ".wb-figure-value"))
        browser.close()
    middle = {
        name: tuple(statistics.median(column) for column in zip(*seen, strict=True)) for name, seen in results.items()
    }
    bare, voila = middle["bare"][2], middle[_VOILA][2]
    rows = [
        [
            name,
            f"{begun:.2f}",
            f"{ended - begun:.2f}",
            f"{usable - ended:.2f}",
            f"{usable:.2f}",
            f"{usable / bare:.2f}",
            f"{usable / voila:.2f}",
            f"{private:.0f}",
            f"{shared:.0f}",
        ]
        for name, (begun, ended, usable, private, shared) in middle.items()
    ]
    at_home = statistics.median(home[1:])
    rows.append(
        ["home (no session)", "", "", "", f"{at_home:.2f}", f"{at_home / bare:.2f}", f"{at_home / voila:.2f}", "0", "0"]
    )
    table(
        f"to the first usable control, warm, median of {REPEATS}",
        [
            "page",
            "kernel s",
            "cell s",
            "scripts s",
            "usable s",
            "of bare",
            "of Voilà's",
            "private MB",
            "proportional MB",
        ],
        rows,
    )


@contextmanager
def by_voila(notebooks: Path) -> Iterator[str]:
    """The bare page as Voilà itself serves it, with the theme and the kernels that it comes with; its address."""
    port = _free_port()
    command = [sys.executable, "-m", "voila", "--no-browser", f"--port={port}", str(notebooks / "bare.ipynb")]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - ourselves
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Make a city, serve it, measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=150_000, help="of the city; the county holds over a quarter")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        store = scored_store(root / "store", arguments.households)
        put_model_in_use(store)
        people(store)
        notebooks = root / "notebooks"
        notebooks.mkdir()
        for path in NOTEBOOKS.glob("*.ipynb"):
            (notebooks / path.name).write_bytes(path.read_bytes())
        bare_notebook(notebooks)
        print(f"{store.read(ROUND, COUNTY, ['household_id']).num_rows:,} households in the county")
        server = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", _SERVE, str(store.root), str(notebooks), str(_PORT)],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            ready = next(line for line in server.stdout or [] if "ready" in line)
            url = next(word for word in ready.split() if word.startswith("http"))
            with by_voila(notebooks) as theirs:
                wait_until(lambda: _answers(int(theirs.rpartition(":")[2].strip("/"))), 60, "Voilà does not listen")
                measure(url, theirs, sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
