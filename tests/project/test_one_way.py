"""One way for one thing: rules are applied, and facts are asked for, in one place each."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "workbench"
RULES = PACKAGE / "domain" / "rules"
ONE_PLACE = {
    "tier_frame": {RULES / "round_rules.py", RULES / "explanation.py"},
    "edge_frame": {RULES / "round_rules.py", RULES / "explanation.py"},
    "standard_of_round": set((PACKAGE / "register").rglob("*.py")),
}
"""A function, and the only modules that may call it: all others call what those make of it."""


def calls(source: str) -> set[str]:
    """The names of the functions that a module calls."""
    functions = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {getattr(each, "id", getattr(each, "attr", "")) for each in functions}


@pytest.mark.parametrize("name", ONE_PLACE)
def test_what_has_one_place_is_called_there_only(name):
    sources = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    # A module that never writes the name does not call it: only the others are parsed.
    callers = {path for path, source in sources.items() if name in source and name in calls(source)}
    assert callers, "a function that nobody calls is not held by anything"
    assert callers <= ONE_PLACE[name]


def test_a_call_is_seen():
    assert "tier_frame" in calls("from rules import tiers\nx = tiers.tier_frame(frame)")


def reads_right(source: str, right: str) -> bool:
    """Whether a module asks a role for a right by itself, in place of the function that does."""
    return right in source and any(
        isinstance(node, ast.Compare) and f"Right.{right} in " in ast.unparse(node)
        for node in ast.walk(ast.parse(source))
    )


def test_whether_names_may_be_read_is_asked_in_one_place():
    asking = {path for path in PACKAGE.rglob("*.py") if reads_right(path.read_text(encoding="utf-8"), "READ_PERSONAL")}
    assert asking == {PACKAGE / "register" / "access" / "personal_data.py"}


def test_a_criterion_is_worded_in_one_place():
    """Pages and commands show the sentence of `domain.criterion_sentences`: of each its Chinese stands once."""
    wording = "人均耕地不足"
    holding = {path.name for path in PACKAGE.rglob("*.py") if wording in path.read_text(encoding="utf-8")}
    assert holding == {"criterion_sentences.py"}


@pytest.mark.parametrize(
    "line", ["if Right.READ_PERSONAL in role.rights: pass", "x = Right.READ_PERSONAL in rights and y"]
)
def test_asking_by_oneself_is_seen(line):
    assert reads_right(line, "READ_PERSONAL")


def test_what_the_system_says_is_put_into_chinese_in_one_place():
    """Its words are English: shown as they are, they would stand in the middle of a Chinese message."""
    asking = {path.name for path in PACKAGE.rglob("*.py") if "strerror" in path.read_text(encoding="utf-8")}
    assert asking == {"system_errors.py"}


def test_no_page_speaks_sql():
    spoken = re.compile(r"(?<![.\w])select\(|\bSELECT\b.*\bFROM\b|\.execute\(")
    pages = [*(PACKAGE / "ui").rglob("*.py"), *(PACKAGE / "server").rglob("*.py"), *(PACKAGE / "reports").rglob("*.py")]
    assert [path.name for path in pages if spoken.search(path.read_text(encoding="utf-8"))] == []
