"""Arithmetic over the columns of a file (+ - * / and brackets), parsed, never executed as code."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from workbench.errors import InputError, Words

_QUOTED = re.compile(r"`([^`]+)`")
_OPERATORS: dict[type[ast.operator], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Add: lambda first, second: first + second,
    ast.Sub: lambda first, second: first - second,
    ast.Mult: lambda first, second: first * second,
}
_DEEPEST = 200
_LONGEST, _LONGEST_SHOWN = 2000, 80
_LARGEST = 1e15


@dataclass(frozen=True)
class Expression:
    """An expression and the columns that it names; a name that is no word stands between backticks."""

    text: str
    tree: ast.expr
    names: tuple[tuple[str, str], ...]
    """Each identifier in the tree with the column name that it stands for."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the expression reads."""
        return tuple(dict.fromkeys(column for _, column in self.names))

    def evaluate(self, resolve: Callable[[str], pl.Expr]) -> tuple[pl.Expr, dict[str, pl.Expr]]:
        """The value (null where an operand is null or a divisor is 0) and, by the first column of a divisor, whether it is 0."""
        divisors: list[tuple[ast.expr, pl.Expr]] = []
        value = _build(self.tree, dict(self.names), resolve, divisors)
        by_zero: dict[str, pl.Expr] = {}
        for node, divisor in divisors:
            is_zero = (divisor == 0).fill_null(value=False)
            # A divisor of numbers alone has no column of its own: the first of all stands for it.
            for column in (self._columns_of(node) or self.columns)[:1]:
                by_zero[column] = by_zero[column] | is_zero if column in by_zero else is_zero
        return value, by_zero

    def _columns_of(self, node: ast.expr) -> tuple[str, ...]:
        """The columns that a part of the expression reads, in the order in which they are written."""
        inside = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        return tuple(dict.fromkeys(column for name, column in self.names if name in inside))


def parse(text: str) -> Expression:
    """Parse an expression. Raises InputError for anything but numbers, columns, + - * / and brackets."""
    if len(text) > _LONGEST:
        raise _refused(
            text[:_LONGEST_SHOWN] + "…",
            Words(
                f"超过 {_LONGEST} 个字符",
                f"longer than {_LONGEST} characters",
                code="intake.expressions-longer-characters",
            ),
        )
    quoted: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        # A header need not be a word of Python, so it is parsed under a stand-in that is.
        name = f"quoted_{len(quoted)}_"
        quoted[name] = match.group(1).strip()
        return name

    try:
        tree = ast.parse(_QUOTED.sub(stand_in, text.strip()), mode="eval").body
    # Deep nesting raises RecursionError or MemoryError, a null byte (Python 3.11) ValueError: none is a SyntaxError.
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _refused(text, Words("读不懂", "cannot be read", code="intake.expressions-cannot-read")) from None
    _check(tree, text)
    names = dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return Expression(text, tree, tuple((name, quoted.get(name, name)) for name in names))


def _check(node: ast.expr, text: str, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise _refused(
            text,
            Words(f"括号超过 {_DEEPEST} 层", f"nested deeper than {_DEEPEST}", code="intake.expressions-nested-deeper"),
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, (*_OPERATORS, ast.Div)):
        _check(node.left, text, depth + 1)
        _check(node.right, text, depth + 1)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        _check(node.operand, text, depth + 1)
    elif not (isinstance(node, ast.Name) or _is_number(node)):
        part = ast.unparse(node)
        raise _refused(text, Words(f"不能用 {part!r}", f"not allowed: {part!r}", code="intake.expressions-not-allowed"))


def _is_number(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        # To Python True and False are whole numbers.
        and not isinstance(node.value, bool)
        and isinstance(node.value, (int, float))
        and abs(node.value) <= _LARGEST
    )


def _refused(text: str, message: Words) -> InputError:
    cure = Words(
        "；只能用列名、数字、+ - * / 和括号；带空格或括号的列名写在反引号中",
        "; use columns, numbers, + - * / and brackets; a column whose name is no single word goes between backticks",
    )
    return InputError((message + cure).after(f"expression {text!r}: "))


def _build(
    node: ast.expr,
    names: dict[str, str],
    resolve: Callable[[str], pl.Expr],
    divisors: list[tuple[ast.expr, pl.Expr]],
) -> pl.Expr:
    if isinstance(node, ast.Name):
        return resolve(names[node.id])
    if isinstance(node, ast.Constant):
        return pl.lit(float(node.value), pl.Float64)  # type: ignore[arg-type]
    if isinstance(node, ast.UnaryOp):
        operand = _build(node.operand, names, resolve, divisors)
        return -operand if isinstance(node.op, ast.USub) else operand
    assert isinstance(node, ast.BinOp)
    first, second = (_build(side, names, resolve, divisors) for side in (node.left, node.right))
    if isinstance(node.op, ast.Div):
        divisors.append((node.right, second))
        # Polars divides by 0 without a word and gives infinity.
        return pl.when(second != 0).then(first / second)
    return _OPERATORS[type(node.op)](first, second)
