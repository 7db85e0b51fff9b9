"""Passwords, for signing in to the pages; a shell acts for whom it says (`--as`), for whoever has it has the files too."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, insert, select

from workbench.domain.people import Area, Right
from workbench.errors import InputError, RefusedError, Words
from workbench.store.register.audit import Told, record
from workbench.store.register.database import writing
from workbench.store.register.desk import Desk, Register
from workbench.store.register.tables import Account, Password

SHORTEST = 10
_HASHER = PasswordHasher()
_NOBODYS = _HASHER.hash("")
"""Compared with where there is no password, so that an answer takes as long whether there is one or not."""


_TABLE = Password.__table__


class Admission(StrEnum):
    """How one enters the pages: OPEN, nobody has an account; CHOSEN, simulated data: act as whom you like; else by PASSWORD."""

    OPEN = "open"
    CHOSEN = "chosen"
    PASSWORD = "password"  # noqa: S105 - a way in, not one


@dataclass(frozen=True)
class Pass:
    """Who was let in; `proof` changes with the password, so that an older pass opens nothing."""

    account: str
    name: str
    role: str
    area: Area
    proof: str


def admission(register: Register) -> Admission:
    """How this register's people enter."""
    with register.engine.connect() as connection:
        people = connection.execute(select(func.count()).select_from(Account)).scalar_one()
    if not people:
        return Admission.OPEN
    return Admission.CHOSEN if register.simulated else Admission.PASSWORD


def set_password(desk: Desk, account: str, password: str) -> None:
    """Give an account another password: an administrator does it for anybody, others for themselves."""
    if account != desk.person.account:
        desk.check_anywhere(Right.KEEP)
    if len(password) < SHORTEST or account.lower() in password.lower():
        raise InputError(
            Words(
                f"密码至少 {SHORTEST} 个字符，且不能含有账号",
                f"a password has {SHORTEST} characters at least and does not contain the account",
            )
        )
    with desk.writing() as connection:
        if not connection.execute(select(Account.active).where(Account.account == account)).scalar():
            raise RefusedError(Words(f"账号 {account}：没有，或已停用", f"account {account}: unknown or closed"))
        connection.execute(delete(Password).where(Password.account == account))
        connection.execute(insert(Password).values(account=account, hash=_HASHER.hash(password), set_at=desk.stamp))
        desk.tell(connection, [Told("password_set", account, {}, (("password", account),))])


def sign_in(register: Register, account: str, password: str, now: dt.datetime) -> Pass | None:
    """Who may enter with a password; None for a wrong one, an unknown account and one without a password alike.

    On simulated data nobody needs one. Both outcomes are told to the chain.
    """
    chosen = admission(register) is Admission.CHOSEN
    with register.engine.connect() as connection:
        query = select(Account.active, _TABLE.c.hash).outerjoin(_TABLE, _TABLE.c.account == Account.account)
        row = connection.execute(query.where(Account.account == account)).one_or_none()
    right = _matches(row.hash if row else None, password) or chosen
    found = pass_of(register, account) if row and row.active and right else None
    with writing(register.engine) as connection:
        action = "signed_in" if found else "sign_in_refused"
        known = account if row else "?"  # what an unknown person typed may be a password
        record(connection, at=now, account=known, told=[Told(action, known, {})])
    return found


def pass_of(register: Register, account: str) -> Pass | None:
    """The pass that an account has now; None where it may not enter (any more)."""
    chosen = admission(register) is Admission.CHOSEN
    with register.engine.connect() as connection:
        query = select(Account.__table__, _TABLE.c.set_at).outerjoin(_TABLE, _TABLE.c.account == Account.account)
        row = connection.execute(query.where(Account.account == account, Account.active)).one_or_none()
    if row is None or (row.set_at is None and not chosen):
        return None
    area = Area(row.county, row.township, row.village)
    return Pass(account, row.name, row.role, area, "chosen" if chosen else row.set_at)


def choices(register: Register) -> list[dict[str, str | None]]:
    """Whom one may act as on simulated data; empty where the data is real."""
    if admission(register) is not Admission.CHOSEN:
        return []
    with register.engine.connect() as connection:
        query = select(Account.__table__).where(Account.active).order_by(Account.account)
        return [dict(row) for row in connection.execute(query).mappings()]


def _matches(hashed: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(hashed or _NOBODYS, password) and hashed is not None
    except VerificationError:
        return False
