"""The point of a front that does with fewest households what the standard at hand does: who the others are, and what they cost."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.rules.standard import EdgeStandard, parse_standard
from workbench.errors import StandardError
from workbench.preview.counts.membership import full_mask
from workbench.preview.counts.sweep import yearly_cost
from workbench.preview.frontier.points import Evidence, Frontier, masks_of
from workbench.preview.hindsight.difference import CaughtDifference, Paired, paired
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastRound
from workbench.preview.hindsight.places import NO_GROUP
from workbench.preview.index.build import Bools, PreviewIndex, sum_of, to_the_millionth
from workbench.safeguards.plain_data import Json

_SEEN = 0.05
"""Slips below which two numbers look alike on a page, which shows one decimal."""
_DECIMALS = 8
"""Of a sum of slips: whichever order it was added up in, the last digit is the same."""


@dataclass(frozen=True)
class OneSided:
    """The household-rounds that one of two standards brings in and the other does not: how many, the slips among them, of which key groups."""

    households: float
    slips: float
    by_group: dict[str, float]

    def record(self) -> Json:
        """Plain data; a household of several groups counts in each of them."""
        return {"in": self.households, "slips": self.slips, "by_group": self.by_group}


@dataclass(frozen=True)
class PastPair:
    """Two standards over the same past rounds: whom only the one had, whom only the other; the difference of the shares caught."""

    rounds: int
    only_ours: OneSided
    only_theirs: OneSided
    difference: CaughtDifference | None

    @classmethod
    def of(cls, ours: Hindsight, theirs: Hindsight, pairs: Paired | None = None) -> "PastPair":
        """Compare two sides that were read with the same income tested and the same groups, so that their rows are the same.

        `pairs`: how their slips pair by household, where the rows are households no longer.
        """
        rows = [(each.past.index, each.past.slipped) for each in ours.rounds]
        masks = [[full_mask(each.past.index, each.past.limits) for each in side.rounds] for side in (ours, theirs)]
        slips = [slipped * (np.ones(len(index)) if index.weight is None else index.weight) for index, slipped in rows]
        marked = [index.with_slips(each) for (index, _), each in zip(rows, slips, strict=True)]
        only_ours, only_theirs = _one_sided(marked, *masks), _one_sided(marked, *reversed(masks))
        return cls(len(rows), only_ours, only_theirs, (pairs or paired(ours, theirs)).difference(ours, theirs))

    def record(self) -> Json:
        """The key `past` of `fewest`: household-rounds only under either standard, and the difference of the shares caught."""
        return {
            "rounds": self.rounds,
            "only_at_hand": self.only_ours.record(),
            "only_point": self.only_theirs.record(),
            "difference": self.difference.record() if self.difference else None,
        }


def past_of_fewest(
    record: Json, at_hand: EdgeStandard, pair: Callable[[EdgeStandard, EdgeStandard], PastPair]
) -> PastPair | None:
    """The standard at hand and the point that does with fewer households, over the past; `pair` looks back on two standards.

    None where there is no such point, nobody slipped yet, or one of the two cannot be used in a past round. `record`: of a
    frontier of what is expected: the search that knows the outcome is no second evidence.
    """
    fewest = record["fewest"]
    if fewest is None or record["happened"]:
        return None
    point = parse_standard(record["points"][fewest["point"]]["standard"])
    try:
        past = pair(at_hand, point)
    # A ceiling in yuan that this round takes may lie below the line of another.
    except StandardError:
        return None
    return past if past.difference else None


def pair_over(
    rounds: Callable[[EdgeStandard], Iterable[PastRound]], ours: EdgeStandard, theirs: EdgeStandard
) -> PastPair:
    """Look back on two standards over the past that `rounds` gives under each; raises StandardError where one cannot be used."""
    return PastPair.of(Hindsight.over(rounds(ours), ours), Hindsight.over(rounds(theirs), theirs))


def fewest_as_good(front: Frontier) -> int | None:
    """The first point that catches no fewer slips, to the decimal that is shown, with fewer households than the standard at hand."""
    # Points rise in slips and in households: the first that catches enough has the fewest.
    first = next((number for number, point in enumerate(front.points) if point.gain.slips > -_SEEN), None)
    if first is None or front.points[first].inside.households >= front.at_hand.inside.households:
        return None
    return first


def fewest_record(evidence: Evidence, at_hand: EdgeStandard, front: Frontier) -> Json | None:
    """The key `fewest` of a frontier: the point, what it has less (yuan a year), and whom only one of the two brings in."""
    number = fewest_as_good(front)
    if number is None:
        return None
    point = front.points[number]
    own, other = masks_of(evidence, at_hand), masks_of(evidence, point.standard)
    indexes = [each.index for each in evidence.rounds]
    less = to_the_millionth(front.at_hand.inside.households - point.inside.households)
    return {
        "point": number,
        "households_less": less,
        # Of household-rounds the average of the rounds: what is paid is paid a year.
        "cost_less": yearly_cost(at_hand.help_cost, less / len(indexes)),
        "rounds": len(indexes),
        "only_at_hand": _one_sided(indexes, own, other).record(),
        "only_point": _one_sided(indexes, other, own).record(),
    }


def _one_sided(indexes: Sequence[PreviewIndex], ours: Sequence[Bools], theirs: Sequence[Bools]) -> OneSided:
    households, slips, groups = 0.0, 0.0, dict[str, float]()
    for index, own, other in zip(indexes, ours, theirs, strict=True):
        only = own & ~other
        households += index.weigh(0, len(index), only)
        slips += 0.0 if index.slips is None else sum_of(index.slips, only)
        for place, name in enumerate(index.groups):
            of_group = only & (index.groups_true >> place & 1 != 0)
            groups[name] = groups.get(name, 0.0) + index.weigh(0, len(index), of_group)
        none = only & (index.groups_true == 0)
        groups[NO_GROUP] = groups.get(NO_GROUP, 0.0) + index.weigh(0, len(index), none)
    return OneSided(
        to_the_millionth(households), round(slips, _DECIMALS), {name: count for name, count in groups.items() if count}
    )
