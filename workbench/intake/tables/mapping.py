"""What a mapping says: for each fact, where in a table it comes from (contract §5). Read from YAML, checked on load."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from workbench.domain.facts import EXTRA_PREFIX, FACT, Fact, FactType
from workbench.errors import FileError, InputError, Words
from workbench.intake.tables.expressions import Expression, parse
from workbench.intake.tables.nearest import suggestion
from workbench.safeguards.given_files import read_small
from workbench.safeguards.plain_data import decode_utf8, read_yaml

Value = bool | int | float | str
_EXTRA = re.compile(rf"{EXTRA_PREFIX}[a-z0-9_]+")
_SET_ELSEWHERE = {
    "household_id": Words("由 key 决定", "comes from key"),
    "round": Words("由 --round 决定", "comes from --round"),
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
    """Where one fact comes from: a column (with `values`, what each text means), a constant, or an expression."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    column: str | None = None
    values: Annotated[dict[str, Value | None] | None, BeforeValidator(_cell_texts)] = None
    constant: Value | None = None
    expression: str | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        given = [name for name in ("column", "constant", "expression") if getattr(self, name) is not None]
        if len(given) != 1:
            seen = ", ".join(given)
            raise ValueError(
                Words(
                    f"应有且只有一项 column、constant、expression；已有：{seen or '无'}",
                    f"exactly one expected of column, constant, expression; found: {seen or 'none'}",
                )
            )
        if self.values is not None and self.column is None:
            raise ValueError(Words("values 只能与 column 同用", "values go with a column only"))
        if self.expression is not None:
            try:
                parse(self.expression)
            except InputError as error:
                raise ValueError(error.words) from None
        return self

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


class Mapping(BaseModel):
    """A table whose rows are households, read as facts."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    key: Annotated[list[str], Field(min_length=1)]
    encoding: str | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[".", ","] = "."
    header_row: Annotated[int, Field(ge=1)] | None = None
    sheet: str | None = None
    facts: Annotated[dict[str, Source], Field(min_length=1)]

    @field_validator("key", mode="before")
    @classmethod
    def _several(cls, key: Any) -> Any:
        return [key] if isinstance(key, str) else key

    @field_validator("facts")
    @classmethod
    def _facts_known(cls, facts: dict[str, Source]) -> dict[str, Source]:
        for name, source in facts.items():
            _check_fact(name, source)
        return facts

    def columns(self) -> tuple[str, ...]:
        """Every column of the file that the mapping names."""
        named = [*self.key, *(column for source in self.facts.values() for column in source.columns())]
        return tuple(dict.fromkeys(named))


def _check_fact(name: str, source: Source) -> None:
    if name in _SET_ELSEWHERE:
        cure = Words("；请从 facts 中去掉", "; take it out of facts")
        raise ValueError((_SET_ELSEWHERE[name] + cure).after(f"{name}: "))
    if name.startswith(EXTRA_PREFIX):
        if not _EXTRA.fullmatch(name):
            found = Words("自有事实的名称只用小写字母、数字、下划线", "use small letters, digits, underscores")
            raise ValueError(found.after(f"{name}: "))
        if any(isinstance(value, str) for value in source.literals()):
            found = Words("自有事实只能是数或真假", "an extra fact is a number or a boolean")
            raise ValueError(found.after(f"{name}: "))
        return
    if name not in FACT:
        cure = Words(f"；自有事实以 {EXTRA_PREFIX} 开头", f"; a fact of your own begins with {EXTRA_PREFIX}")
        found = Words("没有这个事实", "no such fact") + suggestion(name, list(FACT)) + cure
        raise ValueError(found.after(f"{name}: "))
    _check_literals(FACT[name], source)


def _check_literals(fact: Fact, source: Source) -> None:
    if source.expression is not None and fact.type not in (FactType.INTEGER, FactType.FLOAT):
        found = Words("表达式只得出数，这一事实不是数", f"an expression gives numbers, this fact is {fact.type}")
        raise ValueError(found.after(f"{fact.name}: "))
    for value in source.literals():
        fits = isinstance(value, _PYTHON_TYPES[fact.type]) and (
            fact.type is FactType.BOOLEAN or not isinstance(value, bool)
        )
        if not fits or (fact.values is not None and value not in fact.values):
            accepted = "、".join(map(str, fact.values)) if fact.values else str(fact.type)
            found = Words(
                f"值 {value!r} 不可用；可用：{accepted}", f"value {value!r} cannot be used; accepted: {accepted}"
            )
            raise ValueError(found.after(f"{fact.name}: "))


def load_mapping(path: Path) -> Mapping:
    """Read a mapping from YAML. Raises FileError that names the key, what was found and what is accepted."""
    try:
        content = read_yaml(decode_utf8(read_small(path)))
    except FileError:
        raise
    except InputError as error:
        raise FileError(path, error.words) from None
    if not isinstance(content, dict):
        found = Words(
            "映射应有 key 和 facts 两部分；见 data/examples", "a mapping has the parts key and facts; see data/examples"
        )
        raise FileError(path, found)
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        wrong = [_words(one) for one in error.errors()]
        found = Words("；".join(one.zh for one in wrong), "; ".join(one.en for one in wrong))
        raise FileError(path, found) from None


_MUST_NOT_BE_EMPTY = Words("不能为空", "must not be empty")
_ONE_CHARACTER = Words("应为一个字符", "one character expected")
_WORDS = {
    "missing": Words("缺少", "is missing"),
    "extra_forbidden": Words("没有这一项", "no such key"),
    "too_short": _MUST_NOT_BE_EMPTY,
    "string_too_short": _ONE_CHARACTER,
    "string_too_long": _ONE_CHARACTER,
}


def _words(error: Any) -> Words:
    where = ".".join(str(part) for part in error["loc"] if part not in ("str", "bool", "int", "float")) or "mapping"
    if error["type"] == "value_error":
        (told,) = error["ctx"]["error"].args
        return Words(f"{where}: {told.zh}", f"{where}: {told.en}")
    if error["type"] == "extra_forbidden":
        fields = list(Source.model_fields if error["loc"][0] == "facts" else Mapping.model_fields)
        accepted = Words(f"；可用：{'、'.join(fields)}", f"; accepted: {', '.join(fields)}")
        found = _WORDS["extra_forbidden"] + suggestion(str(error["loc"][-1]), fields) + accepted
        return found.after(f"{where}: ")
    seen = "" if error["type"] == "missing" else f" {error['input']!r}"
    otherwise = Words("不是这里可用的值", error["msg"])
    return _WORDS.get(error["type"], otherwise).after(f"{where}{seen}: ")
