"""Hindsight asked for by a person: a standard, or two side by side, over the past rounds of a county or of all."""

from typing import Any

from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.hindsight.difference import caught_difference
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.places import by_group, by_township


def hindsight(scope: PastScope, standard: EdgeStandard, against: EdgeStandard | None = None) -> dict[str, Any]:
    """Hindsight as the contract prints it; `against`: what another standard would have done, `difference` from it."""
    ours = Hindsight.of(scope, standard)
    record = {"county": scope.county, "until": scope.until, **_record(ours)}
    if against is not None:
        theirs = Hindsight.of(scope, against)
        difference = caught_difference(ours, theirs) if ours.rounds else None
        record |= {"against": _record(theirs), "difference": difference.record() if difference else None}
    return record


def _record(past: Hindsight) -> dict[str, Any]:
    return {
        **past.record(),
        "by_township": by_township(past),
        "by_group": by_group(past),
        "own_groups": past.standard.own_groups,
    }
