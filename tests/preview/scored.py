"""Made-up scores: over random tables, and written into a simulated store as a model would write them."""

import numpy as np
import polars as pl
import pyarrow as pa

from tests.strategies import LINE
from workbench.errors import Words
from workbench.preview.slips.scored_index import SlipScores
from workbench.store.arrow.score_tables import SCHEMA, write_scores
from workbench.store.schema import Origin
from workbench.store.scores import Overdispersion, ScoreHead

RESIDUALS = tuple(np.sort(np.random.default_rng(3).standard_t(5, 201)).tolist())
DISPERSION = Overdispersion(city=0.1, county=0.2, part=0.15, county_rounds=24)


def head(**changed):
    said = {
        "round": "2019-10", "model": "made-up", "facts": "", "given_line": None, "line": LINE, "line_next": 4000.0, "level": 0.9,
        "dispersion": DISPERSION, "residuals": RESIDUALS, "not_scored": {"no_income": 3.0},
        "advice": {"use": "caution", "zh": "慎用", "en": "with caution"}, "warnings": (Words("事实已变", "facts changed"),),
    } | changed  # fmt: skip
    return ScoreHead(**said)


def scored_frame(frame, seed=0):
    """The frame with `p_slip`, `forecast_mean` and `forecast_sd`: nothing for a fifth of the households."""
    rng = np.random.default_rng(seed)
    n = len(frame)
    unscored = rng.random(n) < 0.2
    values = {
        "p_slip": rng.random(n) ** 3,
        "forecast_mean": rng.normal(8.4, 0.4, n),
        "forecast_sd": rng.uniform(0.2, 0.5, n),
    }
    nothing = pl.Series(unscored)
    return frame.with_columns(pl.when(~nothing).then(pl.Series(each)).alias(name) for name, each in values.items())


def scores_of(frame, index, said=None):
    """The scores of a `scored_frame` in the order of an index built from it, written out independently of the join."""
    position = {household: row for row, household in enumerate(frame["household_id"])}
    rows = [position[household] for household in index.household_id.to_pylist()]
    columns = [
        frame[name].fill_null(float("nan")).to_numpy()[rows] for name in ("p_slip", "forecast_mean", "forecast_sd")
    ]
    return SlipScores(said or head(), *columns)


def score_store(store, round_name, **changed):
    """Score nine tenths of the unregistered households at or above the line, and the lifted ones; gives the scores."""
    facts = pl.DataFrame(
        store.read(round_name, columns=["household_id", "county_code", "township", "kind", "income_pc", "weight"])
    )
    able = facts.filter((pl.col("kind") == "lifted") | (pl.col("income_pc") >= LINE)).filter(
        pl.col("kind") != "registered"
    )
    rng = np.random.default_rng(5)
    chosen = able.filter(pl.Series(rng.random(len(able)) < 0.9))
    n = len(chosen)
    margin = (np.log(chosen["income_pc"].fill_null(LINE).clip(1.0).to_numpy()) - np.log(LINE)) / 0.4
    columns = {
        **{name: chosen[name].to_list() for name in ("household_id", "county_code", "township", "kind", "weight")},
        "state": [1] * n,
        "p_slip": 1 / (1 + np.exp(1.5 + margin + rng.normal(0, 0.3, n))),
        "forecast_mean": np.log(LINE) + 0.4 * margin,
        "forecast_sd": np.full(n, 0.3),
        "model": ["made-up"] * n,
    }
    table = pa.table({field.name: pa.array(columns.get(field.name, [None] * n), field.type) for field in SCHEMA})
    write_scores(
        store.root, table, head(round=round_name, facts=store.digest(round_name), **changed), Origin(simulated=True)
    )
    return chosen.with_columns(p_slip=pl.Series(columns["p_slip"]))
