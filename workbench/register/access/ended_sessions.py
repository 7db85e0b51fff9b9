"""Sign-ins that were signed out: a cookie that was copied before opens nothing after."""

import datetime as dt

from sqlalchemy import Connection, bindparam, delete, insert, select

from workbench.register.access.acting_user import Register
from workbench.register.db.engine import writing
from workbench.register.db.sign_in_tables import EndedSession

HOURS = 48
"""How long an end is kept: longer than any sign-in lasts."""
_END = select(EndedSession.at).where(EndedSession.session == bindparam("session"))


def end_session(register: Register, session: str, now: dt.datetime) -> None:
    """Let a sign-in open nothing any more; ending it twice is no mistake."""
    at = int(now.timestamp())
    with writing(register.engine) as connection:
        # A cookie older than that is not believed anyway: the table needs to remember no longer than it.
        old = EndedSession.at <= at - HOURS * 3600
        connection.execute(delete(EndedSession).where(old | (EndedSession.session == session)))
        # Written anew, since one that is ended twice would meet its own row.
        connection.execute(insert(EndedSession).values(session=session, at=at))


def is_ended(register: Register, session: str) -> bool:
    """Whether a sign-in was signed out."""
    with register.engine.connect() as connection:
        return is_ended_now(connection, session)


def is_ended_now(connection: Connection, session: str) -> bool:
    """`is_ended` by a connection that there is."""
    return connection.execute(_END, {"session": session}).scalar() is not None
