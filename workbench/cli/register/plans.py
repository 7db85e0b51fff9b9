"""Plans of assistance from a shell: what is suggested, made, shown, ended."""

from typing import Annotated, Any

import typer

from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import print_json, say, show_table
from workbench.cli.register.options import LARGEST_NUMBER, HouseholdArgument, VersionOption, at_desk, day
from workbench.domain.assistance.housing_decision import CLAUSE, QUESTIONS, SAFE, decide_housing
from workbench.domain.assistance.measures import measures
from workbench.domain.facts import LABELS
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError
from workbench.register.access.acting_user import Desk
from workbench.register.plans import Planned, end_measure, make_plan, plan_of, suggested

plans_app = typer.Typer(help="帮扶计划 plans of assistance: 一户一计划、一人一措施", no_args_is_help=True)
MeasureOption = Annotated[
    list[str] | None,
    typer.Option("--measure", help="措施，成员的写编号 a measure, with the member's number: industry_link, training:2"),
]
_ANSWERS = {True: "是 yes", False: "否 no", None: "未知 not known"}


def _yes_or_no(option: str, question: str) -> Any:
    return typer.Option(f"--{option}/--no-{option}", help=str(QUESTIONS[question][0]))


@plans_app.command("suggest")
@at_desk
def suggest_command(
    desk: Desk,
    household: HouseholdArgument,
    round_name: RoundOption,
    *,
    as_json: JsonOption = False,
) -> None:
    """建议 The measures proposed from the household's causes and facts, with their reasons."""
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


@plans_app.command("housing")
@at_desk
def housing_command(
    desk: Desk,
    household: HouseholdArgument,
    round_name: RoundOption,
    *,
    policy: Annotated[bool | None, _yes_or_no("policy", "policy_eligible")] = None,
    own: Annotated[bool | None, _yes_or_no("own", "own_ability")] = None,
    supporters: Annotated[bool | None, _yes_or_no("supporters", "supporters_ability")] = None,
    as_json: JsonOption = False,
) -> None:
    """危房怎么改 Who renovates an unsafe house, and the answers that decide it (§3.4-b); what is not answered is not known."""
    facts, _ = suggested(desk, checked_round(round_name), [household])[household]
    found = decide_housing(facts, policy_eligible=policy, own_ability=own, supporters_ability=supporters)
    if as_json:
        told = [{"name": each.name, "question": str(each.question), "answer": each.answer} for each in found.answers]
        print_json({"household_id": household, "round": round_name, "clause": CLAUSE, "outcome": found.outcome,
                    "possible": found.possible, "answers": told, "missing": found.missing})  # fmt: skip
        return
    ways = "；".join(_way(name) for name in found.possible)
    say(
        f"{household}（{CLAUSE}）: {ways if found.outcome else f'还不能判定，可能是 cannot be told yet; may be: {ways}'}"
    )
    for each in found.answers:
        say(f"  {each.question} {_ANSWERS[each.answer]}")
    if found.missing:
        say(f"  还要弄清 still to find out: {'；'.join(_asked(name) for name in found.missing)}")


@plans_app.command("make")
@at_desk
def make_command(
    desk: Desk,
    household: HouseholdArgument,
    round_name: RoundOption,
    goal: Annotated[str, typer.Option("--goal", help="目标 goal")],
    responsible: Annotated[str, typer.Option("--responsible", help="责任人 who is responsible")],
    measure: MeasureOption = None,
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """制定 Make a household's plan, or add to it; without --measure, as suggested."""
    planned = [_planned(each) for each in measure] if measure else None
    added = make_plan(desk, checked_round(round_name), household, goal, responsible, planned, version)
    if as_json:
        print_json({"household_id": household, "added": added})
    else:
        say(f"{household}: 新增措施 measures added {added}")


@plans_app.command("show")
@at_desk
def show_command(
    desk: Desk,
    household: HouseholdArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """查看 A household's plan with all its measures."""
    plan = plan_of(desk, household)
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
@at_desk
def end_command(
    desk: Desk,
    number: Annotated[int, typer.Argument(min=1, max=LARGEST_NUMBER, help="措施编号 id of the measure")],
    reason: Annotated[str, typer.Option("--reason", help="理由 why")],
    on: Annotated[str | None, typer.Option("--day", help="日期 day (default: today)")] = None,
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """结束 End one measure, with a reason."""
    end_measure(desk, number, day(on, desk), reason, version)
    if as_json:
        print_json({"measure": number, "ended": True})
    else:
        say(f"措施 measure {number}: 已结束 ended")


def _way(outcome: str) -> str:
    """What the housing tree comes to, in words."""
    if outcome == SAFE:
        return "住房安全，不需改造 safe, nothing to renovate"
    return f"{measures()[outcome].zh} {measures()[outcome].en}"


def _asked(name: str) -> str:
    """A question that is still open, or the fact that is missing."""
    return str(QUESTIONS[name][0]) if name in QUESTIONS else " ".join(LABELS[name])


def _planned(text: str) -> Planned:
    name, sign, member = text.partition(":")
    number = whole_number(member)
    if sign and number is None:
        raise InputError(f"--measure {text!r}: 应如 expected industry_link 或 or training:2")
    return Planned(name, number if sign else None)
