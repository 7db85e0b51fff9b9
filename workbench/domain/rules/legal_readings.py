"""Readings of LA2019-15 §2.1.1-c and -d: any / all / at least N over criteria, as data that can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import narwhals as nw

from workbench.domain.parameters import load_yaml
from workbench.domain.rules.criteria import CRITERION, all_of, any_of
from workbench.errors import InputError, Words

Condition = str | dict[str, Any]
"""A criterion by name, or {any: […]}, {all: […]}, {at_least: {count: N, of: […]}}."""


@dataclass(frozen=True)
class Reading:
    """How criteria combine into tiers: `tier_1`, else `tier_2`, else tier 3."""

    name: str
    zh: str
    en: str
    why: str
    tier_1: Condition
    tier_2: Condition


@cache
def readings() -> dict[str, Reading]:
    """The declared readings by name; `default` is the contract's."""
    declared = {entry["name"]: Reading(**entry) for entry in load_yaml("tier_readings")}
    for reading in declared.values():
        for condition in (reading.tier_1, reading.tier_2):
            # For its refusal alone: a misspelt criterion is found here, and not in the middle of a frame.
            criteria_of(condition)
    return declared


def reading(name: str) -> Reading:
    """A reading by name, or InputError that lists what there is."""
    try:
        return readings()[name]
    except KeyError:
        known = readings().values()
        zh, en = (
            "；".join(f"{each.name}（{each.zh}）" for each in known),
            "; ".join(f"{each.name} ({each.en})" for each in known),
        )
        message = Words(
            f"没有这种口径；可选：{zh}", f"no such reading; choose from: {en}", code="domain.no-such-reading-choose"
        )
        raise InputError(message.after(f"{name!r} (--reading): ")) from None


def own_reading(name: str, parts: Mapping[str, Any]) -> Reading:
    """A reading of somebody's own, from data: `tier_1` and `tier_2`, each a Condition. Raises InputError for what is none."""
    if set(parts) != {"tier_1", "tier_2"} or name in readings():
        message = Words(
            "自己的口径应恰有 tier_1、tier_2 两项，名称不与已有的相同",
            "a reading of your own has tier_1 and tier_2 and nothing else, under a name that no declared one has",
            code="domain.own-reading-parts",
        )
        raise InputError(message.after(f"{name!r}: "))
    for condition in parts.values():
        criteria_of(condition)
    return Reading(name, name, name, "", parts["tier_1"], parts["tier_2"])


def criteria_of(condition: Condition) -> set[str]:
    """The criteria that a condition reads; raises InputError for an unknown criterion or connective."""
    if isinstance(condition, str):
        if condition not in CRITERION:
            known = ", ".join(CRITERION)
            message = Words(
                f"没有这一条件；可选：{known}",
                f"no such criterion; choose from: {known}",
                code="domain.no-such-criterion-choose",
            )
            raise InputError(message.after(f"{condition!r}: "))
        return {condition}
    connective, parts = _open(condition)
    members = parts["of"] if connective == "at_least" else parts
    return set().union(*(criteria_of(part) for part in members))


def expression(condition: Condition) -> nw.Expr:
    """A condition as a three-valued expression over columns named like the criteria."""
    if isinstance(condition, str):
        return nw.col(condition)
    connective, parts = _open(condition)
    if connective == "any":
        return any_of([expression(part) for part in parts])
    if connective == "all":
        return all_of([expression(part) for part in parts])
    return _at_least(parts["count"], [expression(part) for part in parts["of"]])


def in_words(condition: Condition) -> Words:
    """A condition as a sentence has it, by the names of its criteria; parts that are criteria alone are told together."""
    if isinstance(condition, str):
        return Words(CRITERION[condition].zh, CRITERION[condition].en)
    connective, parts = _open(condition)
    if connective == "at_least":
        of = _listed(parts["of"])
        return Words(f"{of.zh}中至少 {parts['count']} 项", f"at least {parts['count']} of {of.en}")
    alone = [part for part in parts if isinstance(part, str)]
    said = [_within(connective, part) for part in parts if not isinstance(part, str)]
    if alone:
        zh, en = ("任一项", "any of ") if connective == "any" else ("同时成立", "all of ")
        together = _listed(alone)
        several = len(alone) > 1
        said.insert(0, Words(together.zh + zh * several, en * several + together.en))
    zh, en = ("；或", "; or ") if connective == "any" else ("，并且", ", and ")
    return Words(zh.join(each.zh for each in said), en.join(each.en for each in said))


def _within(connective: str, part: Condition) -> Words:
    """A part of a condition; in brackets where its own 或 would be read as that of the whole."""
    words = in_words(part)
    ambiguous = (
        connective == "all" and isinstance(part, dict) and any(isinstance(each, dict) for each in part.get("any", ()))
    )
    return Words(f"（{words.zh}）", f"({words.en})") if ambiguous else words


def _listed(parts: Sequence[Condition]) -> Words:
    words = [in_words(part) for part in parts]
    return Words("、".join(each.zh for each in words), ", ".join(each.en for each in words))


def tiers_in_words(reading: Reading) -> Words:
    """How the criteria of a reading make a tier, in sentences: a list of criteria does not say how many of them must hold."""
    first, second = in_words(reading.tier_1), in_words(reading.tier_2)
    return Words(
        f"一级（红）：{first.zh}。二级（黄）：不属一级，而{second.zh}。都不成立的为三级（蓝）。",
        f"Tier 1 (red): {first.en}. Tier 2 (yellow): not tier 1, and {second.en}. Where neither holds, tier 3 (blue).",
    )


EDGE_IN_WORDS = Words(
    "纳入：符合任一途径，并且没有排除情形。收入低于扶贫标准的，走建档立卡程序。",
    "In: any route holds and no exclusion does; below the poverty line a household is registered as poor by its own procedure.",
)
"""How the lines of a standard make its result (contract §3), as `tiers_in_words` says it of a tier."""


def _at_least(count: int, members: list[nw.Expr]) -> nw.Expr:
    """True if `count` are surely true, false if fewer can be, else null: Kleene's "or" over every choice of `count`."""
    return any_of([all_of(chosen) for chosen in combinations(members, count)])


def _open(condition: dict[str, Any]) -> tuple[str, Any]:
    # Exactly one: two connectives side by side would not say how they combine.
    (connective, parts), *rest = condition.items()
    if rest or connective not in {"any", "all", "at_least"}:
        message = Words(
            "应为 any、all 或 at_least 之一", "expected one of any, all, at_least", code="domain.expected-any-all-least"
        )
        raise InputError(message.after(f"{condition!r}: "))
    return connective, parts
