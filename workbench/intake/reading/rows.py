"""Rows of a frame chosen by a condition: nothing is copied that need not be."""

import polars as pl


def rows_where(frame: pl.DataFrame, condition: pl.Expr | pl.Series) -> pl.DataFrame:
    """The rows of which a condition is true (null is not); a frame of which all rows are wanted is not copied.

    A list of persons has some eighty columns by the time it is checked, and as a rule nothing is wrong with any row.
    """
    wanted = condition if isinstance(condition, pl.Series) else frame.select(condition.alias("wanted")).to_series()
    return frame if wanted.all(ignore_nulls=False) else frame.filter(wanted)
