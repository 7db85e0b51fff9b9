"""A fact corrected on the spot (LA2019-15 §2.1.1-a): checked against the vocabulary, and what follows from it."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.facts import FACT, Fact, not_known
from workbench.domain.parameters import load_yaml
from workbench.domain.procedure.typed_values import out_of_bounds, typed_value
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
        most = f"{fact.most:,.0f}"
        raise out_of_bounds(fact, text, (f"最多 {most}，最少 -{most}", f"must lie between -{most} and {most}"))
    if fact.minimum is not None and value < fact.minimum:
        raise out_of_bounds(fact, text, (f"不能小于 {fact.minimum:g}", f"cannot be less than {fact.minimum:g}"))
    return value


def _year_of_exit(fact: Fact, text: str, year: float) -> float:
    first, last = _limits()["first_year_of_exit"], _limits()["last_year_of_exit"]
    if not first <= year <= last:
        raise out_of_bounds(fact, text, (f"应在 {first} 至 {last} 年之间", f"must be a year from {first} to {last}"))
    return year


def check_corrections(facts: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Raise InputError for a figure that the household cannot have: of more members than it has persons, after its round.

    `facts`: what is known of it, its `round` among them; without the round or the persons there is nothing to compare with.
    """
    round_name, persons = facts.get("round"), {**facts, **changes}.get("persons")
    for name, value in changes.items():
        most, said = _most_of(FACT[name], round_name, None if not_known("persons", persons) else persons)
        if value is not None and most is not None and value > most:
            raise out_of_bounds(FACT[name], f"{value:g}", said)


def _most_of(fact: Fact, round_name: str | None, persons: int | None) -> tuple[float | None, tuple[str, str]]:
    """The most that a fact can be for so many persons in a round, None where nothing bounds it; and what is said of more."""
    if fact.name == _EXIT and round_name is not None:
        year = round_year(round_name)
        return year, (f"不能晚于 {year} 年（本期次当年）", f"cannot lie after {year}, the year of the round")
    if persons is None:
        return None, ("", "")
    if fact.name == _WORK:
        months = _limits()["months_of_a_year"]
        return months * persons, (
            f"不能多于 {months * persons}（全户 {persons} 人，每人最多 {months} 个月）",
            f"cannot exceed {months * persons}: {months} for each of {persons} persons",
        )
    if fact.people and fact.name != "persons":
        return persons, (f"不能多于全户人数（{persons} 人）", f"cannot exceed the {persons} persons of the household")
    return None, ("", "")


def _limits() -> dict[str, int]:
    limits: dict[str, int] = load_yaml("intake_plausibility")["bounds"]
    return limits


def corrected(facts: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes and what follows from them: the sum of the income's parts, and income per person; or net income from it.

    A figure that is itself among the changes is left as it was typed; one that a missing part makes unknowable, as it was.
    """
    corrected_facts = {**facts, **changes}
    result, persons = dict(changes), corrected_facts.get("persons")
    if {*_PARTS, "cost_business"} & set(changes) and "net_income" not in changes:
        parts = [corrected_facts[name] for name in _PARTS if corrected_facts.get(name) is not None]
        cost = corrected_facts.get("cost_business")
        if len(parts) == len(_PARTS) and cost is not None:
            result["net_income"] = corrected_facts["net_income"] = to_the_fen(sum(parts) - cost)
    # Of the result, not of the changes: a net income summed just above changes the income per person too.
    if {"net_income", "persons"} & set(result) and "income_pc" not in changes:
        income = corrected_facts.get("net_income")
        # With 0 persons, or none known, there is no income a person to work out.
        if income is not None and persons:
            result["income_pc"] = shared_to_the_fen(income, persons)
    # One quantity in two amounts: whoever types the other one alone would leave two that contradict each other.
    if changes.get("income_pc") is not None and "net_income" not in result and not not_known("persons", persons):
        result["net_income"] = to_the_fen(changes["income_pc"] * persons)
    return result
