"""Hindsight asked for by a person: a standard, or several side by side, over the past rounds of a county or of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import StandardError
from workbench.preview.hindsight.difference import CaughtDifference, Paired, caught_difference, paired
from workbench.preview.hindsight.families import by_family
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastRound, PastScope
from workbench.preview.hindsight.places import by_group, by_township
from workbench.safeguards.plain_data import Json
from workbench.store.facts import FactStore


def hindsight(scope: PastScope, standard: EdgeStandard, against: EdgeStandard | None = None) -> dict[str, Any]:
    """Hindsight as the contract prints it; `against`: what another standard would have done, `difference` from it."""
    sides = [Hindsight.of(scope, each) for each in (standard, against) if each is not None]
    return hindsight_record(scope, sides, paired(*sides) if against is not None else None)


@dataclass(frozen=True)
class PastSide:
    """A standard over the past rounds; `difference`: the share that it caught less that of the first one, None of that one itself."""

    past: Hindsight
    difference: CaughtDifference | None


def past_sides(scope: PastScope, standards: Mapping[str, EdgeStandard]) -> dict[str, PastSide | None]:
    """Several standards over the same past, by name, each beside the first; None for one that cannot be used in one of the rounds.

    Empty where nobody has slipped yet: there is nothing to look back on.
    """
    read: dict[Any, list[PastRound]] = {}
    behind: dict[str, Hindsight | None] = {}
    for name, each in standards.items():
        # Standards that test the same income under the same groups and line look at the same rows: they are read once.
        key = (each.income.deduct_out_of_pocket, tuple(each.own_groups), each.line)
        try:
            if key not in read:
                read[key] = list(scope.rounds(each))
            behind[name] = Hindsight.over([past.under(each) for past in read[key]], each)
        # A ceiling in yuan that this round takes may lie below the line of another.
        except StandardError:
            behind[name] = None
    if not any(past is not None and past.slips().rows for past in behind.values()):
        return {}
    first = next(iter(behind.values()))
    return {name: _compared(past, first) for name, past in behind.items()}


def _compared(past: Hindsight | None, first: Hindsight | None) -> PastSide | None:
    if past is None:
        return None
    return PastSide(past, None if first is None or past is first else caught_difference(past, first))


def hindsight_record(scope: PastScope, sides: Sequence[Hindsight], pairs: Paired | None) -> Json:
    """The record of one side, or of two with how their slips pair."""
    record = {"county": scope.county, "until": scope.until, **_record(sides[0], scope.store)}
    if pairs is not None:
        difference = pairs.difference(*sides)
        record |= {"against": _record(sides[1], scope.store), "difference": difference.record() if difference else None}
    return record


def _record(past: Hindsight, store: FactStore) -> Json:
    return {
        **past.record(),
        "by_township": by_township(past),
        "by_group": by_group(past),
        "by_family": by_family(past, store),
        "own_groups": past.standard.own_groups,
    }
