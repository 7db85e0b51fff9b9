"""Checksums: the hash of a record's rows, carried by the event that wrote them last, so that a row changed by hand is found.

A record is what one event writes as a whole, such as an entry with its steps or a filing with its list. Its checksum is over
all its rows in every table, with the columns that are there: one that a later version adds empty changes no checksum.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, inspect, text

from workbench.register.audit.event import Record

RECORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "account": (("account", "account"),),
    "password": (("password", "account"),),
    "setting": (("setting", "county"),),
    "visit": (("visit", "id"), ("personal_visit_finding", "visit_id"), ("amendment", "visit_id")),
    "entry": (("entry", "id"), ("entry_step", "entry_id")),
    "filing": (("filing", "id"), ("filed_row", "filing_id")),
    "standard": (("standard", "id"),),
    "edge": (("edge_household", "household_id"),),
    "case": (("poverty_case", "id"), ("case_step", "case_id")),
    "case_note": (("personal_case_note", "step_id"),),
    "window": (("entry_window", "id"),),
    "plan": (("plan", "household_id"), ("plan_measure", "household_id")),
    "plan_version": (("plan_version", "household_id"),),
}
"""The kinds of record: the tables that hold their rows, each with the column that names the record."""
RECORD_NAMES: dict[str, tuple[str, str]] = {
    "account": ("账号", "account"),
    "password": ("密码", "password of"),
    "setting": ("程序参数", "settings of"),
    "visit": ("走访", "visit"),
    "entry": ("登记条目", "entry"),
    "filing": ("备案清单", "filing"),
    "standard": ("县定标准", "standard"),
    "edge": ("在管边缘户", "edge household"),
    "case": ("个案", "case"),
    "case_note": ("个案记录", "note of a case"),
    "window": ("录入窗口", "entry window"),
    "plan": ("帮扶计划", "plan of"),
    "plan_version": ("帮扶计划的历次版本", "versions of the plan of"),
}
"""Chinese and English label of every kind."""
WITHOUT_CHECKSUM = frozenset(
    {"audit_event", "audit_head", "pending_work", "sign_in_attempt", "known_device", "ended_session", "attempt_key"}
)
"""Tables of no record: the chain itself; what signing in counts and remembers (`sign_in_tables`); and what is still to be
done, which is a record of nothing yet, and told when it is."""
_CHUNK = 500
_AS_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr).encode


def checksums_of(connection: Connection, records: Iterable[Record]) -> dict[Record, str | None]:
    """The checksum of each record as its rows are now; None where there are none."""
    checksums: dict[Record, str | None] = {}
    # Sorted by kind, as `groupby` needs it; as text, since some keys are numbers and others names.
    for kind, group in groupby(sorted(set(records), key=str), key=lambda record: record[0]):
        # By kind and in chunks: a county's batch names thousands of records, and a query takes only so many.
        for chunk in _chunks([key for _, key in group]):
            checksums |= {
                (kind, key): checksum for key, checksum in _checksums_of_kind(connection, kind, chunk).items()
            }
    return checksums


def every_checksum(connection: Connection) -> Iterator[tuple[str, dict[Any, str | None]]]:
    """The checksums of all records that are there, kind by kind, some hundred at a time."""
    for kind in kinds_there(connection):
        keys = {
            key
            for table, column in RECORDS[kind]
            for (key,) in connection.execute(text(f"SELECT DISTINCT {column} FROM {table}"))  # noqa: S608 - our names
        }
        for chunk in _chunks(sorted(keys, key=str)):
            yield kind, _checksums_of_kind(connection, kind, chunk)


def kinds_there(connection: Connection) -> list[str]:
    """The kinds whose tables a register has: an older version lacks some."""
    tables = set(inspect(connection).get_table_names())
    return [kind for kind, parts in RECORDS.items() if all(table in tables for table, _ in parts)]


def _checksums_of_kind(connection: Connection, kind: str, keys: Sequence[Any]) -> dict[Any, str | None]:
    rows: dict[Any, list[str]] = {key: [] for key in keys}
    for table, column in RECORDS[kind]:
        query = text(f"SELECT * FROM {table} WHERE {column} IN :keys")  # noqa: S608 - names of our own
        for row in connection.execute(query.bindparams(bindparam("keys", list(keys), expanding=True))).mappings():
            rows[row[column]].append(_line(table, dict(row)))
    return {key: _hash(lines) if lines else None for key, lines in rows.items()}


def _chunks(keys: list[Any]) -> Iterator[list[Any]]:
    return (keys[begin : begin + _CHUNK] for begin in range(0, len(keys), _CHUNK))


def _hash(lines: list[str]) -> str:
    # Sorted, since a database promises no order of rows.
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _line(table: str, row: Mapping[str, Any]) -> str:
    """A row as text, the same from either kind of database; what is no text or number (a damaged file) shows as it is."""
    values = {
        # Columns that are empty are left out, so that one added by a later version changes no checksum; SQLite keeps
        # booleans as 0 and 1, PostgreSQL as booleans.
        name: int(value) if isinstance(value, bool) else value
        for name, value in row.items()
        if value is not None
    }
    return _AS_JSON([table, values])
