"""What happens to a household that slips: a blow of some kind, hard enough to worsen its standing."""

import numpy as np

from workbench.domain.parameters import TierParameters, tier_parameters
from workbench.simulation.calendar import is_summer
from workbench.simulation.population import (
    DIFFICULTY,
    GRADE_C,
    POTENTIAL,
    BoolArray,
    FloatArray,
    Population,
    accept_amounts,
    figures,
    reconcile,
    set_net_income,
    size,
)
from workbench.simulation.standing import Standing

BLOWS = ("illness", "job_loss", "disaster", "family_change", "education", "market")
_TIER_ONE, _TIER_TWO, _TIER_THREE = 1, 2, 3


def strike(
    people: Population, stood: Standing, slipping: BoolArray, rounds: tuple[str, str], rng: np.random.Generator
) -> None:
    """Give each slipping household a blow between two rounds and worsen its standing at the second.

    Stable households (tier 3) get into a potential difficulty, or near the line; those of tier 2 into a difficulty
    with an expenditure that they cannot bear; all others, and a few of these, below the line.
    """
    figure = tier_parameters(rounds[1])
    struck = {
        blow: slipping & (kind == position)
        for kind in [_blows(people, rounds[0], rng)]
        for position, blow in enumerate(BLOWS)
    }
    _wounds(people, struck, rng)
    reconcile(people)
    _lower_income(people, stood, slipping, struck, figure, rng)
    _worsen_guarantee(people, stood, struck, rng)
    _burden(people, slipping & (stood.tier == _TIER_TWO), figure, rng)
    accept_amounts(people, slipping)


def _blows(people: Population, round_name: str, rng: np.random.Generator) -> FloatArray:
    """The kind of blow, by position in BLOWS, in proportion to weights that the facts shift."""
    rule = figures()["slips"]
    ill = people["seriously_ill"] + people["chronically_ill"] > 0
    facts = {
        "illness": 1 + rule["illness_if_ill"] * ill,
        "job_loss": people["work_months"] > 0,
        "education": people["students"] > 0,
        "market": people["income_business"] > 0,
    }
    weights = np.array([np.broadcast_to(rule["weights"][blow] * facts.get(blow, 1.0), size(people)) for blow in BLOWS])
    weights[BLOWS.index("disaster")] += rule["disaster_in_summer"] * is_summer(round_name)
    steps = np.cumsum(weights, axis=0)
    blows: FloatArray = (rng.random(size(people)) * steps[-1] >= steps[:-1]).sum(axis=0).astype(np.float64)
    return blows


def _wounds(people: Population, struck: dict[str, BoolArray], rng: np.random.Generator) -> None:
    """What each blow leaves in the facts beside its effect on the standing."""
    ill, count = struck["illness"], size(people)
    people["seriously_ill"] += ill & (people["seriously_ill"] < people["persons"])
    cost = np.round(rng.uniform(0.15, 0.29, count) * people["net_income"], -1)
    people["out_of_pocket"] = np.where(ill, np.maximum(people["out_of_pocket"], cost), people["out_of_pocket"])
    people["raw_out_of_pocket"] = np.where(ill, people["out_of_pocket"], people["raw_out_of_pocket"])
    jobless = struck["job_loss"]
    people["work_months"] = np.where(
        jobless, np.round(people["work_months"] * rng.uniform(0.1, 0.6, count)), people["work_months"]
    )
    _scale(people, jobless, 0.6, ("income_wage",))
    flooded = struck["disaster"]
    people["disaster"] = np.maximum(people["disaster"], flooded)
    ruined = flooded & (rng.random(count) < 0.4)  # noqa: PLR2004 - a share of houses
    people["housing_grade"] = np.where(ruined, np.maximum(people["housing_grade"], GRADE_C), people["housing_grade"])
    _scale(people, flooded | struck["market"], 0.5, ("income_business", "cost_business"))
    _lose_member(people, struck["family_change"])


def _scale(people: Population, chosen: BoolArray, factor: float, names: tuple[str, ...]) -> None:
    for name in names:
        people[name] = np.where(chosen, np.floor(people[name] * factor), people[name])


def _lose_member(people: Population, chosen: BoolArray) -> None:
    """A working member dies or leaves; of a single person, nobody can."""
    people["family_change"] = np.maximum(people["family_change"], chosen)
    losing = chosen & (people["persons"] > 1) & (people["labour"] > 0)
    people["persons"] -= losing
    people["labour"] -= losing


def _lower_income(
    people: Population, stood: Standing, slipping: BoolArray, struck: dict[str, BoolArray], figure: TierParameters,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Below the line where only that is worse; near it where a stable household loses income rather than a guarantee."""
    rule, count = figures()["slips"], size(people)
    # By tier, 0 unregistered: these and tier 1 can only fall below the line (decision 0009).
    chance = np.array([1.0, 1.0, rule["to_poverty"][2], rule["to_poverty"][3]])
    tier = np.nan_to_num(stood.tier).astype(int)  # 0: unregistered
    poor = slipping & (rng.random(count) < chance[tier])
    keeps = np.logical_or.reduce([struck[blow] for blow in rule["by_guarantee"]])
    near = slipping & ~poor & (tier == _TIER_THREE) & ~keeps
    low = figure.line * (1 - 0.35 * rng.beta(1.0, 2.2, count))
    modest = figure.line * (1.02 + rng.uniform(0.0, 0.96, count) * (figure.near_line_multiple - 1.02))
    level = np.where(poor, low, np.where(near, modest, figure.line * 1.02))
    set_net_income(people, (poor | near) & (people["income_pc"] >= level), level * people["persons"])
    # The blow itself may have taken those below the line who are to slip less far.
    sunk = slipping & ~poor & (people["income_pc"] < figure.line * 1.02)
    set_net_income(people, sunk, np.maximum(level, figure.line * 1.02) * people["persons"])


def _worsen_guarantee(
    people: Population, stood: Standing, struck: dict[str, BoolArray], rng: np.random.Generator
) -> None:
    rule = figures()["slips"]
    severe = rng.random(size(people)) < rule["severe"]
    for blow, hit in struck.items():
        name = rule["guarantee"][blow]
        if blow in rule["by_guarantee"]:
            level = np.where(severe, DIFFICULTY, POTENTIAL)
            people[name] = np.where(hit & (stood.tier == _TIER_THREE), np.maximum(people[name], level), people[name])
        people[name] = np.where(hit & (stood.tier == _TIER_TWO), DIFFICULTY, people[name])


def _burden(people: Population, chosen: BoolArray, figure: TierParameters, rng: np.random.Generator) -> None:
    """An expenditure above the bearable share of net income."""
    share = figure.expenditure_share * rng.uniform(1.03, 1.9, size(people))
    cost = np.maximum(people["out_of_pocket"], np.ceil(share * people["net_income"] / 10) * 10)
    for name in ("out_of_pocket", "raw_out_of_pocket"):
        people[name] = np.where(chosen, cost, people[name])
