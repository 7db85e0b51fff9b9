"""Facts as Arrow tables: their types, the version they are written in, and how strange files are brought into line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.domain.vocabulary import EXTRA_PREFIX, FACT, FACTS, Fact, FactType
from workbench.errors import NewerSchemaError, StoreError

SCHEMA_VERSION = 1
_METADATA = b"workbench"

ARROW_TYPES: dict[FactType, pa.DataType] = {
    FactType.STRING: pa.string(),
    FactType.INTEGER: pa.int64(),
    FactType.FLOAT: pa.float64(),
    FactType.BOOLEAN: pa.bool_(),
}


def arrow_type(fact: Fact) -> pa.DataType:
    """The Arrow type that a fact is stored as."""
    return ARROW_TYPES[fact.type]


@dataclass(frozen=True)
class Origin:
    """Where a snapshot comes from: `simulated` (then every page says so), and details for the record."""

    simulated: bool = False
    details: dict[str, Any] = field(default_factory=dict)


def with_origin(table: pa.Table, origin: Origin) -> pa.Table:
    """Stamp a table with the schema version and its origin."""
    stamp = {"schema_version": SCHEMA_VERSION, "simulated": origin.simulated, "details": origin.details}
    return table.replace_schema_metadata({_METADATA: json.dumps(stamp, ensure_ascii=False, sort_keys=True).encode()})


def read_origin(schema: pa.Schema, where: str) -> Origin:
    """The origin stamped on a file; files of other programs bear none. Refuses a newer schema version."""
    stamp = json.loads((schema.metadata or {}).get(_METADATA, b"{}"))
    version = stamp.get("schema_version", SCHEMA_VERSION)
    if version > SCHEMA_VERSION:
        raise NewerSchemaError(
            f"{where}: 由更新版本的工作台写入（格式 {version}，本版本支持到 {SCHEMA_VERSION}） "
            f"written by a newer workbench (schema {version}, this one reads up to {SCHEMA_VERSION}); 请升级工作台 upgrade"
        )
    return Origin(simulated=stamp.get("simulated", False), details=stamp.get("details", {}))


def read_schema(path: Path) -> pa.Schema:
    """The schema of a Parquet file; raises StoreError where it is none."""
    with _readable(path):
        return pq.read_schema(path)


def read_columns(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Columns of a Parquet file (all, without a list); raises StoreError where it is damaged."""
    with _readable(path):
        return pq.ParquetFile(path).read(columns=columns)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise StoreError(
            f"{path}: 读不到，或不是完好的 Parquet 文件 cannot be read as Parquet ({reason}); "
            "请从备份恢复或重新收数 restore it from a backup, or take the data in again"
        ) from None


def conform(table: pa.Table, columns: list[str], constants: dict[str, str], where: str) -> pa.Table:
    """Bring a table of any origin to the vocabulary: `columns` in order, absent ones null, NaN null, weight 1 if absent.

    `constants` are columns that the path states (round, county_code). Raises StoreError for a column that cannot be
    read as its type.
    """
    arrays: list[pa.ChunkedArray | pa.Array] = []
    for name in columns:
        fact = FACT.get(name)
        if name in constants:
            arrays.append(pa.repeat(pa.scalar(constants[name], pa.string()), len(table)))
        elif name not in table.column_names:
            arrays.append(pa.nulls(len(table), arrow_type(fact) if fact else pa.float64()))
        else:
            arrays.append(_conform_column(table[name], fact, where, name))
        if name == "weight":
            arrays[-1] = pc.fill_null(arrays[-1], 1.0)
    return pa.table(arrays, names=columns)


def _conform_column(column: pa.ChunkedArray, fact: Fact | None, where: str, name: str) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    target = _extra_type(column.type) if fact is None else arrow_type(fact)
    try:
        return column.cast(target)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise StoreError(
            f"{where}: 列 column {name!r} 为 {column.type}，应为 expected {target}: {str(error).splitlines()[0]}"
        ) from None


def _extra_type(found: pa.DataType) -> pa.DataType:
    return pa.bool_() if pa.types.is_boolean(found) else pa.float64()


def known_columns(names: list[str]) -> list[str]:
    """The columns of a stored snapshot: every fact of the vocabulary, then the extra ones (`x_…`) among `names`."""
    return [fact.name for fact in FACTS] + sorted(name for name in names if name.startswith(EXTRA_PREFIX))
