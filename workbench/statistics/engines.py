"""Facts on another engine: pandas, Polars, DuckDB or Spark, with nullable types throughout."""

from typing import Any

import polars as pl

from workbench.errors import InputError, Words
from workbench.store.cluster.session import spark_session

ENGINES = ("polars", "pandas", "duckdb", "spark")


def to_engine(facts: pl.DataFrame, engine: str) -> Any:
    """Facts as the engine's own frame: a Polars LazyFrame, pandas with Arrow types, a DuckDB relation, a Spark frame."""
    if engine == "polars":
        return facts.lazy()
    # Not the string views that Polars keeps: neither pandas nor Spark reads them.
    table = facts.to_arrow(compat_level=pl.CompatLevel.oldest())
    if engine == "pandas":
        import pandas as pd  # noqa: PLC0415 - each engine is loaded only where it is asked for

        return table.to_pandas(types_mapper=pd.ArrowDtype)
    if engine == "duckdb":
        import duckdb  # noqa: PLC0415 - as above

        return duckdb.connect().from_arrow(table)
    if engine == "spark":
        return spark_session().createDataFrame(table)
    known = ", ".join(ENGINES)
    message = Words(
        f"没有这种引擎；可选：{known}", f"no such engine; choose from: {known}", code="store.no-such-engine-choose"
    )
    raise InputError(message.after(f"--engine {engine!r}: "))
