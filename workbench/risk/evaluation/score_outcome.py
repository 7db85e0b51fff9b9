"""What became of the scores of the round before, once this round tells who slipped."""

from dataclasses import asdict
from typing import Any

import polars as pl

from workbench.risk.data.panel import PanelReader
from workbench.risk.evaluation.base_rate import Shift, base_rate_shift
from workbench.store.facts import FactStore
from workbench.store.scores import has_scores, read_head, read_scores

_KEY = ["county_code", "household_id"]


def shifts_since(store: FactStore, round_name: str, register: str | None = None) -> list[dict[str, Any]]:
    """Where more or fewer slipped since each county's round before than its scores expected, beyond the usual swings.

    Nothing where the round before was not scored. Only households whose state is known at both ends are compared.
    """
    ends = PanelReader(store).transitions(until=round_name)
    starts = sorted({step.start for step in ends if step.end == round_name and has_scores(store.root, step.start)})
    return [asdict(each) for start in starts for each in _shifts(store, start, round_name, register)]


def _shifts(store: FactStore, start: str, end: str, register: str | None) -> tuple[Shift, ...]:
    head = read_head(store.root, start)
    # Under the line of the scores: what a slip is depends on it.
    reader = PanelReader(store, head.given_line, register=register)
    step = next(step for step in reader.transitions() if (step.start, step.end) == (start, end))
    slips = reader.labelled(step).select(*_KEY, "slip").filter(pl.col("slip").is_not_null())
    known = (
        pl.DataFrame(read_scores(store.root, start, [*_KEY, "p_slip", "weight"]))
        .join(slips, on=_KEY)
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
    return base_rate_shift(by["expected"], by["variance"], by["observed"], spread.city, spread.county)
