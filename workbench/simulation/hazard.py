"""The true probability of a slip by the next round, as a function of nothing but what a round shows.

Every term is a function of the facts as recorded, with their gaps, and of the facts of the round before; a term whose
facts are null takes a fixed value. So no estimate from facts can do better, and a perfect one can do as well.
"""

from functools import cache
from typing import Any

import numpy as np

from workbench.domain.facts import CAUSES
from workbench.domain.parameters import load_yaml, poverty_line, tier_parameters
from workbench.simulation.calendar import is_summer, next_round
from workbench.simulation.population import GRADE_C, LIFTED, UNREGISTERED, FloatArray, Population, business_profit
from workbench.simulation.standing import Standing

_TIER_ONE, _TIER_TWO, _TIER_THREE = 1, 2, 3
_FEW_MONTHS = 6
_MOSTLY_WAGES, _MUCH_FARMING = 0.7, 0.35
_FALL = -0.15
_RECENT_EXIT = 2018
_PASSIVE = CAUSES.index("自身发展动力不足")


@cache
def coefficients() -> dict[str, Any]:
    """The figures of the hazard: `workbench/parameters/simulation_hazard.yaml`."""
    loaded: dict[str, Any] = load_yaml("simulation_hazard")
    return loaded


def slip_probability(
    seen: Population, stands: Standing, round_name: str, units: tuple[str, ...], shift: FloatArray
) -> FloatArray:
    """P(slip by the next round) of every household, 0 where there is nothing to slip from.

    `seen`: the facts as recorded, with `previous_income` of the round before; `stands`: what they settle; `units`: the
    codes that `county` counts; `shift`: a drift of the logit by county that no fact shows.
    """
    rule = coefficients()
    county = seen["county"].astype(int)
    place = {
        name: np.array([rule["counties"][unit][name] for unit in units])[county] for name in ("level", "near", "summer")
    }
    terms = _terms(seen, stands, round_name, place)
    result = np.zeros(len(county))
    for kind, name in ((LIFTED, "lifted"), (UNREGISTERED, "unregistered")):
        logit = rule[name]["intercept"] + place["level"] + shift[county]
        for term, coefficient in rule[name]["terms"].items():
            # What is not recorded counts as a fixed part of the term: whoever judges by the facts could not tell either.
            logit = logit + coefficient * np.where(np.isnan(terms[term]), rule["unknown"], terms[term])
        result = np.where(seen["kind"] == kind, 1 / (1 + np.exp(-logit)), result)
    # Nothing to slip from: below the line already.
    return np.where(stands.state == 0, 0.0, result)


def _terms(seen: Population, stands: Standing, round_name: str, place: dict[str, FloatArray]) -> dict[str, FloatArray]:
    margin = np.log(seen["income_pc"] / _threshold(stands, round_name))
    near = place["near"] / (1 + np.exp((margin - coefficients()["near"]["centre"]) / coefficients()["near"]["width"]))
    return {
        "near": near,
        "tail": np.exp(-np.maximum(margin, 0.0) / 0.3),
        "near_and_ill": near * _if(seen["seriously_ill"] + seen["chronically_ill"], 1),
        **_health(seen),
        **_work(seen),
        **_season(seen, round_name, place["summer"]),
        **_history(seen),
        "tier_two": (stands.tier == _TIER_TWO).astype(float),
        "tier_one": (stands.tier == _TIER_ONE).astype(float),
        "undetermined": np.isnan(stands.tier).astype(float),
    }


def _threshold(stands: Standing, round_name: str) -> FloatArray:
    """The income below which the standing gets worse: part of the way to the next round's line; for tier 3, its multiple."""
    weight = coefficients()["next_line_weight"]
    lines = [poverty_line(name).value for name in (round_name, next_round(round_name))]
    # Between the lines of both rounds, on the scale of logarithms: a slip is told by the next one, looked at from this.
    line = lines[0] ** (1 - weight) * lines[1] ** weight
    threshold: FloatArray = line * np.where(
        stands.tier == _TIER_THREE, tier_parameters(round_name).near_line_multiple, 1.0
    )
    return threshold


def _if(values: FloatArray, least: float) -> FloatArray:
    """1 where a value is at least `least`, 0 where not, not a number where it is not known."""
    return np.where(np.isnan(values), np.nan, values >= least)


def _health(seen: Population) -> dict[str, FloatArray]:
    share = seen["out_of_pocket"] / np.maximum(seen["net_income"], 1.0)
    return {
        "rigid": np.minimum(share / 0.3, 1.5) ** 2,
        "seriously_ill": _if(seen["seriously_ill"], 1),
        "chronic_two": _if(seen["chronically_ill"], 2),
        "severely_disabled": _if(seen["severely_disabled"], 1),
        "many_students": _if(seen["students"], 2),
    }


def _work(seen: Population) -> dict[str, FloatArray]:
    months, labour = seen["work_months"], seen["labour"]
    wages = seen["income_wage"] / np.maximum(seen["net_income"], 1.0)
    return {
        "no_labour": 1 - _if(labour, 1),
        "one_earner": np.where(np.isnan(labour), np.nan, labour == 1) * _if(wages, _MOSTLY_WAGES),
        "unstable_work": _if(months, 0.5) * (1 - _if(months, _FEW_MONTHS)),
        "passive": (seen["cause"] == _PASSIVE) * (1 - _if(seen["skilled"], 1)),
    }


def _season(seen: Population, round_name: str, slope: FloatArray) -> dict[str, FloatArray]:
    summer = slope * is_summer(round_name)
    net = np.maximum(seen["net_income"], 1.0)
    return {
        "wages_in_winter": np.clip(seen["income_wage"] / net, 0, 1) * (not is_summer(round_name)),
        "farm_in_summer": summer * _if(business_profit(seen) / net, _MUCH_FARMING),
        "bad_house_in_summer": summer * _if(seen["housing_grade"], GRADE_C),
    }


def _history(seen: Population) -> dict[str, FloatArray]:
    change = np.log(seen["income_pc"] / seen["previous_income"])
    first = np.isnan(seen["previous_income"])
    return {
        # Of a household first seen no fall is known: it counts as none, not as unknown.
        "fall": np.where(first, 0.0, 1 - _if(change, _FALL)),
        "disaster": seen["disaster"],
        "family_change": seen["family_change"],
        "dibao": seen["dibao"],
        "recent_exit": (seen["exit_year"] >= _RECENT_EXIT).astype(float),
    }
