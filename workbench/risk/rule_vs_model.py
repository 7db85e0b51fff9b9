"""What the model adds: the slips that as many visits would find in its order, in that of the rules, and by incomes alone."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.risk.data.features import nearness
from workbench.risk.data.panel import PanelReader
from workbench.risk.evaluation.officer_order import officer_order
from workbench.risk.model.glass_box import Floats
from workbench.store.arrow.score_tables import read_scores
from workbench.store.facts import FactStore
from workbench.store.scores import read_head

SHARES = (0.05, 0.1, 0.2, 0.3)
_RISKY = 2
"""Red and yellow: the tiers that the rules put first."""

_KEY = ["county_code", "household_id"]


@dataclass(frozen=True)
class VisitRecall:
    """The slips that `visits` households hold, as a share of all: expected by the scores, and as they then happened.

    Each by order: the rules' (worse tier first, within a tier the nearest to the next line), that of incomes alone (the nearest
    to the next line, whatever the tier), the model's. `happened` is None where the next round is not stored.
    """

    visits: float
    rules_expected: float
    income_expected: float
    model_expected: float
    rules_happened: float | None
    income_happened: float | None
    model_happened: float | None


def compare_rules_and_model(
    store: FactStore, round_name: str, county: str | None, register: str | None
) -> list[VisitRecall]:
    """Compare the orders for visits to each of SHARES of the lifted households, and to all red and yellow ones; fewest visits first.

    Only households that were scored. Raises StoreError where no model has scored the round.
    """
    # Lifted households only: the others have no tier by which the rules could order them.
    scores = pl.DataFrame(read_scores(store.root, round_name, [*_KEY, "kind", "state", "weight", "p_slip"])).filter(
        pl.col("kind") == "lifted"
    )
    if county is not None:
        scores = scores.filter(pl.col("county_code") == county)
    joined = scores.join(_ordered(store, round_name, register), on=_KEY, how="left", maintain_order="left")
    weight, state = joined["weight"].to_numpy(), joined["state"].to_numpy()
    risky = float(weight[state <= _RISKY].sum())
    visits = sorted({risky, *(round(share * float(weight.sum())) for share in SHARES)})
    expected = weight * joined["p_slip"].to_numpy()
    happened = weight * joined["slip"].cast(pl.Float64).fill_null(0.0).to_numpy() if joined["slip"].count() else None
    # Stable: households alike in an order stay as the scores have them, in either order.
    early = (joined["early"], -joined["near"], joined["p_slip"])
    rules, income, model = (np.argsort(-each.fill_null(-np.inf).to_numpy(), kind="stable") for each in early)
    return [
        VisitRecall(
            number,
            _first(expected, weight, rules, number),
            _first(expected, weight, income, number),
            _first(expected, weight, model, number),
            None if happened is None else _first(happened, weight, rules, number),
            None if happened is None else _first(happened, weight, income, number),
            None if happened is None else _first(happened, weight, model, number),
        )
        for number in visits
        if number > 0
    ]


def _ordered(store: FactStore, round_name: str, register: str | None) -> pl.DataFrame:
    """How `early` the rules visit each household, how `near` it is to the next line, whether it slipped; null where that is not known."""
    # Under the line of the scores: what a slip is depends on it.
    reader = PanelReader(store, read_head(store.root, round_name).given_line, register=register)
    steps, labelled = reader.labelled_from(round_name)
    if not steps:
        labelled = reader.frame(reader.next_transition(round_name)).with_columns(slip=pl.lit(None, pl.Boolean))
    near = pl.Series(nearness(labelled)).fill_nan(None)
    return labelled.select(*_KEY, "slip", early=pl.Series(officer_order(labelled)), near=near)


def _first(values: Floats, weight: Floats, order: np.ndarray, visits: float) -> float:
    """The share of all values that the first households of an order hold, the last one in part."""
    reached = np.clip(visits - (np.cumsum(weight[order]) - weight[order]), 0.0, weight[order])
    shares = np.divide(reached, weight[order], out=np.zeros_like(reached), where=weight[order] > 0)
    return _share(float((values[order] * shares).sum()), values)


def _share(captured: float, values: Floats) -> float:
    total = float(values.sum())
    return captured / total if total else 0.0
