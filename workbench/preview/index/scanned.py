"""A preview's index straight from the columns of the facts, for a question that is asked once: nothing is kept.

Who cannot come in under any of the standards at hand is only counted, a township at a time; of the others there is an
entry each, in the band between two ceilings that its income lies in. No row is sorted by income, no number and no village
is read, and of the round before only what a standard asks for. Every count reads it as it reads an index of households.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.domain.facts import CROSS_CHECKS
from workbench.domain.rules.edge import EdgeLimits, tested_income
from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.preview.counts.budget import ceiling_above
from workbench.preview.index.build import (
    EVERY_COUNTY,
    CountySlice,
    PreviewIndex,
    listed_townships,
    row_numbers,
    with_flags,
)
from workbench.preview.index.plain_files import Sieved, sieved_files
from workbench.store.facts import FactStore

_AT_ONCE = 16_000_000
"""Bytes of files, some 300,000 rows, that the store reads at once; of a larger round a file at a time, so that memory does not grow with the city."""
_SPARE = 1.0
"""Yuan: more than any product or quotient of amounts may be off as a float, or an amount that is not held to the fen."""
_NEARLY_ALL = 0.9
_PLACE = ["county_code", "township"]
_NOT_READ: dict[str, pl.Expr] = {
    **dict.fromkeys(("income_pc", "net_income", "out_of_pocket", "previous_income_pc"), pl.lit(None, pl.Float64)),
    "seen_before": pl.lit(value=False),
    **dict.fromkeys(CROSS_CHECKS, pl.lit(None, pl.Boolean)),
}
"""What stands in the place of facts that the standards at hand do not ask for."""


def scanned_index(
    store: FactStore, round_name: str, county: str | None, all_limits: list[EdgeLimits], cuts: tuple[float, ...]
) -> PreviewIndex | None:
    """The index of a round, of one county or of all, as far as some standards ask for it; None where weights are fractions.

    `all_limits`: of one tested income and one list of groups; `cuts`: every ceiling that will be asked about (their
    own and `ceiling_above`), and the line, ascending. Its counties lie together, as one. Raises StoreError where the round, or
    the county in it, is not stored.
    """
    limits, parts = all_limits[0], []
    for each in _sieved(store, round_name, county, all_limits, cuts[0]):
        # Sums of fractions depend on the order of the rows in their last digits, and the index has another order.
        if not all((frame["weight"] == frame["weight"].floor()).all() for frame in (each.passed, each.places)):
            return None
        flagged = with_flags(each.passed, tuple(limits.own_groups))
        income = tested_income(deduct_out_of_pocket=limits.deduct_out_of_pocket)
        rows: pl.DataFrame = nw.from_native(flagged).with_columns(income=income).to_native()
        marks = rows.lazy().select(
            entry=(pl.col("income") >= cuts[0]).fill_null(value=True) & _possible(all_limits, pl.col("income"), 0),
            below=(pl.col("income") < cuts[0]).fill_null(value=False),
        )
        parts.append(_part(rows, marks.collect(), each.places, cuts))
    return _index_of(parts, limits, cuts)


def _sieved(
    store: FactStore, round_name: str, county: str | None, all_limits: list[EdgeLimits], lowest: float
) -> Iterator[Sieved]:
    """The households that the standards may let in or that lie below a line, and all by township; of parts of the round."""
    columns, drop = _columns(all_limits)
    income = _about(all_limits[0])
    sieve = _possible(all_limits, income, _SPARE)
    files = store.files(round_name, county)
    # By size: a damaged file is for the store to refuse, in its own words.
    large = sum(path.stat().st_size for path in files) > _AT_ONCE
    # Files scanned by themselves cost more each; of few rows that is more than what is not read is worth.
    by_file = sieved_files(files, columns, sieve, income < lowest - _SPARE) if large and not drop else None
    if by_file is not None:
        yield by_file
        return
    read = store.frame_with_previous if drop else store.frame
    for code in store.counties(round_name) if county is None and large else [county]:
        facts = with_flags(read(round_name, code, columns, kind=UNREGISTERED), tuple(all_limits[0].own_groups))
        facts = facts.with_columns(pl.col("township").fill_null(""))
        places = facts.group_by(_PLACE).agg(rows=pl.len().cast(pl.Int64), weight=pl.col("weight").sum(), below=0)
        numbered = places.select(*_PLACE, place=pl.int_range(pl.len(), dtype=pl.UInt32))
        yield Sieved(facts.filter(sieve).join(numbered, on=_PLACE, how="left", maintain_order="left"), places)


def _columns(all_limits: list[EdgeLimits]) -> tuple[list[str], bool]:
    """The columns that the standards read, and whether also those of the round before."""
    limits = all_limits[0]
    columns = [*_PLACE, "weight", *limits.group_names]
    columns += [name for name in CROSS_CHECKS if any(name in each.exclusions for each in all_limits)]
    drop = any(each.drop_share is not None for each in all_limits)
    if limits.deduct_out_of_pocket:
        columns.append("persons")
    if drop or not limits.deduct_out_of_pocket:
        columns.append("income_pc")
    if limits.deduct_out_of_pocket or any(each.rigid_share is not None for each in all_limits):
        columns += ["net_income", "out_of_pocket"]
    return columns, drop


def _about(limits: EdgeLimits) -> pl.Expr:
    """The income tested, off by less than a yuan: not held to the fen, and divided as floats are."""
    if not limits.deduct_out_of_pocket:
        return pl.col("income_pc")
    persons = pl.when(pl.col("persons") > 0).then(pl.col("persons"))
    return (pl.col("net_income") - pl.col("out_of_pocket")) / persons


def _possible(all_limits: list[EdgeLimits], income: pl.Expr, spare: float) -> pl.Expr:
    """Whether a household may be in, or counts as below the line, under one of the standards; of some it need not be so.

    Only a sieve: `spare` (yuan) is how far `income` may be off, and a yuan is spared where amounts are multiplied. Whoever
    passes is judged by the index's exact rule.
    """
    lines = max(limits.line for limits in all_limits)
    # Between the lines of two standards a household is below the one and not the other.
    # Nothing compared with stands twice in the list: asked twice, the sieve would take twice as long.
    different = [limits for place, limits in enumerate(all_limits) if limits not in all_limits[:place]]
    reasons = [income < lines + spare, *(_may_be_in(limits, income, spare) for limits in different)]
    return pl.any_horizontal(reasons).fill_null(value=True)


def _may_be_in(limits: EdgeLimits, income: pl.Expr, spare: float) -> pl.Expr:
    """Whether a standard may bring a household in, by Kleene's logic; under the highest general ceiling asked about."""
    spent = pl.col("out_of_pocket")
    ceilings = [income < ceiling_above(limits) + spare]
    ceilings += [pl.col(group) & (income < ceiling + spare) for group, ceiling in limits.group_ceilings.items()]
    routes = [pl.any_horizontal(ceilings)]
    if limits.require_group:
        belongs = pl.any_horizontal(limits.groups) if limits.groups else pl.lit(value=False)
        routes = [routes[0] & belongs]
    if limits.rigid_share is not None:
        routes.append(
            (income < limits.rigid_ceiling + spare) & (spent > limits.rigid_share * pl.col("net_income") - _SPARE)
        )
    if limits.drop_share is not None:
        after = (1 - limits.drop_share) * pl.col("previous_income_pc") + _SPARE
        routes.append(pl.col("seen_before") & (income < limits.drop_ceiling + spare) & (pl.col("income_pc") < after))
    route = pl.any_horizontal(routes)
    return route & ~pl.any_horizontal(limits.exclusions) if limits.exclusions else route


