"""The scenario lab in a real Chromium: an analyst compares three standards, saves, opens again and takes the tables along."""

import csv
import re
from xml.dom.minidom import parseString

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.browser import assert_no_console_errors, assert_no_outside_request, open_page, serious
from tests.preview.scored import score_store
from tests.ui.stores import HOSTILE, hostile_store, simulated_store
from workbench.preview.request import preview
from workbench.preview.scenario import parse_scenario
from workbench.preview.scope import scope
from workbench.store.scenarios import list_scenarios

pytestmark = pytest.mark.browser
COUNTY, ROUND = "341522", "2019-10"
LAB = "voila/render/scenario_lab.ipynb"
CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = simulated_store(tmp_path_factory.mktemp("city"))
    score_store(made, ROUND)
    return made


@pytest.fixture
def opened(page, store, voila_server):
    server = voila_server(store.root)
    open_page(page, f"{server.url}{LAB}?county={COUNTY}&round={ROUND}")
    expect(page.locator("table[data-table=comparison]")).to_be_visible()
    return page, server


def add_copy(page, value):
    before = page.locator(".wb-name").count()
    page.locator(".wb-copy input").fill(value)
    page.locator(".wb-copy").get_by_role("button").click()
    expect(page.locator(".wb-name")).to_have_count(before + 1)


def row(page, key):
    return page.locator(f"tr[data-row='{key}'] td strong")


def numbers(page, key):
    return [int(re.sub(r"\D", "", text)) for text in row(page, key).all_inner_texts()]


def test_an_analyst_compares_three_saves_opens_again_and_downloads(opened, store, tmp_path):
    page, server = opened
    add_copy(page, "1.3")
    add_copy(page, "1.8")
    page.locator(".wb-name").nth(2).fill("放宽到 1.8 倍")
    page.locator(".wb-name").nth(2).press("Tab")
    expect(page.locator(".wb-name").nth(2)).to_have_value("放宽到 1.8 倍")
    page.get_by_label("上报收入的误差").fill("0.1")
    page.get_by_label("上报收入的误差").press("Tab")
    expect(row(page, "again_in")).to_have_count(3)
    page.get_by_role("button", name="计算").click()
    expect(page.get_by_role("button", name="下载各点")).to_be_visible(timeout=20_000)
    expect(page.locator(".wb-work").first).to_be_hidden()
    page.get_by_label("方案名称").fill("三个上限")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存“三个上限”")).to_be_visible()
    expect(page).to_have_url(re.compile("scenario=[0-9a-f]{12}"))
    (saved,) = list_scenarios(store.root)
    shown = numbers(page, "in")
    for each, count in zip(parse_scenario(saved.data).candidates, shown, strict=True):
        assert preview(scope(store, ROUND, COUNTY, None, each.standard), each.standard)["in"] == count

    address = page.url
    page.goto("about:blank")
    open_page(page, address)
    expect(page.locator(".wb-name").nth(2)).to_have_value("放宽到 1.8 倍")
    assert numbers(page, "in") == shown
    expect(page.get_by_role("button", name="下载各点")).to_be_visible(timeout=20_000)
    with page.expect_download() as workbook:
        page.get_by_role("button", name="下载全部表格").click()
    workbook.value.save_as(tmp_path / "all.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "all.xlsx").get_sheet_by_index(0).to_python()
    assert next(cells for cells in rows if cells[1] == "纳入")[2:-1] == shown
    with page.expect_download() as points:
        page.get_by_role("button", name="下载各点").click()
    assert len(list(csv.reader(points.value.path().open(encoding="utf-8-sig")))) == 22
    for kind, mark in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as picture:
            page.get_by_role("button", name=kind).first.click()
        content = picture.value.path().read_bytes()
        assert content[:4] == mark
        assert picture.value.suggested_filename == f"模拟数据_霍邱县_2019年下半年_三个上限_比较.{kind.lower()}"
    assert "模拟数据" in content.decode()
    parseString(content)  # noqa: S318 - our own: the SVG is well formed
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.deep
def test_what_is_refused_is_said_and_gives_way(opened):
    page, _ = opened
    page.locator(".wb-copy input").fill("0.5")
    page.locator(".wb-copy").get_by_role("button").click()
    expect(page.locator(".wb-message.wb-alert")).to_contain_text("应不小于 1")
    expect(page.locator(".wb-name")).to_have_count(1)
    page.locator(".wb-name").fill("")
    page.locator(".wb-name").press("Tab")
    expect(page.locator(".wb-message.wb-alert")).to_contain_text("1 至 60 个字")
    expect(page.locator(".wb-name")).to_have_value("参照标准")


@pytest.mark.deep
def test_two_keys_make_a_heat_map_and_readings_and_frontier_open(opened):
    page, _ = opened
    page.get_by_label("第二项").select_option("line")
    page.get_by_role("button", name="计算").click()
    expect(page.get_by_role("button", name="下载各点")).to_be_visible(timeout=20_000)
    page.get_by_label("看哪个数").select_option("slips_share")
    for number in (1, 0):
        page.get_by_role("button", name="展开").nth(number).click()
        expect(page.get_by_role("button", name="展开")).to_have_count(number)
    expect(page.locator("table[data-table=readings] tbody tr")).to_have_count(3)
    expect(page.locator(".wb-chart svg")).to_have_count(3)
    assert_no_console_errors(page)


@pytest.mark.deep
def test_turning_to_the_city_shows_every_county(opened, store):
    page, _ = opened
    add_copy(page, "1.8")
    page.get_by_label("县区", exact=True).select_option("全市")
    expect(row(page, "county.341522")).to_have_count(2)
    assert sum(numbers(page, f"county.{code}")[1] for code in store.counties(ROUND)) == numbers(page, "in")[1]


@pytest.mark.deep
def test_a_scenario_that_is_gone_is_said_to_be_gone(page, store, voila_server):
    server = voila_server(store.root)
    open_page(page, f"{server.url}{LAB}?scenario=0123456789ab")
    expect(page.get_by_role("alert")).to_contain_text("没有这个方案")
    expect(page.locator("table[data-table=comparison]")).to_be_visible()


@pytest.mark.deep
def test_nobody_is_kept_out_and_english_is_english(page, store, voila_server):
    server = voila_server(store.root)
    open_page(page, f"{server.url}{LAB}?county={COUNTY}&round={ROUND}&lang=en")
    add_copy(page, "1.3")
    assert serious(page, contrast=False) == []
    assert [
        text for text in page.locator("main").inner_text().splitlines() if CJK.search(text) and "三个上限" not in text
    ] == []


@pytest.mark.deep
def test_names_are_text(page, voila_server, tmp_path):
    server = voila_server(hostile_store(tmp_path).root)
    open_page(page, f"{server.url}{LAB}")
    page.locator(".wb-name").fill(HOSTILE)
    page.locator(".wb-name").press("Tab")
    expect(page.locator(".wb-name")).to_have_value(HOSTILE)
    expect(page.locator("[data-code]")).to_contain_text("onerror")
    assert page.locator("#rendered_cells img").count() == 0
    assert page.title() != "broken"
