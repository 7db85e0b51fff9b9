"""Names are the standard terms of docs/glossary.md: what it retires names no class, function, argument or variable."""

import ast
from pathlib import Path

import pytest

import workbench

ROOT = Path(workbench.__file__).parent.parent
FILES = [path for folder in ("workbench", "tests", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]
IN_FULL = {
    "after_scoring",
    "asked_sweep",
    "at_desk",
    "beside",
    "beside_rules",
    "deed",
    "found",
    "forward",
    "further",
    "kept",
    "left",
    "looked_at",
    "pass_of",
    "proving",
    "tables_after",
    "tell",
}
"""Retired as a whole name, leading underscores and capitals aside; within another name they are plain English (`days_left`)."""
IN_PART = {
    "amended",
    "amendment",
    "amendments",
    "desk",
    "desks",
    "seal",
    "seals",
    "sealed",
    "door",
    "judge",
    "judged",
    "judgement",
    "passage",
    "passages",
    "told",
}
"""Retired as a word of any name but a test's, whose name is a sentence."""
CLASSES = {
    "Against",
    "Asked",
    "Dispersion",
    "Door",
    "Forward",
    "Known",
    "KnownName",
    "Moved",
    "Pass",
    "ReadOff",
    "Scene",
    "Why",
}
"""Retired as names of classes only: `known` and `moved` are plain English of a variable."""
NOT_YET: tuple[str, ...] = ()
"""Folders in which the old names still stand; a folder leaves this list when it is done, and none is added."""


def is_table(node):
    """Whether a class is a table of the register: what tables are called is data, and stays (issue 12)."""
    return any(isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "__tablename__" for each in node.body)


def names(tree):
    """Each name that is given, with its line and whether it is a class's, a function's or another's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and is_table(node):
            continue
        if isinstance(node, ast.ClassDef):
            yield node.name, node.lineno, "class"
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, "function"
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno, "argument"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno, "variable"


def words(name):
    """The words of a name, in small letters: of `_ToldSoFar` and `TOLD_SO_FAR` the same three."""
    apart = "".join(f"_{each}" if each.isupper() and not name.isupper() else each for each in name)
    return [word for word in apart.lower().split("_") if word]


def retired(name, kind):
    """Whether the glossary retires the name for this kind of thing."""
    if kind == "function" and name.startswith("test_"):
        return False
    whole = "_".join(words(name))
    return whole in IN_FULL or bool(IN_PART & set(words(name))) or (kind == "class" and name.lstrip("_") in CLASSES)


def offending(source):
    return [f"{line}: {name}" for name, line, kind in names(ast.parse(source)) if retired(name, kind)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_retired_word_names_anything(path):
    if not path.relative_to(ROOT).as_posix().startswith(NOT_YET):
        assert offending(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "class Told: ...", "class ToldSoFar: ...", "class _Found: ...", "def at_desk(): ...", "def case_told(): ...",
        "def f(desk): ...", "found = 1", "for kept in (): ...", "with a as left: ...", "[b for told in ()]", "_KEPT = 3",
        "def f(*, beside=1): ...", "(found := 1)", "judged: int = 3", "class Door: ...", "def pass_of(): ...",
    ],
)  # fmt: skip
def test_a_retired_word_is_seen_wherever_it_names(source):
    assert offending(source)


@pytest.mark.parametrize(
    "source",
    [
        "days_left = 3",
        "known = {}",
        "moved = 1",
        "def test_a_fault_is_told(): ...",
        "x = record['found']",
        "left_out = ()",
    ],
)
def test_plain_english_is_left_alone(source):
    assert not offending(source)


def test_a_table_keeps_its_name():
    assert not offending('class Amendment(Base):\n    __tablename__ = "amendment"')
    assert offending("class Amendment: ...")


def test_the_glossary_retires_what_this_test_holds():
    """Each word held here stands in the last column of the glossary: whoever meets the test finds the new term there."""
    rows = [line.split("|") for line in (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()]
    listed = {part.strip().lower() for row in rows if len(row) == 6 for part in row[4].split(",")}
    assert {name.lower() for name in IN_FULL | IN_PART | CLASSES} - listed == set()


def test_a_docstring_says_its_purpose_without_the_one_above():
    """None begins "The same": whoever looks one up by its name would have to find the one that it leans on."""
    by_file = {path.relative_to(ROOT).as_posix(): leaning(path.read_text(encoding="utf-8")) for path in FILES}
    assert {name: lines for name, lines in by_file.items() if lines and not name.startswith(NOT_YET)} == {}


def leaning(source):
    """The lines of texts that stand alone, docstrings of attributes too, and begin with "The same"."""
    if "the same " not in source.lower():  # most of a thousand files need no tree
        return []
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and str(node.value.value).lstrip().lower().startswith("the same ")
    ]


def test_a_docstring_that_leans_is_seen():
    assert leaning('def f():\n    """The same of one county."""\nX = 1\n"""The same for whole distributions."""') == [
        4,
        2,
    ]
    assert leaning('def f():\n    """What the same person did."""') == []


OPENINGS = {
    "After", "As", "At", "Before", "Between", "By", "For", "From", "Its", "Of", "That", "They", "Those", "Without",
}  # fmt: skip
"""First words of a docstring behind which its subject is still to come, or stands in another one."""


def subjectless(source):
    """The lines of classes and functions whose docstring begins with one of OPENINGS."""
    if not any(f'"""{word} ' in source for word in OPENINGS):
        return []
    documented = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, documented) and (ast.get_docstring(node) or "").partition(" ")[0] in OPENINGS
    ]


def test_a_docstring_begins_with_what_it_is_of():
    """A sentence of purpose first: "Return by county …", and not "By county …"; the names of tests are sentences already."""
    ours = [path for path in FILES if not path.is_relative_to(ROOT / "tests")]
    by_file = {path.relative_to(ROOT).as_posix(): subjectless(path.read_text(encoding="utf-8")) for path in ours}
    assert {name: lines for name, lines in by_file.items() if lines} == {}


def test_a_docstring_without_its_subject_is_seen():
    assert subjectless('def f():\n    """Of each row the tier."""\nclass A:\n    """Those of one county."""') == [1, 3]
    assert not subjectless('def f():\n    """Return the tier of each row."""')
