"""The visit list and the disagreements of a scored round, from a store."""

from dataclasses import dataclass

import polars as pl

from workbench.domain.rules.standard import EdgeStandard
from workbench.register.standards.in_force import standards_in_use
from workbench.risk.early_warning import early_warning_frame
from workbench.risk.visit_ranking import Disagreements, disagreements, visit_list
from workbench.store.arrow.score_tables import read_scores
from workbench.store.round_scope import RoundScope
from workbench.store.scores import read_head


@dataclass(frozen=True)
class VisitLists:
    """Households in the order of visits, and those of whom rule and model disagree."""

    visits: pl.DataFrame
    disagreements: Disagreements


def visit_lists(scope: RoundScope, capacity: int, standard: EdgeStandard | None, register: str | None) -> VisitLists:
    """Make the lists of a scope's households; `standard` None: each county by the one in use there. Raises StoreError without scores."""
    store, round_name, county = scope.store, scope.round_name, scope.county
    head = read_head(store.root, round_name)
    store.files(round_name, county)  # says what is there, where the county is not
    standards = _standards(scope, standard, register)
    # Under the line of the scores: below the line and likely to fall below it are said of one line.
    households = early_warning_frame(scope, standards, register, line=head.given_line)
    scores = pl.DataFrame(read_scores(store.root, round_name))
    chosen = scores.filter(pl.col("county_code") == county) if county else scores
    return VisitLists(visit_list(households, capacity), disagreements(chosen))


def _standards(scope: RoundScope, standard: EdgeStandard | None, register: str | None) -> dict[str, EdgeStandard]:
    """The standard of each county: the one given where it is of that county, else the one in use."""
    in_use = {code: each.standard for code, each in standards_in_use(scope, register).items()}
    if standard is None:
        return in_use
    return {code: standard if standard.county in (None, code) else each for code, each in in_use.items()}
