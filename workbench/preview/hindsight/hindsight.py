"""Hindsight of a standard: by round who slipped and whom it had, over all rounds what it caught and why it missed the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.counts.counts import Count, Totals, count_rows, totals
from workbench.preview.counts.sweep import share_of, yearly_cost
from workbench.preview.hindsight.missed import CAUGHT, MISSED, OUTCOMES, Outcomes, outcomes
from workbench.preview.hindsight.past_rounds import PastRound, PastScope
from workbench.preview.index.build import Bools, PreviewIndex
from workbench.preview.request import whole
from workbench.safeguards.plain_data import Json


@dataclass(frozen=True)
class RoundHindsight:
    """What a standard would have done in one past round."""

    past: PastRound

    @cached_property
    def totals(self) -> Totals:
        """Whom it would have brought in."""
        return totals(self.past.index, self.past.limits)

    @cached_property
    def slips(self) -> PreviewIndex:
        """The households that slipped by the next round."""
        return self.past.slips

    @cached_property
    def outcomes(self) -> Outcomes:
        """What the standard made of each of `slips`."""
        return outcomes(self.slips, self.past.limits)

    @property
    def caught(self) -> Bools:
        """Which of `slips` it had."""
        caught: Bools = self.outcomes == OUTCOMES.index(CAUGHT)
        return caught

    def slipped(self) -> Count:
        """How many slipped."""
        return count_rows(self.slips, 0, len(self.slips))

    def of(self, outcome: str) -> Count:
        """How many of those who slipped had this outcome."""
        return count_rows(self.slips, 0, len(self.slips), self.outcomes == OUTCOMES.index(outcome))


@dataclass(frozen=True)
class Hindsight:
    """What a standard would have done in every past round of a scope, oldest first."""

    standard: EdgeStandard
    rounds: Sequence[RoundHindsight]

    @classmethod
    def of(cls, scope: PastScope, standard: EdgeStandard) -> "Hindsight":
        """Look back; raises StandardError where the standard cannot be used in one of the rounds."""
        return cls.over(scope.rounds(standard), standard)

    @classmethod
    def over(cls, rounds: Iterable[PastRound], standard: EdgeStandard) -> "Hindsight":
        """Look back over rounds that are at hand, each under the standard's limits."""
        return cls(standard, [RoundHindsight(past) for past in rounds])

    def slips(self) -> Count:
        """All slips of all rounds; a household that slipped twice counts twice."""
        return sum((each.slipped() for each in self.rounds), Count())

    def of_outcome(self, outcome: str) -> Count:
        """The slips of all rounds with this outcome."""
        return sum((each.of(outcome) for each in self.rounds), Count())

    def record(self) -> Json:
        """The keys of the contract, with what it would have cost (yuan a year) and the worst round."""
        rounds = [self._round_record(each) for each in self.rounds]
        counts = {name: self.of_outcome(name) for name in OUTCOMES}
        slips = self.slips()
        # A round in which nobody slipped has no share, and is not the worst.
        shares = {each["round"]: each["caught_share"] for each in rounds if each["caught_share"] is not None}
        return {
            "rounds": rounds,
            "slips": whole(slips),
            "caught": whole(counts[CAUGHT]),
            "caught_share": share_of(counts[CAUGHT].households, slips.households),
            "missed": {name: whole(counts[name]) for name in MISSED},
            "rows": {"slips": slips.rows, **{name: counts[name].rows for name in OUTCOMES}},
            "worst_round": min(shares, key=lambda name: shares[name]) if shares else None,
        }

    def _round_record(self, each: RoundHindsight) -> Json:
        inside, unknown = each.totals.inside, each.totals.cannot_tell
        slips, caught = each.slipped(), each.of(CAUGHT)
        return {
            "round": each.past.round_name,
            # Steps from one round may end at different rounds: each county has its own.
            "next_rounds": sorted(set(each.past.next_rounds.values())),
            "line": each.past.limits.line,
            # The line of the round in which steps end: where it was raised, whoever lies between the two slips without earning less.
            "next_lines": sorted(set(each.past.next_lines.values())),
            "in": whole(inside),
            "cannot_tell": whole(unknown),
            "labelled": whole(count_rows(each.past.index, 0, len(each.past.index), each.past.labelled)),
            "slips": whole(slips),
            "caught": whole(caught),
            "caught_share": share_of(caught.households, slips.households),
            "cost": yearly_cost(self.standard.help_cost, inside.households),
            "rows": {"in": inside.rows, "cannot_tell": unknown.rows, "slips": slips.rows, "caught": caught.rows},
        }
