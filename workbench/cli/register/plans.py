"""Plans of assistance from a shell: what is suggested, made, shown, ended."""

from typing import Annotated

import typer

from workbench.cli.options import JsonOption, RoundOption, StoreOption, checked_round
from workbench.cli.output import print_json, say, show_table
from workbench.cli.register.options import AsOption, AtOption, HouseholdArgument, RegisterOption, day, the_desk
from workbench.domain.measures import measures
from workbench.errors import InputError
from workbench.store.register.plans import Planned, end_measure, make_plan, plan_of, suggested

plans_app = typer.Typer(help="帮扶计划 plans of assistance: 一户一计划、一人一措施", no_args_is_help=True)
MeasureOption = Annotated[
    list[str] | None,
    typer.Option("--measure", help="措施，成员的写编号 a measure, with the member's number: industry_link, training:2"),
]


@plans_app.command("suggest")
def suggest_command(
    household: HouseholdArgument,
    round_name: RoundOption,
    account: AsOption = None,
    at: AtOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """建议 The measures proposed from the household's causes and facts, with their reasons."""
    desk = the_desk(store, register, account, at)
    _, proposed = suggested(desk, checked_round(round_name), [household])[household]
    offered = (*proposed.household, *proposed.persons)
    if as_json:
        told = [
            {"measure": each.measure.name, "label": each.measure.zh, "clause": each.measure.clause, "people": each.people,
             "reasons": [str(reason.words) for reason in each.reasons]}
            for each in offered
        ]  # fmt: skip
        print_json({"household_id": household, "round": round_name, "proposed": told, "undecided": proposed.undecided})
        return
    rows = [
        [
            each.measure.zh,
            each.measure.name,
            each.people,
            each.measure.clause,
            "；".join(str(reason.words) for reason in each.reasons),
        ]
        for each in offered
    ]
    show_table(household, ["措施 measure", "", "人数 people", "条款 clause", "理由 why"], rows)


@plans_app.command("make")
def make_command(
    household: HouseholdArgument,
    round_name: RoundOption,
    goal: Annotated[str, typer.Option("--goal", help="目标 goal")],
    responsible: Annotated[str, typer.Option("--responsible", help="责任人 who is responsible")],
    measure: MeasureOption = None,
    account: AsOption = None,
    at: AtOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """制定 Make a household's plan, or add to it; without --measure, as suggested."""
    desk = the_desk(store, register, account, at)
    planned = [_planned(each) for each in measure] if measure else None
    added = make_plan(desk, checked_round(round_name), household, goal, responsible, planned)
    if as_json:
        print_json({"household_id": household, "added": added})
    else:
        say(f"{household}: 新增措施 measures added {added}")


@plans_app.command("show")
def show_command(
    household: HouseholdArgument,
    account: AsOption = None,
    at: AtOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """查看 A household's plan with all its measures."""
    plan = plan_of(the_desk(store, register, account, at), household)
    if as_json:
        print_json({"household_id": household, "plan": plan})
        return
    if plan is None:
        say(f"{household}: 还没有计划 no plan yet")
        return
    rows = [
        [
            each["id"],
            each["member"] or "全户 household",
            measures()[each["measure"]].zh,
            each["since"],
            each["until"],
            each["end_reason"],
        ]
        for each in plan["measures"]
    ]
    columns = ["编号 id", "成员 member", "措施 measure", "自 since", "至 until", "结束理由 why ended"]
    show_table(f"{household} · {plan['goal']} · {plan['responsible']}", columns, rows)


@plans_app.command("end")
def end_command(
    number: Annotated[int, typer.Argument(help="措施编号 id of the measure")],
    reason: Annotated[str, typer.Option("--reason", help="理由 why")],
    on: Annotated[str | None, typer.Option("--day", help="日期 day (default: today)")] = None,
    account: AsOption = None,
    at: AtOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """结束 End one measure, with a reason."""
    desk = the_desk(store, register, account, at)
    end_measure(desk, number, day(on, desk), reason)
    if as_json:
        print_json({"measure": number, "ended": True})
    else:
        say(f"措施 measure {number}: 已结束 ended")


def _planned(text: str) -> Planned:
    name, sign, member = text.partition(":")
    if sign and not member.isdigit():
        raise InputError(f"--measure {text!r}: 应如 expected industry_link 或 or training:2")
    return Planned(name, int(member) if sign else None)
