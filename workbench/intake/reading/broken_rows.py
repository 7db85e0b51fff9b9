"""Rows of which cells may be another's, so that they are not read: with bytes that are no text, or with shifted cells."""

from collections.abc import Sequence

import polars as pl

from workbench.intake.reading.decoding import BROKEN
from workbench.intake.reading.raw_sheet import OVERFLOW, ROW, Row
from workbench.intake.reading.skipped_rows import household_columns

COLUMN = "column"
SHIFTED = "\uffff"
"""Stands in `#overflow` of a row of text that has more cells than its header: no file can hold this character as text."""


def are_shifted() -> pl.Expr:
    """Whether rows have more cells than their header is wide; false where the file has no such rows."""
    return pl.col(OVERFLOW).str.contains(SHIFTED, literal=True).fill_null(value=False)


def marked(row: Row, width: int) -> Row:
    """A row of a text; one with more cells than the header was cut at a comma of its own, and is marked beyond it."""
    return [*row[:width], SHIFTED, *row[width:]] if any(map(str.strip, row[width:])) else row


def no_broken_cells() -> pl.DataFrame:
    """The broken cells (`#row`, `column`) of a file that has none."""
    return pl.DataFrame(schema={ROW: pl.Int64, COLUMN: pl.String})


def without_broken_numbers(frame: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame, and its broken cells (a shifted row has one without a column); their rows keep no number of a household, so that none is made of them.

    Nothing else of the rows is changed: who reads them sees whose they seem to be. `keys`: the columns that a mapping
    names as those of its households.
    """
    columns = [name for name in frame.columns if name not in (ROW, OVERFLOW)]
    broken = [pl.col(name).str.contains(BROKEN, literal=True).fill_null(value=False) for name in columns]
    row_is_broken = pl.any_horizontal(*broken, are_shifted())
    shifted = frame.filter(are_shifted()).select(ROW, pl.lit("").alias(COLUMN))
    cells = (
        frame.filter(row_is_broken)
        .select(ROW, *columns)
        .unpivot(on=columns, index=ROW, variable_name=COLUMN, value_name="value")
        .filter(pl.col("value").str.contains(BROKEN, literal=True))
        .select(ROW, COLUMN)
    )
    # `unpivot` goes column by column, and findings are told from the top down.
    cells = pl.concat([cells, shifted]).sort(ROW, maintain_order=True)
    numbers = household_columns(columns, keys)
    numbers_or_broken = [
        pl.when(row_is_broken).then(pl.lit(BROKEN)).otherwise(pl.col(name)).alias(name) for name in numbers
    ]
    return frame.with_columns(numbers_or_broken), cells
