"""What the rules read of the round before, row by row beside the households of now (`domain.facts.PREVIOUS_FACTS`)."""

import polars as pl

PAST_COLUMNS = ["household_id", "out_of_pocket", "income_pc"]


def facts_before(households: pl.Series, past: pl.DataFrame | None) -> pl.DataFrame:
    """What the PAST_COLUMNS of the round before say of each household number; None: there was no such round.

    A number that stood there more than once was seen, but what was recorded of it cannot be told apart: null.
    """
    met = None if past is None else _met(households, past)
    return pl.DataFrame(
        [
            _placed("previous_out_of_pocket", len(households), pl.Float64, met),
            _placed("previous_income_pc", len(households), pl.Float64, met),
            _placed("seen_before", len(households), pl.Boolean, met).fill_null(value=False),
        ]
    )


def _met(households: pl.Series, past: pl.DataFrame) -> pl.DataFrame:
    """The households that were there before, by their place `at` in the series, with what was recorded of them."""
    numbers = pl.DataFrame({"household_id": households}).with_row_index("at").lazy()
    # An inner join looks up the fewer in the more; a left one would carry every number into its result.
    joined = (
        past.lazy()
        .join(numbers, on="household_id")
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
