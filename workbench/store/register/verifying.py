"""The register verified: the chain of events, and every record against the seal that its last event carries."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, select, text

from workbench.errors import DamagedError, Words
from workbench.store.register.audit import AuditEvent, verify
from workbench.store.register.database import damaged, readable
from workbench.store.register.seals import every_seal, kinds_there

_BATCH = 1000
_Told = dict[tuple[str, str], tuple[str | None, int]]


@dataclass(frozen=True)
class Changed:
    """A record that is not what its last event told: its kind and name, that event's number (None: no event tells of it)."""

    kind: str
    key: Any
    event: int | None


@dataclass(frozen=True)
class Verified:
    """`events` found; `broken`: the first event that does not hold, itself or by a record that it wrote, None where all do.

    `changed`: the records that are not what their last event told; `unreadable`: what the database itself says is damaged.
    """

    events: int
    broken: int | None
    changed: list[Changed] = field(default_factory=list)
    unreadable: Words | None = None


def verify_register(engine: Engine) -> Verified:
    """Verify a register as it is at one moment; a damaged file is told, not raised."""
    try:
        with readable(), looking(engine) as connection:
            return verify_all(connection)
    except DamagedError as error:
        return Verified(0, 1, unreadable=error.words)


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """One consistent look at the whole register, which hinders no writer."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901 - the same one
        with connection.begin():
            yield connection


def verify_all(connection: Connection) -> Verified:
    """The same in a transaction that is open; raises where the database cannot be read."""
    if connection.dialect.name == "sqlite":
        found = str(connection.execute(text("PRAGMA integrity_check(1)")).scalar())
        if found != "ok":
            return Verified(0, 1, unreadable=damaged(found))
    chain = verify(connection)
    changed = changed_records(connection)
    told = [each.event or chain.events + 1 for each in changed]
    broken = min([*told, *([] if chain.broken is None else [chain.broken])], default=None)
    return Verified(chain.events, broken, changed)


def changed_records(connection: Connection) -> list[Changed]:
    """Every record that is not what the last event that wrote it told, or of which no event tells."""
    told = _told(connection)
    changed = []
    for kind, sealed in every_seal(connection):
        for key, seal in sealed.items():
            stated, event = told.pop((kind, str(key)), (None, None))
            if seal != stated:
                changed.append(Changed(kind, key, event))
    there = set(kinds_there(connection))
    gone = [Changed(kind, key, event) for (kind, key), (seal, event) in told.items() if seal and kind in there]
    return sorted([*changed, *gone], key=lambda each: (each.event or 0, each.kind, str(each.key)))


def _told(connection: Connection) -> _Told:
    """The seal of every record by its last event, with that event's number."""
    columns = (AuditEvent.number, AuditEvent.details)
    told: _Told = {}
    rows = connection.execute(select(*columns).order_by(AuditEvent.number), execution_options={"yield_per": _BATCH})
    for number, details in rows:
        lost, wrote = _written(details)
        if lost:
            told = {record: seal for record, seal in told.items() if record[0] not in lost}
        told |= {(kind, key): (seal, number) for kind, sealed in wrote.items() for key, seal in sealed.items()}
    return told


def _written(details: Any) -> tuple[list[str], dict[str, dict[str, str | None]]]:
    """The kinds that an event says were lost (going back a version takes them), and the seals of what it wrote.

    Nothing where somebody changed it into something else: the chain says so.
    """
    try:
        content = json.loads(details)
        return list(content.get("lost", ())), {kind: dict(sealed) for kind, sealed in content.get("wrote", {}).items()}
    except (ValueError, TypeError, AttributeError):
        return [], {}
