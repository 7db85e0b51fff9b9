"""Scores of a round: probability, interval and reasons of every household that can slip and can be judged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from workbench.errors import InputError, Words
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.panel import PanelReader, Progress, Transition
from workbench.risk.data.readable_facts import Reading, reading
from workbench.risk.evaluation.advice import INCOMES_UNREAD, not_to_be_used
from workbench.risk.evaluation.evaluation import LEVEL
from workbench.risk.model.calibration import sigmoid
from workbench.risk.model.glass_box import Floats, by_chunks
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.registry.artefact import version_warnings
from workbench.risk.scoring.reason_topics import BASE, REST, Topic
from workbench.risk.scoring.round_warnings import WARNING_COLUMNS, round_warnings
from workbench.risk.scoring.tables import Tables
from workbench.store.arrow.score_tables import REASON, SCHEMA
from workbench.store.facts import FactStore
from workbench.store.scores import ScoreHead

# Standard errors to either side that hold nine in ten (LEVEL).
_QUANTILE = 1.6449
_DECIMALS = 6
"""Of a number of households, as everywhere (0042): sums are the same in whatever order weights are added."""
_PIECE = 65_536
"""Households scored at a time."""


@dataclass(frozen=True)
class Households:
    """What the households of a round are to a model.

    `not_scored`: by the reason why, how many have no score; `can_slip`: whether any can; `rows`: how many there
    are, with how many of them have no known income.
    """

    not_scored: dict[str, float] = field(default_factory=dict)
    can_slip: bool = False
    rows: int = 0
    without_income: int = 0

    def __add__(self, other: "Households") -> "Households":
        """The households of both, which share none."""
        reasons = sorted({*self.not_scored, *other.not_scored})
        sums = {why: self.not_scored.get(why, 0.0) + other.not_scored.get(why, 0.0) for why in reasons}
        return Households(
            {why: round(households, _DECIMALS) for why, households in sums.items()},
            self.can_slip or other.can_slip,
            self.rows + other.rows,
            self.without_income + other.without_income,
        )


@dataclass(frozen=True)
class Scores:
    """The table of `store.arrow.score_tables.SCHEMA` and what holds for all of it."""

    table: pa.Table
    head: ScoreHead


def score(
    store: FactStore, round_name: str, model: RiskModel, keep: Collection[str] = (), progress: Progress | None = None,
    register: str | None = None,
) -> Scores:  # fmt: skip
    """Score a round with a model. Raises InputError where the model cannot be used on these facts.

    Facts that moved into this round as questionnaires do are read as missing, unless `keep` names them.
    """
    say = progress or (lambda _text: None)
    reader = PanelReader(
        store, model.about["line"], register=register, missing=model.missing, missing_in=model.missing_in
    )
    # Refuses a round that is not stored, and says which are.
    store.files(round_name)
    say(Words(f"读取 {round_name}", f"reading {round_name}"))
    step = reader.next_transition(round_name)
    frame = framed(reader, step)
    there = households_of(frame)
    refuse_absent_facts(model.about["facts_used"], there)
    facts = facts_of_all(store)
    read = reading(facts, round_name, model, keep)
    say(Words(f"评分 {len(frame):,} 户", f"scoring {len(frame):,} households"))
    return Scores(scored(model, frame, read), head_of(facts, step, model, read, there, register))


def framed(reader: PanelReader, step: Transition) -> pl.DataFrame:
    """The households of a round as a model reads them."""
    return reader.frame(step).with_columns(start=pl.lit(step.start))


def facts_of_all(store: FactStore) -> DrawnFacts:
    """The facts by which it is settled how a round is read, and what is said of it: `reading`, `head_of`."""
    return DrawnFacts(store, ahead=WARNING_COLUMNS)


def head_of(
    facts: DrawnFacts, step: Transition, model: RiskModel, read: Reading, there: Households, register: str | None = None
) -> ScoreHead:  # fmt: skip
    """What holds for all scores of the round at the start of `step`; `register`: the URL of one outside of the store."""
    store, round_name = facts.store, step.start
    return ScoreHead(
        round=round_name,
        model=model.name,
        facts=store.digest(round_name),
        county_facts=store.county_digests(round_name),
        given_line=model.about["line"],
        line=step.line,
        line_next=step.line_next,
        level=LEVEL,
        dispersion=model.dispersion,
        residuals=model.forecast.residuals if model.forecast else (),
        not_scored=there.not_scored,
        advice=not_to_be_used(INCOMES_UNREAD) if "income_pc" in read.unread else model.about["advice"],
        warnings=(*version_warnings(model), *round_warnings(model, facts, round_name, register), *read.warnings),
    )


def can_slip() -> pl.Expr:
    """Whether a household can slip and can be judged: its state is known and is not the worst."""
    return (pl.col("state") > 0).fill_null(value=False)


def scored(model: RiskModel, frame: pl.DataFrame, read: Reading) -> pa.Table:
    """The table of scores of a panel frame: a piece of the rows at a time, on both cores; memory kept small is fast."""
    tables = Tables.of(model)

    def piece(rows: slice) -> pa.Table:
        chosen = frame[rows].filter(can_slip())
        return _rows(tables, chosen, read.values(model, chosen))

    return pa.concat_tables(by_chunks(piece, len(frame), _PIECE))


def _rows(tables: Tables, chosen: pl.DataFrame, values: Floats) -> pa.Table:
    model = tables.model
    scored_rows = tables.read(chosen, values)
    # Beside the model's own error, how far a round and a county stray as a whole (decision 0011).
    reach = model.dispersion.city**2 + model.dispersion.county**2
    half = _QUANTILE * np.sqrt(scored_rows.error**2 + reach)
    unregistered = (chosen["kind"] == "unregistered").to_numpy()
    return pa.table(
        {
            **{name: _arrow(chosen[name]) for name in
               ("household_id", "county_code", "township", "kind", "state", "weight")},
            "p_slip": _arrow(sigmoid(scored_rows.logit)),
            "p_low": _arrow(sigmoid(scored_rows.logit - half)),
            "p_high": _arrow(sigmoid(scored_rows.logit + half)),
            "reasons": _reason_lists(model, scored_rows.topics, scored_rows.points),
            "forecast_mean": _where(unregistered, scored_rows.mean),
            "forecast_sd": _where(unregistered, scored_rows.sd),
            "model": _arrow(pl.repeat(model.name, len(chosen), eager=True)),
        }
    ).cast(SCHEMA)  # fmt: skip


def _where(chosen: np.ndarray, values: Floats | None) -> pa.Array:
    if values is None:
        return pa.nulls(len(chosen), pa.float64())
    # The forecast is learnt from unregistered households, so that of others it says nothing.
    return _arrow(pl.Series(values).set(pl.Series(~chosen), None))


def _arrow(values: pl.Series | npt.NDArray[Any] | Sequence[str]) -> pa.Array:
    """Values as Arrow has them, through Polars: Arrow itself would load pandas to read what NumPy or Python hold."""
    return pl.Series(values).to_arrow(compat_level=pl.CompatLevel.oldest())


def _reason_lists(model: RiskModel, topics: npt.NDArray[np.int16], points: Floats) -> pa.ListArray:
    """Reasons in words; every text is kept once."""
    codes = _arrow(topics.ravel())
    texts = [pa.DictionaryArray.from_arrays(codes, each) for each in _texts(model.topics)]
    item = pa.StructArray.from_arrays([*texts, _arrow(points.ravel())], names=REASON.names)
    count, width = topics.shape
    return pa.ListArray.from_arrays(_arrow(np.arange(0, (count + 1) * width, width, dtype=np.int32)), item)


def _texts(topics: Sequence[Topic]) -> list[pa.Array]:
    """Topic, Chinese and English by code: 0 the average, 1 the rest, then each topic raising and lowering."""
    entries = [("base", *BASE), ("rest", *REST)]  # in the order of tables.BASE, tables.REST, tables.FIRST_TOPIC
    for topic in topics:
        entries += [(topic.name, *topic.raises), (topic.name, *topic.lowers)]
    return [_arrow(column).cast(pa.string()) for column in zip(*entries, strict=True)]


def households_of(frame: pl.DataFrame) -> Households:
    """What the households of a panel frame are to a model."""
    can_be_scored = bool(frame.select(can_slip()).to_series().any())
    return Households(_not_scored(frame), can_be_scored, len(frame), frame["income_pc"].null_count())


def _not_scored(frame: pl.DataFrame) -> dict[str, float]:
    """Households without a score, by the reason why."""
    rest = frame.filter(~can_slip())
    why = (
        pl.when(pl.col("kind") == "registered").then(pl.lit("registered"))
        .when(pl.col("state") == 0).then(pl.lit("below_line"))
        .when(pl.col("kind").is_null()).then(pl.lit("kind_unknown"))
        .otherwise(pl.lit("undetermined"))
    )  # fmt: skip
    counts = rest.group_by(why=why).agg(pl.sum("weight").round(_DECIMALS)).sort("why")
    return dict(counts.iter_rows())


def refuse_absent_facts(facts_used: Collection[str], there: Households) -> None:
    """Raise InputError where a model that leans on incomes would guess, since the round has none, or nobody can be judged."""
    if "income_pc" in facts_used and there.without_income == there.rows > 0:
        raise InputError(
            Words(
                "这一期没有一户有人均纯收入（income_pc），模型不能用；请先补收入数据",
                "income_pc is not known of any household in this round, so the model cannot be used; take incomes in first",
                code="risk.income-pc-not-known",
            )
        )
    below = there.not_scored.get("below_line", 0.0)
    if not there.can_slip and below > 0:
        raise InputError(
            Words(
                f"这一期没有可评分的户：{below:,.0f} 户都低于标准，其余不能判定；多半是收入的单位变了（元、万元），请先核对收入",
                f"no household of this round can be scored: {below:,.0f} are below the line and the others cannot be judged; most "
                "likely incomes are in another unit (yuan, ten thousand yuan): check them first",
                code="risk.all-below-line",
            )
        )
    if not there.can_slip:
        raise InputError(
            Words(
                "这一期没有可评分的户：没有可判定的已脱贫户或未建档户；请核对人均纯收入等事实是否已收",
                "no household of this round can be scored: none lifted or unregistered can be judged; check that incomes "
                "and the other facts are there",
                code="risk.no-household-round-can",
            )
        )
