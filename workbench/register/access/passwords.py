"""Passwords, for signing in to the pages; a shell acts for whom it says (`--as`), for whoever has it has the files too."""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, bindparam, delete, insert, select

from workbench.domain.procedure.roles import Area, Right
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser, Register, digest
from workbench.register.access.known_devices import forget_devices, remember_device
from workbench.register.access.password_rules import checked_password, normalised
from workbench.register.access.sign_in_attempts import Credentials, count_attempt, forgive
from workbench.register.audit.event import Event
from workbench.register.audit.log import SIGN_IN_REFUSED, SIGNED_IN, record
from workbench.register.db.engine import writing
from workbench.register.db.procedure_tables import Account, Password

_HASHER = PasswordHasher()
_TABLE = Password.__table__
# Written once: putting a query together takes as long as asking it, and each request asks these.
_ANYBODY = select(Account.account).limit(1)
_WITH_PASSWORD = (
    select(Account.__table__, _TABLE.c.hash, _TABLE.c.must_change)
    .outerjoin(_TABLE, _TABLE.c.account == Account.account)
    .where(Account.account == bindparam("name"), Account.active)
)


class Admission(StrEnum):
    """How one enters the pages: OPEN, nobody has an account; CHOSEN, simulated data: act as whom you like; else by PASSWORD."""

    OPEN = "open"
    CHOSEN = "chosen"
    PASSWORD = "password"  # noqa: S105 - a way in, not one


@dataclass(frozen=True)
class AuthenticatedAccount:
    """An account that signed in; `proof` changes with password, role and area, so that an older cookie opens nothing.

    `must_change`: the password is an administrator's; nothing opens before it is one's own.
    `device`: after a sign-in, the token by which the register knows this machine again.
    """

    account: str
    name: str
    role: str
    area: Area
    proof: str
    must_change: bool = False
    device: str | None = None


def admission(register: Register) -> Admission:
    """How this register's people enter."""
    with register.engine.connect() as connection:
        return admission_now(connection, register)


def admission_now(connection: Connection, register: Register) -> Admission:
    """`admission` by a connection that there is."""
    # One is enough: whoever looks at a page asks this, and a city has thousands of accounts.
    if connection.execute(_ANYBODY).scalar() is None:
        return Admission.OPEN
    # Decided by the facts, not by a setting: nobody can forget to turn passwords on when real households come in.
    return Admission.CHOSEN if register.simulated else Admission.PASSWORD


def set_password(user: ActingUser, account: str, password: str) -> None:
    """Give an account another password: an administrator does it for anybody, others for themselves.

    One that an administrator sets for somebody else must be changed at the first sign-in. Either ends what is signed in.
    """
    if account != user.person.account:
        user.check_anywhere(Right.KEEP)
    with user.reading() as connection:
        name = connection.execute(select(Account.name).where(Account.account == account, Account.active)).scalar()
    if name is None:
        raise RefusedError(
            Words(
                f"账号 {account}：没有，或已停用",
                f"account {account}: unknown or closed",
                code="register.account-closed",
            )
        )
    hashed = hash_password(checked_password(password, account, name))
    with user.writing() as connection:
        user.record(connection, [write_password(connection, user, account, hashed)])


def change_own_password(
    user: ActingUser, tried: Credentials, new: str, now: dt.datetime
) -> AuthenticatedAccount | None:
    """Take a password of one's own; the one so far is asked for and its tries are counted like those of a sign-in.

    Returns the account as it now signs in, from this machine. Raises InputError for a wrong one, for the same one again and
    for a new one that is refused.
    """
    # First of all: a new password that is refused costs none of the counted tries.
    checked = checked_password(new, user.person.account, user.name)
    attempt = count_attempt(user.register, tried, now)
    if not is_right(user.register, user.person.account, tried.password):
        raise InputError(
            Words("现在的密码不对", "the present password is wrong", code="register.present-password-wrong")
        )
    if checked == normalised(tried.password):
        raise InputError(
            Words("新密码不能与现在的相同", "the new password is the present one", code="register.new-password-present")
        )
    hashed = hash_password(checked)
    with user.writing() as connection:
        forgive(connection, attempt)
        user.record(connection, [write_password(connection, user, user.person.account, hashed)])
        # Writing a password forgets every machine of the account; this one is known again, by another token.
        token = remember_device(connection, user.person.account, None, now)
    account = authenticated_account(user.register, user.person.account)
    return replace(account, device=token) if account else None


def hash_password(checked: str) -> str:
    """The Argon2 hash of a password that was checked (`password_rules`)."""
    return _HASHER.hash(checked)


