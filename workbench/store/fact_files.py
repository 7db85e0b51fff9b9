"""A file of facts: its place tells round and county, and so does what is said of a damaged one; its content, a digest."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.domain.facts import EXTRA_PREFIX, OWN_FLAGS
from workbench.errors import DamagedError, StoreError, Words
from workbench.store.schema import (
    StoredSchema,
    conform,
    known_columns,
    read_frame,
    read_frames,
    read_households,
    read_origin,
    read_schema,
    row_count,
)

_DIGESTS_KEPT = 4096
_NUMBERS_KEPT = 1024
"""Files whose numbers are held: eight bytes a household."""
_IN_THE_PATH = frozenset({"round", "county_code"})


@dataclass(frozen=True)
class Rows:
    """Which rows of a file are read: those of some `households`, those of one `kind`, or all."""

    households: Collection[str] | None = None
    kind: str | None = None


ALL_ROWS = Rows()


def read_file(path: Path, schema: StoredSchema, columns: list[str], round_name: str, rows: Rows) -> pl.DataFrame:
    """Columns of a file, conformed to the vocabulary."""
    with of_a_county(path):
        constants = {"round": round_name, "county_code": partition_value(path.parent)}
        # The kind has to come along to be filtered by, asked for or not.
        keyed = columns if rows.kind is None else list(dict.fromkeys([*columns, "kind"]))
        read = _read_rows(path, schema, keyed, rows)
        # As a rule no other kind came along, and there is nothing to look for in it.
        if "kind" not in columns and "kind" in read.columns and (read["kind"] == rows.kind).all(ignore_nulls=False):
            return conform(read, columns, constants, str(path))
        conformed = conform(read, keyed, constants, str(path))
    # Here too: what was read by household number was not filtered by kind.
    return (conformed if rows.kind is None else of_kind(conformed, rows.kind)).select(columns)


def of_kind(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The rows of a kind; a frame that has no others is not copied."""
    chosen = frame["kind"] == kind
    return frame if chosen.all(ignore_nulls=False) else frame.filter(chosen)


def read_files(schemas: Mapping[Path, StoredSchema], columns: list[str], round_name: str, rows: Rows) -> pl.DataFrame:
    """Columns of several files, one after another, conformed to the vocabulary."""
    if rows.households is not None:
        # Of files none of which holds any, one says what the columns of no household are.
        schemas = files_with(schemas, rows.households) or dict(list(schemas.items())[:1])
    # Files of one form are read and checked as one: with little in each, what a file costs by itself is most of it.
    keyed = columns if rows.households is None else [*columns, "household_id"]
    if len(schemas) > 1 and _alike(schemas.values(), keyed):
        # Whatever is refused is looked for below, file by file, so that the message names the file.
        with suppress(StoreError):
            return _read_as_one(schemas, columns, round_name, rows)
    # Relaxed, since a fact of a county's own may be a flag in one file and a number in another.
    return pl.concat(
        [read_file(path, schema, columns, round_name, rows) for path, schema in schemas.items()],
        how="vertical_relaxed",
    )


def files_with(schemas: Mapping[Path, StoredSchema], households: Collection[str]) -> dict[Path, StoredSchema]:
    """Choose the files, each with its schema, that may hold one of some households; the only file in any case.

    What numbers a file holds is looked up where nobody touched it since: a county's visits read the file of their village.
    """
    if len(schemas) <= 1:
        return dict(schemas)
    sought = pl.Series(list(households), dtype=pl.String).hash().to_numpy()
    chosen = {}
    for path, schema in schemas.items():
        with of_a_county(path):
            if "household_id" in schema.names and _any_in(_numbers(path, _status_of(path)), sought):
                chosen[path] = schema
    return chosen


@lru_cache(_NUMBERS_KEPT)
def _numbers(path: Path, _status: tuple[int, ...]) -> npt.NDArray[np.uint64]:
    """The household numbers of a file, hashed and sorted: two may fall together, and a file is then read for nothing."""
    numbers = read_frame(path, ["household_id"])["household_id"]
    return numbers.cast(pl.String).hash().sort().to_numpy()


