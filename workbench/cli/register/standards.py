"""A county's standard through its life, from a shell: draft, submit, approve, withdraw, show, compare."""

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.options import CountyOption, JsonOption, RoundOption, checked_round, standard_of
from workbench.cli.output import print_json, say, show_table
from workbench.cli.register.options import LARGEST_NUMBER, at_desk
from workbench.domain.rules.standard import standard_data, write_standard
from workbench.preview.request import Scene, preview
from workbench.preview.submission import FIGURES, submission_figures
from workbench.register.access.acting_user import Desk
from workbench.register.standards.effect import RESULTS, Effect, effect
from workbench.register.standards.versions import (
    STATES,
    approve,
    draft,
    round_under_way,
    submit,
    version,
    versions,
    withdraw,
)

standards_app = typer.Typer(
    help="边缘户标准 the county's standard: 起草 draft, 提交 submit, 批准 approve", no_args_is_help=True
)
ThisRoundOption = Annotated[
    str | None, typer.Option("--round", help="哪一轮是本轮 which round is meant (default: the one under way)")
]
NumberArgument = Annotated[int, typer.Argument(min=1, max=LARGEST_NUMBER, help="标准编号 id of the version")]


@standards_app.command("list")
@at_desk
def list_command(
    desk: Desk,
    county: CountyOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """各版标准 Every version of the own area, newest first, and which is in force today."""
    rows = versions(desk, county)
    if as_json:
        print_json({"standards": rows})
        return
    shown = [
        [row["id"], row["county"], row["version"], row["title"], STATES[row["state"]][0], row["effective"],
         "✓" if row["in_force"] else "", row["reason"]]
        for row in rows
    ]  # fmt: skip
    columns = [
        "编号 id",
        "县区",
        "版 version",
        "名称 title",
        "状态 state",
        "施行 effective",
        "现行 in force",
        "理由 reason",
    ]
    show_table("边缘户标准 standards", columns, shown)


@standards_app.command("draft")
@at_desk
def draft_command(
    desk: Desk,
    path: Annotated[Path, typer.Argument(help="标准 standard (YAML)")],
    county: CountyOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """起草 Keep a standard as a draft of its county."""
    number = draft(desk, standard_of(path), county)
    _say(number, "已存为草案 kept as a draft", as_json=as_json)


@standards_app.command("submit")
@at_desk
def submit_command(
    desk: Desk,
    number: NumberArgument,
    round_name: RoundOption,
    reason: Annotated[str, typer.Option("--reason", help="理由 why")],
    *,
    as_json: JsonOption = False,
) -> None:
    """提交 Submit a draft with a reason; the figures of its preview over the round are kept with it."""
    found = version(desk, number)
    figures = submission_figures(desk, checked_round(round_name), found.county, found.standard)
    submit(desk, number, reason, figures)
    _say(number, f"已提交 submitted: 纳入 in {figures['in']:,} 户 households", as_json=as_json)


@standards_app.command("approve")
@at_desk
def approve_command(
    desk: Desk,
    number: NumberArgument,
    document: Annotated[str, typer.Option("--document", help="批准文号 number of the approving document")],
    round_name: ThisRoundOption = None,
    *,
    for_this_round: Annotated[
        bool,
        typer.Option(
            "--for-this-round",
            help="也用于本轮：结果有变化的退回村 for this round too: who changes goes back (see first: effect)",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """批准 Approve a submitted standard: another county officer than who submitted it. It applies from the next round on."""
    chosen = _this_round(desk, number, round_name) if for_this_round else None
    done = approve(desk, number, document, chosen)
    if as_json:
        print_json({"id": number, "for_round": chosen, **_effect_record(done)})
        return
    _say(number, "已批准 approved", as_json=False)
    if done is not None:
        _show_effect(done)


@standards_app.command("effect")
@at_desk
def effect_command(
    desk: Desk,
    number: NumberArgument,
    round_name: ThisRoundOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """先看影响 Whose result would change if a version were approved for this round, by village; nothing is changed."""
    found = effect(desk, version(desk, number), _this_round(desk, number, round_name))
    if as_json:
        print_json({"id": number, "for_round": found.round, **_effect_record(found)})
    else:
        _show_effect(found)


@standards_app.command("withdraw")
@at_desk
def withdraw_command(
    desk: Desk,
    number: NumberArgument,
    reason: Annotated[str, typer.Option("--reason", help="理由 why")],
    *,
    as_json: JsonOption = False,
) -> None:
    """撤回 Take back a draft or a submitted standard."""
    withdraw(desk, number, reason)
    _say(number, "已撤回 withdrawn", as_json=as_json)


@standards_app.command("show")
@at_desk
def show_command(
    desk: Desk,
    number: NumberArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """查看 A version as it is kept: YAML, to be used with --standard."""
    found = version(desk, number)
    if as_json:
        print_json({"id": number, "county": found.county, "version": found.version, "hash": found.hash,
                    "standard": standard_data(found.standard)})  # fmt: skip
    else:
        say(write_standard(found.standard).rstrip())


@standards_app.command("compare")
@at_desk
def compare_command(
    desk: Desk,
    first: NumberArgument,
    second: NumberArgument,
    round_name: RoundOption,
    *,
    as_json: JsonOption = False,
) -> None:
    """比较 The second version against the first over a round: who comes in, who leaves, what it costs."""
    old, new = version(desk, first), version(desk, second)
    scene = Scene(desk.register.facts, checked_round(round_name), new.county)
    before, after = preview(scene, old.standard), preview(scene, new.standard, old.standard)
    record = {"first": first, "second": second, "round": round_name, "newly_in": after["newly_in"], "leaving": after["leaving"],
              "before": {key: before[key] for key in FIGURES if key in before},
              "after": {key: after[key] for key in FIGURES if key in after}}  # fmt: skip
    if as_json:
        print_json(record)
        return
    keys = {"in": "纳入 in", "cannot_tell": "不能判定 cannot tell", "below_line": "低于标准 below the line", "cost": "费用 cost",
            "expected_slips": "预计下滑 expected slips"}  # fmt: skip
    rows = [[label, before.get(key), after.get(key)] for key, label in keys.items()]
    show_table(f"{new.county} · {round_name}", ["", f"第 {old.version} 版", f"第 {new.version} 版"], rows)
    say(f"新增 newly in {after['newly_in']:,}；退出 leaving {after['leaving']:,}")


def _this_round(desk: Desk, number: int, named: str | None) -> str:
    """The round that "this round" means: the one named, else the one under way."""
    return checked_round(named) if named else round_under_way(desk, version(desk, number).county)


def _effect_record(found: Effect | None) -> dict[str, Any]:
    if found is None:
        return {"standing": None, "changed": None, "households": [], "by_village": []}
    return {
        "standing": found.standing,
        "changed": len(found.changed),
        "households": [
            {"household_id": each.household_id, "township": each.entry["township"], "village": each.entry["village"],
             "before": each.before, "after": each.after}
            for each in found.changed
        ],
        "by_village": [
            {"township": township, "village": village, "households": count}
            for township, village, count in found.by_village()
        ],
    }  # fmt: skip


def _show_effect(found: Effect) -> None:
    say(
        f"{found.round}: 结果有变化、退回村 another result, back to the village {len(found.changed):,}; "
        f"结果不变 the same result, stand {found.standing:,}"
    )
    for township, village, count in found.by_village():
        say(f"  {township or '未注明'} {village or '未注明'}: {count:,}")
    for each in found.changed:
        say(f"    {each.household_id}: {RESULTS[each.before][0]} → {RESULTS[each.after][0]}")


def _say(number: int, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": number})
    else:
        say(f"标准 standard {number}: {text}")
