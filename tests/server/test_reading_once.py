"""What a request that only looks reads of the register, it reads once; what changes meanwhile is seen by the next one."""

import asyncio
import contextvars
import datetime as dt

import pytest
from sqlalchemy import event

from workbench.clock import BEIJING
from workbench.domain.procedure.roles import Area
from workbench.register.access.accounts import NewAccount, add_with_first_passwords, close_account, first_account
from workbench.register.access.acting_user import open_register
from workbench.register.access.passwords import Admission
from workbench.server import catalogue
from workbench.server.sign_in.authenticator import READING, Authenticator, Reading
from workbench.store.facts import FactStore
from workbench.ui.kit.texts import language as language_module
from workbench.ui.kit.texts.language import Language

NOW = dt.datetime(2026, 10, 8, 9, 0, tzinfo=BEIJING)


@pytest.fixture
def authenticator(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path))
    register = open_register(FactStore(tmp_path))
    first_account(register, NewAccount("admin", "管理员", "administrator"), NOW)
    return Authenticator()


@pytest.fixture
def asked(authenticator):
    """Every statement that the register was asked, without the beginning of transactions."""
    statements = []
    event.listen(
        authenticator.register.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )
    return statements


def ask_as_a_page(authenticator):
    """What a page asks for while it is written: who asks, the bar, the menus."""
    for _ in range(3):
        assert authenticator.admission is Admission.PASSWORD
        assert authenticator.account("nobody") is None
        assert not authenticator.is_ended("session")


def during_a_request(work):
    """Do something as a request that only looks does, whose reading ends with it."""

    def run():
        reading = Reading()
        READING.set(reading)
        work()
        reading.end()

    contextvars.copy_context().run(run)


def test_a_request_asks_the_register_each_thing_once(authenticator, asked):
    during_a_request(lambda: ask_as_a_page(authenticator))
    once = [each for each in asked if each.startswith("SELECT account") or "ended_session" in each]
    # How one enters, asked by itself and with the account; the account; whether its sign-in was ended.
    assert len(once) == 4


def test_an_account_closed_meanwhile_is_seen_by_the_next_request(authenticator):
    register = authenticator.register
    admin = register.acting_user("admin", NOW)
    add_with_first_passwords(admin, [NewAccount("w", "村", "village_worker", Area("341524", "甲乡", "一村"))])
    seen = []
    during_a_request(lambda: seen.append(authenticator.account("w")))
    close_account(admin, "w")
    during_a_request(lambda: seen.append(authenticator.account("w")))
    assert seen[0] is not None
    assert seen[1] is None


def test_what_goes_on_after_the_answer_reads_anew(authenticator, asked):
    async def request():
        reading = Reading()
        READING.set(reading)
        _ = authenticator.admission
        goes_on = asyncio.ensure_future(later())
        reading.end()
        await goes_on

    async def later():
        before = len(asked)
        _ = authenticator.admission
        assert len(asked) > before

    asyncio.run(request())


def test_without_a_request_nothing_is_remembered(authenticator, asked):
    assert READING.get() is None
    _ = authenticator.admission
    before = len(asked)
    _ = authenticator.admission
    assert len(asked) > before


def test_every_page_lists_the_notebooks_and_reads_one_again_only_when_it_changed(tmp_path, monkeypatch):
    read, texts = [], catalogue.page_texts
    monkeypatch.setattr(catalogue, "page_texts", lambda about, name: read.append(name) or texts(about, name))
    path = tmp_path / "a.ipynb"
    path.write_text('{"metadata": {"title": "one"}}', encoding="utf-8")
    assert [
        page["title"] for _ in range(3) for page in catalogue.listed(tmp_path, "zh") if page["name"] == "a.ipynb"
    ] == ["one"] * 3
    assert read == ["a.ipynb"]
    path.write_text('{"metadata": {"title": "another"}}', encoding="utf-8")
    assert catalogue.notebooks_in(tmp_path)[0].title["zh"] == "another"


def test_a_language_is_looked_up_once(monkeypatch):
    Language("en")
    monkeypatch.setattr(language_module.Locale, "parse", lambda _name: pytest.fail("looked up again"))
    assert Language("en").code == "en"


def test_numbers_that_are_equal_are_written_alike():
    t = Language("zh")
    assert [t.number(-0.0), t.number(0), t.number(1), t.number(1.0), t.number(True)] == ["0", "0", "1", "1", "1"]
