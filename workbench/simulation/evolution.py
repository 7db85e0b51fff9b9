"""Half a year of ordinary life: incomes drift, people fall ill, recover, age, learn, find and lose work; floods come.

Nobody slips here: `hold` undoes what would have worsened the standing of a household that does not slip.
"""

import numpy as np

from workbench.domain.facts import CROSS_CHECKS, GUARANTEES
from workbench.domain.parameters import TierParameters, tier_parameters
from workbench.simulation.calendar import is_summer
from workbench.simulation.households import by_kind, chance, health_spending
from workbench.simulation.population import (
    AMOUNTS,
    DIFFICULTY,
    GRADE_C,
    LIFTED,
    POTENTIAL,
    STRUCTURE,
    BoolArray,
    FloatArray,
    Population,
    accept_amounts,
    business_profit,
    copy,
    figures,
    reconcile,
    report_amounts,
    set_net_income,
    size,
)
from workbench.simulation.settlements import Settlements
from workbench.simulation.standing import Standing, standing, worsened

_STABLE = 3
_PUBLIC_JOB_WAGE = 500.0
_LEAST_INCOME = 400.0


def live(
    before: Population, settlements: Settlements, round_name: str, drift: FloatArray, rng: np.random.Generator
) -> Population:
    """The facts half a year after `round_name` if nothing is done about slips; `drift` shifts log incomes by county."""
    people = copy(before)
    _health(people, rng)
    _work(people, rng)
    _calm(people, rng)
    if is_summer(round_name):
        _floods(people, settlements, rng)
    _incomes(people, before, drift, rng)
    _spend(people, rng)
    report_amounts(people)
    reconcile(people)
    poor = people["net_income"] < _LEAST_INCOME * people["persons"]
    set_net_income(people, poor, _LEAST_INCOME * people["persons"])
    accept_amounts(people, poor)
    return people


def _health(people: Population, rng: np.random.Generator) -> None:
    rule, count = figures()["events"], size(people)
    ill = (people["seriously_ill"] < people["persons"]) * chance(rng, rule["falls_ill"], count)
    better = (people["seriously_ill"] > 0) * chance(rng, rule["recovers"], count)
    people["seriously_ill"] += ill - better
    eased = (people["chronically_ill"] > 0) * chance(rng, rule["chronic_ends"], count)
    # Who recovers from a serious illness has a chronic one left.
    people["chronically_ill"] += better - eased


def _work(people: Population, rng: np.random.Generator) -> None:
    rule, count = figures()["events"], size(people)
    aged = (people["labour"] > 0) * chance(rng, rule["ages"], count)
    graduate = (people["students"] > 0) * chance(rng, rule["finishes_school"], count)
    people["labour"] += graduate - aged
    people["weak_labour"] += aged
    people["students"] -= graduate
    people["skilled"] += (people["skilled"] < people["labour"]) * chance(rng, rule["trained"], count)
    changed = (people["work_months"] > 0) & (rng.random(count) < rule["work_changes"])
    # In half months, as they are recorded.
    months = np.clip(people["work_months"] + np.round(2 * rng.normal(0.2, 2.0, count)) / 2, 1.0, 12 * people["persons"])
    people["work_months"] = np.where(changed, months, people["work_months"])


def _calm(people: Population, rng: np.random.Generator) -> None:
    """Difficulties mended, houses repaired, flags cleared; new ones now and then."""
    rule, count = figures()["events"], size(people)
    repaired = (people["housing_grade"] >= GRADE_C) & (rng.random(count) < rule["house_repaired"])
    people["housing_grade"] = np.where(repaired, 0.0, people["housing_grade"])
    for name in GUARANTEES:
        people[name] = np.where(
            rng.random(count) < rule["guarantee_mended"], np.maximum(people[name] - 1, 0), people[name]
        )
        worse = (people[name] == POTENTIAL) & (rng.random(count) < rule["guarantee_worsens"])
        people[name] = np.where(worse, DIFFICULTY, people[name])
        weakened = (people[name] == 0) & (rng.random(count) < rule["guarantee_weakens"])
        people[name] = np.where(weakened, POTENTIAL, people[name])
    unsafe = np.clip(people["housing_grade"] - GRADE_C + 1, 0, DIFFICULTY)
    people["housing"] = np.maximum(people["housing"], unsafe)
    for name in ("disaster", "family_change"):
        people[name] *= 1 - chance(rng, rule["flag_clears"], count)
    people["family_change"] = np.maximum(people["family_change"], chance(rng, rule["family_change"], count))
    people["dibao"] = np.maximum(people["dibao"], chance(rng, rule["dibao_starts"], count))
    people["dibao"] *= 1 - chance(rng, rule["dibao_ends"], count)
    for name in CROSS_CHECKS:
        people[name] = np.maximum(people[name], chance(rng, rule["goods_bought"], count))


def _floods(people: Population, settlements: Settlements, rng: np.random.Generator) -> None:
    """A flood meets a village, and there some of the households."""
    rule = figures()["events"]
    share = np.array([rule["flooded_village"][code] for code in settlements.counties])[settlements.county.astype(int)]
    flooded = rng.random(len(share)) < share
    hit = flooded[people["village"].astype(int)] & (rng.random(size(people)) < rule["flooded_household"])
    people["disaster"] = np.maximum(people["disaster"], hit)
    for name in ("raw_income_business", "raw_cost_business"):
        people[name] = np.where(hit, people[name] * 0.6, people[name])


