"""Facts as Arrow tables: the types that they are stored in, the stamp of their origin, and files read as they are."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.domain.facts import FACT, FactType
from workbench.store.schema import SCHEMA_VERSION, STAMP, Origin, readable

ARROW_TYPES: dict[FactType, pa.DataType] = {
    FactType.STRING: pa.string(),
    FactType.INTEGER: pa.int64(),
    FactType.FLOAT: pa.float64(),
    FactType.BOOLEAN: pa.bool_(),
}


def with_origin(table: pa.Table, origin: Origin) -> pa.Table:
    """Stamp a table with the schema version and its origin."""
    stamp = {"schema_version": SCHEMA_VERSION, "simulated": origin.simulated, "details": origin.details}
    return table.replace_schema_metadata({STAMP: json.dumps(stamp, ensure_ascii=False, sort_keys=True).encode()})


def arrow_table(frame: pl.DataFrame) -> pa.Table:
    """A conformed frame as Arrow, in the types that facts are stored as."""
    schema = pa.schema([(name, _type_of(name, dtype)) for name, dtype in frame.schema.items()])
    # In the oldest form: string views, which Polars would give otherwise, are not read by every engine.
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)


def write_facts(path: Path, facts: pl.DataFrame, origin: Origin) -> None:
    """Write conformed facts to a Parquet file, with their origin."""
    pq.write_table(with_origin(arrow_table(facts), origin), path, compression="zstd")


def _type_of(name: str, dtype: pl.DataType) -> pa.DataType:
    if name in FACT:
        return ARROW_TYPES[FACT[name].type]
    return pa.bool_() if dtype == pl.Boolean else pa.float64()


def read_types(path: Path) -> pa.Schema:
    """The columns of a Parquet file in the very types of the file; raises StoreError where it is none."""
    with _readable(path):
        return pq.read_schema(path)


def read_columns(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Columns of a Parquet file (all, without a list); raises StoreError where it is damaged."""
    with _readable(path):
        return pq.ParquetFile(path).read(columns=columns)


def read_rows(path: Path, column: str, value: str, columns: list[str] | None = None) -> pa.Table:
    """The rows of a Parquet file that hold a value in a column, a batch at a time: the rest is never in memory at once."""
    # Late: it makes a function of each of Arrow's, which takes as long as to read a county.
    import pyarrow.compute as pc  # noqa: PLC0415

    with _readable(path):
        opened = pq.ParquetFile(path)
        wanted = None if columns is None else list(dict.fromkeys([*columns, column]))
        # Through Polars: PyArrow loads pandas as soon as it makes a value out of one of Python's.
        sought = (
            pl.Series([value])
            .to_arrow(compat_level=pl.CompatLevel.oldest())
            .cast(opened.schema_arrow.field(column).type)
        )
        batches = [batch.filter(pc.is_in(batch[column], sought)) for batch in opened.iter_batches(columns=wanted)]
        schema = opened.schema_arrow if wanted is None else pa.schema([opened.schema_arrow.field(n) for n in wanted])
        return pa.Table.from_batches(batches, schema).select(columns or schema.names)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    with readable(path, (pa.ArrowException, pl.exceptions.PolarsError, OSError)):
        yield
