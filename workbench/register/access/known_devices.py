"""Machines from which people sign in: each right password gives the browser a token, which the register knows by its hash."""

import datetime as dt
import hashlib
import secrets

from sqlalchemy import Connection, delete, insert, select, update

from workbench.register.access.acting_user import Register
from workbench.register.db.sign_in_tables import KnownDevice

MOST = 10
"""Machines kept for an account; the one used longest ago gives way."""


def device_of(connection: Connection, account: str, token: str | None) -> str | None:
    """The machine that a token names, where this account signed in from it; None for a stranger."""
    if not token:
        return None
    # Of this account only: a token says nothing of another one that signs in at the same machine.
    query = select(KnownDevice.token).where(KnownDevice.token == _hash(token), KnownDevice.account == account)
    return connection.execute(query).scalar()


def is_known(register: Register, account: str, token: str | None) -> bool:
    """Whether an account signed in from this machine before."""
    if not token:
        return False
    with register.engine.connect() as connection:
        return device_of(connection, account, token) is not None


def remember_device(connection: Connection, account: str, token: str | None, now: dt.datetime) -> str:
    """The token for the browser of somebody who signed in: its own where it has one, else a new one."""
    used = int(now.timestamp())
    if token and device_of(connection, account, token):
        connection.execute(update(KnownDevice).where(KnownDevice.token == _hash(token)).values(used=used))
        return token
    # Only its hash is kept: whoever reads the register cannot pass for a known machine. No salt, as nobody guesses 256 bits.
    made = secrets.token_urlsafe(32)
    connection.execute(insert(KnownDevice).values(token=_hash(made), account=account, used=used))
    latest = select(KnownDevice.token).where(KnownDevice.account == account)
    stored = connection.execute(latest.order_by(KnownDevice.used.desc(), KnownDevice.token).limit(MOST)).scalars().all()
    # The new one stays in any case, whatever others were used in the same second.
    connection.execute(
        delete(KnownDevice).where(KnownDevice.account == account, KnownDevice.token.not_in({*stored, _hash(made)}))
    )
    return made


def forget_devices(connection: Connection, account: str) -> None:
    """Make all machines of an account strange again: its password was taken away."""
    connection.execute(delete(KnownDevice).where(KnownDevice.account == account))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
