"""Notebooks are thin: text, a few lines of code that open a page, no outputs."""

import ast
import json
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
MOST_LINES = 15


def _cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _code(path):
    return ["".join(cell["source"]) for cell in _cells(path) if cell["cell_type"] == "code"]


def _problems(path):
    """What keeps a notebook from being thin."""
    code = _code(path)
    lines = [line for source in code for line in source.splitlines() if line.strip()]
    expressions = [node for source in code for node in ast.parse(source).body if isinstance(node, ast.Expr)]
    code_cells = [cell for cell in _cells(path) if cell["cell_type"] == "code"]
    results = []
    if len(lines) > MOST_LINES:
        results.append(f"{len(lines)} lines of code")
    if len(expressions) != 1:
        results.append(f"{len(expressions)} expressions, one widget is shown")
    if any(cell["outputs"] or cell["execution_count"] is not None for cell in code_cells):
        results.append("outputs: run `.venv/bin/nbstripout`")
    return results


def test_every_notebook_is_thin():
    pages = [path for path in NOTEBOOKS.glob("*.ipynb") if not path.name.startswith(".")]
    assert pages
    assert {path.name: _problems(path) for path in pages if _problems(path)} == {}


@pytest.mark.parametrize(
    ("source", "outputs", "said"),
    [
        ("x = 1\n" * 16 + "x", [], "17 lines"),
        ("x = 1", [], "0 expressions"),
        ("1\n2", [], "2 expressions"),
        ("1", [{"output_type": "stream", "name": "stdout", "text": "a name"}], "outputs"),
    ],
)
def test_a_notebook_that_is_not_thin_is_found(tmp_path, source, outputs, said):
    cell = {"cell_type": "code", "source": source, "outputs": outputs, "execution_count": None, "metadata": {}}
    path = tmp_path / "thick.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert said in " ".join(_problems(path))
