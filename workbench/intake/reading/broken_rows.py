"""Rows with bytes that are no text: what follows such a byte may be another's, so the row is not read."""

from collections.abc import Sequence

import polars as pl

from workbench.intake.reading.decoding import BROKEN
from workbench.intake.reading.raw_sheet import OVERFLOW, ROW
from workbench.intake.reading.skipped_rows import household_columns

COLUMN = "column"


def no_broken_cells() -> pl.DataFrame:
    """The broken cells (`#row`, `column`) of a file that has none."""
    return pl.DataFrame(schema={ROW: pl.Int64, COLUMN: pl.String})


def without_broken_numbers(frame: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame, and its broken cells; their rows keep no number of a household, so that none is made of them.

    Nothing else of the rows is changed: who reads them sees whose they seem to be. `keys`: the columns that a mapping
    names as those of its households.
    """
    columns = [name for name in frame.columns if name not in (ROW, OVERFLOW)]
    broken = [pl.col(name).str.contains(BROKEN, literal=True).fill_null(value=False) for name in columns]
    row_is_broken = pl.any_horizontal(broken)
    cells = (
        frame.filter(row_is_broken)
        .select(ROW, *columns)
        .unpivot(on=columns, index=ROW, variable_name=COLUMN, value_name="value")
        .filter(pl.col("value").str.contains(BROKEN, literal=True))
        .select(ROW, COLUMN)
        # `unpivot` goes column by column, and findings are told from the top down.
        .sort(ROW)
    )
    numbers = household_columns(columns, keys)
    numbers_or_broken = [
        pl.when(row_is_broken).then(pl.lit(BROKEN)).otherwise(pl.col(name)).alias(name) for name in numbers
    ]
    return frame.with_columns(numbers_or_broken), cells
