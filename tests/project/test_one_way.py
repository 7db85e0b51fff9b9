"""One way for one thing: rules are applied, and facts are asked for, in one place each."""

import ast
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
    callers = {path for path in PACKAGE.rglob("*.py") if name in calls(path.read_text(encoding="utf-8"))}
    assert callers, "a function that nobody calls is not held by anything"
    assert callers <= ONE_PLACE[name]


def test_a_call_is_seen():
    assert "tier_frame" in calls("from rules import tiers\nx = tiers.tier_frame(frame)")
