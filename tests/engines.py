"""The same frame on every engine, and its result back as plain columns."""

import duckdb
import pandas as pd


def native(frame, engine):
    """A Polars frame as the engine's own, with nullable types."""
    if engine == "polars":
        return frame
    if engine == "pandas":
        return frame.to_arrow().to_pandas(types_mapper=pd.ArrowDtype)
    return duckdb.connect().from_arrow(frame.to_arrow())


def columns(result, names, engine):
    """Named columns as lists, None for null."""
    if engine == "polars":
        return {name: result[name].to_list() for name in names}
    if engine == "pandas":
        return {name: [None if pd.isna(value) else value for value in result[name]] for name in names}
    return {name: [row[0] for row in result.select(name).fetchall()] for name in names}


ENGINES = ["polars", "pandas", "duckdb"]
