"""What a sheet of cases shows, on paper and as a quiz: facts, question, the possible results, and the answer with its reasons."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.rules.clauses import clauses
from workbench.ui.kit.texts.facts import fact_label, fact_value, fact_with_unit
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.training.own_sets import OwnCase
from workbench.ui.pages.training.teaching import (
    Case,
    Question,
    cases,
    explained,
    first_round,
    plain_household,
    questions,
    reference_standard,
    result_of,
    results_of,
)
from workbench.ui.pages.training.views import facts_shown, plain_facts, result_words, round_note


def built_in_cases(round_name: str, t: Language) -> list[dict[str, Any]]:
    """The ten cases of the tour, each with what the notice says and what is our reading."""
    return [
        {
            **_household(case, round_name, t, t.label(case.title)),
            "ask": t.label(case.teaches),
            "notice": t.label(case.notice),
            "ours": t.label(case.ours),
            "explain": "",
        }
        for case in cases()
    ]


def built_in_questions(round_name: str, t: Language) -> list[dict[str, Any]]:
    """Return the questions of the quiz."""
    return [
        {**_household(each, round_name, t, ""), "ask": t.label(each.ask), "explain": t.label(each.explain)}
        for each in questions()
    ]


def own_cases(written: Sequence[OwnCase], round_name: str, t: Language) -> list[dict[str, Any]]:
    """Return the cases of a trainer's set."""
    items = []
    for number, case in enumerate(written):
        clause = clauses().get(case.clause)
        item = _household(case, round_name, t, case.title)
        items.append(
            {
                **item,
                "name": str(number),
                "ask": case.ask,
                "explain": case.explain,
                "clause": clause.place[t.code] if clause else "",
            }
        )
    return items


def plain_households(items: Sequence[Mapping[str, Any]], t: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """The plain household of each kind among the items, in words: a sheet on paper has no page to look it up on."""
    words = {"lifted": t("已脱贫户"), "unregistered": t("未建档户")}
    return [(words[kind], plain_facts(kind, t)) for kind in dict.fromkeys(str(item["plain"]) for item in items)]


def marked(items: Sequence[Mapping[str, Any]], answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """The items with what was answered, `given` empty where nothing was."""
    return [
        {
            **item,
            "given": dict(item["options"]).get(answers.get(item["name"], ""), ""),
            "right": answers.get(item["name"]) == item["result"],
        }
        for item in items
    ]


def _household(case: Case | Question | OwnCase, round_name: str, t: Language, title: str) -> dict[str, Any]:
    plain = plain_household(case.kind)
    differing = [name for name, value in case.facts.items() if plain.get(name) != value]
    explanation = explained(case.facts, round_name, reference_standard())
    result = result_of(explanation, case.kind)
    return {
        "name": getattr(case, "name", ""),
        "title": title,
        "kind": t("一户已脱贫户") if case.kind == "lifted" else t("一户未建档户"),
        "plain": case.kind,
        "facts": [
            (fact_with_unit(name, t), fact_value(name, case.facts[name], t), name in differing)
            for name in facts_shown(case.facts, differing)
        ],
        "options": [(option, result_words(option, t)) for option in results_of(case.kind)],
        "result": result,
        "answer": result_words(result, t),
        "holds": [
            (t.label((trace.zh, trace.en)), t.clause(trace.clause)) for trace in explanation.criteria if trace.value
        ],
        "missing": [fact_label(name, t) for name in explanation.missing],
        "round_note": round_note(getattr(case, "round_name", first_round()), round_name, case.result, result, t),
    }
