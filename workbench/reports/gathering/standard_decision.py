"""What a leader decides upon, gathered: a county's standard with its households, cost, past rounds, and what it changes in the county's help."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.domain.parameters import county_names, poverty_line
from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import StandardError, Words
from workbench.preview.counts.budget import CarriedCeiling, Margin, Range, carried, cost_range, margin
from workbench.preview.counts.counts import Breakdown, Totals
from workbench.preview.counts.household_changes import LEAVES, OPEN, changed_households, households_under_both
from workbench.preview.hindsight.difference import caught_difference
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.margin import PastMargin, past_margin
from workbench.preview.hindsight.missed import CAUGHT
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.request import assessed
from workbench.preview.scope import PreviewScope
from workbench.preview.slips.expected import slips_record
from workbench.preview.slips.past_and_expected import past_and_expected
from workbench.register.assistance.standings import RegisterStanding, StandingCounts, count_standings
from workbench.safeguards.plain_data import Json


@dataclass(frozen=True)
class ComparedStandard:
    """The standard compared with, and what it is called in Chinese; `in_force`: the county has, or had, one in force."""

    standard: EdgeStandard
    name: str
    in_force: bool


@dataclass(frozen=True)
class RegisteredVersion:
    """How a standard stands in the register: its number, state, who submitted it when and why; as words in Chinese, empty where not yet."""

    number: int
    state: str
    submitted_by: str = ""
    submitted_on: dt.date | None = None
    reason: str = ""
    approved_by: str = ""
    document: str = ""


@dataclass(frozen=True)
class PastAgainst:
    """The past of the standard compared with: household-rounds caught and in, those in under this one, and whether they differ beyond chance."""

    caught: float
    inside: float
    ours_inside: float
    by_chance: bool


@dataclass(frozen=True)
class StandardDecision:
    """All that the sheet says. Households and household-rounds as counts, money in yuan a year.

    `line` is that of the round, which the limits of a standard may replace; `opened`: who could be told under the standard
    compared with, and cannot under this one; `unknown_before`: all who cannot be told under that one; `past_against`: the same past under the standard compared with; `past_and_expected`: how what happened goes with what is expected.
    `leaving_in_help` None: nothing is known of the register; `past` None: no past round, or one in which the standard is of
    no use; `expected` None: no model has scored the round. `version` None: the standard is not in the register.
    """

    county: str
    round_name: str
    made_on: dt.date
    simulated: bool
    standard: EdgeStandard
    limits: EdgeLimits
    line: float
    against: ComparedStandard
    version: RegisteredVersion | None
    unregistered: float
    totals: Totals
    households: Range
    cost: Range | None
    carried: CarriedCeiling | None
    leaving_in_help: StandingCounts | None
    opened: float
    unknown_before: float
    past: Json | None
    past_against: PastAgainst | None
    past_and_expected: Words | None
    past_margin: PastMargin | None
    expected_margin: Margin
    expected: Mapping[str, Any] | None


def gather_decision(
    scope: PreviewScope, standard: EdgeStandard, against: ComparedStandard, made_on: dt.date,
    known: Mapping[str, RegisterStanding] | None, version: RegisteredVersion | None = None,
) -> StandardDecision:  # fmt: skip
    """Count a standard of one county and round beside another one; `known`: what the register says of the county's households."""
    assert scope.county is not None
    at_hand, limits = assessed(scope, standard, against.standard), scope.limits_of(standard)
    broken = Breakdown(at_hand.index, limits, at_hand.comparison)
    totals = broken.totals
    households, cost = cost_range(totals, standard.help_cost)
    of_budget = standard.budget is not None and standard.help_cost is not None
    expected = None
    if at_hand.expectation is not None:
        caught = at_hand.expectation.prepare().caught(broken.pieces)
        expected = slips_record(caught, totals.inside, cost[0] if cost else None)
    both = households_under_both(scope, standard, against.standard)
    past, changed = _past(scope, standard), changed_households(both, standard)
    # Without the rounds over which the line was raised: the sheet names them where it has their figures.
    sentence = None
    if past is not None and expected is not None and at_hand.expectation is not None:
        level = at_hand.expectation.slips.head.level
        sentence = past_and_expected(
            past, expected["slips_share"], expected["slips_share_interval"], level, raised=False
        )
    return StandardDecision(
        county_names(scope.county)[0], scope.round_name, made_on, scope.simulated, standard, limits,
        poverty_line(scope.round_name).value, against, version,
        broken.unregistered.households, totals, households, cost,
        carried(at_hand.index, limits, standard.help_cost or 0.0, standard.budget or 0.0) if of_budget else None,
        None if known is None else count_standings(known, changed.filter(change=LEAVES)["household_id"].to_list()),
        float(changed.filter(change=OPEN)["weight"].sum()), float(both.filter(pl.col("edge_before").is_null())["weight"].sum()), past.record() if past else None,
        _past_against(past, _past(scope, against.standard)) if past else None, sentence, past_margin(past) if past else None,
        margin(at_hand.index, limits, totals.inside), expected,
    )  # fmt: skip


def _past_against(ours: Hindsight, theirs: Hindsight | None) -> PastAgainst | None:
    """None where the standard compared with cannot be used in a past round."""
    if theirs is None:
        return None
    before, now = (sum(each.totals.inside.households for each in side.rounds) for side in (theirs, ours))
    difference = caught_difference(ours, theirs)
    interval = difference.interval if difference else None
    by_chance = interval is None or interval[0] <= 0 <= interval[1]
    return PastAgainst(theirs.of_outcome(CAUGHT).households, before, now, by_chance)


def _past(scope: PreviewScope, standard: EdgeStandard) -> Hindsight | None:
    """The standard in the county's past rounds; None where nobody slipped in any, or one of them cannot use it."""
    try:
        past = Hindsight.of(PastScope(scope.store, scope.county, scope.line), standard)
    except StandardError:
        return None
    return past if past.slips().rows else None
