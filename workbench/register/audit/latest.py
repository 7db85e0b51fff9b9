"""When something was last done, as the trail tells it."""

import datetime as dt
import json

from sqlalchemy import Connection, select

from workbench.register.audit.log import AuditEvent


def last_done(connection: Connection, action: str) -> dt.datetime | None:
    """The real time of the last event of an action; None where there is none."""
    latest = select(AuditEvent.at, AuditEvent.details).where(AuditEvent.action == action)
    row = connection.execute(latest.order_by(AuditEvent.number.desc()).limit(1)).first()
    # A demonstration's clock stands years back; the details then say when it really was.
    return None if row is None else dt.datetime.fromisoformat(json.loads(row.details).get("real_time", row.at))
