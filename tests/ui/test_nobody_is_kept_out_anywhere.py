"""axe on every page that somebody comes to: pages are looked for by their links, and all that each can open is opened.

Nothing is listed here: a page that is added is found as people find it, from home and from the bar. In every run the pages of a
village on a telephone; everybody's pages in both languages at three widths in the long runs.
"""

import json
from collections import deque
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import opened
from tests.ui.registers import COUNTY, ROUND, act_as, demonstration_store
from workbench.register.access.acting_user import open_register

pytestmark = pytest.mark.browser
OFFICE, ENLARGED, PHONE = (1366, 768), (911, 512), (390, 844)
TELLS_APART = ("view", "household", "filing", "open", "row", "kind", "case")
"""Keys of an address that make another page of it; rounds, stages, townships and sorts show the same one with other rows."""
BY_THEIR_VALUE = ("view", "open", "kind")
MOST_PAGES = 60
"""Of one person: more would be the same pages over and over, and a fault of this test."""
LEADS_AWAY = ("logout", "lang=en", "fetch=", "file=", "download", "sample=")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 1500)


@pytest.fixture(scope="module")
def server(store, voila_server):
    return voila_server(store.root)


def account_of(store, role):
    """Somebody of a role; of a township or village one in which the demonstration has begun."""
    query = (
        "SELECT account FROM account WHERE role = ? AND active AND (county IS NULL OR county = ?) AND (township IS NULL OR "
        "township IN (SELECT township FROM entry)) ORDER BY account"
    )
    with open_register(store).engine.connect() as connection:
        return connection.exec_driver_sql(query, (role, COUNTY)).scalar()


# -- which pages there are -------------------------------------------------------------------------------------------


def kind_of(address):
    """What an address shows, whatever its rows."""
    parts, query = urlsplit(address), dict(parse_qsl(urlsplit(address).query))
    return parts.path, tuple((key, query[key] if key in BY_THEIR_VALUE else "") for key in TELLS_APART if key in query)


def links_of(page: Page):
    """The addresses that the page leads to on its own server; what is downloaded is no page."""
    hrefs = page.eval_on_selector_all("a[href]:not([download])", "each => each.map((link) => link.href)")
    own = urlsplit(page.url).netloc
    return [
        href.partition("#")[0]
        for href in hrefs
        if urlsplit(href).netloc == own and not any(away in href for away in LEADS_AWAY)
    ]


def come_to(page: Page, address):
    """Open a page and wait until it can be used."""
    page.goto(address, wait_until="commit")
    if ".ipynb" in address:
        opened(page)
    page.wait_for_load_state()
    if page.locator("#wb-register").count():
        expect(page.locator("#wb-register[data-ready]")).to_be_visible()


# -- what a page can show --------------------------------------------------------------------------------------------


def unfold(page: Page):
    """Open all that is folded."""
    for panel in page.locator(".wb-expandable button:visible").all():
        panel.click()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def states_of(page: Page):
    """The page as it opens with all unfolded, then under each of its tabs; of a list with what leads on from it pressed.

    Nothing that is pressed here changes the register: a batch and a closing are only said.
    """
    unfold(page)
    yield "opened"
    for number in range(page.locator(".wb-views button").count()):
        page.locator(".wb-views button").nth(number).click()
        unfold(page)
        yield f"tab {number + 1}"
    for act in ("household", "filing", "batch", "close_round"):
        first = page.locator(f"""[data-send*='"do": "{act}"']:visible""").first
        if first.count():
            first.click()
            expect(page.locator("[aria-busy=true]")).to_have_count(0)
            unfold(page)
            yield act
            if act in ("household", "filing"):
                page.go_back()
                expect(page.locator("[aria-busy=true]")).to_have_count(0)


def violations(page: Page):
    """All that axe has against the page as it is."""
    options = {"resultTypes": ["violations"]}
    return [
        (item["id"], node["html"][:160])
        for item in Axe().run(page, options=options).response["violations"]
        for node in item["nodes"][:3]
    ]


