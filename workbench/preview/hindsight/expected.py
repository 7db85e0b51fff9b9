"""The slips that the model expects after a round, in the form of those that happened: whom a standard holds, and why not the rest."""

from dataclasses import replace

import numpy as np

from workbench.domain.rules.edge import EdgeLimits
from workbench.preview.hindsight.past_rounds import PastRound
from workbench.preview.index.build import PreviewIndex
from workbench.preview.index.subset import chosen_rows
from workbench.preview.slips.scored_index import Slips


def expected_round(round_name: str, index: PreviewIndex, slips: Slips, limits: EdgeLimits) -> PastRound:
    """A round as if what is expected had happened: every scored household slips, for as much of one as is expected of it.

    A household that the model has not scored has no label, and counts nowhere.
    """
    scored = slips.scored & (slips.expected > 0)
    there = chosen_rows(index.with_slips(slips.expected), scored)
    # What a slip weighs is how much of one is expected: counts of households become expected numbers of slips.
    there = replace(there, weight=there.slips, slips=None)
    nothing = np.full(len(there), np.nan)
    return PastRound(
        round_name, {each.code: "" for each in index.counties}, {}, limits, index, scored, scored, there, nothing
    )
