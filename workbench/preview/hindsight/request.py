"""Hindsight asked for by a person: a standard, or two side by side, over the past rounds of a county or of all."""

from collections.abc import Sequence
from typing import Any

from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.hindsight.difference import Paired, paired
from workbench.preview.hindsight.families import by_family
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.places import by_group, by_township
from workbench.safeguards.plain_data import Json
from workbench.store.facts import FactStore


def hindsight(scope: PastScope, standard: EdgeStandard, against: EdgeStandard | None = None) -> dict[str, Any]:
    """Hindsight as the contract prints it; `against`: what another standard would have done, `difference` from it."""
    sides = [Hindsight.of(scope, each) for each in (standard, against) if each is not None]
    return hindsight_record(scope, sides, paired(*sides) if against is not None else None)


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
