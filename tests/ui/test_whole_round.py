"""A round driven in a real Chromium by village, township and county, from the import of a real layout to the closed round.

Prints what it took of each: clicks, fields, seconds. Nobody runs a command.
"""

import datetime as dt
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, opened
from tests.server.visitor import SECRET
from workbench.clock import BEIJING
from workbench.domain.procedure.roles import Area
from workbench.register.access.accounts import NewAccount, add_accounts, first_account
from workbench.register.access.acting_user import open_register
from workbench.register.access.passwords import set_password
from workbench.register.audit.verification import verify_register
from workbench.register.procedure.filing_proof import prove
from workbench.store.facts import FactStore

pytestmark = [pytest.mark.browser, pytest.mark.deep]

EXPORT = Path(__file__).parents[1] / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"
COUNTY, TOWNSHIP, VILLAGE = "341522", "潘集镇", "刘楼村"
ACCOUNTS = (
    NewAccount("first", "经办甲", "county_officer", Area(COUNTY)),
    NewAccount("second", "经办乙", "county_officer", Area(COUNTY)),
    NewAccount("reviewer", "审核", "township_reviewer", Area(COUNTY, TOWNSHIP)),
    NewAccount("worker", "走访", "village_worker", Area(COUNTY, TOWNSHIP, VILLAGE)),
)


@dataclass
class Effort:
    """What one person's part of the round takes: clicks, fields and seconds."""

    clicks: int = 0
    fields: int = 0
    seconds: float = 0.0


class Worker:
    """A person at a browser, whose every click and field is counted."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url, self.efforts = page, url, dict[str, Effort]()
        self._now, self._begun = Effort(), time.monotonic()

    def begin(self, part: str) -> None:
        """Another part of the round begins; the one before is over."""
        self.end()
        self._now, self._begun = Effort(), time.monotonic()
        self.efforts[part] = self._now

    def end(self) -> None:
        """The part under way is over."""
        self._now.seconds = time.monotonic() - self._begun

    def sign_in(self, account: str, part: str) -> None:
        """Sign in for a part of the round; both fields and the button count."""
        self.begin(part)
        # Away first: a page that is left ends its kernel, by the right of who is signed in.
        self.page.goto("about:blank")
        self.page.context.clear_cookies()
        self.page.goto(f"{self.url}login")
        self.fill(self.page.get_by_label("账号"), account)
        self.fill(self.page.get_by_label("密码"), SECRET)
        self.click(self.page.get_by_role("button", name="登录", exact=True))
        expect(self.page.locator(".wb-bar-out")).to_be_visible()

    def click(self, what: Locator) -> None:
        """Press something."""
        self._now.clicks += 1
        what.click()

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press the button of that name."""
        self.click(self.page.get_by_role("button", name=name, exact=isinstance(name, str)))

    def fill(self, what: Locator, text: str) -> None:
        """Type into a field."""
        self._now.fields += 1
        what.fill(text)

    def choose(self, what: Locator, label: str) -> None:
        """Choose in a list."""
        self._now.fields += 1
        what.select_option(label=label)

    def task(self, text: str) -> None:
        """From home to what waits there, by its own link."""
        self.click(self.page.locator("[data-tasks] li", has_text=text).get_by_role("link"))
        self.page.wait_for_load_state()

    def give(self, what: Locator, path: Path) -> None:
        """Give a file."""
        self._now.fields += 1
        what.set_input_files(path)


@pytest.fixture
def store(tmp_path):
    facts = FactStore(tmp_path / "store")
    register, now = open_register(facts), dt.datetime.now(BEIJING)
    first_account(register, NewAccount("admin", "管理员", "administrator"), now)
    add_accounts(register.acting_user("admin", now), list(ACCOUNTS))
    for each in ACCOUNTS:
        set_password(register.acting_user(each.account, now), each.account, SECRET)
    return facts


def take_in(who: Worker) -> None:
    """The county takes the export in, as it came from the national system."""
    page = who.page
    who.sign_in("first", "县区：导入")
    who.click(page.get_by_role("link", name="去办理").first)
    opened(page)
    who.choose(page.get_by_label("期次"), "2019年下半年")
    who.give(page.get_by_label("选择文件", exact=True), EXPORT)
    expect(page.locator("[data-intake=checked]")).to_be_visible()
    expect(page.locator("[data-other-round]")).to_have_count(0)
    who.press("确认导入")
    expect(page.locator("[data-taken]")).to_contain_text("霍邱县")


