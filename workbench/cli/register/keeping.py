"""Accounts and figures of the procedure, from a shell."""

import datetime as dt
from typing import Annotated

import typer

from workbench.cli.options import JsonOption, RoundOption, StoreOption, checked_round
from workbench.cli.output import SIMULATED, print_json, progress_bar, say, show_table
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
from workbench.domain.people import ROLES, Area
from workbench.settings import acting_account
from workbench.store.register.accounts import NewAccount, accounts, add_accounts, close_account, first_account
from workbench.store.register.demonstration import demonstrate
from workbench.store.register.desk import Desk
from workbench.store.register.passwords import set_password
from workbench.store.register.settings import figures, set_figure

accounts_app = typer.Typer(help="账号 who may act, in which role and area", no_args_is_help=True)
settings_app = typer.Typer(help="程序参数 figures of the procedure that a county sets", no_args_is_help=True)
AccountArgument = Annotated[str, typer.Argument(help="账号 account")]
CountyArea = Annotated[str | None, typer.Option("--county", help="县区代码 county code of the area")]


@accounts_app.command("add")
def add_command(
    new: AccountArgument,
    name: Annotated[str, typer.Option("--name", help="姓名 name")],
    role: Annotated[str, typer.Option("--role", help="、".join(f"{each.name} {each.zh}" for each in ROLES.values()))],
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


@accounts_app.command("password")
@at_desk
def password_command(desk: Desk, whose: AccountArgument, *, as_json: JsonOption = False) -> None:
    """设密码 Set an account's password for signing in to the pages; asked for, never given on the command line."""
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
         row["active"]]
        for row in rows
    ]  # fmt: skip
    show_table("账号 accounts", ["账号", "姓名 name", "角色 role", "范围 area", "在用 active"], shown)


def demonstrate_command(
    round_name: RoundOption,
    county: Annotated[str, typer.Option("--county", help="县区代码 the county shown under way")],
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """演示登记 Fill an empty register over simulated facts: people, and a round of one county under way."""
    opened = the_register(store, register)
    with progress_bar("演示登记 demonstration") as progress:
        demonstrate(opened, checked_round(round_name), county, progress)
    if as_json:
        print_json({"round": round_name, "county": county, "simulated": True})
    else:
        say(f"{SIMULATED}；账号 accounts: admin, officer-{county}, second-{county}, r1 …, w1-1 …")


@settings_app.command("show")
@at_desk
def show_figures_command(
    desk: Desk,
    county: Annotated[str, typer.Option("--county", help="县区代码 county code")],
    *,
    as_json: JsonOption = False,
) -> None:
    """查看参数 The figures in force in a county, their defaults and where those come from."""
    rows = figures(desk, county)
    if as_json:
        print_json({"county": county, "settings": rows})
        return
    shown = [
        [f"{row['zh']} {row['name']}", row["value"], row["default"], row["unit"], row["reference"]] for row in rows
    ]
    show_table(county, ["参数 setting", "现值 value", "默认 default", "单位 unit", "默认值的来源 source"], shown)


@settings_app.command("set")
@at_desk
def set_figure_command(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="参数 setting")],
    value: Annotated[str, typer.Argument(help="值 value")],
    county: Annotated[str, typer.Option("--county", help="县区代码 county code")],
    reason: Annotated[str, typer.Option("--reason", help="理由 why")],
    effective: Annotated[
        dt.datetime | None,
        typer.Option("--effective", formats=["%Y-%m-%d"], help="自何日起 from which day (default: today)"),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """设定参数 Set a figure for a county from a day on."""
    begins = effective.date() if effective else desk.today
    set_figure(desk, county, name, value, begins, reason)
    if as_json:
        print_json({"county": county, "name": name, "value": int(value), "effective": begins.isoformat()})
    else:
        say(f"{county} {name}: {value}，自 from {begins}")
