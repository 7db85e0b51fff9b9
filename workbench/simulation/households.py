"""Households as they are when first seen: members, dwelling, income, guarantees, groups, cross-checks."""

from typing import Any

import numpy as np

from workbench.domain.facts import CAUSES, CROSS_CHECKS, GUARANTEES
from workbench.domain.parameters import poverty_line
from workbench.simulation.population import (
    AMOUNTS,
    DIFFICULTY,
    GRADE_C,
    LIFTED,
    POTENTIAL,
    REGISTERED,
    UNREGISTERED,
    FloatArray,
    Population,
    figures,
    reconcile,
    report_amounts,
    set_net_income,
    size,
)
from workbench.simulation.settlements import Settlements


def new_households(
    count: int, settlements: Settlements, round_name: str, elapsed: int, rng: np.random.Generator
) -> Population:
    """`count` households in the facts of a round, `elapsed` rounds after the first (incomes have grown since)."""
    people = _place(count, settlements, rng)
    _members(people, rng)
    _dwelling(people, settlements, rng)
    _work(people, rng)
    _groups(people, rng)
    _incomes(people, elapsed, rng)
    _guarantees(people, rng)
    _spending(people, rng)
    _cross_checks(people, rng)
    _lift(people, round_name, rng)
    return people


def by_kind(people: Population, shares: list[Any]) -> FloatArray:
    """A figure for each household from a list in the order lifted, registered, unregistered."""
    figure: FloatArray = np.asarray(shares, dtype=np.float64)[people["kind"].astype(int)]
    return figure


def chance(rng: np.random.Generator, probability: FloatArray | float, count: int) -> FloatArray:
    """1 with a probability, else 0."""
    return (rng.random(count) < probability).astype(float)


def health_spending(people: Population) -> FloatArray:
    """The usual out-of-pocket expenditure of households by their health, yuan a year."""
    rule = figures()["spending"]
    usual: FloatArray = (
        rule["healthy"] + rule["chronic"] * people["chronically_ill"] + rule["serious"] * people["seriously_ill"]
    )
    return usual


def _pick(rng: np.random.Generator, shares: Any, count: int) -> FloatArray:
    weights = np.cumsum(np.asarray(shares, dtype=np.float64))
    return np.searchsorted(weights[:-1] / weights[-1], rng.random(count), side="right").astype(np.float64)


def _some(rng: np.random.Generator, members: FloatArray, share: FloatArray | float) -> FloatArray:
    return rng.binomial(np.maximum(members, 0).astype(np.int64), share).astype(np.float64)


def _place(count: int, settlements: Settlements, rng: np.random.Generator) -> Population:
    """County by population, exactly; village at random, towns thinner; kind by county."""
    rules = [figures()["counties"][code] for code in settlements.counties]
    county = np.repeat(np.arange(len(rules)), apportion(count, [rule["weight"] for rule in rules]))
    village = np.empty(count)
    weight = np.where(settlements.town, figures()["divisions"]["town_weight"], 1.0)
    for unit in range(len(rules)):
        here = np.flatnonzero(settlements.county == unit)
        chosen = county == unit
        village[chosen] = np.sort(here[_pick(rng, weight[here], int(chosen.sum())).astype(int)])
    draw, lifted = rng.random(count), np.array([rule["lifted"] for rule in rules])[county]
    registered = lifted + figures()["registered_share"]
    kind = np.where(draw < lifted, LIFTED, np.where(draw < registered, REGISTERED, UNREGISTERED))
    return {"county": county.astype(float), "village": village, "kind": kind.astype(float)}


def apportion(count: int, weights: list[float]) -> list[int]:
    """Whole numbers that add up to `count`, in proportion to weights, by largest remainders."""
    exact = count * np.asarray(weights) / np.sum(weights)
    whole = np.floor(exact)
    # The largest remainders get one more, so that the parts sum to the whole.
    whole[np.argsort(whole - exact, kind="stable")[: round(count - whole.sum())]] += 1
    return [int(number) for number in whole]


