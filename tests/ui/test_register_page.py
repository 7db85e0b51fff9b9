"""The register page in a real Chromium: people at their steps, each in the own area, and what they are told."""

import re
import zipfile
from io import BytesIO

import pytest
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, new_page, open_page, serious
from tests.ui.as_officers_read import cut as cut_off
from tests.ui.as_officers_read import not_as_offices_write
from tests.ui.registers import COUNTY, ROUND, act_as, demonstration_store, open_register_page
from workbench.register.access.acting_user import open_register
from workbench.register.audit.verification import verify_register

pytestmark = pytest.mark.browser
ENTRIES = "table[data-table=entries] tbody tr"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory)


@pytest.fixture(scope="module")
def accounts(store):
    """Accounts by township: the worker of one of its villages with a household, and the reviewer."""
    query = "SELECT role, account, township, village FROM account WHERE township IS NOT NULL ORDER BY account"
    with open_register(store).engine.connect() as connection:
        return [dict(row._mapping) for row in connection.exec_driver_sql(query)]


@pytest.fixture
def server(store, voila_server):
    return voila_server(store.root)


def townships_at(store, stage):
    query = "SELECT DISTINCT township FROM entry WHERE stage = ? AND kind = 'risk'"
    with open_register(store).engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql(query, (stage,))]


def person(accounts, role, township, village=None):
    return next(
        each["account"] for each in accounts
        if each["role"] == role and each["township"] == township and village in (None, each["village"])
    )  # fmt: skip


@pytest.mark.deep
def test_nobody_signed_in_is_told_to_sign_in(page, server):
    page.goto(f"{server.url}register")
    expect(page.get_by_role("alert")).to_contain_text("请先登录")


def send_back_the_marked_one(page):
    """What was marked before the list was sorted or searched anew is still marked; it is returned upon the second word."""
    expect(page.locator("[data-tick-count]")).to_have_text("1")
    page.get_by_label("退回理由").fill("收入佐证不足")
    page.get_by_role("button", name="勾选的：退回重新上报").click()
    expect(page.locator("[data-planned]")).to_contain_text("将退回 1 户")
    expect(page.locator(".wb-told [role=status]")).to_have_count(0)  # nothing was done yet
    page.get_by_role("button", name="确认办理").click()
    expect(page.get_by_role("status").filter(has_text="已退回 1 户")).to_be_visible()


