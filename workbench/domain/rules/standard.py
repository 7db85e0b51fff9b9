"""A county's edge-household standard as data: YAML in, validated, YAML out (contract §3)."""

import datetime as dt
import math
import re
from typing import Annotated, Any, Literal, cast, get_args

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from workbench.domain.facts import CROSS_CHECKS, EXTRA_PREFIX, KEY_GROUPS, LABELS
from workbench.domain.procedure.text_limits import LIMITS
from workbench.domain.rules.exact import DECIMALS, MOST_BOUND, MOST_SHARE, decimals, multiple_of, to_the_fen
from workbench.errors import InputError, StandardError, Words
from workbench.safeguards.plain_data import decode_utf8, read_yaml

# Written out, since a Literal takes no names from a tuple: the same four as `CROSS_CHECKS`.
CrossCheck = Literal["has_car", "has_commercial_housing", "on_public_payroll", "has_business"]


def _known_group(name: str, info: ValidationInfo) -> str:
    """One of the eight of §2.2-b, or one that the standard itself declares."""
    if name not in (*KEY_GROUPS, *(info.context or {}).get("own_groups", ())):
        raise PydanticCustomError("unknown_group", "unknown group")
    return name


def _few_decimals(figure: float) -> float:
    if decimals(figure) > DECIMALS:
        raise PydanticCustomError("decimals", "too many decimals")
    return figure


def _money(value: object) -> object:
    """Money is held to the fen, rounded half up."""
    # Whatever is no finite number is left to the field's own check, which says what is wrong with it.
    return to_the_fen(value) if isinstance(value, float) and math.isfinite(value) else value


# Strict: Pydantic would otherwise take "1.5" and true for numbers.
Multiple = Annotated[float, Field(ge=1, strict=True), AfterValidator(_few_decimals)]
Yuan = Annotated[float, BeforeValidator(_money), Field(gt=0, le=MOST_BOUND, strict=True)]
Share = Annotated[float, Field(ge=0, le=MOST_SHARE, strict=True), AfterValidator(_few_decimals)]
Budget = Annotated[float, BeforeValidator(_money), Field(ge=0, strict=True)]
KeyGroup = Annotated[str, Field(strict=True), AfterValidator(_known_group)]
OwnGroup = Annotated[str, StringConstraints(strict=True, pattern=rf"^{EXTRA_PREFIX}[a-z0-9_]+$", max_length=60)]
GroupLabel = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=30)]

MOST_OWN_GROUPS = 8
"""A county's own key groups beside the eight of the notice: more are no list that a village can go by."""

_COUNTY_DIGITS = 6
_MOST_BYTES = 100_000
_LONGEST_SHOWN = 80
_LOOKS_OTHERWISE = re.compile(
    r"\s*(|true|false|null|~|[\[{'\"].*|[-+]?[0-9.][-+0-9._e]*)\s*", re.IGNORECASE | re.DOTALL
)
"""Texts that, without quotes, a reader of YAML would take for a number, a truth, nothing, a list or a text in quotes."""


def _county_text(value: object) -> object:
    """YAML reads an unquoted 341524 as a number; six digits lose nothing by it."""
    if isinstance(value, int) and len(str(value)) == _COUNTY_DIGITS:
        return str(value)
    return value


class _Part(BaseModel):
    # A misspelt key that was passed over would leave a standard other than its author wrote.
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
    own_groups: Annotated[dict[OwnGroup, GroupLabel], Field(max_length=MOST_OWN_GROUPS)] = {}
    groups: tuple[KeyGroup, ...] = KEY_GROUPS
    require_group: Annotated[bool, Field(strict=True)] = True
    routes: Routes = Routes()
    exclusions: tuple[CrossCheck, ...] = ()
    help_cost: Budget | None = None
    budget: Budget | None = None

    @property
    def group_names(self) -> tuple[str, ...]:
        """Every key group that this standard knows: the eight of the notice, then the county's own (§2.2-b “等”)."""
        return (*KEY_GROUPS, *self.own_groups)


def parse_standard(data: object) -> EdgeStandard:
    """A standard from plain data; raises StandardError with a message for each key that breaks the contract."""
    if not isinstance(data, dict):
        message = Words("（空）", "(empty) ") if data is None else Words("", "").after(f"{data!r:.40}: ")
        raise StandardError({"standard": message + _PLAIN["model_type"]})
    try:
        return EdgeStandard.model_validate(_with_own_listed(data), context={"own_groups": _declared(data)})
    except ValidationError as error:
        raise StandardError(_problems(error, _declared(data))) from None


def _declared(data: dict[Any, Any]) -> tuple[str, ...]:
    own = data.get("own_groups")
    return tuple(name for name in own if isinstance(name, str)) if isinstance(own, dict) else ()


def _with_own_listed(data: dict[Any, Any]) -> dict[Any, Any]:
    """Where a standard lists no groups it means all of them, its own among them."""
    return data if "groups" in data or not _declared(data) else {**data, "groups": (*KEY_GROUPS, *_declared(data))}


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
    data = standard.model_dump(mode="json", exclude_none=True)
    if not standard.own_groups:
        # Left out where there are none: standards filed before counties could have any keep their text and hash.
        del data["own_groups"]
    return data


