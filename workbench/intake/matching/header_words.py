"""What a header says: its words, a unit in it, a year before it; harmless brackets and filling words folded away."""

import re
from dataclasses import dataclass

from workbench.intake.matching.units import unit_of
from workbench.intake.reading.text import fold_header

_BRACKETS = re.compile(r"[(\[【<《]([^()\[\]【】<>《》]*)[)\]】>》]")
_HARMLESS = re.compile(
    r"必填|选填|可选|单选|多选|下拉选?择?|填写?.*|请.*|格式.*|例.*|是/?、?否|有/?、?无|[√×/]+|\d{1,2}位|周岁|公历|阳历|"
    r"[A-D](?:[/、,][A-D])*级?|单位|县?[、/]?市?[、/]?区?[、/]?旗?|镇|乡|街道|镇[、/]街道|社区|居|居委会|组"
)
_YEAR = r"(?:19|20)\d{2}年?度?"
_OUTER_YEAR = re.compile(rf"^{_YEAR}|(?<!\d){_YEAR}$")
_AFTER = re.compile(r"[/:,、_-](.+)$")
_PLAIN_UNIT = re.compile(r"(万元|千元|百元|元)$")
# 户 fills in 户收入, and is a part of the word in 户主, 户编号, 户类型.
_FILLING = re.compile(
    r"是否有?|有无|有没有|是不是|家庭|全家|全户|本户|该户|户内|目前|现在|当前|情况|的|其中[:：]?|^户(?!主|编|号|码|类|型|属|别|籍|数)"
)
_ASKS = re.compile(r"是否|有无|有没有|是不是")
# 原 is "former", but not in 原因, a cause.
_OTHER_TIME_OR_PERSON = re.compile(
    r"户主|配偶|父亲|母亲|子女|上年|去年|前年|上一年|上期|上轮|往年|历年|原(?!因)|曾|拟|预计|预期|计划|目标|申请|变更|调整|变化|增减|增长|较|同比"
)


@dataclass(frozen=True)
class HeaderWords:
    """A header taken apart. `full`: folded; `bare`: without unit, year and harmless brackets; `core`: without filling words."""

    written: str
    full: str
    bare: str
    core: str
    unit: str | None
    year: bool
    asks: bool
    qualified: bool
    """Whether it speaks of another time, or of one person: 上年…, 户主…."""


def take_apart(written: str) -> HeaderWords:
    """The parts of a header as a file writes it."""
    full = fold_header(written)
    bare, unit = _without_brackets(full)
    year = re.search(rf"\({_YEAR}\)", full) is not None
    # A header that is a year and little else would be left without a name.
    if len(_OUTER_YEAR.sub("", bare)) > 1:
        bare, years = _OUTER_YEAR.subn("", bare)
        year = year or years > 0
    if unit is None:
        bare, unit = _without_trailing_unit(bare)
    core = _FILLING.sub("", bare) or bare
    qualified = _OTHER_TIME_OR_PERSON.search(bare) is not None
    return HeaderWords(written, full, bare, core, unit, year, _ASKS.search(bare) is not None, qualified)


def _without_brackets(full: str) -> tuple[str, str | None]:
    """The header without the brackets that do not change what it means, and the unit that one of them names."""
    units: list[str] = []

    def harmless(match: re.Match[str]) -> str:
        inside = match.group(1)
        if unit_of(inside) is not None:
            units.append(inside)
            return ""
        return "" if _HARMLESS.fullmatch(inside) or re.fullmatch(_YEAR, inside) else match.group()

    # Two units in one header contradict each other, and neither is taken.
    return _BRACKETS.sub(harmless, full), units[0] if len(units) == 1 else None


def _without_trailing_unit(bare: str) -> tuple[str, str | None]:
    after = _AFTER.search(bare)
    if after and unit_of(after.group(1)) is not None:
        return bare[: after.start()], after.group(1)
    plain = _PLAIN_UNIT.search(bare)
    # A header that is a unit and little else would be left without a name.
    if plain and len(bare) > len(plain.group()) + 1:
        return bare[: plain.start()], plain.group()
    return bare, None
