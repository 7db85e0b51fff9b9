"""A county sets a standard on the page: a draft, submitted with a reason, approved by somebody else, compared and loaded again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, open_page, serious
from tests.ui.registers import COUNTY, ROUND, act_as, demonstration_store
from workbench.register.access.acting_user import open_register
from workbench.register.audit.verification import verify_register

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 6000)


@pytest.fixture
def server(store, voila_server):
    return voila_server(store.root)


def open_versions(page, server):
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    # By the link at the end of the form: it opens the procedure and leads there, below the figures that stay in sight.
    page.get_by_role("link", name="下一步：存为草案、提交批准").click()
    expect(page.locator("table[data-table=versions]")).to_be_visible()
    expect(page.locator("#wb-procedure")).to_be_in_viewport()


def follow_task(page, server, text):
    """From home to what waits there, by its own link."""
    page.goto(f"{server.url}?county={COUNTY}&round={ROUND}")
    page.locator("[data-tasks] li", has_text=text).get_by_role("link").click()
    return page.locator("table[data-table=versions] tbody tr").first


def send_back_and_submit_again(page, server):
    """The other officer sends it back with a reason, which meets who submitted it at home; drafted anew, it is submitted again."""
    act_as(page, server, f"second-{COUNTY}")
    row = follow_task(page, server, "件标准待批准")
    returning = row.locator("details[data-name^=return]")
    returning.locator("summary").click()
    returning.get_by_label("理由").fill("预算未核")
    returning.get_by_role("button", name="退回").click()
    expect(row).to_contain_text("退回理由：预算未核")
    act_as(page, server, f"officer-{COUNTY}")
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    expect(page.locator("[data-waiting=returned]")).to_contain_text("预算未核")
    row = follow_task(page, server, "件标准被退回")
    expect(row).to_contain_text(re.compile("提交，\\d{4}-\\d{2}-\\d{2} .*退回，\\d{4}"))
    row.get_by_role("button", name="载入修改").click()
    page.get_by_role("button", name="把当前选择存为草案").click()
    expect(row).to_contain_text("草案")
    # The form of a version just drafted stands open.
    row.get_by_label("理由").first.fill("预算已核")
    row.get_by_role("button", name="提交").click()
    expect(row).to_contain_text("已提交")


def state_and_steps_on_a_telephone(page, row):
    """Whether what a version is, and what is to be done with it, stands within a telephone's width, its state first and its steps below what they decide upon."""
    page.set_viewport_size({"width": 390, "height": 844})
    state, steps, name = (row.locator(f"[data-label={each}]").bounding_box() for each in ("状态", "办理", "名称"))
    page.set_viewport_size({"width": 1366, "height": 768})
    within = all(each["x"] >= 0 and each["x"] + each["width"] <= 390 for each in (state, steps))
    return within and state["y"] < name["y"] < steps["y"]


def approve_for_this_round(page, server, version):
    """The other officer reads what the version changes and approves it; from then on every page names the one standard. Gives its row."""
    act_as(page, server, f"second-{COUNTY}")
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    page.locator("[data-waiting=approve]").get_by_role("link").click()
    expect(page.locator("#wb-procedure")).to_be_in_viewport()
    row = page.locator("table[data-table=versions] tbody tr").first
    row.locator("summary", has_text="批准").click()
    expect(row.locator("[data-differs]")).to_contain_text("1.5 → 1.53")
    row.get_by_label("批准文号").fill("金扶组〔2019〕2号")
    row.get_by_label(re.compile("用于2019年下半年")).check()
    row.get_by_role("button", name="批准").click()
    expect(row).to_contain_text("已批准")
    expect(row).to_contain_text("本期适用")
    expect(page.locator("[data-waiting]")).to_have_count(0)
    # One answer to which standard holds, wherever it is asked.
    for query, words in (
        ("?", f"按第{version}版（现行标准）纳入"),
        ("register?view=edge&", f"边缘户标准：第{version}版（现行标准）"),
    ):
        page.goto(f"{server.url}{query}county={COUNTY}&round={ROUND}")
        expect(page.locator("main")).to_contain_text(words)
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    expect(page.locator("[data-against]")).to_contain_text(f"第{version}版（现行标准）")
    return row


