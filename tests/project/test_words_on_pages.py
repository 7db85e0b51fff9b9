"""Pages say one thing in one way: the words that docs/glossary.md retires for pages stand in no text that a page may show."""

import ast
import re
from pathlib import Path

import pytest

from workbench.settings import NOTEBOOKS

ROOT = Path(__file__).parents[2]
KINDS = {".py", ".html", ".j2", ".js", ".po", ".yaml"}
ROOMS = ("domain", "preview", "register", "reports", "risk", "server", "statistics", "store", "ui")
"""Whatever a page shows comes from these: its own texts, and the messages, labels and names of what lies below."""
AS_WRITTEN = {"notice_clauses.yaml"}
"""The notice in its own words."""
EDGE_HOUSEHOLDS = re.compile(r"(?<!在管)(?<!拟纳入)边缘户(?!标准|台账)")
"""边缘户 alone means three things: 筛查对象 are looked at, 拟纳入 come in by the standard, 在管 are in the register."""
FOR_ANALYSTS = re.compile(r"YAML|Python|经验贝叶斯|标准误|\bsd\b")
"""Words of whoever computes: an official is not asked to know them."""
NOBODY_SAYS = re.compile(
    r"\b(?:go|goes|going) the way (?:of|into)|the way into the register|\ba (?:person and year|year and person)\b"
    r"|is a coin|household and year"
)
"""English that an Englishman would not write."""


def retired():
    """The words of the glossary's table for pages that are not said any more."""
    table = (ROOT / "docs" / "glossary.md").read_text("utf-8").partition("## 页面上的话")[2].partition("\n## ")[0]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("|")]
    return [word for cell in cells[2:] for word in re.split("[，、]", cell[2]) if word]


def pages():
    """The files with the texts of pages."""
    for room in ("ui", "server"):
        yield from (path for path in sorted((ROOT / "workbench" / room).rglob("*")) if path.suffix in KINDS)
    yield from sorted(NOTEBOOKS.glob("*.ipynb"))


def texts():
    """The files with whatever a page may show: its own texts, messages, labels, cases."""
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / "workbench" / room).rglob("*")) if path.suffix in KINDS)
    yield from sorted(NOTEBOOKS.glob("*.ipynb"))
    yield from (path for path in (ROOT / "workbench" / "parameters").glob("training*.yaml"))
    yield from (path for path in (ROOT / "workbench" / "parameters").glob("open_points.yaml"))


def said(text, word):
    """Where a retired word stands, however it is written; 包保责任人 holds none of 包保人."""
    return [line for line in text.splitlines() if word in line]


def test_the_glossary_names_words_that_pages_do_not_say():
    assert {"等我办理", "收数", "提出", "下滑", "读法", "轮次"} <= set(retired())


@pytest.mark.parametrize("word", retired())
def test_no_page_says_a_retired_word(word):
    assert {
        str(path.relative_to(ROOT)): said(path.read_text("utf-8"), word)
        for path in texts()
        if path.name not in AS_WRITTEN and said(path.read_text("utf-8"), word)
    } == {}


def shown(path):
    """The texts in quotes of a file that are put into a language, without its comments and docstrings."""
    text = path.read_text("utf-8")
    return re.findall(r'msg(?:id|str) "(.*)"', text) if path.suffix == ".po" else re.findall(r'\bt\("([^"]*)"', text)


def texts_that(matches):
    """The texts of pages of which something holds, by file."""
    return {
        str(path.relative_to(ROOT)): lines
        for path in pages()
        if (lines := [text for text in shown(path) if matches(text)])
    }


def test_an_edge_household_is_said_with_what_it_is():
    assert texts_that(EDGE_HOUSEHOLDS.search) == {}


def test_words_of_analysts_stand_under_their_heading_only():
    assert texts_that(lambda text: FOR_ANALYSTS.search(text) and "供分析人员" not in text) == {}


def strings(path):
    """The texts of a module, without its docstrings and comments; of any other file its lines without comments."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    tree = ast.parse(text)
    # A string that is a statement by itself documents something.
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documents]
    return [node.value for node in constants if isinstance(node.value, str)]


def test_no_message_says_in_english_what_no_englishman_would():
    read = [
        path for path in sorted((ROOT / "workbench").rglob("*")) if path.suffix in KINDS and "vendor" not in path.parts
    ]
    read += [*(ROOT / "docs" / "handbook").glob("*.md"), *NOTEBOOKS.glob("*.ipynb")]
    said = {str(path.relative_to(ROOT)): [text for text in strings(path) if NOBODY_SAYS.search(text)] for path in read}
    assert {path: texts for path, texts in said.items() if texts} == {}
