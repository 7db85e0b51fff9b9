"""Every page in both languages, with all that it can open opened: nobody is kept out, and no page mixes the languages."""

import re
from itertools import product
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import assert_no_console_errors, assert_no_outside_request, open_page, serious
from tests.ui.as_officers_read import cut, not_as_offices_write
from tests.ui.scored import ROUND, put_model_in_use, scored_store
from workbench.server.catalogue import pages_in
from workbench.settings import NOTEBOOKS
from workbench.ui.kit.texts.language import Language

pytestmark = pytest.mark.browser
COUNTY = "341522"
EXPORT = Path(__file__).parents[1] / "data" / "exports" / "霍邱县_监测信息_2019-10.csv"
LANGUAGES = ("zh", "en")
FOUR_LATIN_WORDS = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,;:]+){3}[A-Za-z]{2,}\b")
CJK = re.compile(r"[\u4e00-\u9fff]")
COMMAND = re.compile(r"workbench [a-z]+(?: --?[a-z]+(?: \S+)?)*")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = scored_store(tmp_path_factory.mktemp("city") / "store")
    put_model_in_use(store)
    return store


def expand(page):
    """Open every panel and every help that is closed."""
    for panel in page.locator(".wb-expandable button").all():
        panel.click()
    page.evaluate("() => document.querySelectorAll('#rendered_cells details').forEach((each) => { each.open = true; })")
    expect(page.locator("[aria-busy]")).to_have_count(0)


def county_standard(page):
    expect(page.locator("table[data-table=townships] tbody tr").first).to_be_visible()
    expand(page)
    expect(page.locator("table[data-table=changes]")).to_be_visible()
    # What belongs to a route that is not taken, too.
    page.locator(".wb-field").evaluate_all(
        "each => each.flatMap((field) => [...field.children]).forEach((child) => { child.style.display = ''; })"
    )
    yield


def early_warning(page):
    expect(page.locator("table[data-table=households] tbody tr").first).to_be_visible()
    expand(page)
    yield
    page.locator(".wb-views button").nth(1).click()
    expect(page.locator("table[data-table=households] tbody td").first).to_have_text("1")
    yield
    page.locator(".wb-views button").nth(2).click()
    expect(page.locator("table[data-table=disagreements]")).to_be_visible()
    yield
    page.locator(".wb-views button").nth(0).click()
    page.locator("table[data-table=households] tbody th button").first.click()
    expect(page.locator(".wb-story")).to_be_visible()
    expect(page.locator(".wb-chart svg")).to_be_visible()
    yield


def model(page):
    expect(page.locator(".wb-chart svg")).to_be_visible()
    expand(page)
    yield


