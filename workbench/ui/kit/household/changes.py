"""What would change a household's result, for the better or the worse; without what nobody can be advised to do."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.facts import CROSS_CHECKS, EXTRA_PREFIX, KEY_GROUPS, PREVIOUS_FACTS
from workbench.domain.rules.counterfactual import Change
from workbench.domain.rules.explanation import Explanation
from workbench.domain.rules.tiers import TIERS
from workbench.risk.early_warning import STANDINGS
from workbench.ui.kit.texts.facts import NO_GROUPS, fact_label, fact_value
from workbench.ui.kit.texts.language import Language

_MOST_CHANGES = 12
_PAST = {*(fact.name for fact in PREVIOUS_FACTS), "exit_year", "cause"}
_LEAST = {"work_months": 0.5}
"""Of a change that is worth saying: a result that turns on three days of work says how near it is, and advises nothing."""
_NOT_BROUGHT_ABOUT = {
    "persons", "students", "seriously_ill", "chronically_ill", "disabled", "severely_disabled", *KEY_GROUPS,
}  # fmt: skip
"""What may befall a household, and what no assistance undoes."""
# Tiers and edge results in one order: a change never leads from one kind of household to the other.
_FROM_THE_WORST = ("below_line", 1, 2, "in", 3, "out")


def result_label(result: Any, t: Language) -> str:
    """Return a tier, or what a standard says, in words."""
    if result in TIERS:
        return t.label(TIERS[result][:2])
    return t.label(STANDINGS[{"in": "edge_in", "out": "edge_out", "below_line": "below_line"}[result]])


def change_sentences(explanation: Explanation, t: Language, own: Mapping[str, str] = NO_GROUPS) -> list[str]:
    """The smallest changes of single facts that would change the result, each said to be for the better or the worse.

    `own`: names of a county's own groups.
    """
    worth_saying = [change for change in explanation.changes if _worth_saying(change)]
    # Alike but for their fact, changes are one sentence: six of them in a row would hide whatever else there is.
    alike: dict[tuple[str, str, Any], list[Change]] = {}
    for change in worth_saying:
        values = (fact_value(change.fact, change.before, t), fact_value(change.fact, change.after, t), change.result)
        alike.setdefault(values, []).append(change)
    return [_sentence(changes, explanation.result, t, own) for changes in list(alike.values())[:_MOST_CHANGES]]


def _worth_saying(change: Change) -> bool:
    # What is past cannot change any more.
    if change.fact in _PAST:
        return False
    least = _LEAST.get(change.fact)
    # A value that becomes known is no small change, whatever it is.
    return least is None or None in (change.before, change.after) or abs(change.after - change.before) >= least


def _to_verify(change: Change, result: Any) -> bool:
    """Whether a change is nothing to be advised, and yet what the result hangs on: it says what to look at twice."""
    # Of a fact that a mapping added nobody here knows whether assistance can bring it about.
    given = change.fact in _NOT_BROUGHT_ABOUT or change.fact.startswith(EXTRA_PREFIX)
    return change.fact in CROSS_CHECKS or (given and _better(change, result))


def _better(change: Change, result: Any) -> bool:
    return _FROM_THE_WORST.index(change.result) > _FROM_THE_WORST.index(result)


def _sentence(changes: list[Change], result: Any, t: Language, own: Mapping[str, str]) -> str:
    change = changes[0]
    names = t("、").join(fact_label(each.fact, t, own) for each in changes)
    values = {
        "fact": t("{names}任一项", names=names) if len(changes) > 1 else names, "before": fact_value(change.fact, change.before, t),
        "after": fact_value(change.fact, change.after, t), "result": result_label(change.result, t),
    }  # fmt: skip
    if _to_verify(change, result):
        return t("核实若不同：{fact}由 {before} 变为 {after}，则为{result}", **values)
    if _better(change, result):
        return t("好转：{fact}由 {before} 变为 {after}，则为{result}", **values)
    return t("转差：{fact}由 {before} 变为 {after}，则为{result}", **values)
