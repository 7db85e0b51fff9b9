"""A preview's index straight from the columns of the facts, for a question that is asked once: nothing is kept.

Who cannot come in under any of the standards at hand is only counted, a township at a time; of the others there is an
entry each, in the band between two ceilings that its income lies in. No row is sorted by income, no number and no village
is read, and of the round before only what a standard asks for. Every count reads it as it reads an index of households.
"""

from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from workbench.domain.facts import CROSS_CHECKS
from workbench.domain.rules.edge import EdgeLimits, tested_income
from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.preview.counts.budget import ceiling_above
from workbench.preview.index.build import PreviewIndex, county_slices, listed_townships, row_numbers, with_flags
from workbench.store.facts import FactStore

_AT_ONCE = 16_000_000
"""Bytes of files, some 300,000 rows, that are read at once; of a larger round a county at a time, so that memory does not grow with the city."""
_SPARE = 1.0
"""Yuan: more than any product of amounts may be off as a float."""
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
    own and `ceiling_above`), and the line, ascending. Raises StoreError where the round, or the county in it, is not stored.
    """
    limits = all_limits[0]
    possible, parts = _possible(all_limits, cuts[0]), []
    for code, facts in _facts(store, round_name, county, all_limits):
        # Sums of fractions depend on the order of the rows in their last digits, and the index has another order.
        if not (facts["weight"] == facts["weight"].floor()).all():
            return None
        flagged = with_flags(facts, tuple(limits.own_groups))
        income = tested_income(deduct_out_of_pocket=limits.deduct_out_of_pocket)
        rows: pl.DataFrame = nw.from_native(flagged).with_columns(income=income).to_native()
        marks = rows.lazy().select(entry=possible, below=(pl.col("income") < cuts[0]).fill_null(value=False)).collect()
        parts += [_entries(rows.filter(marks["entry"]), cuts), _outside(rows, marks, code, len(cuts))]
    entries = pl.concat(parts, how="diagonal_relaxed")
    entries = entries.with_columns(
        seen_before=pl.col("seen_before").fill_null(value=False),
        # One income for each band (below all cuts, at each): all of a band compare alike with every cut.
        income=pl.Series([cuts[0] - 1, *cuts, None], dtype=pl.Float64).gather(entries["band"]),
    )
    return _index_of(entries, limits, bands=len(cuts) + 2)


def _facts(
    store: FactStore, round_name: str, county: str | None, all_limits: list[EdgeLimits]
) -> Iterator[tuple[str | None, pl.DataFrame]]:
    """The unregistered households with the columns that the standards read: a county and its own, or None and all."""
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
    read = store.frame_with_previous if drop else store.frame
    # By size: a damaged file is for the store to refuse, in its own words.
    size = sum(path.stat().st_size for path in store.files(round_name, county))
    parts = store.counties(round_name) if county is None and size > _AT_ONCE else [county]
    for each in parts:
        yield each, read(round_name, each, columns, kind=UNREGISTERED)


def _possible(all_limits: list[EdgeLimits], lowest: float) -> pl.Expr:
    """Whether a household may be in, or counts as below the line, under one of the standards; of some it need not be so.

    Only a sieve, with a yuan to spare where amounts are multiplied: whoever passes is judged by the index's exact rule.
    """
    income = pl.col("income")
    lines = max(limits.line for limits in all_limits)
    # Between the lines of two standards a household is below the one and not the other.
    reasons = [income < lines, *(_may_be_in(limits) for limits in all_limits)]
    return ((income >= lowest) & pl.any_horizontal(reasons)).fill_null(value=True)


def _may_be_in(limits: EdgeLimits) -> pl.Expr:
    """Whether a standard may bring a household in, by Kleene's logic; under the highest general ceiling asked about."""
    income, spent = pl.col("income"), pl.col("out_of_pocket")
    ceilings = [income < ceiling_above(limits)]
    ceilings += [pl.col(group) & (income < ceiling) for group, ceiling in limits.group_ceilings.items()]
    routes = [pl.any_horizontal(ceilings)]
    if limits.require_group:
        belongs = pl.any_horizontal(limits.groups) if limits.groups else pl.lit(value=False)
        routes = [routes[0] & belongs]
    if limits.rigid_share is not None:
        routes.append((income < limits.rigid_ceiling) & (spent > limits.rigid_share * pl.col("net_income") - _SPARE))
    if limits.drop_share is not None:
        after = (1 - limits.drop_share) * pl.col("previous_income_pc") + _SPARE
        routes.append(pl.col("seen_before") & (income < limits.drop_ceiling) & (pl.col("income_pc") < after))
    route = pl.any_horizontal(routes)
    return route & ~pl.any_horizontal(limits.exclusions) if limits.exclusions else route


