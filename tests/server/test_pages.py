"""The pages as a browser meets them: what they show, what they refuse, and what they say when they are dead."""

import os
import re
import signal
import sys
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser import (
    Server,
    assert_no_console_errors,
    assert_no_outside_request,
    kernel_of,
    kernel_process,
    open_page,
    requests_of,
    start_server,
    wait_until,
)
from tests.server.visitors import Visitor, answered, frame

pytestmark = pytest.mark.browser

TRIAL = """
import ipywidgets
from workbench.ui.kit.charts.echarts import EChart

def option(value):
    return {
        "title": {"text": f"上限 {value:.2f} 倍"},
        "xAxis": {"type": "category", "data": ["甲", "乙"]},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "data": [10, 20 * value]}],
    }

slider = ipywidgets.FloatSlider(value=1.5, min=1, max=2, step=0.05, description="收入上限")
chart = EChart(option(1.5), aria_label="各上限纳入的户数")
chosen = ipywidgets.Label()
slider.observe(lambda change: setattr(chart, "option", option(change["new"])), "value")
chart.observe(lambda change: setattr(chosen, "value", f"选中 {change['new'].get('name')}"), "selected")
header = ipywidgets.HTML("<div class='wb-header'><h1>试验页</h1></div>")
ipywidgets.VBox([header, slider, chart, chosen])
"""
TRIAL_PAGE = "voila/render/trial.ipynb"
BANNER = ".wb-banner"


def _write(folder: Path, name: str, code: str, zh: str, en: str) -> None:
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "workbench": {"order": 1, "title": {"zh": zh, "en": en}, "summary": {"zh": "说明文字"}},
    }
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)], metadata=metadata)
    nbformat.write(notebook, folder / name)


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    _write(folder, "trial.ipynb", TRIAL, "试验页", "Trial page")
    _write(folder, "empty.ipynb", "1", "空白页", "Empty page")
    _write(folder, "_dying.ipynb", "import os; os._exit(1)", "不能启动", "Cannot start")
    (folder / "analysis").mkdir()
    _write(folder / "analysis", "draft.ipynb", "1", "草稿", "Draft")
    (folder / "facts.csv").write_text("secret")
    (folder / "public").mkdir()
    (folder / "public" / "facts.csv").write_text("secret")
    (folder / "code.py").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def server(voila_server, tmp_path_factory, notebooks) -> Server:
    return voila_server(tmp_path_factory.mktemp("store"), notebooks)


