"""Plans of assistance from a shell: what is suggested, made, shown, ended."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from workbench.cli.language import both, in_language, label
from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import emit, say, show_table
from workbench.cli.register.options import LARGEST_NUMBER, HouseholdArgument, VersionOption, day, with_acting_user
from workbench.domain.assistance.housing_decision import CLAUSE, QUESTIONS, SAFE, HousingDecision, decide_housing
from workbench.domain.assistance.measures import measures
from workbench.domain.facts import LABELS
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assistance.checks import Planned
from workbench.register.assistance.plan_lists import plan_of
from workbench.register.assistance.plans import end_measure, make_plan, suggested

plans_app = typer.Typer(
    no_args_is_help=True,
)
MeasureOption = Annotated[
    list[str] | None,
    typer.Option(
        "--measure",
        help=both(
            "措施；对成员的写上成员编号：industry_link, training:2",
            "a measure, a member's with the member's number: industry_link, training:2",
        ),
    ),
]
_ANSWERS = {True: ("是", "yes"), False: ("否", "no"), None: ("未知", "not known")}


def _yes_or_no(option: str, question: str) -> Any:
    # In both forms, so that neither may be given: a plain flag would make a no of what is not known.
    return typer.Option(f"--{option}/--no-{option}", help=both(QUESTIONS[question][0].zh, QUESTIONS[question][0].en))


@plans_app.command(
    "suggest",
    help=both(
        "按户的致贫原因和事实建议的措施及其理由",
        "Suggest the measures for a household's causes and facts, with their reasons.",
    ),
)
@with_acting_user
def suggest_command(
    user: ActingUser,
    household: HouseholdArgument,
    round_name: RoundOption,
    *,
    as_json: JsonOption = False,
) -> None:
    """The measures proposed from the household's causes and facts, with their reasons."""
    _, proposed = suggested(user, checked_round(round_name), [household])[household]
    offered = (*proposed.household, *proposed.persons)
    measures_shown = [
        {"measure": each.measure.name, "label": each.measure.zh, "clause": each.measure.clause, "people": each.people,
         "reasons": [in_language(reason.words) for reason in each.reasons]}
        for each in offered
    ]  # fmt: skip

    def show() -> None:
        rows = [
            [
                label((each.measure.zh, each.measure.en)),
                each.measure.name,
                each.people,
                each.measure.clause,
                _joined(in_language(reason.words) for reason in each.reasons),
            ]
            for each in offered
        ]
        columns = [
            Words("措施", "measure"), Words("名称", "name"), Words("人数", "people"), Words("条款", "clause"), Words("理由", "reasons"),
        ]  # fmt: skip
        show_table(household, columns, rows)

    emit(
        {
            "household_id": household,
            "round": round_name,
            "proposed": measures_shown,
            "undecided": proposed.undecided,
        },
        show,
        as_json=as_json,
    )


@plans_app.command(
    "housing",
    help=both(
        "危房由谁改造，以及据以判定的各项回答（§3.4-b）；没有回答的即为未知",
        "Decide who renovates an unsafe house, with the answers that decide it (§3.4-b); what is not answered is not known.",
    ),
)
@with_acting_user
def housing_command(
    user: ActingUser,
    household: HouseholdArgument,
    round_name: RoundOption,
    *,
    policy: Annotated[bool | None, _yes_or_no("policy", "policy_eligible")] = None,
    own: Annotated[bool | None, _yes_or_no("own", "own_ability")] = None,
    supporters: Annotated[bool | None, _yes_or_no("supporters", "supporters_ability")] = None,
    as_json: JsonOption = False,
) -> None:
    """Who renovates an unsafe house, and the answers that decide it (§3.4-b); what is not answered is not known."""
    facts, _ = suggested(user, checked_round(round_name), [household])[household]
    decision = decide_housing(facts, policy_eligible=policy, own_ability=own, supporters_ability=supporters)
    # Unanswered questions too: what is still to be asked is half of the answer.
    answers = [
        {"name": each.name, "question": in_language(each.question), "answer": each.answer} for each in decision.answers
    ]
    emit(
        {
            "household_id": household,
            "round": round_name,
            "clause": CLAUSE,
            "outcome": decision.outcome,
            "possible": decision.possible,
            "answers": answers,
            "missing": decision.missing,
        },
        lambda: _show_decision(household, decision),
        as_json=as_json,
    )