def set_standard(who: Worker) -> None:
    """One officer drafts and submits the standard, another approves it."""
    page, row = who.page, who.page.locator("table[data-table=versions] tbody tr").first
    who.begin("县区：定标准")
    who.click(page.get_by_role("link", name="试算标准"))
    opened(page)
    who.fill(page.get_by_label("施行日期"), "2019-10-01")
    page.keyboard.press("Tab")
    who.click(page.get_by_role("link", name="下一步：存为草案、提交批准"))
    who.press("把当前选择存为草案")
    expect(row).to_contain_text("草案")
    who.fill(row.get_by_label("理由").first, "县领导小组研究")
    who.click(row.get_by_role("button", name="提交"))
    expect(row).to_contain_text("已提交")
    who.sign_in("second", "县区：批准")
    who.task("件标准待批准")
    opened(page)
    approving = row.locator("details[data-name^=approve]")
    who.click(approving.locator("summary"))
    who.fill(approving.get_by_label("批准文号"), "霍政办〔2019〕1号")
    who.click(approving.get_by_label(re.compile("用于2019年下半年")))
    who.click(approving.get_by_role("button", name="批准"))
    expect(row).to_contain_text("已批准")


def visit_all(who: Worker) -> int:
    """The village visits every household that its home names, and proposes what the rules say; returns how many."""
    page, households = who.page, 0
    who.sign_in("worker", "村：走访、上报")
    who.click(page.locator("table[data-table=visits] tbody th a").first)
    while True:
        expect(page.locator("#wb-register[data-ready]")).to_be_visible()
        for fact in ("food", "clothing"):
            asked = page.locator(f"[data-facts=missing] select[name='fact:{fact}']")
            if asked.count():
                who.choose(asked, "无困难")
        who.fill(page.get_by_label("产业", exact=True), "养羊十二只")
        who.click(page.get_by_label("没写的方面都看过，没有变化"))
        who.press("登记走访")
        expect(page.get_by_role("status").filter(has_text="走访已登记")).to_be_visible()
        households += 1
        # The page itself leads on; a worker need not go home between two households.
        following = page.locator("[data-following]").get_by_role("button", name=re.compile("^下一户"))
        if not following.count():
            break
        before = page.locator("[data-household]").first.get_attribute("data-household")
        who.click(following)
        expect(page.locator("[data-household]").first).not_to_have_attribute("data-household", before)
    who.click(page.get_by_role("link", name="首页"))
    page.wait_for_load_state()
    expect(page.get_by_text("本期的户都走访过了。")).to_be_visible()
    who.task("户待上报")
    expect(page.locator("table[data-table=entries] tbody tr")).to_have_count(households)
    who.press(re.compile("按规则上报"))
    who.press("确认办理")
    expect(page.get_by_role("status").filter(has_text=f"已按规则上报 {households} 户")).to_be_visible()
    return households


def review(who: Worker, households: int) -> None:
    """The township agrees to what waits for it."""
    who.sign_in("reviewer", "乡镇：审核")
    who.task("户待审核")
    who.press(re.compile("乡镇审核通过：名单中待审核的"))
    who.press("确认办理")
    expect(who.page.get_by_role("status").filter(has_text=f"审核通过 {households} 户")).to_be_visible()


def file_and_close(who: Worker, households: int) -> None:
    """The county files the list, takes its paper along and closes the round."""
    page = who.page
    who.sign_in("first", "县区：备案、封存")
    who.task("户待备案")
    who.press(re.compile("^备案：名单中已审核的"))
    who.press("确认办理")
    expect(page.get_by_role("status").filter(has_text=f"{households} 户")).to_contain_text(
        "清单编号 霍邱县-2019-10-风险-001"
    )
    who.press("看这份清单，取备案文件")
    with page.expect_download() as download:
        who.press("备案文件（docx）")
    assert download.value.suggested_filename.endswith(".docx")
    who.click(page.get_by_role("link", name="本期管理"))
    who.press("封存本期…")
    who.press("确认封存")
    expect(page.locator("[data-closed]")).to_be_visible()
    expect(page.get_by_text("2020年上半年（截止")).to_be_visible()


def test_a_round_goes_from_a_real_export_to_the_closed_round_without_a_command(page, voila_server, store):
    server = voila_server(store.root)
    who = Worker(page, server.url)
    take_in(who)
    set_standard(who)
    households = visit_all(who)
    assert households == 5
    review(who, households)
    file_and_close(who, households)
    who.end()
    register = open_register(store)
    assert verify_register(register.engine).broken is None
    assert prove(register.acting_user("first", dt.datetime.now(BEIJING)), "霍邱县-2019-10-风险-001").broken == []
    for part, effort in who.efforts.items():
        print(f"{part}：{effort.clicks} 次点击，{effort.fields} 个栏目，{effort.seconds:.0f} 秒")  # noqa: T201 - measured
    # Five households, a visit each: what a round takes of people is held, so that it does not grow unseen.
    village = who.efforts["村：走访、上报"]
    assert village.clicks <= 3 * households + 6
    assert village.fields <= 3 * households + 2
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)
