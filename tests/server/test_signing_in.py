"""Signing in to the pages: real data by password only; the page's kernel works for who signed in, whatever a browser says."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, new_page, open_page, start_server
from tests.server.visitor import SECRET, Visitor
from workbench.clock import BEIJING
from workbench.domain.procedure.roles import Area
from workbench.register.access.accounts import NewAccount, add_accounts, first_account
from workbench.register.access.acting_user import open_register
from workbench.register.access.passwords import set_password
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

WHO = """{
 "cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [],
  "source": ["import ipywidgets\\n", "from workbench.ui.kit.frame.current_user import person\\n", "ipywidgets.Label(f'account: {person() and person().account}')"]}],
 "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
 "nbformat": 4, "nbformat_minor": 5
}"""


def store(root, *, simulated, url=None):
    facts = FactStore(root)
    write_city(facts, simulate(200, 1, 5, divisions=DIVISIONS), Origin(simulated=simulated))
    register = open_register(facts, url)
    now = dt.datetime(2019, 6, 1, 9, tzinfo=BEIJING)
    first_account(register, NewAccount("admin", "管理员", "administrator"), now)
    add_accounts(
        register.acting_user("admin", now),
        [NewAccount("金寨经办", "张三", "county_officer", Area("341524")), NewAccount("city", "李四", "city_reader")],
    )
    if not simulated:
        set_password(register.acting_user("金寨经办", now), "金寨经办", SECRET)
    return root


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "who.ipynb").write_text(WHO, encoding="utf-8")
    return folder


def served(tmp_path_factory, notebooks, *, simulated):
    root = tmp_path_factory.mktemp("store")
    return start_server(store(root / "store", simulated=simulated), notebooks, root / "server.log")


@pytest.fixture(scope="module")
def real(tmp_path_factory, notebooks):
    server = served(tmp_path_factory, notebooks, simulated=False)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory, notebooks):
    server = served(tmp_path_factory, notebooks, simulated=True)
    yield server
    server.stop()


def test_real_data_is_shown_to_nobody_who_did_not_sign_in(real):
    visitor = Visitor(real)
    for path in ("", "voila/render/who.ipynb", "alive/0"):
        url, text = visitor.get(path)
        assert "/login" in url
        assert "密码" in text


def test_a_wrong_password_opens_nothing_and_says_what_to_do(real):
    visitor = Visitor(real)
    status, text = visitor.sign_in("金寨经办", "wrong-password")
    assert status == 401
    assert "账号或密码不对" in text
    assert "/login" in visitor.get("")[0]


def test_after_five_wrong_passwords_an_account_has_to_wait(real):
    visitor = Visitor(real)
    answers = [visitor.sign_in("city", f"wrong-{number}") for number in range(6)]
    assert [status for status, _ in answers] == [401] * 5 + [429]
    assert "15 分钟" in answers[-1][1]


def test_a_cookie_made_by_the_browser_opens_nothing(real):
    name = re.sub(r"[^A-Za-z0-9]", "-", f"username-127.0.0.1:{real.url.rsplit(':', 1)[1].strip('/')}")
    url, _ = Visitor(real).get("", {"Cookie": f'{name}={{"account": "admin", "proof": "", "session": ""}}'})
    assert "/login" in url


def test_a_way_out_of_the_server_is_no_way_back_from_signing_in(real):
    visitor = Visitor(real)
    status, _ = visitor.sign_in("金寨经办", following="/evil.example/")
    assert status == 200
    assert visitor.get("")[0] == real.url


def test_the_kernel_works_for_who_signed_in_whatever_headers_say(browser, real):
    page = new_page(browser)
    page.set_extra_http_headers(
        {"X-Workbench-Person": '["admin", "administrator", null, null, null]', "x-workbench-session": "other"}
    )
    page.goto(real.url + "voila/render/who.ipynb")
    page.get_by_label("账号").fill("金寨经办")
    page.get_by_label("密码").fill(SECRET)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("account: 金寨经办")).to_be_visible()  # led back to where it began
    expect(page.locator(".wb-bar")).to_contain_text("张三")
    expect(page.locator(".wb-bar")).to_contain_text("县级经办人")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.goto(real.url)
    expect(page.get_by_label("密码")).to_be_visible()


def test_signing_out_ends_the_pages_that_were_open(browser, real):
    page = new_page(browser)
    page.goto(real.url)
    page.get_by_label("账号").fill("金寨经办")
    page.get_by_label("密码").fill(SECRET)
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".wb-bar")).to_contain_text("张三")
    other = page.context.new_page()
    open_page(other, real.url + "voila/render/who.ipynb")
    page.get_by_role("button", name="退出").click()
    expect(other.get_by_role("alert")).to_contain_text(re.compile("会话已结束|连接已断开"))


@pytest.mark.deep  # in every run each test of the register's pages chooses; the kernel's account: above
def test_on_simulated_data_one_chooses_whom_to_act_as(browser, demonstration):
    page = new_page(browser)
    open_page(page, demonstration.url + "voila/render/who.ipynb")  # nobody needs to sign in
    expect(page.get_by_text("account: None")).to_be_visible()
    page.get_by_role("link", name="登录（演示人员）").click()
    expect(page.get_by_text("人物均为虚构")).to_be_visible()
    page.get_by_role("button", name="县级经办人").click()
    expect(page.get_by_text("account: 金寨经办")).to_be_visible()
    assert_no_console_errors(page)
