"""The frontier over every lever, of many counties on a cluster: workers count the classes, here they are searched.

The search asks of a household which of the searched ceilings and shares let it in, and nothing else: each county comes
down to entries told apart by these, and what follows is what one computer does.
"""

from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.cluster.assessed_index import assessed_on
from workbench.preview.cluster.past import PastRequest, past_rounds_on
from workbench.preview.frontier.classes import LeverValues
from workbench.preview.frontier.points import Evidence
from workbench.preview.frontier.request import evidence_expected, evidence_of
from workbench.preview.scope import PreviewScope
from workbench.preview.slips.scored_index import Ranking
from workbench.store.cluster.counties import ClusterStore


def expected_evidence_on(cluster: ClusterStore, scope: PreviewScope, at_hand: EdgeStandard) -> tuple[Evidence, Ranking]:
    """`frontier.request.expected_evidence` of the counties of a scope."""
    limits = scope.limits_of(at_hand)
    distinctions = LeverValues().distinctions(limits)
    # Nothing a frontier says is said of a township.
    at, _ = assessed_on(cluster, scope, limits, None, distinctions, by_township=False)
    return evidence_expected(scope.round_name, limits.line, at.expectation)


def past_evidence_on(
    cluster: ClusterStore, asked: PastRequest, at_hand: EdgeStandard, round_name: str | None
) -> tuple[Evidence, Ranking]:
    """`frontier.request.past_evidence` of the counties asked about."""
    rounds = past_rounds_on(cluster, asked, at_hand, LeverValues())
    return evidence_of(rounds, round_name)
