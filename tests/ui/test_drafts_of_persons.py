"""A draft outlives a server that restarts and the signing in after it; it is its author's alone."""

import pytest
from playwright.sync_api import expect

from tests.browser import opened, start_server
from tests.server.test_signing_in import SECRET, store
from tests.ui.test_lost_connection import RESTORED, set_ceiling
from workbench.settings import NOTEBOOKS

pytestmark = pytest.mark.browser
PAGE = "voila/render/county_standard.ipynb?county=341524"


def sign_in(page, account):
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(SECRET)
    page.get_by_role("button", name="登录").click()


@pytest.mark.parametrize("restarts", [False, pytest.param(True, marks=pytest.mark.deep)])
def test_a_draft_is_there_again_for_its_author_only(page, tmp_path, restarts):
    root = store(tmp_path / "store", simulated=False)
    server = start_server(root, NOTEBOOKS, tmp_path / "log.txt")
    try:
        page.goto(server.url + PAGE)
        sign_in(page, "金寨经办")
        opened(page)
        set_ceiling(page, "1.77")
        # The cursor still stands in it: the kernel has not heard a word of it.
        page.get_by_label("标准名称").press_sequentially("今年的标准")
        if restarts:
            server.stop()
            server = start_server(
                root, NOTEBOOKS, tmp_path / "log.txt", port=int(server.url.rsplit(":")[-1].strip("/"))
            )
        else:
            page.context.clear_cookies()
        page.goto(server.url + PAGE)
        sign_in(page, "金寨经办")
        expect(page.locator(RESTORED)).to_be_visible(timeout=90_000)
        expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.77")
        expect(page.locator("[data-yaml]")).to_contain_text("title: 今年的标准")
        stored = page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('workbench-draft:'))")
        assert all(key.startswith("workbench-draft:金寨经办@") for key in stored)
        page.context.clear_cookies()
        page.evaluate("key => sessionStorage.setItem(key.replace('金寨经办', 'city'), 'x')", stored[0])
        page.goto(server.url + "login")
        page.get_by_label("账号").fill("city")
        page.get_by_label("密码").fill("wrong-password")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_text("账号或密码不对")).to_be_visible()
        remaining = page.evaluate("Object.keys(sessionStorage).filter((key) => key.includes('金寨经办'))")
        assert remaining == []
    finally:
        server.stop()
