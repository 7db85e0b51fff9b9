"""The visit list and the disagreements of a scored round, from a store."""

from dataclasses import dataclass

import polars as pl

from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.round_rules import apply_rules, rules_of_round
from workbench.domain.rules.standard import EdgeStandard
from workbench.risk.data.panel import PanelReader
from workbench.risk.visit_ranking import Disagreements, disagreements, visit_list
from workbench.store.round_scope import RoundScope
from workbench.store.scores import read_head, read_scores


@dataclass(frozen=True)
class VisitLists:
    """Households in the order of visits, and those of whom rule and model disagree."""

    visits: pl.DataFrame
    disagreements: Disagreements


def visit_lists(
    scope: RoundScope, capacity: int, standard: EdgeStandard | None, register: str | None = None
) -> VisitLists:
    """Of the households of a scope; with a standard, whoever it brings in is listed. Raises StoreError without scores."""
    store, round_name, county = scope.store, scope.round_name, scope.county
    head = read_head(store.root, round_name)
    store.files(round_name, county)  # says what is there, where the county is not
    # Not the panel's frame: a number that stands twice cannot be followed, but who qualifies by rule is listed.
    frame = PanelReader(store, head.given_line, register=register).assessed(round_name)
    scores = pl.DataFrame(read_scores(store.root, round_name))
    if county:
        frame, scores = (each.filter(pl.col("county_code") == county) for each in (frame, scores))
    qualifying = _inside(frame, round_name, standard, head.line) if standard else []
    return VisitLists(visit_list(frame, scores, qualifying, capacity), disagreements(scores))


def _inside(frame: pl.DataFrame, round_name: str, standard: EdgeStandard, line: float) -> list[str]:
    limits = edge_limits(standard, standard.line if standard.line is not None else line)
    rules = rules_of_round(round_name, {standard.county: limits} if standard.county else limits)
    return apply_rules(frame, rules).brought_in["household_id"].to_list()