@dataclass(frozen=True)
class _Part:
    """Households that a standard may bring in, a row each with the `band` of their income; all others by township.

    A band is how many cuts the income reaches; where it is not known, one more than there are. `township_of` of the entries
    into `townships`, of which `below` are below every line and `rest` surely out: rows and weight of each.
    """

    entries: pl.DataFrame
    township_of: npt.NDArray[np.uint32]
    townships: tuple[tuple[str, str], ...]
    below: npt.NDArray[np.float64]
    rest: npt.NDArray[np.float64]


def _part(rows: pl.DataFrame, marks: pl.DataFrame, places: pl.DataFrame, cuts: tuple[float, ...]) -> _Part:
    reached = reduce(add, ((pl.col("income") >= cut).cast(pl.UInt16) for cut in cuts))
    band = reached.fill_null(len(cuts) + 1)
    all_of, townships, _ = listed_townships(places.select(_PLACE))
    weights = rows["weight"].to_numpy()

    def counted(towns: npt.NDArray[np.uint32], *measures: npt.NDArray[np.float64] | None) -> npt.NDArray[np.float64]:
        return np.array([np.bincount(towns, each, len(townships)) for each in measures], np.float64)

    at, below, entry = all_of[rows["place"].to_numpy()], marks["below"].to_numpy(), marks["entry"].to_numpy()
    if np.count_nonzero(entry) > _NEARLY_ALL * len(rows):
        # The few others are judged as well, which costs less than a copy without them.
        below, entry = np.zeros_like(below), np.ones_like(entry)
    sides = [counted(at[side], None, weights[side]) for side in (below, entry)]
    surely = places["below"].cast(pl.Float64).to_numpy()
    everyone = counted(all_of, *(places[name].cast(pl.Float64).to_numpy() for name in ("rows", "weight")))
    # Only of files whose rows stand for one household each is anybody counted as below without being read.
    sides[0] += counted(all_of, surely, surely)
    entries = rows.with_columns(band=band).drop("income")
    return _Part(
        entries if entry.all() else entries.filter(marks["entry"]), at[entry], townships,
        sides[0], everyone - sides[0] - sides[1],
    )  # fmt: skip


