"""The steps of the procedure from a shell that follow a visit: propose, review, return, withdraw, file, prove."""

from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import emit, say
from workbench.cli.register.batch_shown import show_batch, show_skipped, skipped_record
from workbench.cli.register.labels import proposal_label, rule_label
from workbench.cli.register.options import (
    CountyOption,
    HouseholdArgument,
    KindOption,
    ReasonOption,
    VersionOption,
    VillageOption,
    kind_named,
    versions_of,
    with_acting_user,
)
from workbench.domain.procedure.workflow import EDGE_PROPOSALS, STEPS
from workbench.errors import InputError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import Filed, file_list
from workbench.register.procedure.proposals import propose, propose_all
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.procedure.withdrawals import withdraw_last_step

_PROPOSALS = both(
    "等级 1、2、3；边缘户：" + "、".join(f"{name} {zh}" for name, (zh, _) in EDGE_PROPOSALS.items()),
    "tier 1, 2, 3; for edge households: " + ", ".join(EDGE_PROPOSALS),
)
AllOption = Annotated[bool, typer.Option("--all", help=both("本范围内全部", "everything in your own area"))]


@with_acting_user
def propose_command(
    user: ActingUser,
    round_name: RoundOption,
    household: Annotated[str | None, typer.Argument(help=both("户编号", "household number"))] = None,
    proposal: Annotated[
        str | None,
        typer.Option("--as-tier", "--proposal", help=_PROPOSALS),
    ] = None,
    kind: KindOption = "risk",
    village: VillageOption = None,
    reason: ReasonOption = None,
    version: VersionOption = None,
    *,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """Propose a household's tier (or entry); with --all, what the rules say for every visited household."""
    if everything:
        # With --all each household gets what the rules say, and a reason is for those that depart from them.
        if household or proposal or reason:
            raise InputError(
                Words(
                    "--all 按规则上报，不能同时指定户、等级或理由",
                    "--all follows the rules: give no household, proposal or reason with it",
                    code="cli.all-follows-rules-give",
                )
            )
        batch = propose_all(user, checked_round(round_name), kind_named(kind), village)
        show_batch(batch.done, batch.skipped, Words("上报", "proposed"), as_json=as_json)
        return
    # Neither can be demanded by the shell itself: with --all both are left out.
    if household is None or proposal is None:
        raise InputError(
            Words(
                "请给户编号和 --proposal，或用 --all",
                "give a household number and --proposal, or --all",
                code="cli.give-household-number-proposal",
            )
        )
    rule = propose(user, checked_round(round_name), household, proposal, reason, version)
    emit(
        {"household_id": household, "round": round_name, "proposal": proposal, "rule": rule},
        Words(
            # What the rules say stands beside it, for it may differ, and then a reason is due.
            f"{household}：上报“{proposal_label(proposal)}”；规则为“{rule_label(rule) or '暂不能判定'}”",
            f"{household}: proposed {proposal_label(proposal)!r}; the rules say {rule_label(rule) or 'undetermined'!r}",
        ),
        as_json=as_json,
    )


@with_acting_user
def review_command(
    user: ActingUser,
    round_name: RoundOption,
    households: Annotated[list[str] | None, typer.Argument(help=both("户编号", "household numbers"))] = None,
    kind: KindOption = "risk",
    village: VillageOption = None,
    version: VersionOption = None,
    *,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> None:
    """The township has no objection to the proposals of these households, or of all."""
    # Nobody named must never mean everybody: a forgotten argument would review a whole area.
    if bool(households) == everything:
        raise InputError(
            Words(
                "请给户编号或 --all，二者之一",
                "give household numbers, or --all, not both",
                code="cli.give-household-numbers-all",
            )
        )
    seen = versions_of(households or [], version)
    batch = agree(user, checked_round(round_name), kind_named(kind), households or None, village, seen)
    show_batch(batch.done, batch.skipped, Words("审核", "reviewed"), as_json=as_json)


@with_acting_user
def return_command(
    user: ActingUser,
    household: HouseholdArgument,
    round_name: RoundOption,
    reason: Annotated[str, typer.Option("--reason", help=both("退回的理由", "reason"))],
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Send a proposal back to the village (township), or a reviewed one before filing (county), with a reason."""
    send_back(user, checked_round(round_name), household, reason, version)
    emit(
        {"household_id": household, "round": round_name, "returned": True, "reason": reason},
        Words(f"{household}：已退回", f"{household}: returned"),
        as_json=as_json,
    )


@with_acting_user
def withdraw_command(
    user: ActingUser,
    household: HouseholdArgument,
    round_name: RoundOption,
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Withdraw your own last step of a household until somebody has taken the next one."""
    step = withdraw_last_step(user, checked_round(round_name), household, version)
    # Which step was the last only the register knows: say what has been taken back.
    words = Words(STEPS[step].zh, STEPS[step].en)
    emit(
        {"household_id": household, "round": round_name, "step": step},
        words.after(f"{household}: "),
        as_json=as_json,
    )


@with_acting_user
def file_command(
    user: ActingUser,
    round_name: RoundOption,
    county: CountyOption,
    kind: KindOption = "risk",
    *,
    as_json: JsonOption = False,
) -> None:
    """File the reviewed households of a county as a numbered list; everything is computed again first."""
    done = file_list(user, checked_round(round_name), county, kind_named(kind))

    def show() -> None:
        say(_filed(done))
        show_skipped(Words("退回", "sent back"), done.sent_back)
        show_skipped(Words("未备案", "held"), done.held)

    emit(
        {
            "round": round_name,
            "county": county,
            "kind": kind,
            "number": done.number,
            "filed": len(done.filed),
            "last": done.last,
            "sent_back": [skipped_record(each) for each in done.sent_back],
            "held": [skipped_record(each) for each in done.held],
        },
        show,
        as_json=as_json,
    )
    # Filed is filed; status 1 says that some of the reviewed are not on the list.
    if done.sent_back or done.held:
        raise typer.Exit(1)


def _filed(done: Filed) -> Words:
    """What a filing came to."""
    if not done.number:
        last = done.last or "–"
        return Words(f"没有新的可备案的户；已有的清单：{last}", f"nothing new to file; the last list is {last}")
    count = f"{len(done.filed):,}"
    return Words(f"已备案 {done.number}：{count} 户", f"filed {done.number}: {count} households")


@with_acting_user
def prove_command(
    user: ActingUser,
    number: Annotated[str, typer.Argument(help=both("清单编号", "number of the filed list"))],
    *,
    as_json: JsonOption = False,
) -> None:
    """Compute a filed list again from what was kept with it, and say whether it still is what it was."""
    proof = prove(user, number)

    def show() -> None:
        count = f"{proof.households:,}"
        say(
            Words(
                f"{number}：{count} 户；{'不一致' if proof.broken else '一致'}",
                f"{number}: {count} households; it {'does not hold' if proof.broken else 'holds'}",
            )
        )
        for words in proof.broken:
            say(words.after("  ✗ "))

    emit(
        {
            "number": number,
            "households": proof.households,
            "counts": proof.counts,
            "holds": not proof.broken,
            "broken": proof.broken,
        },
        show,
        as_json=as_json,
    )
    # Who proves many lists one after another goes by the status.
    if proof.broken:
        raise typer.Exit(1)
