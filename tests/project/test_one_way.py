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


def test_a_round_of_a_county_is_one_object():
    """(store, round, county) are the fields of `store.round_scope.RoundScope`; whatever needs more inherits them.

    What a file is read for is none: the round is not there yet.
    """
    three = {"store", "round_name", "county"}
    holding = [
        node.name
        for path in PACKAGE.rglob("*.py")
        if "round_name:" in (source := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        and three <= {each.target.id for each in node.body if isinstance(each, ast.AnnAssign)}
    ]
    assert set(holding) == {"RoundScope", "ReadRequest", "ListRequest"}


def test_facts_are_read_as_polars():
    """Arrow is what files are made of: outside of what writes them, facts come as frames of Polars."""
    arrow = re.compile(r"\b(?:facts|store)\.read\(")
    reading = {path for path in PACKAGE.rglob("*.py") if arrow.search(path.read_text(encoding="utf-8"))}
    assert reading <= {PACKAGE / "store" / "ingest.py", PACKAGE / "store" / "taking_in" / "examination.py"}


KEYS = RULES / "standard_keys.py"
DOTTED = re.compile(r"(?:income|routes|groups|own_groups|exclusions)(?:\.[a-z_]+)+")


def dotted_keys(source: str) -> list[str]:
    """The keys of a standard that a module writes out."""
    return [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DOTTED.fullmatch(node.value)
    ]


def test_a_key_of_the_standard_is_written_in_one_place():
    """All else names it (`keys.CEILING_MULTIPLE`), so that the type checker follows it from control to rule."""
    sources = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert {path.name for path, source in sources.items() if DOTTED.search(source) and dotted_keys(source)} == {
        KEYS.name
    }
    made = re.compile(r"(?<![.\w])(?:keys\.)?Key\(")
    assert {path.name for path, source in sources.items() if made.search(source)} == {KEYS.name}


def test_a_key_that_is_written_out_is_seen():
    assert dotted_keys('vary(standard, {"income.ceiling.yuan": 5000})')
    assert not dotted_keys('"""Takes income.ceiling.yuan, and others."""')


def signature(path: Path, name: str) -> dict[str, str]:
    """The arguments of a command by name: what each is annotated with, and what it is where it is left out."""
    function = next(
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    defaults = [*[None] * (len(function.args.args) - len(function.args.defaults)), *function.args.defaults]
    pairs = [
        *zip(function.args.args, defaults, strict=True),
        *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True),
    ]
    return {
        each.arg: f"{ast.unparse(each.annotation)} = {ast.unparse(default) if default else '…'}"
        for each, default in pairs
        if each.annotation
    }


@pytest.mark.parametrize(
    ("command", "asked", "of_summaries"),
    [
        ("preview_command", "preview", "app"),
        ("sweep_command", "preview", "app"),
        ("hindsight_command", "hindsight", "app"),
        ("frontier_command", "frontier", "frontier"),
    ],
)
def test_a_question_to_summaries_takes_the_options_of_the_question_to_a_store(command, asked, of_summaries):
    """Where a command has an option of the other it is that very option: its words, its default and its meaning stand once."""
    of_store = signature(PACKAGE / "cli" / "standards" / f"{asked}.py", command)
    of_province = signature(PACKAGE / "cli" / "province" / f"{of_summaries}.py", command)
    differing = {name for name, option in of_province.items() if of_store.get(name) != option}
    # No register of a province says which standard is in force: the frontier of summaries is always asked with a file.
    assert differing - {"standard"} == {"folder", "keys"}
    assert "standard" not in differing or command == "frontier_command"
