"""The shortest visit: which facts still have to be asked of a household so that the rules can tell, and in which order.

Only what was answered or confirmed is certain. What is recorded from before, else what is usual, says what the answers
will probably be; sought are the fewest facts that prove the result if they are so. An answer that differs starts the
search again with what is certain by then. What is settled is settled by Kleene's logic: no fact left unasked changes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType
from typing import Any

from workbench.domain.facts import FACT, not_known
from workbench.domain.rules.counterfactual import Facts
from workbench.domain.rules.edge import with_own_flags
from workbench.domain.visits.decision_rule import FROM_BEFORE, DecisionRule

Usual = Mapping[str, Sequence[Any]]
"""For each fact some answers as other households give them, in order of their value."""
_AT_ONCE = 4096
"""Rows that are judged together."""
_NOTHING: Usual = MappingProxyType({})


@dataclass(frozen=True)
class Question:
    """A fact to ask. `recorded`: what is known from before and has only to be confirmed; None: not known.

    `weight`: the share of the usual answers that would change the expected result.
    """

    fact: str
    recorded: Any
    weight: float


@dataclass(frozen=True)
class VisitedHousehold:
    """A household at a visit. `answers`: what is certain; `recorded`: known from before, not yet confirmed.

    `unanswerable`: facts that were asked and that nobody there could tell.
    """

    answers: Facts
    recorded: Facts = field(default_factory=dict)
    unanswerable: frozenset[str] = frozenset()

    def certain(self, rule: DecisionRule) -> dict[str, Any]:
        """What a result may rest on: the answers, and what the round before says."""
        before = {name: self.recorded.get(name) for name in rule.columns if name in FROM_BEFORE}
        answers = with_own_flags(self.answers, rule.own_groups)
        given = {name: value for name, value in answers.items() if name in rule.columns and value is not None}
        return {**before, **given}

    def expected(self, rule: DecisionRule, usual: Usual) -> dict[str, Any]:
        """The facts that can still be asked, each with the answer to expect."""
        certain, recorded = self.certain(rule), with_own_flags(self.recorded, rule.own_groups)
        return {
            name: _likely(name, recorded.get(name), usual.get(name, ()))
            for name in rule.askable
            if not_known(name, certain.get(name)) and name not in self.unanswerable
        }


def open_questions(household: VisitedHousehold, rule: DecisionRule, usual: Usual = _NOTHING) -> list[Question]:
    """The questions that settle a household soonest, the next one first; none once it is settled.

    Missing facts come before those that have only to be confirmed, and among each those first whose other answers would
    change the result most often. Where not even every answer settles it, every fact that is not certain is listed.
    """
    return questions_of([household], rule, usual)[0]


def questions_of(
    households: Sequence[VisitedHousehold], rule: DecisionRule, usual: Usual = _NOTHING
) -> list[list[Question]]:
    """`open_questions` of many households, judged together."""
    certain = [each.certain(rule) for each in households]
    expected = [each.expected(rule, usual) for each in households]
    proofs = _fewest(certain, expected, rule)
    # Of the facts to ask alone, which are few: each usual answer of each of them is a row to judge.
    weights = _weights(certain, expected, proofs, rule, usual)
    return [
        sorted(
            # As flags, like the answers to expect: of a county's own group a file may have said 1 or 0.
            (
                Question(name, _known(name, with_own_flags(each.recorded, rule.own_groups)), weight)
                for name, weight in of_household.items()
            ),
            key=lambda question: (question.recorded is not None, -question.weight),
        )
        for each, of_household in zip(households, weights, strict=True)
    ]


def _known(name: str, recorded: Facts) -> Any:
    value = recorded.get(name)
    return None if not_known(name, value) else value


def _likely(name: str, recorded: Any, usual: Sequence[Any]) -> Any:
    """The answer to expect: as recorded, else as most households give it, else the least there can be."""
    if not not_known(name, recorded):
        return recorded
    if usual:
        # The median of values in order, so one that some household gave.
        return usual[len(usual) // 2]
    fact = FACT.get(name)
    if fact is None or fact.unit is None:
        return fact.values[0] if fact is not None and fact.values else False
    return fact.minimum or 0


def _fewest(certain: Sequence[Facts], expected: Sequence[Mapping[str, Any]], rule: DecisionRule) -> list[list[str]]:
    """Return for each household the fewest facts whose expected answers prove the expected result; none where it is settled."""
    waiting = [number for number, result in enumerate(rule.results(certain)) if result is None]
    orders = _orders(rule)
    tries = [(number, order) for number in waiting for order in orders]
    needed = _without_the_needless(certain, expected, tries, rule)
    proofs: list[list[str]] = [[] for _ in certain]
    for position, number in enumerate(waiting):
        proofs[number] = min(needed[position * len(orders) : (position + 1) * len(orders)], key=len)
    return proofs


def _without_the_needless(
    certain: Sequence[Facts], expected: Sequence[Mapping[str, Any]], tries: Sequence[tuple[int, Sequence[str]]],
    rule: DecisionRule,
) -> list[list[str]]:  # fmt: skip
    """Return for each household and order the facts that stay where each fact in turn is dropped if the result does not need it."""
    rows = [{**certain[number], **expected[number]} for number, _ in tries]
    wanted = rule.results(rows)
    # Every choice among a few facts is judged at once: a frame costs the same for a thousand rows as for one.
    # So many facts at a time that the choices of all households together stay near `_AT_ONCE`.
    size = max(1, (_AT_ONCE // max(1, len(tries))).bit_length() - 1)
    for begin in range(0, len(rule.askable), size):
        parts = [
            [name for name in order[begin : begin + size] if name in expected[number] and result is not None]
            for (number, order), result in zip(tries, wanted, strict=True)
        ]
        for row, needless in zip(rows, _needless(rows, parts, wanted, rule), strict=True):
            # None stands for "not asked": Kleene's logic then says what follows without it.
            row.update(dict.fromkeys(needless))
    return [
        [name for name in expected[number] if row[name] is not None]
        for row, (number, _) in zip(rows, tries, strict=True)
    ]


def _needless(
    rows: Sequence[Facts], parts: Sequence[Sequence[str]], wanted: Sequence[Any], rule: DecisionRule
) -> list[frozenset[str]]:
    """Return which of some facts of each row can be dropped, one after another, without changing its result."""
    choices = [
        (at, frozenset(chosen))
        for at, names in enumerate(parts)
        for count in range(1, len(names) + 1)
        for chosen in combinations(names, count)
    ]
    results = rule.results([{**rows[at], **dict.fromkeys(chosen)} for at, chosen in choices])
    same = {choice for choice, result in zip(choices, results, strict=True) if result == wanted[choice[0]]}
    dropped = [frozenset[str]() for _ in parts]
    for at, names in enumerate(parts):
        # One after another: two facts may each be needless only as long as the other is asked.
        for name in names:
            more = dropped[at] | {name}
            dropped[at] = more if (at, more) in same else dropped[at]
    return dropped


def _orders(rule: DecisionRule) -> list[tuple[str, ...]]:
    """Orders in which facts are tried as needless: what is tried last remains, so each two conditions are once last."""
    share = {name: sum(1 / len(facts) for facts in rule.conditions if name in facts) for name in rule.askable}
    whole = sorted(share, key=lambda name: share[name])
    pairs = [(first, second) for first in rule.conditions for second in rule.conditions]
    return list(
        dict.fromkeys(tuple(sorted(whole, key=lambda name: (name in first, name in second))) for first, second in pairs)
    )


def _weights(
    certain: Sequence[Facts], expected: Sequence[Mapping[str, Any]], proofs: Sequence[Sequence[str]],
    rule: DecisionRule, usual: Usual,
) -> list[dict[str, float]]:  # fmt: skip
    """Return for each fact to ask the share of the usual answers that alone would change the expected result."""
    wholes = [{**known, **likely} for known, likely in zip(certain, expected, strict=True)]
    wanted = rule.results(wholes)
    tries = [(at, name, value) for at, proof in enumerate(proofs) for name in proof for value in _answers(name, usual)]
    results = rule.results([{**wholes[at], name: value} for at, name, value in tries])
    counted = [{name: [0, 0] for name in proof} for proof in proofs]
    for (at, name, _), result in zip(tries, results, strict=True):
        counted[at][name][0] += result != wanted[at]
        counted[at][name][1] += 1
    # Nought of nought where there was nothing to try (`_answers`).
    return [{name: changed / max(1, asked) for name, (changed, asked) in each.items()} for each in counted]


def _answers(name: str, usual: Usual) -> Sequence[Any]:
    """The usual answers to a question, else the values that there are."""
    if usual.get(name):
        return usual[name]
    fact = FACT.get(name)
    if fact is None or fact.unit is None:
        return fact.values if fact is not None and fact.values else (False, True)
    # Of amounts without usual answers there is nothing to try; they weigh nothing and come last.
    return ()