def _incomes(people: Population, before: Population, drift: FloatArray, rng: np.random.Generator) -> None:
    """The passing part of log income fades and is renewed; wages follow months of work."""
    rule, count = figures()["income"], size(people)
    shift = drift[people["county"].astype(int)]
    people["mean_log_income"] += rule["growth"] + shift
    net = sum((people[f"raw_{name}"] for name in AMOUNTS[:-1]), -people["raw_cost_business"])
    gap = people["mean_log_income"] - np.log(np.maximum(net, 1.0) / people["persons"])
    stays = rule["persistence"]
    # So scaled, the passing part keeps its variance from one half year to the next.
    noise = by_kind(people, rule["transitory"]) * np.sqrt(1 - stays**2) * rng.standard_normal(count)
    factor = np.exp((1 - stays) * gap + stays * (rule["growth"] + shift) + noise)
    for name in AMOUNTS:
        people[f"raw_{name}"] = people[f"raw_{name}"] * factor
    # By the root: half of the months do not halve the wage, as better paid work is kept longest.
    months = people["work_months"] / np.maximum(before["work_months"], 1.0)
    people["raw_income_wage"] *= np.where(before["work_months"] > 0, np.clip(months, 0.0, 1.5) ** 0.5, 1.0)


def _spend(people: Population, rng: np.random.Generator) -> None:
    rule, count = figures()["spending"], size(people)
    usual = health_spending(people) * np.exp(rule["spread"] * rng.standard_normal(count))
    stays = rule["persistence"]
    lasting = np.exp(stays * np.log(np.maximum(people["raw_out_of_pocket"], 1.0)) + (1 - stays) * np.log(usual))
    ill = people["seriously_ill"] + people["chronically_ill"] > 0
    starts = (people["raw_out_of_pocket"] == 0) & (
        ill | (rng.random(count) < 1 - rule["none"]) & (rng.random(count) < 1 - stays)
    )
    stops = (people["raw_out_of_pocket"] > 0) & ~ill & (rng.random(count) < rule["none"] * (1 - stays))
    spent = np.where(people["raw_out_of_pocket"] > 0, lasting, np.where(starts, usual, 0.0))
    people["raw_out_of_pocket"] = np.where(stops, 0.0, spent)
    people["out_of_pocket"] = np.round(people["raw_out_of_pocket"], -1)


def hold(
    people: Population, before: Population, stood: Standing, held: BoolArray, round_name: str, rng: np.random.Generator
) -> None:
    """Undo what would worsen the standing, at `round_name`, of the `held` households, who do not slip.

    First what happened to them is taken back and their income kept up; where a risen line still worsens it, help
    comes: a public-welfare job, a larger business, a difficulty eased.
    """
    figure = tier_parameters(round_name)
    margin = 1.002 + rng.exponential(figures()["events"]["kept_above"], size(people))
    # Twice, since the line may have risen: what was enough before is taken back first, and only the rest is helped.
    for risen_line in (False, True):
        worse = held & worsened(stood, standing(people, before["out_of_pocket"], round_name))
        lifted = worse & (people["kind"] == LIFTED)
        if risen_line:
            _help(people, stood, lifted, figure)
        else:
            _take_back(people, before, lifted)
        reconcile(people)
        _keep_up_income(people, stood, worse, figure, margin)
        accept_amounts(people, worse)


def _take_back(people: Population, before: Population, chosen: BoolArray) -> None:
    for name in STRUCTURE:
        people[name] = np.where(chosen, before[name], people[name])
    for name in ("out_of_pocket", "raw_out_of_pocket"):
        people[name] = np.where(chosen, np.minimum(before[name], people[name]), people[name])


def _help(people: Population, stood: Standing, chosen: BoolArray, figure: TierParameters) -> None:
    jobless = chosen & (people["work_months"] < figure.stable_work_months)
    wage = np.maximum(people["income_wage"], _PUBLIC_JOB_WAGE * figure.stable_work_months)
    people["income_wage"] = np.where(jobless, wage, people["income_wage"])
    people["work_months"] = np.where(jobless, figure.stable_work_months, people["work_months"])
    wanted = np.ceil(1.03 * figure.small_industry_share * figure.line * people["persons"])
    profit = business_profit(people)
    small = chosen & (stood.tier == _STABLE) & (profit > 0) & (profit < wanted)
    people["income_business"] = np.where(small, wanted + people["cost_business"], people["income_business"])
    for name in GUARANTEES:
        eased = chosen & (stood.tier < _STABLE) & (people[name] == DIFFICULTY)
        people[name] = np.where(eased, POTENTIAL, people[name])


def _keep_up_income(
    people: Population, stood: Standing, worse: BoolArray, figure: TierParameters, margin: FloatArray
) -> None:
    least = figure.line * np.where(stood.tier == _STABLE, figure.near_line_multiple, 1.0)
    was_above = (stood.below == 0) & (people["kind"] != 1)
    short = worse & was_above & (people["income_pc"] < least)
    set_net_income(people, short, least * margin * people["persons"])
    # Kept up a little for good, or it would be below the line again next time.
    people["mean_log_income"] = np.where(short, people["mean_log_income"] + 0.05, people["mean_log_income"])
