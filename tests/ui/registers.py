"""A demonstration register for tests of pages, and the browser's way in."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Server
from tests.shared import made_once
from tests.ui.stores import simulated_store
from workbench.register.access.acting_user import open_register
from workbench.register.demonstration import demonstrate
from workbench.store.facts import FactStore

COUNTY, ROUND = "341524", "2019-10"


def demonstration_store(factory: pytest.TempPathFactory, households: int = 6_000) -> FactStore:
    """A simulated city with a round under way in one county: a copy, to be changed, of one made once for a whole run."""

    def make(folder: Path) -> None:
        register = open_register(simulated_store(folder / "store", households))
        demonstrate(register, ROUND, COUNTY)
        register.engine.dispose()

    made = made_once(factory, f"demonstration-{households}", make) / "store"
    return FactStore(shutil.copytree(made, factory.mktemp("demonstration") / "store"))


def act_as(page: Page, server: Server, account: str) -> None:
    """Choose whom to act as."""
    page.goto(f"{server.url}login")
    page.locator(f"form:has(input[value='{account}']) button").click()
    expect(page.locator(".wb-bar-out")).to_be_visible()


def open_register_page(page: Page, server: Server, query: str = "") -> None:
    """The register page of the county under way, opened and usable."""
    page.goto(f"{server.url}register?county={COUNTY}&round={ROUND}{query}")
    expect(page.locator("#wb-register[data-ready]")).to_be_visible()
