"""One more slip caught, by hindsight: what a ceiling a little higher would have added in the past rounds. No model is asked."""

from dataclasses import dataclass, replace

from workbench.domain.rules.exact import to_the_fen
from workbench.preview.counts.budget import ceiling_above
from workbench.preview.counts.counts import Count, minus
from workbench.preview.hindsight.hindsight import Hindsight, RoundHindsight
from workbench.preview.hindsight.missed import CAUGHT


@dataclass(frozen=True)
class PastMargin:
    """What a general ceiling higher by `budget.MARGIN` of each round's line would have added: household-rounds, and slips among them."""

    rounds: int
    households: float
    slips: float

    @property
    def visits_per_slip(self) -> float | None:
        """Household-rounds for each further slip caught; None where none is."""
        # Within the six decimals of weighted counts no slip is a part of a household.
        return self.households / self.slips if self.slips > 0 else None

    def yuan_per_slip(self, help_cost: float | None) -> float | None:
        """Yuan for each further slip caught, at the yearly cost of helping a household; None without a cost, or a slip."""
        each = self.visits_per_slip
        return None if each is None or help_cost is None else to_the_fen(help_cost * each)


def past_margin(past: Hindsight) -> PastMargin:
    """The margin over all past rounds together, each at its own line."""
    added = [_added(each) for each in past.rounds]
    inside, caught = (sum((pair[place] for pair in added), Count()) for place in (0, 1))
    return PastMargin(len(added), inside.households, caught.households)


def _added(each: RoundHindsight) -> tuple[Count, Count]:
    """Who would have come in, and who of them slipped."""
    limits = each.past.limits
    # The ceiling alone moves: what other routes and groups' ceilings hold is held in both.
    higher = RoundHindsight(replace(each.past, limits=replace(limits, ceiling=ceiling_above(limits))))
    return minus(higher.totals.inside, each.totals.inside), minus(higher.of(CAUGHT), each.of(CAUGHT))
