"""A preview's index straight from the columns of the facts, for a question that is asked once: nothing is kept.

Households below the line or above every ceiling are only counted, a township at a time; of the others there is an entry
each, in the band between two ceilings that its income lies in. No row is sorted by income, no number and no village is
read, and of the round before only what a standard asks for. Every count reads it as it reads an index of households.
"""

from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from workbench.domain.facts import CROSS_CHECKS
from workbench.domain.rules.edge import EdgeLimits, tested_income
from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.preview.index.build import PreviewIndex, county_slices, listed_townships, row_numbers, with_flags
from workbench.store.facts import FactStore

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

    `all_limits`: of one tested income and one list of groups; `cuts`: every ceiling that will be asked about, and the
    line, ascending. Raises StoreError where the round, or the county in it, is not stored.
    """
    limits = all_limits[0]
    facts = _facts(store, round_name, county, all_limits)
    # Sums of fractions depend on the order of the rows in their last digits, and the index has another order.
    if not (facts["weight"] == facts["weight"].floor()).all():
        return None
    rows = _with_bands(with_flags(facts, tuple(limits.own_groups)), limits, cuts)
    entries = pl.concat([_between(rows, cuts), _outside(rows, cuts)], how="diagonal")
    entries = entries.with_columns(
        seen_before=pl.col("seen_before").fill_null(value=False),
        # One income for each band (below all cuts, at each): all of a band compare alike with every cut.
        income=pl.Series([cuts[0] - 1, *cuts, None], dtype=pl.Float64).gather(entries["band"]),
    )
    return _index_of(entries, limits, bands=len(cuts) + 2)


def _facts(store: FactStore, round_name: str, county: str | None, all_limits: list[EdgeLimits]) -> pl.DataFrame:
    """The unregistered households with the columns that the standards read."""
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
    return read(round_name, county, columns, kind=UNREGISTERED)


def _with_bands(facts: pl.DataFrame, limits: EdgeLimits, cuts: tuple[float, ...]) -> pl.DataFrame:
    """The facts with the band of each household's income: how many cuts it reaches, one more than all where not known."""
    income = tested_income(deduct_out_of_pocket=limits.deduct_out_of_pocket)
    tested: pl.LazyFrame = nw.from_native(facts.lazy()).with_columns(income=income).to_native()
    known = pl.col("income").is_not_null()
    reached = pl.sum_horizontal((pl.col("income") >= cut).cast(pl.UInt16) for cut in cuts)
    band = pl.when(known).then(reached).otherwise(len(cuts) + 1).cast(pl.UInt16)
    return tested.with_columns(band=band).collect()


def _between(rows: pl.DataFrame, cuts: tuple[float, ...]) -> pl.DataFrame:
    """The households that a standard may bring in, an entry each."""
    chosen = rows.filter(~pl.col("band").is_in([0, len(cuts)]))
    absent = {name: value for name, value in _NOT_READ.items() if name not in rows.columns}
    return chosen.with_columns(rows=pl.lit(1, pl.UInt32), **absent)


def _outside(rows: pl.DataFrame, cuts: tuple[float, ...]) -> pl.DataFrame:
    """The other households, by township and side."""
    outside = rows.lazy().filter(pl.col("band").is_in([0, len(cuts)])).group_by(*_PLACE, "band")
    return outside.agg(rows=pl.len(), weight=pl.col("weight").sum()).collect()


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
