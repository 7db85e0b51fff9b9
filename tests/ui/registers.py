"""A demonstration register for tests of pages, and the browser's way in."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import Server
from tests.ui.stores import simulated_store
from workbench.register.access.acting_user import open_register
from workbench.register.demonstration import demonstrate
from workbench.store.facts import FactStore

COUNTY, ROUND = "341524", "2019-10"


def demonstration_store(root: Path, households: int = 6_000) -> FactStore:
    """A simulated city with a round under way in one county."""
    store = simulated_store(root, households)
    demonstrate(open_register(store), ROUND, COUNTY)
    return store


def act_as(page: Page, server: Server, account: str) -> None:
    """Choose whom to act as."""
    page.goto(f"{server.url}login")
    page.locator(f"form:has(input[value='{account}']) button").click()
    expect(page.locator(".wb-bar-out")).to_be_visible()


def open_register_page(page: Page, server: Server, query: str = "") -> None:
    """The register page of the county under way, opened and usable."""
    page.goto(f"{server.url}register?county={COUNTY}&round={ROUND}{query}")
    expect(page.locator("#wb-register[data-ready]")).to_be_visible()
