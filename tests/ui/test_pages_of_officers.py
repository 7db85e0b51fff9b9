"""The pages that the server writes itself, as a county's officer reads them: in the words of offices, nothing cut."""

import pytest
from playwright.sync_api import expect

from tests.ui.as_officers_read import cut, not_as_offices_write
from tests.ui.registers import COUNTY, ROUND, act_as, demonstration_store

pytestmark = pytest.mark.browser
VIEWS = ("progress", "risk", "edge", "managed", "cases", "plans", "documents", "round")
PAGES = (
    "", *(f"register?view={view}" for view in VIEWS), "jobs", "handbook", "training_sets", "templates",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 1500)


@pytest.mark.deep  # the views of the register in every run: test_register_page
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_officer_reads_no_words_of_programs_and_nothing_cut(page, store, voila_server, lang):
    server = voila_server(store.root)
    act_as(page, server, f"officer-{COUNTY}")
    for path in PAGES:
        joined = "&" if "?" in path else "?"
        page.goto(f"{server.url}{path}{joined}county={COUNTY}&round={ROUND}&lang={lang}")
        expect(page.locator("main, #rendered_cells").first).to_be_visible()
        assert (path, not_as_offices_write(page), cut(page)) == (path, [], [])
