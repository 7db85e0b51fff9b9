"""The facts that filings were computed from, kept by their hash: `STORE/filed/<hash>.parquet`."""

import hashlib
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from workbench.errors import StoreError, Words
from workbench.register.assessment import hashes_of
from workbench.store.arrow.tables import read_columns
from workbench.store.facts import FactStore
from workbench.store.transaction import transaction


def kept_facts(root: Path, facts_hash: str) -> pl.DataFrame:
    """The facts that a filing was computed from; raises StoreError where they are gone or not what they were."""
    path = kept_path(root, facts_hash)
    if not path.exists():
        raise StoreError(
            Words(
                f"{path}: 备案所依据的事实不在；请从备份恢复",
                f"{path}: the facts of the filing are gone; restore a backup",
                code="register.facts-filing-gone-restore",
            )
        )
    rows = pl.DataFrame(read_columns(path))
    # The name is the hash: a file changed since proves nothing.
    if _facts_hash(rows) != facts_hash:
        raise StoreError(
            Words(
                f"{path}: 内容与摘要不符；请从备份恢复",
                f"{path}: is not what its hash says; restore a backup",
                code="register.not-hash-says-restore",
            )
        )
    return rows


def keep_facts(facts: FactStore, rows: pl.DataFrame) -> str:
    """Keep facts by their hash; the same facts are kept once."""
    facts_hash = _facts_hash(rows)
    path = kept_path(facts.root, facts_hash)
    if not path.exists():
        # Before the filing is committed: facts of no filing are harmless, a filing without its facts is not (0019).
        with transaction(facts.root) as pending:
            table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
            pq.write_table(table, pending.stage(path), compression="zstd")
    return facts_hash


def kept_path(root: Path, facts_hash: str) -> Path:
    """Where facts are kept."""
    return root / "filed" / f"{facts_hash}.parquet"


def _facts_hash(rows: pl.DataFrame) -> str:
    """Over every value that the rules can read, household by household."""
    read = tuple(name for name in rows.columns if name not in {"household_id", "kind"})
    return hashlib.sha256("".join(hashes_of(rows, read)).encode()).hexdigest()
