"""A page that is shown is a page that is drawn: output that comes late is waited for, a blank page opens itself once again."""

import multiprocessing
import re
import time
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser import new_page, open_page, opened
from tests.ui.stores import simulated_store

pytestmark = pytest.mark.browser

LATE = """
import sys
import time
import ipywidgets
# The reply goes out at once, the output after six seconds: as on a machine that has too much to do.
sys.stdout.flush_timeout = sys.stderr.flush_timeout = 0.01
get_ipython().kernel.iopub_thread.schedule(lambda: time.sleep(6))
ipywidgets.Label("late but whole")
"""
SECOND_TIME = """
from pathlib import Path
import ipywidgets
seen = Path(r"{seen}")
label = ipywidgets.Label("drawn the second time") if seen.exists() else seen.touch()
label
"""
ANSWERING = """
import ipywidgets
from workbench.ui.kit.controls.pane import Pane, sends
def answer(_choice):
    pane.html = "<p>answered</p>"
pane = Pane(answer)
pane.html = f"<button data-send='{sends()}'>ask</button>"
ipywidgets.VBox([pane])
"""
AT_ONCE = """
const within = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (milliseconds) => within(milliseconds === 2000 ? 0 : milliseconds);
"""
"""The library of panes gives up after no time at all, as after its two seconds on a machine that has too much to do."""
COUNTY = "voila/render/county_standard.ipynb?county=341522"


def write(folder: Path, name: str, code: str) -> None:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)], metadata=kernel)
    nbformat.write(notebook, folder / name)


@pytest.fixture(scope="module")
def server(voila_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    write(folder, "late.ipynb", LATE)
    write(folder, "second.ipynb", SECOND_TIME.format(seen=folder / "seen"))
    write(folder, "silent.ipynb", "None")
    write(folder, "failing.ipynb", "1 / 0")
    write(folder, "answering.ipynb", ANSWERING)
    return voila_server(tmp_path_factory.mktemp("store"), folder)


@pytest.mark.deep
def test_output_that_comes_long_after_the_reply_is_drawn(page, server):
    open_page(page, server.url + "voila/render/late.ipynb")
    expect(page.get_by_text("late but whole")).to_be_visible()


@pytest.mark.deep
def test_a_page_that_takes_too_long_says_so_until_it_is_drawn(page, server):
    page.clock.install()
    page.goto(server.url + "voila/render/late.ipynb", wait_until="commit")
    page.locator("#loading").wait_for()
    page.clock.fast_forward(330_000)
    expect(page.get_by_role("alert")).to_contain_text("时间过长")
    expect(page.get_by_text("late but whole")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.deep
def test_a_page_that_comes_out_blank_opens_itself_once_again(page, server):
    open_page(page, server.url + "voila/render/second.ipynb")
    expect(page.get_by_text("drawn the second time")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.deep  # a page that fails and says so in every run: below
def test_a_page_that_stays_blank_says_so_and_does_not_open_itself_for_ever(page, server):
    visits = []
    page.on("request", lambda request: visits.append(request.url) if "silent.ipynb" in request.url else None)
    page.goto(server.url + "voila/render/silent.ipynb", wait_until="commit")
    expect(page.locator(".wb-banner")).to_contain_text("仍是空白")
    expect(page.locator("[data-blank]")).to_contain_text("页面没有画出来")
    assert len(visits) == 2


@pytest.mark.parametrize(
    ("query", "said"), [("", "页面没有画出来"), pytest.param("?lang=en", "could not be drawn", marks=pytest.mark.deep)]
)
def test_a_page_that_fails_says_so_in_its_language_alone(page, server, query, said):
    page.goto(server.url + "voila/render/failing.ipynb" + query, wait_until="commit")
    failed = page.locator("[data-failed]")
    expect(failed).to_contain_text(said)
    words = failed.text_content()
    assert "ZeroDivision" not in page.content()
    assert bool(re.search(r"[a-z]", words)) != bool(re.search(r"[一-鿿]", words))


@pytest.mark.deep  # a machine that has too much to do
def test_a_pane_that_is_long_in_coming_to_life_still_shows_what_the_kernel_answers(page, server):
    page.add_init_script(AT_ONCE)
    open_page(page, server.url + "voila/render/answering.ipynb")
    page.get_by_role("button", name="ask").click()
    expect(page.get_by_text("answered")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.deep  # of a page that is not drawn in every run: the tests above
def test_a_page_of_which_a_part_never_started_says_so(page, server):
    open_page(page, server.url + "voila/render/answering.ipynb")
    page.evaluate("() => { Promise.reject(new Error('[anywidget] Failed to initialize model.')) }")
    expect(page.get_by_role("alert")).to_contain_text("有一部分没有启动")
    expect(page.get_by_role("button", name="刷新")).to_be_visible()


# -- under load ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def city(voila_server, tmp_path_factory):
    return voila_server(simulated_store(tmp_path_factory.mktemp("city")).root)


def burn() -> None:
    while True:
        pass


@pytest.fixture
def two_busy_loops():
    loops = [multiprocessing.get_context("spawn").Process(target=burn, daemon=True) for _ in range(2)]
    for loop in loops:
        loop.start()
    yield
    for loop in loops:
        loop.kill()
        loop.join()


@pytest.mark.deep
@pytest.mark.usefixtures("two_busy_loops")
def test_twelve_pages_opened_at_once_on_a_busy_machine_are_all_drawn(browser, city):
    pages, began = [new_page(browser) for _ in range(12)], time.monotonic()
    for page in pages:  # at once: none waits for an answer to another
        page.evaluate("url => { setTimeout(() => location.assign(url), 0) }", city.url + COUNTY)
    for page in pages:
        opened(page, seconds=600)
        assert page.get_by_role("alert").all_text_contents() == []
    print(f"\ntwelve pages beside two busy loops: all drawn after {time.monotonic() - began:.0f} s")  # noqa: T201 - for the record
    for page in pages:
        page.context.close()


@pytest.mark.deep
def test_forty_pages_opened_one_after_another_are_all_drawn(browser, city):
    page = new_page(browser)
    for _ in range(40):
        open_page(page, city.url + COUNTY)
        expect(page.get_by_role("alert")).to_have_count(0)
    page.context.close()
