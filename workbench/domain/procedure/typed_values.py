"""What a person types for a fact, as people write it: 9,205, 9205元, 1.2万, full-width digits, 有, 没有, 无困难.

One reader for every form and command. What can mean two things is refused in words rather than guessed.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from unicodedata import category

from workbench.domain.facts import CAUSE_LABELS, GUARANTEE_LEVELS, GUARANTEES, Fact, FactType
from workbench.domain.rules.exact import to_the_fen
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, Words

Value = str | int | float | bool
_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x3002: ".", 0x3001: ","}
"""Full-width forms and Chinese stops to their plain ones."""
_YES = {"有", "是", "对", "有的", "是的", "yes", "y", "true", "1"}
_NO = {"没有", "没", "无", "否", "不是", "没有的", "no", "n", "none", "false", "0"}
# For an amount “没有” is nought, which “未知” never is.
_NONE = {"没有", "没", "无", "none"}
_NOT_KNOWN = {"", "null", "unknown", "未知", "不知道", "不清楚", "不详", "not known"}
_GUARANTEE_WORDS = {
    "没有困难": 0, "没困难": 0, "不困难": 0, "有潜在困难": 1, "可能有困难": 1, "困难": 2, **{
        label.lower(): level for level, labels in GUARANTEE_LEVELS.items() for label in labels
    },
    "potential": 1,
}  # fmt: skip
_CAUSES = {label.lower(): cause for cause, labels in CAUSE_LABELS.items() for label in labels}
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_DIGITS = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_UNITS = {
    "元/年": ("元",),
    "元/年·人": ("元",),
    "月": ("个月", "月"),
    "亩": ("亩",),
    "人": ("个人", "人", "口", "个", "名"),
}
_UNIT_NOISE = re.compile(r"(/年|/人|一年|每年|每人|元整)$")
_TEN_THOUSAND = {"万": 10_000, "千": 1_000}
_THOUSANDTHS = 3
_SHOWN = 40
"""Characters of a refused value that a message repeats."""


def typed_value(fact: Fact, text: str) -> Value | None:
    """The value of a fact as typed, None for "not known"; raises InputError that says what is accepted."""
    plain = _plain(text)
    if plain in _NOT_KNOWN:
        return None
    return _reader(fact)(fact, text, plain)


def _reader(fact: Fact) -> Callable[[Fact, str, str], Value]:
    if fact.name in GUARANTEES:
        return _level
    if fact.type is FactType.BOOLEAN:
        return _flag
    if fact.type is FactType.FLOAT:
        return _amount
    return _count if fact.type is FactType.INTEGER else _choice


def _plain(text: str) -> str:
    """The text without what nobody sees, full-width forms as plain ones, in small letters."""
    seen = "".join(each for each in text if category(each) != "Cf")
    return seen.translate(_ASCII).strip().lower()


def _level(fact: Fact, text: str, plain: str) -> Value:
    if plain in {"0", "1", "2"}:
        return int(plain)
    if plain in _GUARANTEE_WORDS:
        return _GUARANTEE_WORDS[plain]
    if plain in _YES | _NO:
        # 有 may say that there is medical care or that there is a difficulty.
        raise refused(
            fact, text,
            ("无困难、潜在困难或有困难（“有”“无”说不清是有保障还是有困难）",
                  "no difficulty, potential difficulty or difficulty (yes and no may mean either)"),
        )  # fmt: skip
    raise refused(fact, text, ("无困难、潜在困难或有困难", "no difficulty, potential difficulty or difficulty"))


def _flag(fact: Fact, text: str, plain: str) -> Value:
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise refused(fact, text, ("有或没有（也可写是、否、无）", "yes or no"))


def _choice(fact: Fact, text: str, plain: str) -> Value:
    if fact.values is None:
        return text.strip()
    if plain in _CAUSES and fact.name == "cause":
        return _CAUSES[plain]
    written = {str(value).lower(): value for value in fact.values}
    # Grades of houses are also written C级.
    value = written.get(plain.removesuffix("级"))
    if value is None:
        listed = "、".join(str(each) for each in fact.values)
        raise refused(fact, text, (listed, listed))
    return value


def _count(fact: Fact, text: str, plain: str) -> Value:
    if fact.people and plain in _NONE:
        return 0
    # The sign is put back below: -2 is then refused as too small, and not as something that is no number.
    digits = _without_unit(fact, plain).removeprefix("-")
    number = whole_number(digits)
    if number is None:
        raise refused(fact, text, ("整数", "a whole number"))
    return -number if plain.startswith("-") else number


def _amount(fact: Fact, text: str, plain: str) -> Value:
    if plain in _NONE:
        return 0.0
    number = _decimal(fact, text, _without_unit(fact, plain))
    # Only money is held to the fen; months and land keep what was typed.
    if not fact.money:
        return float(number)
    return to_the_fen(float(number))


def _without_unit(fact: Fact, plain: str) -> str:
    """The number without the fact's own unit; another unit stays and is refused."""
    rest = _UNIT_NOISE.sub("", plain).strip()
    for unit in _UNITS.get(fact.unit or "", ()):
        if rest.endswith(unit):
            return rest.removesuffix(unit).strip()
    return rest


def _decimal(fact: Fact, text: str, written: str) -> Decimal:
    factor = _TEN_THOUSAND.get(written[-1:], 1) if fact.money else 1
    digits = written[:-1].strip() if factor > 1 else written
    if "," in digits and not _GROUPED.fullmatch(digits):
        raise refused(fact, text, ("逗号只用来分隔千位，如 9,205", "commas between thousands only, as in 9,205"))
    digits = digits.replace(",", "")
    decimals = len(digits.partition(".")[2])
    if fact.money and factor == 1 and decimals == _THOUSANDTHS:
        # 9.205 is nine thousand to one writer and nine yuan to another.
        raise refused(
            fact,
            text,
            ("金额到分；九千二百零五写 9205 或 9,205", "money to the fen; nine thousand is 9205 or 9,205"),
        )
    if not _DIGITS.fullmatch(digits):
        example = ("一个数，如 9205、9,205、9205元、1.2万", "a number, as 9205, 9,205 or 1.2万")
        raise refused(fact, text, example if fact.money else ("一个数，如 4 或 4.5", "a number, as 4 or 4.5"))
    return Decimal(digits) * factor


def refused(fact: Fact, text: str, accepted: tuple[str, str]) -> InputError:
    """The error for a value that a fact cannot have, with what is `accepted` in Chinese and English; a long one is cut."""
    return out_of_bounds(fact, text, (f"应为{accepted[0]}", f"expected {accepted[1]}"))


def out_of_bounds(fact: Fact, text: str, said: tuple[str, str]) -> InputError:
    """The error for a value that a fact cannot have, with what is `said` of it in Chinese and English; a long one is cut."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return InputError(
        Words(f"{fact.zh}“{shown}”：{said[0]}", f"{fact.en} {shown!r}: {said[1]}", code="domain.corrections-expected"),
        field=fact.name,
    )
