"""Measures of a plan added and changed from a shell, and the plan's versions."""

from typing import Annotated

import typer

from workbench.cli.language import both, label
from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import emit, say, show_table
from workbench.cli.register.options import (
    LARGEST_NUMBER,
    HouseholdArgument,
    VersionOption,
    with_acting_user,
    with_options_of,
)
from workbench.cli.register.plans import plans_app
from workbench.domain.assistance.measures import measures
from workbench.domain.assistance.terms import Terms
from workbench.domain.assistance.typed_terms import typed_terms
from workbench.errors import Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assistance.changes import add_measure, change_measure
from workbench.register.assistance.checks import Planned
from workbench.register.assistance.versions import versions_of
from workbench.register.records import PlanMeasureRecord

MemberOption = Annotated[
    int | None,
    typer.Option(
        "--member",
        min=1,
        max=LARGEST_NUMBER,
        help=both("成员编号；不写：全户", "the member's number (default: the whole household)"),
    ),
]
# As text, like the days: people write 1.2万, which is no number to the shell's own parser.
AmountOption = Annotated[str, typer.Option("--amount", help=both("金额（元），可写 1.2万", "amount, yuan"))]
StartsOption = Annotated[str, typer.Option("--starts", help=both("开始日期", "the day it begins"))]
DueOption = Annotated[str, typer.Option("--due", help=both("完成日期", "the day it is to be done"))]
LinkOption = Annotated[
    str,
    typer.Option(
        "--link",
        help=both(
            "联结方式：shares 股份、orders 订单、services 服务、labour 劳务、leases 租赁",
            "how the household is linked: shares, orders, services, labour, leases",
        ),
    ),
]
ByOption = Annotated[str, typer.Option("--responsible", help=both("这一措施的责任人", "who is responsible for it"))]
DetailOption = Annotated[str, typer.Option("--detail", help=both("内容", "what exactly"))]


def terms_given(
    amount: AmountOption = "",
    starts: StartsOption = "",
    due: DueOption = "",
    link: LinkOption = "",
    responsible: ByOption = "",
    detail: DetailOption = "",
) -> Terms:
    """The terms of a measure as they were typed; what is not given is not agreed."""
    return typed_terms(amount, starts, due, link, responsible, detail)


with_terms = with_options_of(terms_given, "terms")


@plans_app.command("add", help=both("在计划中增加一项措施", "Add one measure to a plan."))
@with_acting_user
@with_terms
def add_command(
    user: ActingUser,
    terms: Terms,
    household: HouseholdArgument,
    round_name: RoundOption,
    measure: Annotated[str, typer.Option("--measure", help=both("措施名称", "name of the measure"))],
    member: MemberOption = None,
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Add one measure to a plan."""
    added = add_measure(user, checked_round(round_name), household, Planned(measure, member, terms=terms), version)
    emit(
        {"household_id": household, "added": added},
        Words(
            f"{household}：{'已增加' if added else '已有同样的措施'}",
            f"{household}: {'added' if added else 'there already'}",
        ),
        as_json=as_json,
    )


@plans_app.command(
    "change",
    help=both(
        "写明理由，更改一项措施：给谁、金额、日期、联结方式、责任人、内容。各项全部重定：没有写的选项，原来约定的即取消；"
        "不写 --member 即指全户，属于成员的措施要写明成员",
        "Change one measure, with a reason: for whom it is, its amount, days, link, who is responsible, what exactly. All is "
        "agreed anew: an option that is omitted takes away what was agreed; without --member the whole household is meant, and "
        "a member's measure needs its member.",
    ),
)
@with_acting_user
@with_terms
def change_command(
    user: ActingUser,
    terms: Terms,
    number: Annotated[int, typer.Argument(min=1, max=LARGEST_NUMBER, help=both("措施编号", "id of the measure"))],
    round_name: RoundOption,
    reason: Annotated[str, typer.Option("--reason", help=both("理由", "reason"))],
    member: MemberOption = None,
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Change one measure, with a reason; what is not given is not agreed any more."""
    # All terms anew, not only those given: leaving one out is how it is taken away.
    changed = change_measure(user, checked_round(round_name), number, member, terms, reason, version)
    emit(
        {"measure": number, "changed": changed},
        Words(
            f"措施 {number}：{'已更改' if changed else '没有变化'}",
            f"measure {number}: {'changed' if changed else 'as before'}",
        ),
        as_json=as_json,
    )


@plans_app.command("versions", help=both("一户计划的历次版本", "Show every version of a household's plan."))
@with_acting_user
def versions_command(user: ActingUser, household: HouseholdArgument, *, as_json: JsonOption = False) -> None:
    """List every version of a household's plan, the newest first."""
    rows = versions_of(user, household)

    def show() -> None:
        if not rows:
            say(Words(f"{household}：没有留存的版本", f"{household}: no version"))
            return
        columns = [
            Words("版本", "version"), Words("时间", "at"), Words("账号", "account"), Words("目标", "goal"), Words("在做措施", "running measures"),
            Words("理由", "reason"),
        ]  # fmt: skip
        show_table(
            household,
            columns,
            [
                [each["version"], each["at"], each["account"], each["content"]["goal"],
                 # Those that ran then: what had ended is shown by an earlier version.
                 label(("、", ", ")).join(_measure(one) for one in each["content"]["measures"] if not one["until"]), each["reason"]]
                for each in rows
            ],
        )  # fmt: skip

    emit({"household_id": household, "versions": rows}, show, as_json=as_json)


def _measure(row: PlanMeasureRecord) -> str:
    known = measures()[row["measure"]]
    return label((known.zh, known.en)) + (f" {row['member']}" if row["member"] else "")
