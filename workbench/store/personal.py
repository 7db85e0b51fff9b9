"""Personal data (names, ID numbers, phones, health of members): apart from the facts, readable by the owner only.

`STORE/personal/round=YYYY-MM/county_code=CCCCCC/persons.parquet`. No analysis, model or preview reads it.
"""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.store.arrow.tables import read_columns
from workbench.store.transaction import Transaction

_OWNER_ONLY = 0o700
_OWNER_FILE = 0o600


def persons_path(root: Path, round_name: str, county: str) -> Path:
    """Where the persons of a round and county are kept."""
    return root / "personal" / f"round={round_name}" / f"county_code={quote(county, safe='')}" / "persons.parquet"


def stage_persons(
    pending: Transaction, round_name: str, county: str, tables: Sequence[pa.Table], *, heads: Sequence[bool]
) -> bool:
    """Put the persons of a county into a transaction: those of the households that a table names replace earlier ones.

    `heads`: of each table whether it names only heads of households; then households whose members are known keep them.
    Returns whether that changes anything; nothing is staged if not.
    """
    path = persons_path(pending.root, round_name, county)
    before = read_columns(path) if path.exists() else None
    merged = before
    for table, only_heads in zip_longest(tables, heads, fillvalue=False):
        merged = _merged(merged, table, only_heads=bool(only_heads))
    if merged is None or (before is not None and merged.equals(before)):
        return False
    folder = pending.root / "personal"
    folder.mkdir(exist_ok=True)
    folder.chmod(_OWNER_ONLY)
    staged = pending.stage(path)
    pq.write_table(merged, staged, compression="zstd")
    staged.chmod(_OWNER_FILE)
    return True


def _merged(before: pa.Table | None, after: pa.Table, *, only_heads: bool) -> pa.Table:
    new = pl.DataFrame(after)
    if only_heads and before is not None:
        new = new.join(pl.DataFrame(before).select("household_id").unique(), on="household_id", how="anti")
    parts = [new]
    if before is not None:
        # All members of a household that is named are replaced: who is gone must go (decision 0004).
        parts.insert(0, pl.DataFrame(before).join(new.select("household_id").unique(), on="household_id", how="anti"))
    # Lists differ in their columns; within a household the members stay in the order of their list.
    merged = pl.concat(parts, how="diagonal_relaxed").sort("household_id", maintain_order=True)
    return merged.to_arrow(compat_level=pl.CompatLevel.oldest())
