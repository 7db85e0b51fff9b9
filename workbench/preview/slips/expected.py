"""What a standard catches of the slips that the model expects among unregistered households, and how surely.

A household without a probability counts among those in, and as not scored; it adds nothing to expected slips.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from workbench.errors import InputError, Words
from workbench.preview.counts.counts import Count
from workbench.preview.counts.membership import Piece
from workbench.preview.counts.sweep import share_of
from workbench.preview.index.build import Bools, PreviewIndex, sum_of
from workbench.preview.slips.intervals import Interval, Moments, difference_interval, number_interval, share_interval
from workbench.preview.slips.scored_index import Ranking, Slips, ranking
from workbench.preview.slips.verdicts import Verdict, verdict
from workbench.safeguards.plain_data import Json
from workbench.store.scores import ScoreHead


@dataclass(frozen=True)
class Expectation:
    """The slips expected over the counties of an index under one line; what does not depend on a standard, once."""

    index: PreviewIndex
    slips: Slips
    order: Ranking | None = None
    """The model's own order where it is at hand already."""

    @cached_property
    def everyone(self) -> Moments:
        """All scored households, by county."""
        ranges = [(county.start, county.stop) for county in self.index.counties]
        return Moments(
            np.array([self.slips.expected[start:stop].sum() for start, stop in ranges]),
            np.array([self.slips.variance[start:stop].sum() for start, stop in ranges]),
        )

    @cached_property
    def scored(self) -> float:
        """How many households have a probability."""
        counties, scored = self.index.counties, self.slips.scored
        return sum(self.index.weigh(each.start, each.stop, scored[each.start : each.stop]) for each in counties)

    @cached_property
    def not_scored(self) -> float:
        """How many have none though they could slip: those surely below the line already are left out."""
        # `~(a < b)`, not `a >= b`: of an unknown income the comparison is false, and the household could slip.
        could = ~self.slips.scored & ~(self.index.income_pc < self.slips.line)
        counties = self.index.counties
        return sum(self.index.weigh(each.start, each.stop, could[each.start : each.stop]) for each in counties)

    @cached_property
    def ranked(self) -> Ranking:
        """Households in the model's own order."""
        return self.order or ranking(self.index, self.slips)

    def prepare(self) -> "Expectation":
        """Work out now what is the same for every standard."""
        # Cached properties, touched here so that no count behind a slider pays for them.
        _ = self.everyone, self.scored, self.not_scored, self.ranked
        return self

    def moments(self, chosen: Bools) -> Moments:
        """The slips expected among chosen rows of the index, by county."""
        ranges = [slice(county.start, county.stop) for county in self.index.counties]
        return Moments(
            np.array([sum_of(self.slips.expected[rows], chosen[rows]) for rows in ranges]),
            np.array([sum_of(self.slips.variance[rows], chosen[rows]) for rows in ranges]),
        )

    def caught(self, pieces: Sequence[Piece]) -> "Caught":
        """What a standard catches; `pieces` as `evaluation.evaluate` gives them."""
        position = {county.code: number for number, county in enumerate(self.index.counties)}
        expected, variance = np.zeros(len(position)), np.zeros(len(position))
        scored_in = 0.0
        for piece in pieces:
            rows, at = slice(piece.start, piece.stop), position[piece.county.code]
            expected[at] += sum_of(self.slips.expected[rows], piece.inside)
            variance[at] += sum_of(self.slips.variance[rows], piece.inside)
            # Not scored is not "will not slip": they count among those in, and are told beside the figure.
            scored: Bools = piece.inside & ~np.isnan(self.slips.probability[rows])
            scored_in += self.index.weigh(piece.start, piece.stop, scored)
        return Caught(self, Moments(expected, variance), scored_in)


