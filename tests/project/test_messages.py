"""What a page may have to say is said in one language: a message below the pages is `Words`, not one text of both."""

import ast
import re
from pathlib import Path

import pytest

import workbench

ROOT = Path(workbench.__file__).parent
LEFT = {"cli"}
"""Folders and files whose messages still stand in both languages at once: none is added."""
SEEN_ON_PAGES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if not {path.relative_to(ROOT).as_posix(), path.relative_to(ROOT).parts[0]} & LEFT
]
CJK, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[a-z]{3,} [a-z]{2,}")


def texts_raised(tree):
    """The literal text of each exception that is raised with one, outside of `Words`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            told = node.exc.args[0]
            if isinstance(told, (ast.Constant, ast.JoinedStr)):
                yield "".join(str(each.value) for each in ast.walk(told) if isinstance(each, ast.Constant))


@pytest.mark.parametrize("path", SEEN_ON_PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_message_that_a_page_may_show_mixes_both_languages(path):
    told = texts_raised(ast.parse(path.read_text(encoding="utf-8")))
    assert [text for text in told if CJK.search(text) and LATIN.search(text)] == []
