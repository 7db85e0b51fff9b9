"""The steps of a plan of assistance, from the forms of the household in sight."""

from collections.abc import Callable

from workbench.domain.assistance.measures import Level, measures
from workbench.domain.assistance.terms import Terms
from workbench.domain.assistance.typed_terms import typed_terms
from workbench.errors import InputError, Words
from workbench.register.assistance.changes import add_measure, change_measure
from workbench.register.assistance.checks import Planned
from workbench.register.assistance.plans import end_measure, make_plan
from workbench.ui.kit.controls.pane_fields import Fields, day, number, one
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.state import RegisterSession


def plan_said(t: Language) -> dict[str, str]:
    """Return what is said when a step was taken, by its name."""
    return {
        "plan": t("计划已制定。"), "plan_goal": t("计划的目标和责任人已更改。"), "add_measure": t("措施已增加。"),
        "change_measure": t("措施已更改；原来的内容留在历次版本中。"), "end_measure": t("措施已结束。"),
    }  # fmt: skip


def _make(session: RegisterSession, fields: Fields) -> None:
    """Make the plan of the household in sight, as suggested."""
    goal, responsible = one(fields, "goal"), one(fields, "responsible")
    make_plan(session.user, session.round_name, session.household, goal, responsible, version=number(fields, "version"))


def _goal(session: RegisterSession, fields: Fields) -> None:
    """Change the goal or the person responsible; the measures stay as they are."""
    goal, responsible = one(fields, "goal"), one(fields, "responsible")
    version = number(fields, "version")
    # No measures added: an empty list, where None would take those that are suggested.
    make_plan(session.user, session.round_name, session.household, goal, responsible, [], version)


def _add(session: RegisterSession, fields: Fields) -> None:
    """One measure more."""
    name = one(fields, "measure")
    # A form has the field of the member for every measure; of one for the whole household it says nothing.
    new = Planned(name, _member(fields) if _personal(name) else None, terms=_terms(fields))
    add_measure(session.user, session.round_name, session.household, new, number(fields, "version"))


def _change(session: RegisterSession, fields: Fields) -> None:
    """Change the member or the terms of one measure."""
    change_measure(
        session.user, session.round_name, _measure(fields), _member(fields), _terms(fields), one(fields, "reason"),
        number(fields, "version"),
    )  # fmt: skip


def _end(session: RegisterSession, fields: Fields) -> None:
    """The end of one measure."""
    end_measure(session.user, _measure(fields), day(fields), one(fields, "reason"), number(fields, "version"))


PLAN_STEPS: dict[str, Callable[[RegisterSession, Fields], None]] = {
    "plan": _make, "plan_goal": _goal, "add_measure": _add, "change_measure": _change, "end_measure": _end,
}  # fmt: skip
"""By the name that a form sends."""


def take_plan_step(session: RegisterSession, name: str, fields: Fields) -> None:
    """Take one of PLAN_STEPS for the household in sight."""
    PLAN_STEPS[name](session, fields)
    session.revision += 1


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
