"""A county's standard through its life, from a shell: draft, submit, approve, withdraw, show, compare."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both, label
from workbench.cli.options import CountyOption, JsonOption, RoundOption, checked_round, standard_of
from workbench.cli.output import emit, say, show_table
from workbench.cli.register.options import LARGEST_NUMBER, with_acting_user
from workbench.cli.register.standard_effect import effect_record, show_effect
from workbench.domain.rules.standard import standard_data, write_standard
from workbench.errors import Words
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope
from workbench.preview.submission import FIGURES, submission_figures
from workbench.register.access.acting_user import ActingUser
from workbench.register.standards.effect import effect
from workbench.register.standards.lists import standard_versions, version
from workbench.register.standards.versions import STATES, approve, draft, round_under_way, send_back, submit, withdraw

standards_app = typer.Typer(
    no_args_is_help=True,
)
ThisRoundOption = Annotated[
    str | None,
    typer.Option(
        "--round",
        help=both("哪一期是本期（不写：正在进行的一期）", "which round is meant (default: the one under way)"),
    ),
]
_COMPARED = {
    "in": Words("纳入", "in"), "cannot_tell": Words("不能判定", "cannot be told"),
    "below_line": Words("低于扶贫标准", "below the line"), "cost": Words("费用（元）", "cost, yuan"),
    "expected_slips": Words("预计风险变差", "expected slips"),
}  # fmt: skip
NumberArgument = Annotated[int, typer.Argument(min=1, max=LARGEST_NUMBER, help=both("标准编号", "id of the version"))]


@standards_app.command(
    "list",
    help=both(
        "本范围的各版标准，新的在前，以及今天施行的是哪一版",
        "List every version in your own area, newest first, and which is in force today.",
    ),
)
@with_acting_user
def list_command(
    user: ActingUser,
    county: CountyOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List every version in your own area, newest first, and which is in force today."""
    rows = standard_versions(user, county)

    def show() -> None:
        shown = [
            [str(row["id"]), row["county"], str(row["version"]), row["title"], label(STATES[row["state"]]), row["effective"],
             "✓" if row["in_force"] else "", row["reason"]]
            for row in rows
        ]  # fmt: skip
        columns = [
            Words("编号", "id"), Words("县区", "county"), Words("版", "version"), Words("名称", "title"), Words("状态", "state"),
            Words("施行", "effective"), Words("现行", "in force"), Words("理由", "reason"),
        ]  # fmt: skip
        show_table(Words("边缘户标准", "standards of edge households"), columns, shown)

    emit({"standards": rows}, show, as_json=as_json)


