"""Facts of single households put right in the files of a county: what is not put right is not made anew."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.domain.facts import FACT
from workbench.store.arrow.tables import ARROW_TYPES, arrow_table, read_columns, read_types
from workbench.store.fact_files import files_with, of_a_county
from workbench.store.facts import FactStore
from workbench.store.schema import conform, read_schema
from workbench.store.transaction import Transaction

Corrections = Mapping[str, Mapping[str, Any]]
"""By fact the new value of each household that it is put right of, by its number."""
_PART_ROWS, _LONG = 4_000, 2
"""Rows of a part, and how many times as many a file may have before it is written as parts."""


def stage_corrections(
    facts: FactStore, pending: Transaction, round_name: str, county: str, corrections: Corrections
) -> None:
    """Put corrections of a county's facts into a transaction; each file that holds one of the households is replaced.

    A long file is replaced by several, in the order of its rows: a later correction then writes one of these, not the county.
    Whatever takes facts in makes one file of them again (`FactStore.stage`).
    """
    schemas, types = {}, []
    for path in facts.files(round_name, county):
        with of_a_county(path):
            schemas[path] = read_schema(path)
            types.append(read_types(path))
    if not all(_takes(schema, corrections) for schema in types):
        _stage_whole(facts, pending, round_name, county, corrections)
        return
    concerned = {household for values in corrections.values() for household in values}
    for path in files_with(schemas, concerned):
        with of_a_county(path):
            _stage_file(pending, path, read_columns(path), corrections, concerned)


def _takes(schema: pa.Schema, corrections: Corrections) -> bool:
    """Whether a file has the columns that are put right, in the types that this program writes."""
    types = {"household_id": pa.string(), **{name: _type_of(name) for name in corrections}}
    return all(name in schema.names and schema.field(name).type == expected for name, expected in types.items())


def _type_of(name: str) -> pa.DataType | None:
    return ARROW_TYPES[FACT[name].type] if name in FACT else None


def _stage_file(
    pending: Transaction, path: Path, table: pa.Table, corrections: Corrections, concerned: Collection[str]
) -> None:
    frame = pl.DataFrame(table.select(["household_id", *corrections]))
    if not frame["household_id"].is_in(list(concerned)).any():
        return
    # Of the columns put right only: whatever else the file holds is checked by whoever reads it, as ever.
    changed = arrow_table(conform(with_corrections(frame, corrections), list(corrections), {}, str(path)))
    for name in corrections:
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), changed[name])
    parts = _parts_of(path, table.num_rows)
    if parts:
        pending.remove(path)
    for number, target in enumerate(parts or [path]):
        rows = table.slice(number * _PART_ROWS, _PART_ROWS) if parts else table
        pq.write_table(rows, pending.stage(target), compression="zstd")


def _parts_of(path: Path, rows: int) -> list[Path]:
    """The files that replace a long one, in the order of its rows; none where it is short, or one of them is there already."""
    if rows <= _LONG * _PART_ROWS:
        return []
    count = -(-rows // _PART_ROWS)
    parts = [path.with_name(f"{path.stem}-{number:04}{path.suffix}") for number in range(count)]
    return [] if any(part.exists() for part in parts) else parts


def _stage_whole(
    facts: FactStore, pending: Transaction, round_name: str, county: str, corrections: Corrections
) -> None:
    """Where another program wrote the files: they are brought into this one's form, as one file."""
    table = with_corrections(facts.frame(round_name, county), corrections)
    origin = facts.origin(round_name, county)
    facts.stage(pending, round_name, county, table.to_arrow(compat_level=pl.CompatLevel.oldest()), origin)


def with_corrections(frame: pl.DataFrame, corrections: Corrections) -> pl.DataFrame:
    """The facts with the corrections of those households that are among them."""
    return frame.with_columns(
        pl.col("household_id")
        .replace_strict(list(values), pl.Series(list(values.values()), dtype=frame.schema[name]), default=pl.col(name))
        .alias(name)
        for name, values in corrections.items()
    )