def scenario_lab(page):
    expect(page.locator("table[data-table=comparison]")).to_be_visible()
    page.locator(".wb-copy input").fill("1.8")
    page.locator(".wb-copy button").click()
    expect(page.locator(".wb-name")).to_have_count(2)
    page.locator(".wb-copy input").fill("0.5")
    page.locator(".wb-copy button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expand(page)
    expect(page.locator("table[data-table=readings]")).to_be_visible()
    yield


def intake(page):
    yield
    page.locator(".wb-drop input").first.set_input_files(EXPORT)
    expect(page.locator("[data-figure=problems]")).to_be_visible()
    expand(page)
    yield


def training(page):
    expect(page.locator("[data-result]")).to_be_visible()
    expand(page)
    yield
    page.locator(".wb-views button").nth(1).click()
    expect(page.locator("[data-fact]").first).to_be_visible()
    yield
    page.locator(".wb-views button").nth(2).click()
    page.locator("[data-question] button").first.click()
    expect(page.locator("[data-answer]").first).to_be_visible()
    yield


STATES = {each.__name__: each for each in (county_standard, early_warning, model, scenario_lab, intake, training)}
"""What a page can show, one state after another."""


def test_every_page_is_looked_at_here():
    looked_at_elsewhere = {"register"}
    assert {Path(each.name).stem for each in pages_in(NOTEBOOKS)} - looked_at_elsewhere == set(STATES)


def in_the_other_language(page, lang):
    """Lines of the page in the language that it is not in; names, code, and commands to type are of neither."""
    page.evaluate("() => document.querySelectorAll('pre').forEach((each) => { each.hidden = true; })")
    lines = page.locator("#rendered_cells, main.wb-main").first.inner_text().splitlines()
    page.evaluate("() => document.querySelectorAll('pre').forEach((each) => { each.hidden = false; })")
    if lang == "zh":
        return [line for line in lines if FOUR_LATIN_WORDS.search(COMMAND.sub("", line))]
    return [line for line in lines if CJK.search(line) and FOUR_LATIN_WORDS.search(line) is None and "，" in line]


def leading_elsewhere(page, lang):
    """Links of the bar to other pages that lead to another county or round, or to another language."""
    links = page.locator(".wb-nav a").evaluate_all("links => links.map((each) => each.href)")
    asked = {"county": [COUNTY], "round": [ROUND], "lang": [lang]}
    return [link for link in links if not asked.items() <= parse_qs(urlsplit(link).query).items()]


def rounds_by_code(page, lang):
    """Lines of the page that name a round as commands are given it (2019-10), and not as offices do."""
    lines = page.locator("#rendered_cells, main.wb-main").first.inner_text().splitlines()
    # What analysts copy into a notebook is code, and names a round as the functions take it.
    code = {line for block in page.locator("pre").all_inner_texts() for line in block.splitlines()}
    return [line for line in lines if line not in code and Language(lang).with_rounds(line) != line]


def every_page():
    """Each page in each language; in English in the long runs, but for home below: the sessions of the pages tell of the languages too."""
    for name in STATES:
        for lang in LANGUAGES:
            yield pytest.param(name, lang, marks=[pytest.mark.deep] if lang == "en" else [])


@pytest.mark.parametrize(("name", "lang"), list(every_page()))
def test_nobody_is_kept_out_of_a_page(page, store, voila_server, name, lang):
    server = voila_server(store.root)
    open_page(page, f"{server.url}voila/render/{name}.ipynb?county={COUNTY}&round={ROUND}&lang={lang}")
    for _ in STATES[name](page):
        assert serious(page) == []
        assert in_the_other_language(page, lang) == []
        assert rounds_by_code(page, lang) == []
        assert not_as_offices_write(page) == []
        assert cut(page) == []
    assert leading_elsewhere(page, lang) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


def every_home():
    """Home of the city and of a county, in each language; in every run each of the four is looked at once."""
    for county, lang in product((COUNTY, ""), LANGUAGES):
        seldom = (county == "") == (lang == "zh")
        yield pytest.param(county, lang, marks=[pytest.mark.deep] if seldom else [])


@pytest.mark.parametrize(("county", "lang"), list(every_home()))
def test_nobody_is_kept_out_of_the_home_page(page, store, voila_server, lang, county):
    server = voila_server(store.root)
    page.goto(f"{server.url}?county={county}&round={ROUND}&lang={lang}")
    expect(page.locator(".wb-round")).to_be_visible()
    assert [violations["id"] for violations in Axe().run(page).response["violations"]] == []
    assert in_the_other_language(page, lang) == []
    assert not county or leading_elsewhere(page, lang) == []
    assert not_as_offices_write(page) == []
    assert cut(page) == []
    assert_no_outside_request(page, server)
    assert_no_console_errors(page)


@pytest.mark.deep  # of paper in every run: server/test_accounts_page
@pytest.mark.parametrize("name", ["early_warning", "county_standard", "model"])
def test_paper_gets_a_clean_sheet(page, store, voila_server, name):
    """What only sets something is not printed, and nothing keeps the browser from breaking a page between sheets."""
    server = voila_server(store.root)
    open_page(page, f"{server.url}voila/render/{name}.ipynb?county={COUNTY}&round={ROUND}")
    expect(page.locator("table.wb-table").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("table.wb-table").first).to_be_visible()
    for hidden in (".wb-bar", ".wb-help", ".wb-views", ".wb-pager button", ".wb-controls"):
        assert [each.is_visible() for each in page.locator(hidden).all()].count(True) == 0
    whole = page.locator("#rendered_cells").evaluate(
        """top => [...top.querySelectorAll('.wb-panel')].flatMap((panel) => {
          const above = [];
          for (let each = panel; each !== top; each = each.parentElement) above.push(getComputedStyle(each));
          return above.filter((style) => style.breakInside !== 'auto' || /flex|grid|table/.test(style.display)).length;
        }).reduce((a, b) => Math.max(a, b))"""
    )
    assert whole <= 1  # panels side by side
