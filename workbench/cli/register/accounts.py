"""Accounts from a shell: what the administrator's page does, and the first administrator, whom only a shell can make."""

from typing import Annotated

import typer

from workbench.cli.language import both, in_language, label
from workbench.cli.options import JsonOption, StoreOption
from workbench.cli.output import emit, show_table
from workbench.cli.register.labels import role_label
from workbench.cli.register.options import (
    AsOption,
    AtOption,
    RegisterOption,
    TownshipOption,
    VillageOption,
    acting_user,
    moment,
    the_register,
    with_acting_user,
)
from workbench.domain.procedure.roles import ROLES, Area
from workbench.errors import Words
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
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.passwords import set_password
from workbench.settings import acting_account

accounts_app = typer.Typer(
    no_args_is_help=True,
)
AccountArgument = Annotated[str, typer.Argument(help=both("账号", "account"))]
NameOption = Annotated[str, typer.Option("--name", help=both("姓名", "name of the person"))]
RoleOption = Annotated[
    str,
    typer.Option(
        "--role",
        help=both(
            "角色：" + "、".join(f"{each.name} {each.zh}" for each in ROLES.values()),
            "role: " + ", ".join(ROLES),
        ),
    ),
]
CountyArea = Annotated[str | None, typer.Option("--county", help=both("范围的县区代码", "county code of the area"))]
# The state that a password is in is all that is ever shown of it.
_PASSWORDS = {
    "none": Words("未设", "none"),
    "first": Words("须更改", "to be changed"),
    "own": Words("已设", "set"),
}


@accounts_app.command(
    "add",
    help=both(
        "添加账号；第一个账号须是管理员，添加时不写 --as",
        "Add an account. The first one, an administrator, is made without --as.",
    ),
)
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
    """Add an account. The first one, an administrator, is made without --as."""
    made = NewAccount(new, name, role, Area(county, township, village))
    # Nobody can act before there is an account: the first is made by whoever has the store, and no one after it (0024).
    if acting_account(account) is None:
        opened = the_register(store, register)
        first_account(opened, made, moment(opened, at))
    else:
        add_accounts(acting_user(account, at, register, store), [made])
    emit(
        {"account": new, "role": role, "area": str(made.area)},
        f"{new}: {role_label(role)}, {in_language(made.area.words)}",
        as_json=as_json,
    )


@accounts_app.command("close", help=both("停用账号", "Close an account: it acts no more."))
@with_acting_user
def close_command(
    user: ActingUser,
    closing: AccountArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """Let an account act no more."""
    close_account(user, closing)
    emit({"account": closing, "active": False}, Words(f"{closing}：已停用", f"{closing}: closed"), as_json=as_json)


@accounts_app.command(
    "reopen",
    help=both(
        "恢复已停用的账号；进入页面前须重设密码（reset）",
        "Let a closed account act again; give it a first password (reset) before it enters the pages.",
    ),
)
@with_acting_user
def reopen_command(user: ActingUser, reopening: AccountArgument, *, as_json: JsonOption = False) -> None:
    """Let a closed account act again; give it a first password (reset) before it enters the pages."""
    # Closing took the password away (0024): reopening alone lets nobody into the pages.
    reopen_account(user, reopening)
    emit(
        {"account": reopening, "active": True},
        Words(
            f"{reopening}：已恢复；请重设密码：workbench register accounts reset",
            f"{reopening}: reopened; now give it a first password: workbench register accounts reset",
        ),
        as_json=as_json,
    )


@accounts_app.command(
    "change",
    help=both(
        "更改账号的姓名、角色或范围；它在页面上已登录的随即退出",
        "Give an account another name, role or area; what it has open in the pages ends.",
    ),
)
@with_acting_user
def change_command(
    user: ActingUser,
    changing: AccountArgument,
    name: NameOption,
    role: RoleOption,
    county: CountyArea = None,
    township: TownshipOption = None,
    village: VillageOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Give an account another name, role or area; what it has open in the pages ends."""
    # All of it anew: without a county the area is the whole city, as when an account is added.
    changed = NewAccount(changing, name, role, Area(county, township, village))
    change_account(user, changed)
    emit(
        {"account": changing, "name": name, "role": role, "area": str(changed.area)},
        f"{changing}: {name}, {role_label(role)}, {in_language(changed.area.words)}",
        as_json=as_json,
    )


@accounts_app.command(
    "reset",
    help=both(
        "重设密码：初始密码只在这里显示一次，首次登录须更改；原密码作废",
        "Give a first password, shown once here, to be changed at the first sign-in; the one so far ends.",
    ),
)
@with_acting_user
def reset_command(user: ActingUser, whose: AccountArgument, *, as_json: JsonOption = False) -> None:
    """Give a first password, shown once here, to be changed at the first sign-in; the one so far ends."""
    password = give_first_password(user, whose)
    emit(
        {"account": whose, "first_password": password, "must_change": True},
        Words(
            f"{whose}：初始密码 {password}  （首次登录须更改）",
            f"{whose}: first password {password}  (to be changed at the first sign-in)",
        ),
        as_json=as_json,
    )


@accounts_app.command(
    "password",
    help=both(
        "设密码：当面输入，不写在命令里；为他人所设的，登录时须更改",
        "Set an account's password: asked for, never given on the command line. Another's must be changed at sign-in.",
    ),
)
@with_acting_user
def password_command(user: ActingUser, whose: AccountArgument, *, as_json: JsonOption = False) -> None:
    """Set an account's password; asked for, never given on the command line. Another's must be changed at sign-in."""
    asked, again = label(("密码", "Password")), label(("再输一次", "Once more"))
    # Asked for: what stands in a command is in the shell's history and in the list of processes.
    set_password(user, whose, typer.prompt(asked, hide_input=True, confirmation_prompt=again))
    emit(
        {"account": whose, "password": "set"},
        Words(f"{whose}：密码已设", f"{whose}: the password is set"),
        as_json=as_json,
    )


@accounts_app.command("list", help=both("账号名单", "List every account."))
@with_acting_user
def list_command(
    user: ActingUser,
    *,
    as_json: JsonOption = False,
) -> None:
    """List every account."""
    rows = accounts(user)

    def show() -> None:
        shown = [
            [row["account"], row["name"], role_label(row["role"]), Area(row["county"], row["township"], row["village"]).words,
             row["active"], _PASSWORDS[row["password"]]]
            for row in rows
        ]  # fmt: skip
        columns = [
            Words("账号", "account"), Words("姓名", "name"), Words("角色", "role"), Words("范围", "area"), Words("在用", "active"),
            Words("密码", "password"),
        ]  # fmt: skip
        show_table(Words("账号", "accounts"), columns, shown)

    emit({"accounts": rows}, show, as_json=as_json)
