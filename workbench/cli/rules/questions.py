"""The command `questions`: what still has to be asked of a household so that the rules can tell."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.language import both, label
from workbench.cli.options import (
    CountyOption,
    JsonOption,
    LineOption,
    ReadingOption,
    RoundOption,
    StoreOption,
    checked_round,
    open_store,
    standard_of,
)
from workbench.cli.output import SIMULATED, emit, say
from workbench.cli.rules.explained import EDGE_WORDS, say_standard
from workbench.cli.standards.applied import standard_applied
from workbench.domain.facts import KINDS, label_of
from workbench.domain.parameters import tier_parameters
from workbench.domain.procedure.corrections import check_corrections
from workbench.domain.rules.explanation import Explanation, explain_edge, explain_tier, lacking_for_line
from workbench.domain.rules.legal_readings import reading as reading_named
from workbench.domain.rules.round_rules import LIFTED, UNREGISTERED
from workbench.domain.rules.tiers import TIERS
from workbench.domain.visits.answers import read_answer
from workbench.domain.visits.decision_rule import DecisionRule, edge_rule, tier_rule
from workbench.domain.visits.shortest_visit import Question, VisitedHousehold, open_questions
from workbench.errors import InputError, Words
from workbench.preview.scope import PreviewScope
from workbench.safeguards.plain_data import Json
from workbench.statistics.shortest_visit import RecordedFacts, recorded_facts, usual_answers
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope

if TYPE_CHECKING:
    from workbench.register.standards.in_force import StandardInUse

_RESULTS: dict[int | str, tuple[str, str]] = {
    **EDGE_WORDS,
    **{tier: (f"{zh}（{colour}）", en) for tier, (zh, en, colour) in TIERS.items()},
}  # fmt: skip


def questions_command(
    household: Annotated[str, typer.Argument(help=both("户编号", "household number"))],
    round_name: RoundOption,
    county: CountyOption = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            "--answer",
            help=both(
                "已问到的：事实=值，可写多次；问不到的写 事实=未知", "an answer, FACT=VALUE, repeatable; FACT=unknown"
            ),
        ),
    ] = None,
    standard: Annotated[
        Path | None,
        typer.Option(
            "--standard",
            help=both(
                "对未建档户：标准（YAML 文件），平时用本期的标准", "for unregistered households: a standard (YAML)"
            ),
        ),
    ] = None,
    reading: ReadingOption = "default",
    line: LineOption = None,
    store: StoreOption = None,
    *,
    trust_records: Annotated[
        bool,
        typer.Option(
            "--trust-records",
            help=both("已记录的都算数，只问缺的", "take what is recorded for certain; ask what is missing"),
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """The questions that settle a household soonest, the next one first."""
    facts = open_store(store)
    recorded = recorded_facts(facts, checked_round(round_name), household, county)
    rules = _HouseholdRules(facts, round_name, recorded, standard, reading, line)
    answers = dict(_answer(each, rules.own_groups) for each in answer or [])
    _check_answers(answers, recorded, round_name, rules.own_groups)
    # What is recorded is only expected, unless somebody trusts it: certain is what was answered at the visit (0040).
    certain = {**(recorded.known_now if trust_records else {}), **answers}
    # Asked and not known: it is not asked again, and is not the same as not asked yet.
    unanswerable = frozenset(name for name, value in answers.items() if value is None)
    visited = VisitedHousehold(certain, recorded.facts, unanswerable)
    kind, code = recorded.facts["kind"], recorded.facts["county_code"]
    # How the county's households usually answer is expected where nothing is recorded (0040).
    questions = open_questions(visited, rules.decision, usual_answers(facts, round_name, code, kind, rules.decision))
    explained = rules.explain(visited)
    record = {
        "household_id": household, "round": round_name, "county": code, "kind": kind,
        "settled": explained.result is not None and not lacking_for_line(explained), "result": explained.result, "possible": explained.possible,
        "questions": [_question(each, recorded, rules.own_groups) for each in questions], "answers": answers,
        "missing": explained.missing, "can_be_asked": len(rules.decision.askable),
        "standard": rules.standard.record() if rules.standard else None, "own_groups": dict(rules.own_groups),
        "simulated": RoundScope(facts, round_name, code).simulated,
    }  # fmt: skip
    emit(record, lambda: _show(record), as_json=as_json)


class _HouseholdRules:
    """The rules of a household's kind, as a rule and as an explanation."""

    def __init__(
        self, store: FactStore, round_name: str, recorded: RecordedFacts, standard: Path | None, reading: str,
        line: float | None,
    ) -> None:  # fmt: skip
        kind, county = recorded.facts["kind"], recorded.facts["county_code"]
        if kind == LIFTED:
            self._parameters, self._reading = tier_parameters(round_name, line), reading_named(reading)
            self._limits = None
            self.standard: StandardInUse | None = None
            self.decision: DecisionRule = tier_rule(self._parameters, self._reading)
        elif kind == UNREGISTERED:
            scope = PreviewScope(store, round_name, county, line)
            self.standard = standard_applied(scope, standard_of(standard) if standard else None)
            self._limits = scope.limits_of(self.standard.standard)
            self.decision = edge_rule(self._limits)
        else:
            label_zh, label_en = KINDS.get(kind or "", ("户类型未知", "of unknown kind"))
            raise InputError(
                Words(
                    f"此户为“{label_zh}”；走访要问的只对已脱贫户和未建档立卡户排出",
                    f"the household is {label_en}; questions are put to lifted and unregistered households",
                    code="cli.questions-of-other-kind",
                )
            )

    @property
    def own_groups(self) -> Mapping[str, str]:
        """What the county calls the key groups of its own, by fact; none for a lifted household."""
        return self._limits.own_groups if self._limits is not None else {}

    def explain(self, visited: VisitedHousehold) -> Explanation:
        """Return what can be told by what is certain."""
        certain = visited.certain(self.decision)
        if self._limits is not None:
            # What would change the result takes longer to find, and nobody asked for it here.
            return explain_edge(certain, self._limits, with_changes=False)
        return explain_tier(certain, self._parameters, self._reading, with_changes=False)


