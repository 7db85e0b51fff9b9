"""Every fact of a household: its name, labels, type, unit and allowed values. The one place where they are named.

Source of names and meanings: contract §1; code values of causes: national system, 致贫原因.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from workbench.domain.rules.exact import MOST_PEOPLE, MOST_YUAN, SMALLEST


class FactType(StrEnum):
    """How a fact is stored; each allows null, and null means "not known", never 0 and never false."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Fact:
    """One fact of a household in a round.

    `change_unit` is the amount that counts as one step when the smallest change that alters a result is sought
    (one person, one level, one month, 500 yuan of household income): it makes changes of different facts comparable.
    `grid` is how finely changed values are sought: whole yuan, tenths of a month, hundredths of a mu; what is found is then
    narrowed to the `finest` there is, for money a fen. `minimum` bounds them.
    """

    name: str
    zh: str
    en: str
    type: FactType
    unit: str | None = None
    values: tuple[str | int, ...] | None = None
    change_unit: float | None = None
    grid: float = 1.0
    minimum: float | None = 0.0

    @property
    def most(self) -> float | None:
        """What no household exceeds, nor its negative: up to here the rules are exact."""
        # Land as well: counted in millionths of a mu it must not outgrow 64 bits either.
        return MOST_YUAN if self.money or self.unit == _MU else MOST_PEOPLE if self.people else None

    @property
    def finest(self) -> float:
        """The smallest difference that there can be between two values, or that is looked at."""
        return SMALLEST if self.money else self.grid

    @property
    def money(self) -> bool:
        """Whether it is an amount in yuan."""
        return self.unit in (_YUAN, _YUAN_A_PERSON)

    @property
    def per_person(self) -> bool:
        """Whether it is an amount in yuan for each person."""
        return self.unit == _YUAN_A_PERSON

    @property
    def people(self) -> bool:
        """Whether it counts members."""
        return self.unit == _PEOPLE


_S, _I, _F, _B = FactType.STRING, FactType.INTEGER, FactType.FLOAT, FactType.BOOLEAN
_PEOPLE = "人"
_YUAN = "元/年"
_YUAN_A_PERSON = "元/年·人"
_MU = "亩"
_LEVELS = (0, 1, 2)

KINDS = {
    "lifted": ("已脱贫户", "lifted out of poverty"),
    "registered": ("建档立卡未脱贫", "registered as poor"),
    "unregistered": ("未建档立卡", "unregistered"),
}
GUARANTEE_LEVELS = {
    0: ("无困难", "no difficulty"),
    1: ("潜在困难", "potential difficulty"),
    2: ("有困难", "difficulty"),
}
CAUSE_LABELS = {
    "因病": ("因病", "illness"),
    "因残": ("因残", "disability"),
    "因学": ("因学", "schooling"),
    "因灾": ("因灾", "disaster"),
    "缺土地": ("缺土地", "lack of land"),
    "缺水": ("缺水", "lack of water"),
    "缺技术": ("缺技术", "lack of skills"),
    "缺劳力": ("缺劳力", "lack of labour"),
    "缺资金": ("缺资金", "lack of funds"),
    "交通条件落后": ("交通条件落后", "poor roads"),
    "自身发展动力不足": ("自身发展动力不足", "lack of motivation"),
    "因婚": ("因婚", "marriage"),
    "因丧": ("因丧", "bereavement"),
    "其他": ("其他", "other"),
}
CAUSES = tuple(CAUSE_LABELS)
SHORT_OF_FUNDS_CAUSE = "缺资金"

