"""When something was last done, and what was last changed, as the trail tells it."""

import datetime as dt
import json
import threading
from collections import OrderedDict

from sqlalchemy import Connection, bindparam, select

from workbench.register.audit.log import CHANGES_NOTHING, START, AuditEvent

_REGISTERS = 16
"""Registers of which a place on the trail is remembered: a server has one, tests have many."""
_LOCK = threading.Lock()
_PLACES: OrderedDict[str, tuple[tuple[int, str], tuple[int, str]]] = OrderedDict()
"""By the database of a register: the last event that was looked at, and the last change up to there, each as (number, hash)."""
# Written once: putting a query together takes as long as asking it, and each request asks these.
_SINCE = (
    select(AuditEvent.number, AuditEvent.hash, AuditEvent.action)
    .where(AuditEvent.number >= bindparam("number"))
    .order_by(AuditEvent.number)
)
_LAST = select(AuditEvent.number, AuditEvent.hash).order_by(AuditEvent.number.desc()).limit(1)
_LAST_CHANGE = _LAST.where(AuditEvent.action.not_in(CHANGES_NOTHING))


def last_done(connection: Connection, action: str) -> dt.datetime | None:
    """The real time of the last event of an action; None where there is none."""
    latest = select(AuditEvent.at, AuditEvent.details).where(AuditEvent.action == action)
    row = connection.execute(latest.order_by(AuditEvent.number.desc()).limit(1)).first()
    # A demonstration's clock stands years back; the details then say when it really was.
    return None if row is None else dt.datetime.fromisoformat(json.loads(row.details).get("real_time", row.at))


def last_change(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last event that may have changed what the register says; (0, …) before there is one.

    What was computed from the register stands while this is the same: people sign in and look at lists all day. Where it is
    asked again, only the events since are read: on a morning when everybody signs in nothing changes for thousands of them.
    """
    register = str(connection.engine.url)
    with _LOCK:
        seen = _PLACES.get(register)
    if seen is not None:
        (number, written), changed = seen
        rows = list(connection.execute(_SINCE, {"number": number}))
        # Each hash covers all before it. Another one there, or none: a register that was restored, or a look begun before.
        if rows and (rows[0].number, rows[0].hash) == (number, written):
            for each in rows[1:]:
                if each.action not in CHANGES_NOTHING:
                    changed = (each.number, each.hash)
            if len(rows) > 1:
                _remember(register, (rows[-1].number, rows[-1].hash), changed)
            return changed
    last, row = connection.execute(_LAST).one_or_none(), connection.execute(_LAST_CHANGE).one_or_none()
    changed = (row.number, row.hash) if row else (0, START)
    if last is not None:
        _remember(register, (last.number, last.hash), changed)
    return changed


def _remember(register: str, place: tuple[int, str], changed: tuple[int, str]) -> None:
    with _LOCK:
        _PLACES[register] = (place, changed)
        _PLACES.move_to_end(register)
        while len(_PLACES) > _REGISTERS:
            _PLACES.popitem(last=False)
