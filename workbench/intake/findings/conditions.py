"""The conditions of plausibility rules: comparisons over facts, parsed, never executed as code. Null means "cannot tell"."""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from workbench.errors import InputError, Words
from workbench.intake.tables.nearest import suggestion

_ARITHMETIC: dict[type[ast.operator], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Add: lambda first, second: first + second,
    ast.Sub: lambda first, second: first - second,
    ast.Mult: lambda first, second: first * second,
    # Without the condition a division by 0 is infinite, hence above every bound; it is to be "cannot tell".
    ast.Div: lambda first, second: pl.when(second != 0).then(first / second),
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Lt: lambda first, second: first < second,
    ast.LtE: lambda first, second: first <= second,
    ast.Gt: lambda first, second: first > second,
    ast.GtE: lambda first, second: first >= second,
    ast.Eq: lambda first, second: first == second,
    ast.NotEq: lambda first, second: first != second,
}
# A county's file may say anything: its length is bounded before the parser, its depth before the recursion below.
_DEEPEST, _LONGEST, _LONGEST_SHOWN = 40, 500, 80
_ABS = "abs"


@dataclass(frozen=True)
class Condition:
    """A condition, and the names that it reads; `truths` are those that it takes for true or false as they are."""

    text: str
    tree: ast.expr
    names: frozenset[str]
    truths: frozenset[str]

    def evaluate(self, constants: Mapping[str, float | None]) -> pl.Expr:
        """Return where the condition is true, as an expression over a frame; a name among `constants` is that number, or not known."""
        return _build(self.tree, constants).cast(pl.Boolean)


def parse_condition(text: str, known: Collection[str]) -> Condition:
    """Parse a condition over `known` names. Raises InputError that says what cannot be used, and what can."""
    if len(text) > _LONGEST:
        raise _refused(
            text[:_LONGEST_SHOWN] + "…",
            Words(f"超过 {_LONGEST} 个字符", f"longer than {_LONGEST} characters", code="intake.longer-characters"),
        )
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    # Deep brackets may end in RecursionError or MemoryError where one would expect SyntaxError.
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _refused(text, Words("读不懂", "cannot be read", code="intake.cannot-read")) from None
    truths = frozenset(_check_logic(tree, text, 0))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {_ABS}
    unknown = sorted(names - set(known))
    if unknown:
        name = unknown[0]
        raise _refused(
            text,
            Words(f"没有 {name!r}", f"there is no {name!r}", code="intake.conditions-no")
            + suggestion(name, sorted(known)),
        )
    return Condition(text, tree, frozenset(names), truths)


def _check_logic(node: ast.expr, text: str, depth: int) -> Iterator[str]:
    """What is true or false: comparisons, and / or / not over them, a fact by itself; yields the names of those."""
    _check_depth(text, depth)
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                yield from _check_logic(value, text, depth + 1)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _check_logic(operand, text, depth + 1)
        case ast.Compare(left=first, ops=operators, comparators=others):
            if not all(type(operator) in _COMPARISONS for operator in operators):
                raise _refused(
                    text,
                    Words("不能用的比较", "a comparison that cannot be used", code="intake.comparison-cannot-used"),
                )
            for side in (first, *others):
                _check_value(side, text, depth + 1)
        case ast.Name(id=name):
            yield name
        case _:
            part = ast.unparse(node)
            raise _refused(
                text,
                Words(
                    f"{part!r} 不是真假", f"{part!r} is neither true nor false", code="intake.neither-true-nor-false"
                ),
            )


def _check_value(node: ast.expr, text: str, depth: int) -> None:
    """What is compared: facts, numbers, texts, arithmetic over them."""
    _check_depth(text, depth)
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        _check_value(node.left, text, depth + 1)
        _check_value(node.right, text, depth + 1)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        _check_value(node.operand, text, depth + 1)
    elif _is_abs(node):
        _check_value(node.args[0], text, depth + 1)  # type: ignore[attr-defined]
    elif not isinstance(node, ast.Name) and not (
        # type() and not isinstance(): to Python True is an int.
        isinstance(node, ast.Constant) and type(node.value) in (int, float, str)
    ):
        part = ast.unparse(node)
        raise _refused(text, Words(f"不能用 {part!r}", f"not allowed: {part!r}", code="intake.not-allowed"))


def _check_depth(text: str, depth: int) -> None:
    if depth > _DEEPEST:
        raise _refused(
            text, Words(f"括号超过 {_DEEPEST} 层", f"nested deeper than {_DEEPEST}", code="intake.nested-deeper")
        )


def _is_abs(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == _ABS
        and len(node.args) == 1
        and not node.keywords
    )


def _refused(text: str, message: Words) -> InputError:
    cure = Words(
        "；只能用事实的名称、数字、引号中的文字、+ - * / abs()、< <= > >= == !=、and or not 和括号",
        "; use names of facts, numbers, texts in quotes, + - * / abs(), < <= > >= == !=, and or not, and brackets",
    )
    return InputError((message + cure).after(f"{text!r}: "))


def _build(node: ast.expr, constants: Mapping[str, float | None]) -> pl.Expr:
    match node:
        case ast.Name(id=name):
            # With its type, since the median of the round before may be None.
            built = pl.lit(constants[name], pl.Float64) if name in constants else pl.col(name)
        case ast.Constant(value=value):
            built = pl.lit(value)
        case ast.Call(args=[argument]):
            built = _build(argument, constants).abs()
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            built = _build(operand, constants).cast(pl.Boolean).not_()
        case ast.UnaryOp(operand=operand):
            built = -_build(operand, constants)
        case ast.BinOp(left=first, op=operator, right=second):
            built = _ARITHMETIC[type(operator)](_build(first, constants), _build(second, constants))
        # Both functions are Kleene's: what is not known stays so, unless another part settles the whole.
        case ast.BoolOp(op=ast.And(), values=values):
            built = pl.all_horizontal([_build(value, constants).cast(pl.Boolean) for value in values])
        case ast.BoolOp(values=values):
            built = pl.any_horizontal([_build(value, constants).cast(pl.Boolean) for value in values])
        case ast.Compare(left=first, ops=operators, comparators=others):
            sides = [_build(side, constants) for side in (first, *others)]
            pairs = zip(operators, pairwise(sides), strict=True)
            built = pl.all_horizontal([_COMPARISONS[type(operator)](*pair) for operator, pair in pairs])
        case _:
            raise AssertionError(node)  # what is parsed is one of these
    return built
