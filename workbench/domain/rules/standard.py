"""A county's edge-household standard as data: YAML in, validated, YAML out (contract §3)."""

import datetime as dt
import math
from typing import Annotated, Any, Literal, cast, get_args

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS, LABELS
from workbench.domain.procedure.text_limits import LIMITS
from workbench.domain.rules.exact import DECIMALS, MOST_BOUND, MOST_SHARE, decimals, multiple_of, to_the_fen
from workbench.errors import InputError, StandardError, Words
from workbench.safeguards.plain_data import decode_utf8, read_yaml

KeyGroup = Literal[
    "dilapidated_housing", "dibao", "scattered_tekun", "illness", "disaster", "family_change", "disability",
    "military_family",
]  # fmt: skip
CrossCheck = Literal["has_car", "has_commercial_housing", "on_public_payroll", "has_business"]


def _few_decimals(figure: float) -> float:
    if decimals(figure) > DECIMALS:
        raise PydanticCustomError("decimals", "too many decimals")
    return figure


def _money(value: object) -> object:
    """Money is held to the fen, rounded half up."""
    return to_the_fen(value) if isinstance(value, float) and math.isfinite(value) else value


Multiple = Annotated[float, Field(ge=1, strict=True), AfterValidator(_few_decimals)]
Yuan = Annotated[float, BeforeValidator(_money), Field(gt=0, le=MOST_BOUND, strict=True)]
Share = Annotated[float, Field(ge=0, le=MOST_SHARE, strict=True), AfterValidator(_few_decimals)]
Budget = Annotated[float, BeforeValidator(_money), Field(ge=0, strict=True)]

_COUNTY_DIGITS = 6
_MOST_BYTES = 100_000
_LONGEST_SHOWN = 80


def _county_text(value: object) -> object:
    """YAML reads an unquoted 341524 as a number; six digits lose nothing by it."""
    if isinstance(value, int) and len(str(value)) == _COUNTY_DIGITS:
        return str(value)
    return value


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Ceiling(_Part):
    """An income ceiling: a multiple of the line, or yuan a person and year; exactly one of the two."""

    multiple: Multiple | None = None
    yuan: Yuan | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "Ceiling":
        if (self.multiple is None) == (self.yuan is None):
            raise PydanticCustomError("one_ceiling", "give one of the two")
        return self

    def yuan_under(self, line: float) -> float:
        """The ceiling in yuan under a poverty line."""
        return self.yuan if self.yuan is not None else multiple_of(cast("float", self.multiple), line)


class IncomeTest(_Part):
    """Which income is tested, below which ceiling; key groups may have a higher ceiling of their own."""

    ceiling: Ceiling
    deduct_out_of_pocket: Annotated[bool, Field(strict=True)] = False
    group_ceilings: dict[KeyGroup, Multiple] = {}


class RigidExpenditureRoute(_Part):
    """Way in for out-of-pocket expenditure above a share of net income."""

    share: Share
    ceiling: Ceiling


class IncomeDropRoute(_Part):
    """Way in for an income that fell by more than a share since the previous round."""

    share: Annotated[float, Field(ge=0, le=1, strict=True), AfterValidator(_few_decimals)]
    ceiling: Ceiling


class Routes(_Part):
    """Further ways in beside the income route, each optional."""

    rigid_expenditure: RigidExpenditureRoute | None = None
    income_drop: IncomeDropRoute | None = None


class EdgeStandard(_Part):
    """A county's standard. `county` None: every county. Money in yuan a person (household, for help) and year."""

    county: Annotated[str, BeforeValidator(_county_text), Field(strict=True, min_length=1)] | None = None
    line: Yuan | None = None
    title: Annotated[str, Field(max_length=LIMITS["title"])] | None = None
    effective: dt.date | None = None
    income: IncomeTest
    groups: tuple[KeyGroup, ...] = KEY_GROUPS  # type: ignore[assignment]
    require_group: Annotated[bool, Field(strict=True)] = True
    routes: Routes = Routes()
    exclusions: tuple[CrossCheck, ...] = ()
    help_cost: Budget | None = None
    budget: Budget | None = None


def parse_standard(data: object) -> EdgeStandard:
    """A standard from plain data; raises StandardError with a message for each key that breaks the contract."""
    if not isinstance(data, dict):
        message = Words("（空）", "(empty) ") if data is None else Words("", "").after(f"{data!r:.40}: ")
        raise StandardError({"standard": message + _PLAIN["model_type"]})
    try:
        return EdgeStandard.model_validate(data)
    except ValidationError as error:
        raise StandardError(_problems(error)) from None


