"""Where each fact of a household came from: `STORE/provenance/round=…/county_code=…/sources.parquet`, beside the facts.

A row a household, a column a fact, and in it the batch and the file of that batch (`12/0`) which brought the value that
stands; null where the value is not known, or was there before this was written down. The batch tells file, hash, list and day.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.store.arrow.tables import read_columns, read_rows
from workbench.store.batches.batch import batch_of
from workbench.store.transaction import Transaction

FOLDER = "provenance"
_KEY = "household_id"
_PLACE = frozenset({_KEY, "round", "county_code"})
_BEFORE, _SOURCE = "#before", "#source"


@dataclass(frozen=True)
class FactSource:
    """What brought the value of a fact: the batch, the file of it, which list that was, who took it in and when."""

    batch: int
    file: str
    sha256: str
    list: str
    account: str
    at: str


def sources_path(root: Path, round_name: str, county: str) -> Path:
    """Where the sources of a county's facts in a round are kept."""
    return root / FOLDER / f"round={round_name}" / f"county_code={quote(county, safe='')}" / "sources.parquet"


def stored_sources(root: Path, round_name: str, county: str) -> pl.DataFrame | None:
    """The sources as they are kept; None where none were written down."""
    path = sources_path(root, round_name, county)
    return pl.DataFrame(read_columns(path)) if path.exists() else None


def with_source(
    sources: pl.DataFrame | None, before: pa.Table | None, after: pa.Table, households: Collection[str], source: str
) -> pl.DataFrame:
    """The sources after a file: of each value of its `households` that it changed it is the source, the others stay."""
    now = pl.DataFrame(after)
    facts = [name for name in now.columns if name not in _PLACE]
    then = now.clear() if before is None else pl.DataFrame(before)
    known = pl.DataFrame(schema={_KEY: pl.String}) if sources is None else sources
    joined = (
        now.select(_KEY, *facts)
        .join(_column(then, facts, now.schema, _BEFORE), on=_KEY, how="left", maintain_order="left")
        .join(
            _column(known, facts, dict.fromkeys(facts, pl.String()), _SOURCE),
            on=_KEY,
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col(_KEY).is_in(list(households)).alias("#brought"))
    )
    return joined.select(_KEY, *(_source_of(name, source) for name in facts))


def _column(frame: pl.DataFrame, facts: list[str], types: object, suffix: str) -> pl.DataFrame:
    """The facts of a frame under names of their own, one row a household; one that it does not have is unknown."""
    schema = dict(types)  # type: ignore[call-overload]
    once = frame.unique(_KEY, keep="last", maintain_order=True)
    return once.select(
        _KEY,
        *((pl.col(name).cast(schema[name], strict=False) if name in frame.columns else pl.lit(None, schema[name])).alias(name + suffix)
          for name in facts),
    )  # fmt: skip


def _source_of(name: str, source: str) -> pl.Expr:
    value, earlier = pl.col(name), pl.col(name + _SOURCE)
    # What did not change keeps its source: the same file taken in twice is as good as once.
    changed = pl.col("#brought") & value.ne_missing(pl.col(name + _BEFORE))
    # A file that made a value unknown has brought none, and is the source of nothing.
    return pl.when(value.is_not_null()).then(pl.when(changed).then(pl.lit(source)).otherwise(earlier)).alias(name)


def stage_sources(pending: Transaction, round_name: str, county: str, sources: pl.DataFrame) -> None:
    """Put the sources of a county into a transaction."""
    path = sources_path(pending.root, round_name, county)
    pq.write_table(sources.to_arrow(compat_level=pl.CompatLevel.oldest()), pending.stage(path), compression="zstd")


def fact_sources(root: Path, round_name: str, county: str, household: str) -> dict[str, FactSource]:
    """The source of each fact of a household that one was written down for."""
    path = sources_path(root, round_name, county)
    if not path.exists():
        return {}
    rows = pl.DataFrame(read_rows(path, _KEY, household)).to_dicts()
    written = {name: source for row in rows for name, source in row.items() if name != _KEY and source is not None}
    return {name: _of_batch(root, source) for name, source in written.items()}


def _of_batch(root: Path, source: str) -> FactSource:
    number, _, place = source.partition("/")
    batch = batch_of(root, int(number))
    if int(place) >= len(batch.files):  # taken in without its file named
        return FactSource(int(number), "", "", "", batch.account, batch.at)
    file = batch.files[int(place)]
    return FactSource(int(number), file.name, file.sha256, file.list, batch.account, batch.at)
