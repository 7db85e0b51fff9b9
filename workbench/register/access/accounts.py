"""Accounts: who may act, in which role, in which area. Kept by an administrator; the first one is made without."""

import datetime as dt
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update

from workbench.domain.procedure.roles import ROLES, Area, Person, Right
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser, Register
from workbench.register.access.passwords import hash_password, take_password, write_password
from workbench.register.audit.event import Event
from workbench.register.audit.file_events import covering
from workbench.register.audit.log import record
from workbench.register.db.engine import writing
from workbench.register.db.procedure_tables import Account, Password
from workbench.register.db.rows import rows_of
from workbench.register.marker import remember
from workbench.register.procedure.repeated_steps import last_event
from workbench.register.records import ListedAccount

_FIRST_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of a first password, which is read from paper: no two that look alike."""
_FIRST_GROUPS, _FIRST_GROUP = 3, 4
_LONGEST_NAME = 100


_NEEDED = Words(
    "账号和姓名都要写明，账号前后不能有空格",
    "an account and a name are both needed, the account without blanks around it",
)
_UNFIT = Words(
    f"账号、姓名和范围各不超过 {_LONGEST_NAME} 个字符，且不能含有换行、制表等控制字符",
    f"account, name and area have {_LONGEST_NAME} characters each at most, and no control characters",
)


@dataclass(frozen=True)
class NewAccount:
    """An account to be made: who, under which name, in which role and area."""

    account: str
    name: str
    role: str
    area: Area = field(default_factory=Area)

    def checked(self) -> "NewAccount":
        """Return itself; raises InputError for what cannot be an account."""
        for text in (self.account, self.name, *(part or "" for part in self.area.parts)):
            if len(text) > _LONGEST_NAME or any(unicodedata.category(sign).startswith("C") for sign in text):
                raise InputError(_UNFIT)
        if not self.account.strip() or not self.name.strip() or self.account != self.account.strip():
            raise InputError(_NEEDED)
        if self.role not in ROLES:
            zh = "、".join(f"{role.name}（{role.zh}）" for role in ROLES.values())
            raise InputError(
                Words(
                    f"没有“{self.role}”这个角色；可选：{zh}",
                    f"no role {self.role!r}; choose from: {', '.join(ROLES)}",
                    code="register.no-role-choose",
                )
            )
        # For its refusal alone: an area is named as finely as the role has it.
        Person(self.account, ROLES[self.role], self.area)
        return self


def first_account(register: Register, new: NewAccount, now: dt.datetime) -> None:
    """Make the first account of a register, an administrator; raises RefusedError where there are accounts already.

    The trail begins with all files that the store holds.
    """
    new.checked()
    with writing(register.engine) as connection:
        # Under the writer's lock: of two who make a first account at once, the second is refused.
        if connection.execute(select(func.count()).select_from(Account)).scalar_one():
            raise RefusedError(
                Words(
                    "已有账号：请以管理员身份（--as）添加",
                    "there are accounts: add others as an administrator (--as)",
                    code="register.accounts-add-others-administrator",
                )
            )
        if new.role != "administrator":
            raise RefusedError(
                Words(
                    "第一个账号须是管理员（administrator）",
                    "the first account must be an administrator",
                    code="register.first-account-must-administrator",
                )
            )
        connection.execute(insert(Account).values(**_values(new)))
        record(
            connection,
            at=now,
            account=new.account,
            events=[_account_event("account_added", new), covering(register.facts.root)],
        )
    # After the commit: it looks by a connection of its own, for which the account is not there before.
    remember(register.engine, register.facts.root)


def add_accounts(user: ActingUser, new: list[NewAccount]) -> None:
    """Add accounts, all or none. One that is there already with all that is said of it was sent twice: it counts once."""
    user.check_anywhere(Right.KEEP)
    with user.writing() as connection:
        known = {row["account"]: dict(row) for row in connection.execute(select(Account.__table__)).mappings()}
        adding = [each for each in new if known.get(each.checked().account) != _values(each)]
        if adding:
            _insert(connection, user, adding)


def close_account(user: ActingUser, account: str) -> None:
    """Let an account act no more; what it did stays. Its password is taken, so that nothing opens if it is reopened."""
    _check_other(user, account)
    with user.writing() as connection:
        if _is_last(user, connection, account, "account_closed"):
            return
        _change(connection, account, was_active=True, active=False)
        # A reopened account must not come back with a password that somebody else may know by now.
        taken = take_password(connection, account)
        user.record(connection, [_of(account, "account_closed"), *([taken] if taken else [])])


def reopen_account(user: ActingUser, account: str) -> None:
    """Let a closed account act again; it enters the pages once it is given a first password."""
    _check_other(user, account)
    with user.writing() as connection:
        if _is_last(user, connection, account, "account_reopened"):
            return
        _change(connection, account, was_active=False, active=True)
        user.record(connection, [_of(account, "account_reopened")])


def change_account(user: ActingUser, changed: NewAccount) -> None:
    """Give an account another name, role or area. What it has open ends: it signs in anew."""
    _check_other(user, changed.checked().account)
    values = {name: value for name, value in _values(changed).items() if name != "account"}
    with user.writing() as connection:
        there = select(Account.account).filter_by(**_values(changed))
        if connection.execute(there).one_or_none() is not None:
            return  # it is as it should be: nothing it has open ends
        _change(connection, changed.account, was_active=True, **values)
        user.record(connection, [_account_event("account_changed", changed)])


def add_with_first_passwords(user: ActingUser, new: list[NewAccount]) -> dict[str, str]:
    """Add accounts, all or none, each with a first password, which is returned here and known nowhere else."""
    user.check_anywhere(Right.KEEP)
    firsts = {each.checked().account: first_password() for each in new}
    # Before the transaction: a hash takes a tenth of a second by design, and all writers would wait for a list of them.
    hashes = {account: hash_password(password) for account, password in firsts.items()}
    with user.writing() as connection:
        _insert(connection, user, new)
        user.record(connection, [write_password(connection, user, *each) for each in hashes.items()])
    return firsts


def give_first_password(user: ActingUser, account: str) -> str:
    """A first password instead of the one so far (forgotten, or known to somebody else); it must be changed."""
    _check_other(user, account)
    password = first_password()
    # Hashed outside of the transaction, which all other writers wait for.
    hashed = hash_password(password)
    with user.writing() as connection:
        _change(connection, account, was_active=True, active=True)
        user.record(connection, [write_password(connection, user, account, hashed)])
    return password


def first_password() -> str:
    """A password by chance (59 bits), in groups that can be read out."""
    groups = ("".join(secrets.choice(_FIRST_SIGNS) for _ in range(_FIRST_GROUP)) for _ in range(_FIRST_GROUPS))
    return "-".join(groups)


def accounts(user: ActingUser) -> list[ListedAccount]:
    """Every account, for an administrator; `password` is none, first (to be changed) or own."""
    user.check_anywhere(Right.KEEP)
    state = case((Password.account.is_(None), "none"), (Password.must_change.is_(True), "first"), else_="own")
    query = select(Account.__table__, state.label("password")).outerjoin(Password, Password.account == Account.account)
    with user.reading() as connection:
        return rows_of(connection, query.order_by(Account.account), ListedAccount)


def _insert(connection: Connection, user: ActingUser, new: list[NewAccount]) -> None:
    known = set(connection.execute(select(Account.account)).scalars())
    for each in new:
        if each.checked().account in known:
            raise RefusedError(
                Words(
                    f"账号 {each.account} 已有",
                    f"account {each.account} is there already",
                    code="register.account-already",
                )
            )
        # One named twice in the list is refused too, and not first by the database.
        known.add(each.account)
    connection.execute(insert(Account), [_values(each) for each in new])
    user.record(connection, [_account_event("account_added", each) for each in new])


_STEPS = ("account_added", "account_closed", "account_reopened", "account_changed")


def _is_last(user: ActingUser, connection: Connection, account: str, action: str) -> bool:
    """Whether this is what the acting user did to the account last: sent twice, it is done already."""
    event = last_event(connection, _STEPS, account)
    # The last event of the account, not any: closed, reopened and closed again are three steps.
    return event is not None and (event["action"], event["account"]) == (action, user.person.account)


def _check_other(user: ActingUser, account: str) -> None:
    """An administrator keeps the accounts of others: one who closed or changed the own might leave nobody to keep them."""
    user.check_anywhere(Right.KEEP)
    if account == user.person.account:
        raise RefusedError(
            Words(
                "不能停用或更改自己的账号，请另一位管理员办理；改密码请用“修改密码”",
                "nobody closes or changes their own account: another administrator does; your own password is changed "
                "under “Change password”",
                code="register.nobody-closes-changes-own",
            )
        )


def _change(connection: Connection, account: str, *, was_active: bool, **values: Any) -> None:
    result = connection.execute(
        update(Account).where(Account.account == account, Account.active == was_active).values(**values)
    )
    if result.rowcount != 1:
        zh, en = ("已停用", "closed already") if was_active else ("没有停用", "not closed")
        raise RefusedError(
            Words(
                f"账号 {account}：没有，或{zh}", f"account {account}: unknown, or {en}", code="register.account-unknown"
            )
        )


def _values(new: NewAccount) -> dict[str, Any]:
    county, township, village = new.area.parts
    return {
        "account": new.account, "name": new.name, "role": new.role,
        "county": county, "township": township, "village": village, "active": True,
    }  # fmt: skip


def _account_event(action: str, new: NewAccount) -> Event:
    return Event(action, new.account, {"role": new.role, "area": str(new.area)}, (("account", new.account),))


def _of(account: str, action: str) -> Event:
    return Event(action, account, {}, (("account", account),))
