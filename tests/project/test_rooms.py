"""A folder is a subject: it says what may live in it, and holds no more than one can look through (decision 0026)."""

import ast
from pathlib import Path

import pytest

import workbench

ROOT = Path(workbench.__file__).parent
MOST = 15
LONGEST_MODULE, LONGEST_FUNCTION = 300, 60
"""In lines; who has to scroll through one has two."""
ROOMS = sorted(path.parent for path in ROOT.rglob("__init__.py") if "migrations" not in path.relative_to(ROOT).parts)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(ROOT).as_posix() or "workbench")
def test_a_folder_says_what_may_live_in_it_and_stays_small(room):
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert said
    assert len(said) > 20
    modules = [path.name for path in room.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST, sorted(modules)


def test_only_the_register_speaks_sql():
    speaking = {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.rglob("*.py")
        if "sqlalchemy" in (source := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Import) and any(each.name.split(".")[0] == "sqlalchemy" for each in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy")
    }
    assert speaking == {"register"}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(ROOT).as_posix() or "workbench")
def test_a_module_and_a_function_can_be_seen_whole(room):
    for path in room.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) <= LONGEST_MODULE, path
        functions = [
            each for each in ast.walk(ast.parse(source)) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
        ]
        assert [each.name for each in functions if (each.end_lineno or 0) - each.lineno >= LONGEST_FUNCTION] == [], path
