"""Plausibility rules as data: those that come with the workbench, and those that a county adds in a file of the same form."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from workbench.domain.facts import EXTRA_PREFIX, FACT, FactType
from workbench.domain.parameters import load_yaml
from workbench.errors import FileError, InputError, Words
from workbench.intake.findings.conditions import Condition, parse_condition
from workbench.intake.tables.fact_types import POLARS_TYPES
from workbench.intake.tables.nearest import suggestion
from workbench.safeguards.given_files import read_small_yaml

MEDIAN, PREVIOUS_MEDIAN, HOUSEHOLDS, ROUND_YEAR, VALUE = (
    "median",
    "previous_median",
    "households",
    "round_year",
    "value",
)
_OF_A_MEDIAN = frozenset({MEDIAN, PREVIOUS_MEDIAN, HOUSEHOLDS, ROUND_YEAR})
_NOT_READ = frozenset({"household_id", "round", "county_code", "township", "village"})


class RuleWords(BaseModel):
    """A text in both languages, or in Chinese only."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    zh: Annotated[str, Field(min_length=1, max_length=200)]
    en: Annotated[str | None, Field(max_length=300)] = None

    @property
    def words(self) -> Words:
        """The text as a message."""
        return Words(self.zh, self.en or self.zh)


def _said(text: Any) -> Any:
    return {"zh": text} if isinstance(text, str) else text


def _several(names: Any) -> Any:
    return [names] if isinstance(names, str) else names


Text = Annotated[RuleWords, BeforeValidator(_said)]


class Rule(BaseModel):
    """When a value is a finding, what is said of it, and what to do (`parameters/intake_plausibility.yaml` says the form)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=60)]
    what: Text
    where: Annotated[list[str], Field(min_length=1), BeforeValidator(_several)]
    severity: Literal["problem", "warning"] = "warning"
    of: Literal["households", "median"] = "households"
    zeros: bool = True
    check: str
    cure: Text
    source: Any = None

    @model_validator(mode="after")
    def _readable(self) -> Self:
        for name in self.where:
            _check_fact(name, numeric=self.of == "median")
        try:
            condition = self.condition()
        except InputError as error:
            # Pydantic gathers ValueErrors, and no error of ours; `_words` takes the message out of it again.
            raise ValueError(error.words.after("check: ")) from None
        for name in self.where if self.of == "households" else ():
            _check_types(condition, name)
        return self

    def condition(self) -> Condition:
        """The parsed check."""
        own = (
            _OF_A_MEDIAN if self.of == "median" else (set(FACT) - _NOT_READ) | {ROUND_YEAR, VALUE} | _extra(self.check)
        )
        return parse_condition(self.check, own)


def _check_types(condition: Condition, where: str) -> None:
    """Raise ValueError for a condition that compares a text with a number, or takes a number for true or false."""
    kinds = {
        name: POLARS_TYPES[FACT[name].type] if name in FACT else pl.Float64 for name in condition.names if name != VALUE
    }
    kinds[VALUE] = POLARS_TYPES[FACT[where].type] if where in FACT else pl.Float64
    # By hand: Polars takes a number for true or false without a word.
    bare = [name for name in condition.truths if name in FACT and FACT[name].type is not FactType.BOOLEAN]
    try:
        # An empty frame of the right types: Polars itself tells whether they go together, before any file is read.
        pl.DataFrame(schema=kinds).select(condition.evaluate({ROUND_YEAR: 0.0}))
    except pl.exceptions.PolarsError:
        bare.append(condition.text)
    if bare:
        message = Words(
            "文字、数和真假不能混用",
            "texts, numbers and true or false do not go together",
            code="intake.texts-numbers-true-false",
        )
        raise ValueError(message.after(f"check: {bare[0]!r}: "))


def _extra(check: str) -> set[str]:
    """The facts of a county's own (`x_…`) that a check names: which there are, only the file says."""
    # By its words alone, since the parser has to be told beforehand which names there are.
    words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in check).split()
    return {word for word in words if word.startswith(EXTRA_PREFIX)}


def _check_fact(name: str, *, numeric: bool) -> None:
    if name.startswith(EXTRA_PREFIX):
        return
    if name not in FACT or name in _NOT_READ:
        message = Words(
            "没有这个事实，或规则不看它", "no such fact, or not one that rules look at", code="intake.no-such-fact-not"
        )
        raise ValueError((message + suggestion(name, sorted(set(FACT) - _NOT_READ))).after(f"where: {name!r}: "))
    if numeric and FACT[name].type not in (FactType.FLOAT, FactType.INTEGER):
        message = Words("不是数，没有中位数", "is no number and has no median", code="intake.no-number-no-median")
        raise ValueError(message.after(f"where: {name!r}: "))


@cache
def own_rules() -> tuple[Rule, ...]:
    """The rules that every file is held against."""
    return tuple(Rule.model_validate(entry) for entry in load_yaml("intake_plausibility")["rules"])


def bounds() -> dict[str, float]:
    """The figures that the checks of members use."""
    limits: dict[str, float] = load_yaml("intake_plausibility")["bounds"]
    return limits


def read_rules(path: Path) -> tuple[Rule, ...]:
    """A county's rules from a file. Raises FileError that names the rule, the key, what was found and what is accepted."""
    content = read_small_yaml(path)
    listed = content.get("rules") if isinstance(content, dict) and set(content) == {"rules"} else None
    if not isinstance(listed, list):
        form = "id、what、where、severity、check、cure"
        message = Words(
            f"应只有一项 rules，是规则的列表，每条有 {form}",
            f"one key is expected, rules: a list, each with {form.replace('、', ', ')}",
            code="intake.key-expected-rules-list",
        )
        raise FileError(path, message)
    return tuple(_rule(path, place, entry) for place, entry in enumerate(listed, 1))


def _rule(path: Path, place: int, entry: Any) -> Rule:
    try:
        return Rule.model_validate(entry)
    except ValidationError as error:
        wrong = [_words(one) for one in error.errors()]
        message = Words("；".join(one.zh for one in wrong), "; ".join(one.en for one in wrong))
        where = Words(f"第 {place} 条规则：", f"rule {place}: ")
        raise FileError(path, where + message) from None


_WORDS = {
    "missing": Words("缺少", "is missing"),
    "extra_forbidden": Words(
        f"没有这一项；可用：{'、'.join(Rule.model_fields)}", f"no such key; accepted: {', '.join(Rule.model_fields)}"
    ),
    "literal_error": Words("不是可用的值；severity 用 problem 或 warning，of 用 households 或 median",
                           "not an accepted value; severity is problem or warning, of is households or median"),
}  # fmt: skip


def _words(error: Any) -> Words:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "value_error":
        (stated,) = error["ctx"]["error"].args
        return stated if isinstance(stated, Words) else Words(str(stated), str(stated))
    otherwise = Words("应为文字，长度有限，不能为空", "a text is expected, not empty and not too long")
    return _WORDS.get(error["type"], otherwise).after(f"{where}: ")
