"""A simulated store with scores as a model would write them, made up quickly: the lower the income, the likelier a slip."""

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from tests.ui.stores import HOSTILE, simulated_store
from workbench.errors import Words
from workbench.risk.data.panel import PanelReader
from workbench.risk.registry.records import write_record
from workbench.risk.scoring.reason_topics import BASE, REST, TOPIC
from workbench.store.arrow.score_tables import SCHEMA, write_scores
from workbench.store.facts import FactStore
from workbench.store.models import models_of, pointer_to
from workbench.store.schema import Origin
from workbench.store.scores import Overdispersion, ScoreHead

ROUND = "2019-10"


def scored_store(root: Path, households: int = 12_000) -> FactStore:
    """A small simulated city whose last round is scored."""
    store = simulated_store(root, households)
    put_scores(store, Origin(simulated=True))
    return store


def put_scores(store: FactStore, origin: Origin) -> None:
    """Score the round of a store."""
    write_scores(store.root, _scores(store), _head(store), origin)


def put_model_in_use(store: FactStore) -> None:
    """A made-up account of the model that scored, and another, older one beside it; neither can be loaded."""
    models = models_of(store.root)
    models.mkdir(parents=True)
    for name, end, use in (("made-up", "2019-10", "caution"), ("older", "2019-05", "no")):
        (models / f"{name}.skops").write_bytes(b"not a model")
        write_record(models / f"{name}.skops", _record(name, end, use))
    (store.root / "model.json").write_text(pointer_to("made-up"), encoding="utf-8")


def _record(name: str, end: str, use: str) -> dict[str, object]:
    part = {
        "rows": 500, "slips": 20.0, "expected_slips": 25.0, "expected_interval": [12.0, 38.0], "within": True, "auc": 0.8,
        "auc_interval": [0.7, 0.9], "baseline_auc": 0.75,
    }  # fmt: skip
    compared = {"auc": 0.8, "log_loss": 0.06, "caught_in_tenth": 0.6}
    curve = [{"expected": 0.02 * n, "observed": 0.02 * n, "low": 0.01 * n, "high": 0.03 * n} for n in range(1, 6)]
    return {
        "name": name, "day": "2020-01-02", "simulated": True, "rows": 4000, "households": 2000, "slips": 60.0,
        "base_rate": 0.015, "effective_rows": 4000.0, "transitions": [{"start": "2019-05", "end": end}],
        "advice": {"use": use, "zh": "略好于只看收入距离", "en": "a little better than the income margin alone"},
        "checked_on": "later_round", "checked_round": "2019-05",
        "performance": {
            "auc": 0.8, "base_rate": 0.02, "reliability": curve, "calibration_in_the_large": {"expected": 25.0, "observed": 20.0},
            "compared": {"model": compared, "margin": compared},
        },
        "by_county": {"341522": part, "341524": part | {"within": False}, HOSTILE: part | {"slips": 1.0}},
        "by_standing": {"1": part, "unregistered": part},
        "dispersion": {"city": 0.1, "county": 0.1, "part": 0.0, "county_rounds": 8},
        "drift": [{"zh": "某列缺失由 100% 降至 2%", "en": "a column: missing fell from 100% to 2%", "fact": "water", "county": None}],
        "excluded": ["has_car"], "facts_used": ["income_pc", "persons", "x_rooms"],
    }  # fmt: skip


def _head(store: FactStore) -> ScoreHead:
    return ScoreHead(
        round=ROUND, model="made-up", facts=store.digest(ROUND), given_line=None, line=3218.0, line_next=4000.0, level=0.9,
        dispersion=Overdispersion(0.1, 0.2, 0.15, 24), residuals=tuple(np.linspace(-3, 3, 201).tolist()),
        not_scored={"undetermined": 1.0}, advice={"use": "caution", "zh": "慎用", "en": "with caution"},
        warnings=(Words("某列口径有变", "a column has moved"),),
    )  # fmt: skip


def _scores(store: FactStore) -> pa.Table:
    """Reasons add up to the probability, as a model's do."""
    frame = PanelReader(store).assessed(ROUND).filter((pl.col("state") > 0).fill_null(value=False))
    rng = np.random.default_rng(5)
    logit = 1.5 - frame["income_pc"].fill_null(5000.0).to_numpy() / 1600 + rng.normal(0, 0.8, len(frame))
    base = np.full(len(frame), -3.0)
    reasons = [
        [_reason("base", BASE, low), _reason("income", TOPIC["income"].raises, 0.8 * (each - low)),
         _reason("rest", REST, 0.2 * (each - low))]
        for each, low in zip(logit, base, strict=True)
    ]  # fmt: skip
    columns = ("household_id", "county_code", "township", "kind", "state", "weight")
    return pa.table(
        {
            **{name: frame[name].to_arrow(compat_level=pl.CompatLevel.oldest()) for name in columns},
            "p_slip": _expit(logit),
            "p_low": _expit(logit - 0.7),
            "p_high": _expit(logit + 0.7),
            "reasons": pa.array(reasons, SCHEMA.field("reasons").type),
            "forecast_mean": np.log(frame["income_pc"].fill_null(5000.0).clip(100).to_numpy()),
            "forecast_sd": np.full(len(frame), 0.3),
            "model": pa.repeat("made-up", len(frame)),
        }
    ).cast(SCHEMA)


def _reason(topic: str, words: tuple[str, str], points: float) -> dict[str, object]:
    return {"topic": topic, "zh": words[0], "en": words[1], "points": float(points)}


def _expit(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
