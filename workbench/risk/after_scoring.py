"""What became of the scores of the round before, once this round tells who slipped."""

from dataclasses import asdict
from typing import Any

import polars as pl

from workbench.risk.base_rate import base_rate_shift
from workbench.risk.panel import PanelReader
from workbench.store.facts import FactStore
from workbench.store.scores import has_scores, read_head, read_scores


def shifts_since(store: FactStore, round_name: str, register: str | None = None) -> list[dict[str, Any]]:
    """Where more or fewer slipped since the round before than its scores expected, beyond the usual swings.

    Nothing where the round before was not scored. Only households whose state is known at both ends are compared.
    """
    before = store.previous_round(round_name)
    if before is None or not has_scores(store.root, before):
        return []
    head = read_head(store.root, before)
    reader = PanelReader(store, head.given_line, register=register)
    step = next(step for step in reader.transitions() if step.start == before)
    ends = reader.labelled(step).select("household_id", "slip")
    known = (
        pl.DataFrame(read_scores(store.root, before, ["household_id", "county_code", "p_slip", "weight"]))
        .join(ends.filter(pl.col("slip").is_not_null()), on="household_id")
        .with_columns(
            expected=pl.col("weight") * pl.col("p_slip"),
            observed=pl.col("weight") * pl.col("slip").cast(pl.Float64),
            variance=pl.col("weight") ** 2 * pl.col("p_slip") * (1 - pl.col("p_slip")),
        )
    )
    sums = known.group_by("county_code").agg(pl.sum("expected", "observed", "variance")).sort("county_code")
    by = {
        name: dict(zip(sums["county_code"], sums[name], strict=True)) for name in ("expected", "variance", "observed")
    }
    spread = head.dispersion
    found = base_rate_shift(by["expected"], by["variance"], by["observed"], spread.city, spread.county)
    return [asdict(each) for each in found]
