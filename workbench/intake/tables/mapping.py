"""What a mapping says: for each fact, where in a table it comes from (contract §5). Read from YAML, checked on load."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from workbench.domain.facts import EXTRA_PREFIX, FACT, Fact, FactType
from workbench.domain.parameters import load_yaml
from workbench.errors import FileError, InputError, Words
from workbench.intake.matching.units import unit_of
from workbench.intake.reading.table_place import TablePlace
from workbench.intake.tables.expressions import Expression, parse
from workbench.intake.tables.mapping_errors import words_of
from workbench.intake.tables.nearest import suggestion
from workbench.safeguards.given_files import read_small_yaml

Value = bool | int | float | str
_EXTRA = re.compile(rf"{EXTRA_PREFIX}[a-z0-9_]+")
_SET_ELSEWHERE = {
    "household_id": Words("由 key 决定", "comes from key"),
    "round": Words("由所选轮次决定", "comes from the round that was chosen"),
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


class Mapping(BaseModel):
    """A table read as facts: its rows are households, or with `rows: persons` the members of households.

    Of a list of persons `columns` says where the columns of the national lists stand, and `facts` may hold constants (the
    kind, the county). `header_rows`: the first and the last, of a header over several. `headers`: those of the file that it was made for, by which it is offered for the next one.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    key: Annotated[list[str], Field(min_length=1)]
    encoding: str | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[".", ","] = "."
    header_row: Annotated[int, Field(ge=1)] | None = None
    header_rows: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=2, max_length=2)] | None = None
    sheet: str | None = None
    sheets: Annotated[list[str], Field(min_length=1)] | None = None
    rows: Literal["households", "persons"] = "households"
    facts: dict[str, Source] = {}
    columns: dict[str, ColumnSource] = {}
    headers: list[str] | None = None

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

    @model_validator(mode="after")
    def _rows_described(self) -> Self:
        if self.sheet is not None and self.sheets is not None:
            raise ValueError(
                Words("sheet 与 sheets 只写一项", "give sheet or sheets, not both", code="intake.give-sheet-sheets-not")
            )
        if self.header_rows is not None and (
            self.header_row is not None or self.header_rows != sorted(self.header_rows)
        ):
            message = Words(
                "header_rows 写首行和末行，如 [3, 4]，不与 header_row 同用",
                "header_rows: first and last row, e.g. [3, 4], without header_row",
                code="intake.header-rows-first-last",
            )
            raise ValueError(message)
        if self.rows == "households":
            _check_households(self)
        else:
            _check_persons(self)
        return self

    def place(self) -> TablePlace:
        """The rows of the header and the sheets that the mapping names, where it names them."""
        sheets = self.sheets or ([self.sheet] if self.sheet is not None else [])
        one = None if self.header_row is None else (self.header_row, self.header_row)
        return TablePlace((self.header_rows[0], self.header_rows[1]) if self.header_rows else one, tuple(sheets))

    def named_columns(self) -> tuple[str, ...]:
        """Every column of the file that the mapping names."""
        named = [*self.key, *(column for source in self.facts.values() for column in source.columns())]
        named += [source.column for source in self.columns.values()]
        return tuple(dict.fromkeys(named))

    def to_yaml(self) -> str:
        """The mapping as the file that `load_mapping` reads."""
        content = self.model_dump(exclude_defaults=True)
        return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def _check_households(mapping: Mapping) -> None:
    if not mapping.facts:
        raise ValueError(Words("facts 不能为空", "facts must not be empty", code="intake.facts-must-not-empty"))
    if mapping.columns:
        raise ValueError(
            Words(
                "columns 只用于 rows: persons",
                "columns go with rows: persons only",
                code="intake.columns-go-rows-persons",
            )
        )


def _check_persons(mapping: Mapping) -> None:
    """A list of persons: known columns, the household number among them, and constants."""
    known = load_yaml("intake_columns")
    for name in mapping.columns:
        if name not in known:
            message = Words(
                "没有这一列", "no such column of a list of persons", code="intake.no-such-column-list"
            ) + suggestion(name, list(known))
            raise ValueError(message.after(f"columns.{name}: "))
    if len(mapping.key) != 1 or not mapping.columns:
        message = Words(
            "rows: persons 要有一列 key 和 columns",
            "rows: persons takes one column as its key, and columns",
            code="intake.rows-persons-takes-column",
        )
        raise ValueError(message)
    for name, source in mapping.facts.items():
        if source.constant is None or name not in ("kind", "county_code"):
            message = Words(
                "rows: persons 的 facts 只能写 kind、county_code 的常数",
                "with rows: persons, only constants of kind and county_code",
                code="intake.rows-persons-only-constants",
            )
            raise ValueError(message.after(f"facts.{name}: "))


def _check_fact(name: str, source: Source) -> None:
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


def load_mapping(path: Path) -> Mapping:
    """Read a mapping from YAML. Raises FileError that names the key, what was found and what is accepted."""
    content = read_small_yaml(path)
    if not isinstance(content, dict):
        message = Words(
            "映射应有 key 和 facts 两部分；见 data/examples",
            "a mapping has the parts key and facts; see data/examples",
            code="intake.mapping-parts-key-facts",
        )
        raise FileError(path, message)
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        wrong = [words_of(one, _accepted(one)) for one in error.errors()]
        message = Words("；".join(one.zh for one in wrong), "; ".join(one.en for one in wrong))
        raise FileError(path, message) from None


def _accepted(error: Any) -> list[str]:
    """The keys that may stand where an error was found."""
    return list(Source.model_fields if error["loc"] and error["loc"][0] == "facts" else Mapping.model_fields)
