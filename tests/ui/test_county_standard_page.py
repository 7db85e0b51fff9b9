"""The county-standard page in a real Chromium, as an official uses it."""

import re

import pyarrow as pa
import pytest
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, new_page, open_page, serious
from tests.ui.scored import scored_store
from tests.ui.stores import HOSTILE, hostile_store, simulated_store
from workbench.domain.rules.standard import read_standard
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.request import hindsight
from workbench.preview.request import preview
from workbench.preview.scope import scope
from workbench.store.schema import Origin

pytestmark = pytest.mark.browser
COUNTY, ROUND = "341522", "2019-10"
CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return simulated_store(tmp_path_factory.mktemp("city"))


def open_county(page, server):
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    expect(page.locator("table[data-table=townships] tbody tr").first).to_be_visible()


@pytest.fixture(scope="module")
def opened_once(browser, store, voila_server):
    """The page of one county, its server, and the standard that it begins with."""
    page, server = new_page(browser), voila_server(store.root)
    open_county(page, server)
    yield page, server, page.locator("[data-yaml]").text_content()
    page.context.close()


@pytest.fixture
def opened(opened_once, tmp_path):
    """The page as it begins, whatever the test before has set: opening it anew would take longer than most tests."""
    page, server, beginning = opened_once
    page.get_by_label("县区").select_option("霍邱县")
    page.get_by_label("期次").select_option("2019年下半年")
    expect(page.locator("h1")).to_have_text("边缘户标准 · 霍邱县")
    for label in ("标准名称", "施行日期"):
        # A file without them leaves what stands there, and here that is of the test before.
        box = page.get_by_label(label)
        if box.input_value():
            box.fill("")
            box.press("Tab")
    path = tmp_path / "beginning.yaml"
    path.write_text(beginning, encoding="utf-8")
    upload(page, path)
    expect(page.locator("[data-yaml]")).to_have_text(beginning)
    page.evaluate("() => scrollTo(0, 0)")
    return page, server


def figure(page, name):
    return page.locator(f"[data-figure={name}] .wb-figure-value")


def number(text):
    return int(re.sub(r"\D", "", text))


def upload(page, path):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("载入标准文件")).click()
    chooser.value.set_files(path)


def expected_count(page, store):
    """The count of the standard that the page shows as YAML, made without the page."""
    standard = read_standard(page.locator("[data-yaml]").text_content())
    return standard, preview(scope(store, ROUND, COUNTY, None, standard), standard)


def assert_agrees(page, store):
    """Figures, table and YAML settle on one and the same count."""
    expect(page.locator("tfoot td").first).to_have_text(re.compile(r"\d"))
    page.wait_for_function(
        "() => document.querySelector('[data-figure=inside] .wb-figure-value').textContent.replace(/\\D/g, '')"
        " === document.querySelector('table[data-table=townships] tfoot td').textContent.replace(/\\D/g, '')"
    )
    standard, count = expected_count(page, store)
    assert number(figure(page, "inside").inner_text()) == count["in"]
    assert number(figure(page, "cannot_tell").inner_text()) == count["cannot_tell"]
    assert number(figure(page, "below_line").inner_text()) == count["below_line"]
    return standard, count


def test_opens_offline_in_chinese_and_says_that_it_is_simulated(opened):
    page, server = opened
    expect(page.locator("h1")).to_have_text("边缘户标准 · 霍邱县")
    expect(page.locator(".wb-simulated")).to_contain_text("模拟数据")
    expect(page.locator(".wb-chart svg")).to_be_visible()
    expect(page.locator("[data-figures=tiers] .wb-figure")).to_have_count(4)
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.deep
def test_nobody_is_kept_out(opened):
    page, _ = opened
    assert serious(page, contrast=False) == []


def test_moving_the_slider_moves_the_figures(opened, store):
    page, _ = opened
    _, before = assert_agrees(page, store)
    handle = page.locator(".noUi-handle").first
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    seen = []
    for step in range(1, 16):
        page.mouse.move(box["x"] + 10 + 6 * step, box["y"] + 10)
        seen.append(number(figure(page, "inside").inner_text()))
    page.mouse.up()
    assert seen == sorted(seen)
    assert seen[-1] > seen[0] >= before["in"]
    standard, after = assert_agrees(page, store)
    assert standard.income.ceiling.multiple > 1.5
    assert after["in"] == seen[-1]
    expect(page.locator("table[data-table=differences]")).to_contain_text("收入上限（倍数）")


