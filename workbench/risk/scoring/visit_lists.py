"""The visit list and the disagreements of a scored round, from a store."""

from dataclasses import dataclass

import polars as pl

from workbench.domain.rules.edge import edge_frame, edge_limits
from workbench.domain.rules.standard import EdgeStandard
from workbench.risk.data.panel import PanelReader
from workbench.risk.visit_ranking import Disagreements, disagreements, visit_list
from workbench.store.facts import FactStore
from workbench.store.scores import read_head, read_scores


@dataclass(frozen=True)
class VisitLists:
    """Households in the order of visits, and those of whom rule and model disagree."""

    visits: pl.DataFrame
    disagreements: Disagreements


def visit_lists(
    store: FactStore, round_name: str, county: str | None, capacity: int, standard: EdgeStandard | None,
    register: str | None = None,
) -> VisitLists:  # fmt: skip
    """Of one county, or of all; with a standard, whoever it brings in is listed. Raises StoreError without scores."""
    head = read_head(store.root, round_name)
    store.files(round_name, county)
    # Not the panel's frame: a number that stands twice cannot be followed, but who qualifies by rule is listed.
    frame = PanelReader(store, head.given_line, register=register).assessed(round_name)
    scores = pl.DataFrame(read_scores(store.root, round_name))
    if county:
        frame, scores = (each.filter(pl.col("county_code") == county) for each in (frame, scores))
    qualifying = _inside(frame, standard, head.line) if standard else []
    return VisitLists(visit_list(frame, scores, qualifying, capacity), disagreements(scores))


def _inside(frame: pl.DataFrame, standard: EdgeStandard, line: float) -> list[str]:
    limits = edge_limits(standard, standard.line if standard.line is not None else line)
    unregistered = frame.filter(pl.col("kind") == "unregistered")
    if standard.county:
        unregistered = unregistered.filter(pl.col("county_code") == standard.county)
    assessed: pl.DataFrame = edge_frame(unregistered, limits)
    return assessed.filter(pl.col("edge").fill_null(value=False))["household_id"].to_list()
