"""The moment that the pages' register works at: now; a demonstration goes on where its last event left it."""

import datetime as dt

from sqlalchemy import select

from workbench.store.register.audit import AuditEvent
from workbench.store.register.desk import Register

_REAL = ("backup_made", "restored", "version_changed", "facts_taken_in")
"""Events that bear the real time in a demonstration too: they belong to its keeping."""


def now_of(register: Register, now: dt.datetime) -> dt.datetime:
    """Now, for real data. A simulated round lies years back: there it is a second after the last event of the procedure."""
    if not register.simulated:
        return now
    latest = select(AuditEvent.at).where(AuditEvent.action.not_in(_REAL)).order_by(AuditEvent.number.desc()).limit(1)
    with register.engine.connect() as connection:
        last = connection.execute(latest).scalar()
    return now if last is None else dt.datetime.fromisoformat(last) + dt.timedelta(seconds=1)
