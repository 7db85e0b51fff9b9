"""How far totals of slips strayed from what was expected, beyond chance, in rounds that the model had not seen."""

import numpy as np
import polars as pl

from workbench.risk.model.calibration import county_rounds
from workbench.risk.model.glass_box import Floats
from workbench.store.scores import Overdispersion

ASSUMED = Overdispersion(city=0.15, county=0.15, part=0.1, county_rounds=0)
"""Where no round could be predicted from earlier ones: assumed, not measured."""
_LEAST_CITY = 0.03
_PRIOR_ROUNDS = 1.0
"""So many rounds at the assumed city-wide deviation are counted in: a few rounds alone would say next to nothing."""


def overdispersion(backtest: pl.DataFrame) -> Overdispersion:
    """From predictions of rounds by models trained on earlier ones: `start`, `county_code`, `p`, `slip`, `weight`."""
    if backtest.is_empty():
        return ASSUMED
    p, slips, weight = (backtest[name].cast(pl.Float64).to_numpy() for name in ("p", "slip", "weight"))
    county, start = backtest["county_code"], backtest["start"]
    cells = county_rounds(p, slips, weight, county, start)
    rounds = cells.group_by("start").agg(pl.sum("observed", "expected", "variance"))
    happened = pl.when(pl.col("observed") > 0).then(pl.col("observed") / pl.col("expected")).otherwise(1.0)
    of_round = rounds.select("start", scale=happened)
    of_county = cells.select("county", "start", scale=happened)
    county_sd = _excess(cells.join(of_round, on="start"), lost=len(rounds))
    halves = _halves(backtest, p, slips, weight)
    part = _excess(halves.join(of_county, on=["county", "start"]), lost=len(cells))
    return Overdispersion(_city(rounds), county_sd, part, len(cells))


def _city(rounds: pl.DataFrame) -> float:
    ratio = (rounds["observed"] / rounds["expected"] - 1).to_numpy()
    chance = (rounds["variance"] / rounds["expected"] ** 2).to_numpy()
    # What chance alone would make of it is taken off: only the rest is a round that was worse than the model thought.
    own = np.maximum(ratio**2 - chance, 0.0)
    pooled = (own.sum() + _PRIOR_ROUNDS * ASSUMED.city**2 / 4) / (len(own) + _PRIOR_ROUNDS)
    return float(max(np.sqrt(pooled), _LEAST_CITY))


def _excess(cells: pl.DataFrame, lost: int) -> float:
    """The relative standard deviation beyond chance, after `scale`; `lost` degrees of freedom went into the scales."""
    expected, scale = cells["expected"].to_numpy(), cells["scale"].to_numpy()
    level = expected * scale
    # Each scale that was fitted takes a degree of freedom; with few cells that correction must not blow up.
    free = max(1 - lost / len(cells), 0.2)
    squares = (cells["observed"].to_numpy() - level) ** 2 / free
    excess = (squares.sum() - (cells["variance"].to_numpy() * scale).sum()) / max((level**2).sum(), 1e-12)
    return float(np.sqrt(max(excess, 0.0)))


def _halves(backtest: pl.DataFrame, p: Floats, slips: Floats, weight: Floats) -> pl.DataFrame:
    """Each county-round in two parts of like expectation, the more likely households and the rest."""
    over = ["county_code", "start"]
    ranked = backtest.select(*over).with_columns(p=pl.Series(p), expected=pl.Series(p * weight))
    above = pl.col("expected").cum_sum().over(over, order_by="p", descending=True)
    # By expectation, not by number: the few likely households and the many others then weigh the same.
    likelier = above <= pl.col("expected").sum().over(over) / 2
    names = ranked.select(pl.col("county_code") + pl.when(likelier).then(pl.lit("|h")).otherwise(pl.lit("|l")))
    parts = county_rounds(p, slips, weight, names.to_series(), backtest["start"])
    return parts.with_columns(county=pl.col("county").str.head(-2))