def _members(people: Population, rng: np.random.Generator) -> None:
    rule, count = figures()["members"], len(people["kind"])
    persons = np.empty(count)
    for kind, shares in enumerate(rule["size"]):
        chosen = people["kind"] == kind
        persons[chosen] = 1 + _pick(rng, shares, int(chosen.sum()))
    old_alone = (persons <= 2) & (rng.random(count) < by_kind(people, rule["old_alone"]))  # noqa: PLR2004 - a couple
    students = np.where(old_alone, 0, _some(rng, persons - 1, by_kind(people, rule["student"])))
    old = np.where(old_alone, persons, _some(rng, persons - 1 - students, rule["old"]))
    adults = persons - students - old
    labour = _some(rng, adults, by_kind(people, rule["able"]))
    weak = _some(rng, adults - labour, rule["weak"]) + _some(rng, old, rule["weak_old"])
    people |= {"persons": persons, "students": students, "labour": labour, "weak_labour": weak}
    people |= {"old": old, "old_alone": old_alone.astype(float)}  # no table shows them; kinds of families come of them
    people["skilled"] = _some(rng, labour, by_kind(people, rule["skilled"]))
    for name in ("seriously_ill", "chronically_ill", "disabled"):
        people[name] = _some(rng, persons, by_kind(people, rule[name]))
    people["severely_disabled"] = _some(rng, people["disabled"], rule["severe"])


def _dwelling(people: Population, settlements: Settlements, rng: np.random.Generator) -> None:
    count, land = size(people), figures()["land"]
    grade = np.empty(count)
    for kind, shares in enumerate(figures()["housing"]):
        chosen = people["kind"] == kind
        grade[chosen] = _pick(rng, shares, int(chosen.sum()))
    people["housing_grade"] = grade
    people["town"] = settlements.town[people["village"].astype(int)].astype(float)
    area = land["median_per_person"] * people["persons"] * np.exp(land["spread"] * rng.standard_normal(count))
    none = (people["town"] > 0) | (rng.random(count) < land["none"])
    people["land_mu"] = np.where(none, 0.0, np.round(area, 1))


def _work(people: Population, rng: np.random.Generator) -> None:
    """Months of paid work of all members; a public-welfare job where there is weak labour only to spare."""
    rule, count = figures()["members"], size(people)
    workers = _some(rng, people["labour"], by_kind(people, rule["works"]))
    each = np.clip(rng.normal(8.8, 2.0, count), 1, 12)
    public = (people["weak_labour"] > 0) * chance(rng, by_kind(people, rule["public_job"]), count)
    people["work_months"] = np.round(2 * (workers * each + public * rng.integers(6, 13, count))) / 2


def _groups(people: Population, rng: np.random.Generator) -> None:
    rule, count = figures()["groups"], size(people)
    helpless = (people["labour"] == 0) & (people["persons"] <= 2)  # noqa: PLR2004 - a couple
    people["dibao"] = chance(rng, by_kind(people, rule["dibao"]), count)
    people["scattered_tekun"] = helpless * chance(rng, by_kind(people, rule["scattered_tekun"]), count)
    for name in ("disaster", "family_change", "military_family"):
        people[name] = chance(rng, rule[name], count)
    poor = people["kind"] < UNREGISTERED
    cause = np.array([CAUSES.index(name) for name in figures()["causes"]])
    people["cause"] = np.where(poor, cause[_pick(rng, list(figures()["causes"].values()), count).astype(int)], np.nan)
    years = np.array(list(figures()["exit_years"]))
    exit_year = years[_pick(rng, list(figures()["exit_years"].values()), count).astype(int)]
    people["exit_year"] = np.where(people["kind"] == LIFTED, exit_year, np.nan)