def _index_of(parts: list[_Part], limits: EdgeLimits, cuts: tuple[float, ...]) -> PreviewIndex:
    """Bands ascend, as incomes do: those below every line by township, who may come in, the rest by township, unknown incomes."""
    rows = pl.concat([part.entries for part in parts], how="diagonal_relaxed")
    band = rows["band"].to_numpy()
    # NumPy sorts small numbers by counting them.
    order = np.argsort(band.astype(np.min_scalar_type(len(cuts) + 1)), kind="stable")
    known = int(np.count_nonzero(band <= len(cuts)))
    # What was not read of anybody is null, or not seen before; as of the rest, nothing is asked of it.
    rows = rows.with_columns(value.alias(name) for name, value in _NOT_READ.items() if name not in rows.columns)
    numbers = row_numbers(rows, limits.group_names)
    below, rest = (np.hstack([getattr(part, side) for part in parts]) for side in ("below", "rest"))
    (low,), (high,) = np.nonzero(below[0]), np.nonzero(rest[0])

    singles = slice(len(low), len(low) + known)
    size = len(low) + len(high) + len(rows)

    def among(values: Any, first: Any = 0, last: Any = 0) -> Any:
        """The values of all entries in their order: of single households, by bands, with those of either side put among them."""
        if first is last and not values.any():
            # What nobody has, such as a fall that nobody asked for, is neither gathered nor ever held.
            return np.zeros(size, values.dtype)
        entries = np.empty(size, values.dtype)
        entries[: singles.start], entries[singles.stop : singles.stop + len(high)] = first, last
        # Every place is there; told to clip, NumPy does not take them into a copy first.
        np.take(values, order[:known], out=entries[singles], mode="clip")
        np.take(values, order[known:], out=entries[singles.stop + len(high) :], mode="clip")
        return entries

    # A township is in one part only, since a county is.
    offsets = np.cumsum([0, *(len(part.townships) for part in parts)])
    towns = np.concatenate([part.township_of + by for part, by in zip(parts, offsets, strict=False)])
    number = among(np.ones(len(rows), np.int64), below[0, low], rest[0, high])
    one_each = bool((rows["weight"] == 1).all()) and np.array_equal(*below) and np.array_equal(*rest)
    # One income for each band (below all cuts, at each): all of a band compare alike with every cut.
    income = np.array([cuts[0] - 1, *cuts, np.nan])
    incomes = among(income[band], income[0], income[len(cuts)])
    return PreviewIndex(
        deduct_out_of_pocket=limits.deduct_out_of_pocket,
        groups=limits.group_names,
        # No count asks of one county: whatever is done a county at a time is done once.
        counties=(CountySlice(EVERY_COUNTY, 0, len(low) + known + len(high), len(number)),),
        townships=tuple(town for part in parts for town in part.townships),
        income=incomes,
        # A stand-in: nothing that is asked of it depends on the other income.
        income_pc=incomes,
        **{name: among(values) for name, values in numbers.items() if name != "income_pc"},
        township_of=among(towns.astype(np.uint32), low, high),
        origin=np.arange(size, dtype=np.uint32),
        weight=None if one_each else among(rows["weight"].to_numpy(), below[1, low], rest[1, high]),
        rows=number,
        # A question asked once lists no household.
        household_id=None,
        village=None,
    )
