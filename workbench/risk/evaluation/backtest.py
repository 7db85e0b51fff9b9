"""Time kept in order: each round predicted by fits that know only earlier ones. What a model may promise rests on this."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl

from workbench.errors import Words
from workbench.risk.data.draws import drawn
from workbench.risk.data.panel import Progress
from workbench.risk.evaluation.officer_order import ORDER
from workbench.risk.model.baselines import logistic, margin_only
from workbench.risk.model.boosting import Settings, fit_trees
from workbench.risk.model.calibration import sigmoid
from workbench.risk.model.fitting import LEAST_SLIPS, fit, labels, training_rows

_ROWS = 100_000
"""Household-rounds that a fit in this chain learns from at most: it is repeated for every round."""
CANDIDATES = {
    "model": ("模型", "the model"),
    "challenger": ("挑战者：自由的梯度提升树", "challenger: unconstrained boosted trees"),
    "logistic": ("逻辑回归", "logistic regression"),
    "margin": ("只看收入距离", "the income margin alone"),
    "base_rate": ("平均风险变差率", "the base rate"),
}
"""Chinese and English label of the probabilities that are compared."""
COMPARED = CANDIDATES | {"order": ORDER}
"""With the order that an officer would take without a model, which gives no probability."""


@dataclass(frozen=True)
class Backtest:
    """Rounds as seen from before: `start`, `household_id`, `county_code`, `kind`, `state`, `slip`, `weight`, `p`, …

    The last round also holds a column for each other candidate.
    """

    frame: pl.DataFrame

    @property
    def last(self) -> pl.DataFrame:
        """The last round, with every candidate's probabilities."""
        return self.frame.filter(pl.col("start") == pl.col("start").max()) if len(self.frame) else self.frame


def run_backtest(
    rounds: Sequence[pl.DataFrame], excluded: Collection[str], settings: Settings, progress: Progress | None
) -> Backtest:
    """Predict each of the labelled rounds from those before it; rounds with too few slips behind them are passed over."""
    # Fits repeated for every round: `_ROWS` and fewer bags keep the chain bearable.
    quick = replace(settings, bags=min(settings.bags, 3))
    frames = []
    # One round knows one season only: where there are more, the chain begins with the second.
    for position in range(max(min(2, len(rounds) - 1), 1), len(rounds)):
        known = _capped(pl.concat(rounds[:position], how="diagonal_relaxed"))
        ahead = rounds[position]
        if min(known["slip"].sum(), (~known["slip"]).sum()) < LEAST_SLIPS or ahead.is_empty():
            continue
        if progress:
            start = ahead["start"][0]
            progress(Words(f"按时间先后检验：{start}", f"checking in order of time: {start}"))
        # Rivals are fitted for the last round only: that is the one whose figures the card compares.
        frames.append(_predicted(known, ahead, excluded, quick, everything=position == len(rounds) - 1))
    return Backtest(pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame())


def _capped(frame: pl.DataFrame) -> pl.DataFrame:
    """No more rows than a fit of the chain takes, households whole."""
    return drawn(frame, _ROWS / max(len(frame), 1), "rounds in order")


def _predicted(
    known: pl.DataFrame, ahead: pl.DataFrame, excluded: Collection[str], settings: Settings, *, everything: bool
) -> pl.DataFrame:
    rows = training_rows(known, excluded, settings)
    fitted = fit(rows, settings)
    values = rows.matrix.matrix(ahead)
    columns = {"model": sigmoid(fitted.calibration.apply(fitted.box.logit(values), ahead))}
    if everything:
        margin = margin_only(rows.matrix, rows.values, rows.slips, rows.folds, settings)
        trees = fit_trees(rows.values, rows.slips, rows.folds, rows.monotone, settings)
        columns |= {
            "margin": sigmoid(margin.logit(values)),
            "logistic": sigmoid(logistic(rows.values, rows.slips, settings.seed).logit(values)),
            "challenger": sigmoid(sum(each.decision_function(values) for each in trees) / len(trees)),
        }
    slips, weight = labels(known)
    return ahead.with_columns(
        p=pl.Series(columns["model"]),
        base_rate=pl.lit(float((slips * weight).sum() / weight.sum())),
        **{name: pl.Series(column) for name, column in columns.items()},
    )
