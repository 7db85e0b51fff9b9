"""How far totals of slips strayed from what was expected, beyond chance, in rounds that the model had not seen."""

import numpy as np
import polars as pl

from workbench.risk.model.glass_box import Floats
from workbench.risk.model.place_variances import between, county_rounds, with_ratios
from workbench.store.scores import Overdispersion

ASSUMED = Overdispersion(city=0.15, county=0.15, part=0.1, county_rounds=0)
"""Where no round could be predicted from earlier ones: assumed, not measured."""
_LEAST_CITY = 0.03
_PRIOR_ROUNDS = 1.0
"""So many rounds at the assumed city-wide deviation are counted in: a few rounds alone would say next to nothing."""


def overdispersion(backtest: pl.DataFrame) -> Overdispersion:
    """Estimate overdispersion from predictions of rounds by models trained on earlier ones: `start`, `county_code`, `p`, `slip`, `weight`."""
    if backtest.is_empty():
        return ASSUMED
    p, slips, weight = (backtest[name].cast(pl.Float64).to_numpy() for name in ("p", "slip", "weight"))
    cells = county_rounds(p, slips, weight, backtest["county_code"], backtest["start"])
    county = between(cells, "start")
    part = between(_halves(backtest, p, slips, weight), ["county", "start"])
    return Overdispersion(_city(cells, county), float(np.sqrt(county)), float(np.sqrt(part)), len(cells))


def _city(cells: pl.DataFrame, county: float) -> float:
    """What moves all counties alike: the mean ratio of each round, less what chance and counties of their own make of it."""
    precision = pl.col("precision")
    rounds = with_ratios(cells).group_by("start").agg(
        ratio=(precision * pl.col("ratio")).sum() / precision.sum(),
        chance=(precision**2 * (pl.col("noise") + county)).sum() / precision.sum() ** 2,
    )  # fmt: skip
    own = np.maximum((rounds["ratio"] ** 2 - rounds["chance"]).to_numpy(), 0.0)
    pooled = (own.sum() + _PRIOR_ROUNDS * ASSUMED.city**2 / 4) / (len(own) + _PRIOR_ROUNDS)
    return float(max(np.sqrt(pooled), _LEAST_CITY))


def _halves(backtest: pl.DataFrame, p: Floats, slips: Floats, weight: Floats) -> pl.DataFrame:
    """Each county-round in two parts of like expectation, the more likely households and the rest."""
    over = ["county_code", "start"]
    ranked = backtest.select(*over).with_columns(p=pl.Series(p), expected=pl.Series(p * weight))
    above = pl.col("expected").cum_sum().over(over, order_by="p", descending=True)
    # By expectation, not by number: the few likely households and the many others then weigh the same.
    likelier = above <= pl.col("expected").sum().over(over) / 2
    names = ranked.select(pl.col("county_code") + pl.when(likelier).then(pl.lit("|h")).otherwise(pl.lit("|l")))
    # The mark goes into the county's name, as that is what the sums are made by; it comes off again below.
    parts = county_rounds(p, slips, weight, names.to_series(), backtest["start"])
    return parts.with_columns(county=pl.col("county").str.head(-2))
