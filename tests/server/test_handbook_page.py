"""The handbook as the server gives it: the own chapter first, for whoever asks, and all of it as one file."""

import re

import ipywidgets as widgets
import pytest

from tests.server.visitor import Visitor
from tests.ui.registers import demonstration_store
from workbench.ui.kit.frame.frame import About, Frame
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.language import Language


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 400)


@pytest.fixture(scope="module")
def server(voila_server, store):
    return voila_server(store.root)


def heading(text):
    return re.search(r"<h1[^>]*>([^<]+)</h1>", text)[1]


def test_who_is_not_signed_in_reads_how_to_begin_and_any_chapter(server):
    visitor = Visitor(server)
    assert heading(visitor.get("handbook")[1]) == "从这里开始"
    assert heading(visitor.get("handbook/county")[1]) == "县级经办人"
    assert heading(visitor.get("handbook?lang=en")[1]) == "In English: a summary"


def test_who_is_signed_in_reads_the_own_chapter_first(server):
    for account, title in (("officer-341524", "县级经办人"), ("admin", "系统管理员"), ("trainer", "培训人员")):
        visitor = Visitor(server)
        visitor.sign_in(account, "")
        text = visitor.get("handbook")[1]
        assert heading(text) == title
        assert re.search(rf'aria-current="page">{title} <small>（您的角色）', text)


def test_a_chapter_links_only_pages_that_open_for_who_reads(server):
    visitor = Visitor(server)
    visitor.sign_in("admin", "")
    text = visitor.get("handbook/county?county=341524")[1]
    article = text.partition("<article")[2]
    assert 'href="/voila/render/intake.ipynb?county=341524"' in article
    assert "county_standard.ipynb" not in article


def test_all_of_it_is_one_file_that_asks_for_nothing(server):
    status, text, headers = server.get("handbook/print?download=1")
    assert status == 200
    assert "attachment" in headers["Content-Disposition"]
    assert not re.findall(r'(?:src|href)="(?!data:|#)', text)
    assert text.count("<h1") == text.count("<section>") >= 9


@pytest.mark.parametrize(
    "path", ["handbook/nonsense", "handbook/pictures/nonsense.png", "handbook/pictures/..%2Fnonsense.png"]
)
def test_what_is_none_of_it_is_not_there(server, path):
    assert Visitor(server).status(path)[0] == 404


def test_a_picture_is_a_picture(server):
    visitor = Visitor(server)
    with visitor.opener.open(server.url + "handbook/pictures/home.png", timeout=600) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.read(4) == b"\x89PNG"


def test_help_leads_to_it_from_wherever_the_page_stands(server, store):
    visitor = Visitor(server)
    visitor.sign_in("officer-341524", "")
    # Without a kernel a page stands at the root; one of a notebook two folders below it.
    assert 'href="handbook"' in visitor.get("register")[1]
    frame = Frame(Place(store), Language("zh"), About("甲", "乙", ["丙"]))
    shown = [each.value for each in frame.widget.children if isinstance(each, widgets.HTML)]
    assert any('href="../../handbook"' in each for each in shown)
