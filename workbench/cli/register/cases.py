"""Cases of households that meet the poverty criterion, from a shell: opened by the facts, moved step by step."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import print_json, say, show_table
from workbench.cli.register.options import LARGEST_NUMBER, VersionOption, at_desk, day
from workbench.cli.reports import checked_suffix
from workbench.domain.procedure.cases import CASE_STAGES, CASE_STEPS, ORIGINS, CaseStage
from workbench.domain.procedure.roles import Area, Right
from workbench.register.access.acting_user import Desk
from workbench.register.cases.cases import add_window, cases, open_cases, step, steps_of
from workbench.register.unit_of_work.settlement import unit_of_work
from workbench.reports.gathering.cases import gather_entry_list, gather_public_list, held_households
from workbench.reports.gathering.county import CountyRound
from workbench.reports.ledgers.entry_list import entry_list
from workbench.reports.ledgers.public_list import public_list
from workbench.store.files import write_file

cases_app = typer.Typer(
    help="返贫与符合标准户 cases: 核实 verify, 评议 appraise, 公示 publicise, 公告 announce, 录入 enter",
    no_args_is_help=True,
)
NumberArgument = Annotated[int, typer.Argument(min=1, max=LARGEST_NUMBER, help="案号 number of the case")]


@cases_app.command("list")
@at_desk
def list_command(
    desk: Desk,
    stage: Annotated[str | None, typer.Option("--stage", help=", ".join(CaseStage))] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """名单 The cases of the own area."""
    rows = cases(desk, stage=stage)
    if as_json:
        print_json({"cases": rows})
        return
    shown = [
        [row["id"], row["household_id"], row["township"], row["village"], ORIGINS[row["origin"]][0],
         CASE_STAGES[CaseStage(row["stage"])][0], row["opened_on"], row["publicity_until"]]
        for row in rows
    ]  # fmt: skip
    columns = ["案号 case", "户编号", "乡镇", "村", "来源 origin", "进度 stage", "立案 opened", "公示至 publicity"]
    show_table(f"{len(rows):,} 案 cases", columns, shown)


@cases_app.command("open")
@at_desk
def open_command(
    desk: Desk,
    round_name: RoundOption,
    county: Annotated[str, typer.Option("--county", help="县区代码 county code")],
    *,
    as_json: JsonOption = False,
) -> None:
    """立案 Open a case for every household of a county that is below the line and has none; visits and filings do it too."""
    desk.check(Right.FILE, Area(county))
    with unit_of_work(desk, checked_round(round_name), None) as connection:
        opened = open_cases(desk, connection, round_name, county)
    if as_json:
        print_json({"round": round_name, "county": county, "opened": opened})
    else:
        say(f"新立案 cases opened: {len(opened):,}")


@cases_app.command("step")
@at_desk
def step_command(
    desk: Desk,
    number: NumberArgument,
    name: Annotated[str, typer.Argument(help=", ".join(f"{each.name} {each.zh}" for each in CASE_STEPS.values()))],
    note: Annotated[str, typer.Option("--note", help="情况 what was found or decided")],
    on: Annotated[str | None, typer.Option("--day", help="日期 the day it happened (default: today)")] = None,
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """推进 Take the next step of a case; no step is skipped."""
    stage = step(desk, number, name, day(on, desk), note, version)
    if as_json:
        print_json({"case": number, "stage": str(stage)})
    else:
        say(f"案 case {number}: {' '.join(CASE_STAGES[stage])}")


@cases_app.command("show")
@at_desk
def show_command(
    desk: Desk,
    number: NumberArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """步骤 The steps that a case took."""
    rows = steps_of(desk, number)
    if as_json:
        print_json({"case": number, "steps": rows})
        return
    shown = [[row["day"], row["step"], CASE_STAGES[CaseStage(row["stage"])][0], row["account"]] for row in rows]
    show_table(f"案 case {number}", ["日期 day", "步骤 step", "进度 stage", "账号 who"], shown)


@cases_app.command("public-list")
@at_desk
def public_list_command(
    desk: Desk,
    round_name: RoundOption,
    county: Annotated[str, typer.Option("--county", help="县区代码 county code")],
    out: Annotated[Path, typer.Option("--out", help="存为 save as (xlsx)")],
    office: Annotated[str, typer.Option("--office", help="受理异议的单位 office that takes objections")],
    phone: Annotated[str, typer.Option("--phone", help="单位电话 its phone")],
    *,
    as_json: JsonOption = False,
) -> None:
    """公示名单 The list to hang out: no ID number, phone, account or health."""
    seen = CountyRound(desk.register.facts, checked_round(round_name), county, desk, desk.today)
    listed = gather_public_list(seen, desk, office, phone)
    write_file(checked_suffix(out, ".xlsx"), public_list(listed))
    _say_saved(out, len(listed.rows), held_households(seen, desk), as_json=as_json)


@cases_app.command("entry-list")
@at_desk
def entry_list_command(
    desk: Desk,
    round_name: RoundOption,
    county: Annotated[str, typer.Option("--county", help="县区代码 county code")],
    window: Annotated[str, typer.Option("--window", help="录入窗口 the window's name")],
    out: Annotated[Path, typer.Option("--out", help="存为 save as (xlsx)")],
    *,
    as_json: JsonOption = False,
) -> None:
    """待录入名单 Every household to be entered in the window (§2.1.3-b); nobody is left out."""
    seen = CountyRound(desk.register.facts, checked_round(round_name), county, desk, desk.today)
    listed = gather_entry_list(seen, desk, window)
    write_file(checked_suffix(out, ".xlsx"), entry_list(listed))
    _say_saved(out, len(listed.rows), as_json=as_json)


def _say_saved(out: Path, rows: int, held: Sequence[str] = (), *, as_json: bool) -> None:
    if as_json:
        print_json({"out": str(out), "rows": rows, "held": list(held)})
        return
    say(f"已存为 saved as {out}: {rows:,} 户 households")
    for household in held:
        say(
            f"  {household}: 按更正后的事实不低于扶贫标准，未列入，待决定 not listed: not below the line by its corrected facts"
        )


@cases_app.command("window")
@at_desk
def window_command(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="名称 name")],
    opens: Annotated[dt.datetime, typer.Option("--opens", formats=["%Y-%m-%d"], help="开始 first day")],
    closes: Annotated[dt.datetime, typer.Option("--closes", formats=["%Y-%m-%d"], help="结束 last day")],
    *,
    as_json: JsonOption = False,
) -> None:
    """录入窗口 Tell of a time in which the national system takes changes (§2.1.3-b)."""
    add_window(desk, name, opens.date(), closes.date())
    if as_json:
        print_json({"window": name, "opens": opens.date().isoformat(), "closes": closes.date().isoformat()})
    else:
        say(f"{name}: {opens.date()} – {closes.date()}")
