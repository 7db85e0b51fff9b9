"""Facts and criteria as a person reads them: values with their words, each criterion as the sentence it stands for."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from workbench.domain.facts import (
    CAUSE_LABELS,
    CROSS_CHECKS,
    FACT,
    GUARANTEE_LEVELS,
    GUARANTEES,
    KEY_GROUPS,
    KINDS,
    PREVIOUS_FACTS,
    label_of,
)
from workbench.domain.rules.explanation import Trace
from workbench.domain.rules.standard import EdgeStandard
from workbench.ui.kit.texts.language import Language

_UNITS = {fact.name: fact.unit for fact in (*FACT.values(), *PREVIOUS_FACTS)}


NO_GROUPS: Mapping[str, str] = MappingProxyType({})


def fact_label(name: str, t: Language, own: Mapping[str, str] = NO_GROUPS) -> str:
    """A fact's name; that of a fact which a mapping added is its own, or the one that a standard gives it as a key group (`own`)."""
    return t.label(label_of(name, own))


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


def fact_with_unit(name: str, t: Language) -> str:
    """A fact's name with its unit where it is one of money, land, months."""
    units = {"元/年": t("元/年"), "元/年·人": t("元/年·人"), "月": t("月"), "亩": t("亩")}
    unit = units.get(_UNITS.get(name) or "")
    return t("{fact}（{unit}）", fact=fact_label(name, t), unit=unit) if unit else fact_label(name, t)


def criterion_rule(trace: Trace, t: Language) -> str:
    """What a criterion asks, with the figures it was judged by; empty where its name says it all."""
    given = {name: t.number(value, 2) for name, value in trace.parameters.items()}
    shares = {name: t.percent_whole(value) for name, value in trace.parameters.items()}
    sentences = _tier_sentences if trace.clause.startswith("§2.1") else _edge_sentences
    return sentences(trace.name, given, shares, t)


def _tier_sentences(name: str, given: Mapping[str, str], shares: Mapping[str, str], t: Language) -> str:
    # As functions, not texts: each takes figures that only its own criterion bears.
    sentences: dict[str, Callable[[], str]] = {
        "no_labour": lambda: t("劳动力加弱劳动力（一人折 {share}）合计为 0", share=given["weak_labour_share"]),
        "no_resources": lambda: t(
            "人均耕地不足 {land} 亩，且无经营收入、无财产收入", land=given["land_mu_per_person"]
        ),
        "no_stable_income": lambda: t(
            "务工不足 {months} 个月，且人均经营净收入低于 {line} 元的 {share}",
            months=given["stable_work_months"], line=given["line"], share=shares["stable_business_share"],
        ),
        "rigid_expenditure": lambda: t(
            "自付支出超过纯收入的 {share}；或为上一期的 {growth} 倍以上，且超过纯收入的 {least}",
            share=shares["expenditure_share"], growth=given["expenditure_growth"], least=shares["expenditure_growth_share"],
        ),
        "difficulty": lambda: t("六项中任一项为“有困难”"),
        "potential_difficulty": lambda: t("六项中任一项为“潜在困难”"),
        "near_line": lambda: t(
            "人均纯收入低于 {line} 元的 {multiple} 倍", line=given["line"], multiple=given["near_line_multiple"]
        ),
        "small_industry": lambda: t(
            "人均经营净收入大于 0、低于 {line} 元的 {share}", line=given["line"], share=shares["small_industry_share"]
        ),
        "weak_skills": lambda: t("有劳动力，但无一人有技能"),
        "unstable_work": lambda: t("有务工，但不足 {months} 个月", months=given["unstable_work_months"]),
        "short_of_funds": lambda: t("主要致贫原因为缺资金"),
    }  # fmt: skip
    return sentences[name]()


def _edge_sentences(name: str, given: Mapping[str, str], shares: Mapping[str, str], t: Language) -> str:
    match name:
        case "below_line":
            return t("测算收入低于 {line} 元：走建档立卡程序", line=given["line"])
        case "route_income":
            return t("测算收入在 {line} 元以上、低于 {ceiling} 元", line=given["line"], ceiling=given["ceiling"])
        case "route_rigid_expenditure":
            return t(
                "自付支出超过纯收入的 {share}，且收入低于 {ceiling} 元", share=shares["share"], ceiling=given["ceiling"]
            )
        case "route_income_drop":
            return t(
                "收入比上一期下降超过 {share}，且低于 {ceiling} 元", share=shares["share"], ceiling=given["ceiling"]
            )
    return t("重点群体") if name in KEY_GROUPS else t("排除情形") if name in CROSS_CHECKS else ""