_IDENTITY = (
    Fact("household_id", "户编号", "household number", _S),
    Fact("round", "期次", "round", _S),
    Fact("county_code", "县区", "county", _S),
    Fact("township", "乡镇", "township", _S),
    Fact("village", "村", "village", _S),
    Fact("kind", "户类型", "kind", _S, values=tuple(KINDS)),
    Fact("exit_year", "脱贫年度", "year of exit", _I),
)
_PERSONS = (
    # From 1 on: "0 persons" is no empty household but one of which the number is not known (`not_known`).
    Fact("persons", "人数", "persons", _I, _PEOPLE, change_unit=1, minimum=1),
    Fact("labour", "劳动力", "full labour", _I, _PEOPLE, change_unit=1),
    Fact("skilled", "技能劳动力", "skilled labour", _I, _PEOPLE, change_unit=1),
    Fact("weak_labour", "弱劳动力或半劳动力", "weak labour", _I, _PEOPLE, change_unit=1),
    Fact("students", "在校生", "students", _I, _PEOPLE),
    Fact("seriously_ill", "大病", "seriously ill", _I, _PEOPLE),
    Fact("chronically_ill", "长期慢性病", "chronically ill", _I, _PEOPLE),
    Fact("disabled", "残疾人", "disabled", _I, _PEOPLE),
    Fact("severely_disabled", "重度残疾人", "severely disabled", _I, _PEOPLE),
)
_MONEY = (
    Fact("work_months", "务工月数", "months of paid work", _F, "月", change_unit=1, grid=0.1),
    Fact("income_wage", "工资性收入", "wage income", _F, _YUAN, change_unit=500),
    Fact("income_business", "生产经营性收入", "business income", _F, _YUAN, change_unit=500),
    Fact("income_property", "财产性收入", "property income", _F, _YUAN, change_unit=500),
    Fact("income_transfer", "转移性收入", "transfer income", _F, _YUAN, change_unit=500),
    Fact("cost_business", "生产经营性支出", "business cost", _F, _YUAN, change_unit=500),
    # Net income may lie below nought: the cost of a business is taken off.
    Fact("net_income", "家庭纯收入", "net income", _F, _YUAN, change_unit=500, minimum=None),
    Fact("income_pc", "人均纯收入", "net income per person", _F, _YUAN_A_PERSON, change_unit=200, minimum=None),
    Fact("out_of_pocket", "合规自付支出", "out-of-pocket expenditure", _F, _YUAN, change_unit=500),
    Fact("land_mu", "耕地面积", "arable land", _F, _MU, change_unit=0.5, grid=0.01),
)
_HOUSING = (Fact("housing_grade", "房屋安全等级", "housing grade", _S, values=("A", "B", "C", "D")),)
_GUARANTEES = (
    Fact("food", "吃饭", "food", _I, values=_LEVELS, change_unit=1),
    Fact("clothing", "穿衣", "clothing", _I, values=_LEVELS, change_unit=1),
    Fact("education", "义务教育", "education", _I, values=_LEVELS, change_unit=1),
    Fact("medical", "基本医疗", "medical care", _I, values=_LEVELS, change_unit=1),
    Fact("housing", "住房安全", "housing", _I, values=_LEVELS, change_unit=1),
    Fact("water", "饮水安全", "water", _I, values=_LEVELS, change_unit=1),
)
_GROUPS = (
    Fact("dilapidated_housing", "危房户", "dilapidated housing", _B, change_unit=1),
    Fact("dibao", "低保户", "subsistence allowance", _B, change_unit=1),
    Fact("scattered_tekun", "分散供养特困户", "destitute, cared for at home", _B, change_unit=1),
    Fact("illness", "大病慢性病人户", "serious or chronic illness", _B, change_unit=1),
    Fact("disaster", "受灾户", "disaster", _B, change_unit=1),
    Fact("family_change", "重大家庭变故户", "major family change", _B, change_unit=1),
    Fact("disability", "残疾人户", "disability", _B, change_unit=1),
    Fact("military_family", "困难军烈属户", "military family in hardship", _B, change_unit=1),
)
_CROSS_CHECKS = (
    Fact("has_car", "有消费型车辆", "owns a car", _B, change_unit=1),
    Fact("has_commercial_housing", "有商品房", "owns commercial housing", _B, change_unit=1),
    Fact("on_public_payroll", "有财政供养人员", "on the public payroll", _B, change_unit=1),
    Fact("has_business", "有工商登记", "registered business", _B, change_unit=1),
)
_OTHER = (
    Fact("cause", "主要致贫原因", "main cause of poverty", _S, values=CAUSES, change_unit=1),
    Fact("filed_tier", "已备案等级", "filed tier", _I, values=(0, 1, 2, 3)),
    Fact("weight", "权重", "weight", _F),
)

FACTS: tuple[Fact, ...] = (
    *_IDENTITY, *_PERSONS, *_MONEY, *_HOUSING, *_GUARANTEES, *_GROUPS, *_CROSS_CHECKS, *_OTHER,
)  # fmt: skip
FACT = {fact.name: fact for fact in FACTS}

GUARANTEES = tuple(fact.name for fact in _GUARANTEES)
KEY_GROUPS = tuple(fact.name for fact in _GROUPS)
CROSS_CHECKS = tuple(fact.name for fact in _CROSS_CHECKS)

PREVIOUS_FACTS: tuple[Fact, ...] = (
    Fact(
        "previous_out_of_pocket",
        "上一期自付支出",
        "out-of-pocket expenditure, previous round",
        _F,
        _YUAN,
        change_unit=500,
    ),
    Fact(
        "previous_income_pc",
        "上一期人均纯收入",
        "income per person, previous round",
        _F,
        _YUAN_A_PERSON,
        change_unit=200,
    ),
    Fact("seen_before", "上一期在册", "present in the previous round", _B),
)
"""What the rules read of the previous stored round, joined on when a round is loaded."""

FAMILY_FLAGS: dict[str, tuple[str, str]] = {
    "x_elderly_alone": ("纯老人户", "elderly people alone"),
    "x_one_parent": ("单亲家庭户", "one parent with children"),
    "x_many_children": ("多子女户", "many children"),
}
"""What the intake derives of a list's members: booleans beside the vocabulary, null where ages and relations do not say.

The rules read one only where a county declares it as a key group; the model never does (decision 0056).
"""

LABELS: dict[str, tuple[str, str]] = {
    **{fact.name: (fact.zh, fact.en) for fact in (*FACTS, *PREVIOUS_FACTS)},
    **FAMILY_FLAGS,
}
"""Chinese and English label of every fact."""


def label_of(name: str, own: Mapping[str, str] = MappingProxyType({})) -> tuple[str, str]:
    """Chinese and English label of a fact; `own`: names that a standard gives its county's own groups, the same in both."""
    given = own.get(name, name)
    return LABELS.get(name, (given, given))


def not_known(name: str, value: Any) -> bool:
    """Whether a value tells nothing of a fact: none at all, or a number of people that no household has (0 persons)."""
    fact = FACT.get(name)
    return value is None or (fact is not None and fact.people and value < (fact.minimum or 0))


SIMULATED_MARK = "【模拟数据】"
"""What stands before the title of every sheet and paper made from simulated households; the intake knows it again."""
EXTRA_PREFIX = "x_"
"""Facts that a mapping adds of its own begin so; rules read only those that a standard declares as key groups."""
OWN_FLAGS = "x_*"
"""In a list of columns: every boolean fact that a mapping added of its own, and so each that may be a county's key group."""
