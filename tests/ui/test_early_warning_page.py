"""The early-warning page in a real Chromium: from the picture to a list, to a household, and back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, kernel_of, open_page, serious
from tests.ui.scored import ROUND, scored_store
from tests.ui.stores import HOSTILE, hostile_store, simulated_store

pytestmark = pytest.mark.browser
COUNTY = "341522"
PATH = "voila/render/early_warning.ipynb"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return scored_store(tmp_path_factory.mktemp("city"))


@pytest.fixture
def opened(page, store, voila_server):
    server = voila_server(store.root)
    open_page(page, f"{server.url}{PATH}?county={COUNTY}&round={ROUND}")
    expect(page.locator("table[data-table=households] tbody tr").first).to_be_visible()
    return page, server


def test_from_the_picture_to_a_household_and_back(opened):
    page, server = opened
    expect(page.locator("h1")).to_have_text("早期预警 · 霍邱县")
    expect(page.get_by_text("某列口径有变")).to_be_visible()
    cell = page.locator("table[data-table=matrix] .wb-cell").first
    count = cell.inner_text().split()[0]
    cell.click()
    expect(page.locator(".wb-count")).to_have_text(f"{count} 户")
    expect(page).to_have_url(re.compile("row=1"))
    assert serious(page, contrast=False) == []
    household = page.locator("table[data-table=households] tbody th button").first
    number = household.inner_text()
    household.click()
    expect(page.locator(f"[data-household='{number}']")).to_be_visible()
    expect(page.locator("table[data-table=criteria] tbody tr")).to_have_count(11)
    expect(page.locator("table[data-table=rounds] thead th")).to_have_count(3)
    expect(page.locator(".wb-chart svg")).to_be_visible()
    assert serious(page, contrast=False) == []
    page.reload()
    expect(page.locator(f"[data-household='{number}']")).to_be_visible()
    page.get_by_role("button", name="返回名单").click()
    expect(page.locator(".wb-count")).to_have_text(f"{count} 户")
    assert "household=" not in page.url
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.deep
def test_the_keyboard_alone_goes_through_a_list(opened):
    page, _ = opened
    before = page.locator("table[data-table=households] tbody th").first.inner_text()
    page.get_by_role("button", name="下一页").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".wb-pager")).to_contain_text("第 26–50 户")
    assert page.locator("table[data-table=households] tbody th").first.inner_text() != before
    expect(page.get_by_role("button", name="下一页")).to_be_focused()
    page.get_by_label("查找", exact=True).fill("没有这个村")
    page.keyboard.press("Enter")
    expect(page.locator(".wb-pager")).to_contain_text("没有符合条件的户")


@pytest.mark.deep
def test_back_and_forward_lead_through_what_was_opened_in_the_same_session(opened):
    """Each step of the browser is followed before the next: what a page writes while it is being followed would cut the way on."""
    page, _ = opened
    kernel = kernel_of(page)
    cell = page.locator("table[data-table=matrix] .wb-cell").first
    count = cell.inner_text().split()[0]
    cell.click()
    expect(page).to_have_url(re.compile("row=1"))
    # Until then the list may be that of before.
    expect(page.locator(".wb-count")).to_have_text(f"{count} 户")
    first = page.locator("table[data-table=households] tbody th button").first
    number = first.inner_text()
    first.click()
    expect(page.locator(f"[data-household='{number}']")).to_be_visible()
    # The household may stand there a moment before its address does, and Back is of addresses.
    expect(page).to_have_url(re.compile(f"household={number}"))
    page.go_back()
    expect(page.locator("[data-household]")).to_have_count(0)
    expect(page.locator("table[data-table=households] tbody th button").first).to_have_text(number)
    page.go_back()
    expect(page).not_to_have_url(re.compile("row=1"))
    expect(page.locator("table[data-table=matrix] [aria-pressed=true]")).to_have_count(0)
    page.go_forward()
    expect(page.locator("table[data-table=matrix] .wb-cell[aria-pressed=true]")).to_have_count(1)
    page.go_forward()
    expect(page.locator(f"[data-household='{number}']")).to_be_visible()
    expect(page).to_have_url(re.compile(f"household={number}"))
    assert kernel_of(page) == kernel
    assert_no_console_errors(page)


@pytest.mark.deep
def test_visits_under_a_capacity_and_where_rule_and_model_differ(opened):
    page, _ = opened
    page.get_by_role("button", name="走访清单").click()
    expect(page.locator("table[data-table=households] thead")).to_contain_text("为何列入")
    box = page.get_by_label("每乡镇可走访户数")
    box.fill("0")
    box.press("Enter")
    expect(page.locator("h2", has_text="排到 0 户")).to_be_visible()
    assert serious(page, contrast=False) == []
    page.get_by_role("button", name="意见不一的户").click()
    expect(page.locator("table[data-table=disagreements]")).to_be_visible()
    assert serious(page, contrast=False) == []
    assert_no_console_errors(page)


@pytest.mark.deep
def test_another_county_leaves_the_household(opened):
    page, _ = opened
    page.locator("table[data-table=households] tbody th button").first.click()
    expect(page.locator("[data-household]")).to_be_visible()
    page.get_by_label("县区").select_option("金寨县")
    expect(page.locator("h1")).to_have_text("早期预警 · 金寨县")
    expect(page.locator("[data-household]")).to_have_count(0)


@pytest.mark.deep  # of a number that is markup, too: test_hostile_names
def test_a_household_that_is_not_there_is_told(page, store, voila_server):
    server = voila_server(store.root)
    open_page(page, f"{server.url}{PATH}?county={COUNTY}&household=nobody")
    expect(page.get_by_role("alert")).to_contain_text("户编号 nobody")
    expect(page.locator("table[data-table=matrix]")).to_be_visible()


@pytest.mark.deep
def test_names_from_files_are_text(page, voila_server, tmp_path):
    server = voila_server(hostile_store(tmp_path).root)
    open_page(page, f"{server.url}{PATH}")
    expect(page.locator("table[data-table=households]")).to_contain_text(HOSTILE)
    page.locator("table[data-table=households] tbody th button").first.click()
    expect(page.locator(".wb-story h2").first).to_contain_text(HOSTILE)
    assert page.locator("#rendered_cells img").count() == 0
    assert page.title() != "broken"
    assert_no_console_errors(page)


@pytest.mark.deep
def test_a_round_without_scores_says_so(page, voila_server, tmp_path):
    server = voila_server(simulated_store(tmp_path, 600).root)
    open_page(page, f"{server.url}{PATH}?county={COUNTY}&lang=en")
    expect(page.get_by_text("No model has scored this round")).to_be_visible()
    page.get_by_role("button", name="Visit list").click()
    expect(page.get_by_role("alert")).to_contain_text("no order of visits")