def test_a_township_reviews_a_batch_and_returns_one(page, server, store, accounts):
    township = townships_at(store, "proposed")[0]
    act_as(page, server, person(accounts, "township_reviewer", township))
    open_register_page(page, server)
    expect(page.locator("[data-tasks]")).to_contain_text("户待审核")
    page.get_by_role("button", name="去办理").first.click()
    expect(page.locator(ENTRIES).first).to_contain_text(township)
    page.locator("input[name=household]").first.check()
    # However long the list is, what is done with the marked ones is in sight.
    expect(page.get_by_role("button", name="勾选的：退回重新上报")).to_be_in_viewport()
    number = page.locator("input[name=household]").first.get_attribute("value").split()[1]
    page.get_by_role("button", name="勾选的：退回重新上报").click()  # without a reason
    expect(page.get_by_role("alert")).to_contain_text("退回要写明理由")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    page.get_by_label("排序").select_option("changed")
    send_back_the_marked_one(page)
    page.get_by_role("button", name="撤回这一批").click()
    expect(page.get_by_role("status").filter(has_text="已撤回 1 户")).to_be_visible()
    expect(page.locator("[data-tick-count]")).to_have_text("0")
    page.get_by_label("查找", exact=True).fill(number)
    page.keyboard.press("Enter")
    expect(page.locator(ENTRIES)).to_have_count(1)
    page.locator("input[name=household]").first.check()
    page.get_by_label("查找", exact=True).fill("")
    page.keyboard.press("Enter")
    # The buttons stand below the list: until it is whole again a click may hit the one beside.
    expect(page.locator(ENTRIES)).not_to_have_count(1)
    send_back_the_marked_one(page)
    assert serious(page, contrast=False) == []
    # What is prepared and not done is not lost without a word, and stays marked.
    page.locator("input[name=household]:enabled").last.check()
    page.get_by_label("退回理由").fill("再核")
    page.get_by_role("button", name="勾选的：退回重新上报").click()
    expect(page.locator("[data-planned]")).to_contain_text("将退回 1 户")
    page.get_by_role("button", name=re.compile("^乡镇审核通过：名单中")).click()
    expect(page.locator("[data-planned]")).to_contain_text("将审核通过")
    expect(page.get_by_role("alert")).to_contain_text("刚才准备的“将退回 1 户”没有办理")
    page.get_by_role("button", name="清除勾选").click()
    expect(page.get_by_role("button", name="勾选的：退回重新上报")).to_be_disabled()
    assert serious(page, contrast=False) == []
    page.get_by_role("button", name="确认办理").click()
    expect(page.get_by_role("status").filter(has_text="乡镇审核通过")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出名单").click()
    assert download.value.suggested_filename.endswith("风险等级名单.xlsx")
    page.locator(".wb-stage-returned").first.click()
    expect(page.locator(".wb-stage-returned").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator(ENTRIES).filter(has_text=number)).to_contain_text("收入佐证不足")
    page.locator(".wb-stage-proposed").first.click()
    expect(page.locator(ENTRIES)).to_have_count(1)
    expect(page.locator(ENTRIES)).to_contain_text("没有符合条件的户")
    assert verify_register(open_register(store).engine).broken is None
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


def test_a_village_visits_a_household_corrects_a_fact_and_proposes(page, server, store, accounts):
    facts = store.read(ROUND, COUNTY, ["household_id", "kind", "township", "village"]).to_pylist()
    begun = {
        *townships_at(store, "visited"),
        *townships_at(store, "proposed"),
        *townships_at(store, "filed"),
        *townships_at(store, "reviewed"),
    }
    one = next(row for row in facts if row["kind"] == "lifted" and row["township"] not in begun)
    act_as(page, server, person(accounts, "village_worker", one["township"], one["village"]))
    open_register_page(page, server, f"&view=risk&household={one['household_id']}")
    expect(page.locator("[data-next]")).to_be_visible()
    # The calendar opens where the day is typed, and not at the other end of the form.
    typed, opens = (page.locator(each).first.bounding_box() for each in ("input[name=day]", "[data-calendar]"))
    assert opens["x"] + opens["width"] <= typed["x"] + typed["width"]
    page.get_by_role("button", name="登记走访").click()
    expect(page.get_by_role("alert")).to_contain_text("缺少走访情况：产业、就业、教育、医疗、住房")
    for label in ("产业", "就业", "教育", "医疗", "住房"):
        page.get_by_label(label, exact=True).fill("=1+1 情况属实")
    page.reload()  # as after a lost connection: what was typed is still there
    expect(page.get_by_label("产业")).to_have_value("=1+1 情况属实")
    # A choice left as it was opens no fold.
    expect(page.locator("[data-name=facts-other]")).not_to_have_attribute("open", "")
    # What has only to be confirmed is one line of values, and opens where one of them has changed.
    page.locator("details[data-name^=facts-]", has=page.locator("[name='fact:work_months']")).locator("summary").click()
    months = page.locator("input[name='fact:work_months']")
    months.fill("很多")
    page.get_by_role("button", name="登记走访").click()
    expect(page.get_by_role("alert")).to_contain_text("应为")
    # Beside the field that is wrong, which is where one goes on.
    expect(months).to_be_focused()
    expect(months).to_be_in_viewport()
    expect(months).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("产业")).to_have_value("=1+1 情况属实")  # nothing typed is lost
    months.fill("9个月")
    page.get_by_role("button", name="登记走访").click()
    expect(page.get_by_role("status").filter(has_text="走访已登记")).to_be_visible()
    assert serious(page, contrast=False) == []
    page.get_by_text("再登记一次走访").click()
    expect(page.get_by_label("产业")).to_have_value("")
    page.get_by_role("button", name="查看走访情况").click()
    expect(page.locator(".wb-findings").first).to_contain_text("=1+1 情况属实")
    rule = page.locator("input[name=proposal]:checked").get_attribute("value")
    other = next(tier for tier in "123" if tier != rule)
    page.locator(f"input[name=proposal][value='{other}']").check()
    page.get_by_role("button", name="村级初评上报", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("要写明理由")
    page.get_by_label("理由（与规则不同时必填）").fill("主要劳动力重病")
    page.get_by_role("button", name="村级初评上报", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="已上报")).to_be_visible()
    expect(page.locator("[data-household]")).to_contain_text("主要劳动力重病")
    page.get_by_label("目标").fill("稳定脱贫")
    page.get_by_role("button", name="按建议制定计划").click()
    expect(page.locator("[data-plan]")).to_contain_text("稳定脱贫")
    assert store.household(ROUND, one["household_id"], COUNTY)["work_months"] == 9


