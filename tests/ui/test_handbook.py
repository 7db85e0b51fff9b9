"""The handbook says what the pages say: its pictures are taken by the script, its words in 「」 stand on pages, its links lead on."""

import re

import pytest

from tests.pictures import PICTURES as TAKEN
from tests.project.test_words_on_pages import retired, texts
from workbench.domain.procedure.roles import ROLES
from workbench.server.catalogue import pages_in
from workbench.settings import NOTEBOOKS, PROJECT
from workbench.ui.pages.handbook.chapters import (
    CHAPTERS,
    FOLDER,
    PICTURES,
    Targets,
    chapter,
    chapter_of,
    html_of,
    picture_data,
)

NAMED = Targets(
    page=lambda name: f"/page/{name}", chapter=lambda name: f"/handbook/{name}", picture=lambda name: f"/picture/{name}"
)
each_chapter = pytest.mark.parametrize("read", CHAPTERS, ids=lambda read: read.name)


@pytest.fixture(scope="module")
def said_on_pages() -> str:
    """Whatever the pages, their messages and their labels say."""
    own = [path for path in texts() if "handbook" not in path.name]
    return "\n".join(path.read_text("utf-8").replace('\\"', '"') for path in own)


def quoted(text):
    """The words of pages that a chapter quotes; an ellipsis stands for what a page fills in."""
    return re.findall(r"「([^」]+)」", text)


BEFORE, AFTER = re.compile(r"(?:[\"'>}]|^)\s*\Z"), re.compile(r"\s*(?:[\"'<{（：…]|$)", re.MULTILINE)
"""Between quotes, tags or what a page fills in: a quotation is not a few characters out of a longer text."""


def stands(words, said):
    """Whether words stand on a page, whole, as a text or the beginning or end of one."""
    first, *others = [part.strip() for part in words.split("…") if part.strip()]
    rest = re.compile("".join(rf"[^\"\n<>]{{1,40}}?{re.escape(part)}" for part in others))
    # The first words are looked up as they are: one pattern over all texts of all pages takes a second a quotation.
    begins = -1
    while (begins := said.find(first, begins + 1)) >= 0:
        follows = rest.match(said, begins + len(first))
        if follows and BEFORE.search(said[max(0, begins - 20) : begins]) and AFTER.match(said, follows.end()):
            return True
    return False


def test_every_role_has_a_chapter_and_every_chapter_a_file():
    assert {each.role for each in CHAPTERS if each.role} == set(ROLES)
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(each.name for each in CHAPTERS)
    assert [chapter_of(role, "zh").role for role in ROLES] == list(ROLES)
    assert chapter_of(None, "zh").name == "start"
    assert chapter_of("village_worker", "en").name == "english"
    assert chapter("nonsense") is None


def test_a_quotation_is_told_from_a_few_characters_of_one():
    said = 'msgid "将审核通过 {count} 户"\n<button>登记走访</button>\nt("按目前填写的：")'
    assert stands("将审核通过 … 户", said)
    assert stands("登记走访", said)
    assert stands("按目前填写的：", said)
    assert not stands("记走访", said)
    assert not stands("审核通过", said)


@each_chapter
def test_what_is_quoted_stands_on_a_page(read, said_on_pages):
    assert [words for words in quoted(read.text) if not stands(words, said_on_pages)] == []
    assert read.name == "english" or quoted(read.text)


@each_chapter
def test_every_picture_is_one_that_the_script_takes(read):
    pictures = re.findall(r"!\[([^\]]+)\]\(\.\./pictures/(\w+)\.png\)", read.text)
    assert len(pictures) == read.text.count("![")
    assert {name for _, name in pictures} <= {each.name for each in TAKEN}
    assert all((PICTURES / f"{name}.png").exists() for _, name in pictures)


@each_chapter
def test_a_picture_of_households_says_that_they_are_simulated(read):
    # A blank intake form and a list of accounts show no household.
    shown = re.findall(r"!\[([^\]]+)\]", read.text)
    assert [words for words in shown if not re.search("模拟|编的户|演示人员|每个问题都指明", words)] == []


@each_chapter
def test_a_chapter_says_no_retired_word(read):
    words = {each for each in retired() if re.search(r"[\u4e00-\u9fff]", each)}
    assert [word for word in words if word in read.text] == []


@each_chapter
def test_links_lead_to_pages_and_chapters(read):
    html = str(html_of(read, NAMED))
    pages = {page.name.removesuffix(".ipynb") for page in pages_in(NOTEBOOKS)}
    for target in re.findall(r'<a href="([^"]+)"', html):
        kind, name = target.strip("/").split("/")
        assert name in (pages if kind == "page" else {each.name for each in CHAPTERS}), target
    assert html.count("<h1") == 1
    assert f'<h1 id="{read.name}">' in html


def test_a_page_is_linked_by_its_name():
    titles = {page.name.removesuffix(".ipynb"): page.title["zh"] for page in pages_in(NOTEBOOKS)}
    for read in CHAPTERS:
        for words, name in re.findall(
            r"\[([^\]]+)\]\(\.\./\.\./(?:notebooks|workbench/ui/pages)/(\w+)(?:\.ipynb)?\)", read.text
        ):
            assert words == titles[name], read.name


def test_a_page_that_the_reader_has_none_of_is_named_without_a_link():
    nowhere = Targets(page=lambda _name: None, chapter=NAMED.chapter, picture=NAMED.picture)
    html = str(html_of(chapter("city"), nowhere))
    assert "/page/" not in html
    assert "方案比较" in html


def test_what_looks_like_html_in_a_chapter_is_shown(monkeypatch):
    monkeypatch.setattr(
        "workbench.ui.pages.handbook.chapters.Chapter.text",
        "# 章\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))",
    )
    html = str(html_of(CHAPTERS[0], NAMED))
    assert "<script" not in html
    assert "href" not in html


def test_a_picture_goes_into_the_file_whole():
    assert picture_data("home").startswith("data:image/png;base64,iVBOR")


def test_the_bundle_carries_the_handbook():
    from deployment.bundle import _PROGRAM  # noqa: PLC0415 - of the builder, not of the program

    assert FOLDER.relative_to(PROJECT).parts[0] in _PROGRAM
    assert PICTURES.relative_to(PROJECT).parts[0] in _PROGRAM