def _incomes(people: Population, elapsed: int, rng: np.random.Generator) -> None:
    """A lasting and a passing part of log income per person, split over sources that the household has."""
    rule, count = figures()["income"], size(people)
    level = np.array([county["level"] for county in figures()["counties"].values()])[people["county"].astype(int)]
    people["mean_log_income"] = (
        np.log(by_kind(people, rule["median"]))
        + level
        + rule["growth"] * elapsed
        + rule["labour_effect"] * (people["labour"] / people["persons"] - 0.5)
        + rule["skill_effect"] * ((people["skilled"] > 0) - 0.5)
        + rule["illness_effect"] * (people["seriously_ill"] > 0)
        + by_kind(people, rule["permanent"]) * rng.standard_normal(count)
    )
    passing = by_kind(people, rule["transitory"]) * rng.standard_normal(count)
    net = people["persons"] * np.exp(people["mean_log_income"] + passing)
    farm = (people["land_mu"] > 0) * chance(rng, rule["farm"], count)
    parts = {
        "income_wage": rng.gamma(5.0, 0.2, count) * people["work_months"] / (3.0 * people["persons"]),
        "income_business": farm * rng.gamma(2.0, 0.25, count),
        "income_property": chance(rng, rule["property"], count) * rng.gamma(2.0, 0.03, count),
        "income_transfer": 0.08 + 0.25 * people["dibao"] + rng.gamma(2.0, 0.1, count) * (people["labour"] == 0),
    }
    people["cost_ratio"] = rng.uniform(0.2, 0.5, count)
    _split(people, net, parts)
    units = np.array(list(rule["heaping"]), dtype=np.float64)
    people["rounding"] = units[_pick(rng, list(rule["heaping"].values()), count).astype(int)]
    report_amounts(people)
    reconcile(people)


def _split(people: Population, net: FloatArray, parts: dict[str, FloatArray]) -> None:
    total = sum(parts.values(), np.zeros(size(people)))
    for name, part in parts.items():
        people[f"raw_{name}"] = net * part / total
    profit = people["raw_income_business"]
    # Its part of the net income is the profit; what the business takes in is more by its costs.
    people["raw_income_business"] = profit / (1 - people["cost_ratio"])
    people["raw_cost_business"] = people["raw_income_business"] - profit


def _guarantees(people: Population, rng: np.random.Generator) -> None:
    """Mostly none; where one is weak, which; an unsafe house is a housing difficulty."""
    rule, count = figures()["guarantees"], size(people)
    draw, hard = rng.random(count), by_kind(people, rule["difficulty"])
    level = np.where(draw < hard, DIFFICULTY, np.where(draw < hard + by_kind(people, rule["potential"]), POTENTIAL, 0))
    which = _pick(rng, [rule["which"][name] for name in GUARANTEES], count)
    for position, name in enumerate(GUARANTEES):
        people[name] = np.where(which == position, level, 0).astype(np.float64)
    # A house of grade C or D is a difficulty whatever the guarantee was drawn as: the two facts never disagree.
    unsafe = np.clip(people["housing_grade"] - GRADE_C + 1, 0, DIFFICULTY)
    people["housing"] = np.maximum(people["housing"], unsafe)


def _spending(people: Population, rng: np.random.Generator) -> None:
    rule, count = figures()["spending"], size(people)
    usual = health_spending(people)
    people["raw_out_of_pocket"] = usual * np.exp(rule["spread"] * rng.standard_normal(count))
    healthy = people["seriously_ill"] + people["chronically_ill"] == 0
    people["raw_out_of_pocket"][healthy & (rng.random(count) < rule["none"])] = 0.0
    people["out_of_pocket"] = np.round(people["raw_out_of_pocket"], -1)


def _cross_checks(people: Population, rng: np.random.Generator) -> None:
    median = np.log(figures()["income"]["median"][UNREGISTERED])
    relative = np.log(np.maximum(people["income_pc"], 1.0)) - median
    for name in CROSS_CHECKS:
        rule = figures()["cross_checks"][name]
        odds = rule["odds"] + rule["slope"] * relative
        people[name] = chance(rng, 1 / (1 + np.exp(-odds)), size(people))


def _lift(people: Population, round_name: str, rng: np.random.Generator) -> None:
    """Lifted households are above the line: those drawn below it live on more transfers."""
    floor = poverty_line(round_name).value * (1.002 + rng.exponential(0.15, size(people))) * people["persons"]
    short = (people["kind"] == LIFTED) & (people["income_pc"] < poverty_line(round_name).value)
    set_net_income(people, short, floor)
    for name in AMOUNTS:
        people[f"raw_{name}"] = np.where(short, people[name], people[f"raw_{name}"])