def _check_answers(
    answers: Mapping[str, Any], recorded: RecordedFacts, round_name: str, own_groups: Mapping[str, str]
) -> None:
    """Raise InputError for a figure that cannot be beside those recorded."""
    # Of a group of the county's own there is no figure that could be too high.
    figures = {name: value for name, value in answers.items() if name not in own_groups}
    check_corrections({**recorded.known_now, "round": round_name}, figures)


def _answer(text: str, own_groups: Mapping[str, str]) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(
            Words(
                f"{text!r}（--answer）：应写作 事实=值，如 food=无困难",
                f"{text!r} (--answer): write FACT=VALUE, as food=0",
                code="cli.answer-fact-value",
            )
        )
    return name.strip(), read_answer(name.strip(), value, own_groups)


def _question(question: Question, recorded: RecordedFacts, own_groups: Mapping[str, str]) -> Json:
    known = question.recorded is not None
    return {
        "fact": question.fact, "label": label_of(question.fact, own_groups)[0], "ask": "confirm" if known else "missing",
        "recorded": question.recorded,
        "recorded_in": ("last_round" if question.fact in recorded.of_last_round else "this_round") if known else None,
        "weight": round(question.weight, 4),
    }  # fmt: skip


def _show(record: Json) -> None:
    if record["simulated"]:
        say(SIMULATED)
    say(f"{record['household_id']} {label(KINDS[record['kind']])}")
    if record["standard"]:
        say_standard(record["standard"])
    if record["settled"]:
        result = label(_RESULTS[record["result"]])
        say(Words(f"已可判定：{result}", f"settled: {result}"))
        return
    possible = ", ".join(label(_RESULTS[each]) for each in record["possible"])
    say(Words(f"还可能是：{possible}", f"still possible: {possible}"))
    for number, each in enumerate(record["questions"], 1):
        name = label(label_of(each["fact"], record["own_groups"]))
        known = label(("只需确认，已记录", "to be confirmed, recorded")) + f" {each['recorded']}"
        say(f"  {number}. {name}" + (f" ({known})" if each["ask"] == "confirm" else ""))
    if not record["questions"]:
        missing = ", ".join(label(label_of(name, record["own_groups"])) for name in record["missing"])
        say(Words(f"问不到的事实使其不能判定：{missing}", f"cannot be told without what nobody knows: {missing}"))
