"""Cases of households that meet the poverty criterion, from a shell: opened by the facts, moved step by step."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both, label
from workbench.cli.options import JsonOption, RoundOption, checked_round, checked_suffix
from workbench.cli.output import emit, say, show_table
from workbench.cli.register.labels import case_step_label
from workbench.cli.register.options import LARGEST_NUMBER, CountyOption, VersionOption, day, with_acting_user
from workbench.domain.procedure.cases import CASE_STAGES, CASE_STEPS, ORIGINS, CaseStage
from workbench.domain.procedure.roles import Area, Right
from workbench.errors import InputError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.cases.cases import add_window, cases, open_cases, step, steps_of
from workbench.register.unit_of_work.settlement import unit_of_work
from workbench.reports.gathering.cases import gather_entry_list, gather_public_list, held_households
from workbench.reports.gathering.county import CountyRound
from workbench.reports.ledgers.entry_list import entry_list
from workbench.reports.ledgers.public_list import public_list
from workbench.store.files import write_file

cases_app = typer.Typer(
    no_args_is_help=True,
)
_STAGES = both(
    "进度：" + "、".join(f"{name} {zh}" for name, (zh, _) in CASE_STAGES.items()), "stage: " + ", ".join(CaseStage)
)
_STEPS = both(
    "步骤：" + "、".join(f"{each.name} {each.zh}" for each in CASE_STEPS.values()), "step: " + ", ".join(CASE_STEPS)
)
NumberArgument = Annotated[int, typer.Argument(min=1, max=LARGEST_NUMBER, help=both("案号", "number of the case"))]


@cases_app.command("list", help=both("本范围的案", "List the cases in your own area."))
@with_acting_user
def list_command(
    user: ActingUser,
    stage: Annotated[str | None, typer.Option("--stage", help=_STAGES)] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """The cases of the own area."""
    # An unknown stage would match nothing, and read as if there were no case.
    if stage is not None and stage not in CASE_STAGES:
        named = "、".join(CaseStage)
        raise InputError(
            Words(
                f"--stage {stage!r}：应为 {named}",
                f"--stage {stage!r}: expected {', '.join(CaseStage)}",
                code="cli.case-stage",
            )
        )
    rows = cases(user, stage=stage)

    def show() -> None:
        shown = [
            # Numbers as text: with separators they could not be typed back.
            [str(row["id"]), row["household_id"], row["township"], row["village"], label(ORIGINS[row["origin"]]),
             label(CASE_STAGES[CaseStage(row["stage"])]), row["opened_on"], row["publicity_until"]]
            for row in rows
        ]  # fmt: skip
        columns = [
            Words("案号", "case"), Words("户编号", "household"), Words("乡镇", "township"), Words("村", "village"),
            Words("来源", "origin"), Words("进度", "stage"), Words("立案", "opened"), Words("可公告自", "announced from"),
        ]  # fmt: skip
        show_table(Words(f"{len(rows):,} 案", f"{len(rows):,} cases"), columns, shown)

    emit({"cases": rows}, show, as_json=as_json)


@cases_app.command(
    "open",
    help=both(
        "立案：县区内低于扶贫标准、还没有案的户都立案；走访和备案时也会自动立案",
        "Open a case for every household of a county that is below the line and has none; visits and filings do it too.",
    ),
)
@with_acting_user
def open_command(
    user: ActingUser,
    round_name: RoundOption,
    county: CountyOption,
    *,
    as_json: JsonOption = False,
) -> None:
    """Open a case for every household of a county that is below the line and has none; visits and filings do it too."""
    user.check(Right.FILE, Area(county))
    # Files before the register's writer lock, and nothing pending, as every step upon a round (0019).
    with unit_of_work(user, checked_round(round_name), None) as connection:
        opened = open_cases(user, connection, round_name, county)
    emit(
        {"round": round_name, "county": county, "opened": opened},
        Words(f"新立案：{len(opened):,}", f"cases opened: {len(opened):,}"),
        as_json=as_json,
    )


@cases_app.command(
    "step", help=both("推进一案的下一步；步骤不能跳过", "Take the next step of a case; no step is skipped.")
)
@with_acting_user
def step_command(
    user: ActingUser,
    number: NumberArgument,
    name: Annotated[str, typer.Argument(help=_STEPS)],
    note: Annotated[str, typer.Option("--note", help=both("情况：查到或决定了什么", "what was found or decided"))],
    on: Annotated[
        str | None, typer.Option("--day", help=both("办理的日期（不写：今天）", "the day it happened (default: today)"))
    ] = None,
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Take the next step of a case; no step is skipped."""
    stage = step(user, number, name, day(on, user), note, version)

    def show() -> None:
        zh, en = CASE_STAGES[stage]
        say(Words(f"案 {number}：{zh}", f"case {number}: {en}"))

    emit({"case": number, "stage": str(stage)}, show, as_json=as_json)


