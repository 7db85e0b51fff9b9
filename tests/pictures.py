"""Takes the pictures of the documents anew from the demonstration (`make demo`): `.venv/bin/python -m tests.pictures`.

That of the letter to the city is drawn by LibreOffice and pdftoppm, where they are installed; the others by Chromium.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.browser import Server, launch, open_page, start_server
from tests.ui.registers import act_as
from workbench.settings import NOTEBOOKS, PROJECT

FOLDER = PROJECT / "docs" / "pictures"
STORE = PROJECT / "data" / "demo"
COUNTY, ROUND = "341524", "2021-10"
EXPORT = PROJECT / "tests" / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"


@dataclass(frozen=True)
class Picture:
    """A page at an address, in the state that it is waited for in, as high as is worth showing."""

    name: str
    page: str
    query: str = ""
    waits_for: str = ".wb-panel"
    height: int = 900
    panel: str = ""
    """The heading of the panel that alone is in the picture; it is opened where it has to be."""
    account: str = f"officer-{COUNTY}"
    """Who looks; empty: nobody is signed in."""


PICTURES = (
    Picture("home", "", waits_for=".wb-round", height=1060),
    Picture("county_standard", "county_standard", waits_for="table[data-table=townships]"),
    Picture("county_standard_en", "county_standard", "&lang=en", "table[data-table=townships]"),
    Picture("early_warning", "early_warning", waits_for="table[data-table=households]"),
    Picture("household", "early_warning", waits_for="table[data-table=households]", height=1100),
    Picture("scenario_lab", "scenario_lab", waits_for="table[data-table=comparison]", height=1000),
    Picture("intake", "intake", waits_for=".wb-drop", height=1060),
    Picture("model", "model", waits_for=".wb-chart svg", height=1000),
    Picture("hindsight", "county_standard", waits_for="table[data-table=townships]", panel="回头看"),
    Picture("readings", "county_standard", waits_for="table[data-table=townships]", panel="认定口径的代价"),
    Picture("training", "training", "&case=unknown_decides", "[data-result]"),
    Picture("register", "register", waits_for=".wb-tiles", height=1000),
    # What the handbook shows of each role (docs/handbook).
    Picture("sign_in", "login", waits_for=".wb-choices", height=560, account=""),
    Picture("village_home", "", waits_for="table[data-table=visits]", height=760, account="w6-6"),
    Picture("village_visit", "register", waits_for=".wb-story", height=1180, account="w6-6"),
    Picture("township_home", "", waits_for="table[data-table=villages]", height=780, account="r4"),
    Picture("township_review", "register", "&view=risk&stage=proposed", ".wb-panel table", height=900, account="r4"),
    Picture("county_documents", "register", "&view=documents", ".wb-panel table", height=1060),
    Picture("county_round", "register", "&view=round", "[data-unfinished]", height=940),
    Picture("city_progress", "register", waits_for=".wb-panel svg", height=900, account="reader"),
    Picture("accounts", "accounts", waits_for=".wb-accounts-table", height=700, account="admin"),
)
_PLAIN = ("", "login", "accounts", "register")
"""Pages that the server writes itself."""


def prepare(page: Page, name: str) -> None:
    """What is done on a page before its picture is taken."""
    if name == "household":
        page.locator("table[data-table=households] tbody th button").first.click()
        expect(page.locator(".wb-story")).to_be_visible()
    if name == "village_visit":
        page.locator("[data-facts=missing]").wait_for()
    if name == "township_review":
        page.get_by_role("button", name="乡镇审核通过：名单中待审核的").click()
        expect(page.get_by_role("button", name="确认办理", exact=True)).to_be_visible()
    if name == "scenario_lab":
        for number, value in enumerate(("1.3", "1.8"), 2):
            page.locator(".wb-copy input").fill(value)
            page.locator(".wb-copy button").click()
            expect(page.locator(".wb-name")).to_have_count(number)
    if name == "intake":
        page.get_by_label("选择文件", exact=True).first.set_input_files(EXPORT)
        expect(page.locator("[data-figure=problems]")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)  # charts are drawn


def _asked(name: str, page: Page, server: Server) -> str:
    """What else an address asks for: the household that is to be visited next, which nobody knows before."""
    if name != "village_visit":
        return ""
    page.goto(f"{server.url}?county={COUNTY}&round={ROUND}")
    return f"&household={page.locator('table[data-table=visits] tbody th a').first.inner_text()}"


def _panel(page: Page, heading: str) -> Locator:
    panel = page.locator(".wb-panel").filter(has=page.locator("h2, h3").filter(has_text=heading)).first
    opens = panel.get_by_role("button", name="展开", exact=True)
    if opens.count():
        opens.first.click()
    expect(panel.locator("table").first).to_be_visible()
    # The figures that stay in view as one scrolls would stand over the panel.
    page.evaluate("""() => { for (const each of document.querySelectorAll("*"))
        if (getComputedStyle(each).position === "sticky") each.style.position = "static"; }""")
    page.wait_for_timeout(1500)  # charts are drawn
    return panel


def take_letter(folder: Path) -> None:
    """The first page of the letter that asks the city about the open points, as a word processor shows it."""
    command = [Path(sys.executable).parent / "workbench", "readings", "--round", ROUND, "--county", COUNTY]
    made = folder / "letter.docx"
    subprocess.run([*command, "--letter", str(made), "--store", str(STORE)], check=True, capture_output=True)
    # A profile of its own: LibreOffice asks nothing of one that nobody else has open.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    draw = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(made)]
    subprocess.run(draw, check=True, capture_output=True)
    page = ["pdftoppm", "-singlefile", "-r", "90", "-png", str(made.with_suffix(".pdf")), str(FOLDER / "letter")]
    subprocess.run(page, check=True, capture_output=True)


def main() -> None:
    """Take them all, or those that are named: `python -m tests.pictures home register`."""
    named = sys.argv[1:] or [*(each.name for each in PICTURES), "letter"]
    if "letter" in named and shutil.which("soffice") and shutil.which("pdftoppm"):
        with tempfile.TemporaryDirectory() as folder:
            take_letter(Path(folder))
    if named == ["letter"]:
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = start_server(STORE, NOTEBOOKS, Path(folder) / "log.txt")
        empty = start_server(
            Path(folder) / "store", NOTEBOOKS, Path(folder) / "other.txt"
        )  # takes in what is no simulation
        try:
            page = launch(playwright).new_page(viewport={"width": 1366, "height": 900}, locale="zh-CN")
            acting = ""
            # Nobody first: signing out ends what is open.
            for each in sorted((each for each in PICTURES if each.name in named), key=lambda one: bool(one.account)):
                if each.account != acting:
                    act_as(page, server, each.account)
                    acting = each.account
                served = empty if each.name == "intake" else server
                page.set_viewport_size({"width": 1366, "height": each.height})
                query = f"?county={COUNTY}&round={ROUND}{each.query}"
                if each.page in _PLAIN:
                    page.goto(f"{served.url}{each.page}{query}{_asked(each.name, page, server)}")
                else:
                    open_page(page, f"{served.url}voila/render/{each.page}.ipynb{query}")
                expect(page.locator(each.waits_for).first).to_be_visible()
                prepare(page, each.name)
                picture = page if not each.panel else _panel(page, each.panel)
                picture.screenshot(path=FOLDER / f"{each.name}.png")
        finally:
            server.stop()
            empty.stop()


if __name__ == "__main__":
    main()
