"""A demonstration register for tests of pages, and the browser's way in."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Server
from tests.shared import made_once
from tests.ui.stores import simulated_store
from workbench.clock import now_in_beijing
from workbench.preview.submission import submission_figures
from workbench.register.access.acting_user import ActingUser, open_register
from workbench.register.clock import now_of
from workbench.register.demonstration import demonstrate
from workbench.store.facts import FactStore
from workbench.ui.kit.frame import current_user

COUNTY, ROUND = "341524", "2019-10"


def demonstration_store(factory: pytest.TempPathFactory, households: int = 6_000) -> FactStore:
    """A simulated city with a round under way in one county: a copy, to be changed, of one made once for a whole run."""

    def make(folder: Path) -> None:
        register = open_register(simulated_store(folder / "store", households))
        demonstrate(register, ROUND, COUNTY, submission_figures)
        register.engine.dispose()

    made = made_once(factory, f"demonstration-{households}", make) / "store"
    return FactStore(shutil.copytree(made, factory.mktemp("demonstration") / "store"))


@contextmanager
def acting(store: FactStore, patch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ActingUser | None]]:
    """`act(account)`: pages of this process work for this account, who is returned as of now; one unknown reads the city's pages."""
    patch.setenv("WORKBENCH_STORE", str(store.root))
    current_user._opened.cache_clear()
    register = open_register(store)

    def become(account: str) -> ActingUser | None:
        query = "SELECT role, county, township, village FROM account WHERE account = ?"
        with register.engine.connect() as connection:
            row = connection.exec_driver_sql(query, (account,)).first()
        patch.setenv(current_user.VARIABLE, quote(json.dumps([account, *(row or ("city_reader", None, None, None))])))
        return register.acting_user(account, now_of(register, now_in_beijing())) if row else None

    yield become
    current_user._opened.cache_clear()


def act_as(page: Page, server: Server, account: str) -> None:
    """Choose whom to act as."""
    page.goto(f"{server.url}login")
    page.locator(f"form:has(input[value='{account}']) button").click()
    expect(page.locator(".wb-bar-out")).to_be_visible()


def open_register_page(page: Page, server: Server, query: str = "") -> None:
    """The register page of the county under way, opened and usable."""
    page.goto(f"{server.url}register?county={COUNTY}&round={ROUND}{query}")
    expect(page.locator("#wb-register[data-ready]")).to_be_visible()