def _any_in(numbers: npt.NDArray[np.uint64], sought: npt.NDArray[np.uint64]) -> bool:
    """Whether any number sought is among sorted ones."""
    places = np.searchsorted(numbers, sought)
    return bool(len(numbers) and (numbers[np.minimum(places, len(numbers) - 1)] == sought).any())


def _alike(schemas: Iterable[StoredSchema], columns: list[str]) -> bool:
    """Whether files hold the same of some columns, and the kind, in the same types; at least one."""
    wanted = {*columns, "kind"} - _IN_THE_PATH
    forms = [{name: type_ for name, type_ in schema.types.items() if name in wanted} for schema in schemas]
    keyed = {"kind"} | ({"household_id"} & wanted)
    return keyed <= set(forms[0]) and all(form == forms[0] for form in forms)


def _read_as_one(schemas: Mapping[Path, StoredSchema], columns: list[str], round_name: str, rows: Rows) -> pl.DataFrame:
    kind = rows.kind
    held = set(next(iter(schemas.values())).names)
    present = [name for name in {*columns, "kind"} if name in held and name not in _IN_THE_PATH]
    county = {path: partition_value(path.parent) for path in schemas} if "county_code" in columns else {}
    table = read_frames(schemas, present, kind if rows.households is None else None, county, rows.households)
    constants = {"round": round_name} if "round" in columns else {}
    if kind is None:
        return conform(table, columns, constants, "")
    # As a rule no other kind came along, and there is nothing to look for in it.
    if "kind" not in columns and (table["kind"] == kind).all():
        return conform(table, columns, constants, "")
    return of_kind(conform(table, [*{*columns, "kind"}], constants, ""), kind).select(columns)


def _read_rows(path: Path, schema: StoredSchema, columns: list[str], rows: Rows) -> pl.DataFrame:
    present = [name for name in columns if name in schema.names]
    if rows.households is not None:
        known = "household_id" in schema.names
        # A file that has no numbers holds none of the households asked for.
        return read_households(path, rows.households, present) if known else pl.DataFrame()
    if present:
        return read_frame(path, present, rows.kind if "kind" in present else None)
    # A file may bear none of the columns asked for, yet has rows.
    return pl.DataFrame({"_": pl.repeat(None, row_count(path), dtype=pl.Null, eager=True)})


def wanted_columns(columns: list[str] | None, schemas: Iterable[StoredSchema]) -> list[str]:
    """The columns asked for, None for all of them, with OWN_FLAGS in their place."""
    types = [named for schema in schemas for named in schema.types.items()]
    if columns is None:
        return known_columns(sorted({name for name, _type in types}))
    if OWN_FLAGS not in columns:
        return columns
    own = sorted({name for name, type_ in types if name.startswith(EXTRA_PREFIX) and type_ == pl.Boolean})
    return list(dict.fromkeys([*(name for name in columns if name != OWN_FLAGS), *own]))


@contextmanager
def of_a_county(path: Path) -> Iterator[None]:
    """Say of which round and county a file is that cannot be read: whoever looks after the others knows that theirs stand."""
    try:
        yield
    except DamagedError as error:
        round_name, county = partition_value(path.parent.parent), partition_value(path.parent)
        message = Words(
            f"期次 {round_name}，县区 {county}：数据文件损坏，读不出；其他县区的文件不受影响。",
            f"round {round_name}, county {county}: its file of facts is damaged and cannot be read; files of other counties "
            "are not affected. ",
        )
        raise DamagedError(message + error.words) from None


def simulated_file(path: Path) -> bool | None:
    """Whether a file is of a simulated city; None where it cannot be read."""
    try:
        return read_origin(read_schema(path), str(path)).simulated
    except StoreError:
        return None


def partition_value(partition: Path) -> str:
    """What a folder `name=value` says."""
    return unquote(partition.name.partition("=")[2])


def file_digest(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits; one that nobody touched since is not read again.

    Size and time alone do not tell a file from another that a copied store brings in its place: what was read is kept
    by these and by what no copy keeps (the file's number on the disk, the time of its last change of any kind).
    """
    # The key of the cache; `_digest` itself reads the file whole.
    return _digest(path, _status_of(path))


def _status_of(path: Path) -> tuple[int, ...]:
    """What tells a file from itself after a change, and from a copy in its place."""
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@lru_cache(_DIGESTS_KEPT)
def _digest(path: Path, _status: tuple[int, ...]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
