"""What the training page shows, as HTML: controls of a household, verdict with criteria and clauses, tour and quiz."""

from collections.abc import Collection, Mapping
from typing import Any

from markupsafe import Markup

from workbench.domain.facts import CAUSE_LABELS, CROSS_CHECKS, GUARANTEE_LEVELS, GUARANTEES, KEY_GROUPS, FactType
from workbench.domain.parameters import poverty_line
from workbench.domain.rules.clauses import Clause, Segment, clauses, segments
from workbench.domain.rules.explanation import Explanation, Trace
from workbench.domain.rules.legal_readings import EDGE_IN_WORDS, reading, tiers_in_words
from workbench.ui.kit.controls.fields import plain_number
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.household.changes import change_sentences, result_label
from workbench.ui.kit.household.story import criterion_row
from workbench.ui.kit.texts.facts import fact_label, fact_value, fact_with_unit
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.training.state import TrainingSession, editable, fact_type
from workbench.ui.pages.training.teaching import (
    Facts,
    Question,
    cases,
    first_round,
    plain_household,
    questions,
    result_of,
)

_MARKS = {"in": "edge_in", "out": "edge_out", "cannot_tell": "edge_unknown"}
# The clauses that have words which a criterion stands for.
_LIT_TIERS = ("§2.1.1-c", "§2.1.1-d", "§2.1.1-e")
_LIT_EDGE = ("§2.2-a", "§2.2-b", "§2.2-d")


def controls_html(session: TrainingSession, t: Language) -> Markup:
    """Return the controls of a household of one's own."""
    kind = session.facts["kind"]
    income = session.standard.income.ceiling
    return render(
        "training_controls", t,
        sends=sends, kind=kind,
        cases=[(case.name, t.label(case.title)) for case in cases()],
        sections=form_sections(session.facts, kind, t),
        ceiling=plain_number(income.multiple),
    )  # fmt: skip


def form_sections(facts: Facts, kind: str, t: Language) -> list[tuple[str, list[dict[str, Any]]]]:
    """The controls of a household's facts by section, each with its label, options in words and value."""
    return [(_section(name, t), [_control(fact, facts, t) for fact in names]) for name, names in editable(kind).items()]


def verdict_html(session: TrainingSession, explanation: Explanation, t: Language, facts: Facts) -> Markup:
    """The result, what is missing, every criterion with facts and figures, and the clauses with what holds lit up."""
    kind = facts["kind"]
    result = result_of(explanation, kind)
    return render(
        "training_verdict", t,
        kind=kind,
        mark=_MARKS.get(result, result),
        result=result_words(result, t),
        possible=[result_words(str(each), t) for each in explanation.possible] if explanation.result is None else [],
        missing=[fact_label(name, t) for name in explanation.missing],
        criteria=[criterion_row(trace, t) for trace in explanation.criteria],
        combined=t.words(tiers_in_words(reading("default")) if kind == "lifted" else EDGE_IN_WORDS),
        clauses=[_clause(clauses()[name], explanation, t) for name in (_LIT_TIERS if kind == "lifted" else _LIT_EDGE)],
        line=poverty_line(session.round_name),
        ceiling=session.standard.income.ceiling.multiple,
    )  # fmt: skip


def changes_html(explanation: Explanation, t: Language) -> Markup:
    """Return what would change the result."""
    return render("training_changes", t, changes=change_sentences(explanation, t))


def tour_html(session: TrainingSession, t: Language) -> Markup:
    """A case of the tour: what it teaches, and the facts in which it differs from the plain household."""
    case = session.case
    plain = plain_household(case.kind)
    differing = [name for name, value in case.facts.items() if plain.get(name) != value]
    return render(
        "training_tour", t,
        sends=sends, step=session.step, case=case, total=len(cases()),
        titles=[t.label(each.title) for each in cases()],
        teaches=t.label(case.teaches), attempt=t.label(case.attempt), title=t.label(case.title),
        notice=t.label(case.notice), ours=t.label(case.ours), round_note=round_note(first_round(), session.round_name, case.result, session.result(case), t),
        facts=[(fact_with_unit(name, t), fact_value(name, case.facts[name], t), name in differing) for name in facts_shown(case.facts, differing)],
        plain=plain_facts(case.kind, t) if differing else [],
    )  # fmt: skip


def quiz_html(session: TrainingSession, t: Language) -> Markup:
    """The questions answered, each with its explanation, and the one that is open."""
    answered = [question for question in questions() if question.name in session.answers]
    return render(
        "training_quiz", t,
        sends=sends,
        # The last answer first: its explanation is what one wants to read next.
        answered=[_answered(number, question, session, t) for number, question in enumerate(answered, 1)][::-1],
        open=_asked(session.open_question, t),
        right=session.right, total=len(questions()),
    )  # fmt: skip


