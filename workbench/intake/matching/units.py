"""Units in titles and headers (万元, 千元, 元/月, 公顷): what makes yuan a year, mu and months of the numbers beneath them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import polars as pl

from workbench.domain.facts import FACT
from workbench.domain.parameters import load_yaml
from workbench.intake.reading.text import fold_text, to_the_hundredth

MONEY, LAND, TIME = "money", "land", "months"
_IN_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]+)[)\]】]")
_BETWEEN = re.compile(r"[、,，;；和及\s]+")


@dataclass(frozen=True)
class Unit:
    """A unit: of money, land or time; `factor` makes yuan a year, mu or months of it."""

    written: str
    measure: str
    factor: float

    @property
    def a_person(self) -> bool:
        """Whether it is an amount of money for each person (元/人), of which a household has as many as persons."""
        # 人民币 has the character of a person in it and is none.
        return self.measure == MONEY and "人" in self.written.replace("人民币", "")

    @property
    def a_household(self) -> bool:
        """Whether it is an amount of money for a whole household (元/户)."""
        return self.measure == MONEY and "户" in self.written


@cache
def _units() -> dict[str, Unit]:
    table = load_yaml("intake_units")
    return {
        fold_text(name): Unit(name, measure, factor)
        for measure, names in table["measures"].items()
        for name, factor in names.items()
    }


def unit_of(text: str) -> Unit | None:
    """The unit that a text is, 单位： before it or not; None for any other text."""
    folded = fold_text(text)
    stated = re.fullmatch(r"(?:金额)?单位[:：]?(.+)", folded)
    return _units().get(stated.group(1) if stated else folded)


def stated_units(titles: Iterable[str]) -> dict[str, Unit | None]:
    """The units that stand above a table, by measure; None where two of one measure are stated and contradict each other.

    A unit is one where 单位 says so or where brackets hold nothing else: 单位：万元, （万元）, 金额单位：万元、面积单位：亩.
    Where 单位 names an office (单位：金寨县乡村振兴局), it is none.
    """
    units: dict[str, Unit | None] = {}
    for title in titles:
        for unit in _in_title(fold_text(title)):
            seen = units.setdefault(unit.measure, unit)
            # By factor, not by spelling: 万元 and 人民币万元 are one unit.
            if seen is not None and seen.factor != unit.factor:
                units[unit.measure] = None
    return units


def times_persons(unit: str | None, fact: str) -> bool:
    """Whether amounts in a unit are for each person where the fact is the whole household's: there are as many as persons."""
    known = unit_of(unit) if unit else None
    return known is not None and known.a_person and _is_money(fact) and not FACT[fact].per_person


def of_household_only(unit: str | None, fact: str) -> bool:
    """Whether amounts in a unit are a whole household's where the fact is for each person: they are not that fact."""
    known = unit_of(unit) if unit else None
    return known is not None and known.a_household and _is_money(fact) and FACT[fact].per_person


def _is_money(fact: str) -> bool:
    return fact in FACT and FACT[fact].money


def in_units(value: pl.Expr, factor: float) -> pl.Expr:
    """Numbers in the unit of their fact: yuan to the fen, mu, months."""
    return value if factor == 1 else to_the_hundredth(value * factor)


def _in_title(title: str) -> list[Unit]:
    pieces = [piece for inside in _IN_BRACKETS.findall(title) for piece in _BETWEEN.split(inside)]
    stated = title.split("单位")[1:]
    pieces += [piece for rest in stated for piece in _BETWEEN.split(rest.lstrip(":：").split(")")[0])]
    units = (unit_of(re.sub(r"^.*单位[:：]?", "", piece)) for piece in pieces)
    return [unit for unit in units if unit is not None]
