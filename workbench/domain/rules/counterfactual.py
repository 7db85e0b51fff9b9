"""The smallest change of one fact that changes a result: what would move a household to another tier, in or out."""

from collections.abc import Callable, Generator, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import narwhals as nw

from workbench.domain.facts import FACT, PREVIOUS_FACTS, Fact, FactType
from workbench.domain.members import MEMBERS, members_agree

Facts = Mapping[str, Any]
Outcome = Callable[[Any], Sequence[Any]]
"""From a native frame of households (Polars) to one result a row."""
Rule = Callable[[Any], Any]
"""From a native frame of households, of any engine, to one of results."""
Asking = Callable[[tuple[Hashable, ...], Rule, Any], Any]
"""Asks a rule, whose key names it with all of its figures, about a native frame of households (Polars)."""

NARWHALS_TYPES: dict[FactType, Any] = {
    FactType.STRING: nw.String,
    FactType.INTEGER: nw.Int64,
    FactType.FLOAT: nw.Float64,
    FactType.BOOLEAN: nw.Boolean,
}
_ANY_FACT = FACT | {fact.name: fact for fact in PREVIOUS_FACTS}
# Up to here every step is tried; farther off, a change that one coarse step undoes is missed (0007).
_NEAR_STEPS = 2_000
_FAR_STEPS = 250
_FAR_GROWTH = 1.02
_MOST_PEOPLE = 20
_AT_ONCE = 500
"""Values that are tried together when a change is narrowed down."""


@dataclass(frozen=True)
class Change:
    """One fact from a value to another, and the result it gives; `steps` in change units of the vocabulary."""

    fact: str
    before: Any
    after: Any
    result: Any
    steps: float


Tried = tuple[str, Sequence[Any]]
"""A fact, and the values that are tried of it."""
Answered = tuple[Any, Sequence[Any]]
"""The result of the household as it is, and one of each value that was tried."""
Search = Generator[Sequence[Any], Answered, Change | None]
"""Asks for the results of values of one fact until it knows its smallest change; None: there is none."""


def ask_anew(_key: tuple[Hashable, ...], rule: Rule, frame: Any) -> Any:
    """Ask a rule by stating it to the engine; whoever asks the same one again and again has it stated once."""
    return rule(frame)


def households_frame(rows: Sequence[Facts], columns: Iterable[str]) -> Any:
    """A native Polars frame of households from plain facts; absent ones are null."""
    names = list(columns)
    schema = {name: _type_of(name) for name in names}
    data = {name: [row.get(name) for row in rows] for name in names}
    return nw.from_dict(data, schema, backend="polars").to_native()


def _type_of(name: str) -> Any:
    return NARWHALS_TYPES[_fact(name).type]


def _fact(name: str) -> Fact:
    """A fact of the vocabulary; any other is a county's own group."""
    return _ANY_FACT.get(name) or Fact(name, name, name, FactType.BOOLEAN, change_unit=1)


def smallest_changes(facts: Facts, changeable: Iterable[str], columns: Iterable[str], outcome: Outcome) -> list[Change]:
    """Find the smallest change of each fact that can change the result alone; the smallest of all first.

    `facts` is one household; `changeable` the facts to try (those known and with a change unit); `columns` what
    `outcome` reads. Money is sought in whole yuan up to 2,000 of them away, in wider steps beyond, then to the fen between two.
    """
    names = list(columns)
    searches = [
        # One fact at a time: a change of two would be no advice that anybody could follow.
        (name, _nearest_change(_fact(name), facts))
        for name in dict.fromkeys(changeable)
        if name in names and facts.get(name) is not None and _fact(name).change_unit is not None
    ]
    changes = _searched(searches, lambda tried: outcome(_varied(facts, names, tried)))
    return sorted(changes, key=lambda change: change.steps)


def _searched(
    searches: Sequence[tuple[str, Search]], results_of: Callable[[Sequence[Tried]], Sequence[Any]]
) -> list[Change]:
    """What the searches of a household's facts end with, in their order. They advance together: each turn asks the next value of all of them in one frame."""
    # Of a household, stating the rules to the engine takes far longer than answering them: one frame in place of forty.
    waiting = {number: (name, search, next(search)) for number, (name, search) in enumerate(searches)}
    ended: dict[int, Change | None] = {}
    while waiting:
        present, *results = results_of([(name, values) for name, _, values in waiting.values()])
        position = 0
        for number, (name, search, values) in list(waiting.items()):
            own, position = results[position : position + len(values)], position + len(values)
            try:
                waiting[number] = (name, search, search.send((present, own)))
            except StopIteration as end:
                ended[number] = end.value
                del waiting[number]
    return [change for _, change in sorted(ended.items()) if change is not None]


