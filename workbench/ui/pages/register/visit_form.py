"""The facts of a visit's form: what is missing first, then what has only to be confirmed, in the order of the shortest visit."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zlib import crc32

from workbench.domain.facts import CAUSE_LABELS, FACT, GUARANTEE_LEVELS, GUARANTEES, FactType, not_known
from workbench.domain.parameters import load_yaml
from workbench.domain.procedure.corrections import check_corrections, correctable, corrected
from workbench.domain.rules.explanation import explain_edge, explain_tier, lacking_for_line
from workbench.domain.rules.round_rules import LIFTED
from workbench.domain.visits.decision_rule import DecisionRule, edge_rule, tier_rule
from workbench.domain.visits.shortest_visit import VisitedHousehold, open_questions
from workbench.errors import InputError
from workbench.register.assessment import KIND_OF, Rules
from workbench.register.procedure.visit_questions import visit_questions
from workbench.register.stated_rules import STATED
from workbench.statistics.shortest_visit import RecordedFacts, recorded_facts, usual_answers
from workbench.ui.kit.texts.facts import fact_label, fact_note, fact_value, fact_with_unit
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.views import standing_of


@dataclass(frozen=True)
class FactField:
    """A control for one fact: a choice among `options` (value and words), or a text; `value` is what the round records.

    `words`: the fact with that value, to be read at a glance; `note`: what it counts, and of whom; `last_round`: in words
    what only the round before knew.
    """

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]
    last_round: str
    words: str = ""
    note: str = ""


@dataclass(frozen=True)
class FactGroup:
    """Fields that belong together; `key`: asked, missing, confirm, also_missing, for_plan or other.

    `folded`: whether they show as one line of values that opens, as what has probably not changed does.
    """

    key: str
    title: str
    fields: tuple[FactField, ...]
    folded: bool = False


def fact_groups(
    session: RegisterSession, rules: Rules, t: Language, returned_for: str = "", for_plan: Collection[str] = ()
) -> list[FactGroup]:
    """Every fact that a visit may correct, each in one group; groups without a fact are left out.

    `returned_for`: why the household came back: the facts named there stand first, and where none is named all are open.
    `for_plan`: the facts that its plan of assistance depends on.
    """
    recorded = recorded_facts(session.store, session.round_name, session.household, session.county)
    returned = named_facts(returned_for)
    asked = [name for name in _asked(session, recorded, rules) if name not in returned]
    unknown = [name for name in asked if not_known(name, recorded.known_now.get(name))]
    confirmed = [name for name in asked if name not in unknown]
    # Needed only where the answers are not those expected: apart from those that will probably do (0040).
    also = [
        name
        for name in _readable(recorded, rules)
        if name not in {*asked, *returned} and not_known(name, recorded.known_now.get(name))
    ]
    planned = [
        name
        for name in correctable()
        if name in for_plan and name not in {*returned, *asked, *also} and not_known(name, recorded.known_now.get(name))
    ]
    # Of whoever came back for something that names no fact, any may be meant.
    folded = {"confirm", "other"} if returned or not returned_for else set()
    groups = [
        ("asked", t("退回时要求核实的，先核实"), returned),
        ("missing", t("缺的，先问"), unknown),
        ("confirm", t("只需确认，有变化才改"), confirmed),
        ("also_missing", t("也缺，问完上面仍不能判定时再问"), also),
        ("for_plan", t("定帮扶计划还缺的"), planned),
        (
            "other",
            t("其他事实，有变化才改"),
            [
                name
                for name in correctable()
                if name not in {*returned, *asked, *also, *planned, *_not_of(recorded.facts["kind"])}
            ],
        ),
    ]
    return [
        FactGroup(key, title, tuple(_field(name, recorded, t) for name in names), key in folded)
        for key, title, names in groups
        if names
    ]


def _not_of(kind: str) -> tuple[str, ...]:
    """The facts that say nothing of a household of a kind: who never was registered has left poverty in no year."""
    return () if kind == LIFTED else ("exit_year",)


def named_facts(text: str) -> list[str]:
    """The facts that a text names that somebody wrote, by what they are called here and in offices' lists."""
    written = text.lower()
    called = load_yaml("intake_household_columns")["facts"]
    names = {
        name: {FACT[name].zh, FACT[name].en, *(called[name]["names"] if name in called else ())}
        for name in correctable()
    }
    # A single character is part of too many words.
    named = {
        name: [each for each in words if len(each) > 1 and each.lower() in written] for name, words in names.items()
    }
    return [name for name in correctable() if named[name]]


