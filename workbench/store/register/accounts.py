"""Accounts: who may act, in which role, in which area. Kept by an administrator; the first one is made without."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select, update

from workbench.domain.people import ROLES, Area, Person, Right
from workbench.errors import InputError, RefusedError, Words
from workbench.store.register.audit import Told, record
from workbench.store.register.database import writing
from workbench.store.register.desk import Desk, Register
from workbench.store.register.marker import remember
from workbench.store.register.tables import Account


@dataclass(frozen=True)
class NewAccount:
    """An account to be made: who, under which name, in which role and area."""

    account: str
    name: str
    role: str
    area: Area = field(default_factory=Area)

    def checked(self) -> "NewAccount":
        """Itself; raises InputError for what cannot be an account."""
        if not self.account.strip() or not self.name.strip():
            raise InputError("账号和姓名都要写明 an account and a name are both needed")
        if self.role not in ROLES:
            roles = ", ".join(f"{role.name} ({role.zh})" for role in ROLES.values())
            raise InputError(f"角色 role {self.role!r}: 没有 unknown; 可选 choose from: {roles}")
        Person(self.account, ROLES[self.role], self.area)
        return self


def first_account(register: Register, new: NewAccount, now: dt.datetime) -> None:
    """Make the first account of a register, an administrator; raises RefusedError where there are accounts already."""
    new.checked()
    with writing(register.engine) as connection:
        if connection.execute(select(func.count()).select_from(Account)).scalar_one():
            raise RefusedError(
                Words(
                    "已有账号：请以管理员身份（--as）添加", "there are accounts: add others as an administrator (--as)"
                )
            )
        if new.role != "administrator":
            raise RefusedError(
                Words("第一个账号须是管理员（administrator）", "the first account must be an administrator")
            )
        connection.execute(insert(Account).values(**_values(new)))
        record(connection, at=now, account=new.account, told=[_told("account_added", new)])
    remember(register.engine, register.facts.root)


def add_accounts(desk: Desk, new: list[NewAccount]) -> None:
    """Add accounts, all or none."""
    desk.check_anywhere(Right.KEEP)
    with desk.writing() as connection:
        known = set(connection.execute(select(Account.account)).scalars())
        for each in new:
            if each.checked().account in known:
                raise RefusedError(Words(f"账号 {each.account} 已有", f"account {each.account} is there already"))
        connection.execute(insert(Account), [_values(each) for each in new])
        desk.tell(connection, [_told("account_added", each) for each in new])


def close_account(desk: Desk, account: str) -> None:
    """Let an account act no more; what it did stays."""
    desk.check_anywhere(Right.KEEP)
    if account == desk.person.account:
        raise RefusedError(Words("不能停用自己的账号", "nobody closes the own account"))
    with desk.writing() as connection:
        found = connection.execute(
            update(Account).where(Account.account == account, Account.active).values(active=False)
        )
        if found.rowcount != 1:
            raise RefusedError(
                Words(f"账号 {account}：没有，或已停用", f"account {account}: unknown, or closed already")
            )
        desk.tell(connection, [Told("account_closed", account, {}, (("account", account),))])


def accounts(desk: Desk) -> list[dict[str, Any]]:
    """Every account, for an administrator."""
    desk.check_anywhere(Right.KEEP)
    with desk.reading() as connection:
        return [dict(row) for row in connection.execute(select(Account.__table__).order_by("account")).mappings()]


def _values(new: NewAccount) -> dict[str, Any]:
    county, township, village = new.area.parts
    return {
        "account": new.account, "name": new.name, "role": new.role,
        "county": county, "township": township, "village": village, "active": True,
    }  # fmt: skip


def _told(action: str, new: NewAccount) -> Told:
    return Told(action, new.account, {"role": new.role, "area": str(new.area)}, (("account", new.account),))
