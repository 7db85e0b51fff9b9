"""What the rules read of the round before, row by row beside the households of now (`domain.facts.PREVIOUS_FACTS`)."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from workbench.store.facts import FactStore

PAST_COLUMNS = ["household_id", "out_of_pocket", "income_pc"]
_AT_ONCE = 16_000_000
"""Bytes of files, some 300,000 rows, that are read together."""
_COUNTIES_AT_ONCE = 2


def are_few(files: Iterable[Path]) -> bool:
    """Whether files hold so little that counties are read together, since each costs by itself; else one by one, for memory."""
    return sum(path.stat().st_size for path in files) <= _AT_ONCE


def at_once() -> int:
    """How many counties are read and joined at once, in threads: half of what one takes is not Polars' to divide among cores.

    No more than two, for memory; one where Polars itself is to use one core.
    """
    return min(_COUNTIES_AT_ONCE, pl.thread_pool_size())


def past_facts(
    store: "FactStore", round_name: str, county: str | None, counties: Sequence[str], households: Collection[str] | None
) -> pl.DataFrame | None:
    """The PAST_COLUMNS of a county's round before, or (`county` None) of that of each of `counties`, by `county_code`; None: none.

    `households`: those with these numbers only; of any kind, for whoever is of one kind now may have been of another then.
    """
    by_round: dict[str, list[str]] = {}
    for code in counties:
        # Each county's own: a round that passed a county over is not its round before (decision 0009).
        if before := store.previous_round(round_name, code):
            by_round.setdefault(before, []).append(code)
    columns = [*PAST_COLUMNS, "county_code"]
    frames = [
        store.frame(before, county, columns, households).filter(pl.col("county_code").is_in(codes))
        if county is None else store.frame(before, county, PAST_COLUMNS, households)
        for before, codes in by_round.items()
    ]  # fmt: skip
    return pl.concat(frames) if frames else None


def facts_before(households: pl.DataFrame, past: pl.DataFrame | None) -> pl.DataFrame:
    """What the PAST_COLUMNS of the round before say of each household; None: there was no such round.

    `households`: their numbers, and `county_code` where several counties are asked about, which may use the same number; `past` then has it too. A
    number that stood there more than once was seen, but what was recorded of it cannot be told apart: null.
    """
    met = None if past is None else _met(households, past)
    return pl.DataFrame(
        [
            _placed("previous_out_of_pocket", len(households), pl.Float64, met),
            _placed("previous_income_pc", len(households), pl.Float64, met),
            _placed("seen_before", len(households), pl.Boolean, met).fill_null(value=False),
        ]
    )


def _met(households: pl.DataFrame, past: pl.DataFrame) -> pl.DataFrame:
    """The households that were there before, by their place `at` in the series, with what was recorded of them."""
    numbers = households.with_row_index("at").lazy()
    # An inner join looks up the fewer in the more; a left one would carry every number into its result.
    joined = (
        past.lazy()
        .join(numbers, on=households.columns)
        .select("at", previous_out_of_pocket="out_of_pocket", previous_income_pc="income_pc")
    )
    met = joined.collect().with_columns(seen_before=pl.lit(True))  # noqa: FBT003 - a literal column
    # As a rule nobody stood there twice, and there is no grouping to pay for.
    if met["at"].n_unique() == len(met):
        return met
    once = pl.len() == 1
    return (
        met.group_by("at")
        .agg(pl.when(once).then(pl.first(name)) for name in met.columns[1:3])
        .with_columns(
            seen_before=pl.lit(True)  # noqa: FBT003 - a literal column
        )
    )


def _placed(name: str, size: int, dtype: type[pl.DataType], met: pl.DataFrame | None) -> pl.Series:
    """A column with what is met at its places, null elsewhere."""
    column = pl.repeat(None, size, dtype=dtype, eager=True).alias(name)
    return column if met is None else column.scatter(met["at"], met[name])
