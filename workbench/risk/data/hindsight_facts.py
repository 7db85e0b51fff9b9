"""Facts that nearly tell by themselves who slipped: recorded afterwards, or of those alone who had slipped.

A fact of a round that was filled in, or corrected, once it was known what became of the household makes a model look perfect on
every round that is over, and blind on the one that is to be scored. No test on past rounds shows it, as the fact is there too.
"""

from collections.abc import Collection, Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.domain.facts import EXTRA_PREFIX, FACT
from workbench.errors import Words
from workbench.risk.evaluation.metrics import auc

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ALONE = 0.97
"""The area under the curve of one fact by itself from which nobody believes it any more: incomes themselves reach 0.90."""
OF_ALL = 0.9
"""The share of those with one value who slipped, from which it is the slip that the value stands for."""
_LIFT = 3.0
"""Times the share of everybody: where most slip, every value is of households that slipped."""
_PART = 0.2
"""Of all slips: what concerns fewer of them does not make a model look perfect."""
_LEAST_SLIPS = 10
_MOST_VALUES = 12
_INCOMES = frozenset(("income_pc", "net_income", "income_wage", "income_business", "income_property", "income_transfer", "cost_business"))  # fmt: skip
"""Lines are drawn through incomes: where the line of the next year is known they may well say who falls below it."""
_NOT_READ = frozenset(("household_id", "round", "county_code", "township", "village", "kind", "filed_tier", "weight"))


def hindsight_facts(labelled: pl.DataFrame, keep: Collection[str] = ()) -> dict[str, Words]:
    """Return by fact why it is not to be learnt from; `labelled`: household-rounds with `slip`, true or false. Those to `keep` are not asked."""
    slips = labelled["slip"].cast(pl.Float64).to_numpy()
    if min(slips.sum(), len(slips) - slips.sum()) < _LEAST_SLIPS:
        return {}
    return {
        name: why
        for name in labelled.columns
        if (name in FACT or name.startswith(EXTRA_PREFIX)) and name not in (*_INCOMES, *_NOT_READ, *keep)
        for why in [_why(name, labelled[name], slips)]
        if why is not None
    }


def _why(name: str, values: pl.Series, slips: Floats) -> Words | None:
    zh, en = (FACT[name].zh, FACT[name].en) if name in FACT else (name, name)
    for value, own in _values(values):
        rate, part = slips[own].mean(), slips[own].sum()
        if rate >= max(OF_ALL, _LIFT * slips.mean()) and part >= max(_LEAST_SLIPS, _PART * slips.sum()):
            return Words(
                f"{zh}：{value.zh}的 {own.sum():,} 条里 {rate:.0%} 后来风险变差，像是事后才记的，不用来学；确是当时的事实，请指明保留（--keep）",
                f"{en}: of {own.sum():,} household-rounds where it is {value.en} {rate:.0%} slipped later; it looks as if it had been "
                "recorded afterwards, and nothing is learnt from it; if it was known then, keep it (--keep)",
                code="risk.fact-recorded-afterwards",
            )
    area = _area(values, slips)
    if area is not None and area >= ALONE:
        return Words(
            f"{zh}：单凭这一项就几乎分得出谁后来风险变差（AUC {area:.2f}），像是事后才记的，不用来学；确是当时的事实，请指明保留（--keep）",
            f"{en}: by itself it nearly says who slipped later (AUC {area:.2f}); it looks as if it had been recorded afterwards, and "
            "nothing is learnt from it; if it was known then, keep it (--keep)",
            code="risk.fact-tells-all",
        )
    return None


def _values(values: pl.Series) -> Iterator[tuple[Words, Bools]]:
    """Whether it is known, then each value where there are few of them, with the rows (rows,) that have it."""
    unknown = values.is_null().to_numpy()
    if unknown.any() and not unknown.all():
        yield Words("未知", "not known"), unknown
        yield Words("已知", "known"), ~unknown
    known = values.drop_nulls().unique().sort()
    if 1 < len(known) <= _MOST_VALUES:
        for value in known:
            yield Words(f"值为 {value} ", f"{value}"), values.eq(value).fill_null(value=False).to_numpy()


def _area(values: pl.Series, slips: Floats) -> float | None:
    """The area under its curve, in the direction that it takes, of those of whom it is known; None for texts."""
    if not (values.dtype.is_numeric() or values.dtype == pl.Boolean):
        return None
    known = values.is_not_null().to_numpy()
    # Of a fact known of few of the slips hardly any is said by it.
    if slips[known].sum() < max(_LEAST_SLIPS, _PART * slips.sum()):
        return None
    area = auc(slips[known], values.filter(values.is_not_null()).cast(pl.Float64).to_numpy())
    return None if area is None else max(area, 1 - area)
