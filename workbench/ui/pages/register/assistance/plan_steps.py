"""The steps of a plan of assistance, from the forms of the household in sight."""

from collections.abc import Callable

from workbench.domain.assistance.measures import Level, measures
from workbench.domain.assistance.terms import Terms
from workbench.domain.assistance.typed_terms import typed_terms
from workbench.errors import InputError, Words
from workbench.register.assistance.changes import add_measure, change_measure
from workbench.register.assistance.checks import Planned
from workbench.register.assistance.plan_lists import plan_of
from workbench.register.assistance.plans import end_measure, make_plan
from workbench.ui.kit.controls.pane_fields import Fields, day, number, one
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.state import RegisterSession


def plan_said(name: str, t: Language, *, changed: bool) -> str:
    """Return what is said when a step was taken, by its name; of one that changed nothing, that it did not."""
    if not changed:
        # Sent twice, or as it was: whoever reads that it was added looks for it twice in the plan.
        return (
            t("计划里已有同样的一项，没有再增加。")
            if name == "add_measure"
            else t("与原来相同，没有更改，也没有新的版本。")
        )
    return {
        "plan": t("计划已制定。"), "plan_goal": t("计划的目标和责任人已更改。"), "add_measure": t("措施已增加。"),
        "change_measure": t("措施已更改；原来的内容留在历次版本中。"), "end_measure": t("措施已结束。"),
    }[name]  # fmt: skip


def _make(session: RegisterSession, fields: Fields) -> bool:
    """Make the plan of the household in sight, as suggested."""
    goal, responsible = one(fields, "goal"), one(fields, "responsible")
    make_plan(session.user, session.round_name, session.household, goal, responsible, version=number(fields, "version"))
    return True


def _goal(session: RegisterSession, fields: Fields) -> bool:
    """Change the goal or the person responsible; the measures stay as they are."""
    goal, responsible = one(fields, "goal"), one(fields, "responsible")
    version = number(fields, "version")
    before = plan_of(session.user, session.household)
    # No measures added: an empty list, where None would take those that are suggested.
    make_plan(session.user, session.round_name, session.household, goal, responsible, [], version)
    return before is None or (before["goal"], before["responsible"]) != (goal, responsible)


def _add(session: RegisterSession, fields: Fields) -> bool:
    """One measure more; returns whether it was not in the plan yet."""
    name = one(fields, "measure")
    # A form has the field of the member for every measure; of one for the whole household it says nothing.
    new = Planned(name, _member(fields) if _personal(name) else None, terms=_terms(fields))
    return add_measure(session.user, session.round_name, session.household, new, number(fields, "version"))


def _change(session: RegisterSession, fields: Fields) -> bool:
    """Change the member or the terms of one measure; returns whether anything differs."""
    return change_measure(
        session.user, session.round_name, _measure(fields), _member(fields), _terms(fields), one(fields, "reason"),
        number(fields, "version"),
    )  # fmt: skip


def _end(session: RegisterSession, fields: Fields) -> bool:
    """The end of one measure."""
    end_measure(session.user, _measure(fields), day(fields), one(fields, "reason"), number(fields, "version"))
    return True


PLAN_STEPS: dict[str, Callable[[RegisterSession, Fields], bool]] = {
    "plan": _make, "plan_goal": _goal, "add_measure": _add, "change_measure": _change, "end_measure": _end,
}  # fmt: skip
"""By the name that a form sends."""


def take_plan_step(session: RegisterSession, name: str, fields: Fields) -> bool:
    """Take one of PLAN_STEPS for the household in sight; returns whether the plan is another now."""
    changed = PLAN_STEPS[name](session, fields)
    session.revision += 1
    return changed


def _personal(name: str) -> bool:
    return name in measures() and measures()[name].level is Level.PERSON


def _member(fields: Fields) -> int | None:
    return number(fields, "member")


def _measure(fields: Fields) -> int:
    measure = number(fields, "measure")
    if measure is None:
        raise InputError(Words("没有写明措施", "no measure is named", code="ui.no-measure-named"))
    return measure


def _terms(fields: Fields) -> Terms:
    # In the order of the arguments of `typed_terms`.
    return typed_terms(*(one(fields, name) for name in ("amount", "starts", "due", "link", "responsible", "detail")))
