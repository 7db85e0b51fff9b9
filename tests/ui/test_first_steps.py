"""The home page of a store without facts: everybody reads what is theirs to do, and nobody who has signed in a command."""

import pytest

from workbench.domain.procedure.roles import ROLES
from workbench.ui.kit.texts.language import Language
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
