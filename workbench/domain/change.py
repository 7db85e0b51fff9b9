"""The smallest change of one fact that changes a result: what would move a household to another tier, in or out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from workbench.domain.vocabulary import FACT, PREVIOUS_FACTS, Fact, FactType

Facts = Mapping[str, Any]
Outcome = Callable[[Any], Sequence[Any]]
"""From a native frame of households (Polars) to one result a row."""

NARWHALS_TYPES: dict[FactType, Any] = {
    FactType.STRING: nw.String,
    FactType.INTEGER: nw.Int64,
    FactType.FLOAT: nw.Float64,
    FactType.BOOLEAN: nw.Boolean,
}
_ANY_FACT = FACT | {fact.name: fact for fact in PREVIOUS_FACTS}
_NEAR_STEPS = 2_000
_FAR_STEPS = 250
_FAR_GROWTH = 1.02
_MOST_PEOPLE = 20


@dataclass(frozen=True)
class Change:
    """One fact from a value to another, and the result it gives; `steps` in change units of the vocabulary."""

    fact: str
    before: Any
    after: Any
    result: Any
    steps: float


def households_frame(rows: Sequence[Facts], columns: Iterable[str]) -> Any:
    """A native Polars frame of households from plain facts; absent ones are null."""
    names = list(columns)
    schema = {name: NARWHALS_TYPES[_ANY_FACT[name].type] for name in names}
    data = {name: [row.get(name) for row in rows] for name in names}
    return nw.from_dict(data, schema, backend="polars").to_native()


def smallest_changes(facts: Facts, changeable: Iterable[str], columns: Iterable[str], outcome: Outcome) -> list[Change]:
    """For each fact that can change the result alone, its smallest change; the smallest of all first.

    `facts` is one household; `changeable` the facts to try (those known and with a change unit); `columns` what
    `outcome` reads. Money is sought in whole yuan, exactly up to 2,000 steps away and by bisection beyond.
    """
    names = list(columns)
    present = outcome(households_frame([facts], names))[0]

    def result_of(fact: str, values: Sequence[Any]) -> Sequence[Any]:
        return outcome(households_frame([{**facts, fact: value} for value in values], names))

    found = []
    for name in changeable:
        fact = _ANY_FACT[name]
        if facts.get(name) is None or fact.change_unit is None:
            continue
        values = [value for value in _candidates(fact, facts[name]) if _possible(facts, name, value)]
        change = _nearest_change(fact, facts[name], present, values, result_of) if values else None
        if change is not None:
            found.append(change)
    return sorted(found, key=lambda change: change.steps)


def _nearest_change(
    fact: Fact,
    value: Any,
    present: Any,
    values: Sequence[Any],
    result_of: Callable[[str, Sequence[Any]], Sequence[Any]],
) -> Change | None:
    """The nearest candidate with another result that is known (a change to "cannot tell" is none)."""
    results = result_of(fact.name, values)
    differing = [
        (_steps(fact, value, candidate), position)
        for position, (candidate, result) in enumerate(zip(values, results, strict=True))
        if result is not None and result != present
    ]
    if not differing:
        return None
    position = min(differing)[1]
    after, result = values[position], results[position]
    if fact.type is FactType.FLOAT:
        after, result = _refine(fact, value, present, (after, result), result_of)
    return Change(fact.name, value, after, result, _steps(fact, value, after))


def _refine(
    fact: Fact,
    value: float,
    present: Any,
    found: tuple[float, Any],
    result_of: Callable[[str, Sequence[Any]], Sequence[Any]],
) -> tuple[float, Any]:
    """Narrow a change found by a coarse step down to the grid, between the present value and the one found."""
    same, (other, result) = round(value / fact.grid), (round(found[0] / fact.grid), found[1])
    while abs(other - same) > 1:
        middle = (same + other) // 2
        at_middle = result_of(fact.name, [round(middle * fact.grid, 6)])[0]
        if at_middle is None or at_middle == present:
            same = middle
        else:
            other, result = middle, at_middle
    return round(other * fact.grid, 6), result


def _steps(fact: Fact, before: Any, after: Any) -> float:
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
    steps = sorted({*range(_NEAR_STEPS + 1), *(round(_NEAR_STEPS * _FAR_GROWTH**n) for n in range(_FAR_STEPS))})
    numbers = [round((start + sign * step) * fact.grid, 6) for step in steps for sign in (1, -1)]
    lowest = float("-inf") if fact.minimum is None else fact.minimum
    return [number for number in numbers if number != value and number >= lowest]


def _possible(facts: Facts, name: str, value: Any) -> bool:
    """Whether a change leaves members as they can be; one that concerns no members, or mends nothing, may be made."""
    return _consistent({**facts, name: value}) or not _consistent(facts)


def _consistent(facts: Facts) -> bool:
    """Whether members can be so: no more workers than persons, no more skilled ones than workers."""
    labour, persons = facts.get("labour") or 0, facts.get("persons")
    if persons is not None and labour + (facts.get("weak_labour") or 0) > persons:
        return False
    return facts.get("labour") is None or (facts.get("skilled") or 0) <= labour
