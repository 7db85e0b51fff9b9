"""Measures proposed for a household and its members from causes and facts, each with its reasons (§2.1.4, §3, §4.1).

People edit what is proposed. No tier is read here: a household keeps its measures when it becomes blue (§4.1). What a
missing fact leaves open is named, and is no "no".
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import narwhals as nw

from workbench.domain.assistance.measures import Headcount, Level, Measure, Trigger, measures
from workbench.domain.facts import CAUSE_LABELS, GUARANTEE_LEVELS, GUARANTEES, LABELS
from workbench.domain.parameters import TierParameters
from workbench.domain.rules.counterfactual import Asking, Facts, ask_anew, households_frame
from workbench.domain.rules.criteria import CRITERION
from workbench.errors import Words

ASSISTANCE_FACTS: tuple[str, ...] = tuple(
    dict.fromkeys(
        fact
        for measure in measures().values()
        for fact in (
            *(fact for trigger in measure.triggers for fact in trigger.facts),
            *(measure.people.facts if measure.people else ()),
            *(("seen_before",) if any(trigger.criterion for trigger in measure.triggers) else ()),
        )
    )
)
"""Every column that the proposals read."""


@dataclass(frozen=True)
class Reason:
    """Why a measure is proposed: in words, with the clause, the facts read and the figures they were held against."""

    words: Words
    clause: str
    facts: dict[str, Any]
    figures: dict[str, float]


@dataclass(frozen=True)
class Proposal:
    """A measure with its reasons; `people`: for how many members, None of a household's own and where it is not known."""

    measure: Measure
    reasons: tuple[Reason, ...]
    people: int | None = None


@dataclass(frozen=True)
class Assistance:
    """What is proposed for a household, and for its members by role.

    Every member has one measure at least: of the measures whose role a member has alone, and of `member_to_verify`,
    `people` add up to at least the persons of the household. `undecided`: measures that depend on facts not known, with
    those facts.
    """

    household: tuple[Proposal, ...]
    persons: tuple[Proposal, ...]
    undecided: dict[str, tuple[str, ...]]


def propose_each(households: Sequence[Facts], parameters: TierParameters, ask: Asking = ask_anew) -> list[Assistance]:
    """The measures for each household; `households` hold ASSISTANCE_FACTS (None: not known), and are assessed all at once."""
    assessed = _held(households, parameters, ask)
    return [_assistance(facts, held, parameters) for facts, held in zip(households, assessed, strict=True)]


def _assistance(facts: Facts, held: Mapping[Trigger, bool | None], parameters: TierParameters) -> Assistance:
    household, undecided = [], {}
    for measure in _proposed_by_facts():
        met = [trigger for trigger in measure.triggers if held[trigger]]
        open_ones = [trigger for trigger in measure.triggers if held[trigger] is None]
        # One trigger that holds is enough; what the others leave open matters only where none holds.
        if met:
            reasons = tuple(_reason(trigger, measure, facts, parameters) for trigger in met)
            household.append(Proposal(measure, reasons))
        elif open_ones:
            undecided[measure.name] = _missing(open_ones, facts)
    return Assistance(tuple(household), _for_members(facts), undecided)


def _proposed_by_facts() -> list[Measure]:
    # What is chosen by the housing tree (§3.4-b) needs answers that are no facts of the store.
    return [one for one in measures().values() if one.level is Level.HOUSEHOLD and one.chosen_by is None]


def _held(households: Sequence[Facts], parameters: TierParameters, ask: Asking) -> list[dict[Trigger, bool | None]]:
    """Whether each trigger of the catalogue holds, household by household."""
    triggers = list(dict.fromkeys(trigger for measure in _proposed_by_facts() for trigger in measure.triggers))

    def hold(frame: Any) -> Any:
        rules = {str(number): trigger.rule(parameters) for number, trigger in enumerate(triggers)}
        return nw.from_native(frame).with_columns(**rules).select(*rules).to_native()

    answers = ask(("triggers", parameters), hold, households_frame(households, ASSISTANCE_FACTS))
    return [dict(zip(triggers, row, strict=True)) for row in answers.rows()]


def _missing(triggers: Sequence[Trigger], facts: Facts) -> tuple[str, ...]:
    needed = dict.fromkeys(fact for trigger in triggers for fact in trigger.facts)
    return tuple(fact for fact in needed if facts.get(fact) is None)


def _reason(trigger: Trigger, measure: Measure, facts: Facts, parameters: TierParameters) -> Reason:
    if trigger.criterion is not None:
        criterion = CRITERION[trigger.criterion]
        known = asdict(parameters)
        figures = {name: known[name] for name in criterion.parameters}
        return Reason(Words(criterion.zh, criterion.en), criterion.clause, _read(criterion.facts, facts), figures)
    if trigger.fact is None:
        return Reason(Words("不因等级变化而停止", "whatever the tier"), measure.clause, {}, {})
    zh, en = LABELS[trigger.fact]
    value_zh, value_en = _value_words(trigger.fact, facts[trigger.fact])
    words = Words(f"{zh}：{value_zh}", f"{en}: {value_en}")
    return Reason(words, measure.clause, _read(trigger.facts, facts), {})


def _value_words(fact: str, value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if fact in GUARANTEES:
        return GUARANTEE_LEVELS[value]
    return CAUSE_LABELS.get(value, (str(value), str(value)))


def _read(names: Sequence[str], facts: Facts) -> dict[str, Any]:
    return {name: facts.get(name) for name in names}


# -- a measure for every member -----------------------------------------------------------------------------------------


def _for_members(facts: Facts) -> tuple[Proposal, ...]:
    counted = [(measure, measure.people.of(facts)) for measure in measures().values() if measure.people is not None]
    proposals = [_for_role(measure, measure.people, people, facts) for measure, people in counted if people]
    proposals += _to_verify([people for measure, people in counted if measure.part], facts)
    return tuple(proposals)


def _for_role(measure: Measure, headcount: Headcount | None, people: int, facts: Mapping[str, Any]) -> Proposal:
    assert headcount is not None
    read = _read(headcount.facts, facts)
    zh = "、".join(f"{LABELS[name][0]} {value}" for name, value in read.items())
    en = ", ".join(f"{LABELS[name][1]} {value}" for name, value in read.items())
    role_zh, role_en = measure.role
    words = Words(f"{role_zh} {people} 人（{zh}）", f"{people} {role_en} ({en})")
    return Proposal(measure, (Reason(words, measure.clause, read, {}),), people)


def _to_verify(parts: Sequence[int | None], facts: Facts) -> list[Proposal]:
    """Members whose role the facts do not tell get a measure too: to find out, and then decide."""
    if None not in parts:
        return []
    persons = facts.get("persons")
    # Without the number of persons it is not known of how many, but still that there are some.
    people = None if persons is None else persons - sum(part for part in parts if part is not None)
    # The roles that are known account for everybody.
    if people is not None and people <= 0:
        return []
    # Unpacked as one: the catalogue has exactly one measure for those whose role is not known.
    (measure,) = (one for one in measures().values() if one.level is Level.PERSON and one.people is None)
    needed = dict.fromkeys(fact for one in measures().values() if one.part and one.people for fact in one.people.facts)
    unknown = [name for name in needed if facts.get(name) is None]
    zh, en = "、".join(LABELS[name][0] for name in unknown), ", ".join(LABELS[name][1] for name in unknown)
    reason = Reason(Words(f"未知：{zh}", f"not known: {en}"), measure.clause, _read(unknown, facts), {})
    return [Proposal(measure, (reason,), people)]
