"""From the slider's move to the new figure on the screen, at 300,000 households in the county, in a real Chromium.

Beside it, in the same run: a bare Voilà page whose slider is echoed into a label by the kernel, the least that any page
with arithmetic in the kernel takes. Opening times of both pages too. And, in a county of 43,000 households with a round after
this one and scores, all of the slider's own answer (figures, hindsight, what is expected): how long the handlers of the page
take, which has to be less than a frame of 16 ms.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import numpy as np
import pyarrow as pa
from playwright.sync_api import Page, sync_playwright

from benchmarks.preview import made_up_facts
from benchmarks.report import asked_households, table
from tests.preview.scored import score_store
from workbench.settings import NOTEBOOKS
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

HOUSEHOLDS = 300_000
A_COUNTY = 43_000
FRAME = 1000 / 60
COUNTY, ROUND, LATER = "341522", "2019-10", "2020-04"
MOVES = 40
WATCHED = 3
"""The large figure, the picture of the past and that of what is expected."""
OPENS_WITHIN = 600_000
"""Milliseconds: on a busy computer a page takes long to open, which is not what is measured here."""
_BARE = """import ipywidgets as w
slider, label = w.FloatSlider(min=1, max=3, step=0.01, value=1.5), w.Label("1.5")
slider.observe(lambda c: setattr(label, "value", str(c["new"])), "value")
w.VBox([slider, label])"""
_SERVE = """import sys
from pathlib import Path
from workbench.server.pages import serve
serve(Path(sys.argv[1]), notebooks=Path(sys.argv[2]), port=int(sys.argv[3]), announce=lambda text: print(text, flush=True))"""
_MOVE = """async ([watched, key]) => {
  const handle = document.querySelector(".noUi-handle");
  const shown = () => document.querySelector(watched)?.textContent;
  const before = shown();
  const begin = performance.now();
  const changed = new Promise((resolve, reject) => {
    const check = () => shown() !== before && requestAnimationFrame(() => resolve(performance.now() - begin));
    new MutationObserver(check).observe(document.body, { childList: true, characterData: true, subtree: true });
    setTimeout(() => reject(new Error("nothing changed")), 60000);
  });
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  return await changed;
}"""


# From the key to the return of every handler that it calls, before the browser draws: what a frame has to hold.
_HANDLED = """(key) => {
  const handle = document.querySelector(".noUi-handle");
  const texts = () => [...document.querySelectorAll("[data-figure=inside] .wb-figure-value, [data-picture] .wb-past-said")].map((each) => each.textContent);
  const before = texts();
  const begin = performance.now();
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const took = performance.now() - begin;
  const after = texts();
  return [took, after.filter((text, at) => text !== before[at]).length, after.length];
}"""


def county_store(root: Path, households: int, *, later: bool = False) -> FactStore:
    """A county of unregistered households, marked as simulated; `later`: with the next round too, and scores made up."""
    facts = made_up_facts(households)
    store = FactStore(root)
    keep = [name for name in facts.column_names if name not in ("previous_income_pc", "seen_before")]
    table_ = facts.select(keep).set_column(
        keep.index("county_code"), "county_code", pa.array(np.full(households, COUNTY))
    )
    store.write(ROUND, {COUNTY: table_}, Origin(simulated=True))
    if later:
        # The same households half a year on, with other incomes: some have slipped by then.
        other = made_up_facts(households, seed=2)
        incomes = table_.set_column(keep.index("income_pc"), "income_pc", other["income_pc"])
        store.write(LATER, {COUNTY: incomes}, Origin(simulated=True))
        score_store(store, ROUND)
    return store


def bare_notebook(folder: Path) -> None:
    """The page to compare with."""
    page = json.loads((NOTEBOOKS / "county_standard.ipynb").read_text(encoding="utf-8"))
    page["cells"][0]["source"] = _BARE
    page["metadata"]["workbench"]["title"] = {"zh": "空页", "en": "Bare"}
    (folder / "bare.ipynb").write_text(json.dumps(page), encoding="utf-8")


def open_until(page: Page, url: str, ready: str) -> float:
    """Seconds until a page can be used."""
    begin = time.perf_counter()
    page.goto(url, wait_until="commit", timeout=OPENS_WITHIN)
    page.wait_for_selector(ready, timeout=OPENS_WITHIN)
    return time.perf_counter() - begin


def moves(page: Page, watched: str) -> list[float]:
    """Milliseconds from each move of the slider to the change of what is watched, drawn."""
    times = []
    for number in range(MOVES + 5):
        key = "ArrowRight" if number % 30 < 15 else "ArrowLeft"
        times.append(page.evaluate(_MOVE, [watched, key]))
        page.wait_for_timeout(60)  # the page comes to rest before the next move
    return times[5:]


def handled(page: Page) -> list[float]:
    """Milliseconds that the handlers of each move of the slider take; figures and both pictures must be there."""
    times = []
    for number in range(MOVES + 5):
        took, changed, watched = page.evaluate(_HANDLED, "ArrowRight" if number % 30 < 15 else "ArrowLeft")
        # Either may be the same number at two ceilings; none following at all would be a handler that does nothing.
        if watched != WATCHED or (number == 0 and not changed):
            raise SystemExit(f"what should follow the slider does not: {changed} of {watched}")
        times.append(took)
        page.wait_for_timeout(60)
    return times[5:]


def measure_a_county(url: str) -> None:
    """The slider's own answer in a county of usual size."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        open_until(
            page,
            f"{url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}",
            "[data-picture=expected] .wb-past-said:not(:empty)",
        )
        page.wait_for_timeout(2000)  # the kernel has sent all that it sends
        times = handled(page)
        browser.close()
    table(
        f"the slider's answer in the browser, {A_COUNTY:,} households in the county, {MOVES} moves",
        ["what answers", "median ms", "95 % ms", "of a frame"],
        [_row("figures, hindsight and what is expected: all handlers", times, FRAME)],
    )