def choices_of_one(page: Page):
    """Drop-downs that let nobody choose: of one value, or of several at once by a key that few know."""
    return page.eval_on_selector_all(
        "select",
        "each => each.filter((one) => one.checkVisibility() && !one.disabled && (one.multiple || one.options.length < 2))"
        ".map((one) => one.outerHTML.slice(0, 160))",
    )


def in_the_browsers_words(page: Page):
    """Fields in which the browser speaks its own language and writes a day as that does."""
    return page.eval_on_selector_all(
        "input[type=date], input[type=file]",
        "each => each.filter((one) => one.getBoundingClientRect().width > 1 && one.checkVisibility())"
        ".map((one) => one.outerHTML.slice(0, 160))",
    )


def look_everywhere(page: Page, server, lang, sizes):
    """Go to every page that can be come to, open all of it, and gather what is wrong; returns it with the pages seen."""
    tail = f"county={COUNTY}&round={ROUND}" + ("&lang=en" if lang == "en" else "")
    waiting, seen, wrong = deque([f"{server.url}?{tail}", f"{server.url}register?{tail}"]), {}, []
    while waiting:
        address = waiting.popleft()
        if (kind := kind_of(address)) in seen:
            continue
        seen[kind] = address
        assert len(seen) <= MOST_PAGES, sorted(map(str, seen))
        page.set_viewport_size(dict(zip(("width", "height"), sizes[0], strict=True)))
        come_to(page, address)
        waiting.extend(links_of(page))
        for state in states_of(page):
            where = (json.dumps(kind, ensure_ascii=False), state, lang)
            wrong += [(*where, *each) for each in ((("choice of one"), one) for one in choices_of_one(page))]
            wrong += [(*where, "browser's words", one) for one in in_the_browsers_words(page)]
            for width, height in sizes:
                page.set_viewport_size({"width": width, "height": height})
                wrong += [(*where, width, *each) for each in violations(page)]
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wrong.append((*where, width, "wider than the screen"))
            page.set_viewport_size(dict(zip(("width", "height"), sizes[0], strict=True)))
    return wrong, seen


ROLES = ("village_worker", "township_reviewer", "county_officer", "city_reader", "analyst", "trainer", "administrator")


@pytest.mark.deep
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_kept_out_of_a_page_that_they_come_to(page, server, store, role, lang):
    act_as(page, server, account_of(store, role))
    wrong, seen = look_everywhere(page, server, lang, (OFFICE, ENLARGED, PHONE))
    print(f"\n{role}, {lang}: {len(seen)} pages")  # noqa: T201 - how many were found is for the record
    assert wrong == [], "\n".join(map(str, dict.fromkeys(wrong)))


def test_a_village_on_a_telephone_is_kept_out_of_nothing_that_its_work_leads_to(page, server, store):
    """The cheap part: the page that a village opens on, and the form of the household that it is to visit next."""
    act_as(page, server, who_is_to_visit(store))
    page.set_viewport_size(dict(zip(("width", "height"), PHONE, strict=True)))
    come_to(page, f"{server.url}?{urlencode({'county': COUNTY, 'round': ROUND})}")
    assert violations(page) == []
    come_to(page, next(each for each in links_of(page) if "household=" in each))
    unfold(page)
    assert (violations(page), choices_of_one(page), in_the_browsers_words(page)) == ([], [], [])


def who_is_to_visit(store):
    """The worker of a village with a household that nobody has visited yet."""
    rows = store.read(ROUND, COUNTY, ["kind", "township", "village"]).to_pylist()
    with open_register(store).engine.connect() as connection:
        begun = {row[0] for row in connection.exec_driver_sql("SELECT DISTINCT township FROM entry")}
        own = next(row for row in rows if row["kind"] == "lifted" and row["village"] and row["township"] not in begun)
        query = "SELECT account FROM account WHERE township = ? AND village = ?"
        return connection.exec_driver_sql(query, (own["township"], own["village"])).scalar()
