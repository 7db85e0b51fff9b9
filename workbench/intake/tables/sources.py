"""Where a mapping takes one fact, or one column of a list of persons, from; checked against the facts that there are."""

import re
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from workbench.domain.facts import EXTRA_PREFIX, FACT, Fact, FactType
from workbench.errors import InputError, Words
from workbench.intake.matching.units import unit_of
from workbench.intake.tables.expressions import Expression, parse
from workbench.intake.tables.nearest import suggestion

Value = bool | int | float | str
_EXTRA = re.compile(rf"{EXTRA_PREFIX}[a-z0-9_]+")
_SET_ELSEWHERE = {
    "household_id": Words("由 key 决定", "comes from key"),
    "round": Words("由所选期次决定", "comes from the round that was chosen"),
}
_PYTHON_TYPES: dict[FactType, tuple[type, ...]] = {
    FactType.STRING: (str,),
    FactType.INTEGER: (int,),
    FactType.FLOAT: (int, float),
    FactType.BOOLEAN: (bool,),
}


def _cell_texts(values: Any) -> Any:
    """Keys as the file writes them; YAML reads a bare yes or true as a boolean, which may stand for either."""
    if not isinstance(values, dict):
        return values
    texts: dict[str, Any] = {}
    for key, value in values.items():
        spellings = {True: ("true", "yes"), False: ("false", "no")}[key] if isinstance(key, bool) else (str(key),)
        texts.update(dict.fromkeys(spellings, value))
    return texts


class Source(BaseModel):
    """Where one fact comes from: a column (with `values`, what each text means), a constant, or an expression.

    `unit`: that of the column's numbers (万元, 元/月, 公顷), where it is not that of the fact; amounts a person (元/人) of a fact of
    the whole household are multiplied by its persons.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    column: str | None = None
    values: Annotated[dict[str, Value | None] | None, BeforeValidator(_cell_texts)] = None
    constant: Value | None = None
    expression: str | None = None
    unit: str | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        given = [name for name in ("column", "constant", "expression") if getattr(self, name) is not None]
        if len(given) != 1:
            seen = ", ".join(given)
            raise ValueError(
                Words(
                    f"应有且只有一项 column、constant、expression；已有：{seen or '无'}",
                    f"exactly one expected of column, constant, expression; found: {seen or 'none'}",
                    code="intake.exactly-expected-column-constant",
                )
            )
        if self.values is not None and self.column is None:
            raise ValueError(
                Words("values 只能与 column 同用", "values go with a column only", code="intake.values-go-column-only")
            )
        _check_unit(self.unit, self.column)
        if self.expression is not None:
            # On load, so that a wrong expression is told before a file of half a million rows is read.
            try:
                parse(self.expression)
            except InputError as error:
                raise ValueError(error.words) from None
        return self

    @property
    def factor(self) -> float:
        """What makes the fact's unit of the column's numbers."""
        return factor_of(self.unit)

    def parsed(self) -> Expression | None:
        """The expression, if the fact comes from one."""
        return parse(self.expression) if self.expression is not None else None

    def columns(self) -> tuple[str, ...]:
        """The columns of the file that it reads."""
        if self.column is not None:
            return (self.column,)
        expression = self.parsed()
        return expression.columns if expression else ()

    def literals(self) -> list[Value]:
        """The values that the mapping itself writes out."""
        written = [self.constant, *(self.values or {}).values()]
        return [value for value in written if value is not None]


class ColumnSource(BaseModel):
    """Where one column of a list of persons stands in a file; `values`: what its texts are in the national system's words."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    column: str
    values: Annotated[dict[str, str] | None, BeforeValidator(_cell_texts)] = None
    unit: str | None = None

    @model_validator(mode="after")
    def _unit_known(self) -> Self:
        _check_unit(self.unit, self.column)
        return self


def factor_of(unit: str | None) -> float:
    """What makes yuan a year, mu or months of numbers in a unit; 1 where none is said."""
    known = unit_of(unit) if unit else None
    return known.factor if known else 1.0


def _check_unit(unit: str | None, column: str | None) -> None:
    if unit is None:
        return
    if column is None:
        raise ValueError(
            Words("unit 只能与 column 同用", "unit goes with a column only", code="intake.unit-goes-column-only")
        )
    if unit_of(unit) is None:
        message = Words(
            f"没有这个单位 {unit!r}；可用：元、千元、万元、元/月、亩、公顷、月",
            f"no such unit {unit!r}; accepted: 元, 千元, 万元, 元/月, 亩, 公顷, 月",
            code="intake.no-such-unit-accepted",
        )
        raise ValueError(message)


def check_fact(name: str, source: Source) -> None:
    """Raise ValueError with words for a fact that there is not, or a value that it cannot have."""
    if name in _SET_ELSEWHERE:
        cure = Words("；请从 facts 中去掉", "; take it out of facts")
        raise ValueError((_SET_ELSEWHERE[name] + cure).after(f"{name}: "))
    if name.startswith(EXTRA_PREFIX):
        if not _EXTRA.fullmatch(name):
            message = Words(
                "自有事实的名称只用小写字母、数字、下划线",
                "use small letters, digits, underscores",
                code="intake.use-small-letters-digits",
            )
            raise ValueError(message.after(f"{name}: "))
        if any(isinstance(value, str) for value in source.literals()):
            message = Words(
                "自有事实只能是数或真假",
                "an extra fact is a number or a boolean",
                code="intake.extra-fact-number-boolean",
            )
            raise ValueError(message.after(f"{name}: "))
        return
    if name not in FACT:
        cure = Words(f"；自有事实以 {EXTRA_PREFIX} 开头", f"; a fact of your own begins with {EXTRA_PREFIX}")
        message = (
            Words("没有这个事实", "no such fact", code="intake.mapping-no-such-fact")
            + suggestion(name, list(FACT))
            + cure
        )
        raise ValueError(message.after(f"{name}: "))
    _check_literals(FACT[name], source)


def _check_literals(fact: Fact, source: Source) -> None:
    if source.expression is not None and fact.type not in (FactType.INTEGER, FactType.FLOAT):
        message = Words(
            "表达式只得出数，这一事实不是数",
            f"an expression gives numbers, this fact is {fact.type}",
            code="intake.expression-gives-numbers-fact",
        )
        raise ValueError(message.after(f"{fact.name}: "))
    for value in source.literals():
        # To Python True is a whole number; to a mapping it is not.
        fits = isinstance(value, _PYTHON_TYPES[fact.type]) and (
            fact.type is FactType.BOOLEAN or not isinstance(value, bool)
        )
        if not fits or (fact.values is not None and value not in fact.values):
            accepted = "、".join(map(str, fact.values)) if fact.values else str(fact.type)
            message = Words(
                f"值 {value!r} 不可用；可用：{accepted}",
                f"value {value!r} cannot be used; accepted: {accepted}",
                code="intake.value-cannot-used-accepted",
            )
            raise ValueError(message.after(f"{fact.name}: "))