def write_standard(standard: EdgeStandard) -> str:
    """A standard as YAML text, in the order of the contract."""
    data = standard_data(standard)
    if standard.effective is not None:
        # As a date: its text would stand in quotes, unlike what people write.
        data["effective"] = standard.effective
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def _problems(error: ValidationError, own_groups: tuple[str, ...]) -> dict[str, Words]:
    problems: dict[str, Words] = {}
    for detail in error.errors():
        # Pydantic puts "[key]" behind the key of a mapping, which is no part of the path in the file.
        key = ".".join(str(part) for part in detail["loc"] if part != "[key]")
        problems.setdefault(key or "standard", _message(detail, own_groups))
    return problems


CEILING_BELOW_LINE = Words(
    "上限不得低于扶贫标准，倍数应不小于 1", "a ceiling is at least the line: a multiple of 1 or more"
)
_MONEY = ("help_cost", "budget", "line", "yuan")
# Each with an amount of its own size: a line of 80,000 yuan is nobody's example.
_NO_MONEY = {
    key: Words(f"应为元数，只写数字，如 {amount}", f"must be an amount in yuan, in digits only, e.g. {amount}")
    for key, amount in zip(_MONEY, (3000, 80000, 4000, 5000), strict=True)
}
_PLAIN: dict[str, Words] = {
    "missing": Words("缺少此项", "missing"),
    "greater_than_equal": Words("应不小于 {ge:g}", "must be at least {ge:g}"),
    "greater_than": Words("应大于 {gt:g}", "must be more than {gt:g}"),
    "less_than_equal": Words("应不大于 {le:g}", "must be at most {le:g}"),
    "decimals": Words(f"小数最多 {DECIMALS} 位，如 1.2345", f"must have at most {DECIMALS} decimals, such as 1.2345"),
    "float_type": Words("应为数字，如 1.5", "must be a number, e.g. 1.5"),
    "bool_type": Words("应为 true 或 false", "must be true or false"),
    "string_type": Words('应为文本，代码请加引号，如 "341524"', 'must be text; put codes in quotes, e.g. "341524"'),
    "date_from_datetime_parsing": Words("应为日期，如 2019-10-01", "must be a date, e.g. 2019-10-01"),
    "date_type": Words("应为日期，如 2019-10-01", "must be a date, e.g. 2019-10-01"),
    "string_pattern_mismatch": Words(
        f"自定群体的名称应以 {EXTRA_PREFIX} 开头，只含小写字母、数字和下划线，如 x_single_parent",
        f"a group of the county's own is named {EXTRA_PREFIX} and then small letters, digits and _, such as x_single_parent",
    ),
    "string_too_short": Words("不应为空，如 单亲家庭户", "must not be empty, e.g. single-parent households"),
    "too_long": Words(f"自定群体最多 {MOST_OWN_GROUPS} 个", f"at most {MOST_OWN_GROUPS} groups of the county's own"),
    "dict_type": Words(
        "应为键值表，如 {{x_single_parent: 单亲家庭户}}", "must be a mapping, e.g. {{x_single_parent: single parents}}"
    ),
    "string_too_long": Words("最多 {max_length} 个字", "at most {max_length} characters"),
    "model_type": Words("应为键值表", "must be a mapping of keys"),
    "finite_number": Words("应为有限的数", "must be a finite number"),
    "one_ceiling": Words(
        "应写且只写其一：{{multiple: 1.5}} 或 {{yuan: 5000}}",
        "give one of the two: {{multiple: 1.5}} or {{yuan: 5000}}",
    ),
}


def _message(detail: ErrorDetails, own_groups: tuple[str, ...]) -> Words:
    kind, context = detail["type"], detail.get("ctx", {})
    given = "" if kind == "missing" or detail["input"] == "" else f"{_shown(detail['input'])}: "
    if kind in ("literal_error", "unknown_group"):
        choices = CROSS_CHECKS if kind == "literal_error" else (*KEY_GROUPS, *own_groups)
        zh = "、".join(f"{name} {LABELS[name][0]}" if name in LABELS else name for name in choices)
        return Words(f"没有这一项；可选 {zh}", f"unknown; choose from {', '.join(choices)}").after(given)
    if kind == "greater_than_equal" and {"multiple", "group_ceilings"} & set(detail["loc"]):
        return CEILING_BELOW_LINE.after(given)
    if kind == "extra_forbidden":
        keys = ", ".join(_sibling_keys(detail["loc"]))
        return Words(f"没有此项；可用 {keys}", f"no such key; choose from {keys}").after(given)
    if kind == "float_type" and detail["loc"][-1] in _MONEY:
        return _NO_MONEY[detail["loc"][-1]].after(given)
    plain = _PLAIN.get(kind)
    return (plain.format(**context) if plain else Words(detail["msg"], detail["msg"])).after(given)


def _shown(value: object) -> str:
    """What was found as it was written, or its beginning; in quotes only what would be another value without them."""
    if isinstance(value, float) and math.isfinite(value):
        text = f"{value:.10g}"
    elif isinstance(value, str) and not _LOOKS_OTHERWISE.fullmatch(value):
        text = value
    else:
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
