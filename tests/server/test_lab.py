"""JupyterLab on the same notebooks: offline, behind its token, with charts although no server has their library."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser import Server, _free_port, assert_no_outside_request, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAB = """
import sys
from pathlib import Path
from workbench.server.lab import lab
store, notebooks, port = sys.argv[1:]
lab(Path(store), work=Path(notebooks), port=int(port), announce=lambda said: print(said.zh, flush=True))
"""
CHART = """
from workbench.ui.kit.charts.echarts import EChart
EChart({"title": {"text": "图"}, "series": []})
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(CHART)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    nbformat.write(notebook, notebooks / "chart.ipynb")
    log = tmp_path / "log.txt"
    command = [sys.executable, "-c", LAB, str(tmp_path / "store"), str(notebooks), str(_free_port())]
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: "就绪" in log.read_text() or process.poll() is not None, 60, log.read_text())
        assert process.poll() is None, log.read_text()
        yield next(line for line in log.read_text().splitlines() if "就绪" in line).rpartition("已就绪：")[2].strip()
    finally:
        process.terminate()
        process.wait(20)


def test_lab_draws_a_chart_offline_and_asks_for_its_token(page: Page, address: str, tmp_path: Path) -> None:
    assert (tmp_path / "store" / ".jupyter" / "config").is_dir()  # what it writes is in the store
    base = address.partition("lab?")[0]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{base}api/contents")  # noqa: S310 - our own server
    page.goto(address.replace("lab?", "lab/tree/chart.ipynb?"))
    run = page.get_by_role("button", name="Run this cell")
    expect(run).to_be_enabled()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    run.click()
    expect(page.locator(".wb-chart svg text", has_text="图")).to_have_count(1)
    assert_no_outside_request(page, Server(base, None))
