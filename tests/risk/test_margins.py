"""The margin above the next line by kind and tier: a sawtooth between tiers can be learnt, each tier's by its own."""

import numpy as np
import polars as pl

from workbench.risk.data.features import FEATURES, feature_frame

MARGINS = [feature for feature in FEATURES if feature.name.startswith("margin_")]


def test_tiers_1_and_2_can_be_told_apart_by_a_sum_of_curves_over_margins():
    frame = pl.DataFrame({
        "kind": ["lifted"] * 3 + ["unregistered"], "state": [1, 2, 3, 1], "income_pc": [5_000.0] * 4,
        "line": [4_000.0] * 4, "near_line": [6_000.0] * 4, "line_next": [4_200.0] * 4, "near_line_next": [6_300.0] * 4,
    })  # fmt: skip
    known = feature_frame(frame, MARGINS).select(pl.all().is_not_null()).to_numpy()
    patterns = {tuple(row) for row in known}
    assert len(patterns) == 4
    # As 0 and 1 the patterns are independent: whatever each tier's risk is, a sum of curves gives it.
    assert np.linalg.matrix_rank(np.array(sorted(patterns), float)) == 4