def _show_decision(household: str, decision: HousingDecision) -> None:
    # Several ways may be open yet: which of them it is hangs on what nobody has answered.
    ways = _joined(_way(name) for name in decision.possible)
    if decision.outcome is None:
        ways = in_language(Words("还不能判定，可能是：", "cannot be told yet; may be: ")) + ways
    say(Words(f"{household}（{CLAUSE}）：{ways}", f"{household} ({CLAUSE}): {ways}"))
    for each in decision.answers:
        say(f"  {in_language(each.question)} {label(_ANSWERS[each.answer])}")
    if decision.missing:
        open_ones = _joined(_asked(name) for name in decision.missing)
        say(Words(f"  还要弄清：{open_ones}", f"  still to find out: {open_ones}"))


@plans_app.command(
    "make",
    help=both(
        "制定一户的计划，或加以补充；不写 --measure 则照建议",
        "Make a household's plan, or add to it; without --measure, as suggested.",
    ),
)
@with_acting_user
def make_command(
    user: ActingUser,
    household: HouseholdArgument,
    round_name: RoundOption,
    goal: Annotated[str, typer.Option("--goal", help=both("目标", "goal of the plan"))],
    responsible: Annotated[str, typer.Option("--responsible", help=both("责任人", "who is responsible"))],
    measure: MeasureOption = None,
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a household's plan, or add to it; without --measure, as suggested."""
    # None, not an empty list: without --measure the suggestions are meant.
    planned = [_planned(each) for each in measure] if measure else None
    added = make_plan(user, checked_round(round_name), household, goal, responsible, planned, version)
    emit(
        {"household_id": household, "added": added},
        Words(f"{household}：新增措施 {added}", f"{household}: measures added: {added}"),
        as_json=as_json,
    )


@plans_app.command("show", help=both("一户的计划及其全部措施", "Show a household's plan with all its measures."))
@with_acting_user
def show_command(
    user: ActingUser,
    household: HouseholdArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """A household's plan with all its measures."""
    plan = plan_of(user, household)

    def show() -> None:
        if plan is None:
            # No plan is an answer and no fault: the status stays 0.
            say(Words(f"{household}：还没有计划", f"{household}: no plan yet"))
            return
        rows = [
            [
                # As text: a number with separators could not be typed back.
                str(each["id"]),
                each["member"] or Words("全户", "household"),
                _measure(each["measure"]),
                each["since"],
                each["until"],
                each["end_reason"],
            ]
            for each in plan["measures"]
        ]
        columns = [
            Words("编号", "id"), Words("成员", "member"), Words("措施", "measure"), Words("自", "since"), Words("至", "until"),
            Words("结束理由", "reason of the end"),
        ]  # fmt: skip
        show_table(f"{household} · {plan['goal']} · {plan['responsible']}", columns, rows)

    emit({"household_id": household, "plan": plan}, show, as_json=as_json)


@plans_app.command("end", help=both("写明理由，结束一项措施", "End one measure, with a reason."))
@with_acting_user
def end_command(
    user: ActingUser,
    number: Annotated[int, typer.Argument(min=1, max=LARGEST_NUMBER, help=both("措施编号", "id of the measure"))],
    reason: Annotated[str, typer.Option("--reason", help=both("理由", "reason"))],
    on: Annotated[
        str | None, typer.Option("--day", help=both("日期（不写：今天）", "day of the end (default: today)"))
    ] = None,
    version: VersionOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """End one measure, with a reason."""
    end_measure(user, number, day(on, user), reason, version)
    emit(
        {"measure": number, "ended": True}, Words(f"措施 {number}：已结束", f"measure {number}: ended"), as_json=as_json
    )


def _way(outcome: str) -> str:
    """What the housing tree comes to, in words."""
    # No measure of the catalogue: the one end of the tree at which nothing is done.
    if outcome == SAFE:
        return label(("住房安全，不需改造", "safe, nothing to renovate"))
    return _measure(outcome)


def _measure(name: str) -> str:
    """A measure of the catalogue as this run speaks it."""
    return label((measures()[name].zh, measures()[name].en))


def _joined(parts: Iterable[str]) -> str:
    return label(("；", "; ")).join(parts)


def _asked(name: str) -> str:
    """A question that is still open, or the fact that is missing."""
    return in_language(QUESTIONS[name][0]) if name in QUESTIONS else label(LABELS[name])


def _planned(text: str) -> Planned:
    name, sign, member = text.partition(":")
    number = whole_number(member)
    # Read as no number, it would be a measure for the whole household.
    if sign and number is None:
        raise InputError(
            Words(
                f"--measure {text!r}：应如 industry_link 或 training:2",
                f"--measure {text!r}: expected e.g. industry_link or training:2",
                code="cli.measure-expected-industry-link",
            )
        )
    return Planned(name, number if sign else None)