def test_a_county_files_proves_and_takes_the_ledgers_along(page, server):
    act_as(page, server, f"officer-{COUNTY}")
    open_register_page(page, server, "&view=risk")
    page.get_by_role("button", name=re.compile("^备案：名单中已审核的")).click()
    page.get_by_role("button", name="确认办理").click()
    expect(page.get_by_role("status").filter(has_text="已备案，清单编号 金寨县-2019-10-风险-002")).to_be_visible()
    page.get_by_role("link", name="台账和文件").click()
    row = page.locator("table[data-table=filings] tbody tr").filter(has_text="风险-002")
    row.get_by_role("button", name="重新计算核对").click()
    expect(row).to_contain_text("✓ 与备案时一致")
    assert serious(page, contrast=False) == []
    for button, part in (
        ("返贫风险台账", "xl/workbook.xml"),
        ("边缘户台账", "xl/workbook.xml"),
        ("汇总表", "xl/workbook.xml"),
        ("备案文件", "word/document.xml"),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"{button}（{'docx' if part.startswith('word') else 'xlsx'}）").click()
        name, content = download.value.suggested_filename, download.value.path().read_bytes()
        assert name.startswith("模拟数据_金寨县_2019年下半年_")
        assert part in zipfile.ZipFile(BytesIO(content)).namelist()
    page.get_by_label("监督电话").fill("0564-1234567")
    with page.expect_download() as download:
        page.get_by_role("button", name="公示名单").click()
    assert download.value.suggested_filename == "模拟数据_金寨县_2019年下半年_公示名单.xlsx"
    # Without a window there is nothing to enter in: the page says what to do and offers no list.
    expect(page.get_by_text("窗口在“本期管理”中登记")).to_be_visible()
    expect(page.get_by_role("button", name="录入名单")).to_have_count(0)
    assert_no_console_errors(page)


@pytest.mark.deep  # below the browser in every run: test_register_session, register/test_cases
def test_a_case_goes_one_step_by_whose_step_it_is(page, server, store, accounts):
    query = "SELECT household_id, township, village FROM poverty_case WHERE stage = 'opened' AND village IS NOT NULL ORDER BY id"
    with open_register(store).engine.connect() as connection:
        case = dict(connection.exec_driver_sql(query).first()._mapping)
    act_as(page, server, f"officer-{COUNTY}")
    open_register_page(page, server, "&view=cases")
    page.get_by_label("查找", exact=True).fill(case["household_id"])
    page.keyboard.press("Enter")
    expect(page.locator(".wb-case")).to_have_count(1)
    expect(page.locator(".wb-case")).to_contain_text("下一步（由他人办理）：调查核实")
    act_as(page, server, person(accounts, "village_worker", case["township"], case["village"]))
    open_register_page(page, server, f"&household={case['household_id']}")
    form = page.locator(".wb-case form").first
    form.get_by_label("情况").fill("核实属实")
    form.get_by_role("button", name="调查核实").click()
    expect(page.locator(".wb-way-done").last).to_contain_text("已核实")
    assert serious(page, contrast=False) == []


