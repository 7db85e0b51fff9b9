"""The messages of the program, gathered from its source: each `Words` that an error is made of, or that bears a code.

What stands in the JSON of a command bears one too (tests/cli/test_codes.py).

Run as a program (`make messages`), it writes their catalogue, docs/messages.md.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import workbench
from workbench import errors

PACKAGE = Path(workbench.__file__).parent
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)} | {
    "ValueError",
    "MissingRegisterError",
}
"""What is raised with words for people; a ValueError of a file's field becomes part of the error of its file."""
_WHOLE = re.compile(r"[^;,(\s].*[a-z]{2}.*\S$", re.DOTALL)
"""A whole sentence; what begins or ends as a part of one is put to another message, which bears the code."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Message:
    """A message as it stands in the source: `code` empty where it has none yet."""

    path: Path
    call: ast.Call
    code: str

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.path.relative_to(PACKAGE.parent)}:{self.call.lineno}"

    def text(self, language: int) -> str:
        """Its words in Chinese (0) or English (1), `…` for what is filled in."""
        return _text(self.call.args[language]) if len(self.call.args) > language else ""


def messages_of(path: Path) -> Iterator[Message]:
    """Every message of a module that becomes an error: in the call, or in a variable of the function that raises it."""
    source = path.read_text(encoding="utf-8")
    if "Words" not in source:  # two modules of five: nothing to parse
        return
    tree = ast.parse(source)
    wanted: dict[int, ast.Call] = {}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        if function.name in put_into_errors() and ast.unparse(function.returns or ast.Constant(None)) == "Words":
            returned = [each.value for each in ast.walk(function) if isinstance(each, ast.Return) and each.value]
            wanted |= {id(each): each for value in returned for each in _words_in(value)}
    errors = ERRORS | errors_made_in(tree)
    for scope in (tree, *(node for node in ast.walk(tree) if isinstance(node, _SCOPES))):
        raised = [node for node in _within(scope) if isinstance(node, ast.Call) and name_of(node) in errors]
        names = {each.id for call in raised for each in ast.walk(call) if isinstance(each, ast.Name)}
        assigned = [
            node.value
            for node in _within(scope)
            if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id in names for to in node.targets)
        ]
        for made in (*raised, *assigned):
            wanted |= {id(each): each for each in _words_in(made)}
    wanted |= {id(each): each for each in _words_in(tree) if _code(each)}
    for call in sorted(wanted.values(), key=lambda each: (each.lineno, each.col_offset)):
        message = Message(path, call, _code(call))
        given_elsewhere = not message.code and any(word.arg == "code" for word in call.keywords)
        if message.code or (not given_elsewhere and _WHOLE.match(message.text(1))):
            yield message


@cache
def all_messages() -> list[Message]:
    """Those of the whole program, by file and line. Seconds of work: to be asked in a test, never while tests are collected."""
    return [message for path in sorted(PACKAGE.rglob("*.py")) for message in messages_of(path)]


def errors_made_in(tree: ast.AST) -> set[str]:
    """The functions of a module that give an error, such as `_refused`."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {each.name for each in functions if isinstance(each.returns, ast.Name) and each.returns.id in ERRORS}


@cache
def put_into_errors() -> frozenset[str]:
    """The names of the functions of whose results an error is made, anywhere in the program."""
    sources = (path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    trees = (ast.parse(source) for source in sources if any(name in source for name in ERRORS))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    made = [call for call in calls if name_of(call) in ERRORS]
    return frozenset(name_of(each) for call in made for each in ast.walk(call) if isinstance(each, ast.Call))


def _code(call: ast.Call) -> str:
    """The code that is written into a call; empty where there is none, or where it is made as the program runs."""
    given = next((word.value for word in call.keywords if word.arg == "code"), None)
    return str(given.value) if isinstance(given, ast.Constant) else ""


def _words_in(node: ast.AST) -> list[ast.Call]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Call) and name_of(each) == "Words"]


def name_of(call: ast.Call) -> str:
    """The last part of what is called."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _within(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, those of functions inside it aside: their variables are their own."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _within(child)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in node.values)
    return "…"


CATALOGUE = PACKAGE.parent / "docs" / "messages.md"
_HEAD = """# 提示与代码 Messages and their codes

`make messages` 从源程序写出本表；`…` 处由程序填写。出错时加 `--json`，标准错误的最后一行有代码。
Written from the source by `make messages`; `…` is filled in. With `--json` the last line of standard error has the code.
"""


def catalogue() -> str:
    """The catalogue as Markdown: by room, code, Chinese and English."""
    parts = [_HEAD]
    by_code = {each.code: each for each in all_messages() if each.code}
    for room, codes in groupby(sorted(by_code), key=lambda code: code.partition(".")[0]):
        rows = [f"| `{code}` | {_cell(by_code[code].text(0))} | {_cell(by_code[code].text(1))} |" for code in codes]
        parts.append("\n".join([f"## {room}", "", "| 代码 code | 中文 | English |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    CATALOGUE.write_text(catalogue(), encoding="utf-8")
