"""What a store knows for the shortest visit: what is recorded of a household, and how other households answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from workbench.domain.facts import not_known
from workbench.domain.procedure.corrections import correctable
from workbench.domain.rules.edge import own_flag
from workbench.domain.visits.decision_rule import DecisionRule
from workbench.errors import StoreError
from workbench.store.facts import FactStore

_SAMPLED = 9
"""Answers that stand for all there are, evenly spaced among the households in order of their value."""


@dataclass(frozen=True)
class RecordedFacts:
    """What is known of a household before a visit; `of_last_round` names what only the round before knew."""

    facts: dict[str, Any]
    of_last_round: frozenset[str]

    @property
    def known_now(self) -> dict[str, Any]:
        """What the round itself knows."""
        return {name: value for name, value in self.facts.items() if name not in self.of_last_round}


def recorded_facts(store: FactStore, round_name: str, household: str, county: str | None) -> RecordedFacts:
    """The facts of a household in a round; those it lacks, from its county's round before. Raises StoreError if it is not there."""
    facts = store.household(round_name, household, county)
    before = _of_last_round(store, round_name, household, facts["county_code"])
    added = {
        name: before[name]
        for name in correctable()
        if not_known(name, facts.get(name)) and not not_known(name, before.get(name))
    }
    return RecordedFacts({**facts, **added}, frozenset(added))


def _of_last_round(store: FactStore, round_name: str, household: str, county: str) -> Mapping[str, Any]:
    previous = store.previous_round(round_name, county)
    if previous is None:
        return {}
    try:
        return store.household(previous, household, county)
    except StoreError:  # not there then, or more than once: nothing is known from it
        return {}


def usual_answers(
    store: FactStore, round_name: str, county: str, kind: str, rule: DecisionRule
) -> dict[str, Sequence[Any]]:
    """Return the answers of the county's households of a kind to each fact that can be asked, in order of their value."""
    frame = store.frame(round_name, county, list(rule.askable), kind=kind)
    # A county's own groups as the rules read them: a file may have said 1 or 0.
    facts = nw.from_native(frame)
    flags = [own_flag(facts.schema[name], name) for name in rule.own_groups if name in frame.columns]
    frame = facts.with_columns(flags).to_native()
    return {name: _spread(frame[name]) for name in rule.askable if name in frame.columns}


def _spread(values: pl.Series) -> tuple[Any, ...]:
    known = values.drop_nulls().sort()
    if known.is_empty():
        return ()
    # The middles of nine equal parts: extremes of single households do not stand for many.
    return tuple(known[(2 * step + 1) * len(known) // (2 * _SAMPLED)] for step in range(_SAMPLED))