@pytest.mark.deep
def test_the_edge_register_names_officers(page, voila_server, tmp_path_factory):
    # A city large enough that somebody of the county entered the edge register.
    server = voila_server(demonstration_store(tmp_path_factory, 9000).root)
    act_as(page, server, f"officer-{COUNTY}")
    open_register_page(page, server, "&view=managed")
    rows = page.locator("table[data-table=managed] tbody tr")
    expect(rows.first).to_be_visible()
    place = rows.first.locator("td").nth(1).inner_text().split(" · ")
    number = page.locator("input[name=household]").first.get_attribute("value").split()[-1]
    options = page.locator("select[name=officer] option").all_inner_texts()
    near = next(each for each in options if each.endswith("/".join(place)))
    far = next(each for each in options if "/" in each and place[0] not in each)
    page.locator("input[name=household]").first.check()
    page.get_by_label("包保责任人").select_option(label=far)
    page.get_by_role("button", name="给勾选的户指定").click()
    expect(page.get_by_role("alert")).to_contain_text("不在其中")
    page.get_by_label("包保责任人").select_option(label=near)
    page.get_by_role("button", name="给勾选的户指定").click()
    expect(page.get_by_role("status").filter(has_text="已给 1 户指定")).to_be_visible()
    expect(rows.filter(has_text=number)).to_contain_text(near.split(" · ")[0])
    assert serious(page, contrast=False) == []


