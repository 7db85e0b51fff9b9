"""Opening every page, warm, at 40,000 households in the county, beside a bare Voilà page holding one slider; memory of a session.

Of each opening: when its HTML begins (its kernel runs then), when it ends (its cell has drawn the page), when the page can be
used. Of each session at rest: private memory, and proportional, in which what is shared is divided among those who share it.

A city is simulated, scored with made-up scores, and given a made-up account of a model and a register in which nothing has
been done yet: what matters here is their size. Whoever opens the pages is signed in as the county's officer.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.crowd import memory_of
from benchmarks.page import _SERVE, bare_notebook, open_until
from benchmarks.report import table
from tests.browser import kernel_of, kernel_process
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
_FIRST_CONTROL = {
    "bare": ".noUi-handle",
    "intake": ".wb-choose",
    "training": ".wb-step-dot",
    "county_standard": ".noUi-handle",
    "early_warning": ".wb-cell",
    "model": ".wb-header select",
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


def opened(page: Page, url: str, name: str) -> tuple[float, ...]:
    """Seconds until a page's HTML begins, ends, and the page can be used; the memory of its session at rest, private and proportional (MB)."""
    address = f"{url}voila/render/{name}.ipynb?county={COUNTY}&round={ROUND}"
    seconds = open_until(page, address, _FIRST_CONTROL.get(name, _ANY_CONTROL))
    begun, ended = page.evaluate(_NAVIGATION)
    page.wait_for_timeout(3000)
    # A page that the server writes itself has no kernel, and takes nothing.
    process = kernel_process(kernel_of(page)) if page.locator("#jupyter-config-data").count() else None
    return begun, ended, seconds, *(memory_of(process) if process else (0.0, 0.0))


def measure(url: str, names: list[str]) -> None:
    """Open the bare page and the others in turns, so that whatever else the machine does falls on all alike."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{url}login")
        page.locator(f"form:has(input[value='{OFFICER}']) button").click()
        page.wait_for_selector(".wb-bar-out")
        results: dict[str, list[tuple[float, ...]]] = {name: [] for name in ("bare", *names)}
        home = []
        for turn in range(REPEATS + 1):
            for name, seen in results.items():
                one = opened(page, url, name)
                seen.extend([one] if turn else [])  # the first fills caches, and builds what is kept beside the facts
            home.append(open_until(page, f"{url}?county={COUNTY}", ".wb-figure-value"))
        browser.close()
    middle = {
        name: tuple(statistics.median(column) for column in zip(*seen, strict=True)) for name, seen in results.items()
    }
    bare = middle["bare"][2]
    rows = [
        [
            name,
            f"{begun:.2f}",
            f"{ended:.2f}",
            f"{usable:.2f}",
            f"{usable / bare:.2f}",
            f"{private:.0f}",
            f"{shared:.0f}",
        ]
        for name, (begun, ended, usable, private, shared) in middle.items()
    ]
    at_home = statistics.median(home[1:])
    rows.append(["home (no session)", "", "", f"{at_home:.2f}", f"{at_home / bare:.2f}", "0", "0"])
    table(
        f"to the first usable control, warm, median of {REPEATS}",
        ["page", "kernel s", "HTML s", "usable s", "ratio", "private MB", "proportional MB"],
        rows,
    )


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
            measure(url, sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
