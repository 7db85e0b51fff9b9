"""A forecast of next round's income: what a probability under another poverty line is read from.

Log income a person at the next round = mean + sd × residual; mean and sd are glass boxes, the residuals' distribution is
kept as quantiles. A direct model of slips knows only today's line; this knows every line.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.risk.data.features import LEAST_SHARE
from workbench.risk.model.boosting import Settings, splittable, threads_for
from workbench.risk.model.compilation import TableBuilder
from workbench.risk.model.glass_box import Floats, GlassBox

_LEAST_ROWS = 500
_MOST_ROWS = 120_000
_LEAST_SD = 0.02
_QUANTILES = np.linspace(0, 1, 401)


@dataclass(frozen=True)
class Forecast:
    """`mean` of log income at the next round, `spread` the log of its standard deviation; residuals as even quantiles."""

    mean: GlassBox
    spread: GlassBox
    residuals: tuple[float, ...]

    def read(self, values: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of log income (yuan a person and year) at the next round, (rows,) each."""
        return income_forecast(self.mean.logit(values), self.spread.logit(values))

    def below(self, mean: Floats, sd: Floats, line: float) -> Floats:
        """The probability that the next income lies below a line."""
        values: Floats = np.interp((np.log(line) - mean) / sd, self.residuals, _QUANTILES)
        return values


def income_forecast(mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of log income from what the two boxes say, (rows,) each."""
    return mean, np.maximum(np.exp(spread), _LEAST_SD)


def fit_forecast(values: Floats, frame: pl.DataFrame, settings: Settings) -> Forecast | None:
    """Fit the forecast to unregistered household-rounds whose next income is known; None where there are too few."""
    income = frame.select(_next_income()).to_series().fill_null(float("nan")).to_numpy()
    # Lifted households slip by their tier as well: their income alone would not tell.
    usable = ((frame["kind"] == "unregistered").fill_null(value=False).to_numpy()) & ~np.isnan(income)
    rows = np.random.default_rng(settings.seed).permutation(np.flatnonzero(usable))[:_MOST_ROWS]
    if len(rows) < _LEAST_ROWS:
        return None
    mean = _regression(values[rows], income[rows], settings)
    residual = income[rows] - mean.logit(values[rows])
    # The thousandth keeps the logarithm of an exact hit finite.
    spread = _regression(values[rows], np.log(np.abs(residual) + 1e-3), settings)
    sd = np.maximum(np.exp(spread.logit(values[rows])), _LEAST_SD)
    # A mean of logarithms lies below the logarithm of the mean: widened until standardised residuals have variance 1.
    scale = float(np.sqrt(np.mean((residual / sd) ** 2)))
    wider = GlassBox(spread.intercepts + np.log(scale), spread.terms)
    return Forecast(mean, wider, tuple(np.quantile(residual / (sd * scale), _QUANTILES).tolist()))


def _next_income() -> pl.Expr:
    """Log income at the next round, no lower than the features' own floor."""
    return pl.max_horizontal(
        "income_next", pl.when(pl.col("income_next").is_not_null()).then(LEAST_SHARE * pl.col("line"))
    ).log()


def _regression(values: Floats, target: Floats, settings: Settings) -> GlassBox:
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415 - heavy: only training needs it

    trees = HistGradientBoostingRegressor(
        max_iter=150,
        max_leaf_nodes=settings.trees_leaves,
        min_samples_leaf=min(settings.least_leaf, max(len(target) // 50, 5)),
        max_bins=settings.trees_bins,
        interaction_cst="no_interactions",
        early_stopping=False,
        random_state=settings.seed,
    )
    builder = TableBuilder(1)
    with threads_for(len(target)):
        trees.fit(splittable(values), target)
    builder.add_trees(trees, 0)
    return builder.build()
