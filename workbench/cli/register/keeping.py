"""Figures of the procedure, and the demonstration, from a shell."""

import datetime as dt
from typing import Annotated

import typer

from workbench.cli.language import both, label
from workbench.cli.options import JsonOption, RoundOption, StoreOption, checked_round
from workbench.cli.output import SIMULATED, emit, progress_bar, say, show_table
from workbench.cli.register.options import CountyOption, RegisterOption, the_register, with_acting_user
from workbench.domain.procedure.county_settings import settings
from workbench.errors import Words
from workbench.preview.submission import submission_figures
from workbench.register.access.acting_user import ActingUser
from workbench.register.county_settings import figures, set_figure
from workbench.register.demonstration import demonstrate

settings_app = typer.Typer(no_args_is_help=True)


def demonstrate_command(
    round_name: RoundOption,
    county: Annotated[
        str, typer.Option("--county", help=both("演示正在办理的县区代码", "county code of the one shown under way"))
    ],
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Fill an empty register over simulated facts: people, and a round of one county under way."""
    opened = the_register(store, register)
    with progress_bar(Words("演示登记", "demonstration")) as progress:
        demonstrate(opened, checked_round(round_name), county, submission_figures, progress)

    def show() -> None:
        # Nobody could guess them, and every step takes one (`--as`).
        names = f"admin, officer-{county}, second-{county}, r1 …, w1-1 …"
        say(SIMULATED + Words(f"；账号：{names}", f"; accounts: {names}"))

    emit({"round": round_name, "county": county, "simulated": True}, show, as_json=as_json)


@settings_app.command(
    "show",
    help=both(
        "县区现行的参数、默认值及其来源",
        "Show the figures in force in a county, their defaults and where those come from.",
    ),
)
@with_acting_user
def show_figures_command(
    user: ActingUser,
    county: CountyOption,
    *,
    as_json: JsonOption = False,
) -> None:
    """The figures in force in a county, their defaults and where those come from."""
    rows = figures(user, county)

    def show() -> None:
        columns = [
            Words("参数", "setting"), Words("名称", "name"), Words("现值", "value"), Words("默认", "default"), Words("单位", "unit"),
            Words("默认值的来源", "source of the default"),
        ]  # fmt: skip
        known = settings()
        shown = [
            [label((row["zh"], row["en"])), row["name"], row["value"], row["default"],
             label((row["unit"], known[row["name"]].unit_en)), label((row["reference"], known[row["name"]].reference_en))]
            for row in rows
        ]  # fmt: skip
        show_table(county, columns, shown)

    emit({"county": county, "settings": rows}, show, as_json=as_json)


@settings_app.command("set", help=both("为县区设定一项参数，自某日起", "Set a figure for a county from a day on."))
@with_acting_user
def set_figure_command(
    user: ActingUser,
    name: Annotated[str, typer.Argument(help=both("参数的名称", "name of the setting"))],
    value: Annotated[str, typer.Argument(help=both("值", "value"))],
    county: CountyOption,
    reason: Annotated[str, typer.Option("--reason", help=both("理由", "reason"))],
    effective: Annotated[
        dt.datetime | None,
        typer.Option(
            "--effective",
            formats=["%Y-%m-%d"],
            help=both("自何日起（不写：今天）", "from which day on (default: today)"),
        ),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Set a figure for a county from a day on."""
    # The day of who acts, which --at may have set, not the computer's.
    begins = effective.date() if effective else user.today
    set_figure(user, county, name, value, begins, reason)
    emit(
        # `set_figure` has refused what is no number.
        {"county": county, "name": name, "value": int(value), "effective": begins.isoformat()},
        Words(f"{county} {name}：{value}，自 {begins} 起", f"{county} {name}: {value}, from {begins} on"),
        as_json=as_json,
    )
