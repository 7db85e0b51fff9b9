"""What offices print from a browser: nothing is cut, no column is a letter wide, and no button or search is on the sheet."""

import shutil
import subprocess

import pytest
from playwright.sync_api import expect

from tests.ui.on_paper import lost_on_paper
from tests.ui.registers import COUNTY, ROUND, act_as, demonstration_store
from tests.ui.test_nobody_is_kept_out_anywhere import account_of, come_to

pytestmark = pytest.mark.browser
PLACE = f"county={COUNTY}&round={ROUND}"
WRITTEN = {
    "township_reviewer": ("?", "register?view=risk&"),
    "county_officer": (
        "?", *(f"register?view={view}&" for view in ("progress", "edge", "managed", "plans", "cases", "documents", "round")), "jobs?", "templates?",
    ),
    "administrator": ("accounts?", "?"),
    "trainer": ("training/sets?", "training/sheets/cases/paper?answers=1&"),
}  # fmt: skip
"""Pages that the server writes, by who prints them."""
ALWAYS = "township_reviewer"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 1500)


@pytest.fixture(scope="module")
def server(store, voila_server):
    return voila_server(store.root)


@pytest.mark.parametrize(
    "role", [pytest.param(each, marks=[] if each == ALWAYS else pytest.mark.deep) for each in WRITTEN]
)
def test_paper_loses_nothing_and_has_no_buttons(page, server, store, role):
    act_as(page, server, account_of(store, role))
    for address in WRITTEN[role]:
        come_to(page, f"{server.url}{address}{PLACE}")
        assert (address, lost_on_paper(page)) == (address, [])


@pytest.mark.deep
@pytest.mark.parametrize("name", ["early_warning", "county_standard", "scenario_lab", "model", "intake", "training"])
def test_paper_loses_nothing_of_a_page_of_widgets(page, server, name):
    act_as(page, server, f"officer-{COUNTY}")
    come_to(page, f"{server.url}voila/render/{name}.ipynb?{PLACE}")
    views = page.locator(".wb-views button")
    for number in range(max(1, views.count())):
        if views.count():
            views.nth(number).click()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        assert (number, lost_on_paper(page)) == (number, [])


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="reads sheets with poppler's pdftotext")
def test_every_sheet_says_that_its_data_is_simulated_and_which_of_how_many_it_is(page, server, store):
    act_as(page, server, account_of(store, ALWAYS))
    come_to(page, f"{server.url}register?view=risk&{PLACE}")
    expect(page.locator(".wb-pager span").first).to_be_attached()
    page.emulate_media(media="print")
    expect(
        page.locator(".wb-pager span").first
    ).to_be_visible()  # 25 of how many: a list on paper is not taken for the whole
    # Another sheet's worth, so that there are several.
    page.evaluate("""() => { const last = document.querySelector("main table tbody tr:last-child");
        for (let each = 0; each < 80; each += 1) last.after(last.cloneNode(true)); }""")
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=page.pdf(prefer_css_page_size=True), check=True, capture_output=True
    )
    sheets = text.stdout.decode().split("\f")[:-1]
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, 1):
        assert "模拟数据：不是真实住户" in sheet
        assert f"{number}/{len(sheets)}" in sheet.replace(" ", "")
        assert "户编号" in sheet  # the head of the list
