"""What of the facts is recorded: gaps as registers have them, without telling who slipped.

Some households are not visited in a round, whatever happened to them: their standing cannot be told. Of all others a
fact is left out only where the standing stays determined. So the slips that can be counted are a fair sample, and the
true probabilities hold for them. The first round, which no slip precedes, has gaps of any kind.
"""

import numpy as np

from workbench.domain.facts import CROSS_CHECKS, GUARANTEES
from workbench.domain.parameters import tier_parameters
from workbench.simulation.population import (
    INCOME,
    REGISTERED,
    UNREGISTERED,
    BoolArray,
    Population,
    copy,
    figures,
    size,
)
from workbench.simulation.standing import standing

_SURVEY = (*INCOME, *GUARANTEES, "labour", "skilled", "weak_labour", "work_months", "out_of_pocket", "land_mu")
_PARTS = (("medical", "housing", "out_of_pocket"), INCOME)
_DECISIVE = ("out_of_pocket", "land_mu", "work_months", "income_property", "water")


def record(
    people: Population, units: tuple[str, ...], round_name: str, rng: np.random.Generator, *, first: bool
) -> Population:
    """The facts of a round as recorded. `people` may be changed a little, so that what is recorded settles them."""
    blank = _blank(people, units, rng, first=first)
    seen = copy(people)
    _leave_out(seen, units, round_name, rng, first=first)
    if not first:
        _settle(seen, people, round_name, blank)
    for part, names in enumerate(_PARTS):
        _empty(seen, blank & (people["visit"] == part), names)
    # A household not visited must not be settled: where it is so with one part missing, all of the survey is missing.
    recorded = blank & ~np.isnan(standing(seen, people["previous_spending"], round_name).state)
    _empty(seen, recorded | (blank & (people["kind"] == REGISTERED)), _SURVEY)
    return seen


def _blank(people: Population, units: tuple[str, ...], rng: np.random.Generator, *, first: bool) -> BoolArray:
    share = np.array([figures()["counties"][unit]["blank"] for unit in units])[people["county"].astype(int)]
    people["visit"] = np.floor(rng.random(size(people)) * (len(_PARTS) + 1))
    blank: BoolArray = rng.random(size(people)) < share * (2 if first else 1)
    return blank


def _empty(seen: Population, chosen: BoolArray, names: tuple[str, ...]) -> None:
    for name in names:
        seen[name] = np.where(chosen, np.nan, seen[name])


def _leave_out(
    seen: Population, units: tuple[str, ...], round_name: str, rng: np.random.Generator, *, first: bool
) -> None:
    rule, count, county = figures()["missing"], size(seen), seen["county"].astype(int)
    factor = rule["first_round_factor"] if first else 1
    unknown = np.array([figures()["counties"][unit]["unknown_spending"] for unit in units])[county]
    unknown = unknown * np.where(seen["out_of_pocket"] == 0, rule["none_spent_factor"], 1.0) * (2 if first else 1)
    _empty(seen, rng.random(count) < unknown, ("out_of_pocket",))
    _empty(seen, seen["town"] > 0, ("land_mu",))
    for name, rate in rule["rates"].items():
        # The group follows from the grade, so that neither is known without the other.
        also = ("dilapidated_housing",) if name == "housing_grade" else ()
        _empty(seen, rng.random(count) < rate * factor, (name, *also))
    if first:
        whole = rule["first_round_column"]
        _empty(seen, county == units.index(whole["county"]), (whole["column"],))
    _leave_out_cross_checks(seen, units, round_name, rng, first=first)


def _leave_out_cross_checks(
    seen: Population, units: tuple[str, ...], round_name: str, rng: np.random.Generator, *, first: bool
) -> None:
    """Cross-checks are made by county, with edge households in view; hardly any before a county takes them up."""
    rule = figures()["missing"]
    done = np.array([round_name >= figures()["counties"][unit]["cross_check"] for unit in units])[
        seen["county"].astype(int)
    ]
    early = rule["cross_check_first_round"] if first else rule["cross_check_rate"]
    rate = np.where(done, early, np.where(seen["kind"] == UNREGISTERED, rule["cross_check_before"], 1.0))
    _empty(seen, rng.random(size(seen)) < rate, CROSS_CHECKS)


def _settle(seen: Population, people: Population, round_name: str, blank: BoolArray) -> None:
    """Keep what the standing of households hangs on where they were visited."""
    known = people["previous_spending"]
    stands = standing(seen, known, round_name).state
    open_ = np.isnan(stands) & ~blank & (people["kind"] != REGISTERED)
    for name in _DECISIVE:
        seen[name] = np.where(open_, people[name], seen[name])
    figure = tier_parameters(round_name)
    hangs = open_ & np.isnan(standing(seen, known, round_name).state)
    bearable = np.floor(figure.expenditure_growth_share * people["net_income"])
    # What happened is lowered with its record: the true probability must be that of the facts that are shown.
    for target in (people, seen):
        target["out_of_pocket"] = np.where(
            hangs, np.minimum(people["out_of_pocket"], bearable), target["out_of_pocket"]
        )
