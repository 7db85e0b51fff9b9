"""The home page of a store without facts, and of who keeps it after the first import: all read what is theirs to do, nobody a command."""

import datetime as dt
import re

import pytest

from tests.ui.stores import simulated_store
from workbench.clock import BEIJING
from workbench.domain.procedure.roles import ROLES, Area
from workbench.errors import RefusedError
from workbench.register.access.accounts import NewAccount, add_accounts, close_account, first_account
from workbench.register.access.acting_user import open_register
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.home.accounts_needed import counties_needs, render_accounts_needed
from workbench.ui.pages.home.first_steps import first_steps, render_first_steps

ZH = Language("zh")


def link(page):
    return f"/{page}"


def html(role, *, accounts=True, t=ZH):
    return str(render_first_steps(t, ROLES[role] if role else None, link, "/accounts", accounts=accounts))


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("administrator", ["demonstration", "accounts", "intake"]),
        ("county_officer", ["intake", "standard"]),
        ("village_worker", []),
        ("township_reviewer", []),
        ("trainer", []),
    ],
)
def test_a_role_is_told_what_it_can_do(role, names):
    assert [each.name for each in first_steps(ZH, ROLES[role], accounts=True)] == names


def test_who_opens_a_store_on_their_own_computer_keeps_it():
    assert [each.name for each in first_steps(ZH, None, accounts=False)] == ["demonstration", "accounts", "intake"]
    assert first_steps(ZH, None, accounts=True) == []
    assert "请先登录" in html(None)


@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nobody_who_has_signed_in_reads_a_command(role, lang):
    assert "workbench" not in html(role, t=Language(lang))


def test_who_opens_an_empty_store_on_their_own_computer_is_given_the_commands():
    shown = html(None, accounts=False)
    assert "workbench register demonstrate" in shown
    assert "workbench register accounts add" in shown


def test_steps_lead_to_the_pages_where_they_are_taken():
    shown = html("administrator")
    assert 'href="/accounts"' in shown
    assert 'href="/intake"' in shown
    assert 'href="/handbook"' in shown
    assert "您的工作就在这一页" in html("village_worker")


# -- after the first import ------------------------------------------------------------------------------------------

COUNTY, NOW = "341522", dt.datetime(2026, 6, 1, 9, tzinfo=BEIJING)


@pytest.fixture
def keeper(tmp_path):
    register = open_register(simulated_store(tmp_path / "store", 300))
    first_account(register, NewAccount("admin", "管理员", "administrator"), NOW)
    return register.acting_user("admin", NOW)


def needs_of(keeper):
    return {each.county: each.lacking for each in counties_needs(keeper, keeper.register.facts)}


def test_who_keeps_the_system_reads_where_nobody_can_work_yet(keeper):
    assert needs_of(keeper)[COUNTY] == {"village_worker": 1, "township_reviewer": 1, "county_officer": 2}
    place = (COUNTY, "潘集镇", "刘楼村")
    people = [
        ("v", "village_worker", 3),
        ("t", "township_reviewer", 2),
        ("a", "county_officer", 1),
        ("b", "county_officer", 1),
    ]
    add_accounts(keeper, [NewAccount(name, "某人", role, Area(*place[:level])) for name, role, level in people])
    assert needs_of(keeper)[COUNTY] == {}
    assert needs_of(keeper)["341524"]  # another county's people are not counted here
    close_account(keeper, "b")
    assert needs_of(keeper)[COUNTY] == {"county_officer": 1}
    with pytest.raises(RefusedError):
        counties_needs(keeper.register.acting_user("a", NOW), keeper.register.facts)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_where_nobody_can_work_yet_the_accounts_are_one_step_away(keeper, lang):
    shown = str(render_accounts_needed(keeper, keeper.register.facts, Language(lang), "/accounts"))
    assert shown.count('<a href="/accounts">') == len(needs_of(keeper))
    assert re.search("Simulated data|模拟数据", shown)
    assert "workbench" not in shown
    assert ("还缺县级经办人 2 名" in shown) == (lang == "zh")
