"""Names that are markup or formulas, of households, places and people: text on the register's pages and in its files, nothing more."""

import datetime as dt
import re
import zipfile

import polars as pl
import pytest
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors
from tests.ui.registers import act_as, open_register_page
from workbench.clock import BEIJING
from workbench.domain.procedure.roles import Area
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.register.access.accounts import NewAccount, add_accounts, first_account
from workbench.register.access.acting_user import open_register
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose_all
from workbench.register.procedure.reviews import agree
from workbench.register.procedure.visits import VisitReport, visit
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

pytestmark = pytest.mark.browser
COUNTY, ROUND = "341524", "2019-10"
MARKUP = "<img src=x onerror=document.title='broken'>"
FORMULA = '=HYPERLINK("http://x","y")'
NOW = dt.datetime(2019, 10, 8, 9, tzinfo=BEIJING)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One county whose households, townships, villages and people are named so; a filed list, a returned household."""
    facts = FactStore(tmp_path_factory.mktemp("hostile") / "store")
    for made in simulate(3000, 2, 5, divisions=DIVISIONS):
        table = pl.DataFrame(made.facts[COUNTY]).with_row_index("#")
        names = pl.when(pl.col("#") % 2 == 0).then(pl.lit(MARKUP)).otherwise(pl.lit(FORMULA)) + pl.col("#").cast(
            pl.String
        )
        named = table.with_columns(household_id=names, township=pl.lit(MARKUP), village=pl.lit(FORMULA)).drop("#")
        facts.write(made.round, {COUNTY: named.to_arrow(compat_level=pl.CompatLevel.oldest())}, Origin(simulated=True))
    register = open_register(facts)
    first_account(register, NewAccount("admin", MARKUP, "administrator"), NOW)
    add_accounts(
        register.acting_user("admin", NOW),
        [
            NewAccount("officer", MARKUP, "county_officer", Area(COUNTY)),
            NewAccount("r", FORMULA, "township_reviewer", Area(COUNTY, MARKUP)),
            NewAccount("w", MARKUP, "village_worker", Area(COUNTY, MARKUP, FORMULA)),
        ],
    )
    lifted = facts.read(ROUND, COUNTY, ["household_id", "kind"]).to_pylist()
    some = [row["household_id"] for row in lifted if row["kind"] == "lifted"][:12]
    result = dict.fromkeys(VISIT_DOMAINS, MARKUP)
    visit(register.acting_user("w", NOW), ROUND, [VisitReport(name, NOW.date(), FORMULA, result) for name in some])
    propose_all(register.acting_user("w", NOW), ROUND, "risk")
    agree(register.acting_user("r", NOW), ROUND, "risk")
    file_list(register.acting_user("officer", NOW), ROUND, COUNTY, "risk")
    return facts


@pytest.fixture
def opened(page, store, voila_server):
    server = voila_server(store.root)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    act_as(page, server, "officer")
    return page, server


def assert_text_only(page):
    assert page.locator("img").count() == 0
    assert "broken" not in page.title()
    assert_no_console_errors(page)


def test_the_pages_show_them_as_text(opened):
    page, server = opened
    open_register_page(page, server, "&view=risk&stage=filed")
    for view in page.locator(".wb-views a").all():
        view.click()
        expect(view).to_have_attribute("aria-current", "true")
        assert_text_only(page)
    page.get_by_role("link", name="风险等级").click()
    page.locator(".wb-stage-filed").first.click()
    expect(page.locator("table[data-table=entries] tbody")).to_contain_text(MARKUP)
    page.locator("table[data-table=entries] tbody th button").first.click()
    page.get_by_role("button", name="查看走访情况").click()
    expect(page.locator(".wb-findings").first).to_contain_text(MARKUP)
    expect(page.locator(".wb-bar")).to_contain_text(MARKUP)
    assert_text_only(page)
    page.goto(f"{server.url}login")
    expect(page.locator(".wb-sign-in")).to_contain_text(MARKUP)
    assert_text_only(page)
    page.goto(server.url)
    assert_text_only(page)


@pytest.mark.deep  # of the files in every run: register/test_reports
def test_the_files_hold_them_as_text(opened):
    page, server = opened
    open_register_page(page, server, "&view=documents")
    for button in ("返贫风险台账（xlsx）", "边缘户台账（xlsx）", "汇总表（xlsx）"):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        parts = unzipped(download.value.path())
        if button.startswith("返贫"):  # the county has no standard: nobody is in the edge register
            assert "HYPERLINK" in parts["xl/sharedStrings.xml"]
        for name, text in parts.items():
            if name.startswith("xl/worksheets/"):
                assert "<f>" not in text, (button, name)
                assert "<hyperlink" not in text, (button, name)
    with page.expect_download() as download:
        page.get_by_role("button", name="备案文件（docx）").click()
    document = unzipped(download.value.path())["word/document.xml"]
    assert "&lt;img" in document
    assert "<img" not in document
    assert "HYPERLINK" not in "".join(re.findall(r"<w:instrText.*?</w:instrText>", document, re.DOTALL))


def unzipped(path):
    """The text of every XML part of a file of office software."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
