"""What a page says and draws gets every blank that it names: a keyword renamed on one side only would fail at its first use."""

import ast
import string
from functools import cache
from pathlib import Path

import pytest
from jinja2 import meta

import workbench
from workbench.ui.kit.texts.templates import _ENVIRONMENT

ROOT = Path(workbench.__file__).parent
OF_ALL = {"t", "range"}


@cache
def calls_of(name):
    """Each call of a function by this name whose blanks are all written out, with its file; read once, when a test asks."""
    return [each for each in _calls() if each[1].func.id == name]


@cache
def _calls():
    return [
        (path, node)
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"t", "render"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and all(each.arg for each in node.keywords)
    ]


def given(node):
    return {each.arg for each in node.keywords}


def blanks(text):
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def variables(template):
    source, _, _ = _ENVIRONMENT.loader.get_source(_ENVIRONMENT, f"{template}.html")
    return meta.find_undeclared_variables(_ENVIRONMENT.parse(source)) - OF_ALL


def where(path, node):
    return f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"


def test_there_are_texts_and_templates_to_look_at():
    assert len(calls_of("t")) > 100
    assert len(calls_of("render")) > 20


def test_every_text_of_a_page_is_given_its_blanks():
    wrong = [where(*each) for each in calls_of("t") if blanks(each[1].args[0].value) != given(each[1])]
    assert wrong == []


def test_every_template_is_given_what_it_draws():
    lacking = {where(*each): sorted(variables(each[1].args[0].value) - given(each[1])) for each in calls_of("render")}
    assert {place: names for place, names in lacking.items() if names} == {}


@pytest.mark.parametrize(("text", "names"), [("{a}；{b:,}", {"a", "b"}), ("{a.zh}{b[0]}", {"a", "b"}), ("无", set())])
def test_blanks_are_found(text, names):
    assert blanks(text) == names
