"""Scores of a round: probability, interval and reasons of every household that can slip and can be judged."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from workbench.errors import InputError
from workbench.risk.artefact import version_warnings
from workbench.risk.calibration import sigmoid
from workbench.risk.evaluation import LEVEL
from workbench.risk.glass_box import Floats
from workbench.risk.model import RiskModel, standings
from workbench.risk.panel import PanelReader, Progress
from workbench.risk.reading import reading
from workbench.risk.topics import BASE, REST, TOPICS
from workbench.store.facts import FactStore
from workbench.store.scores import SCHEMA, ScoreHead

_QUANTILE = 1.6449
_WIDENING = 1.5
"""The jackknife's standard errors times this cover what LEVEL says on simulated cities (docs/risk-study.md)."""
_RAISING, _LOWERING = 3, 2


@dataclass(frozen=True)
class Scores:
    """The table of `store.scores.SCHEMA` and what holds for all of it."""

    table: pa.Table
    head: ScoreHead


def score(
    store: FactStore, round_name: str, model: RiskModel, keep: Collection[str] = (), progress: Progress | None = None
) -> Scores:
    """Score a round with a model. Raises InputError where the model cannot be used on these facts.

    Facts that moved into this round as questionnaires do are read as missing, unless `keep` names them.
    """
    say = progress or (lambda _text: None)
    reader = PanelReader(store, model.about["line"])
    store.files(round_name)
    say(f"读取 reading {round_name}")
    step = reader.next_transition(round_name)
    frame = reader.frame(step).with_columns(start=pl.lit(round_name))
    chosen = frame.filter(can_slip())
    _refuse_absent_facts(model, chosen)
    read = reading(store, round_name, model, keep)
    say(f"评分 scoring {len(chosen):,}")
    head = ScoreHead(
        round=round_name,
        model=model.name,
        facts=store.digest(round_name),
        given_line=model.about["line"],
        line=step.line,
        line_next=step.line_next,
        level=LEVEL,
        dispersion=model.dispersion,
        residuals=model.forecast.residuals if model.forecast else (),
        not_scored=_not_scored(frame),
        advice=model.about["advice"],
        warnings=(*version_warnings(model), *read.warnings),
    )
    return Scores(_table(model, chosen, read.values(model, chosen)), head)


def can_slip() -> pl.Expr:
    """Whether a household can slip and can be judged: its state is known and is not the worst."""
    return (pl.col("state") > 0).fill_null(value=False)


def _table(model: RiskModel, chosen: pl.DataFrame, values: Floats) -> pa.Table:
    logit = model.logit(chosen, values)
    half = _QUANTILE * np.sqrt(
        (_WIDENING * model.spread(values)) ** 2 + model.dispersion.city**2 + model.dispersion.county**2
    )
    mean, sd = model.forecast.read(values) if model.forecast else (None, None)
    unregistered = (chosen["kind"] == "unregistered").to_numpy()
    return pa.table(
        {
            **{name: chosen[name].to_arrow(compat_level=pl.CompatLevel.oldest()) for name in
               ("household_id", "county_code", "township", "kind", "state", "weight")},
            "p_slip": sigmoid(logit),
            "p_low": sigmoid(logit - half),
            "p_high": sigmoid(logit + half),
            "reasons": reasons(model, chosen, values, logit),
            "forecast_mean": _where(unregistered, mean, len(chosen)),
            "forecast_sd": _where(unregistered, sd, len(chosen)),
            "model": pa.repeat(model.name, len(chosen)),
        }
    ).cast(SCHEMA)  # fmt: skip


def _where(chosen: np.ndarray, values: Floats | None, count: int) -> pa.Array:
    if values is None:
        return pa.nulls(count, pa.float64())
    return pa.array(values, mask=~chosen)


def reasons(model: RiskModel, frame: pl.DataFrame, values: Floats, logit: Floats) -> pa.ListArray:
    """What raises and lowers each probability, in points of the logit that add up to it.

    First the average of households of its kind and tier, then the topics that raise it most, then those that lower it
    most, then everything else together.
    """
    points = model.contributions(frame, values)
    averages, base = _averages(model, frame)
    points -= averages
    highest = np.argsort(points, axis=1)
    shown = np.concatenate([highest[:, : -_RAISING - 1 : -1], highest[:, :_LOWERING]], axis=1)
    picked = np.take_along_axis(points, shown, axis=1)
    rest = logit - base - picked.sum(axis=1)
    count, width = len(frame), shown.shape[1] + 2
    codes = np.empty((count, width), np.int32)
    codes[:, 0], codes[:, -1] = 0, 1
    codes[:, 1:-1] = 2 + 2 * shown + (picked < 0)
    amounts = np.column_stack([base, picked, rest])
    item = pa.StructArray.from_arrays(
        [*(pa.DictionaryArray.from_arrays(codes.ravel(), texts).dictionary_decode() for texts in _texts()), pa.array(amounts.ravel())],
        names=["topic", "zh", "en", "points"],
    )  # fmt: skip
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), item)


def _averages(model: RiskModel, frame: pl.DataFrame) -> tuple[Floats, Floats]:
    """Of each row the mean contributions of its standing, and the logit that they add up to."""
    names = list(model.averages)
    table = np.array([*model.averages.values(), np.mean(list(model.averages.values()), axis=0)])
    ranks = {name: rank for rank, name in enumerate(names)}
    rows = standings(frame).replace_strict(ranks, default=len(names), return_dtype=pl.Int64).to_numpy()
    averages = table[rows]
    return averages, model.constant + averages.sum(axis=1)


def _texts() -> list[pa.Array]:
    """Topic, Chinese and English by code: 0 the average, 1 the rest, then each topic raising and lowering."""
    entries = [("base", *BASE), ("rest", *REST)]
    for topic in TOPICS:
        entries += [(topic.name, *topic.raises), (topic.name, *topic.lowers)]
    return [pa.array(column) for column in zip(*entries, strict=True)]


def _not_scored(frame: pl.DataFrame) -> dict[str, float]:
    """Households without a score, by the reason why."""
    rest = frame.filter(~can_slip())
    why = (
        pl.when(pl.col("kind") == "registered").then(pl.lit("registered"))
        .when(pl.col("state") == 0).then(pl.lit("below_line"))
        .when(pl.col("kind").is_null()).then(pl.lit("kind_unknown"))
        .otherwise(pl.lit("undetermined"))
    )  # fmt: skip
    counts = rest.group_by(why=why).agg(pl.sum("weight")).sort("why")
    return dict(counts.iter_rows())


def _refuse_absent_facts(model: RiskModel, frame: pl.DataFrame) -> None:
    """A model that leans on facts which this round does not have at all would guess."""
    if frame.is_empty():
        raise InputError(
            "这一轮没有可评分的户 no household of this round can be scored: 没有可判定的已脱贫户或未建档户"
        )
    lost = [
        fact
        for fact in model.about["facts_used"]
        if fact not in ("round", "kind") and (fact not in frame.columns or frame[fact].null_count() == len(frame))
    ]
    if "income_pc" in lost:
        raise InputError(
            "income_pc 人均纯收入: 这一轮没有 is not known of any household in this round; 模型不能用 the model cannot be used: "
            "请先补收入数据 take incomes in first"
        )