def test_slider_and_figures_are_in_one_view_on_small_screens(opened):
    """Also on a notebook's screen enlarged to 150 %, and on a telephone: whoever opens the page finds the slider with what it moves."""
    page, _ = opened
    before, notice = page.viewport_size, page.locator(".wb-told")
    # What the fixture has loaded is said above everything else; a page that is opened has nothing to say.
    notice.evaluate("each => { each.hidden = true; }")
    try:
        for width, height in ((911, 512), (390, 844), (1366, 768)):
            page.set_viewport_size({"width": width, "height": height})
            expect(page.locator(".noUi-handle").first).to_be_in_viewport(ratio=1)
            expect(page.locator(".wb-form .wb-equal").first).to_be_in_viewport(ratio=1)
            expect(figure(page, "cost")).to_be_in_viewport(ratio=1)
    finally:
        page.set_viewport_size(before)
        notice.evaluate("each => { each.hidden = false; }")


@pytest.mark.deep
def test_the_wheel_scrolls_the_page_and_the_figures_stay_in_sight(opened):
    page, _ = opened
    page.mouse.move(1000, 600)
    day = page.get_by_label("施行日期")
    # However long the form is: so far that the field stands in the middle.
    page.mouse.wheel(0, day.bounding_box()["y"] - 450)
    expect(day).to_be_in_viewport()
    expect(figure(page, "inside")).to_be_in_viewport()
    page.mouse.move(10, 600)  # beside the tables, which scroll by themselves
    page.mouse.wheel(0, 20_000)
    expect(page.get_by_text("供分析人员：这一选择的标准文件")).to_be_in_viewport()


@pytest.mark.deep
def test_the_keyboard_moves_it_too(opened, store):
    page, _ = opened
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-yaml]').textContent.includes('multiple: 1.51')")
    assert_agrees(page, store)


def test_every_kind_of_control_is_in_the_yaml(opened, store):
    page, _ = opened
    page.get_by_text("残疾人户", exact=True).first.click()
    page.get_by_text("须属于所列重点群体").click()
    page.get_by_text("刚性支出较大的也可纳入").click()
    page.get_by_text("有商品房", exact=True).first.click()
    page.get_by_label("年度预算（元）").fill("100,000")
    page.get_by_label("标准名称").fill("霍邱县边缘户标准（草案）")
    page.get_by_label("施行日期").fill("2019-11-01")
    page.get_by_label("施行日期").press("Tab")
    page.wait_for_function("() => document.querySelector('[data-yaml]').textContent.includes('2019-11-01')")
    standard, count = assert_agrees(page, store)
    assert "disability" not in standard.groups
    assert not standard.require_group
    assert standard.routes.rigid_expenditure.share == 0.5
    assert "has_commercial_housing" not in standard.exclusions
    assert (standard.budget, standard.title) == (100_000, "霍邱县边缘户标准（草案）")
    assert count["over_budget"]
    expect(page.locator("[data-figure=cost]")).to_contain_text("超出预算")
    assert_no_console_errors(page)


def test_what_breaks_the_contract_is_refused_beside_the_control(opened, store):
    page, _ = opened
    before = figure(page, "inside").inner_text()
    box = page.get_by_label("收入上限（输入）")
    box.fill("0.8")
    box.press("Enter")
    field = page.locator(".wb-field").filter(has=box)
    expect(field.locator(".wb-error")).to_contain_text("倍数应不小于 1")
    expect(page.get_by_text("仍是上一个有效选择的")).to_be_visible()
    assert figure(page, "inside").inner_text() == before
    box.fill("1.537")
    box.press("Enter")
    expect(page.locator(".wb-error")).to_have_count(0)
    page.wait_for_function("() => document.querySelector('[data-yaml]').textContent.includes('1.537')")
    assert_agrees(page, store)


