"""Files of facts as the store writes them, scanned where they lie: who passes a sieve is read, all others are counted.

What a file may hold in theory (other types, weights, kinds that there are not) is for the store to read, or to refuse in
its own words; here such a file is passed over. Values that no household can have pass every sieve and meet the store's checks.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from workbench.domain.facts import FACT, KINDS
from workbench.domain.rules.round_rules import UNREGISTERED
from workbench.errors import StoreError
from workbench.intake.tables.fact_types import POLARS_TYPES
from workbench.store.fact_files import partition_value
from workbench.store.schema import conform, read_origin, read_schema

_ONE = 1.0


@dataclass(frozen=True)
class Sieved:
    """Unregistered households: those `passed`, conformed, a row each, and all of them by county and township.

    `places`: `county_code`, `township`, `rows`, their `weight`, and how many of these (`below`) are not among the passed
    because they are surely below every line. A township of two files may stand there twice; the column `place` of the
    passed says in which row of `places` each of them is counted.
    """

    passed: pl.DataFrame
    places: pl.DataFrame


def sieved_files(paths: Sequence[Path], columns: Sequence[str], sieve: pl.Expr, below: pl.Expr) -> Sieved | None:
    """Who of the files' unregistered households passes a sieve (null passes), read with `columns`, county and weight.

    `below`: who is only counted, as `Sieved.places` has it. None where a file is not as the store writes it, or stands for
    more than its rows: whoever asks then reads it by the store.
    """
    read = [name for name in columns if name not in ("county_code", "weight")]
    # Whatever is refused here is refused by the store as well, which says of which file, and why.
    with suppress(StoreError, pl.exceptions.PolarsError, OSError):
        if paths and all(_as_stored(path, read) for path in paths):
            passed, places, listed = [], [], 0
            for path in paths:
                part = _sieved(path, read, sieve, below)
                if part is None:
                    return None
                passed.append(part.passed.with_columns(pl.col("place") + listed))
                places.append(part.places)
                listed += len(part.places)
            rows = pl.concat(passed)
            return Sieved(conform(rows, list(columns), {}, "").with_columns(rows["place"]), pl.concat(places))
    return None


def _sieved(path: Path, read: list[str], sieve: pl.Expr, below: pl.Expr) -> Sieved | None:
    """One file, not conformed: a file at a time, so that memory holds one; None where it has a kind that there is not."""
    scan = pl.scan_parquet(path, hive_partitioning=False, glob=False)
    # One comparison after another, as the store has it: of a kind that there is not the rows come along, and are seen.
    others = [pl.col("kind") != kind for kind in KINDS if kind != UNREGISTERED]
    ours = scan.filter(*others).select(*read, "kind").collect()
    if (ours["kind"] != UNREGISTERED).any():
        return None
    ours = ours.drop("kind")
    below, sieve = below.fill_null(value=False), sieve.fill_null(value=True)
    if not _all_bounded(ours):
        # Of an amount that no household has nothing is sure: the store's checks decide what it is.
        odd = _odd(read)
        below, sieve = below & ~odd, odd | sieve
    marks = ours.lazy().select(below=below, passes=~below & sieve).collect()
    county = pl.lit(partition_value(path.parent)).alias("county_code")
    # By the pair: sums of marks take longer than one group more. A township that is not known is one of no name, as in the index.
    pairs = ours.lazy().select(pl.col("township").fill_null(""), marks["below"]).group_by("township", "below").len()
    number = pl.col("len").cast(pl.Int64)
    places = (
        pairs.group_by("township")
        .agg(rows=number.sum(), below=number.filter("below").sum())
        .select(county, "township", "rows", "below", weight=pl.col("rows").cast(pl.Float64))
        .collect()
    )
    passed = ours.filter(marks["passes"])
    # Numbered here, among the few names of one file: among those of a city it takes several times as long.
    place = passed["township"].fill_null("").cast(pl.Enum(places["township"])).to_physical().cast(pl.UInt32)
    return Sieved(passed.drop("township").with_columns(county, place.alias("place"), weight=pl.lit(_ONE)), places)


def _as_stored(path: Path, columns: Sequence[str]) -> bool:
    """Whether a file holds columns in the types that the store writes them in, and its rows stand for one household each."""
    schema = read_schema(path)
    read_origin(schema, "")
    # A fact of a county's own has to be yes or no.
    wanted = {name: POLARS_TYPES[FACT[name].type] if name in FACT else pl.Boolean for name in (*columns, "kind")}
    as_written = all(schema.types.get(name) == type_ for name, type_ in wanted.items())
    return as_written and ("weight" not in schema.types or _all_ones(path))


def _all_bounded(rows: pl.DataFrame) -> bool:
    """Whether no amount is one that no household can have: asked of a column at a time, as a rule it spares all marks of rows."""
    asked = [each.all().alias(name) for name, each in _within_bounds(rows.columns).items()]
    return all(rows.select(asked).row(0)) if asked else True


def _odd(columns: Sequence[str]) -> pl.Expr:
    """Whether an amount is none that a household can have."""
    outside = [~each for each in _within_bounds(columns).values()]
    return pl.any_horizontal(pl.lit(value=False), *outside).fill_null(value=False)


def _within_bounds(columns: Sequence[str]) -> dict[str, pl.Expr]:
    """Return for each amount whether a household can have it; NaN lies above every bound to Polars."""
    most = {name: FACT[name].most for name in columns if name in FACT}
    return {name: pl.col(name).is_between(-bound, bound) for name, bound in most.items() if bound is not None}


def _all_ones(path: Path) -> bool:
    """Whether every row stands for one household; what is not known of a row is one.

    Two bounds, which Polars reads off the statistics of a file that has them: no weight is then read.
    """
    weight = pl.col("weight")
    scan = pl.scan_parquet(path, hive_partitioning=False, glob=False)
    return bool(scan.filter((weight < _ONE) | (weight > _ONE)).select(pl.len() == 0).collect().item())
