"""One frame on every engine, and its result back as plain columns."""

import shutil
from importlib.util import find_spec

import pandas as pd
import polars as pl
import pytest

from workbench.statistics.engines import to_engine


def native(frame, engine):
    """A Polars frame as the engine's own, with nullable types."""
    if engine == "polars":
        return frame
    if engine == "pandas":
        return frame.to_arrow().to_pandas(types_mapper=pd.ArrowDtype)
    return to_engine(frame, engine)


def columns(result, names, engine):
    """Named columns as lists, None for null."""
    if engine == "polars":
        return {name: result[name].to_list() for name in names}
    if engine == "pandas":
        return {name: [None if pd.isna(value) else value for value in result[name]] for name in names}
    if engine == "spark":
        return pl.DataFrame(result.select(*names).toArrow()).to_dict(as_series=False)
    return {name: [row[0] for row in result.select(name).fetchall()] for name in names}


_SPARK = pytest.param(
    "spark",
    marks=[
        pytest.mark.deep,
        pytest.mark.skipif(not find_spec("pyspark") or not shutil.which("java"), reason="no Spark, or no Java, here"),
    ],
)
ENGINES = ["polars", "pandas", "duckdb", _SPARK]
