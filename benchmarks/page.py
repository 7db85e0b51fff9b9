"""From the slider's move to the new figure on the screen, at 300,000 households in the county, in a real Chromium.

Beside it, in the same run: a bare Voilà page whose slider is echoed into a label by the kernel, the least that any page
with arithmetic in the kernel takes. Opening times of both pages too.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from playwright.sync_api import Page, sync_playwright

from benchmarks.preview import made_up_facts
from benchmarks.report import asked_households, table
from workbench.settings import NOTEBOOKS
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

HOUSEHOLDS = 300_000
COUNTY, ROUND = "341522", "2019-10"
MOVES = 40
_BARE = """import ipywidgets as w
slider, label = w.FloatSlider(min=1, max=3, step=0.01, value=1.5), w.Label("1.5")
slider.observe(lambda c: setattr(label, "value", str(c["new"])), "value")
w.VBox([slider, label])"""
_SERVE = """import sys
from pathlib import Path
from workbench.server.pages import serve
serve(Path(sys.argv[1]), notebooks=Path(sys.argv[2]), port=8931, announce=lambda text: print(text, flush=True))"""
_MOVE = """async ([figure, key]) => {
  const handle = document.querySelector(".noUi-handle");
  const shown = () => document.querySelector(figure)?.textContent;
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


def county_store(root: Path, households: int) -> FactStore:
    """A county of unregistered households, marked as simulated."""
    facts = made_up_facts(households)
    store = FactStore(root)
    keep = [name for name in facts.column_names if name not in ("previous_income_pc", "seen_before")]
    table_ = facts.select(keep).set_column(
        keep.index("county_code"), "county_code", pa.array(np.full(households, COUNTY))
    )
    store.write(ROUND, {COUNTY: table_}, Origin(simulated=True))
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
    page.goto(url, wait_until="commit")
    page.wait_for_selector(ready, timeout=120_000)
    return time.perf_counter() - begin


def moves(page: Page, figure: str) -> list[float]:
    """Milliseconds from each move of the slider to the change of that figure, drawn."""
    times = []
    for number in range(MOVES + 5):
        key = "ArrowRight" if number % 30 < 15 else "ArrowLeft"
        times.append(page.evaluate(_MOVE, [figure, key]))
        page.wait_for_timeout(60)  # the page comes to rest before the next move
    return times[5:]


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
        server = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", _SERVE, str(root / "store"), str(notebooks)], stdout=subprocess.PIPE, text=True
        )
        try:
            ready = next(line for line in server.stdout or [] if "ready" in line)
            measure(next(word for word in ready.split() if word.startswith("http")), households)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