@dataclass(frozen=True)
class Caught:
    """The slips expected among the households that a standard brings in; `scored_in` of them have a probability."""

    all: Expectation
    inside: Moments
    scored_in: float

    @property
    def expected(self) -> float:
        """How many slips are expected among those in."""
        return float(self.inside.expected.sum())

    @property
    def share(self) -> float | None:
        """The slips expected among those in, as a share of those among all scored unregistered households."""
        return share_of(self.expected, float(self.all.everyone.expected.sum()))

    def intervals(self) -> dict[str, list[float] | None]:
        """The intervals of the number and of the share, at the level of the scores."""
        head = self.all.slips.head
        number = number_interval(self.inside, self.scored_in, head.dispersion, head.level)
        share = share_interval(self.inside, self.all.everyone - self.inside, head.dispersion, head.level)
        return {"expected_slips_interval": list(number), "slips_share_interval": list(share) if share else None}

    def net_benefit(self, threshold: float | None) -> dict[str, float | None] | None:
        """Net benefit per scored household at a threshold probability, by default the base rate; None if none is scored.

        True positives / n - false positives / n * t / (1 - t): a visit to a household that will not slip costs
        t / (1 - t) of what one to a household that will slip is worth. Of this standard; of all households in; of as
        many households in the model's own order (the most that any choice of that number can reach); and nobody: 0.
        """
        n, everyone = self.all.scored, float(self.all.everyone.expected.sum())
        t = threshold if threshold is not None else (everyone / n if n else 0.0)
        # Where everybody slips the odds t / (1 - t) have no value.
        if n <= 0 or t >= 1:
            return None

        def benefit(slips: float, households: float) -> float:
            return slips / n - (households - slips) / n * t / (1 - t)

        best = self.all.ranked.slips_among(self.scored_in)
        return {
            "threshold": t,
            "standard": benefit(self.expected, self.scored_in),
            "all_in": benefit(everyone, n),
            "ordered_by_model": benefit(best, self.scored_in),
            "none_in": 0.0,
        }


@dataclass(frozen=True)
class Gain:
    """How many slips more than another standard a standard is expected to catch, between what that will lie, and the verdict."""

    slips: float
    interval: Interval
    verdict: Verdict

    @classmethod
    def over(cls, expected: Expectation, pieces: Sequence[Piece], other: Bools) -> "Gain":
        """The gain of the rows in by `pieces` over those of the mask `other`; whoever is in under both makes no difference."""
        own = np.zeros(len(expected.index), np.bool_)
        for piece in pieces:
            own[piece.start : piece.stop] |= piece.inside
        gained, lost = expected.moments(own & ~other), expected.moments(other & ~own)
        head = expected.slips.head
        interval = difference_interval(gained, lost, head.dispersion, head.level)
        sides = [
            (float(expected.moments(mask).expected.sum()), expected.index.weigh(0, len(mask), mask))
            for mask in (own, other)
        ]
        slips = float(gained.expected.sum() - lost.expected.sum())
        return cls(slips, interval, verdict(sides[0], sides[1], interval))

    def record(self) -> Json:
        """The key of a preview against another standard."""
        return {"slips": self.slips, "interval": list(self.interval), "verdict": str(self.verdict)}


def check_threshold(threshold: float) -> float:
    """A threshold probability, if it can be one."""
    if not 0 < threshold < 1:
        message = Words(
            "概率应在 0 与 1 之间，例如 0.05",
            "a probability lies between 0 and 1, e.g. 0.05",
            code="preview.probability-lies-between",
        )
        raise InputError(message.after(f"{threshold} (--threshold): "))
    return threshold


NO_SLIPS: dict[str, Any] = dict.fromkeys(
    (
        "expected_slips", "expected_slips_interval", "slips_share", "slips_share_interval", "not_scored_in",
        "slips_per_visit", "slips_per_10000_yuan", "net_benefit",
    )
)  # fmt: skip
"""What a preview says of slips where no model has scored the round, or cannot say under this line."""


def slips_record(caught: Caught, inside: Count, cost: float | None, threshold: float | None = None) -> Json:
    """The keys of a preview that tell of slips (those of NO_SLIPS). `cost`: yuan a year for those in."""
    visits = inside.households
    return {
        "expected_slips": caught.expected,
        "slips_share": caught.share,
        **caught.intervals(),
        # Two sums of weights may differ in their last digit: never below 0.
        "not_scored_in": max(visits - caught.scored_in, 0.0),
        "slips_per_visit": caught.expected / visits if visits else None,
        "slips_per_10000_yuan": caught.expected / cost * 10_000 if cost else None,
        "net_benefit": caught.net_benefit(threshold),
    }


def model_record(head: ScoreHead, expectation: Expectation | None) -> Json:
    """What is said of the model beside its figures; `expectation` None where it cannot say under this line."""
    return {
        "name": head.model,
        "level": head.level,
        "line": head.line,
        "advice": head.advice,
        "warnings": list(head.warnings),
        "scored": expectation.scored if expectation else 0.0,
        "not_scored": expectation.not_scored if expectation else None,
        "not_scored_by_reason": dict(head.not_scored),
    }