@standards_app.command("draft", help=both("起草：存为县区的标准草案", "Keep a standard as a draft of its county."))
@with_acting_user
def draft_command(
    user: ActingUser,
    path: Annotated[Path, typer.Argument(help=both("标准（YAML 文件）", "standard, a YAML file"))],
    county: CountyOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Keep a standard as a draft of its county."""
    # Parsed before it is kept: a draft is a standard that holds together, whatever the file held.
    number = draft(user, standard_of(path), county)
    _say(number, Words("已存为草案", "kept as a draft"), as_json=as_json)


@standards_app.command(
    "submit",
    help=both(
        "写明理由提交草案；它在该期上的预览数字一并留存",
        "Submit a draft with a reason; the figures of its preview over the round are kept with it.",
    ),
)
@with_acting_user
def submit_command(
    user: ActingUser,
    number: NumberArgument,
    round_name: RoundOption,
    reason: Annotated[str, typer.Option("--reason", help=both("理由", "reason"))],
    *,
    as_json: JsonOption = False,
) -> None:
    """Submit a draft with a reason; the figures of its preview over the round are kept with it."""
    # Of the text as it is kept, not of a file that may have changed since: these figures stay with the submission.
    submitted = version(user, number)
    figures = submission_figures(user, checked_round(round_name), submitted.county, submitted.standard)
    submit(user, number, reason, figures)
    done = Words(f"已提交：纳入 {figures['in']:,} 户", f"submitted: {figures['in']:,} households in")
    _say(number, done, as_json=as_json)


@standards_app.command(
    "approve",
    help=both(
        "批准已提交的标准：由提交人以外的另一名县级经办人批准；自下一期起适用",
        "Approve a submitted standard: another county officer than who submitted it. It applies from the next round on.",
    ),
)
@with_acting_user
def approve_command(
    user: ActingUser,
    number: NumberArgument,
    document: Annotated[str, typer.Option("--document", help=both("批准文号", "number of the approving document"))],
    round_name: ThisRoundOption = None,
    *,
    for_this_round: Annotated[
        bool,
        typer.Option(
            "--for-this-round",
            help=both(
                "也用于本期：结果有变化的户退回村（先用 effect 查看）",
                "for this round too: whose result changes goes back to the village (see first: effect)",
            ),
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Approve a submitted standard: another county officer than who submitted it. It applies from the next round on."""
    # Without --for-this-round the round under way keeps its standard, whatever --round says (0022).
    chosen = _this_round(user, number, round_name) if for_this_round else None
    done = approve(user, number, document, chosen)

    def show() -> None:
        # Within `show`, which runs for people only.
        _say(number, Words("已批准", "approved"), as_json=False)
        if done is not None:
            show_effect(done)

    emit({"id": number, "for_round": chosen, **effect_record(done)}, show, as_json=as_json)


@standards_app.command(
    "effect",
    help=both(
        "先看影响：若批准某一版用于本期，哪些户的结果会变，按村列出；不作任何改动",
        "Show whose result would change if a version were approved for this round, by village; nothing is changed.",
    ),
)
@with_acting_user
def effect_command(
    user: ActingUser,
    number: NumberArgument,
    round_name: ThisRoundOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Whose result would change if a version were approved for this round, by village; nothing is changed."""
    record = effect(user, version(user, number), _this_round(user, number, round_name))
    emit(
        {"id": number, "for_round": record.round, **effect_record(record)},
        lambda: show_effect(record),
        as_json=as_json,
    )


@standards_app.command(
    "return",
    help=both(
        "退回已提交的标准：写明理由，由提交人以外的县级经办人退回",
        "Send a submitted standard back with a reason: another county officer than who submitted it.",
    ),
)
@with_acting_user
def return_command(
    user: ActingUser,
    number: NumberArgument,
    reason: Annotated[str, typer.Option("--reason", help=both("理由", "reason"))],
    *,
    as_json: JsonOption = False,
) -> None:
    """Send a submitted standard back with a reason: another county officer than who submitted it."""
    send_back(user, number, reason)
    _say(number, Words("已退回", "sent back"), as_json=as_json)


@standards_app.command("withdraw", help=both("撤回草案或已提交的标准", "Take back a draft or a submitted standard."))
@with_acting_user
def withdraw_command(
    user: ActingUser,
    number: NumberArgument,
    reason: Annotated[str, typer.Option("--reason", help=both("理由", "reason"))],
    *,
    as_json: JsonOption = False,
) -> None:
    """Take back a draft or a submitted standard."""
    withdraw(user, number, reason)
    _say(number, Words("已撤回", "withdrawn"), as_json=as_json)


@standards_app.command(
    "show",
    help=both(
        "查看一版标准：YAML，可用于 --standard", "Show a version as it is kept: YAML, to be used with --standard."
    ),
)
@with_acting_user
def show_command(
    user: ActingUser,
    number: NumberArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """A version as it is kept: YAML, to be used with --standard."""
    shown = version(user, number)
    emit(
        {
            "id": number,
            "county": shown.county,
            "version": shown.version,
            "hash": shown.hash,
            "standard": standard_data(shown.standard),
        },
        # Without its last newline: printing adds one, and what goes into a file is the YAML that was kept.
        write_standard(shown.standard).rstrip(),
        as_json=as_json,
    )


@standards_app.command(
    "compare",
    help=both(
        "比较两版标准在一期上的不同：谁新增、谁退出、费用多少",
        "Compare the second version against the first over a round: who comes in, who leaves, what it costs.",
    ),
)
@with_acting_user
def compare_command(
    user: ActingUser,
    first: NumberArgument,
    second: NumberArgument,
    round_name: RoundOption,
    *,
    as_json: JsonOption = False,
) -> None:
    """The second version against the first over a round: who comes in, who leaves, what it costs."""
    old, new = version(user, first), version(user, second)
    # Both over the county of the second, so that the counts are of the same households.
    scope = PreviewScope(user.register.facts, checked_round(round_name), new.county)
    before, after = preview(scope, old.standard), preview(scope, new.standard, old.standard)
    record = {"first": first, "second": second, "round": round_name, "newly_in": after["newly_in"], "leaving": after["leaving"],
              "before": {key: before[key] for key in FIGURES if key in before},
              "after": {key: after[key] for key in FIGURES if key in after}}  # fmt: skip

    def show() -> None:
        # A figure that one of them has not stands empty: without a stated cost there is none to compare.
        rows = [[words, before.get(key), after.get(key)] for key, words in _COMPARED.items()]
        columns = [Words("", ""), *(Words(f"第 {each.version} 版", f"version {each.version}") for each in (old, new))]
        show_table(f"{new.county} · {round_name}", columns, rows)
        newly, leaving = f"{after['newly_in']:,}", f"{after['leaving']:,}"
        say(Words(f"新增 {newly} 户；退出 {leaving} 户", f"newly in: {newly}; leaving: {leaving}"))

    emit(record, show, as_json=as_json)


def _this_round(user: ActingUser, number: int, named: str | None) -> str:
    """The round that "this round" means: the one named, else the one under way."""
    return checked_round(named) if named else round_under_way(user, version(user, number).county)


def _say(number: int, done: Words, *, as_json: bool) -> None:
    emit({"id": number}, Words(f"标准 {number}：", f"standard {number}: ") + done, as_json=as_json)
