"""Households held against the plausibility rules outside an intake: whoever types figures is asked what a file would be."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl

from workbench.domain.facts import FACT
from workbench.domain.rounds import round_year
from workbench.intake.findings.result import KEY
from workbench.intake.findings.rules import ROUND_YEAR, VALUE, Rule, own_rules
from workbench.intake.tables.fact_types import POLARS_TYPES

Doubt = tuple[str, str, int]
"""A household, a fact, and which of `own_rules` says that the fact cannot well be so."""


def households_of(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Households with the facts of the vocabulary, a row each; what a row does not say is not known."""
    schema = {name: POLARS_TYPES[fact.type] for name, fact in FACT.items()}
    # Typed, not inferred: of a fact that nobody knows, an inferred column compares with nothing.
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema, strict=False)


def doubts(households: pl.DataFrame, round_name: str) -> dict[Doubt, Rule]:
    """What the rules find doubtful of households of a round (a row each, a column a fact), each with its rule.

    What is not known is no doubt. Rules of a county's median say nothing of one household.
    """
    year = {ROUND_YEAR: float(round_year(round_name))}
    asked = [
        (number, fact, rule)
        for number, rule in enumerate(own_rules())
        if rule.of == "households"
        for fact in rule.where
        if _readable(rule, fact, households.columns)
    ]
    hit: dict[Doubt, Rule] = {}
    for number, fact, rule in asked:
        valued = households.with_columns(pl.col(fact).alias(VALUE))
        wrong = valued.filter(rule.condition().evaluate(year).fill_null(value=False))
        hit |= {(household, fact, number): rule for household in wrong[KEY]}
    return hit


def _readable(rule: Rule, fact: str, columns: Collection[str]) -> bool:
    """Whether the households have every column that a rule reads."""
    return {fact, *rule.condition().names} - {VALUE, ROUND_YEAR} <= set(columns)