def _varied(facts: Facts, names: Sequence[str], tried: Sequence[Tried]) -> Any:
    """A native frame of one household as it is, then again and again with another value of one fact."""
    others = [nw.from_dict({name: values}, {name: _type_of(name)}, backend="polars") for name, values in tried]
    as_it_is = nw.from_native(households_frame([facts], names))
    varied = nw.concat([as_it_is, *others], how="diagonal")
    # Null in the rows of all other facts' values: no value that is tried is null, so the household's own stands there. By the
    # column, not by expressions: to state six-and-twenty of these takes longer than all that they do.
    own = [(varied[name], facts.get(name)) for name in names]
    filled = [column if value is None else column.fill_null(value) for column, value in own]
    return varied.with_columns(*filled).to_native()


def _nearest_change(fact: Fact, facts: Facts) -> Search:
    """The nearest candidate with another result that is known (a change to "cannot tell" is none)."""
    value = facts[fact.name]
    values = _candidates(fact, value)
    if fact.name in MEMBERS:
        values = [each for each in values if _possible(facts, fact.name, each)]
    present, results = yield values
    differing = [
        (_steps(fact, value, values[position]), position)
        for position, result in enumerate(results)
        if result is not None and result != present
    ]
    if not differing:
        return None
    if fact.type is not FactType.FLOAT:
        _, position = min(differing)
        return Change(fact.name, value, values[position], results[position], _steps(fact, value, values[position]))
    # The nearest in whole yuan up and down: either may be the nearest to the fen.
    sides = [[each for each in differing if (values[each[1]] > value) is up] for up in (True, False)]
    ends = []
    for side in sides:
        if side:
            at = min(side)[1]
            ends.append((yield from _refine(fact, value, (values[at], results[at]))))
    after, result = min(ends, key=lambda end: _steps(fact, value, end[0]))
    return Change(fact.name, value, after, result, _steps(fact, value, after))


def _refine(
    fact: Fact, value: float, bound: tuple[float, Any]
) -> Generator[Sequence[Any], Answered, tuple[float, Any]]:
    """Narrow a change found by a coarse step down to the finest one, money to the fen: from the present value towards it."""
    fine = round(fact.grid / fact.finest)
    same, (other, result) = round(value / fact.finest), (round(bound[0] / fact.grid) * fine, bound[1])
    # Invariant: `other` gives another result that is known, `same` does not.
    while abs(other - same) > 1:
        towards = 1 if other > same else -1
        # Rounded up: 500 values in between leave at most a five-hundredth of the way for the next turn.
        step = -(-abs(other - same) // _AT_ONCE)
        between = range(same + towards * step, other, towards * step)
        # Rounded, since 35 times 0.01 is 0.35000000000000003, which is not the amount that a store holds.
        present, results = yield [round(number * fact.finest, 6) for number in between]
        differing = (
            (number, each) for number, each in zip(between, results, strict=True) if each not in (None, present)
        )
        nearest, result = next(differing, (other, result))
        same, other = nearest - towards * min(step, abs(nearest - same)), nearest
    return round(other * fact.finest, 6), result


def _steps(fact: Fact, before: Any, after: Any) -> float:
    # Names have no order: any other one is a single step away.
    if fact.type in (FactType.BOOLEAN, FactType.STRING):
        return 1.0
    return float(abs(after - before) / (fact.change_unit or 1.0))


def _candidates(fact: Fact, value: Any) -> list[Any]:
    if fact.type is FactType.BOOLEAN:
        return [not value]
    if fact.values is not None:
        return [other for other in fact.values if other != value]
    if fact.type is FactType.INTEGER:
        return [number for number in range(int(fact.minimum or 0), _MOST_PEOPLE + 1) if number != value]
    start = round(value / fact.grid)
    numbers = [start + step for step in _steps_tried()]
    # Divided, not multiplied: a seventieth tenth is the number nearest to 7, as a store holds it, without being rounded.
    parts = round(1 / fact.grid)
    amounts = map(float, numbers) if parts == 1 else (number / parts for number in numbers)
    lowest = float("-inf") if fact.minimum is None else fact.minimum
    return [amount for amount in amounts if amount >= lowest and amount != value]


@cache
def _steps_tried() -> list[int]:
    """How far off an amount is tried, up and down: every yuan near by, ever wider steps far off, each a small part of the way."""
    far = (round(_NEAR_STEPS * _FAR_GROWTH**n) for n in range(_FAR_STEPS))
    return [sign * step for step in sorted({*range(_NEAR_STEPS + 1), *far}) for sign in (1, -1)]


def _possible(facts: Facts, name: str, value: Any) -> bool:
    """Whether a change of the members' numbers leaves them as they can be; one that mends nothing may be made."""
    return members_agree({**facts, name: value}) or not members_agree(facts)
