"""A fact corrected on the spot (LA2019-15 §2.1.1-a): checked against the vocabulary, and what follows from it."""

from collections.abc import Mapping
from typing import Any

from pydantic import FiniteFloat, TypeAdapter

from workbench.domain.facts import FACT, Fact, FactType
from workbench.domain.rules.exact import shared_to_the_fen, to_the_fen
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, Words

_FIXED = ("household_id", "round", "county_code", "township", "village", "kind", "filed_tier", "weight")
"""Who a household is, and what others decided about it, is not corrected by a visit."""
_PARTS = ("income_wage", "income_business", "income_property", "income_transfer")
_TRUE, _FALSE = {"true", "yes", "是", "1"}, {"false", "no", "否", "0"}
_FINITE = TypeAdapter(FiniteFloat)
_UNKNOWN = {"", "null", "unknown", "未知"}
_ACCEPTED = {FactType.BOOLEAN: Words("是或否", "yes or no"), FactType.INTEGER: Words("整数", "a whole number")}


def correctable() -> list[str]:
    """The facts that a visit may correct."""
    return [name for name in FACT if name not in _FIXED]


def read_amendment(name: str, text: str) -> Any:
    """The value of a fact as typed; raises InputError for a fact that cannot be corrected or a value that it cannot have."""
    fact = FACT.get(name)
    if fact is None or name in _FIXED:
        raise InputError(
            Words(
                f"{name}：不是可以更正的事实",
                f"{name}: not a fact that a visit corrects",
                code="domain.not-fact-visit-corrects",
            )
        )
    if text.strip().lower() in _UNKNOWN:
        return None
    value = _parsed(fact, text.strip())
    if fact.values is not None and value not in fact.values:
        raise _wrong(fact, text, "、".join(str(each) for each in fact.values))
    if fact.most is not None and abs(value) > fact.most:
        raise _wrong(fact, text, f"±{fact.most:,.0f}")
    if (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and fact.minimum is not None
        and value < fact.minimum
    ):
        raise _wrong(fact, text, f"≥ {fact.minimum:g}")
    return value


def amended(facts: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes and what follows from them: the sum of the income's parts, and income per person.

    A figure that is itself among the changes is left as it was typed; one that a missing part makes unknowable, as it was.
    """
    amended_facts = {**facts, **changes}
    result = dict(changes)
    if {*_PARTS, "cost_business"} & set(changes) and "net_income" not in changes:
        parts = [amended_facts[name] for name in _PARTS if amended_facts.get(name) is not None]
        cost = amended_facts.get("cost_business")
        if len(parts) == len(_PARTS) and cost is not None:
            result["net_income"] = amended_facts["net_income"] = to_the_fen(sum(parts) - cost)
    if {"net_income", "persons"} & set(result) and "income_pc" not in changes:
        income, persons = amended_facts.get("net_income"), amended_facts.get("persons")
        if income is not None and persons:
            result["income_pc"] = shared_to_the_fen(income, persons)
    return result


def _parsed(fact: Fact, text: str) -> Any:
    try:
        if fact.type is FactType.BOOLEAN:
            return {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}[text.lower()]
        if fact.type is FactType.INTEGER:
            return _whole(text)
        if fact.type is FactType.FLOAT:
            value = _FINITE.validate_python(text)
            return to_the_fen(value) if fact.money else value
    except (KeyError, ValueError):
        raise _wrong(
            fact, text, _ACCEPTED.get(fact.type, Words("数", "a number", code="domain.corrections-number"))
        ) from None
    return text


def _whole(text: str) -> int:
    number = whole_number(text.removeprefix("-"))
    if number is None:
        raise ValueError(text)
    return -number if text.startswith("-") else number


def _wrong(fact: Fact, text: str, accepted: Words | str) -> InputError:
    zh, en = (accepted.zh, accepted.en) if isinstance(accepted, Words) else (accepted, accepted)
    return InputError(
        Words(f"{fact.zh}“{text}”：应为 {zh}", f"{fact.en} {text!r}: expected {en}", code="domain.corrections-expected")
    )
