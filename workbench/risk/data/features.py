"""Features: what the model reads, each a named expression over the facts up to the round, and which of them can be used."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.domain.facts import CROSS_CHECKS, EXTRA_PREFIX, FACT, FAMILY_FLAGS, GUARANTEES, KEY_GROUPS
from workbench.errors import Words
from workbench.risk.data.panel import LAGS

LEAST_SHARE = 0.03
"""Of the line: incomes below count as this much where a logarithm is taken. A share, as money may be any money."""
_NO_REASON = Words("", "")
_GRADES = {"A": 0, "B": 1, "C": 2, "D": 3}


@dataclass(frozen=True)
class Feature:
    """One thing the model reads of a household. `facts`: what it is made of; `category`: values have no order.

    `monotone` 1: a higher value never lowers the probability, -1: never raises it, all else equal; `because` says why
    the domain is sure of that.
    """

    name: str
    zh: str
    en: str
    topic: str
    facts: tuple[str, ...]
    expression: pl.Expr
    category: bool = False
    monotone: int = 0
    because: Words = _NO_REASON


_FLOOR = pl.col("line") * LEAST_SHARE


def _income(fact: str = "income_pc") -> pl.Expr:
    # A floor under incomes, so that the logarithm of nothing, or of a loss, is a number; unknown stays unknown.
    return pl.max_horizontal(pl.col(fact), pl.when(pl.col(fact).is_not_null()).then(_FLOOR))


_NET = pl.when(pl.col("net_income") > 0).then(pl.col("net_income"))
_STATE = pl.col("state")
_LIFTED = pl.col("kind") == "lifted"
_PERSONS = pl.when(pl.col("persons") > 0).then(pl.col("persons"))
_LOGS = [_income().log(), *(_income(f"income_pc_{lag}").log() for lag in range(1, LAGS + 1))]
_DOMAIN_SURE = Words(
    "同等条件下，收入越高，越不会跌破下一道线",
    "other things equal, a higher income is not nearer to falling below a line",
)
_HEAVIER = Words(
    "刚性支出越重，越易返贫（§2.1.1-c）", "a heavier rigid expenditure does not make a household safer (§2.1.1-c)"
)
_MORE_ILLNESS = Words("大病人数越多，风险不会更低", "more serious illness is not less risk")


def _threshold(line: str) -> pl.Expr:
    """The income below which the state gets worse: the line; for the stable tier the multiple of it that is near."""
    return pl.when(_LIFTED & (_STATE == 3)).then(pl.col(f"near_{line}")).otherwise(pl.col(line))  # noqa: PLR2004 - tier 3


def _margins(name: str, line: str, zh: str, en: str) -> list[Feature]:
    """Log distance above the threshold, a feature for each group of states: nearness means another thing in each."""
    margin = (_income() / _threshold(line)).log()
    # Between tiers 1 and 2 the risk is a sawtooth, which one curve over both would smooth away; but tier 1 is small, and
    # two curves that know nothing of each other are worse than none: so both share one, and tier 2 has its own beside it.
    parts = (
        ("unregistered", "未建档户", "unregistered", pl.col("kind") == "unregistered"),
        ("blue", "三级户", "tier 3", _LIFTED & (_STATE == 3)),  # noqa: PLR2004 - tier 3
        ("red_yellow", "一、二级户", "tiers 1 and 2", _LIFTED & (_STATE < 3)),  # noqa: PLR2004 - tier 3
        ("yellow", "二级户", "tier 2", _LIFTED & (_STATE == 2)),  # noqa: PLR2004 - tier 2
    )
    return [
        Feature(
            f"{name}_{part}", f"{zh}（{part_zh}）", f"{en} ({part_en})", "income",
            ("income_pc",), pl.when(chosen).then(margin), monotone=-1, because=_DOMAIN_SURE,
        )
        for part, part_zh, part_en, chosen in parts
    ]  # fmt: skip


def _since(fact: str, change: pl.Expr) -> pl.Expr:
    """A change since the previous round, 0 where that round did not tell: else its absence would only name the round."""
    return pl.when(pl.col(f"{fact}_1").is_null() & pl.col(fact).is_not_null()).then(0.0).otherwise(change)


def _deviation(values: list[pl.Expr]) -> pl.Expr:
    """The standard deviation of the known ones in a row; null where fewer than two are known."""
    known = pl.sum_horizontal(value.is_not_null() for value in values)
    squares = pl.sum_horizontal((value - pl.mean_horizontal(values)) ** 2 for value in values)
    return (squares / pl.when(known > 1).then(known - 1)).sqrt()


def _share(part: pl.Expr) -> pl.Expr:
    # Beyond these a share says "far more than there is", whatever the figure: a net income of a few yuan must not lead.
    return (part / _NET).clip(-2, 3)


_PROFIT = pl.col("income_business") - pl.col("cost_business")
_INCOME = [
    *_margins("margin", "line", "收入距本期的线", "income above the line of this round"),
    *_margins("margin_next", "line_next", "收入距下一期的线", "income above the line of the next round"),
    Feature("income_change", "收入较上一期变化", "change of income since the previous round", "income_change",
            ("income_pc",), _since("income_pc", (_income() / _income("income_pc_1")).log())),
    Feature("income_deviation", "收入与近几期平均之差", "income against its mean over past rounds", "income_change",
            ("income_pc",), _LOGS[0] - pl.mean_horizontal(_LOGS)),
    Feature("income_volatility", "收入波动", "volatility of income over past rounds", "income_change",
            ("income_pc",), _deviation(_LOGS)),
    Feature("past_below", "以往低于标准的期次比例", "share of past rounds below the line", "income_change", ("income_pc",),
            pl.mean_horizontal([(pl.col(f"income_pc_{lag}") < pl.col(f"line_{lag}")).cast(pl.Float64) for lag in range(1, LAGS + 1)]).fill_null(0.0)),
    Feature("wage_share", "工资性收入占比", "share of wages", "income_parts", ("income_wage", "net_income"), _share(pl.col("income_wage"))),
    Feature("business_share", "经营净收入占比", "share of business profit", "income_parts",
            ("income_business", "cost_business", "net_income"), _share(_PROFIT)),
    Feature("transfer_share", "转移性收入占比", "share of transfers", "income_parts", ("income_transfer", "net_income"), _share(pl.col("income_transfer"))),
    Feature("property_share", "财产性收入占比", "share of property income", "income_parts", ("income_property", "net_income"), _share(pl.col("income_property"))),
]  # fmt: skip
_SPENDING = [
    Feature("spending_share", "自付支出占纯收入", "out-of-pocket spending as a share of net income", "spending",
            ("out_of_pocket", "net_income"), _share(pl.col("out_of_pocket")), monotone=1,
            because=_HEAVIER),
    Feature("spending_change", "自付支出较上一期变化", "change of out-of-pocket spending", "spending", ("out_of_pocket",),
            _since("out_of_pocket", ((pl.col("out_of_pocket") + _FLOOR) / (pl.col("out_of_pocket_1") + _FLOOR)).log())),
]  # fmt: skip


def _plain(name: str, topic: str, **more: object) -> Feature:
    """Return the feature that is a fact as it is."""
    fact = FACT[name]
    return Feature(name, fact.zh, fact.en, topic, (name,), pl.col(name).cast(pl.Float64), **more)  # type: ignore[arg-type]


def _change(name: str, topic: str) -> Feature:
    fact = FACT[name]
    return Feature(f"{name}_change", f"{fact.zh}较上一期变化", f"change of {fact.en}", topic, (name,),
                   _since(name, (pl.col(name) - pl.col(f"{name}_1")).cast(pl.Float64)))  # fmt: skip


_MEMBERS = [
    _plain("work_months", "work"), _change("work_months", "work"), _plain("labour", "work"), _plain("skilled", "work"),
    _plain("weak_labour", "work"),
    Feature("labour_ratio", "劳动力占人口", "labour per person", "work", ("labour", "weak_labour", "persons"),
            (pl.col("labour") + pl.col("weak_labour") / 2) / _PERSONS),
    _plain("persons", "family"), _change("persons", "family"), _plain("students", "family"),
    _plain("seriously_ill", "health", monotone=1, because=_MORE_ILLNESS),
    _plain("chronically_ill", "health"),
    Feature("ill", "患病人数", "members who are ill", "health", ("seriously_ill", "chronically_ill"),
            (pl.col("seriously_ill") + pl.col("chronically_ill")).cast(pl.Float64)),
    _plain("disabled", "health"), _plain("severely_disabled", "health"),
]  # fmt: skip
_HOME = [
    Feature("land_per_person", "人均耕地", "land per person", "assets", ("land_mu", "persons"), pl.col("land_mu") / _PERSONS),
    *(_plain(name, "assets") for name in CROSS_CHECKS),
    Feature("housing_grade", "房屋安全等级", "housing grade", "guarantees", ("housing_grade",),
            pl.col("housing_grade").replace_strict(_GRADES, default=None, return_dtype=pl.Float64)),
    *(_plain(name, "guarantees") for name in GUARANTEES),
    *(_plain(name, "health" if name in ("illness", "disability") else "groups") for name in KEY_GROUPS),
]  # fmt: skip
_STANDING = [
    Feature("standing", "户类型与等级", "kind and tier", "standing", ("kind",),
            pl.when(_LIFTED).then(_STATE.cast(pl.String)).otherwise(pl.col("kind")), category=True),
    Feature("criteria_met", "满足的等级条件数", "criteria of the tiers that are met", "standing", ("kind",),
            pl.col("criteria_true").bitwise_count_ones().cast(pl.Float64)),
    _plain("exit_year", "standing"),
    Feature("cause", "主要致贫原因", "main cause of poverty", "standing", ("cause",), pl.col("cause"), category=True),
]  # fmt: skip
_HALF = pl.when(pl.col("start").str.slice(5, 2).cast(pl.Int64) <= 6).then(pl.lit("spring")).otherwise(pl.lit("autumn"))  # noqa: PLR2004
"""Half of the year of the round: that it was May once and April ever since is no other season."""
_PLACE = [
    Feature("county", "县区", "county", "place", ("county_code",), pl.col("county_code"), category=True),
    Feature("season", "时节", "season", "place", ("round",), _HALF, category=True),
    Feature("county_season", "县区与时节", "county and season", "place", ("county_code", "round"),
            pl.col("county_code") + " " + _HALF, category=True),
    Feature("months_ahead", "距下一期月数", "months to the next round", "place", ("round",), pl.col("months_ahead")),
]  # fmt: skip
FEATURES: tuple[Feature, ...] = (*_INCOME, *_SPENDING, *_MEMBERS, *_HOME, *_STANDING, *_PLACE)


def nearness(frame: pl.DataFrame) -> npt.NDArray[np.float64]:
    """Log distance of each household's income above the threshold of its state, (rows,), NaN where it is not known."""
    margin = frame.select(margin=(_income() / _threshold("line")).log().cast(pl.Float64)).to_series()
    values: npt.NDArray[np.float64] = margin.fill_null(float("nan")).to_numpy()
    return values


def extra_features(columns: Sequence[str]) -> list[Feature]:
    """Facts that a mapping adds of its own (`x_…`): each as it is, and a topic of its own. Kinds of families are none of them."""
    # By those the choice of a standard is judged fair or not: a model that read them could not stand beside that (0056).
    return [
        Feature(name, name.removeprefix(EXTRA_PREFIX), name.removeprefix(EXTRA_PREFIX), name, (name,), pl.col(name).cast(pl.Float64))
        for name in columns
        if name.startswith(EXTRA_PREFIX) and name not in FAMILY_FLAGS
    ]  # fmt: skip


def feature_frame(frame: pl.DataFrame, features: Sequence[Feature]) -> pl.DataFrame:
    """The features of household-rounds, one column each; `frame` holds `start`, the round's name.

    Facts of a mapping's own (`x_…`) that this frame does not have are not known.
    """
    absent = {fact for feature in features for fact in feature.facts if fact.startswith(EXTRA_PREFIX)} - set(
        frame.columns
    )
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(fact) for fact in sorted(absent))
    # Lazily, so that what features share (logarithms, thresholds) is computed once.
    return frame.lazy().select(feature.expression.alias(feature.name) for feature in features).collect()
