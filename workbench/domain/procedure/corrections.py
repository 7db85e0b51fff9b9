"""A fact corrected on the spot (LA2019-15 §2.1.1-a): checked against the vocabulary, and what follows from it."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.facts import FACT, Fact, not_known
from workbench.domain.parameters import load_yaml
from workbench.domain.procedure.typed_values import refused, typed_value
from workbench.domain.rounds import round_year
from workbench.domain.rules.exact import shared_to_the_fen, to_the_fen
from workbench.errors import InputError, Words

_FIXED = ("household_id", "round", "county_code", "township", "village", "kind", "filed_tier", "weight")
"""Who a household is, and what others decided about it, is not corrected by a visit."""
_EXIT, _WORK = "exit_year", "work_months"
_PARTS = ("income_wage", "income_business", "income_property", "income_transfer")


def correctable() -> list[str]:
    """The facts that a visit may correct."""
    return [name for name in FACT if name not in _FIXED]


def read_correction(name: str, text: str) -> Any:
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
    value = typed_value(fact, text)
    # To Python a flag is an integer; bounds are for figures alone.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if fact.name == _EXIT:
        return _year_of_exit(fact, text, value)
    if fact.most is not None and abs(value) > fact.most:
        raise refused(fact, text, (f"±{fact.most:,.0f}", f"±{fact.most:,.0f}"))
    if fact.minimum is not None and value < fact.minimum:
        raise refused(fact, text, (f"≥ {fact.minimum:g}", f"≥ {fact.minimum:g}"))
    return value


def _year_of_exit(fact: Fact, text: str, year: float) -> float:
    first, last = _limits()["first_year_of_exit"], _limits()["last_year_of_exit"]
    if not first <= year <= last:
        raise refused(fact, text, (f"{first}–{last} 年", f"a year of {first}–{last}"))
    return year


def check_corrections(facts: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Raise InputError for a figure that the household cannot have: of more members than it has persons, after its round.

    `facts`: what is known of it, its `round` among them; without the round or the persons there is nothing to compare with.
    """
    round_name, persons = facts.get("round"), {**facts, **changes}.get("persons")
    for name, value in changes.items():
        most, accepted = _most_of(FACT[name], round_name, None if not_known("persons", persons) else persons)
        if value is not None and most is not None and value > most:
            raise refused(FACT[name], f"{value:g}", accepted)


def _most_of(fact: Fact, round_name: str | None, persons: int | None) -> tuple[float | None, tuple[str, str]]:
    """The most that a fact can be for so many persons in a round, None where nothing bounds it; and that in both languages."""
    if fact.name == _EXIT and round_name is not None:
        year = round_year(round_name)
        return year, (f"不晚于 {year} 年（本期次当年）", f"not after {year}, the year of the round")
    if persons is None:
        return None, ("", "")
    if fact.name == _WORK:
        months = _limits()["months_of_a_year"]
        return months * persons, (
            f"不多于 {months * persons}（{persons} 人，每人 {months} 个月）",
            f"at most {months * persons}: {months} for each of {persons}",
        )
    if fact.people and fact.name != "persons":
        return persons, (f"不多于人数 {persons}", f"at most {persons}, the persons of the household")
    return None, ("", "")


def _limits() -> dict[str, int]:
    limits: dict[str, int] = load_yaml("intake_plausibility")["bounds"]
    return limits


def corrected(facts: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes and what follows from them: the sum of the income's parts, and income per person.

    A figure that is itself among the changes is left as it was typed; one that a missing part makes unknowable, as it was.
    """
    corrected_facts = {**facts, **changes}
    result = dict(changes)
    if {*_PARTS, "cost_business"} & set(changes) and "net_income" not in changes:
        parts = [corrected_facts[name] for name in _PARTS if corrected_facts.get(name) is not None]
        cost = corrected_facts.get("cost_business")
        if len(parts) == len(_PARTS) and cost is not None:
            result["net_income"] = corrected_facts["net_income"] = to_the_fen(sum(parts) - cost)
    # Of the result, not of the changes: a net income summed just above changes the income per person too.
    if {"net_income", "persons"} & set(result) and "income_pc" not in changes:
        income, persons = corrected_facts.get("net_income"), corrected_facts.get("persons")
        # With 0 persons, or none known, there is no income a person to work out.
        if income is not None and persons:
            result["income_pc"] = shared_to_the_fen(income, persons)
    return result
