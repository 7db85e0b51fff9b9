"""The points of a front: each a whole standard, counted anew as any preview counts it, beside the standard at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from workbench.domain.facts import CROSS_CHECKS
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.counts.counts import Count, count_rows
from workbench.preview.counts.membership import full_mask
from workbench.preview.frontier.choice import Choice, standard_of
from workbench.preview.frontier.classes import AssessedRound, HouseholdClasses, LeverValues, household_classes
from workbench.preview.frontier.search import SearchResult, search
from workbench.preview.frontier.simplest import simplest
from workbench.preview.index.build import Bools, Floats, sum_of
from workbench.preview.slips.intervals import Interval, Moments, difference_interval
from workbench.preview.slips.verdicts import Verdict, verdict
from workbench.store.scores import Overdispersion

_DECIMALS = 8


@dataclass(frozen=True)
class Evidence:
    """What a frontier is made from: rounds whose indexes bear the slips that count, and how far those may stray.

    `names` of the rounds; `variance`: by round, of the slips of each row by chance alone (households²); `level` of intervals;
    `happened`: the slips are those that happened, not those expected.
    """

    names: tuple[str, ...]
    rounds: tuple[AssessedRound, ...]
    variance: tuple[Floats, ...]
    dispersion: Overdispersion
    level: float
    happened: bool = False

    def summed(self, slips: float) -> float:
        """A sum of slips, or of their variance, the same in whatever order it was added up."""
        # Slips expected are whole 2^-28 (0042); those that happened weigh what their households do, decimals and all.
        return round(slips, _DECIMALS) if self.happened else slips

    @cached_property
    def counties(self) -> list[str]:
        """The counties of all rounds."""
        return sorted({county.code for each in self.rounds for county in each.index.counties})


@dataclass(frozen=True)
class Gain:
    """How many slips more than the standard at hand a standard catches, and between what that will lie, and what may be said of it."""

    slips: float
    interval: Interval
    verdict: Verdict

    @property
    def clear(self) -> bool:
        """Whether it is more than chance may bring about."""
        return self.interval[0] > 0


@dataclass(frozen=True)
class Point:
    """A standard with the household-rounds that it brings in and the slips among them."""

    standard: EdgeStandard
    inside: Count
    gain: Gain


@dataclass(frozen=True)
class Frontier:
    """The front, by rising households and slips; where the standard at hand stands; how much was searched.

    `places`: of each point the place of its choice in `result`.
    """

    points: tuple[Point, ...]
    places: tuple[int, ...]
    at_hand: Point
    result: SearchResult

    @property
    def proposal(self) -> int | None:
        """The point that catches most with no more households than the standard at hand, if it gains more than chance may."""
        better = [
            number
            for number, point in enumerate(self.points)
            if point.inside.households <= self.at_hand.inside.households and point.gain.clear
        ]
        # Points rise in slips, so that the last one catches the most.
        return better[-1] if better else None


@dataclass(frozen=True)
class Searched:
    """A search that was made: it serves every standard at hand that tests the same income under the same groups."""

    values: LeverValues
    classes: HouseholdClasses
    result: SearchResult


def searched(evidence: Evidence, at_hand: EdgeStandard, values: LeverValues | None = None) -> Searched:
    """Search the family over the rounds together."""
    values = values or LeverValues()
    classes = household_classes(evidence.rounds, values, at_hand.group_names)
    return Searched(values, classes, search(classes))


def frontier(evidence: Evidence, at_hand: EdgeStandard, made: Searched | None = None) -> Frontier:
    """The best standards of the searched family, at most `search.MOST_POINTS`, beside the one at hand."""
    made = made or searched(evidence, at_hand)
    own = masks_of(evidence, at_hand)
    points = [compared(evidence, as_standard(made, choice, at_hand), own) for choice in made.result.choices]
    places = tuple(_rising(points))
    return Frontier(tuple(points[at] for at in places), places, compared(evidence, at_hand, own), made.result)


def as_standard(made: Searched, choice: Choice, at_hand: EdgeStandard) -> EdgeStandard:
    """A choice of a search as the plainest standard that does the same."""
    wanted = sum(1 << CROSS_CHECKS.index(name) for name in at_hand.exclusions)
    return standard_of(simplest(made.classes, choice, wanted), made.values, at_hand)


def masks_of(evidence: Evidence, standard: EdgeStandard) -> list[Bools]:
    """Who is in under a standard, round by round."""
    return [full_mask(each.index, edge_limits(standard, each.line)) for each in evidence.rounds]


def compared(evidence: Evidence, standard: EdgeStandard, own: Sequence[Bools]) -> Point:
    """A standard over the rounds, beside those in under the standard at hand."""
    inside, theirs, gained, lost = Count(), Count(), _nothing(evidence), _nothing(evidence)
    for number, (assessed, mask) in enumerate(zip(evidence.rounds, masks_of(evidence, standard), strict=True)):
        index = assessed.index
        inside += count_rows(index, 0, len(index), mask)
        theirs += count_rows(index, 0, len(index), own[number])
        # Whoever both bring in adds nothing to the difference, and nothing to how far it may stray.
        gained += _moments(evidence, number, mask & ~own[number])
        lost += _moments(evidence, number, own[number] & ~mask)
    inside, theirs = (replace(each, slips=evidence.summed(each.slips)) for each in (inside, theirs))
    slips = evidence.summed(float(gained.expected.sum() - lost.expected.sum()))
    interval = difference_interval(gained, lost, evidence.dispersion, evidence.level)
    said = verdict((inside.slips, inside.households), (theirs.slips, theirs.households), interval)
    return Point(standard, inside, Gain(slips, interval, said))


def _nothing(evidence: Evidence) -> Moments:
    return Moments(np.zeros(len(evidence.counties)), np.zeros(len(evidence.counties)))


def _moments(evidence: Evidence, number: int, chosen: Bools) -> Moments:
    """The slips among the chosen rows of a round, by county."""
    index, variance = evidence.rounds[number].index, evidence.variance[number]
    result = _nothing(evidence)
    for county in index.counties:
        at, rows = evidence.counties.index(county.code), slice(county.start, county.stop)
        slips = 0.0 if index.slips is None else sum_of(index.slips[rows], chosen[rows])
        result.expected[at] = evidence.summed(slips)
        result.variance[at] = evidence.summed(sum_of(variance[rows], chosen[rows]))
    return result


def _rising(points: Sequence[Point]) -> list[int]:
    """The places of the points that no other beats, as counted anew; one that catches nothing is none."""
    front: list[int] = []
    # The search counts classes; a point that the whole preview does not bear out is dropped here (decision 0034).
    for at in sorted(range(len(points)), key=lambda at: (points[at].inside.households, -points[at].inside.slips)):
        if points[at].inside.slips > (points[front[-1]].inside.slips if front else 0.0):
            front.append(at)
    return front
