"""The steps of the procedure from a shell: visit, propose, review, return, adjust, file, prove."""

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import print_json, say
from workbench.cli.register.options import (
    HouseholdArgument,
    KindOption,
    ReasonOption,
    VersionOption,
    VillageOption,
    at_desk,
    day,
    kind_named,
    versions_of,
)
from workbench.cli.register.visit_files import read_report, read_visits
from workbench.domain.facts import LABELS
from workbench.errors import InputError
from workbench.register.access.acting_user import Desk
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import Left, agree, propose, propose_all, send_back
from workbench.register.procedure.visits import adjust, visit

_SHOWN = 20
DayOption = Annotated[str | None, typer.Option("--day", help="走访日期 day of the visit (default: today)")]
VisitorsOption = Annotated[str, typer.Option("--visitors", help="走访人 who visited")]
FoundOption = Annotated[
    list[str] | None,
    typer.Option(
        "--found", help="所见，五方面各一次 once for each: industry=…, employment=…, education=…, medical=…, housing=…"
    ),
]
AmendOption = Annotated[list[str] | None, typer.Option("--amend", help="更正事实 correct a fact: work_months=3")]
AllOption = Annotated[bool, typer.Option("--all", help="本范围内全部 all of the area")]


@at_desk
def visit_command(
    desk: Desk,
    round_name: RoundOption,
    household: Annotated[str | None, typer.Argument(help="户编号 household number")] = None,
    visits: Annotated[Path | None, typer.Option("--file", help="走访表 many visits, as CSV")] = None,
    on: DayOption = None,
    visitors: VisitorsOption = "",
    found: FoundOption = None,
    amend: AmendOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """走访 Record a visit to a household (five domains), or a file of visits; facts put right on the spot with --amend."""
    if (household is None) == (visits is None):
        raise InputError("请给户编号或 --file 之一 give a household number, or --file, not both")
    if visits is not None:
        reports = read_visits(visits, desk.today)
    else:
        reports = [read_report(str(household), day(on, desk), visitors, found or [], amend or [])]
    ids = visit(desk, checked_round(round_name), reports)
    if as_json:
        print_json({"round": round_name, "visits": ids, "households": [each.household_id for each in reports]})
    else:
        say(f"已登记走访 visits recorded: {len(ids):,}")


@at_desk
def propose_command(
    desk: Desk,
    round_name: RoundOption,
    household: Annotated[str | None, typer.Argument(help="户编号 household number")] = None,
    proposal: Annotated[
        str | None,
        typer.Option("--as-tier", "--proposal", help="1, 2, 3；边缘户 for edge: enter, keep, stay_out, leave_…"),
    ] = None,
    kind: KindOption = "risk",
    village: VillageOption = None,
    reason: ReasonOption = None,
    version: VersionOption = None,
    *,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """提出 Propose a household's tier (or entry); with --all, what the rules say for every visited household."""
    if everything:
        if household or proposal or reason:
            raise InputError(
                "--all 按规则提出，不能同时指定户、等级或理由 --all follows the rules: no household, proposal or reason"
            )
        batch = propose_all(desk, checked_round(round_name), kind_named(kind), village)
        _show_batch(batch.done, batch.left, "提出 proposed", as_json=as_json)
        return
    if household is None or proposal is None:
        raise InputError("请给户编号和 --proposal，或用 --all  give a household number and --proposal, or --all")
    rule = propose(desk, checked_round(round_name), household, proposal, reason, version)
    if as_json:
        print_json({"household_id": household, "round": round_name, "proposal": proposal, "rule": rule})
    else:
        say(f"{household}: 提出 proposed {proposal}；规则 the rules say {rule or '暂不能判定 undetermined'}")


@at_desk
def review_command(
    desk: Desk,
    round_name: RoundOption,
    households: Annotated[list[str] | None, typer.Argument(help="户编号 household numbers")] = None,
    kind: KindOption = "risk",
    village: VillageOption = None,
    version: VersionOption = None,
    *,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """审核无异议 The township has no objection to the proposals of these households, or of all."""
    if bool(households) == everything:
        raise InputError("请给户编号或 --all 之一 give household numbers, or --all, not both")
    seen = versions_of(households or [], version)
    batch = agree(desk, checked_round(round_name), kind_named(kind), households or None, village, seen)
    _show_batch(batch.done, batch.left, "审核 reviewed", as_json=as_json)


@at_desk
def return_command(
    desk: Desk,
    household: HouseholdArgument,
    round_name: RoundOption,
    reason: Annotated[str, typer.Option("--reason", help="退回的理由 why")],
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """退回 Send a proposal back to the village (township), or a reviewed one before filing (county), with a reason."""
    send_back(desk, checked_round(round_name), household, reason, version)
    if as_json:
        print_json({"household_id": household, "round": round_name, "returned": True, "reason": reason})
    else:
        say(f"{household}: 已退回 returned")


@at_desk
def adjust_command(
    desk: Desk,
    household: HouseholdArgument,
    round_name: RoundOption,
    cause: Annotated[str, typer.Option("--cause", help="变化的原因 what changed")],
    evidence: Annotated[str, typer.Option("--evidence", help="依据 evidence")],
    on: DayOption = None,
    visitors: VisitorsOption = "",
    found: FoundOption = None,
    amend: AmendOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """随时调整 Take up a filed household again (§2.1.2-b): visited anew, with cause and evidence."""
    report = read_report(household, day(on, desk), visitors, found or [], amend or [])
    number = adjust(desk, checked_round(round_name), report, cause, evidence)
    if as_json:
        print_json({"household_id": household, "round": round_name, "visits": [number]})
    else:
        say(f"{household}: 已转入随时调整，请重新提出 taken up again; propose anew")


@at_desk
def file_command(
    desk: Desk,
    round_name: RoundOption,
    county: Annotated[str, typer.Option("--county", help="县区代码 county code")],
    kind: KindOption = "risk",
    *,
    as_json: JsonOption = False,
) -> None:
    """备案 File the reviewed households of a county as a numbered list; everything is computed again first."""
    done = file_list(desk, checked_round(round_name), county, kind_named(kind))
    if as_json:
        print_json(
            {"round": round_name, "county": county, "kind": kind, "number": done.number, "filed": len(done.filed), "last": done.last,
             "sent_back": [_left(each) for each in done.sent_back], "held": [_left(each) for each in done.held]}
        )  # fmt: skip
    else:
        say(
            f"备案 filed {done.number}: {len(done.filed):,} 户 households"
            if done.number
            else f"没有新的可备案的户 nothing new to file；已有 the last list is {done.last or '–'}"
        )
        _show_left("退回 sent back", done.sent_back)
        _show_left("未备案 held", done.held)
    if done.sent_back or done.held:
        raise typer.Exit(1)


@at_desk
def prove_command(
    desk: Desk,
    number: Annotated[str, typer.Argument(help="清单编号 number of the filed list")],
    *,
    as_json: JsonOption = False,
) -> None:
    """核验备案 Compute a filed list again from what was kept with it, and say whether it still is what it was."""
    proof = prove(desk, number)
    if as_json:
        print_json({"number": number, "households": proof.households, "counts": proof.counts,
                    "holds": not proof.broken, "broken": [str(words) for words in proof.broken]})  # fmt: skip
    else:
        say(
            f"{number}: {proof.households:,} 户 households; {'一致 holds' if not proof.broken else '不一致 does not hold'}"
        )
        for words in proof.broken:
            say(f"  ✗ {words}")
    if proof.broken:
        raise typer.Exit(1)


def _show_batch(done: list[str], left: list[Left], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"done": done, "left": [_left(each) for each in left]})
    else:
        say(f"{what}: {len(done):,} 户 households")
        _show_left("留待处理 left", left)
    if left:
        raise typer.Exit(1)


def _show_left(title: str, left: list[Left]) -> None:
    if not left:
        return
    say(f"{title}: {len(left):,} 户 households")
    for each in left[:_SHOWN]:
        missing = "、".join(LABELS[name][0] for name in each.missing)
        say(f"  {each.household_id}: {each.why}{f'（需补充 to collect: {missing}）' if missing else ''}")
    if len(left) > _SHOWN:
        say(f"  … 其余用 the rest with --json ({len(left):,})")


def _left(each: Left) -> dict[str, Any]:
    return {"household_id": each.household_id, "reason": str(each.why), "missing": each.missing}
