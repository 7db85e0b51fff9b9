"""What stands in the register, as lists: entries, a household, filings, progress, screening, the edge register."""

from typing import Annotated

import typer

from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import print_json, say, show_table
from workbench.cli.register.options import (
    HouseholdArgument,
    TownshipOption,
    VersionOption,
    VillageOption,
    at_desk,
    kind_named,
    versions_of,
)
from workbench.domain.facts import LABELS
from workbench.domain.procedure.workflow import STAGES, Stage
from workbench.errors import InputError, Words
from workbench.register.access.acting_user import Desk
from workbench.register.assessment import EDGE, RISK
from workbench.register.edge_register import assign, edge_households, screening
from workbench.register.household_history import history
from workbench.register.procedure import entries
from workbench.register.procedure.filing_proof import filings
from workbench.register.procedure.progress import progress, waiting

_SHOWN = 50
_TASKS = {
    **{
        f"{name}_{kind}": f"{words}（{title}）"
        for name, words in (
            ("visit", "待走访 to visit"), ("propose", "待提出 to propose"), ("agree", "待审核 to review"), ("file", "待备案 to file"),
        )
        for kind, title in ((RISK, "风险 risk"), (EDGE, "边缘户 edge"))
    },
    "overdue_visits": "逾期走访 visits overdue", "approve_standard": "待批准的标准 standards to approve",
    "case_verify": "待核实 cases to verify", "case_appraise": "待评议 to appraise", "case_publicise": "待公示 to publicise",
    "case_announce": "待公告 to announce", "case_wait": "待列入录入 to queue", "case_enter": "待录入 to enter",
}  # fmt: skip


