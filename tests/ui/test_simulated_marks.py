"""Whoever looks at a page of a simulated city reads there that nobody on it is real: every page of every role is opened."""

import importlib
import json
import re
from collections import deque
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest

from tests.server.visitor import Visitor
from tests.ui.registers import COUNTY, ROUND, acting, demonstration_store
from tests.ui.test_nobody_is_kept_out_anywhere import LEADS_AWAY, MOST_PAGES, ROLES, account_of, kind_of
from workbench.domain.procedure.roles import ROLES as BY_NAME
from workbench.server.catalogue import notebooks_in
from workbench.settings import NOTEBOOKS

MARKS = ("模拟数据", "编的")
"""What pages say of data that is nobody's: of a simulated city, and of cases that were made up to learn from."""
PLACE = {"county": COUNTY, "round": ROUND}
MOST_WRITTEN, FEWEST_WIDGETS = "county_officer", "administrator"
"""Looked at in every run: who has most pages that the server writes, and whose pages of widgets open soonest."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 1500)


@pytest.fixture(scope="module")
def server(store, voila_server):
    return voila_server(store.root)


def main_of(text):
    """What a page itself shows: the bar and what names the page in the browser's own frame say nothing of its data."""
    return re.sub(r"<[^>]*>", "", text.partition("<main")[2].partition("</main>")[0])


def pages_of(visitor, server):
    """Each page that the server writes and that links lead to, once, by what it shows; what is downloaded is no page."""
    waiting, seen = deque([f"?{urlencode(PLACE)}", f"register?{urlencode(PLACE)}"]), set()
    while waiting:
        address = waiting.popleft()
        if (kind := kind_of(address)) in seen or ".ipynb" in address:
            continue
        seen.add(kind)
        assert len(seen) <= MOST_PAGES, sorted(map(str, seen))
        _, text = visitor.get(address)
        yield address, text
        base = urlsplit(server.url).path
        for tag in re.findall(r"<a\b[^>]*>", text):
            href = unescape((re.search(r'href="([^"#]+)', tag) or ["", ""])[1])
            if " download" in tag or any(away in href for away in LEADS_AWAY) or "://" in href:
                continue
            if href.startswith("?"):
                href = f"{urlsplit(address).path}{href}"
            waiting.append(href.removeprefix(base))


def roles(always):
    """Every role; all but one in the long runs."""
    return [pytest.param(name, marks=[] if name == always else pytest.mark.deep) for name in ROLES]


@pytest.mark.browser  # for its server
@pytest.mark.parametrize("role", roles(MOST_WRITTEN))
def test_every_page_that_the_server_writes_says_that_its_data_is_simulated(server, store, role):
    visitor = Visitor(server)
    assert visitor.post("login", {"account": account_of(store, role), "next": "/"})[0] == 200
    opened = dict(pages_of(visitor, server))
    assert len(opened) > 2
    assert [address for address, text in opened.items() if not any(each in main_of(text) for each in MARKS)] == []


def texts_of(widget):
    """The HTML that stands in a page of widgets, and in all that it holds."""
    for each in (widget, *getattr(widget, "children", ())):
        if each is widget:
            yield str(getattr(each, "value", ""))
            yield str(getattr(each, "html", ""))
        else:
            yield from texts_of(each)


@pytest.mark.parametrize("role", roles(FEWEST_WIDGETS))
def test_every_page_of_a_notebook_says_that_its_data_is_simulated(store, role, monkeypatch):
    monkeypatch.setenv("QUERY_STRING", urlencode(PLACE))
    unmarked, count = [], 0
    with acting(store, monkeypatch) as become:
        become(account_of(store, role))
        for each in notebooks_in(NOTEBOOKS):
            if not each.serves(BY_NAME[role]):
                continue
            cells = json.loads((NOTEBOOKS / each.name).read_text(encoding="utf-8"))["cells"]
            (module,) = re.findall(r"from (workbench\.ui\.pages\.[\w.]+) import page", "".join(cells[0]["source"]))
            text = "".join(texts_of(importlib.import_module(module).page()))
            count += 1
            if not any(mark in text for mark in MARKS):
                unmarked.append(each.name)
    assert count
    assert unmarked == []
