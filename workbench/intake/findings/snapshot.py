"""A county's snapshot of a round, as later files of the same round add to it."""

import polars as pl
import pyarrow as pa

from workbench.intake.findings.result import KEY, to_arrow


def combine(existing: pa.Table | None, new: pa.Table) -> pa.Table:
    """Merge a later file of the same round and county into its snapshot; sorted by `household_id`.

    For the households of `new`, its columns replace what was there, nulls too; other households and other columns
    stay. Merging the same file twice equals once. Rows without `household_id` are not merged: they are dropped.
    """
    later = pl.DataFrame(new).drop_nulls(KEY).unique(KEY, keep="last", maintain_order=True)
    if existing is None:
        return to_arrow(later.sort(KEY))
    earlier = pl.DataFrame(existing).drop_nulls(KEY).unique(KEY, keep="last", maintain_order=True)
    replaced = [name for name in later.columns if name != KEY]
    stays = earlier.select(name for name in earlier.columns if name not in replaced)
    updated = later.join(stays, on=KEY, how="left")
    # A household that the file does not name stays: leaving a round is a decision, not an incomplete export (0004).
    untouched = earlier.join(later.select(KEY), on=KEY, how="anti")
    order = [*earlier.columns, *(name for name in later.columns if name not in earlier.columns)]
    return to_arrow(pl.concat([updated, untouched], how="diagonal_relaxed").select(order).sort(KEY))
