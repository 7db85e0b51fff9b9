"""Personal data (names, ID numbers, phones, health of members): apart from the facts, readable by the owner only.

`STORE/personal/round=YYYY-MM/county_code=CCCCCC/persons.parquet`. No analysis, model or preview reads it.
"""

from pathlib import Path
from urllib.parse import quote

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.store.transaction import Transaction

_OWNER_ONLY = 0o700
_OWNER_FILE = 0o600


def persons_path(root: Path, round_name: str, county: str) -> Path:
    """Where the persons of a round and county are kept."""
    return root / "personal" / f"round={round_name}" / f"county_code={quote(county, safe='')}" / "persons.parquet"


def stage_persons(pending: Transaction, round_name: str, county: str, persons: pa.Table) -> None:
    """Put the persons of a county into a transaction: those of the households named replace what was there."""
    path = persons_path(pending.root, round_name, county)
    if path.exists():
        persons = _merged(pq.ParquetFile(path).read(), persons)
    folder = pending.root / "personal"
    folder.mkdir(exist_ok=True)
    folder.chmod(_OWNER_ONLY)
    staged = pending.stage(path)
    pq.write_table(persons, staged, compression="zstd")
    staged.chmod(_OWNER_FILE)


def _merged(before: pa.Table, after: pa.Table) -> pa.Table:
    new = pl.DataFrame(after)
    old = pl.DataFrame(before).join(new.select("household_id").unique(), on="household_id", how="anti")
    merged = pl.concat([old, new], how="diagonal_relaxed").sort("household_id", maintain_order=True)
    return merged.to_arrow(compat_level=pl.CompatLevel.oldest())