@pytest.mark.deep
def test_another_line_is_followed_by_the_ceiling(opened, store):
    page, _ = opened
    box = page.get_by_label("扶贫标准（元）")
    box.fill("4000")
    box.press("Enter")
    expect(page.locator(".wb-equal")).to_contain_text("1.5 倍 = 6,000 元")
    page.wait_for_function("() => document.querySelector('[data-yaml]').textContent.includes('line: 4000')")
    standard, _ = assert_agrees(page, store)
    assert standard.line == 4000
    page.get_by_role("button", name="按元").click()
    page.wait_for_function("() => document.querySelector('[data-yaml]').textContent.includes('yuan: 6000')")
    box.fill("")
    box.press("Enter")
    expect(page.locator(".wb-equal")).to_contain_text("约 1.86 倍，6,000 元")
    assert_agrees(page, store)


def test_another_county_and_round(opened, store):
    page, _ = opened
    page.get_by_label("县区").select_option("金寨县")
    expect(page.locator("h1")).to_have_text("边缘户标准 · 金寨县")
    page.get_by_label("期次").select_option("2019年5月")
    standard = read_standard(page.locator("[data-yaml]").text_content())
    assert standard.county == "341524"
    count = preview(scope(store, "2019-05", "341524", None, standard), standard)
    page.wait_for_function(
        "count => document.querySelector('[data-figure=inside] .wb-figure-value').textContent.replace(/\\D/g, '') === count",
        arg=str(count["in"]),
    )


def test_a_yaml_file_is_taken_over_or_refused_in_words(opened, store, tmp_path):
    page, _ = opened
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("income: {ceiling: {yuan: 5005}}\nhelp_cost: 1000\n", encoding="utf-8")
    bad.write_text('county: "341524"\nincome: {ceiling: {multiple: 1.2}}\n', encoding="utf-8")
    upload(page, good)
    page.wait_for_function("() => document.querySelector('[data-yaml]').textContent.includes('5005')")
    assert_agrees(page, store)
    upload(page, bad)
    expect(page.locator(".wb-message.wb-alert")).to_contain_text("341524")
    assert "5005" in page.locator("[data-yaml]").text_content()
    page.locator("[data-analysts]:has([data-yaml]) summary").click()
    with page.expect_download() as download:
        page.get_by_text("下载标准文件").click()
    assert read_standard(download.value.path().read_text(encoding="utf-8")).income.ceiling.yuan == 5005


@pytest.mark.deep
def test_shares_and_ceilings_between_two_steps_are_kept(opened, store, tmp_path):
    page, _ = opened
    for share, multiple in ((0.5, 2.0), (0.333, 4.03), (0.4, 1.25)):
        path = tmp_path / f"{share}.yaml"
        route = f"{{share: {share}, ceiling: {{multiple: {multiple}}}}}"
        path.write_text(
            f"income: {{ceiling: {{multiple: 1.5}}}}\nroutes: {{rigid_expenditure: {route}}}\n", encoding="utf-8"
        )
        upload(page, path)
        page.wait_for_function(
            "text => document.querySelector('[data-yaml]').textContent.includes(text)", arg=f"share: {share}"
        )
        page.wait_for_timeout(500)  # time enough for a slider to send back a value of its own
        standard, _ = assert_agrees(page, store)
        stored = standard.routes.rigid_expenditure
        assert (stored.share, stored.ceiling.multiple) == (share, multiple)


@pytest.mark.deep
def test_english_by_a_switch(page, store, voila_server):
    open_county(page, voila_server(store.root))
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("County standard · Huoqiu County")
    expect(page.locator("table[data-table=townships]")).to_be_visible()
    labels = page.locator(".wb-form, .wb-figures, .wb-panel h2, thead").all_inner_texts()
    assert [text for text in labels if CJK.search(text)] == []
    # Sums are longer than in Chinese: none is broken in two.
    heights = "[...document.querySelectorAll('.wb-pinned .wb-figure-value')].map(value => value.clientHeight)"
    assert len(set(page.evaluate(heights))) == 1
    # Words are longer too: on a telephone nothing reaches beyond it, and no word of a figure is broken in two.
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(
        "[...document.querySelectorAll('.wb-pinned .wb-figure-unit')].map(unit => unit.getClientRects().length)"
    ) == [1, 1, 1]


