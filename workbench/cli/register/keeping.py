"""Figures of the procedure, and the demonstration, from a shell."""

import datetime as dt
from typing import Annotated

import typer

from workbench.cli.options import JsonOption, RoundOption, StoreOption, checked_round
from workbench.cli.output import SIMULATED, print_json, progress_bar, say, show_table
from workbench.cli.register.options import (
    RegisterOption,
    at_desk,
    the_register,
)
from workbench.register.access.acting_user import Desk
from workbench.register.county_settings import figures, set_figure
from workbench.register.demonstration import demonstrate

settings_app = typer.Typer(help="程序参数 figures of the procedure that a county sets", no_args_is_help=True)


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
