"""Rows of a Parquet file that hold a value in a column, read a batch at a time."""

import polars as pl
import pytest

from workbench.store.arrow.tables import read_rows


@pytest.mark.parametrize("columns", [None, ["household_id"], ["household_id", "p_slip"], ["p_slip", "county_code"]])
def test_the_column_that_is_looked_in_need_not_be_asked_for(tmp_path, columns):
    path = tmp_path / "scores.parquet"
    frame = pl.DataFrame({"household_id": ["1", "2", "3"], "county_code": ["a", "b", "a"], "p_slip": [0.1, 0.2, 0.3]})
    frame.write_parquet(path)
    rows = pl.from_arrow(read_rows(path, "county_code", "a", columns))
    assert rows.equals(frame.filter(county_code="a").select(columns or frame.columns))