@cases_app.command("show", help=both("一案办过的步骤", "Show the steps that a case took."))
@with_acting_user
def show_command(
    user: ActingUser,
    number: NumberArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """The steps that a case took."""
    rows = steps_of(user, number)

    def show() -> None:
        shown = [
            [row["day"], case_step_label(row["step"]), label(CASE_STAGES[CaseStage(row["stage"])]), row["account"]]
            for row in rows
        ]
        columns = [Words("日期", "day"), Words("步骤", "step"), Words("进度", "stage"), Words("账号", "account")]
        show_table(Words(f"案 {number}", f"case {number}"), columns, shown)

    emit({"case": number, "steps": rows}, show, as_json=as_json)


@cases_app.command(
    "public-list",
    help=both(
        "公示名单：供张贴；没有身份证号、电话、账号和健康情况",
        "Write the list to hang out: no ID number, phone, account or health.",
    ),
)
@with_acting_user
def public_list_command(
    user: ActingUser,
    round_name: RoundOption,
    county: CountyOption,
    out: Annotated[Path, typer.Option("--out", help=both("存为（xlsx）", "save as (xlsx)"))],
    office: Annotated[str, typer.Option("--office", help=both("受理异议的单位", "office that takes objections"))],
    phone: Annotated[str, typer.Option("--phone", help=both("该单位的电话", "phone of the office"))],
    *,
    as_json: JsonOption = False,
) -> None:
    """The list to hang out: no ID number, phone, account or health."""
    # Before names are read, which is an event.
    checked_suffix(out, ".xlsx")
    county_round = CountyRound(user.register.facts, checked_round(round_name), county, user, user.today)
    listed = gather_public_list(county_round, user, office, phone)
    write_file(out, public_list(listed))
    # Whose corrected facts are above the line stands on no public list until the reviewer has decided (0022).
    _say_saved(out, len(listed.rows), held_households(county_round, user), as_json=as_json)


@cases_app.command(
    "entry-list",
    help=both(
        "待录入名单：录入窗口内要录入的每一户（§2.1.3-b），一户不漏",
        "List every household to be entered in the window (§2.1.3-b); nobody is left out.",
    ),
)
@with_acting_user
def entry_list_command(
    user: ActingUser,
    round_name: RoundOption,
    county: CountyOption,
    window: Annotated[str, typer.Option("--window", help=both("录入窗口的名称", "name of the window"))],
    out: Annotated[Path, typer.Option("--out", help=both("存为（xlsx）", "save as (xlsx)"))],
    *,
    as_json: JsonOption = False,
) -> None:
    """Every household to be entered in the window (§2.1.3-b); nobody is left out."""
    checked_suffix(out, ".xlsx")
    county_round = CountyRound(user.register.facts, checked_round(round_name), county, user, user.today)
    # Always whole: nothing caps the number of those who are entered (§2.1.3-c).
    listed = gather_entry_list(county_round, user, window)
    write_file(out, entry_list(listed))
    _say_saved(out, len(listed.rows), as_json=as_json)


def _say_saved(out: Path, rows: int, held: Sequence[str] = (), *, as_json: bool) -> None:

    def show() -> None:
        say(Words(f"已存为 {out}：{rows:,} 户", f"saved as {out}: {rows:,} households"))
        # By name: each waits for somebody's decision, and a count alone is passed over.
        for household in held:
            say(
                Words(
                    f"  {household}：按更正后的事实不低于扶贫标准，未列入，待决定",
                    f"  {household}: not listed, for it is not below the line by its corrected facts; to be decided",
                )
            )

    emit({"out": str(out), "rows": rows, "held": list(held)}, show, as_json=as_json)


@cases_app.command(
    "window",
    help=both(
        "登记录入窗口：国家系统开放变更的时间（§2.1.3-b）",
        "Tell of a time in which the national system takes changes (§2.1.3-b).",
    ),
)
@with_acting_user
def window_command(
    user: ActingUser,
    name: Annotated[str, typer.Argument(help=both("名称", "name of the window"))],
    opens: Annotated[dt.datetime, typer.Option("--opens", formats=["%Y-%m-%d"], help=both("开始的日期", "first day"))],
    closes: Annotated[dt.datetime, typer.Option("--closes", formats=["%Y-%m-%d"], help=both("结束的日期", "last day"))],
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell of a time in which the national system takes changes (§2.1.3-b)."""
    # The option reads a moment; a window is of whole days.
    add_window(user, name, opens.date(), closes.date())
    emit(
        {"window": name, "opens": opens.date().isoformat(), "closes": closes.date().isoformat()},
        f"{name}: {opens.date()} – {closes.date()}",
        as_json=as_json,
    )
