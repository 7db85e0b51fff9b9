"""Facts as a person reads them: names with their units, values with their words."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from workbench.domain.facts import (
    CAUSE_LABELS,
    EXTRA_PREFIX,
    FACT,
    GUARANTEE_LEVELS,
    GUARANTEES,
    KINDS,
    PREVIOUS_FACTS,
    label_of,
)
from workbench.domain.rules.standard import EdgeStandard
from workbench.ui.kit.texts.language import Language

_UNITS = {fact.name: fact.unit for fact in (*FACT.values(), *PREVIOUS_FACTS)}


NO_GROUPS: Mapping[str, str] = MappingProxyType({})


def fact_label(name: str, t: Language, own: Mapping[str, str] = NO_GROUPS) -> str:
    """A fact's name; that of a fact which a mapping added is its own, or the one that a standard gives it as a key group (`own`)."""
    label = t.label(label_of(name, own))
    # Without the mark by which files tell such facts: what is behind it is the name that somebody gave.
    return label.removeprefix(EXTRA_PREFIX).replace("_", " ") if label == name else label


def group_names(standards: Iterable[EdgeStandard]) -> dict[str, str]:
    """What standards call the key groups of a county's own; where two name one differently, the first name holds."""
    return {group: name for each in reversed(list(standards)) for group, name in each.own_groups.items()}


def fact_value(name: str, value: Any, t: Language) -> str:
    """A fact's value in words; what is not known is said, never shown as nought."""
    if value is None:
        return t("未知")
    if name in GUARANTEES:
        return t.label(GUARANTEE_LEVELS[value]) if value in GUARANTEE_LEVELS else str(value)
    if name == "cause":
        return t.label(CAUSE_LABELS.get(value, (value, value)))
    if name == "kind":
        return t.label(KINDS.get(value, (value, value)))
    # A year is no amount: with its thousands marked, 2,019, it would be read as one.
    return _plain(value, t) if name != "exit_year" else str(value)


def _plain(value: Any, t: Language) -> str:
    if isinstance(value, bool):
        return t("是") if value else t("否")
    return t.number(value, 2) if isinstance(value, (int, float)) else str(value)


def fact_note(name: str, t: Language) -> str:
    """What a fact counts and of whom, where its name leaves that open; empty for any other (contract §1)."""
    notes = {
        "work_months": t("全户成员合计，近 12 个月；两人各 4 个月写 8"), "labour": t("普通劳动力和技能劳动力的人数"),
        "skilled": t("劳动力中有技能的人数"), "net_income": t("全户，一年"), "out_of_pocket": t("全户，一年"), "land_mu": t("全户"),
    }  # fmt: skip
    return notes.get(name, "")


def fact_with_unit(name: str, t: Language, own: Mapping[str, str] = NO_GROUPS) -> str:
    """A fact's name with its unit where it is one of money, land, months."""
    units = {"元/年": t("元/年"), "元/年·人": t("元/年·人"), "月": t("月"), "亩": t("亩")}
    unit = units.get(_UNITS.get(name) or "")
    return t("{fact}（{unit}）", fact=fact_label(name, t, own), unit=unit) if unit else fact_label(name, t, own)
