"""Reasons for the rows of a list: what sets each household apart from those alike, with the figures of its own facts.

The words of a reason are shared by all households; its figures are not, so that rows differ as the households do.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.errors import Words
from workbench.risk.scoring.reason_figures import FIGURE_FACTS, Facts, figures_of
from workbench.risk.scoring.reason_topics import TOPIC
from workbench.store.round_scope import RoundScope

MOST_REASONS = 3
"""Reasons named of a household in a list; the page of the household holds all of them."""
_NO_TOPIC = ("base", "rest")


def raising(reasons: Iterable[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The reasons that raise a probability, in their order: the strongest first."""
    return [each for each in reasons or () if each["topic"] not in _NO_TOPIC and each["points"] > 0]


def reasons_in_words(
    reasons: Iterable[Mapping[str, Any]] | None, facts: Facts, most: int = MOST_REASONS
) -> tuple[Words, ...]:
    """What raises a household's probability most, `most` reasons at most, each with its figures where the facts have some.

    `facts`: of its round, with `previous_income_pc` of the round before.
    """
    before = {"income_pc": facts.get("previous_income_pc")}
    return tuple(_said(each, figures_of(each["topic"], facts, before)) for each in raising(reasons)[:most])


def _said(reason: Mapping[str, Any], figures: Words | None) -> Words:
    said = Words(reason["zh"], reason["en"], code=f"risk.reason-{reason['topic'].replace('_', '-')}")
    return said if figures is None else said + Words(f"（{figures.zh}）", f" ({figures.en})")


def listed_reasons(
    scope: RoundScope, rows: Sequence[Mapping[str, Any]], most: int = MOST_REASONS
) -> list[tuple[Words, ...]]:
    """Return the reasons of each row of a list in words; rows hold county_code, household_id and reasons."""
    # Facts of a mapping's own are topics by their own names, and columns to be read.
    own = {each["topic"] for row in rows for each in row["reasons"] or () if each["topic"] not in (*TOPIC, *_NO_TOPIC)}
    facts = _facts(scope, {row["household_id"] for row in rows if row["reasons"]}, own)
    return [
        # Of a number that stands twice nobody knows whose the facts are: then the reasons stand without figures.
        reasons_in_words(row["reasons"], facts.get((row["county_code"], row["household_id"])) or {}, most)
        for row in rows
    ]


def _facts(scope: RoundScope, households: set[str], own: set[str]) -> dict[tuple[str, str], Facts | None]:
    if not households:
        return {}
    columns = ["household_id", "county_code", *FIGURE_FACTS, *sorted(own)]
    facts: dict[tuple[str, str], Facts | None] = {}
    for row in scope.facts_with_previous(columns, households).iter_rows(named=True):
        key = (row["county_code"], row["household_id"])
        facts[key] = None if key in facts else row
    return facts
