"""Why a standard missed the households that slipped: the one condition of it that would have had to be another (contract §5)."""

from dataclasses import replace
from math import inf

import numpy as np
import numpy.typing as npt

from workbench.domain.rules.edge import EdgeLimits
from workbench.errors import Words
from workbench.preview.counts.membership import full_mask, full_masks
from workbench.preview.index.build import PreviewIndex

CAUGHT = "caught"
MISSED: dict[str, Words] = {
    "group": Words("只差重点群体", "for want of a key group only"),
    "ceiling": Words("只因收入高于上限", "above the ceiling only"),
    "both": Words("群体、上限都差", "for want of group and ceiling"),
    "excluded": Words("因排除情形", "excluded"),
    "cannot_tell": Words("缺少事实，不能判定", "cannot tell: facts missing"),
    "other": Words("另有别的不符", "another condition besides"),
}
"""Why a slip was missed, in the order in which people read them."""
OUTCOMES: tuple[str, ...] = (CAUGHT, "cannot_tell", "excluded", "group", "ceiling", "both", "other")
"""What became of a household that slipped; of those that apply the first one is said."""
Outcomes = npt.NDArray[np.int64]


def outcomes(slips: PreviewIndex, limits: EdgeLimits) -> Outcomes:
    """Return what a standard made of each row of an index of households that slipped, as a place in OUTCOMES."""
    inside, possible = full_masks(slips, limits)
    # Every ceiling lifted: the general one, those of groups, those of the routes. The line stays.
    any_income = replace(limits, ceiling=inf, group_ceilings={}, rigid_ceiling=inf, drop_ceiling=inf)
    # In the order of OUTCOMES: `np.select` takes the first that holds.
    conditions = [
        inside,
        possible,
        full_mask(slips, replace(limits, exclusions=())),
        full_mask(slips, replace(limits, require_group=False)),
        full_mask(slips, any_income),
        full_mask(slips, replace(any_income, require_group=False)),
    ]
    return np.select(conditions, range(len(conditions)), len(conditions))