def typed_result(
    session: RegisterSession, facts: Mapping[str, Any], rules: Rules, t: Language
) -> dict[str, Any] | None:
    """What the rules say with the facts that are typed and not sent yet: `standing`, the facts still `missing`, or a `problem`.

    `field`: the fact that a problem is of; `questions`: what is to be confirmed before it is recorded; `follows`: the facts
    that become others with those typed, in words; `standing` is empty where no rule judges the household.

    None where nothing is typed.
    """
    try:
        changes = session.typed.changes(session.household)
        check_corrections(facts, changes)
    except InputError as error:
        return {"problem": t.error(error), "field": error.field}
    if not changes:
        return None
    after = {**facts, **(new := corrected(facts, changes))}
    said = {
        "problem": "", "questions": _questions(session, facts, changes, t), "standing": "", "missing": [],
        "follows": [
            t("{fact}：{before} → {after}", fact=fact_label(name, t), before=fact_value(name, facts.get(name), t), after=fact_value(name, value, t))
            for name, value in new.items()
            if name not in changes and value != facts.get(name)
        ],
    }  # fmt: skip
    return said | _standing(facts["kind"], after, rules, t)


def _questions(
    session: RegisterSession, facts: Mapping[str, Any], changes: Mapping[str, Any], t: Language
) -> list[str]:
    user = session.user
    with user.reading() as connection:
        asked = visit_questions(user, connection, session.round_name, [(facts, changes)])
    return [t.words(words) for words in asked.get(session.household, [])]


def _standing(kind: str, after: Mapping[str, Any], rules: Rules, t: Language) -> dict[str, Any]:
    """What the rules say of facts as they are typed; nothing where no rule judges them."""
    if kind != LIFTED and rules.limits is None:
        return {}
    if rules.limits is None or kind == LIFTED:
        # Without what would change it, which takes longest: this answers at every field that is left.
        explained = explain_tier(after, rules.parameters, rules.reading, with_changes=False, ask=STATED.ask)
    else:
        explained = explain_edge(after, rules.limits, with_changes=False, ask=STATED.ask)
    said = None if explained.result is None else str(explained.result)
    return {
        "standing": standing_of(said, KIND_OF[kind]),
        "missing": [fact_label(name, t, rules.own_groups) for name in explained.missing or lacking_for_line(explained)],
    }


def _asked(session: RegisterSession, recorded: RecordedFacts, rules: Rules) -> list[str]:
    """The facts to ask, in the order of the shortest visit."""
    rule = _rule(recorded.facts["kind"], rules)
    if rule is None:
        return []
    usual = usual_answers(session.store, session.round_name, session.county, recorded.facts["kind"], rule)
    # Nothing is certain before the visit: what is recorded only says which answers to expect (0040).
    questions = open_questions(VisitedHousehold({}, recorded.facts), rule, usual)
    may_correct = correctable()
    return [each.fact for each in questions if each.fact in may_correct]


def _readable(recorded: RecordedFacts, rules: Rules) -> list[str]:
    """The facts that the rules may read of the household and a visit may correct."""
    rule = _rule(recorded.facts["kind"], rules)
    may_correct = correctable()
    return [name for name in rule.askable if name in FACT and name in may_correct] if rule is not None else []


def _rule(kind: str, rules: Rules) -> DecisionRule | None:
    if kind == "lifted":
        return tier_rule(rules.parameters, rules.reading)
    return edge_rule(rules.limits) if rules.limits is not None else None


def _field(name: str, recorded: RecordedFacts, t: Language) -> FactField:
    last = fact_value(name, recorded.facts[name], t) if name in recorded.of_last_round else ""
    value = recorded.known_now.get(name)
    words = f"{fact_label(name, t)} {fact_value(name, value, t)}"
    return FactField(name, fact_with_unit(name, t), _typed(value), _options(name, t), last, words, fact_note(name, t))


def _options(name: str, t: Language) -> tuple[tuple[str, str], ...]:
    """The choices of a fact in words, "not known" first; none for what is typed."""
    fact = FACT[name]
    if name in GUARANTEES:
        listed = [(str(level), t.label(label)) for level, label in GUARANTEE_LEVELS.items()]
    elif name == "cause":
        listed = [(cause, t.label(label)) for cause, label in CAUSE_LABELS.items()]
    elif fact.type is FactType.BOOLEAN:
        listed = [("true", t("是")), ("false", t("否"))]
    elif fact.values is not None:
        listed = [(str(value), str(value)) for value in fact.values]
    else:
        return ()
    return (("", t("未知")), *listed)


def _typed(value: Any) -> str:
    """A recorded value as one would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Neither an exponent nor more digits than were written.
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return str(value)


def shown_mark(groups: list[FactGroup]) -> str:
    """A mark of the values that a form shows: what was typed into a form that showed others is not put into this one."""
    shown = "\n".join(f"{field.name}={field.value}" for group in groups for field in group.fields)
    # A mark and no seal: it tells forms apart, and protects nothing.
    return f"{crc32(shown.encode()):08x}"
