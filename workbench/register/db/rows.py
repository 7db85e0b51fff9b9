"""Rows of a query as records whose keys are known (`register.records`)."""

from typing import Any, TypeVar, cast

from sqlalchemy import Connection

Record = TypeVar("Record")


def rows_of(connection: Connection, query: Any, _kind: type[Record]) -> list[Record]:
    """Every row of a query, in its order, as records of the kind named, whose keys are the columns."""
    return [cast("Record", dict(row)) for row in connection.execute(query).mappings()]


def row_of(connection: Connection, query: Any, _kind: type[Record]) -> Record | None:
    """The one row of a query as a record; None where there is none."""
    # Raises where there are two: that is a mistake in the query, and taking the first would hide it.
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else cast("Record", dict(row))
