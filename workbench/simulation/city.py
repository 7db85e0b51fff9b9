"""The demonstration city: rounds of facts with the true probability of a slip of every household."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.domain.parameters import poverty_line
from workbench.errors import InputError, Words
from workbench.simulation.calendar import next_round, round_names
from workbench.simulation.evolution import hold, live
from workbench.simulation.families import family_draws, family_flags
from workbench.simulation.hazard import coefficients, slip_probability
from workbench.simulation.households import new_households
from workbench.simulation.population import (
    LIFTED,
    REGISTERED,
    UNREGISTERED,
    BoolArray,
    FloatArray,
    Population,
    accept_amounts,
    figures,
    join,
    set_net_income,
    size,
    take,
)
from workbench.simulation.recording import record
from workbench.simulation.settlements import Settlements, read_settlements
from workbench.simulation.slips import strike
from workbench.simulation.standing import standing
from workbench.simulation.tables import facts_by_county, truth_table

MOST_HOUSEHOLDS = 50_000_000
"""Household numbers have eight digits of their own; newcomers need some."""
_APRIL = "04"


@dataclass(frozen=True)
class SimulatedRound:
    """One round: `facts` by county code, in the columns of the contract; `truth`: household_id, p_slip."""

    round: str
    facts: dict[str, pa.Table]
    truth: pa.Table


def simulate(
    households: int,
    rounds: int,
    seed: int,
    *,
    divisions: Path,
    drift: float = 0.0,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[SimulatedRound]:
    """Yield the rounds of a simulated city, from 2019-05 on; the same for the same arguments, bit for bit.

    `divisions`: the folder of the division lists. `drift`: how far, from the second round on, hazards and incomes
    shift by county in ways that no fact shows. `progress` is called with the rounds done and their number. A longer
    run begins with the rounds of a shorter one. Raises InputError for arguments out of range.
    """
    check_city(households, rounds, seed, drift)
    return _rounds(households, rounds, seed, drift, read_settlements(divisions), progress)


def describe(households: int, rounds: int, seed: int, drift: float = 0.0) -> dict[str, Any]:
    """What made a simulated city, for the record."""
    return {
        "generator": "workbench.simulation",
        "version": figures()["version"],
        "households": households,
        "rounds": rounds,
        "seed": seed,
        "drift": drift,
    }


def check_city(households: int, rounds: int, seed: int, drift: float) -> None:
    """Raise InputError for arguments that are out of range."""
    limits = {
        "--households": (households, 1, MOST_HOUSEHOLDS),
        "--rounds": (rounds, 1, 100),
        "--seed": (seed, 0, 2**63 - 1),
        "--drift": (drift, 0, 10),
    }
    for option, (value, least, most) in limits.items():
        check_range(option, value, least, most)


def check_range(option: str, value: float, least: float, most: float) -> None:
    """Raise InputError where the value of an option lies outside its bounds."""
    if not least <= value <= most:
        message = Words(
            f"应在 {least} 至 {most} 之间", f"must be between {least} and {most}", code="simulation.must-between"
        )
        raise InputError(message.after(f"{option} {value}: "))


def _rounds(
    households: int, rounds: int, seed: int, drift: float, settlements: Settlements,
    progress: Callable[[int, int], None] | None,
) -> Iterator[SimulatedRound]:  # fmt: skip
    names = round_names(rounds)
    rng = np.random.default_rng([seed, 0])
    people = _first_seen(new_households(households, settlements, names[0], 0, rng), 0, seed)
    numbered = households
    for index, name in enumerate(names):
        if index:
            # A generator for each round: a longer run begins with the rounds of a shorter one, whatever comes after.
            rng = np.random.default_rng([seed, index])
            newcomers = round(households * figures()["events"]["appears"])
            people = _appear(people, newcomers, numbered, settlements, name, index, seed, rng)
            numbered += newcomers
        seen = record(people, settlements.counties, name, rng, first=index == 0)
        # Both generators of families are their own: whatever else is drawn stays as it would be without them.
        seen |= family_flags(people, np.random.default_rng([seed, index, 5]))
        logit, income = _shifts(settlements, drift, seed, index)
        stands = standing(seen, people["previous_spending"], name)
        # Of the facts as recorded: then a perfect model of the facts does as well as the truth.
        p_slip = slip_probability(seen, stands, name, settlements.counties, logit)
        yield SimulatedRound(name, facts_by_county(seen, settlements, name), truth_table(seen, p_slip))
        if progress:
            progress(index + 1, rounds)
        if index + 1 < rounds:
            people = _half_a_year(
                people, seen, p_slip, settlements, name, income, np.random.default_rng([seed, index, 1])
            )


def _first_seen(people: Population, numbered: int, seed: int) -> Population:
    """Household numbers that never repeat, and no round before."""
    count = size(people)
    offset = np.random.default_rng([seed, 0, 2]).integers(10**8)
    # Multiplied by a number without a common factor with 10^8: different numbers, in no visible order.
    people["number"] = ((np.arange(numbered, numbered + count) * 61_803_399 + offset) % 10**8).astype(np.float64)
    people |= family_draws(count, np.random.default_rng([seed, numbered, 4]))
    people["seen"] = np.zeros(count)
    for name in ("previous_spending", "true_previous_spending", "previous_income"):
        people[name] = np.full(count, np.nan)
    people["visit"], people["slipped"] = np.zeros(count), np.zeros(count)
    return people


def _appear(
    people: Population, count: int, numbered: int, settlements: Settlements, name: str, index: int, seed: int,
    rng: np.random.Generator,
) -> Population:  # fmt: skip
    return join(people, _first_seen(new_households(count, settlements, name, index, rng), numbered, seed))


def _shifts(settlements: Settlements, drift: float, seed: int, index: int) -> tuple[FloatArray, FloatArray]:
    """Drift of the half year after a round, by county: of the logit, and of log incomes. None after the first."""
    scale = drift * (index > 0)
    # A generator of its own, so that all else is drawn alike with drift and without.
    draws = np.random.default_rng([seed, index, 3]).standard_normal((2, len(settlements.counties)))
    return scale * coefficients()["drift"]["logit"] * draws[0], scale * coefficients()["drift"]["income"] * draws[1]


def _half_a_year(
    before: Population, seen: Population, p_slip: FloatArray, settlements: Settlements, name: str, income: FloatArray,
    rng: np.random.Generator,
) -> Population:  # fmt: skip
    """The next round's facts, in which those drawn by `p_slip`, and no others, have slipped."""
    then = next_round(name)
    # By the truth, not by what was recorded: a missing cell must not decide who slips.
    stood = standing(before, before["true_previous_spending"], name)
    slipping = (rng.random(size(before)) < p_slip) & (stood.state > 0)
    people = live(before, settlements, name, income, rng)
    people["seen"], people["slipped"] = np.ones(size(people)), slipping.astype(np.float64)
    hold(people, before, stood, ~slipping, then, rng)
    strike(people, stood, slipping, (name, then), rng)
    _change_register(people, stood.below == 1, then, rng)
    # Both as recorded and as it was: rules read the one, who slips hangs on the other.
    people["previous_spending"], people["previous_income"] = seen["out_of_pocket"], seen["income_pc"]
    people["true_previous_spending"] = before["out_of_pocket"]
    return take(people, rng.random(size(people)) >= figures()["events"]["leaves"])


