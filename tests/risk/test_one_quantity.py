"""A quantity that a mapping brings twice, in another unit or coded the other way round, is one feature."""

import numpy as np
import polars as pl

from workbench.risk.data.design_matrix import design
from workbench.risk.data.panel import PanelReader


def test_a_mappings_own_fact_counts_once_whatever_its_unit(city):
    reader = PanelReader(city)
    labelled = reader.labelled(reader.transitions()[0]).filter(pl.col("slip").is_not_null())
    rng = np.random.default_rng(6)
    debt = pl.Series(rng.exponential(5_000, len(labelled)).round()).set(
        pl.Series(rng.random(len(labelled)) < 0.2), None
    )
    frame = labelled.with_columns(
        start=pl.lit("2019-05"), x_debt=debt, x_debt_wan=debt / 10_000, x_left=20_000 - debt, x_other=debt.shuffle(1)
    )
    matrix, left_out = design(frame, frame["slip"].cast(pl.Float64).to_numpy())
    assert {"x_debt", "x_other"} <= set(matrix.names)
    assert not {"x_debt_wan", "x_left"} & set(matrix.names)
    assert left_out["x_debt_wan"] == left_out["x_left"]
    assert "同一个量" in left_out["x_left"].zh