def test_home_page_is_chinese_and_asks_nobody_else(page: Page, server: Server) -> None:
    page.goto(server.url)
    expect(page).to_have_title("六安市边缘户标准工作台")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator(".wb-card")).to_have_count(3)
    expect(page.locator(".wb-card", has_text="试验页")).to_contain_text("说明文字")
    page.get_by_text("English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".wb-card", has_text="Trial page")).to_have_attribute("href", f"/{TRIAL_PAGE}?lang=en")
    page.goto(server.url + "favicon-that-is-not-there")
    expect(page.get_by_text("没有这个页面")).to_be_visible()
    assert_no_outside_request(page, server)


def settled(page: Page, selector: str) -> None:
    """Wait until a drawn path stands still: a click on one that still moves may miss it."""
    page.wait_for_function(
        """async (selector) => {
            const shape = () => document.querySelector(selector)?.getAttribute("d");
            const before = shape();
            await new Promise((resolve) => setTimeout(resolve, 250));
            return before && before === shape();
        }""",
        arg=selector,
    )


def clicked(page: Page, place: tuple[float, float], answer: str) -> bool:
    """Click on a place of a chart; whether its answer stood on the page within five seconds."""
    page.mouse.click(*place)
    try:
        page.get_by_text(answer).wait_for(timeout=5_000)
    except PlaywrightTimeout:
        return False
    return True


@pytest.mark.deep  # of the pages themselves in every run: ui/test_county_standard_page, ui/test_early_warning_page
def test_chart_renders_and_follows_the_slider(page: Page, server: Server) -> None:
    open_page(page, server.url + TRIAL_PAGE)
    chart = page.locator(".wb-chart")
    expect(chart.locator("svg text", has_text="上限 1.50 倍")).to_have_count(1)
    expect(chart).to_have_attribute("aria-label", "各上限纳入的户数")
    expect(page).to_have_title("试验页 · 六安市边缘户标准工作台")
    handle = page.get_by_role("slider", name="收入上限")
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(chart.locator("svg text", has_text="上限 1.55 倍")).to_have_count(1)
    bars = chart.locator("svg path[fill='#12636b']")
    expect(bars).to_have_count(2)
    settled(page, ".wb-chart svg path[fill='#12636b']")
    bars.first.scroll_into_view_if_needed()
    box = bars.first.bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    # ECharts drops a click whose press and release fall on both sides of a redraw: a person then clicks there once more. By its
    # colour the bar is not to be had a second time: under the mouse it has another, and after it the same in other words.
    wait_until(lambda: clicked(page, place, "选中 甲"), 60, "no click on a bar reached the kernel")
    assert len([url for url in requests_of(page) if "echarts.esm.min.js" in url]) == 1
    assert page.locator(BANNER).count() == 0
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.deep
def test_pages_can_be_used_with_a_screen_reader(page: Page, server: Server) -> None:
    page.goto(server.url)
    assert [violations["id"] for violations in Axe().run(page).response["violations"]] == []
    open_page(page, server.url + TRIAL_PAGE)
    expect(page.get_by_role("slider", name="收入上限")).to_be_visible()
    assert [violations["id"] for violations in Axe().run(page).response["violations"]] == []


@pytest.mark.deep  # seen for seconds, on a slow machine
def test_what_the_library_of_widgets_says_is_said_in_the_language_of_the_page(page: Page, server: Server) -> None:
    """It knows English only, and a slow machine shows it for seconds; a library that says something else is noticed here."""
    texts = {
        "Loading widget...": "正在打开…",
        "Error displaying widget: model not found": "这一部分没有打开，请刷新本页。",
    }
    scripts = Path(sys.prefix).glob("share/jupyter/voila/labextensions/*/widgets-manager8/static/*.js")
    library = "".join(each.read_text(encoding="utf-8") for each in scripts)
    open_page(page, server.url + TRIAL_PAGE)
    cells = page.locator("#rendered_cells")
    for of_library, ours in texts.items():
        assert of_library in library
        cells.evaluate("(cells, text) => cells.append(text)", of_library)
        expect(cells).to_contain_text(ours)
        expect(cells).not_to_contain_text(of_library)


def test_query_cannot_inject_or_change_the_template(page: Page, server: Server) -> None:
    attack = "theme=%22%3E%3Cscript%3Ewindow.injected=1%3C/script%3E&template=nosuch&lang=en"
    open_page(page, f"{server.url}{TRIAL_PAGE}?{attack}")
    assert page.evaluate("window.injected") is None
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(f"{server.url}?{attack}&classic-tree=false")
    assert page.evaluate("window.injected") is None
    expect(page.locator(".wb-card")).to_have_count(3)


def test_leaving_a_deep_linked_tab_ends_its_kernel(page: Page, server: Server) -> None:
    open_page(page, server.url + TRIAL_PAGE)
    kernel = kernel_of(page)
    assert page.request.get(f"{server.url}alive/{kernel}").status == 204
    page.goto("about:blank")
    wait_until(
        lambda: page.request.get(f"{server.url}alive/{kernel}").status == 404, 15, "the session outlived its tab"
    )
    wait_until(lambda: kernel_process(kernel) is None, 15, "the kernel outlived its tab")


def test_a_killed_kernel_brings_a_banner_that_stays(page: Page, server: Server) -> None:
    open_page(page, server.url + TRIAL_PAGE)
    os.kill(kernel_process(kernel_of(page)), signal.SIGKILL)
    expect(page.locator(BANNER)).to_contain_text("页面上的数字可能不是最新的")
    page.get_by_role("button", name="刷新").click()
    expect(page.locator(BANNER)).to_have_count(0)
    expect(page.locator(".wb-chart svg")).to_be_visible()


@pytest.mark.deep  # of a kernel that ends in every run: the test above
def test_a_kernel_that_dies_at_the_start_is_told(page: Page, server: Server) -> None:
    page.goto(f"{server.url}voila/render/_dying.ipynb", wait_until="commit")
    expect(page.locator(BANNER)).to_contain_text("会话已结束")
    expect(page.get_by_text("页面出错")).to_be_visible(timeout=20_000)


@pytest.mark.deep
def test_a_stopped_server_brings_a_banner_that_stays(page: Page, tmp_path: Path, notebooks: Path) -> None:
    server = start_server(tmp_path, notebooks, tmp_path / "log.txt")
    try:
        open_page(page, server.url + TRIAL_PAGE)
    finally:
        server.stop()
    expect(page.locator(BANNER)).to_contain_text("连接已断开，页面上的数字可能不是最新的")
    again = start_server(tmp_path, notebooks, tmp_path / "log.txt", port=int(server.url.rsplit(":")[-1].strip("/")))
    try:
        assert page.evaluate("fetch('/').then(answer => answer.status)") == 200
        expect(page.locator(BANNER)).to_be_visible()
    finally:
        again.stop()


def test_a_full_server_says_so_in_chinese(voila_server, tmp_path: Path, notebooks: Path) -> None:
    server = voila_server(tmp_path, notebooks, session_limit=1)
    assert server.get("voila/render/empty.ipynb")[0] == 200
    status, text, _ = server.get("voila/render/empty.ipynb")
    assert status == 503
    assert "使用人数已满" in text


@pytest.mark.parametrize(
    "path",
    ["trial.ipynb", "code.py", "facts.csv", "public/facts.csv", "../pyproject.toml", "%2e%2e/pyproject.toml"],
)
def test_files_beside_the_pages_are_not_served(server: Server, path: str) -> None:
    status, text, _ = server.get(f"voila/files/{path}")
    assert status in (403, 404)
    assert "secret" not in text


def test_what_is_no_page_is_not_shown(server: Server) -> None:
    assert server.get("voila/render/analysis/draft.ipynb")[0] == 404
    assert server.get("voila/tree/analysis")[0] == 404
    assert server.get("voila/api/contents")[0] == 404
    status, text, _ = server.get("voila/render/nosuch.ipynb")
    assert status == 404
    assert "没有这个页面" in text


@pytest.mark.parametrize("path", ["nosuch", "voila/render/nosuch.ipynb"])
def test_an_error_speaks_the_language_of_the_address_alone(server: Server, path: str) -> None:
    """Voilà's own pages of errors too: it is asked twice, once in each language."""
    chinese, english = (body_of(server.get(f"{path}{asked}")[1]) for asked in ("", "?lang=en"))
    assert "没有这个页面" in chinese
    assert "No such page" not in chinese
    assert "No such page" in english
    assert not re.search(r"[\u4e00-\u9fff]", english)


def body_of(text: str) -> str:
    """What a page says itself, below the bar, which offers the other language."""
    return text.partition("<main")[2].partition("</main>")[0]


def test_headers_keep_other_hosts_out(server: Server) -> None:
    for path in ("", "voila/render/empty.ipynb", "nosuch"):
        headers = server.get(path)[2]
        assert headers["Content-Security-Policy"].startswith("default-src 'self';")
        assert "http" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_code_sent_by_a_browser_is_not_run(server: Server, tmp_path: Path) -> None:
    visitor = Visitor(server)
    marker = tmp_path / "run"
    with visitor.socket(visitor.open("empty.ipynb")) as socket:
        for channel in ("shell", "control"):
            code = {"code": f"open({str(marker)!r}, 'w')", "silent": False, "allow_stdin": False}
            socket.send(frame("execute_request", channel, code))
        assert answered(socket)  # shell messages are answered in order: the others would have run by now
    assert not marker.exists()
