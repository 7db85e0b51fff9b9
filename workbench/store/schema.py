"""Files of facts: their columns, the version they are written in, and how strange ones are brought into line.

Read by Polars alone: Arrow, which `workbench.store.arrow` has, takes as long to load as a county's answer, and 40 MB.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.domain.facts import EXTRA_PREFIX, FACT, FACTS, KINDS, Fact
from workbench.errors import DamagedError, NewerSchemaError, StoreError, Words
from workbench.intake.tables.fact_types import POLARS_TYPES
from workbench.store.bounded import bounded

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = 1
STAMP = "workbench"
"""The key of a file's metadata under which the version and the origin stand."""
_SCHEMAS_KEPT = 1024


@dataclass(frozen=True)
class StoredSchema:
    """The columns of a Parquet file, each with the type that Polars reads it in, and what was written beside them."""

    types: Mapping[str, pl.DataType]
    metadata: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        """The columns, in the order of the file."""
        return list(self.types)


@dataclass(frozen=True)
class Origin:
    """Where a snapshot comes from: `simulated` (then every page says so), and details for the record."""

    simulated: bool = False
    details: dict[str, Any] = field(default_factory=dict)


def read_origin(schema: StoredSchema, where: str) -> Origin:
    """The origin stamped on a file; files of other programs bear none. Refuses a newer schema version."""
    stamp = json.loads(schema.metadata.get(STAMP, "{}"))
    version = stamp.get("schema_version", SCHEMA_VERSION)
    if version > SCHEMA_VERSION:
        message = Words(
            f"由更新版本的工作台写入（格式 {version}，本版本支持到 {SCHEMA_VERSION}）；请升级工作台",
            f"written by a newer workbench (schema {version}, this one reads up to {SCHEMA_VERSION}); upgrade",
            code="store.newer-schema",
        )
        raise NewerSchemaError(message.after(f"{where}: "))
    return Origin(simulated=stamp.get("simulated", False), details=stamp.get("details", {}))


def read_schema(path: Path) -> StoredSchema:
    """The schema of a Parquet file; raises StoreError where it is none. Of a file that nobody touched it is not read again."""
    with readable(path):
        status = path.stat()
        return _schema(path, (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))


@lru_cache(_SCHEMAS_KEPT)
def _schema(path: Path, _status: tuple[int, ...]) -> StoredSchema:
    # As in `_scanned`: round and county are no columns of the file.
    types = pl.scan_parquet(path, hive_partitioning=False, glob=False).collect_schema()
    return StoredSchema(types, pl.read_parquet_metadata(path))


def row_count(path: Path) -> int:
    """The rows of a Parquet file, as its foot says; raises StoreError where it is none."""
    with readable(path):
        return int(pl.scan_parquet(path, hive_partitioning=False, glob=False).select(pl.len()).collect().item())


def read_frame(path: Path, columns: list[str], kind: str | None = None) -> pl.DataFrame:
    """Columns of a Parquet file, of the households of a kind only where one is named; of the others nothing else is read.

    Rows of a kind that there is not come along, so that `conform` refuses them.
    """
    with readable(path):
        return _scanned(path, columns, kind).collect()


def read_frames(
    paths: Iterable[Path], columns: list[str], kind: str | None, county: Mapping[Path, str],
    households: Collection[str] | None,
) -> pl.DataFrame:  # fmt: skip
    """Columns of several Parquet files of one form in one query, as `read_frame`; `county`: the county code of each, if wanted.

    `households`: only the rows of these, by `household_id`.
    """
    scans = [
        _scanned(path, columns, kind, households).with_columns(
            [pl.lit(county[path]).alias("county_code")] if path in county else []
        )
        for path in paths
    ]
    with readable(Path()):
        return pl.concat(scans).collect()


def _scanned(
    path: Path, columns: list[str], kind: str | None, households: Collection[str] | None = None
) -> pl.LazyFrame:
    # Round and county come from the caller; Polars would add columns, and take brackets in a path for a pattern.
    lazy = pl.scan_parquet(path, hive_partitioning=False, glob=False)
    if households is not None:
        lazy = lazy.filter(pl.col("household_id").cast(pl.String).is_in(list(households)))
    if kind is not None:
        # One comparison after another: looking them up in a list takes several times as long.
        for other in KINDS:
            lazy = lazy if other == kind else lazy.filter(pl.col("kind").cast(pl.String) != other)
    return lazy.select(columns)


def read_households(path: Path, households: Collection[str], columns: list[str]) -> pl.DataFrame:
    """Read the rows of some households from a Parquet file; of all others nothing but the number is decoded."""
    with readable(path):
        wanted = pl.col("household_id").cast(pl.String).is_in(list(households))
        lazy = pl.scan_parquet(path, hive_partitioning=False, glob=False)
        return lazy.filter(wanted).select(list(dict.fromkeys([*columns, "household_id"]))).collect()


