"""What a command prints: its record for a program or words for a person, decided in one place."""

import ast
import json
from pathlib import Path

import pytest

import workbench.cli
from workbench.cli.output import emit, say
from workbench.errors import Words

ROOT = Path(workbench.cli.__file__).parent
MODULES = [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "output.py"]


@pytest.mark.parametrize("shown", [Words("一户", "one household"), "一户", lambda: say("一户")])
def test_a_program_gets_the_record_and_a_person_the_words(shown, capsys):
    emit({"households": 1}, shown, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"households": 1}
    emit({"households": 1}, shown, as_json=False)
    assert capsys.readouterr().out in {"一户\n", "one household\n"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_command_decides_by_itself_whom_it_prints_for(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [node.test for node in ast.walk(tree) if isinstance(node, (ast.If, ast.IfExp))]
    assert not [each.lineno for test in tests for each in ast.walk(test) if getattr(each, "id", "") == "as_json"]
