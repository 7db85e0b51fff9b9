"""The state of the demonstration city: one float array a fact, not-a-number for "not known", so that all is vectorised.

Coded facts: `county` and `village` are positions in the settlements, `kind` in KINDS, `cause` in CAUSES,
`housing_grade` in GRADES. Money is in yuan a year. Beside the facts stand a few things that no table shows:
`raw_*` amounts before rounding, `mean_log_income`, `rounding` (to how many yuan), `cost_ratio`, `slipped` since the
round before, `visit` (which part of the survey fails where one fails), and what the round before showed.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.domain.facts import FACT, GUARANTEES, KEY_GROUPS
from workbench.domain.facts import KINDS as KIND_LABELS
from workbench.domain.parameters import load_yaml

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Population = dict[str, FloatArray]

LIFTED, REGISTERED, UNREGISTERED = 0, 1, 2
KINDS = tuple(KIND_LABELS)
GRADES = tuple(str(grade) for grade in FACT["housing_grade"].values or ())
GRADE_C = GRADES.index("C")
POTENTIAL, DIFFICULTY = 1, 2
_MONTHS_A_YEAR = 12
EARNINGS = ("income_wage", "income_business", "income_property", "income_transfer")
AMOUNTS = (*EARNINGS, "cost_business")
INCOME = (*AMOUNTS, "net_income", "income_pc")
MEMBERS = (
    "persons", "labour", "skilled", "weak_labour", "students",
    "seriously_ill", "chronically_ill", "disabled", "severely_disabled",
)  # fmt: skip
STRUCTURE = (*MEMBERS, "work_months", "land_mu", "housing_grade", *GUARANTEES, *KEY_GROUPS)
"""Facts that change by events, not by the drift of incomes."""


@cache
def figures() -> dict[str, Any]:
    """The figures of the city: `workbench/parameters/simulation.yaml`."""
    loaded: dict[str, Any] = load_yaml("simulation")
    return loaded


def size(people: Population) -> int:
    """The number of households."""
    return len(people["persons"])


def take(people: Population, chosen: NDArray[Any]) -> Population:
    """The chosen households, by mask or position."""
    return {name: values[chosen] for name, values in people.items()}


def join(first: Population, second: Population) -> Population:
    """The households of both."""
    return {name: np.concatenate([values, second[name]]) for name, values in first.items()}


def copy(people: Population) -> Population:
    """A copy that may be changed."""
    return {name: values.copy() for name, values in people.items()}


def business_profit(people: Population) -> FloatArray:
    """Net business income, yuan a year."""
    return people["income_business"] - people["cost_business"]


def reconcile(people: Population) -> None:
    """Make the facts agree after a change: counts within the household, groups that follow from facts, net income."""
    persons, labour = people["persons"], people["labour"]
    people["skilled"] = np.minimum(people["skilled"], labour)
    people["seriously_ill"] = np.minimum(people["seriously_ill"], persons)
    # A member counts once, as seriously or as chronically ill.
    people["chronically_ill"] = np.minimum(people["chronically_ill"], persons - people["seriously_ill"])
    people["disabled"] = np.minimum(people["disabled"], persons)
    # Nor is anybody severely disabled and of full labour capacity.
    people["severely_disabled"] = np.minimum(
        people["severely_disabled"], np.minimum(people["disabled"], persons - labour)
    )
    people["work_months"] = np.minimum(people["work_months"], _MONTHS_A_YEAR * persons)
    people["illness"] = (people["seriously_ill"] + people["chronically_ill"] > 0).astype(float)
    people["disability"] = (people["disabled"] > 0).astype(float)
    people["dilapidated_housing"] = (people["housing_grade"] >= GRADE_C).astype(float)
    people["net_income"] = sum((people[name] for name in EARNINGS), -people["cost_business"])
    people["income_pc"] = np.round(people["net_income"] / persons, 2)


def report_amounts(people: Population) -> None:
    """Write the amounts as they are reported: in whole yuan, or heaped at hundreds where the household rounds."""
    unit = people["rounding"]
    for name in ("income_wage", "income_business", "cost_business"):
        people[name] = heap(people[f"raw_{name}"], unit)
    # Each rounded by itself, costs could come to more than the business takes in.
    people["cost_business"] = np.minimum(people["cost_business"], np.floor(0.9 * people["income_business"]))
    for name in ("income_property", "income_transfer"):
        # As in `heap`, a positive amount never becomes nothing.
        people[name] = np.maximum(np.round(people[f"raw_{name}"]), 1.0 * (people[f"raw_{name}"] > 0))


def heap(amount: FloatArray, unit: FloatArray) -> FloatArray:
    """Amounts rounded to a unit; a positive one never becomes nothing."""
    return np.where(amount > 0, np.maximum(np.floor(amount / unit + 0.5), 1.0) * unit, 0.0)


def set_net_income(people: Population, chosen: BoolArray, target: FloatArray) -> None:
    """Bring the net income of the chosen households to a target, yuan a household and year.

    Upwards by transfers, rounded up; downwards in proportion, rounded down: the result is never on the wrong side.
    """
    gap = np.where(chosen, target - people["net_income"], 0.0)
    people["income_transfer"] += np.ceil(np.maximum(gap, 0.0))
    lowered = gap < 0
    share = np.where(lowered, target / np.maximum(people["net_income"], 1.0), 1.0)
    for name in EARNINGS:
        people[name] = np.where(lowered, np.floor(people[name] * share), people[name])
    people["cost_business"] = np.where(lowered, np.ceil(people["cost_business"] * share), people["cost_business"])
    reconcile(people)


def accept_amounts(people: Population, chosen: BoolArray) -> None:
    """Take the reported amounts of the chosen households as what they live on from now."""
    for name in AMOUNTS:
        people[f"raw_{name}"] = np.where(chosen, people[name], people[f"raw_{name}"])
