"""What a column can be taken for: the columns of a list of persons, and the facts of a list of households."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from workbench.domain.facts import FACT, FactType
from workbench.domain.parameters import load_yaml
from workbench.errors import Words
from workbench.intake.matching.header_words import take_apart
from workbench.intake.reading.text import fold_header, fold_text
from workbench.intake.tables.layouts import columns, known_names

NUMBER, WHOLE, YEAR, VALUES, TEXT = "number", "whole", "year", "values", "text"
_FROM_FACTS = {
    "household_id": "户编号", "township": "乡", "village": "村", "county_code": "县", "kind": "户类型",
    "kind_of_monitored": "监测对象类别", "kind_by_exit": "脱贫属性", "exit_year": "脱贫年度", "cause": "主要致贫原因", "persons": "人数",
    "income_wage": "工资性收入", "income_business": "生产经营性收入", "income_property": "财产性收入", "income_transfer": "转移性收入",
    "cost_business": "生产经营性支出", "income_pc": "人均纯收入", "out_of_pocket": "合规自付支出", "land_mu": "耕地面积(亩)",
    "housing_grade": "房屋安全等级", "dilapidated_housing": "危房户", "dibao": "享受低保政策情况", "scattered_tekun": "享受特困供养政策情况",
    "dropout": "是否义务教育阶段适龄儿童少年失学辍学",
}  # fmt: skip
"""Facts whose names are also those of a column of a list of persons."""


_NO_LABEL = Words("", "")


@dataclass(frozen=True)
class Target:
    """Something that a column can be taken for. `values`: folded texts that may be written, of a code or a yes or no."""

    name: str
    type: str = TEXT
    measure: str | None = None
    values: frozenset[str] = frozenset()
    label: Words = _NO_LABEL
    several: bool = False
    """Whether a cell may hold several values at once."""

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers."""
        return self.type in (NUMBER, WHOLE, YEAR)


@dataclass(frozen=True)
class Vocabulary:
    """Targets by name; `exact`: folded header to target; `own`: the folded header that is a target's own name."""

    targets: dict[str, Target]
    exact: dict[str, str]
    own: frozenset[str]
    cores: dict[str, frozenset[str]]
    unused: frozenset[str]
    """Folded headers that are known and mean nothing here."""


@cache
def of_persons() -> Vocabulary:
    """The columns of the national system's lists of persons, under the words of offices too."""
    exact = {
        fold_header(name): column for fact, column in _FROM_FACTS.items() for name in _fact_columns()[fact]["names"]
    }
    # Last, so that the names of the national system win over what offices call a fact.
    exact |= known_names()
    targets = {name: Target(name, label=Words(name, name)) for name in exact.values()}
    for name, column in columns().items():
        kind = {"code": VALUES}.get(column.type, column.type)
        values = frozenset(fold_text(text) for text in column.values or {})
        targets[name] = Target(name, kind, column.measure, values, Words(name, name), column.multiple)
    return _vocabulary(targets, exact, targets, frozenset())


@cache
def of_households() -> Vocabulary:
    """The facts of contract §1 under the words that offices use in lists of households."""
    entries = _fact_columns()
    exact = {fold_header(name): fact for fact, entry in entries.items() for name in entry["names"]}
    own = [entry["names"][0] for entry in entries.values()]
    targets = {fact: _target(fact, entry) for fact, entry in entries.items()}
    others = frozenset(fold_header(name) for name in load_yaml("intake_household_columns")["others"])
    return _vocabulary(targets, exact, own, (others | known_names().keys()) - exact.keys())


def known_as(folded: str) -> str | None:
    """The column that a folded header stands for in any list, None for any other: what tells the row of headers apart."""
    core = take_apart(folded).core
    for known in (of_persons(), of_households()):
        if folded in known.exact:
            return known.exact[folded]
        if folded in known.unused:
            return folded
        if core in known.cores:
            # Any of them will do, but the same in every run: a set has no order.
            return min(known.cores[core])
    return None


def fact_of(target: str) -> str:
    """The fact that a target of a list of households gives; several targets may give one."""
    return str(_fact_columns()[target].get("fact", target))


def meanings(target: str, header: str) -> dict[str, Any] | None:
    """What the values of a column of a list of households mean; None where it is a number or a text."""
    entry = _fact_columns()[target]
    if "codes" in entry:
        codes = columns()[entry["codes"]].values or {}
        return {text: meaning or None for text, meaning in codes.items()}
    if "values" not in entry:
        return None
    named: dict[str, dict[str, Any]] = load_yaml("intake_household_columns")["values"]
    good = {fold_header(name) for name in entry.get("yes_is_good", ())}
    # 是 means no difficulty under a header that asks whether all is well (不愁吃), and nothing under 吃饭.
    if good & {fold_header(header), take_apart(header).bare}:
        return {**named["yes_is_good"], **named["level"]}
    return named[entry["values"]]


def settled_too(target: str) -> dict[str, dict[str, Any]]:
    """Further facts that a column of a list of households settles, with the meaning of its values."""
    named: dict[str, dict[str, Any]] = load_yaml("intake_household_columns")["values"]
    also: dict[str, Any] = _fact_columns()[target].get("also", {})
    return {fact: named[values] if isinstance(values, str) else values for fact, values in also.items()}


def _fact_columns() -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = load_yaml("intake_household_columns")["facts"]
    return entries


def _target(name: str, entry: dict[str, Any]) -> Target:
    values: set[str] = set()
    for header in entry["names"]:
        values |= {fold_text(text) for text in meanings(name, header) or {}}
    fact = FACT[entry.get("fact", name)]
    numeric = {FactType.INTEGER: WHOLE, FactType.FLOAT: NUMBER}.get(fact.type, TEXT)
    kind = VALUES if values else YEAR if name == "exit_year" else numeric
    return Target(name, kind, entry.get("measure"), frozenset(values), Words(fact.zh, fact.en))


def _vocabulary(
    targets: dict[str, Target], exact: dict[str, str], own: Iterable[str], unused: frozenset[str]
) -> Vocabulary:
    cores: dict[str, set[str]] = {}
    for folded, target in exact.items():
        cores.setdefault(take_apart(folded).core, set()).add(target)
    return Vocabulary(
        targets,
        exact,
        frozenset(map(fold_header, own)),
        {core: frozenset(names) for core, names in cores.items()},
        unused,
    )
