"""axe on every page that somebody comes to: pages are looked for by their links, and all that each can open is opened.

Nothing is listed here: a page that is added is found as people find it, from home and from the bar. In every run the pages of a
village on a telephone; everybody's pages in both languages at three widths, and on paper, in the long runs. There a page of
widgets is opened once a language, by whoever comes to it first, and axe looks at a page where it has something that no page
before it had: most of what seven roles come to is the same, row for row.
"""

import json
import re
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import opened
from tests.ui.on_paper import lost_on_paper
from tests.ui.registers import COUNTY, ROUND, act_as, demonstration_store
from workbench.register.access.acting_user import open_register

pytestmark = pytest.mark.browser
OFFICE, ENLARGED, PHONE = (1366, 768), (911, 512), (390, 844)
TELLS_APART = ("view", "household", "filing", "open", "row", "kind", "case")
"""Keys of an address that make another page of it; rounds, stages, townships and sorts show the same one with other rows."""
BY_THEIR_VALUE = ("view", "open", "kind")
MOST_PAGES = 60
"""Of one person: more would be the same pages over and over, and a fault of this test."""
SIMULATED = re.compile("模拟数据|编的户|[Ss]imulated|[Mm]ade[- ]up")
LEADS_AWAY = ("logout", "lang=en", "fetch=", "file=", "download", "sample=")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 1500)


@pytest.fixture(scope="module")
def server(store, voila_server):
    return voila_server(store.root)


@pytest.fixture(scope="module")
def already():
    """What was looked at so far, by language."""
    return {"zh": Seen(), "en": Seen()}


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


_SHAPES = """() => [...new Set([...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()).map((one) => [
  one.tagName, one.getAttribute("class"), one.parentElement.tagName, one.parentElement.getAttribute("class"), one.type, !!one.disabled,
  // What axe goes by: names of attributes, of which texts are no matter, and whether a text is there at all.
  [...one.getAttributeNames()].sort().join(" "), one.getAttribute("role"), !!one.textContent.trim(),
].join("|")))]"""
"""What stands on a page by its kind: where two pages have the same kinds, axe has the same to say of both."""


def shapes_of(page: Page) -> set[str]:
    """The kinds of elements in sight."""
    return set(page.evaluate(_SHAPES))


def violations(page: Page, *, contrast: bool = True):
    """All that axe has against the page as it is; `contrast=False` leaves out colours, which are of the style sheet at any width."""
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
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


@dataclass
class Seen:
    """What was looked at in a language, whoever came to it: pages of widgets by their kind, and kinds of elements by width."""

    pages: set[object] = field(default_factory=set)
    shapes: dict[int, set[str]] = field(default_factory=dict)

    def is_new(self, page: Page, width: int) -> bool:
        """Whether something is in sight that no page showed at this width; it counts as seen from now on."""
        before, now = self.shapes.setdefault(width, set()), shapes_of(page)
        new = not now <= before
        before |= now
        return new


def look_everywhere(page: Page, server, lang, sizes, already: Seen):
    """Go to every page that can be come to, open all of it, and gather what is wrong; returns it with the pages seen."""
    tail = f"county={COUNTY}&round={ROUND}" + ("&lang=en" if lang == "en" else "")
    waiting, seen, wrong = deque([f"{server.url}?{tail}", f"{server.url}register?{tail}"]), {}, []
    while waiting:
        address = waiting.popleft()
        kind = kind_of(address)
        if kind in seen or kind in already.pages:
            continue
        seen[kind] = address
        if ".ipynb" in address:
            already.pages.add(kind)
        assert len(seen) <= MOST_PAGES, sorted(map(str, seen))
        page.set_viewport_size(dict(zip(("width", "height"), sizes[0], strict=True)))
        come_to(page, address)
        waiting.extend(links_of(page))
        for state in states_of(page):
            where = (json.dumps(kind, ensure_ascii=False), state, lang)
            wrong += [(*where, *each) for each in state_faults(page, sizes, already)]
    return wrong, seen


def state_faults(page: Page, sizes, already: Seen):
    """What is wrong with a page as it is now, at each size and on paper; the page is of the first size afterwards."""
    wrong = [("choice of one", one) for one in choices_of_one(page)]
    wrong += [("browser's words", one) for one in in_the_browsers_words(page)]
    if not page.locator("main", has_text=SIMULATED).count():
        wrong.append(("says nowhere that it is simulated", page.url))
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        if already.is_new(page, width):
            wrong += [(width, *each) for each in violations(page, contrast=(width, height) == sizes[0])]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append((width, "wider than the screen"))
    page.set_viewport_size(dict(zip(("width", "height"), sizes[0], strict=True)))
    return wrong + [("paper", *each) for each in lost_on_paper(page)]


ROLES = ("county_officer", "township_reviewer", "village_worker", "administrator", "trainer", "analyst", "city_reader")
"""Who has most to do first: of the others' pages less is new."""


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_kept_out_of_a_page_that_they_come_to(page, server, store, already, role, lang):
    act_as(page, server, account_of(store, role))
    wrong, seen = look_everywhere(page, server, lang, (OFFICE, ENLARGED, PHONE), already[lang])
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