def write_password(connection: Connection, user: ActingUser, account: str, hashed: str) -> Event:
    """Write a hash in the caller's transaction; returns the event to tell. The account's machines are strange again."""
    connection.execute(delete(Password).where(Password.account == account))
    # A password that another one knows is good for one sign-in, to set one's own.
    first = account != user.person.account
    values = {"account": account, "hash": hashed, "set_at": user.stamp, "must_change": True if first else None}
    connection.execute(insert(Password).values(values))
    forget_devices(connection, account)
    return Event("password_set", account, {"must_change": True} if first else {}, (("password", account),))


def take_password(connection: Connection, account: str) -> Event | None:
    """Take an account's password away, and with it whatever is signed in; the event to tell, None where it had none."""
    forget_devices(connection, account)
    if not connection.execute(delete(Password).where(Password.account == account)).rowcount:
        return None
    return Event("password_taken", account, {}, (("password", account),))


def sign_in(register: Register, tried: Credentials, now: dt.datetime) -> AuthenticatedAccount | None:
    """Who may enter with a password; None for a wrong one, an unknown account and one without a password alike.

    On simulated data nobody needs one. Entering is told to the chain, and being refused where there is such an account:
    what is typed for an account that there is not may be a password, and must not make the chain grow.
    Raises TooManyAttemptsError before the password is looked at.
    """
    chosen = admission(register) is Admission.CHOSEN
    # Counted before it is compared: of a thousand tries at once, none is looked at before its place in the count.
    attempt = None if chosen else count_attempt(register, tried, now)
    right = chosen or is_right(register, tried.account, tried.password)
    account = authenticated_account(register, tried.account) if right else None
    # What was typed for an account that there is not may be a password: it must not enter the chain.
    if account is None and not _is_account(register, tried.account):
        return None
    with writing(register.engine) as connection:
        action = SIGNED_IN if account else SIGN_IN_REFUSED
        record(connection, at=now, account=tried.account, events=[Event(action, tried.account, {})])
        if account is None or attempt is None:
            return account
        forgive(connection, attempt)
        token = remember_device(connection, tried.account, tried.token, now)
    return replace(account, device=token)


def is_right(register: Register, account: str, password: str) -> bool:
    """Whether this is the password of an account that is open; takes as long where there is no such account."""
    with register.engine.connect() as connection:
        query = select(_TABLE.c.hash).join(Account, _TABLE.c.account == Account.account)
        hashed = connection.execute(query.where(Account.account == account, Account.active)).scalar()
    typed = normalised(password)
    if typed is None:
        return False
    # One that was set before passwords were normalised is hashed as it was typed.
    return any(_matches(hashed, form) for form in dict.fromkeys((typed, password)))


def authenticated_account(register: Register, account: str) -> AuthenticatedAccount | None:
    """An account with the proof that it has now; None where it may not sign in (any more)."""
    with register.engine.connect() as connection:
        return account_now(connection, account, admission_now(connection, register))


def account_now(connection: Connection, account: str, admitted: Admission) -> AuthenticatedAccount | None:
    """`authenticated_account` by a connection that there is."""
    chosen = admitted is Admission.CHOSEN
    row = connection.execute(_WITH_PASSWORD, {"name": account}).one_or_none()
    if row is None or (row.hash is None and not chosen):
        return None
    area = Area(row.county, row.township, row.village)
    # Whatever of it changes, a password, a role, an area, ends what was signed in with it.
    proof = digest(["chosen" if chosen else row.hash, row.role, *area.parts])
    return AuthenticatedAccount(account, row.name, row.role, area, proof, bool(row.must_change) and not chosen)


def choices(register: Register) -> list[dict[str, str | None]]:
    """Whom one may act as on simulated data; empty where the data is real."""
    if admission(register) is not Admission.CHOSEN:
        return []
    with register.engine.connect() as connection:
        query = select(Account.__table__).where(Account.active).order_by(Account.account)
        return [dict(row) for row in connection.execute(query).mappings()]


def _is_account(register: Register, account: str) -> bool:
    with register.engine.connect() as connection:
        return connection.execute(select(Account.account).where(Account.account == account)).scalar() is not None


def _matches(hashed: str | None, password: str) -> bool:
    nobodys = (
        _nobodys()
    )  # whether or not it is needed: an answer takes as long where there is a password as where none is
    try:
        return _HASHER.verify(hashed or nobodys, password) and hashed is not None
    except VerificationError:
        return False


@cache
def _nobodys() -> str:
    """The hash that is compared with where there is no password; made when first needed, for it takes as long as any."""
    return _HASHER.hash("")
