"""The order in which an officer would visit without a model: the worse tier first, then the nearest to the next line."""

import numpy as np
import polars as pl

from workbench.risk.data.features import nearness
from workbench.risk.model.glass_box import Floats

ORDER = ("不用模型：先等级，再看离下一道线多近", "no model: tier, then distance to the next line")
"""Chinese and English label."""
_READ = {"kind", "state", "income_pc", "line", "near_line"}
_STABLE = 3


def officer_order(frame: pl.DataFrame) -> Floats | None:
    """Return how early each row is visited, (rows,), the higher the earlier; None where the frame does not tell.

    Unregistered households have no tier and stand with tier 3; whose income is not known comes last in its tier.
    """
    if not set(frame.columns) >= _READ:
        return None
    lifted = pl.col("kind") == "lifted"
    tier = frame.select(pl.when(lifted).then(pl.col("state")).otherwise(_STABLE).fill_null(_STABLE)).to_series()
    distances, rank = np.unique(np.nan_to_num(nearness(frame), nan=np.inf), return_inverse=True)
    # Those alike in tier and distance are alike in the order: whoever of them is visited, it was no choice.
    order: Floats = -(tier.to_numpy() * (len(distances) + 1.0) + rank)
    return order
