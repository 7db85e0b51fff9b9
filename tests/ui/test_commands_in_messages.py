"""Whoever works on a page has no shell: no message that a page can show names a command or an option of one.

What a message says to whoever works in a shell stands in brackets, and pages leave it out (`language.without_commands`).
"""

import ast
import re
from pathlib import Path

import pytest

import workbench
from tests.ui.test_language import texts
from workbench.errors import Words
from workbench.ui.kit.texts.language import Language, without_commands

ROOT = Path(workbench.__file__).parent
ROOMS = ("domain", "intake", "store", "register", "preview", "statistics", "risk", "reports", "simulation", "ui")
"""Whatever is raised in these can come to a page; `cli`, `backup` and the start of the server speak to a shell only."""
COMMAND = re.compile(r"--[a-z]|(?<!this )(?<!the )\bworkbench [a-z]")
SHELL_ONLY = {
    "register/db/refill.py": "an interrupted restoring, which only the shell does",
    "register/audit/store_verification.py": "workbench audit verify",
    "statistics/engines.py": "--engine of the commands",
    "store/cluster": "--engine spark of the commands",
    "preview/cluster": "--engine spark of the commands",
    "ui/static": "no Python",
}


def _text(node: ast.expr) -> str:
    """The text of a string as it would be shown, whatever is filled in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) if isinstance(each, ast.Constant) else "x" for each in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return ""


def _is_message(call: ast.Call) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return name in ("Words", "after", "t", "language") or name.endswith("Error")


def _is_of_pages(call: ast.Call) -> bool:
    """Whether it is a text of the pages themselves, which is shown as it is."""
    return isinstance(call.func, ast.Name) and call.func.id in ("t", "language")


def messages():
    """Every message with where it stands, as a page shows it."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            if any(where.startswith(each) for each in SHELL_ONLY):
                continue
            calls = [
                node
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Call) and _is_message(node)
            ]
            for call in calls:
                texts = [_text(each) for each in call.args]
                cleaned = texts if _is_of_pages(call) else map(without_commands, texts)
                yield from ((f"{where}:{call.lineno}", text) for text in cleaned if text)


def test_no_message_of_a_page_names_a_command_outside_brackets():
    listed = list(messages())
    assert len(listed) > 1000
    assert [(where, text) for where, text in listed if COMMAND.search(text)] == []


def test_no_template_of_a_page_names_a_command():
    templates = sorted((ROOT / "ui").rglob("templates/*.html"))
    assert len(templates) > 50
    assert [path.name for path in templates if COMMAND.search(path.read_text())] == []


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("请用另一个数据目录（--store）", "请用另一个数据目录"),
        ("use another store (--store)", "use another store"),
        ("请指明县区（--county），或写 county_code", "请指明县区，或写 county_code"),
        ("请先撤销第 3 批（workbench intake undo 3）", "请先撤销第 3 批"),
        ("'x' (--county): no such county", "'x': no such county"),
        ("第 3 行（合计）", "第 3 行（合计）"),
        ("a -- b (c)", "a -- b (c)"),
    ],
)
def test_brackets_for_the_shell_are_left_out_and_no_others(said, shown):
    assert Language("zh").words(Words(said, said)) == shown


def test_no_page_names_a_command_but_the_sign_in_page_of_a_store_without_accounts():
    """That one tells whoever sets the store up how to make the first account; nobody else reads a command."""
    templates = [path for path in ROOT.rglob("*.html") if "vendor" not in path.parts]
    naming = {path.name for path in templates if re.search(r"\bworkbench [a-z]", path.read_text(encoding="utf-8"))}
    assert naming == {"sign_in.html"}
    assert not [each for each in texts() if COMMAND.search(each)]