def _change_register(people: Population, was_below: BoolArray, then: str, rng: np.random.Generator) -> None:
    """Change who is registered: whoever is below the line enters the register or returns to it; in April those lifted by the year's end leave."""
    rule, count = figures()["events"], size(people)
    kind = people["kind"].copy()
    below = was_below & (people["income_pc"] < poverty_line(then).value)
    enters = below & (kind == UNREGISTERED) & (rng.random(count) < rule["enters_register"])
    returns = below & (kind == LIFTED) & (rng.random(count) < rule["returns_to_register"])
    # Households are lifted once a year, after the winter's appraisal.
    lifted = (kind == REGISTERED) & (rng.random(count) < rule["exits_in_april"] * then.endswith(_APRIL))
    line = poverty_line(then).value
    short = lifted & (people["income_pc"] < line)
    # Whoever leaves the register as lifted is above the line.
    set_net_income(people, short, line * (1.01 + rng.exponential(0.15, count)) * people["persons"])
    accept_amounts(people, short)
    people["kind"] = np.where(enters | returns, REGISTERED, np.where(lifted, LIFTED, kind))
    # Those who leave in April were lifted by the end of the year before.
    people["exit_year"] = np.where(lifted, int(then[:4]) - 1, np.where(returns, np.nan, people["exit_year"]))
    people["cause"] = np.where(enters & np.isnan(people["cause"]), 0.0, people["cause"])
