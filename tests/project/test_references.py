"""What docstrings and the glossary point to is there: `module.name` of the package names something that exists."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "workbench"
GLOSSARY, ARCHITECTURE = ROOT / "docs" / "glossary.md", ROOT / "docs" / "architecture.md"
POINTER = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(\))?`")
ENDINGS = {"py", "yaml", "json", "parquet", "html", "js", "css", "md", "csv", "ipynb", "sqlite", "j2", "org"}
OF_LIBRARIES = {"csv", "dataclasses", "ipywidgets", "str", "subprocess"}
OF_VALUES = {"heading", "index", "request", "row"}
"""Arguments and fields that a docstring names with one of their own."""


def defined(body: list[ast.stmt]) -> Iterator[str]:
    """The names that a module or class defines or imports."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (each.asname or each.name for each in names)
            case ast.If(body=guarded):
                yield from defined(guarded)


@cache
def existing() -> tuple[dict[Path, ast.Module], dict[str, set[str]]]:
    """The package's modules as trees, and what is in each module, folder and class by its name: read when a test asks, not for every process of a run."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}
    inside: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        folder = path.name == "__init__.py"
        inside[path.parent.name if folder else path.stem] |= set(defined(tree.body))
        if folder:
            inside[path.parent.name] |= {each.stem for each in path.parent.iterdir()}
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                inside[node.name] |= {*defined(node.body)} | {
                    each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)
                }
    return trees, inside


def dangling(text: str) -> list[str]:
    """The pointers of a text that lead nowhere."""
    pointers = [each.split(".") for each in POINTER.findall(text)]
    _, inside = existing()
    ours = [each for each in pointers if each[-1] not in ENDINGS and each[0] not in OF_LIBRARIES | OF_VALUES]
    return [".".join(each) for each in ours if each[-1] not in inside.get(each[-2], ())]


@pytest.mark.parametrize("text", ["`no_such_module.function`", "see `Pane.no_such_method()`", "`cli.options.Nobody`"])
def test_a_pointer_to_what_is_gone_is_noticed(text):
    assert dangling(text)


def test_what_docstrings_point_to_is_there():
    documented = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    lost = [
        f"{path.relative_to(ROOT)}: {each}"
        for path, tree in existing()[0].items()
        for node in ast.walk(tree)
        if isinstance(node, documented)
        for each in dangling(ast.get_docstring(node) or "")
    ]
    assert lost == []


def test_the_names_in_code_that_the_glossary_gives_are_there():
    rows = [line.split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert [each for row in rows for each in dangling(row[3])] == []


def test_the_plain_names_that_the_glossary_gives_are_in_the_code():
    """`navbar_user`, `lifted`: a name of the package, or a code that it reads or writes; one renamed since is noticed here."""
    rows = [line.split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    given = {each for row in rows for each in re.findall(r"`(\w+)`", row[3])}
    assert len(given) > 30
    assert given - written_names() == set()


def written_names() -> set[str]:
    """Every name that the package's modules define, read or take, and every text that is one word."""
    names = set()
    for tree in existing()[0].values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                names.add(node.value)
            names.update(
                getattr(node, each)
                for each in ("id", "arg", "attr", "name")
                if isinstance(getattr(node, each, None), str)
            )
            names.update(each for each in (getattr(node, "module", None) or "").split("."))
    return names


def test_the_modules_that_the_architecture_names_are_there():
    """`register.procedure.visits`, `risk.help`: a module or a folder of the package, or what one of them defines."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    named = [each for each in POINTER.findall(text) if each.rpartition(".")[2] not in ENDINGS | {"toml"}]
    assert len(named) > 30
    assert [each for each in named if not is_in_the_package(each)] == []


@pytest.mark.parametrize("name", ["register.procedure.no_such_module", "risk.no_such", "no_such.room"])
def test_a_module_that_is_gone_is_noticed(name):
    assert not is_in_the_package(name)


def is_in_the_package(name: str) -> bool:
    """Whether a dotted name leads to a folder, a module, or a name that its module defines."""
    path = PACKAGE.joinpath(*name.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module = path.parent.with_suffix(".py")
    return module.is_file() and path.name in defined(ast.parse(module.read_text(encoding="utf-8")).body)


def test_every_room_of_the_package_is_in_the_architecture():
    """The folders in a room, too: a page beside the pages and a part of the kit are of a kind, and are not named."""
    folders = [each.parent for level in ("*", "*/*") for each in PACKAGE.glob(f"{level}/__init__.py")]
    rooms = {each.name for each in folders} - {"parameters"}
    text = ARCHITECTURE.read_text(encoding="utf-8").partition("```")[2].partition("```")[0]
    assert {each for each in rooms if not re.search(rf"\b{each}\b", text)} == set()
