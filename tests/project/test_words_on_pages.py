"""Pages say one thing in one way: the words that docs/glossary.md retires for pages stand in no text of theirs."""

import re
from pathlib import Path

import pytest

from workbench.settings import NOTEBOOKS

ROOT = Path(__file__).parents[2]
KINDS = {".py", ".html", ".j2", ".js", ".po"}


def retired():
    """The words of the glossary's table for pages that are not said any more."""
    table = (ROOT / "docs" / "glossary.md").read_text("utf-8").partition("## 页面上的话")[2].partition("\n## ")[0]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("|")]
    return [word for cell in cells[2:] for word in re.split("[，、]", cell[2]) if word]


def texts():
    """The files with the texts of pages."""
    for room in ("ui", "server"):
        yield from (path for path in sorted((ROOT / "workbench" / room).rglob("*")) if path.suffix in KINDS)
    yield from sorted(NOTEBOOKS.glob("*.ipynb"))


def said(text, word):
    """Where a retired word stands, however it is written; 包保责任人 holds none of 包保人."""
    return [line for line in text.splitlines() if word in line]


def test_the_glossary_names_words_that_pages_do_not_say():
    assert "等我办理" in retired()


@pytest.mark.parametrize("word", retired())
def test_no_page_says_a_retired_word(word):
    assert {
        str(path.relative_to(ROOT)): said(path.read_text("utf-8"), word)
        for path in texts()
        if said(path.read_text("utf-8"), word)
    } == {}