@pytest.mark.deep
def test_a_city_reader_sees_every_county_on_the_map_and_no_button_of_a_step(page, server):
    act_as(page, server, "reader")
    open_register_page(page, server)
    expect(page.locator(".wb-map-mine")).to_have_count(8)
    page.locator(".wb-map-mine[aria-label^='霍邱县']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("业务办理 · 霍邱县")
    page.get_by_role("link", name="风险等级").click()
    expect(page.locator(ENTRIES).first).to_be_visible()
    expect(page.locator("[data-actions]")).to_have_count(0)
    assert serious(page, contrast=False) == []


@pytest.mark.deep
def test_a_household_of_another_village_is_refused_whatever_the_address_says(page, server, store, accounts):
    rows = store.read(ROUND, COUNTY, ["household_id", "kind", "township", "village"]).to_pylist()
    mine = next(row for row in rows if row["kind"] == "lifted")
    other = next(row for row in rows if row["village"] != mine["village"])
    act_as(page, server, person(accounts, "village_worker", mine["township"], mine["village"]))
    open_register_page(page, server, f"&household={other['household_id']}")
    expect(page.get_by_role("alert")).to_contain_text("没有这一户")
    expect(page.locator("[data-household]")).to_have_count(0)
    open_page(page, f"{server.url}voila/render/county_standard.ipynb")
    expect(page.get_by_role("alert")).to_contain_text("此页看全县数据")


@pytest.mark.deep
def test_two_at_one_household_the_second_is_told(browser, page, server, store, accounts):
    township = townships_at(store, "returned")[0]
    query = "SELECT household_id, village FROM entry WHERE stage = 'returned' AND kind = 'risk' AND township = ?"
    with open_register(store).engine.connect() as connection:
        household, village = connection.exec_driver_sql(query, (township,)).first()
    account = person(accounts, "village_worker", township, village)
    other = new_page(browser)
    for each in (page, other):
        act_as(each, server, account)
        open_register_page(each, server, f"&view=risk&household={household}")
        expect(each.locator("[data-next]")).to_be_visible()
    for each, reason in ((page, "已核实"), (other, "另一个看法")):
        each.get_by_label("理由（与规则不同时必填）").fill(reason)
        each.get_by_role("button", name="村级初评上报", exact=True).click()
        expect(each.locator(".wb-told .wb-message")).to_be_visible()
    expect(page.locator(".wb-told .wb-message")).to_contain_text("已上报")
    expect(other.get_by_role("alert")).to_contain_text("没有覆盖")
    other.context.close()


@pytest.mark.deep
def test_the_page_in_english_mixes_no_languages(page, server):
    act_as(page, server, "reader")
    open_register_page(page, server, "&lang=en")
    expect(page.locator("h1")).to_contain_text("Register")
    header = page.locator("[data-table=progress-risk] thead").inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", header)
    assert serious(page, contrast=False) == []


@pytest.mark.deep
def test_on_a_phone_the_page_fits_and_says_which_it_is(page, server):
    page.set_viewport_size({"width": 390, "height": 800})
    act_as(page, server, "reader")
    open_register_page(page, server, "&view=risk")
    expect(page.locator(ENTRIES).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    inside = page.locator(".wb-nav [aria-current]").evaluate(
        "link => { const [a, b] = [link.getBoundingClientRect(), link.parentElement.getBoundingClientRect()];"
        " return a.left >= b.left - 1 && a.right <= b.right + 1; }"
    )
    assert inside


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.deep)])
def test_every_view_is_fit_for_all_and_in_one_language(page, server, lang):
    page.goto(f"{server.url}login?lang={lang}")
    assert serious(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})
    act_as(page, server, f"officer-{COUNTY}")
    open_register_page(page, server, f"&lang={lang}")
    # On the screen of an ordinary office computer nothing of the bar is cut; in Chinese it takes one row.
    cut = "each => each.scrollHeight > each.clientHeight + 1"
    assert [each.inner_text() for each in page.locator(".wb-bar > :not(.wb-skip)").all() if each.evaluate(cut)] == []
    assert lang == "en" or page.locator(".wb-bar").bounding_box()["height"] < 60
    for view in page.locator(".wb-views a").all():
        view.click()
        expect(view).to_have_attribute("aria-current", "true")
        expect(page.locator(".wb-pane .wb-panel").first).to_be_visible()
        assert serious(page) == [], view.inner_text()
        assert (view.inner_text(), not_as_offices_write(page), cut_off(page)) == (view.inner_text(), [], [])
        heads = page.locator("#wb-content :is(h2, th[scope=col], .wb-button, .wb-stage span)").all_inner_texts()
        chinese = [text for text in heads if re.search(r"[一-鿿]", text)]
        assert bool(chinese) == (lang == "zh"), chinese


@pytest.mark.deep  # of paper in every run: server/test_accounts_page
def test_paper_holds_cases_and_rows_and_nothing_to_fill_in(page, server, store, accounts):
    act_as(page, server, f"officer-{COUNTY}")
    open_register_page(page, server, "&view=cases&cases=all")
    page.emulate_media(media="print")
    # A view of cases has controls and no table, and was taken for a panel that only sets something.
    expect(page.locator("[data-case]").first).to_be_visible()
    page.emulate_media(media="screen")
    act_as(page, server, person(accounts, "township_reviewer", townships_at(store, "proposed")[0]))
    page.emulate_media(media="print")
    page.goto(f"{server.url}?county={COUNTY}&round={ROUND}")
    village = page.locator("table[data-table=villages] tbody th").first
    # A letter a line where the table is squeezed beside the tasks.
    assert village.bounding_box()["width"] > 3 * 14
    page.goto(f"{server.url}register?county={COUNTY}&round={ROUND}&view=risk")
    expect(page.locator(ENTRIES).first).to_be_visible()
    for hidden in (".wb-check", ".wb-marked", ".wb-step-form", ".wb-downloads"):
        assert [each.is_visible() for each in page.locator(hidden).all()].count(True) == 0
