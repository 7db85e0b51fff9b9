"""A search that is remembered: moving one standard about asks for the frontier again, and most of it stays the same."""

from typing import Any

from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.frontier.points import Evidence, Searched, searched
from workbench.preview.frontier.request import expected_evidence, frontier_record, past_evidence
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.scope import PreviewScope
from workbench.preview.slips.scored_index import Ranking
from workbench.safeguards.plain_data import Json


class LastSearch:
    """Frontiers of one place after another; the last search serves every standard of the same income, line and groups."""

    def __init__(self) -> None:
        self._key: Any = None
        self._made: tuple[Evidence, Ranking, Searched] | None = None

    def record(self, scope: PreviewScope, standard: EdgeStandard, *, past: bool = False) -> Json:
        """The frontier beside `standard`: of what is expected after the round, or (`past`) of what happened so far.

        Raises InputError where the round has no scores under the line, or nothing happened yet.
        """
        limits = scope.limits_of(standard)
        key = (scope, limits.line, limits.deduct_out_of_pocket, tuple(standard.own_groups), past)
        if self._made is None or key != self._key:
            evidence, ranked = _evidence(scope, standard, past=past)
            self._made, self._key = (evidence, ranked, searched(evidence, standard)), key
        evidence, ranked, made = self._made
        return frontier_record(evidence, standard, ranked, made)


def _evidence(scope: PreviewScope, standard: EdgeStandard, *, past: bool) -> tuple[Evidence, Ranking]:
    if past:
        return past_evidence(PastScope(scope.store, scope.county), standard)
    return expected_evidence(scope, standard)