@contextmanager
def readable(path: Path, errors: tuple[type[Exception], ...] = (pl.exceptions.PolarsError, OSError)) -> Iterator[None]:
    """What `errors` say of a file inside, as a DamagedError in words."""
    try:
        yield
    except errors as error:
        reason = str(error).splitlines()[0]
        message = Words(
            f"读不到，或不是完好的 Parquet 文件（{reason}）；请从备份恢复或重新导入数据",
            f"cannot be read as Parquet ({reason}); restore it from a backup, or take the data in again",
            code="store.parquet-not-readable",
        )
        raise DamagedError(message.after(f"{path}: ")) from None


def conform(
    table: "pa.Table | pl.DataFrame", columns: list[str], constants: dict[str, str], where: str
) -> pl.DataFrame:
    """Bring a table of any origin to the vocabulary: `columns` in order, absent ones null, NaN null, weight 1 if absent.

    `constants` are columns that the path states (round, county_code). Raises StoreError for a column that cannot be
    read as its type.
    """
    # Polars, not Arrow's own functions: those load pandas at the first value, a fifth of a second on every page.
    frame = pl.DataFrame(table)
    series: list[pl.Series] = []
    for name in columns:
        fact = FACT.get(name)
        if name in constants:
            series.append(pl.repeat(constants[name], len(frame), dtype=pl.String, eager=True).alias(name))
        elif name not in frame.columns:
            series.append(pl.Series(name, dtype=_polars_type(fact)).extend_constant(None, len(frame)))
        else:
            series.append(_conform_column(frame[name], fact, where))
        if name == "weight":
            series[-1] = series[-1].fill_null(1.0)
    return pl.DataFrame(series)


def _conform_column(column: pl.Series, fact: Fact | None, where: str) -> pl.Series:
    # NaN lies above every bound to Polars; a fact that is not known has one form, null.
    if column.dtype.is_float():
        column = column.fill_nan(None)
    if column.dtype == pl.Float32:  # by way of its shortest decimal: half the digits of its nearest double are no one's
        column = column.cast(pl.String)
    target = pl.Boolean if fact is None and column.dtype == pl.Boolean else _polars_type(fact)
    try:
        # A cast to the type that is there already is not free either.
        cast = column if column.dtype == target else column.cast(target)
    except pl.exceptions.PolarsError as error:
        why = str(error).splitlines()[0]
        raise StoreError(_notreadable(where, column, fact, Words(why, why))) from None
    # The cast cuts off: two and a half persons would pass for two.
    if target == pl.Int64 and column.dtype.is_float() and not (cast.cast(pl.Float64) == column).all():
        raise StoreError(
            _notreadable(where, column, fact, Words("有非整数", "not whole numbers", code="store.not-whole-numbers"))
        )
    if fact is not None and fact.name == "kind":
        _refuse_strange_kinds(cast, where)
    if fact is not None and fact.values is not None and target == pl.Int64:
        # A level that does not exist says nothing: not "no difficulty", which no rule would catch.
        return cast.set(~cast.is_in(fact.values), None)
    return cast if fact is None else bounded(cast, fact, where)


def _refuse_strange_kinds(kinds: pl.Series, where: str) -> None:
    """A household of a kind that does not exist would be counted nowhere."""
    accepted = FACT["kind"].values or ()
    if set(kinds.unique().drop_nulls()) <= set(accepted):
        return
    strange = kinds.drop_nulls().filter(~kinds.drop_nulls().is_in(accepted))
    if len(strange):
        known = ", ".join(map(str, accepted))
        message = Words(
            f"列 kind：{len(strange)} 户的值为 {strange[0]!r}；可用：{known}；请改正文件",
            f"column kind: {len(strange)} households with value {strange[0]!r}; accepted: {known}; correct the file",
            code="store.column-kind-households-value",
        )
        raise StoreError(message.after(f"{where}: "))


def _notreadable(where: str, column: pl.Series, fact: Fact | None, why: Words) -> Words:
    expected = fact.type.value if fact else "number"
    return Words(
        f"{where}：列 {column.name!r} 为 {column.dtype}，应为 {expected}：{why.zh}",
        f"{where}: column {column.name!r} is {column.dtype}, expected {expected}: {why.en}",
        code="store.column-expected",
    )


def _polars_type(fact: Fact | None) -> Any:
    return pl.Float64 if fact is None else POLARS_TYPES[fact.type]


def known_columns(names: list[str]) -> list[str]:
    """The columns of a stored snapshot: every fact of the vocabulary, then the extra ones (`x_…`) among `names`."""
    return [fact.name for fact in FACTS] + sorted(name for name in names if name.startswith(EXTRA_PREFIX))
