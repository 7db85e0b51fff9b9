"""The model page in a real Chromium: the verdict, the county, what moved, and what is said where there is no model."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, open_page, serious
from tests.ui.scored import ROUND, put_model_in_use, scored_store
from tests.ui.stores import HOSTILE, simulated_store
from workbench.risk.evaluation.verdicts import county_verdict

pytestmark = pytest.mark.browser
CJK = re.compile(r"[\u4e00-\u9fff]")
PATH = "voila/render/model.ipynb"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = scored_store(tmp_path_factory.mktemp("city") / "store")
    put_model_in_use(store)
    return store


def test_says_whether_and_where_to_trust_the_model(page, store, voila_server):
    server = voila_server(store.root)
    open_page(page, f"{server.url}{PATH}?county=341522&round={ROUND}")
    expect(page.locator("h1")).to_have_text("模型 · 霍邱县")
    expect(page.locator("[data-use=caution]")).to_contain_text("慎用")
    expect(page.locator("table[data-table=counties] tr[aria-current] th")).to_have_text("霍邱县")
    expect(page.locator(".wb-chart svg")).to_be_visible()
    expect(page.locator("table[data-table=models] tbody tr")).to_have_count(2)
    expect(page.locator("table[data-table=models] .wb-chosen")).to_contain_text("在用")
    page.get_by_role("button", name="展开").click()
    expect(page.get_by_text("上一期没有评分")).to_be_visible()
    assert serious(page, contrast=False) == []
    page.get_by_label("县区").select_option("金寨县")
    expect(page.locator("table[data-table=counties] tr[aria-current]")).to_contain_text("不要用它估计本县人数")
    page.get_by_label("期次").select_option("2019年5月")
    expect(page.get_by_text("尚未评分")).to_be_visible()
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.deep
def test_names_in_an_account_are_text_and_english_is_english(page, store, voila_server):
    server = voila_server(store.root)
    open_page(page, f"{server.url}{PATH}?lang=en")
    expect(page.locator("table[data-table=counties]")).to_contain_text(HOSTILE)
    assert page.locator("#rendered_cells img").count() == 0
    assert page.title() != "broken"
    assert [text for text in page.locator("#rendered_cells").all_inner_texts() if CJK.search(text)] == []


@pytest.mark.deep  # a page without what is lacking in every run: test_warning_session
def test_without_a_model_the_page_says_what_to_do(page, voila_server, tmp_path):
    server = voila_server(simulated_store(tmp_path, 600).root)
    open_page(page, f"{server.url}{PATH}")
    expect(page.get_by_role("alert")).to_contain_text("请先训练")
    expect(page.locator("h1")).to_have_text("模型")


def test_a_county_is_judged_by_its_own_slips():
    row = {
        "slips": 3.0,
        "expected_slips": 5.0,
        "within": False,
        "auc": 0.9,
        "auc_interval": [0.8, 1.0],
        "baseline_auc": 0.7,
        "expected_interval": [20.0, 36.0],
    }
    assert "总数也出了范围" in county_verdict(row, "yes").zh
    inside = json.loads(json.dumps(row | {"slips": 30.0, "expected_slips": 28.0, "within": True}))
    assert county_verdict(inside, "yes").en.startswith("the total may be used; orders slightly better")