@at_desk
def list_command(
    desk: Desk,
    round_name: RoundOption,
    kind: Annotated[str | None, typer.Option("--kind", help="risk, edge")] = None,
    stage: Annotated[str | None, typer.Option("--stage", help=f"{', '.join(Stage)}")] = None,
    township: TownshipOption = None,
    village: VillageOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """名单 The households of a round in the own area, and where each stands."""
    if stage is not None and stage not in list(Stage):
        raise InputError(f"--stage {stage!r}: 应为 expected {', '.join(Stage)}")
    rows = entries.listed(
        desk, checked_round(round_name), kind_named(kind) if kind else None,
        stages=[Stage(stage)] if stage else [], township=township, village=village,
    )  # fmt: skip
    if as_json:
        print_json({"round": round_name, "households": rows})
        return
    shown = [
        [row["household_id"], row["township"], row["village"], STAGES[Stage(row["stage"])][0], row["rule"], row["proposal"],
         row["version"]]
        for row in rows[:_SHOWN]
    ]  # fmt: skip
    columns = ["户编号 household", "乡镇", "村", "进度 stage", "规则 rule", "提出 proposal", "版本 version"]
    show_table(f"{round_name} · {desk.person.area} · {len(rows):,} 户 households", columns, shown)
    _rest(len(rows))


@at_desk
def show_command(
    desk: Desk,
    household: HouseholdArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """一户 Everything that the register holds of a household: steps, visits, edge register, cases."""
    record = history(desk, household)
    if as_json:
        print_json(record)
        return
    if record["next_step"]:
        say(str(Words(**record["next_step"])))
    rows = [
        [step["at"], step["round"], step["step"], step["stage"], step["proposal"], step["account"], step["reason"]]
        for step in record["steps"]
    ]
    show_table(household, ["时间 at", "轮次", "步骤 step", "进度 stage", "提出", "账号 who", "理由 reason"], rows)


@at_desk
def filings_command(
    desk: Desk,
    round_name: Annotated[str | None, typer.Option("--round", help="轮次 round")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """备案清单 The filings of the own area."""
    rows = filings(desk, round_name)
    if as_json:
        print_json({"filings": rows})
        return
    show_table(
        "备案 filings",
        ["清单编号 list number", "时间 at", "账号 who", "户 households", "清单摘要 hash"],
        [[row["number"], row["at"], row["account"], row["households"], row["list_hash"][:12]] for row in rows],
    )


@at_desk
def progress_command(
    desk: Desk,
    round_name: RoundOption,
    *,
    as_json: JsonOption = False,
) -> None:
    """进度 How far a round is, by township, against its deadline; and what waits for whoever asks."""
    rows, mine = progress(desk, checked_round(round_name)), waiting(desk, round_name)
    if as_json:
        print_json({"round": round_name, "days_left": mine.days_left, "waiting": mine.by_task,
                    "townships": [vars(row) | {"filed": row.filed} for row in rows]})  # fmt: skip
        return
    say(f"{round_name}: 距截止 days left {mine.days_left}")
    for task, number in mine.by_task.items():
        if number:
            say(f"  {_TASKS[task]}: {number:,}")
    stages = [Stage.VISITED, Stage.PROPOSED, Stage.RETURNED, Stage.REVIEWED, Stage.FILED]
    show_table(
        f"{desk.person.area}",
        [
            "乡镇 township",
            "程序 kind",
            "应办 households",
            "未走访 not visited",
            *(" ".join(STAGES[stage]) for stage in stages),
        ],
        [
            [row.township, row.kind, row.households, row.not_visited, *(row.stages.get(stage, 0) for stage in stages)]
            for row in rows
        ],
    )


@at_desk
def screening_command(
    desk: Desk,
    round_name: RoundOption,
    county: Annotated[str, typer.Option("--county", help="县区代码 county code")],
    village: VillageOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """排查名单 Unregistered households of the key groups, to be visited door to door (§2.2-b), by village."""
    found = screening(desk, checked_round(round_name), county, village)
    if as_json:
        print_json({"round": round_name, "county": county, "households": found.to_dicts()})
        return
    groups = [name for name in found.columns if name in LABELS and name not in {"household_id", "township", "village"}]
    rows = [
        [row["household_id"], row["township"], row["village"], "、".join(LABELS[name][0] for name in groups if row[name])
         or "群体未知 group not known"]
        for row in found.head(_SHOWN).iter_rows(named=True)
    ]  # fmt: skip
    show_table(f"{round_name} · {len(found):,} 户 households", ["户编号", "乡镇", "村", "重点群体 key groups"], rows)
    _rest(len(found))


@at_desk
def officers_command(
    desk: Desk,
    households: Annotated[list[str] | None, typer.Argument(help="户编号 households to assign")] = None,
    officer: Annotated[str | None, typer.Option("--officer", help="包保人账号 account of the officer")] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3660, help="走访间隔（天） days between visits")
    ] = None,
    version: VersionOption = None,
    *,
    overdue: Annotated[bool, typer.Option("--overdue", help="只看逾期 overdue visits only")] = False,
    as_json: JsonOption = False,
) -> None:
    """包保人 The edge register with officers and visits due; with households and --officer, names their officer (§2.2-c)."""
    if households:
        if officer is None:
            raise InputError("--officer: 请写明包保人账号 say who: --officer ACCOUNT")
        assign(desk, households, officer, days, versions_of(households, version))
    rows = edge_households(desk, overdue_only=overdue)
    if as_json:
        print_json({"assigned": households or [], "households": rows})
        return
    shown = [
        [
            row["household_id"],
            row["township"],
            row["village"],
            row["officer"],
            row["last_visit"],
            row["next_visit"],
            row["overdue"],
        ]
        for row in rows[:_SHOWN]
    ]
    columns = ["户编号", "乡镇", "村", "包保人 officer", "上次走访 last", "下次 next", "逾期天数 overdue"]
    show_table(f"边缘户台账 edge register · {len(rows):,} 户 households", columns, shown)
    _rest(len(rows))


def _rest(count: int) -> None:
    if count > _SHOWN:
        say(f"… 其余用 the rest with --json ({count:,})")