def read_standard(text: str) -> EdgeStandard:
    """A standard from YAML text; refuses what `plain_data.read_yaml` refuses, naming the line."""
    return parse_standard(read_yaml(text, _MOST_BYTES))


def decode_standard(content: bytes) -> str:
    """The text of a standard's file; refuses what is not UTF-8, or too large to be a standard, and changes nothing."""
    if len(content) > _MOST_BYTES:
        raise InputError(
            Words(
                f"文件有 {len(content):,} 字节，不像一个标准",
                f"{len(content):,} bytes are too many for a standard",
                code="domain.bytes-too-many-standard",
            )
        )
    return decode_utf8(content)


def standard_data(standard: EdgeStandard) -> dict[str, Any]:
    """A standard as plain data, unset keys left out; `parse_standard` of it gives the same standard."""
    return standard.model_dump(mode="json", exclude_none=True)


def write_standard(standard: EdgeStandard) -> str:
    """A standard as YAML text, in the order of the contract."""
    data = standard_data(standard)
    if standard.effective is not None:
        data["effective"] = standard.effective
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def _problems(error: ValidationError) -> dict[str, Words]:
    problems: dict[str, Words] = {}
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"] if part != "[key]")
        problems.setdefault(key or "standard", _message(detail))
    return problems


CEILING_BELOW_LINE = Words(
    "上限不得低于扶贫标准，倍数应不小于 1", "a ceiling is at least the line: a multiple of 1 or more"
)
_PLAIN: dict[str, Words] = {
    "missing": Words("缺少此项", "missing"),
    "greater_than_equal": Words("应不小于 {ge:g}", "must be at least {ge:g}"),
    "greater_than": Words("应大于 {gt:g}", "must be more than {gt:g}"),
    "less_than_equal": Words("应不大于 {le:g}", "must be at most {le:g}"),
    "decimals": Words(f"小数最多 {DECIMALS} 位，如 1.2345", f"must have at most {DECIMALS} decimals, such as 1.2345"),
    "float_type": Words("应为数字", "must be a number"),
    "bool_type": Words("应为 true 或 false", "must be true or false"),
    "string_type": Words('应为文本，代码请加引号，如 "341524"', 'must be text; put codes in quotes, e.g. "341524"'),
    "date_from_datetime_parsing": Words("应为日期，如 2019-10-01", "must be a date, e.g. 2019-10-01"),
    "date_type": Words("应为日期，如 2019-10-01", "must be a date, e.g. 2019-10-01"),
    "string_too_long": Words("最多 {max_length} 个字", "at most {max_length} characters"),
    "model_type": Words("应为键值表", "must be a mapping of keys"),
    "finite_number": Words("应为有限的数", "must be a finite number"),
    "one_ceiling": Words(
        "应写且只写其一：{{multiple: 1.5}} 或 {{yuan: 5000}}",
        "give one of the two: {{multiple: 1.5}} or {{yuan: 5000}}",
    ),
}


def _message(detail: ErrorDetails) -> Words:
    kind, context = detail["type"], detail.get("ctx", {})
    given = "" if kind == "missing" else f"{_shown(detail['input'])}: "
    if kind == "literal_error":
        choices = CROSS_CHECKS if "exclusions" in detail["loc"] else KEY_GROUPS
        zh, en = ("、".join(f"{name} {LABELS[name][0]}" for name in choices), ", ".join(choices))
        return Words(f"没有这一项；可选 {zh}", f"unknown; choose from {en}").after(given)
    if kind == "greater_than_equal" and {"multiple", "group_ceilings"} & set(detail["loc"]):
        return CEILING_BELOW_LINE.after(given)
    if kind == "extra_forbidden":
        keys = ", ".join(_sibling_keys(detail["loc"]))
        return Words(f"没有此项；可用 {keys}", f"no such key; choose from {keys}").after(given)
    plain = _PLAIN.get(kind)
    return (plain.format(**context) if plain else Words(detail["msg"], detail["msg"])).after(given)


def _shown(value: object) -> str:
    """What was found, or its beginning."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _sibling_keys(place: tuple[int | str, ...]) -> list[str]:
    """The keys that a standard has where an unknown one was found."""
    part: type[BaseModel] = EdgeStandard
    for name in place[:-1]:
        inner = part.model_fields[str(name)].annotation
        part = next(
            kind for kind in (inner, *get_args(inner)) if isinstance(kind, type) and issubclass(kind, BaseModel)
        )
    return list(part.model_fields)
