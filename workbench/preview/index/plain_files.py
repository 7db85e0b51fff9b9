"""Files of facts as the store writes them, scanned where they lie: who passes a sieve is read, all others are counted.

What a file may hold in theory (other types, weights, kinds that there are not, amounts that no household can have) is for
the store to read, or to refuse in its own words; here such files are passed over.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from workbench.domain.facts import FACT, KINDS
from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.errors import StoreError
from workbench.intake.tables.fact_types import POLARS_TYPES
from workbench.store.schema import conform, read_origin, read_schema

_ONE = 1.0
_AT_ONCE = 48_000_000
"""Bytes of files that one query reads, or one larger file."""
_PLACE = ["county_code", "township"]
_IN_THE_PATH = ("round", "county_code")


@dataclass(frozen=True)
class Sieved:
    """Unregistered households: those `passed`, conformed, a row each, and all of them by county and township.

    `places`: `county_code`, `township`, `rows`, their `weight`, and how many of these (`below`) are not among the passed
    because they are surely below every line. The column `place` of the passed says in which row of `places` each of them is
    counted; a township may stand there twice.
    """

    passed: pl.DataFrame
    places: pl.DataFrame


def sieved_files(paths: Sequence[Path], columns: Sequence[str], sieve: pl.Expr, below: pl.Expr) -> Sieved | None:
    """Who of the files' unregistered households passes a sieve (null passes), read with `columns`, county and weight.

    `below`: who is only counted, as `Sieved.places` has it. None where a file is not as the store writes it, stands for
    more than its rows, or holds what no household can have: whoever asks then reads it by the store.
    """
    read = [name for name in columns if name not in ("county_code", "weight")]
    # Whatever is refused here is refused by the store as well, which says of which file, and why.
    with suppress(StoreError, pl.exceptions.PolarsError, OSError):
        if paths and all(_as_stored(path, read) for path in paths) and not _strange_rows(paths):
            marks = (sieve.fill_null(value=True), below.fill_null(value=False))
            return _together([_sieved(group, read, marks) for group in _groups(paths)], columns)
    return None


def _groups(paths: Sequence[Path]) -> list[list[Path]]:
    """Divide the files into groups of at most _AT_ONCE, in their order: what one query holds is a group, however large the round."""
    groups: list[list[Path]] = []
    room = 0
    for path in paths:
        size = path.stat().st_size
        if size > room:
            groups.append([])
            room = _AT_ONCE
        groups[-1].append(path)
        room -= size
    return groups


def _together(parts: Sequence[Sieved | None], columns: Sequence[str]) -> Sieved | None:
    """Put several groups of files together, with `columns` conformed; None where one of them is None."""
    passed, places, listed = [], [], 0
    for part in parts:
        if part is None:
            return None
        passed.append(part.passed.with_columns(pl.col("place") + listed))
        places.append(part.places)
        listed += len(part.places)
    rows = pl.concat(passed, rechunk=True)
    # Once for all groups: of few rows each of its checks takes longer to call than to make.
    return Sieved(conform(rows, list(columns), {}, "").with_columns(rows["place"]), pl.concat(places))


def _scan(paths: Sequence[Path]) -> pl.LazyFrame:
    # A county may have facts of its own, which the files of others lack; what is asked for is in all (`_as_stored`).
    return pl.scan_parquet(
        list(paths), glob=False, hive_partitioning=True, hive_schema=dict.fromkeys(_IN_THE_PATH, pl.String),
        extra_columns="ignore", missing_columns="insert",
    )  # fmt: skip


def _sieved(paths: list[Path], read: list[str], marks: tuple[pl.Expr, pl.Expr]) -> Sieved | None:
    """Sieve files in one scan, which Polars reads once, a morsel at a time, for both questions; None as `sieved_files`.

    The passed are as the files have them.
    """
    # Equal to one text is what Polars finds in a column without decoding it; of strange kinds there are none by now.
    ours = _scan(paths).filter(pl.col("kind") == UNREGISTERED)
    # Under another name: by a key that stands in the paths Polars groups file by file, and reads each for every question anew.
    ours = ours.with_columns(county=pl.col("county_code"))
    sieve, below = marks
    held = ["county", *read]
    # What is not as it should be passes, and is looked for among those alone: a third question of all takes memory.
    usual = list(_as_usual(held))
    odd = pl.any_horizontal(pl.lit(value=False), *(~each for each in usual)).fill_null(value=False)
    by_place = ours.group_by("county", "township").agg(rows=pl.len().cast(pl.Int64), below=below.sum().cast(pl.Int64))
    passed = ours.filter(odd | (~below & sieve)).select(held)
    places, rows = (each.rename({"county": "county_code"}) for each in pl.collect_all([by_place, passed]))
    if usual and not rows.select(pl.all_horizontal(usual).all()).item():
        return None
    # A township that is not known is one of no name, as in the index.
    named = places.with_columns(pl.col("township").fill_null("")).group_by(_PLACE).sum()
    numbered = named.select(*_PLACE, place=pl.int_range(pl.len(), dtype=pl.UInt32))
    rows = rows.with_columns(pl.col("township").fill_null(""))
    placed = rows.select(_PLACE).join(numbered, on=_PLACE, how="left", maintain_order="left")
    return Sieved(rows.with_columns(placed["place"]), named.with_columns(weight=pl.col("rows").cast(pl.Float64)))


def _strange_rows(paths: Sequence[Path]) -> bool:
    """Whether a row stands for more or less than one household, or is of a kind that there is not.

    Asked before all else, since of files as we write them the statistics alone say no: neither column is decoded, and the
    weights are not read at all. A weight that is not known is that of one household, as in the store.
    """
    kinds = [pl.col("kind") != kind for kind in KINDS]
    heavy, strange = (_scan(paths).filter(each).select(pl.len()) for each in ([pl.col("weight") != _ONE], kinds))
    return any(rows.item() for rows in pl.collect_all([heavy, strange]))


def _as_stored(path: Path, columns: Sequence[str]) -> bool:
    """Whether a file holds columns, the kind and the weight in the types that the store writes them in."""
    schema = read_schema(path)
    read_origin(schema, "")
    # A fact of a county's own has to be yes or no.
    wanted = {
        name: POLARS_TYPES[FACT[name].type] if name in FACT else pl.Boolean for name in (*columns, "kind", "weight")
    }
    return all(schema.types.get(name) == type_ for name, type_ in wanted.items())


def _as_usual(columns: Sequence[str]) -> Iterator[pl.Expr]:
    """Yield for each column that has a bound whether it holds what a household can have; what is not known is as usual.

    NaN lies above every bound to Polars.
    """
    for name in columns:
        most = FACT[name].most if name in FACT else None
        if most is not None:
            yield pl.col(name).is_between(-most, most)
