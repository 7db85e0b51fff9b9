"""Private attributes of scikit-learn are read in one module, for the version that was tried, and for no other."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

import workbench
from workbench.errors import MissingPartError
from workbench.risk.model import fitted_trees
from workbench.risk.model.fitted_trees import TRIED, check_version

RISK = Path(workbench.__file__).parent / "risk"


@pytest.mark.parametrize("installed", ["1.8.2", "1.10.0", "2.0.0", "1.90.1", "1"])
def test_another_minor_version_is_refused_in_words(installed):
    with pytest.raises(MissingPartError, match=f"装的是 {re.escape(installed)}.*make setup") as refused:
        check_version(installed)
    assert "make setup" in refused.value.words.en


@pytest.mark.parametrize("installed", [f"{TRIED}.0", f"{TRIED}.7", f"{TRIED}.1rc1"])
def test_a_later_patch_of_the_version_is_used(installed):
    check_version(installed)


def test_the_project_asks_for_the_version_that_was_tried():
    project = tomllib.loads((RISK.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (asked,) = [each for each in project["dependencies"] if each.startswith("scikit-learn")]
    major, minor = map(int, TRIED.split("."))
    assert f">={TRIED}" in asked
    assert f"<{major}.{minor + 1}" in asked


def test_nothing_else_of_the_model_reads_private_attributes():
    reading = {
        path.name
        for path in RISK.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and re.match(r"_[a-z]", node.attr)
        and getattr(node.value, "id", "") == "forest"
    }
    assert reading == {Path(fitted_trees.__file__).name}