def _entries(chosen: pl.DataFrame, cuts: tuple[float, ...]) -> pl.DataFrame:
    """Households that a standard may bring in, an entry each, with the band of their income.

    A band is how many cuts the income reaches; where it is not known, one more than there are.
    """
    reached = pl.sum_horizontal((pl.col("income") >= cut).cast(pl.UInt16) for cut in cuts)
    band = pl.when(pl.col("income").is_not_null()).then(reached).otherwise(len(cuts) + 1).cast(pl.UInt16)
    absent = {name: value for name, value in _NOT_READ.items() if name not in chosen.columns}
    return chosen.with_columns(band=band, rows=pl.lit(1, pl.UInt32), **absent).drop("income")


def _outside(rows: pl.DataFrame, marks: pl.DataFrame, county: str | None, above: int) -> pl.DataFrame:
    """All others by township: those below every line in band 0, the rest in the band `above` all cuts."""
    sides = {"below": pl.col("below"), "rest": ~(pl.col("below") | pl.col("entry"))}
    # As a rule every row stands for one household, and counting them is all there is to do.
    ones = bool((rows["weight"] == 1).all())
    weights = {f"weight_{name}": (pl.col("weight") * side).sum() for name, side in sides.items() if not ones}
    # Of one county the township tells all, and one text is looked up faster than two.
    keys = _PLACE if county is None else _PLACE[1:]
    places = rows.select(*keys, *([] if ones else ["weight"])).hstack(marks)
    grouped = (
        places.lazy()
        .group_by(keys)
        .agg(**{f"rows_{name}": side.sum().cast(pl.UInt32) for name, side in sides.items()}, **weights)
        .with_columns([] if county is None else [pl.lit(county).alias("county_code")])
        .collect()
    )
    by_side = (
        grouped.select(
            *_PLACE,
            rows=f"rows_{name}",
            weight=pl.col(f"rows_{name}" if ones else f"weight_{name}").cast(pl.Float64),
            band=pl.lit(band, pl.UInt16),
        )
        for name, band in (("below", 0), ("rest", above))
    )
    return pl.concat(by_side).filter(pl.col("rows") > 0)


def _index_of(entries: pl.DataFrame, limits: EdgeLimits, bands: int) -> PreviewIndex:
    township_of, townships, counties = listed_townships(entries)
    # A county's bands ascend, as incomes do; those not known come last. NumPy sorts small numbers by counting them.
    place = counties * bands + entries["band"].to_numpy()
    order = np.argsort(place.astype(np.min_scalar_type(int(place.max(initial=0)))), kind="stable")
    numbers = {name: values[order] for name, values in row_numbers(entries, limits.group_names).items()}
    # A question asked once lists no household.
    none = pa.nulls(len(entries), pa.large_string())
    at: dict[str, Any] = {name: entries[name].to_numpy()[order] for name in ("rows", "weight")}
    return PreviewIndex(
        deduct_out_of_pocket=limits.deduct_out_of_pocket,
        groups=limits.group_names,
        counties=county_slices(entries),
        townships=townships,
        income=entries["income"].fill_null(float("nan")).to_numpy()[order],
        **numbers,
        township_of=township_of[order],
        origin=np.arange(len(entries), dtype=np.uint32),
        weight=at["weight"],
        rows=at["rows"].astype(np.int64),
        household_id=none,
        village=none,
    )
