"""What a page may have to say is said in one language: a message below the pages is `Words`, not one text of both."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import workbench
from tests.project.messages import all_messages
from workbench.errors import InputError, StoreError, Words

ROOT = Path(workbench.__file__).parent
NOT_YET = {"cli"}
"""Folders and files whose messages still stand in both languages at once: none is added."""
SEEN_ON_PAGES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if not {path.relative_to(ROOT).as_posix(), path.relative_to(ROOT).parts[0]} & NOT_YET
]
CJK, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[a-z]{3,} [a-z]{2,}")


def texts_raised(tree):
    """The literal text of each exception that is raised with one, outside of `Words`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            raised = node.exc.args[0]
            if isinstance(raised, (ast.Constant, ast.JoinedStr)):
                yield "".join(str(each.value) for each in ast.walk(raised) if isinstance(each, ast.Constant))


@pytest.mark.parametrize("path", SEEN_ON_PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_message_that_a_page_may_show_mixes_both_languages(path):
    raised = texts_raised(ast.parse(path.read_text(encoding="utf-8")))
    assert [text for text in raised if CJK.search(text) and LATIN.search(text)] == []


WHOLE = ("cli/risk", "cli/rules", "cli/standards", "domain", "preview", "risk", "simulation", "statistics", "store")
"""Rooms in which no text at all, raised or not, stands in both languages at once."""
IN_WHOLE = [path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).as_posix().startswith(WHOLE)]
BOTH_LANGUAGES = re.compile(r"[a-z]{3,} [a-z]{2,}|[\u4e00-\u9fff][^a-zA-Z]{0,3} [a-z]{3,}")
PAIRED = {"Words", "both", "label"}


def texts_unpaired(tree):
    """Every text outside of pairs and docstrings: literals, and what stands between the blanks of f-strings."""
    paired = {
        id(each)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") in PAIRED)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for each in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in paired:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def mixed(tree):
    return [text for text in texts_unpaired(tree) if CJK.search(text) and BOTH_LANGUAGES.search(text)]


@pytest.mark.parametrize("path", IN_WHOLE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_of_these_rooms_mixes_both_languages(path):
    assert mixed(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_a_mixed_text_is_found_wherever_it_stands():
    assert mixed(ast.parse('found = f"期次 round {name}: 没有这一期 no such round"'))
    assert mixed(ast.parse('HELP = "户编号 household number"'))
    assert not mixed(ast.parse('Words(f"期次 {name}", f"round {name} of the store")'))


CODE = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)")


def test_every_message_that_an_error_is_made_of_has_a_code():
    without = [f"{each.place}: {each.text(1)}" for each in all_messages() if not each.code]
    assert without == [], 'write one where it is raised: Words("…", "…", code="room.what-is-the-matter")'


def test_a_code_is_of_one_message_and_of_its_room():
    codes = [each.code for each in all_messages() if each.code]
    assert [code for code, number in Counter(codes).items() if number > 1] == []
    rooms = {each.place.split("/")[1].removesuffix(".py") for each in all_messages()}
    assert [code for code in codes if not CODE.fullmatch(code) or code.partition(".")[0] not in rooms] == []


def test_the_list_is_made_from_the_source_of_every_room():
    """While it was written by hand, it missed the register."""
    assert len(all_messages()) > 300
    assert {"backup", "cli", "domain", "intake", "register", "safeguards", "server", "store", "ui"} <= {
        each.code.partition(".")[0] for each in all_messages()
    }


def test_a_code_stays_with_a_message_that_is_put_together():
    words = Words("期次 {name}：没有", "round {name}: none", code="store.no-round")
    whole = (Words("文件：", "file: ") + words.format(name="2019-10")).after("a.csv: ").at_line(3)
    assert (whole.code, StoreError(whole).code) == ("store.no-round", "store.no-round")
    assert InputError("a message without one").code == "input"
