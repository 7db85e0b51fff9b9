"""The Polars type that a fact of each kind is held in."""

import polars as pl

from workbench.domain.facts import FactType

POLARS_TYPES: dict[FactType, type[pl.DataType]] = {
    FactType.STRING: pl.String,
    FactType.INTEGER: pl.Int64,
    FactType.FLOAT: pl.Float64,
    FactType.BOOLEAN: pl.Boolean,
}
