"""What a mapping says: for each fact, where in a table it comes from (contract §5). Read from YAML, checked on load."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from workbench.domain.parameters import load_yaml
from workbench.errors import FileError, Words
from workbench.intake.reading.table_place import TablePlace
from workbench.intake.tables.mapping_errors import words_of
from workbench.intake.tables.nearest import suggestion
from workbench.intake.tables.sources import ColumnSource, Source, check_fact
from workbench.safeguards.given_files import read_small_yaml


class Mapping(BaseModel):
    """A table read as facts: its rows are households, or with `rows: persons` the members of households.

    Of a list of persons `columns` says where the columns of the national lists stand, and `facts` may hold constants (the
    kind, the county). `header_rows`: the first and the last, of a header over several. `headers`: those of the file that it was made for, by which it is offered for the next one.
    """

    # Strict: pydantic would otherwise take the text "3" for a row number.
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
        # A single key is written `key: 户编号`, which YAML reads as a text and not as a list.
        return [key] if isinstance(key, str) else key

    @field_validator("facts")
    @classmethod
    def _facts_known(cls, facts: dict[str, Source]) -> dict[str, Source]:
        for name, source in facts.items():
            check_fact(name, source)
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
        # Defaults left out, columns in the file's own order: people read this and change it.
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
        # All else of the household is counted from its members.
        if source.constant is None or name not in ("kind", "county_code"):
            message = Words(
                "rows: persons 的 facts 只能写 kind、county_code 的常数",
                "with rows: persons, only constants of kind and county_code",
                code="intake.rows-persons-only-constants",
            )
            raise ValueError(message.after(f"facts.{name}: "))


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
