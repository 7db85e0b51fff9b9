"""What was done with a household, in words: its steps and why they were taken, what visits corrected, the notes of its case."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.procedure.cases import CASE_STEPS
from workbench.domain.procedure.workflow import STEPS, unanswered_return, withdrawn_proposal
from workbench.register.access.acting_user import ActingUser
from workbench.register.cases.notes import notes_of
from workbench.register.joined_records import StepOfEntry
from workbench.register.procedure import fact_corrections
from workbench.register.records import VisitRecord
from workbench.register.standards.effect import reason_in_words
from workbench.ui.kit.texts.facts import fact_label, fact_value
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title


def returned_for(steps: Sequence[StepOfEntry], round_name: str, t: Language) -> str:
    """Why the household came back, until it is proposed again: whoever has visited it since still answers that."""
    here = [step for step in steps if step["round"] == round_name]
    last = unanswered_return([step["step"] for step in here])
    reason = None if last is None else here[last]["reason"]
    return t.words(reason_in_words(reason)) if reason else ""


def returned_by(steps: Sequence[StepOfEntry], round_name: str, people: Mapping[str, str], t: Language) -> str:
    """Who sent the household back, and on which day; empty where nobody did."""
    here = [step for step in steps if step["round"] == round_name]
    last = unanswered_return([step["step"] for step in here])
    if last is None:
        return ""
    account, day = here[last]["account"], here[last]["at"][:10]
    return t("（{who}，{day}）", who=people.get(account, account), day=day)


def withdrawn_reason(steps: Sequence[StepOfEntry], round_name: str) -> str:
    """The reason of the proposal that was withdrawn last, for another one to be written from; empty where none was."""
    here = [step for step in steps if step["round"] == round_name]
    position = withdrawn_proposal([step["step"] for step in here])
    return here[position]["reason"] or "" if position is not None else ""


def case_notes(user: ActingUser, household: str, t: Language) -> dict[int, list[tuple[str, str, str]]]:
    """Return by case what was noted at each of its steps, the step in words."""
    return {
        case: [
            (t.label((CASE_STEPS[name].zh, CASE_STEPS[name].en)), day, text)
            for name, day, text in noted
            if name in CASE_STEPS
        ]
        for case, noted in notes_of(user, household).items()
    }


def corrections_in_words(
    user: ActingUser, visited: Sequence[VisitRecord], t: Language, own: Mapping[str, str]
) -> dict[int, list[tuple[str, str, str]]]:
    """Return by visit what it corrected, in words: a reviewer has to see what stood there before."""
    return {
        visit: [
            (fact_label(name, t, own), fact_value(name, before, t), fact_value(name, after, t))
            for name, before, after in facts
        ]
        for visit, facts in fact_corrections.of_visits(user, [each["id"] for each in visited]).items()
    }


def steps_taken(steps: Sequence[StepOfEntry], plan: Mapping[str, Any], t: Language) -> list[dict[str, Any]]:
    """What was done, newest first: the steps of the procedure, and each version of the plan."""
    made = [
        {
            **each,
            "account": each["who"],
            "round_title": "",
            "label": t("制定帮扶计划")
            if each["number"] == 1
            else t("更改帮扶计划（第 {version} 版）", version=each["number"]),
        }
        for each in plan["versions"]
        if each["at"]
    ]
    # In the order in which they were taken, wherever a minute holds several: sorting keeps that.
    taken = [*made, *(_step(each, t) for each in reversed(steps))]
    return sorted(taken, key=lambda each: str(each["at"])[:16].replace("T", " "), reverse=True)


def _step(step: StepOfEntry, t: Language) -> dict[str, Any]:
    """A step with its label, and its reason in the language of the page."""
    known = STEPS[step["step"]]
    reason = t.words(reason_in_words(step["reason"])) if step["reason"] else step["reason"]
    when, names = round_title(step["round"], t), t.begins((known.zh, known.en))
    return {**step, "label": names, "reason": reason, "round_title": when}
