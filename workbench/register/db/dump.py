"""A register as lines, table by table, at the version that it has: what either kind of database can be filled from."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Integer, MetaData, Table, func, insert, select, text

_VERSION_TABLE = "alembic_version"
_BATCH = 1000


def tables_of(connection: Connection) -> list[Table]:
    """The tables that a register has, each after those that it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    # In this order, so that no row refers to one that is not there yet.
    return [table for table in metadata.sorted_tables if table.name != _VERSION_TABLE]


def lines(connection: Connection, table: Table) -> Iterator[str]:
    """The rows of a table in the order of their keys, each a JSON object."""
    query = select(table).order_by(*table.primary_key)
    # In batches: the chain of years need not fit into memory.
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}).mappings():
        yield json.dumps(dict(row), ensure_ascii=False, separators=(",", ":"))


def fill(connection: Connection, rows_of: Callable[[str], Iterable[dict[str, Any]]]) -> None:
    """Fill empty tables from the rows of each, by the table's name."""
    for table in tables_of(connection):
        batch: list[dict[str, Any]] = []
        for row in rows_of(table.name):
            batch.append(row)
            if len(batch) == _BATCH:
                connection.execute(insert(table), batch)
                batch = []
        if batch:
            connection.execute(insert(table), batch)
        _count_on(connection, table)


def rows_there(connection: Connection) -> int:
    """How many rows a register holds; the head of an empty chain counts for none."""
    tables = [table for table in tables_of(connection) if table.name != "audit_head"]
    return sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows by a counter of its own, which rows that bring their number do not move."""
    keys = list(table.primary_key)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    last = connection.execute(select(func.max(keys[0]))).scalar()
    if last is not None:
        counter = text("SELECT setval(pg_get_serial_sequence(:name, :key), :last)")
        connection.execute(counter, {"name": table.name, "key": keys[0].name, "last": last})
