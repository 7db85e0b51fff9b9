"""What no test runs on every change imports only what there is: a module that moved would be missed months later."""

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
MODULES = sorted((PROJECT / "benchmarks").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_benchmark_imports_what_there_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("workbench", "tests", "benchmarks"))
        for alias in node.names
    ]
    for module, name in imported:
        assert find_spec(module), f"{module} is no module"
        there = hasattr(import_module(module), name) or find_spec(f"{module}.{name}")
        assert there, f"{module} has no {name}"
