"""Accounts from a shell: what the administrator's page does, and the first administrator, whom only a shell can make."""

from typing import Annotated

import typer

from workbench.cli.options import JsonOption, StoreOption
from workbench.cli.output import print_json, say, show_table
from workbench.cli.register.options import (
    AsOption,
    AtOption,
    RegisterOption,
    TownshipOption,
    VillageOption,
    at_desk,
    moment,
    the_desk,
    the_register,
)
from workbench.domain.procedure.roles import ROLES, Area
from workbench.register.access.accounts import (
    NewAccount,
    accounts,
    add_accounts,
    change_account,
    close_account,
    first_account,
    give_first_password,
    reopen_account,
)
from workbench.register.access.acting_user import Desk
from workbench.register.access.passwords import set_password
from workbench.settings import acting_account

accounts_app = typer.Typer(help="账号 who may act, in which role and area", no_args_is_help=True)
AccountArgument = Annotated[str, typer.Argument(help="账号 account")]
NameOption = Annotated[str, typer.Option("--name", help="姓名 name")]
RoleOption = Annotated[str, typer.Option("--role", help="、".join(f"{each.name} {each.zh}" for each in ROLES.values()))]
CountyArea = Annotated[str | None, typer.Option("--county", help="县区代码 county code of the area")]
_PASSWORDS = {"none": "未设 none", "first": "须更改 to be changed", "own": "已设 set"}


@accounts_app.command("add")
def add_command(
    new: AccountArgument,
    name: NameOption,
    role: RoleOption,
    county: CountyArea = None,
    township: TownshipOption = None,
    village: VillageOption = None,
    account: AsOption = None,
    at: AtOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """添加账号 Add an account. The first one, an administrator, is made without --as."""
    made = NewAccount(new, name, role, Area(county, township, village))
    if acting_account(account) is None:
        opened = the_register(store, register)
        first_account(opened, made, moment(opened, at))
    else:
        add_accounts(the_desk(account, at, register, store), [made])
    if as_json:
        print_json({"account": new, "role": role, "area": str(made.area)})
    else:
        say(f"{new}: {ROLES[role].zh} {ROLES[role].en}, {made.area}")


@accounts_app.command("close")
@at_desk
def close_command(
    desk: Desk,
    closing: AccountArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """停用账号 Let an account act no more."""
    close_account(desk, closing)
    if as_json:
        print_json({"account": closing, "active": False})
    else:
        say(f"{closing}: 已停用 closed")


@accounts_app.command("reopen")
@at_desk
def reopen_command(desk: Desk, reopening: AccountArgument, *, as_json: JsonOption = False) -> None:
    """恢复账号 Let a closed account act again; give it a first password (reset) before it enters the pages."""
    reopen_account(desk, reopening)
    if as_json:
        print_json({"account": reopening, "active": True})
    else:
        say(f"{reopening}: 已恢复 reopened; 请重设密码 now give it a first password: workbench register accounts reset")


@accounts_app.command("change")
@at_desk
def change_command(
    desk: Desk,
    changing: AccountArgument,
    name: NameOption,
    role: RoleOption,
    county: CountyArea = None,
    township: TownshipOption = None,
    village: VillageOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """更改账号 Give an account another name, role or area; what it has open in the pages ends."""
    changed = NewAccount(changing, name, role, Area(county, township, village))
    change_account(desk, changed)
    if as_json:
        print_json({"account": changing, "name": name, "role": role, "area": str(changed.area)})
    else:
        say(f"{changing}: {name}, {ROLES[role].zh} {ROLES[role].en}, {changed.area}")


@accounts_app.command("reset")
@at_desk
def reset_command(desk: Desk, whose: AccountArgument, *, as_json: JsonOption = False) -> None:
    """重设密码 Give a first password, shown once here, to be changed at the first sign-in; the one so far ends."""
    password = give_first_password(desk, whose)
    if as_json:
        print_json({"account": whose, "first_password": password, "must_change": True})
    else:
        say(f"{whose}: 初始密码 first password {password}  （首次登录须更改 to be changed at the first sign-in）")


@accounts_app.command("password")
@at_desk
def password_command(desk: Desk, whose: AccountArgument, *, as_json: JsonOption = False) -> None:
    """设密码 Set an account's password; asked for, never given on the command line. Another's must be changed at sign-in."""
    set_password(desk, whose, typer.prompt("密码 password", hide_input=True, confirmation_prompt="再输一次 once more"))
    if as_json:
        print_json({"account": whose, "password": "set"})
    else:
        say(f"{whose}: 密码已设 the password is set")


@accounts_app.command("list")
@at_desk
def list_command(
    desk: Desk,
    *,
    as_json: JsonOption = False,
) -> None:
    """账号名单 Every account."""
    rows = accounts(desk)
    if as_json:
        print_json({"accounts": rows})
        return
    shown = [
        [row["account"], row["name"], ROLES[row["role"]].zh, str(Area(row["county"], row["township"], row["village"])),
         row["active"], _PASSWORDS[row["password"]]]
        for row in rows
    ]  # fmt: skip
    show_table("账号 accounts", ["账号", "姓名 name", "角色 role", "范围 area", "在用 active", "密码 password"], shown)