@pytest.mark.deep
def test_with_a_model_what_is_expected_and_the_frontier_are_shown(page, voila_server, tmp_path_factory):
    store = scored_store(tmp_path_factory.mktemp("scored"))
    server = voila_server(store.root)
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    expect(page.locator("[data-figure=expected_slips] .wb-figure-value")).to_have_text(re.compile(r"\d"))
    for button in page.locator(".wb-expandable").get_by_role("button").all():
        button.click()
    expect(page.locator(".wb-chart svg")).to_have_count(2)
    page.locator("table[data-table=frontier]").get_by_role("button", name="试用").nth(3).click()
    expect(page.get_by_text("已换成最优方案中的这一标准")).to_be_visible()
    assert_agrees(page, store)
    expect(page.locator("table[data-table=remeasured]")).to_be_visible()
    expect(page.locator("table[data-table=changes] tbody tr").first).to_be_visible()
    assert serious(page, contrast=False) == []
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.deep
def test_names_from_files_are_text(page, voila_server, tmp_path_factory):
    hostile = hostile_store(tmp_path_factory.mktemp("hostile"))
    server = voila_server(hostile.root)
    open_page(page, f"{server.url}voila/render/county_standard.ipynb")
    expect(page.locator(".wb-panel:has(h2:text-is('上限附近的户')) table")).to_contain_text(HOSTILE)
    expect(page.locator("table[data-table=townships]")).to_contain_text(HOSTILE)
    assert page.title() != "broken"
    assert page.locator("table img").count() == 0
    expect(page.locator(".wb-simulated")).to_have_count(0)


@pytest.mark.deep
def test_a_store_without_facts_says_what_to_do(page, voila_server, tmp_path):
    server = voila_server(tmp_path)
    open_page(page, f"{server.url}voila/render/county_standard.ipynb")
    expect(page.get_by_role("alert")).to_contain_text("没有数据；请先导入数据")
    expect(page.get_by_role("alert")).not_to_contain_text("workbench")


@pytest.mark.deep
def test_a_county_adds_a_key_group_of_its_own(page, tmp_path, voila_server):
    store = simulated_store(tmp_path / "own")
    table = store.read(ROUND, COUNTY)
    flags = pa.array([row % 3 == 0 for row in range(len(table))])
    store.write(ROUND, {COUNTY: table.append_column("x_remote", flags)}, Origin(simulated=True))
    server = voila_server(store.root)
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    before = number(figure(page, "inside").inner_text())
    # Those that the intake derives of families are offered too, and bear their own names.
    page.get_by_label("县自有的事实").select_option("remote")
    page.get_by_label("群体名称").fill("偏远户")
    page.get_by_role("button", name="增加这一群体").click()
    expect(page.get_by_role("checkbox", name="偏远户")).to_be_checked()
    expect(page.locator("table[data-table=groups]")).to_contain_text("偏远户")
    assert number(figure(page, "inside").inner_text()) > before
    page.get_by_role("button", name="撤去群体“偏远户”").click()
    expect(page.get_by_role("checkbox", name="偏远户")).to_have_count(0)
    expect(figure(page, "inside")).to_have_text(re.compile(f"{before:,}"))
    assert_no_console_errors(page)


@pytest.mark.deep
def test_hindsight_follows_the_slider_and_lists_who_was_missed(opened, store):
    page, _ = opened

    def agrees():
        """Each part of the picture says the count of the standard that the page shows."""
        standard, _ = expected_count(page, store)
        record = hindsight(PastScope(store, COUNTY), standard)
        for name, count in {"caught": record["caught"], **record["missed"]}.items():
            expect(page.locator(f"[data-picture=past] [data-outcome={name}] .wb-past-count")).to_have_text(
                f"{count} 户次"
            )
        return record

    before = agrees()
    page.locator(".noUi-handle").first.focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    assert_agrees(page, store)
    after = agrees()
    assert after["missed"] != before["missed"]
    most = max(after["missed"], key=after["missed"].get)
    page.locator(f"[data-picture=past] [data-outcome={most}]").click()
    # Of the panel itself: who is near the ceiling stands in a list of the same kind further down.
    listed = page.locator(".wb-panel:has([data-picture=past]) table[data-table=chosen-households] tbody tr")
    expect(listed).to_have_count(min(after["missed"][most], 25))
    assert_no_console_errors(page)
