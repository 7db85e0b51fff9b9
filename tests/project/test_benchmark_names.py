"""What benchmarks take from the workbench is there: they are run seldom, and a name that moved stops them after an hour."""

import ast
import importlib
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).parents[2] / "benchmarks").glob("*.py"))


def taken(tree):
    """Modules of the workbench that a file imports names from, with those names; and what it reads of imported modules."""
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("workbench"):
            for each in node.names:
                yield node.module, each.name
                modules[each.asname or each.name] = f"{node.module}.{each.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def is_there(module, name):
    try:
        owner = importlib.import_module(module)
    except ModuleNotFoundError:
        return True  # an object of a module and not a module: its attributes are its own matter
    if hasattr(owner, name):
        return True
    return importlib.util.find_spec(f"{module}.{name}") is not None if hasattr(owner, "__path__") else False


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.name)
def test_every_name_that_a_benchmark_takes_is_there(path):
    missing = [
        (module, name)
        for module, name in taken(ast.parse(path.read_text(encoding="utf-8")))
        if not is_there(module, name)
    ]
    assert missing == []
