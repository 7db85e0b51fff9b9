"""An index reduced to what is asked of it: one entry for all households that no question at hand tells apart.

Between two neighbouring ceilings, and above or below the same shares, households of one township with the same groups
and findings are counted alike. So a county comes down to some thousands of entries, which every count reads as it
reads households, and the entries of a province are those of its counties, one after another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from workbench.domain.rules.edge import EdgeLimits
from workbench.preview.counts.levers import share_codes
from workbench.preview.index.build import CountySlice, PreviewIndex

_AMOUNTS = ("net_income", "out_of_pocket", "dropped_to", "dropped_from")
_DISTINGUISHING = ("township_of", "groups_true", "groups_unknown", "checks", "lacking")


@dataclass(frozen=True)
class Distinctions:
    """What the questions at hand tell apart: incomes by `cuts` (yuan a person, ascending), amounts by the routes' shares."""

    cuts: tuple[float, ...]
    rigid_shares: tuple[float, ...] = ()
    drop_shares: tuple[float, ...] = ()

    @classmethod
    def of(
        cls, all_limits: Sequence[EdgeLimits], more: Sequence[float] = (), shares: Sequence[float] = ()
    ) -> "Distinctions":
        """What standards tell apart, and `more` ceilings, and `shares` of either route."""
        cuts = {ceiling for limits in all_limits for ceiling in _ceilings(limits)} | set(more)
        rigid = {limits.rigid_share for limits in all_limits if limits.rigid_share is not None} | set(shares)
        drop = {limits.drop_share for limits in all_limits if limits.drop_share is not None} | set(shares)
        return cls(tuple(sorted(cuts)), tuple(sorted(rigid)), tuple(sorted(drop)))

    def __or__(self, other: "Distinctions") -> "Distinctions":
        """What either of two tells apart."""
        pairs = zip(self._values(), other._values(), strict=True)
        return Distinctions(*(tuple(sorted({*ours, *theirs})) for ours, theirs in pairs))

    def __le__(self, other: "Distinctions") -> bool:
        """Whether the other tells apart whatever this one does."""
        return all(set(ours) <= set(theirs) for ours, theirs in zip(self._values(), other._values(), strict=True))

    def _values(self) -> tuple[tuple[float, ...], ...]:
        return self.cuts, self.rigid_shares, self.drop_shares


@dataclass(frozen=True)
class Reduced:
    """`index`: an entry for all rows that are alike, with what they weigh; `marks`, `sums` of the rows, a value an entry."""

    index: PreviewIndex
    marks: dict[str, Any]
    sums: dict[str, Any]


def reduce_index(
    index: PreviewIndex, distinctions: Distinctions, marks: Mapping[str, Any], sums: Mapping[str, Any]
) -> Reduced:
    """Reduce the index of one county; rows that `marks` (one value a row, by name) tell apart stay apart, `sums` are added up.

    Incomes of entries are the ceilings that they lie at or above, not those of a household.
    """
    keys = _keys(index, distinctions) | {f"mark_{name}": pl.Series(values) for name, values in marks.items()}
    weight = np.ones(len(index)) if index.weight is None else index.weight
    # An index that is reduced already may be reduced further: its entries stand for the rows that they stood for.
    rows = np.ones(len(index), np.int64) if index.rows is None else index.rows
    measures = {"weight": weight, "rows": rows, **{f"sum_{name}": values for name, values in sums.items()}}
    amounts = {name: getattr(index, name) for name in _AMOUNTS}
    entries = (
        pl.DataFrame({**keys, **measures, **amounts})
        # In the order of the index: whoever counts a county, its counts are the same bytes.
        .group_by(list(keys), maintain_order=True)
        # Any household of an entry stands for its amounts: shares that are asked for lie on one side of all of them.
        .agg(*(pl.col(name).sum() for name in measures), *(pl.first(name) for name in _AMOUNTS))
        # The band comes first among the keys, so that incomes ascend again, as every count relies upon.
        .sort(list(keys))
    )  # fmt: skip
    return Reduced(
        _index_of(index, distinctions, entries),
        {name: entries[f"mark_{name}"].to_numpy() for name in marks},
        {name: entries[f"sum_{name}"].to_numpy() for name in sums},
    )


def without_townships(index: PreviewIndex) -> PreviewIndex:
    """The index of one county with all its households in one township, for questions that ask of none."""
    none = np.zeros(len(index), index.township_of.dtype)
    # A county that has no unregistered household in a round has an index of nobody, in which no county stands.
    return replace(index, townships=tuple((county.code, "") for county in index.counties), township_of=none)


def _ceilings(limits: EdgeLimits) -> list[float]:
    ceilings = [limits.line, limits.ceiling, *limits.group_ceilings.values()]
    ceilings += [limits.rigid_ceiling] if limits.rigid_share is not None else []
    return ceilings + ([limits.drop_ceiling] if limits.drop_share is not None else [])


def _keys(index: PreviewIndex, distinctions: Distinctions) -> dict[str, pl.Series]:
    rows = np.arange(len(index))
    # An income that is not known sorts behind all others, as in the index itself.
    band = np.searchsorted(distinctions.cuts, index.income, side="right") + np.isnan(index.income)
    shares = {"rigid_expenditure": distinctions.rigid_shares, "income_drop": distinctions.drop_shares}
    codes = {route: share_codes(index, route, asked, rows) for route, asked in shares.items()}
    distinguishing = {name: np.array(getattr(index, name)) for name in _DISTINGUISHING}
    return {name: pl.Series(values) for name, values in {"band": band, **distinguishing, **codes}.items()}


def _index_of(index: PreviewIndex, distinctions: Distinctions, entries: pl.DataFrame) -> PreviewIndex:
    # One income for each band (below all cuts, at each, unknown): all of a band compare alike with every cut.
    cuts = np.array([distinctions.cuts[0] - 1, *distinctions.cuts, np.nan])
    income = cuts[entries["band"].to_numpy()]
    known = int(np.count_nonzero(~np.isnan(income)))
    given: dict[str, Any] = {name: entries[name].to_numpy() for name in (*_AMOUNTS, *_DISTINGUISHING)}
    return PreviewIndex(
        deduct_out_of_pocket=index.deduct_out_of_pocket,
        groups=index.groups,
        counties=tuple(CountySlice(county.code, 0, known, len(entries)) for county in index.counties),
        townships=index.townships,
        income=income,
        # A stand-in: whoever asks about the income a person has it as a mark.
        income_pc=income,
        origin=np.arange(len(entries), dtype=np.uint32),
        weight=entries["weight"].to_numpy(),
        # No household number and no village leaves the worker (decision 0042).
        household_id=None,
        village=None,
        rows=entries["rows"].cast(pl.Int64).to_numpy(),
        **given,
    )
