"""Journeys on the intake page in a real Chromium: a wrong file undone, a table that nobody prepared, a department's list."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, open_page, serious
from tests.intake.person_lists import A2017, person, sheet, write_csv
from workbench.store.batches.batch import batches
from workbench.store.facts import FactStore

EXPORT = Path(__file__).parents[1] / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"
ONE, TWO = "34159999100001", "34159999100002"


def opened(page: Page, server, round_name: str) -> None:
    open_page(page, f"{server.url}voila/render/intake.ipynb?round={round_name}")


def drop(page: Page, path: Path) -> None:
    page.get_by_label("选择文件", exact=True).set_input_files(path)


def settled(page: Page, state: str) -> None:
    """The file as it is chosen now was read."""
    expect(page.locator(".wb-work:visible")).to_have_count(0)
    expect(page.locator(f"[data-intake={state}]")).to_be_visible()


def take(page: Page) -> None:
    page.get_by_role("button", name="确认导入", exact=True).click()
    expect(page.locator("[data-taken]")).to_be_visible()


def expand(page: Page, title: str):
    """The panel of that title, opened."""
    panel = page.locator(".wb-panel", has=page.get_by_role("heading", name=title, exact=True)).last
    panel.get_by_role("button", name="展开").click()
    return panel


@pytest.mark.deep
@pytest.mark.browser
def test_a_wrong_file_in_a_wrong_round_is_seen_undone_and_the_right_one_taken_in(page, voila_server, tmp_path):
    store = FactStore(tmp_path / "store")
    wrong = write_csv(tmp_path / "去年的表.csv", sheet(A2017, person(A2017, 1, ONE), person(A2017, 3, TWO)))
    server = voila_server(store.root)
    opened(page, server, "2019-05")
    drop(page, wrong)
    settled(page, "checked")
    take(page)
    assert store.rounds() == ["2019-05"]
    batch = expand(page, "已导入的文件")
    expect(batch.locator("tr[data-batch='1']")).to_contain_text("去年的表.csv")
    batch.get_by_role("button", name="再看第 1 批").click()
    expect(batch.locator("[data-seen='1']")).to_contain_text("新增 2 户")
    batch.get_by_label("为什么撤销").fill("文件和期次都选错了")
    batch.get_by_label("这些县区恢复到导入这一批之前").check()
    assert serious(page, contrast=False) == []
    batch.get_by_role("button", name="撤销第 1 批").click()
    expect(batch.locator("tr[data-batch='1']")).to_contain_text("已撤销")
    expect(page.locator(".wb-told")).to_contain_text("第 1 批已撤销")
    assert store.rounds() == []
    page.get_by_label("期次").select_option("2019年下半年")
    drop(page, EXPORT)
    settled(page, "checked")
    take(page)
    assert store.rounds() == ["2019-10"]
    assert [each.undone is None for each in batches(store.root)] == [False, True]
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


HEADERS = ["本户代号", "在哪个镇", "几口人", "一年到手", "家里有低保没"]
CHOICES = ["户编号", "乡镇", "人数", "家庭纯收入", "低保户"]


@pytest.mark.deep
@pytest.mark.browser
def test_a_table_that_nobody_prepared_goes_in_by_changing_columns_only(page, voila_server, tmp_path):
    rows = [[f"3415240100{n:04d}", "梅山镇", "3", f"{n}", "有的" if n % 2 else "没"] for n in range(1, 7)]
    table = write_csv(tmp_path / "家庭情况.csv", [["家庭情况表", "", "", "", ""], HEADERS, *rows])
    store = FactStore(tmp_path / "store")
    server = voila_server(store.root)
    opened(page, server, "2019-10")
    drop(page, table)
    settled(page, "trouble")
    for header, means in zip(HEADERS, CHOICES, strict=True):
        chosen = page.get_by_label(f"“{header}”认作", exact=True)
        if chosen.locator("option:checked").inner_text() != means:
            chosen.select_option(label=means)
            settled(page, "trouble")
    page.get_by_label("属于哪个县区").select_option("金寨县")
    for means in ("不用", CHOICES[-1]):
        chosen.select_option(label=means)
        expect(page.locator("[data-answers]")).to_be_visible()
        expect(chosen.locator("option:checked")).to_have_text(means)
    settled(page, "trouble")
    # An answer that is not sent yet stays while the columns are read anew.
    expect(page.get_by_label("属于哪个县区")).to_have_value("341524")
    page.get_by_label("各户是哪一种").select_option("unregistered")
    page.get_by_role("button", name="按此读入").click()
    settled(page, "checked")
    page.get_by_label("“一年到手”的单位").select_option("万元")
    settled(page, "checked")
    for text, meaning in (("有的", "是"), ("没", "否")):
        page.get_by_label(f"{text} →").select_option(label=meaning)
        settled(page, "checked")
    page.get_by_label("下次同样的表头还这样认，名称").fill("镇里的情况表")
    page.get_by_role("button", name="保存认法").click()
    expect(page.locator("[data-offered]")).to_contain_text("镇里的情况表")
    assert serious(page, contrast=False) == []
    take(page)
    facts = store.read("2019-10", "341524").to_pylist()
    assert sorted(row["net_income"] for row in facts) == [n * 10_000 for n in range(1, 7)]
    assert sum(row["dibao"] for row in facts) == 3
    assert_no_console_errors(page)
    drop(page, table)
    page.get_by_role("button", name="用“镇里的情况表”").click()
    settled(page, "checked")
    expect(page.locator("[data-comparison]")).to_contain_text(re.compile("新增 0 户，改动 0 户，不变 6 户"))


@pytest.mark.deep
@pytest.mark.browser
def test_a_departments_list_is_confirmed_and_added(page, voila_server, tmp_path):
    store = FactStore(tmp_path / "store")
    base = write_csv(tmp_path / "户.csv", sheet(A2017, person(A2017, 1, ONE), person(A2017, 3, TWO)))
    listed = write_csv(tmp_path / "受灾.csv", [["姓名", "村"], ["张3", "三合村"]])
    server = voila_server(store.root)
    opened(page, server, "2019-10")
    drop(page, base)
    settled(page, "checked")
    take(page)
    panel = expand(page, "部门名单和空表")
    panel.get_by_label("哪个部门的名单").select_option("disaster")
    panel.get_by_label("选择部门名单").set_input_files(listed)
    expect(panel.locator("[data-doubt='2']")).to_be_visible()
    assert serious(page, contrast=False) == []
    panel.get_by_role("button", name=f"是 {TWO}").click()
    expect(panel.locator("[data-confirmed]")).to_contain_text(TWO)
    panel.get_by_role("button", name="加到这些户上").click()
    expect(panel.locator("[data-added]")).to_contain_text("1 户")
    (county,) = store.counties("2019-10")
    marked = {row["household_id"]: row["disaster"] for row in store.read("2019-10", county).to_pylist()}
    assert marked == {ONE: None, TWO: True}
    assert_no_console_errors(page)