def _answered(number: int, question: Question, session: TrainingSession, t: Language) -> dict[str, Any]:
    given, result = session.answers[question.name], session.result(question)
    return {
        "number": number,
        "ask": t.label(question.ask),
        "right": given == result,
        "given": result_words(given, t),
        "result": result_words(result, t),
        "mark": _MARKS.get(result, result),
        "explain": t.label(question.explain),
        "round_note": round_note(first_round(), session.round_name, question.result, result, t),
    }


def round_note(written_for: str, round_name: str, written: str, result: str, t: Language) -> str:
    """What is different in a round from the one that a text was `written_for`, and its result; empty where nothing is."""
    then, now = poverty_line(written_for).value, poverty_line(round_name).value
    # Another line may leave the result as it was: the figures in the text are those of another year all the same.
    if then == now and written == result:
        return ""
    return t(
        "文字按扶贫标准 {then} 元写；本期标准 {now} 元，按本期这一户是：{result}。",
        then=t.number(then), now=t.number(now), result=result_words(result, t),
    )  # fmt: skip


def _asked(question: Question | None, t: Language) -> dict[str, Any] | None:
    if question is None:
        return None
    plain = plain_household(question.kind)
    differing = [name for name, value in question.facts.items() if plain.get(name) != value]
    return {
        "name": question.name,
        "ask": t.label(question.ask),
        "facts": [
            (fact_with_unit(name, t), fact_value(name, question.facts[name], t), name in differing)
            for name in facts_shown(question.facts, differing)
        ],
        "plain": plain_facts(question.kind, t),
        "options": [(option, _MARKS.get(option, option), result_words(option, t)) for option in question.options],
    }


def plain_facts(kind: str, t: Language) -> list[tuple[str, str]]:
    """Every fact of the plain household of a kind that the rules read: its label with the unit, and its value in words."""
    plain = plain_household(kind)
    return [(fact_with_unit(name, t), fact_value(name, plain[name], t)) for name in _read_facts(plain)]


def _read_facts(facts: Facts) -> list[str]:
    # In the order of the form: there a trainer finds them again.
    return [name for names in editable(facts["kind"]).values() for name in names if name in facts]


def facts_shown(facts: Facts, differing: Collection[str]) -> list[str]:
    """The facts worth reading: what differs from the plain household, and the income; all of the plain household itself."""
    if not differing:
        return _read_facts(facts)
    # In the order of the household's facts, so that two cases can be read side by side.
    return [name for name in facts if name in (*differing, "persons", "income_pc") and name != "kind"]


def result_words(result: str, t: Language) -> str:
    """Return a result as people say it."""
    if result == "undetermined":
        return t("暂不能判定")
    if result == "cannot_tell":
        return t("不能判定")
    if result in ("in", "out"):
        return t("纳入") if result == "in" else t("不纳入")
    # An address and a button hold texts, and tiers are numbers to the rules.
    return result_label(int(result) if result in ("1", "2", "3") else result, t)


def _clause(clause: Clause, explanation: Explanation, t: Language) -> dict[str, Any]:
    values = {trace.name: trace for trace in explanation.criteria}
    return {
        "id": clause.id,
        "place": clause.place[t.code],
        "passages": [_segment(segment, values) for segment in segments(clause, t.code)],
    }


def _segment(segment: Segment, traces: Mapping[str, Trace]) -> dict[str, Any]:
    """A piece of text, lit where one of its criteria holds, marked where that cannot be told."""
    values = [traces[name].value for name in segment.criteria if name in traces]
    # One that holds is enough; else what is not known keeps it open, as in the rules (0003).
    state = "true" if True in values else "open" if None in values else "false" if values else ""
    return {"text": segment.text, "state": state}


def _section(name: str, t: Language) -> str:
    return {
        "people": t("人口、劳力、土地"),
        "money": t("收入"),
        "spending": t("支出"),
        "guarantees": t("两不愁三保障"),
        "groups": t("重点群体"),
        "checks": t("比对情况"),
    }[name]


def _control(name: str, facts: Facts, t: Language) -> dict[str, Any]:
    value = facts.get(name)
    return {
        "name": name,
        "label": fact_with_unit(name, t),
        "options": _options(name, t),
        "value": _typed(value),
        "send": sends(do="fact", fact=name),
    }


def _options(name: str, t: Language) -> list[tuple[str, str]]:
    """The values that may be chosen, "not known" first; none where a number is typed."""
    unknown = ("", t("未知"))
    if name in GUARANTEES:
        return [unknown, *((str(level), t.label(words)) for level, words in GUARANTEE_LEVELS.items())]
    if name == "cause":
        return [unknown, *((cause, t.label(words)) for cause, words in CAUSE_LABELS.items())]
    if name in (*KEY_GROUPS, *CROSS_CHECKS) or fact_type(name) is FactType.BOOLEAN:
        return [unknown, ("true", t("是")), ("false", t("否"))]
    return []


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_number(value)
