"""Previews and sweeps asked for by a person, of many counties on a cluster: the records that one computer gives."""

import itertools
from collections.abc import Sequence
from typing import Any

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import InputError, Words
from workbench.preview.cluster.assessed_index import assessed_on
from workbench.preview.counts.budget import ceiling_above, ceilings_near, spaced_ceilings
from workbench.preview.counts.counts import Comparison
from workbench.preview.counts.sweep import Axis, check_axes, sweep_over, vary
from workbench.preview.index.build import PreviewIndex
from workbench.preview.index.reduced import Distinctions
from workbench.preview.request import Analyses, preview_record
from workbench.preview.scope import PreviewScope
from workbench.store.cluster.counties import ClusterStore


def preview_on(
    cluster: ClusterStore, scope: PreviewScope, standard: EdgeStandard, against: EdgeStandard | None, analyses: Analyses
) -> dict[str, Any]:
    """The preview of a scope, with `simulated`. What asks for single incomes is refused: those stay with the workers."""
    if analyses.income_error is not None or analyses.bunching:
        raise InputError(_single_incomes())
    limits = scope.limits_of(standard)
    carried = spaced_ceilings(limits.line) if analyses.carry is not None else []
    # Every ceiling that will be asked about: what the reduction does not tell apart cannot be counted apart later.
    distinctions = Distinctions.of([limits], [ceiling_above(limits), *carried])
    other = scope.limits_of(against) if against else None
    at_hand, simulated = assessed_on(cluster, scope, limits, other, distinctions)
    if analyses.carry is not None and standard.help_cost is not None:
        # To the yuan only where it matters: told apart along all ceilings, hardly two households would be alike.
        near = ceilings_near(at_hand.index, limits, standard.help_cost, analyses.carry)
        distinctions = Distinctions.of([limits], [ceiling_above(limits), *carried, *near])
        at_hand, simulated = assessed_on(cluster, scope, limits, other, distinctions)
    return preview_record(scope, standard, at_hand, analyses) | {"simulated": simulated}


def sweep_on(
    cluster: ClusterStore, scope: PreviewScope, standard: EdgeStandard, axes: list[Axis], against: EdgeStandard | None
) -> tuple[list[dict[str, float | None]], dict[str, bool]]:
    """The points of a sweep, and whether households are simulated and scored. Each county is gone through once a line."""
    check_axes(standard, axes)
    line, said = scope.line_of(standard), {"simulated": False, "scored": False}
    scope.limits_of(standard)  # refuses one that is made for another county
    other = scope.limits_of(against) if against else None

    def index_under(line_here: float) -> tuple[PreviewIndex, Comparison | None]:
        varied = [edge_limits(each, line_here) for each in _varied(standard, axes)]
        # Of these limits only the line, the income tested and the groups are read, the same in all that vary.
        at_hand, simulated = assessed_on(cluster, scope, varied[0], other, Distinctions.of(varied))
        said["simulated"], said["scored"] = simulated, at_hand.head is not None
        return at_hand.index, at_hand.comparison

    return sweep_over(standard, line, axes, index_under), said


def _varied(standard: EdgeStandard, axes: Sequence[Axis]) -> list[EdgeStandard]:
    """The standard with each value of each key, the others at their first: all ceilings and shares that a sweep comes by."""
    others = [axis for axis in axes if axis.key != keys.LINE]
    points = [{axis.key: axis.values[0] for axis in others}]
    points += [points[0] | {axis.key: value} for axis, value in itertools.chain(*map(_each, others))]
    return [vary(standard, point) for point in points]


def _each(axis: Axis) -> list[tuple[Axis, float]]:
    return [(axis, value) for value in axis.values]


def _single_incomes() -> Words:
    return Words(
        "收入误差（--income-error）和堆积（--bunching）要看每一户的收入，在集群上不算；请在一台机器上不带 --engine spark 运行",
        "errors of incomes (--income-error) and bunching (--bunching) look at single incomes and are not worked out on a cluster; "
        "run without --engine spark on one computer",
        code="preview.single-incomes-on-cluster",
    )