def _row(name: str, times: list[float], base: float) -> list[str]:
    middle = statistics.median(times)
    late = sorted(times)[int(0.95 * len(times))]
    return [name, f"{middle:.1f}", f"{late:.1f}", f"{middle / base:.2f}"]


def measure(url: str, households: int) -> None:
    """Open both pages and move their sliders."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        address = f"{url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}"
        own_ready, bare_ready = "table[data-table=townships] tbody tr", ".noUi-handle"
        open_until(page, address, own_ready)  # fills the browser's cache, builds the index
        own_open = open_until(page, address, own_ready)
        figure = moves(page, "[data-figure=inside] .wb-figure-value")
        exact = moves(page, "table[data-table=townships] tfoot td")
        bare_open = open_until(page, f"{url}voila/render/bare.ipynb", bare_ready)
        echo = moves(page, ".widget-label:not([for]):not([style*='none'])")
        browser.close()
    base = statistics.median(echo)
    table(
        f"slider to screen, {households:,} households in the county, {MOVES} moves",
        ["what changes", "median ms", "95 % ms", "ratio"],
        [
            _row("bare page: label echoed by the kernel", echo, base),
            _row("county standard: the large figures", figure, base),
            _row("county standard: the table by township, exact, from the kernel", exact, base),
        ],
    )
    table(
        "opening, warm", ["page", "seconds", "ratio"],
        [["bare page, one slider", f"{bare_open:.1f}", "1"], ["county standard", f"{own_open:.1f}", f"{own_open / bare_open:.2f}"]],
    )  # fmt: skip


def main() -> None:
    """Serve a large county and measure."""
    households = asked_households(HOUSEHOLDS, __doc__)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        county_store(root / "store", households)
        notebooks = root / "notebooks"
        notebooks.mkdir()
        (notebooks / "county_standard.ipynb").write_bytes((NOTEBOOKS / "county_standard.ipynb").read_bytes())
        bare_notebook(notebooks)
        with _served(root / "store", notebooks) as url:
            measure(url, households)
        county_store(root / "county", A_COUNTY, later=True)
        with _served(root / "county", notebooks) as url:
            measure_a_county(url)


@contextmanager
def _served(store: Path, notebooks: Path) -> Iterator[str]:
    """A server of the pages over a store; its address."""
    with socket() as probe:  # a port that somebody else listens on would be an end without a measurement
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", _SERVE, str(store), str(notebooks), str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    try:
        ready = next(line for line in server.stdout or [] if "ready" in line)
        yield next(word for word in ready.split() if word.startswith("http"))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