def test_a_county_sets_and_submits_a_standard_and_another_approves_it(page, server, store):
    set_and_approve(page, server, store)


@pytest.mark.deep
def test_one_that_is_sent_back_is_submitted_again_and_approved(page, voila_server, tmp_path_factory):
    store = demonstration_store(tmp_path_factory, 6000)
    set_and_approve(page, voila_server(store.root), store, send_back_and_submit_again)


def set_and_approve(page, server, store, before_approval=None):
    """A county's standard from the slider to every page that goes by it; `before_approval`: what becomes of it meanwhile."""
    act_as(page, server, f"officer-{COUNTY}")
    open_versions(page, server)
    versions = page.locator("table[data-table=versions] tbody tr")
    expect(versions).to_have_count(1)
    figure = page.locator(".wb-live").first if page.locator(".wb-live").count() else page.locator(".wb-pinned").first
    shown = figure.inner_text()
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(figure).not_to_have_text(shown)
    # All three keys have come to the choice that is kept: the figure follows each of them in the browser alone.
    expect(page.locator("[data-yaml]")).to_contain_text("multiple: 1.53")
    page.get_by_label("标准名称").fill('=HYPERLINK("http://x") <b>新标准</b>')
    page.get_by_label("施行日期").fill("2019-10-20")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="把当前选择存为草案").click()
    row = page.locator("table[data-table=versions] tbody tr").first
    expect(row).to_contain_text("草案")
    expect(row).to_contain_text("<b>新标准</b>")
    expect(versions).to_have_count(2)
    row.get_by_label("理由").first.fill("按本县财力测算")
    row.get_by_role("button", name="提交").click()
    expect(row).to_contain_text("已提交")
    expect(row).to_contain_text(re.compile("纳入 [\\d,]+ 户"))
    expect(row).to_contain_text("由另一名县级经办人批准")
    assert serious(page, contrast=False) == []
    assert state_and_steps_on_a_telephone(page, row)
    if before_approval is not None:
        before_approval(page, server)  # it is drafted anew there, as a version of its own
    row = approve_for_this_round(page, server, 2 if before_approval is None else 3)
    page.get_by_title("标准的程序：草案、提交、批准").click()
    row.get_by_role("button", name="对照").click()
    expect(page.get_by_text("与本县区登记的一版标准比较。")).to_be_visible()
    row.get_by_role("button", name="载入修改").click()
    expect(page.get_by_role("status").filter(has_text="已载入该版标准")).to_be_visible()
    page.locator("table[data-table=elsewhere] tr", has_text="湖南省南县").get_by_role("button", name="载入").click()
    expect(page.get_by_role("status").filter(has_text="已换成该地公布的收入上限")).to_be_visible()
    expect(page.locator("[data-yaml]")).to_contain_text("yuan: 5000")
    assert verify_register(open_register(store).engine).broken is None
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.deep
def test_without_a_day_of_effect_a_draft_cannot_be_submitted_and_leads_to_where_it_is_filled_in(page, server):
    act_as(page, server, f"officer-{COUNTY}")
    open_versions(page, server)
    page.get_by_label("施行日期").fill("")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="把当前选择存为草案").click()
    row = page.locator("table[data-table=versions] tbody tr").first
    expect(row).to_contain_text("没有施行日期，不能提交")
    expect(row.get_by_role("button", name="提交")).to_have_count(0)
    row.get_by_role("link", name="去填施行日期").click()
    expect(page.get_by_label("施行日期")).to_be_in_viewport()


@pytest.mark.deep
def test_who_is_not_signed_in_is_told_where(page, server):
    open_page(page, f"{server.url}voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}")
    # The versions of a county are for who works with its register: here is said how to come to them.
    page.get_by_title("标准的程序：草案、提交、批准").click()
    expect(page.get_by_text("登录后，县级经办人可在这里存草案")).to_be_visible()


def test_home_says_what_waits_for_me(page, server):
    act_as(page, server, f"officer-{COUNTY}")
    page.goto(f"{server.url}?county={COUNTY}&round={ROUND}")
    expect(page.locator("[data-tasks]")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("金寨县")
    # The own county only, which stands in the heading: a choice of one is none.
    expect(page.locator("#wb-county")).to_have_count(0)
