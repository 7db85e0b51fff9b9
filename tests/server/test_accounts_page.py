"""Accounts and passwords on pages that the server writes: without a script, for the administrator, and nothing else opens."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.browser import new_page, serious, start_server
from tests.server.visitor import SECRET, Visitor
from workbench.clock import BEIJING
from workbench.domain.procedure.roles import Area
from workbench.register.access.accounts import NewAccount, accounts, add_accounts, first_account
from workbench.register.access.acting_user import open_register
from workbench.register.access.passwords import set_password
from workbench.register.audit.verification import verify_register
from workbench.settings import DIVISIONS, NOTEBOOKS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

NEW = "松树 石桥 午后 茶碗 灯"


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    facts = FactStore(tmp_path_factory.mktemp("accounts") / "store")
    write_city(facts, simulate(200, 1, 5, divisions=DIVISIONS), Origin(simulated=False))
    opened = open_register(facts)
    now = dt.datetime(2026, 6, 1, 9, tzinfo=BEIJING)
    first_account(opened, NewAccount("admin", "管理员", "administrator"), now)
    set_password(opened.acting_user("admin", now), "admin", SECRET)
    officers = [NewAccount(f"officer{n}", f"经办{n}", "county_officer", Area("341524")) for n in range(4)]
    add_accounts(opened.acting_user("admin", now), officers)
    for each in officers:
        set_password(opened.acting_user(each.account, now), each.account, SECRET)
    return opened


def log_of(register):
    return register.facts.root.parent / "server.log"


@pytest.fixture(scope="module")
def server(register):
    running = start_server(register.facts.root, NOTEBOOKS, log_of(register))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def admin(server):
    visitor = Visitor(server)
    assert visitor.sign_in("admin")[0] == 200
    return visitor


def entered(server, account, password=SECRET):
    visitor = Visitor(server)
    assert visitor.sign_in(account, password)[0] == 200
    return visitor


def is_in(visitor):
    return "/login" not in visitor.get("")[0]


def first_password_in(text, account):
    return re.search(rf"<td>{account}</td><td><code>([^<]+)</code>", text).group(1)


def accounts_of(register):
    return {each["account"]: each for each in accounts(register.acting_user("admin", dt.datetime.now(BEIJING)))}


def added(admin, account, role="analyst", **more):
    status, text = admin.post("accounts", {"action": "add", "account": account, "name": "某人", "role": role, **more})
    assert status == 200, text
    return first_password_in(text, account)


def test_a_first_password_opens_nothing_but_the_page_that_changes_it(server, admin):
    first = added(admin, "newcomer")
    visitor = entered(server, "newcomer", first)
    for path in ("", "voila/render/home.ipynb", "accounts", "alive/x", "register"):
        url, text = visitor.get(path)
        assert url.partition("?")[0].endswith("/password"), path
        assert "改好之前不能打开其他页面" in text
    status, text = visitor.post("password", {"present": first, "new": "qwertyuiop", "again": "qwertyuiop"})
    assert status == 400
    assert "太常见" in text
    status, text = visitor.post("password", {"present": first, "new": NEW, "again": NEW})
    assert status == 200
    assert "密码已更改" in text
    assert re.search(r'<a class="wb-button" data-carry href="/[^"]*">去首页办理</a>', text)
    assert 'name="present"' not in text  # what was just typed is not asked again
    assert is_in(visitor)
    assert Visitor(server).sign_in("newcomer", first)[0] == 401
    assert is_in(entered(server, "newcomer", NEW))


def test_ones_own_password_is_changed_and_ends_what_the_old_one_opened(server):
    here, elsewhere = entered(server, "officer0"), entered(server, "officer0")
    wrong = {"present": "wrong-wrong", "new": NEW, "again": NEW}
    status, text = here.post("password?lang=en", wrong)
    assert status == 400
    assert "the present password is wrong" in text
    assert "新密码不一样" in here.post("password", {**wrong, "again": NEW + "x"})[1]
    assert here.post("password", {**wrong, "present": SECRET})[0] == 200
    assert is_in(here)
    assert not is_in(elsewhere)


def test_closing_reopening_and_resetting_end_what_is_open_at_once(server, admin, register):
    visitor = entered(server, "officer1")
    assert is_in(visitor)
    admin.post("accounts", {"action": "close", "account": "officer1"})
    assert not is_in(visitor)
    assert Visitor(server).sign_in("officer1")[0] == 401
    first = first_password_in(admin.post("accounts", {"action": "reopen", "account": "officer1"})[1], "officer1")
    assert not is_in(visitor)
    entered(server, "officer1", first)
    again = first_password_in(admin.post("accounts", {"action": "reset", "account": "officer1"})[1], "officer1")
    assert Visitor(server).sign_in("officer1", first)[0] == 401
    assert Visitor(server).sign_in("officer1", again)[0] == 200
    assert accounts_of(register)["officer1"]["password"] == "first"  # noqa: S105 - a state


def test_another_role_or_area_ends_what_is_open(server, admin, register):
    visitor = entered(server, "officer2")
    fields = {"action": "change", "account": "officer2", "name": "经办二", "role": "county_officer", "county": "霍邱县"}
    status, text = admin.post("accounts?account=officer2", fields)
    assert status == 200
    assert "已更改" in text
    assert not is_in(visitor)
    assert accounts_of(register)["officer2"]["county"] == "341522"


def test_a_cookie_copied_before_signing_out_opens_nothing_after(server):
    visitor = entered(server, "officer3")
    copy = Visitor(server)
    for cookie in visitor.cookies:
        copy.cookies.set_cookie(cookie)
    assert is_in(copy)
    visitor.post("logout", {})
    assert not is_in(visitor)
    assert not is_in(copy)


def test_rows_are_pasted_all_or_none_and_each_wrong_one_is_named(admin, register):
    good = "账号\t姓名\t角色\t县区\t乡镇\t村\npaste1\t甲\t县级经办人\t金寨县\npaste2\t乙\tvillage_worker\t341524\t梅山镇\t小南京村\n"
    wrong = good + "paste3\t丙\t国王\npaste4\t丁\t村级工作人员\t金寨县\npaste5,戊,县级经办人,没有县\n"
    status, text = admin.post("accounts", {"action": "rows", "rows": wrong})
    assert status == 400
    assert all(f"第 {number} 行" in text for number in (3, 4, 5))
    assert "paste1" not in accounts_of(register)
    status, text = admin.post("accounts", {"action": "rows", "rows": good})
    assert status == 200
    assert first_password_in(text, "paste1") != first_password_in(text, "paste2")
    row = accounts_of(register)["paste2"]
    assert (row["role"], row["county"], row["township"], row["village"]) == (
        "village_worker", "341524", "梅山镇", "小南京村",
    )  # fmt: skip
    assert admin.post("accounts", {"action": "rows", "rows": good})[0] == 400


def test_accounts_are_found_by_name_role_and_place(admin):
    _, text = admin.get("accounts?q=%E9%87%91%E5%AF%A8%20officer3")
    assert '<th scope="row">officer3</th>' in text
    assert '<th scope="row">admin</th>' not in text


def test_many_accounts_stand_on_pages(admin):
    rows = re.compile(r'<th scope="row">([^<]+)</th>')
    every = rows.findall(admin.get("accounts")[1])
    assert len(every) <= 50
    # In this process the handler cannot be changed: the pages are asked for by their addresses, wrong ones too.
    for asked in ("page=0", "page=99", "page=x", "page=1"):
        assert rows.findall(admin.get(f"accounts?{asked}")[1])[0] == every[0]


def test_only_the_administrator_is_shown_accounts(server):
    visitor = entered(server, "officer3")
    assert "/accounts" not in visitor.get("")[1]
    assert visitor.status("accounts")[0] == 403
    assert visitor.post("accounts", {"action": "close", "account": "admin"})[0] == 403
    assert "/login" in Visitor(server).get("accounts")[0]


def test_forms_need_the_token_of_the_page(admin, register):
    before = accounts_of(register)
    for path, fields in (
        ("accounts", {"action": "close", "account": "officer3"}),
        ("password", {"present": SECRET, "new": NEW, "again": NEW}),
        ("logout", {}),
    ):
        assert admin.post(path, fields, token=False)[0] == 403
    assert accounts_of(register) == before
    assert is_in(admin)


def test_an_administrator_does_not_close_the_own_account(admin):
    status, text = admin.post("accounts", {"action": "close", "account": "admin"})
    assert status == 400
    assert "自己的账号" in text


def test_names_are_shown_as_they_are_typed(admin):
    _, text = admin.post("accounts", {"action": "add", "account": "<b>x", "name": "<script>", "role": "analyst"})
    assert "<script>" not in text.replace("<script src", "")
    assert "&lt;b&gt;x" in text
    admin.post("accounts", {"action": "close", "account": "<b>x"})


def test_no_password_stands_in_log_or_chain(server, register, admin):
    secret = added(admin, "secretive")
    entered(server, "secretive", secret)
    verified = verify_register(register.engine)
    assert (verified.broken, verified.changed) == (None, [])
    with register.engine.connect() as connection:
        chain = str(connection.exec_driver_sql("SELECT * FROM audit_event").all())
    log = log_of(register).read_text()
    assert not any(word in chain + log for word in (secret, SECRET, NEW))


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["", pytest.param("lang=en", marks=pytest.mark.deep)])
def test_the_pages_keep_nobody_out(browser, server, lang):
    page = new_page(browser)
    page.goto(f"{server.url}login?{lang}")
    assert serious(page) == []
    page.locator("input[name=account]").fill("admin")
    page.locator("input[name=password]").fill(SECRET)
    page.locator("form.wb-sign-in-form button").click()
    expect(page.locator(".wb-bar-person")).to_be_visible()
    for path in ("password?", "accounts?", "accounts?account=officer3&", "accounts?q=nobody&"):
        page.goto(f"{server.url}{path}{lang}")
        expect(page.locator("h1")).to_be_visible()
        for summary in page.locator("main summary").all():
            summary.click()
        assert serious(page) == [], path
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.set_viewport_size({"width": 1366, "height": 768})
    # On paper a short page is one sheet, and no empty one follows it.
    page.goto(f"{server.url}password?{lang}")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
    page.context.close()
