"""A connection that is lost loses no work: the page says so, and what was not saved is there again after the reload."""

import os
import signal

import pytest
from playwright.sync_api import expect

from tests.browser import (
    assert_no_console_errors,
    kernel_of,
    kernel_process,
    open_page,
    start_server,
    wait_until,
)
from tests.ui.stores import simulated_store
from workbench.settings import NOTEBOOKS

pytestmark = pytest.mark.browser
COUNTY, ROUND = "341522", "2019-10"
BANNER, RESTORED = ".wb-banner", ".wb-restored"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return simulated_store(tmp_path_factory.mktemp("city"))


def set_ceiling(page, value):
    box = page.get_by_label("收入上限（输入）")
    box.fill(value)
    box.press("Enter")
    expect(page.locator("[data-yaml]")).to_contain_text(f"multiple: {value}")


@pytest.mark.deep
def test_a_page_that_is_left_asks_nothing_of_the_session_that_it_ends(page, store, voila_server):
    server = voila_server(store.root)
    connections = []
    page.on("websocket", lambda connection: connections.insert(0, connection))
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    kernel = kernel_of(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    # As when a link is followed whose page is long in coming: the session ends while this page still stands.
    with connections[0].expect_event("close"):
        page.evaluate("dispatchEvent(new Event('beforeunload'))")
    # The session is closed before its process has ended.
    wait_until(lambda: kernel_process(kernel) is None, 30, "the kernel of the page that was left still runs")
    page.evaluate("async () => (await fetch('/')).status")  # whatever was asked before this is known now
    assert [url for url in asked if "/alive/" in url] == []
    assert_no_console_errors(page)


@pytest.mark.deep  # a kernel that is killed: test_pages; a draft that is there again: test_drafts_of_persons
def test_a_standard_being_set_outlives_its_session(page, store, voila_server):
    server = voila_server(store.root)
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    set_ceiling(page, "1.77")
    os.kill(kernel_process(kernel_of(page)), signal.SIGKILL)
    expect(page.locator(BANNER)).to_contain_text("页面上的数字可能不是最新的")
    page.get_by_role("button", name="刷新").click()
    expect(page.locator(BANNER)).to_have_count(0)
    expect(page.locator(RESTORED)).to_contain_text("已接着上次没有保存的内容")
    expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.77")
    expect(page.get_by_label("收入上限（输入）")).to_have_value("1.77")
    page.get_by_label("县区").select_option("金寨县")
    expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.5")
    expect(page.locator(RESTORED)).to_be_hidden()
    page.get_by_label("县区").select_option("霍邱县")
    expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.77")
    page.get_by_role("button", name="从头开始").click()
    expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.5")
    page.reload()
    expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.5")
    expect(page.locator(RESTORED)).to_be_hidden()


@pytest.mark.deep  # in every run after signing in again: test_drafts_of_persons
def test_a_name_typed_as_the_page_is_left_is_there_again(page, store, voila_server):
    server = voila_server(store.root)
    address = f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}"
    open_page(page, address)
    expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.5")
    # The cursor still stands in it: the kernel has not heard a word of it.
    page.get_by_label("标准名称").press_sequentially("今年的标准")
    page.goto(server.url)
    open_page(page, address)
    expect(page.get_by_label("标准名称")).to_have_value("今年的标准")
    expect(page.locator(RESTORED)).to_contain_text("已接着上次没有保存的内容")
    expect(page.locator("[data-yaml]")).to_contain_text("title: 今年的标准")


@pytest.mark.deep
def test_a_scenario_outlives_a_server_that_restarts(page, store, tmp_path):
    server = start_server(store.root, NOTEBOOKS, tmp_path / "log.txt")
    try:
        open_page(page, f"{server.url}voila/render/scenario_lab.ipynb?county={COUNTY}&round={ROUND}")
        page.locator(".wb-copy input").fill("1.8")
        page.locator(".wb-copy").get_by_role("button").click()
        expect(page.locator(".wb-name")).to_have_count(2)
    finally:
        server.stop()
    expect(page.locator(BANNER)).to_contain_text("连接已断开")
    again = start_server(store.root, NOTEBOOKS, tmp_path / "log.txt", port=int(server.url.rsplit(":")[-1].strip("/")))
    try:
        page.get_by_role("button", name="刷新").click()
        expect(page.locator(RESTORED)).to_be_visible(timeout=40_000)
        expect(page.locator(".wb-name")).to_have_count(2)
        page.get_by_role("button", name="从头开始").click()
        expect(page.locator(".wb-name")).to_have_count(1)
        page.get_by_label("方案名称").fill("另一个")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("已保存“另一个”")).to_be_visible()
        page.reload()
        expect(page.locator("table[data-table=comparison]")).to_be_visible()
        expect(page.locator(RESTORED)).to_be_hidden()
    finally:
        again.stop()


@pytest.mark.deep
def test_what_comes_back_broken_is_said_and_dropped(page, store, voila_server):
    server = voila_server(store.root)
    url = f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}"
    page.goto(server.url)
    key = f"workbench-draft:/voila/render/county_standard.ipynb:{ROUND}/{COUNTY}"
    page.evaluate("([key, text]) => sessionStorage.setItem(key, text)", [key, "income: ["])
    open_page(page, url)
    expect(page.get_by_role("alert")).to_contain_text("YAML")
    expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.5")
    # The alert and the dropping reach the browser each by a way of its own.
    page.wait_for_function("key => sessionStorage.getItem(key) === null", arg=key, timeout=60_000)
    page.reload()
    expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.5")
    expect(page.get_by_role("alert")).to_have_count(0)
