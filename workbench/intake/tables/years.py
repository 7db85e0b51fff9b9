"""A year as lists write it: 2018, 2018年, 201812, 2018-12-31, 20181231, and a spreadsheet's count of days (43465)."""

from datetime import date

import polars as pl

from workbench.intake.reading.text import fold

_PLAIN = r"^((?:19|20)\d{2})(?:\.0*)?年?度?[底末初]?$"
_DATE = (
    r"^((?:19|20)\d{2})(?:[-/.年](?:0?[1-9]|1[0-2])|0[1-9]|1[0-2])"
    r"(?:[-/.月]?(?:0[1-9]|[12]\d|3[01]|[1-9]))?[月日]?(?:T?\d{2}:\d{2}(?::\d{2})?)?$"
)
# Five digits are days of 1927 to 2173; four are a year by themselves.
_SERIAL = r"^(\d{5})(?:\.0*)?$"
# Not the 31st: spreadsheets hold 1900 for a leap year and count a day that never was.
_DAY_NOUGHT = pl.lit(date(1899, 12, 30))


def year_of(cell: pl.Expr) -> pl.Expr:
    """The year that a cell states; null where it states none."""
    return cell.map_batches(_years, return_dtype=pl.Int64)


def _years(cells: pl.Series) -> pl.Series:
    """The years of a column, each writing looked at once."""
    table = pl.DataFrame({"written": cells.drop_nulls().unique()}, schema={"written": pl.String})
    table = table.with_columns(fold(pl.col("written")).alias("text"))
    text = pl.col("text")
    days = text.str.extract(_SERIAL).cast(pl.Int64, strict=False)
    serial = (_DAY_NOUGHT + pl.duration(days=days)).dt.year().cast(pl.Int64)
    written = pl.coalesce(text.str.extract(_PLAIN), text.str.extract(_DATE)).cast(pl.Int64, strict=False)
    table = table.with_columns(pl.coalesce(written, serial).alias("year"))
    return cells.replace_strict(table["written"], table["year"], default=None, return_dtype=pl.Int64)
