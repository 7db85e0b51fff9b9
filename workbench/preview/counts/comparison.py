"""Several standards compared: the preview of each side by side, by county, under another line, in past rounds, and as keys vary."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.counts.sweep import Axis, check_axes, sweep
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.request import PastSide, past_sides
from workbench.preview.request import Analyses, preview
from workbench.preview.scenario import Candidate
from workbench.preview.scope import PreviewScope
from workbench.safeguards.plain_data import Json

Report = Callable[[int, int], None]
_SLICE = 8


@dataclass(frozen=True)
class Compared:
    """What previews say of each candidate, by name and in their order.

    `by_county`: the same a county code, where the scope is the whole city; `line_in_force`: where all that is under another
    line, the counts under the line in force, to see what the line alone changes; `past`: each over the past rounds of the
    scope (see `past_sides`), empty where there is nothing to look back on.
    """

    records: dict[str, Json]
    by_county: dict[str, dict[str, Json]]
    line_in_force: dict[str, Json]
    past: dict[str, PastSide | None] = field(default_factory=dict)


def compare(
    scope: PreviewScope,
    candidates: Sequence[Candidate],
    *,
    line: float | None = None,
    income_error: float | None = None,
    report: Report | None = None,
) -> Compared:
    """Preview each candidate, beside the first, under `line` (None: the one in force), and look back on each; standards bound to a county are taken as forms that any county may have.

    `report(done, all)` after each preview and after the past; what it raises ends the work.
    """
    unbound = [Candidate(each.name, each.standard.model_copy(update={"county": None})) for each in candidates]
    codes = scope.store.counties(scope.round_name) if scope.county is None else []
    counter = _Counter(len(unbound) * (1 + len(codes) + (line is not None)) + 1, report)
    against = unbound[0].standard
    analyses = Analyses(income_error=income_error)

    def previewed(where: PreviewScope, asked: Analyses) -> dict[str, Json]:
        by_candidate = {}
        for each in unbound:
            by_candidate[each.name] = preview(where, each.standard, against, asked)
            counter.step()
        return by_candidate

    chosen = scope if line is None else replace(scope, line=line)
    records = previewed(chosen, analyses)
    by_county = {code: previewed(replace(chosen, county=code), Analyses()) for code in codes}
    in_force = previewed(scope, Analyses()) if line is not None else {}
    # What happened, beside what the model expects: whoever does not believe the one has the other (0037).
    past = past_sides(PastScope(scope.store, scope.county, line), {each.name: each.standard for each in unbound})
    counter.step()
    return Compared(records, by_county, in_force, past)


def swept(
    scope: PreviewScope, standard: EdgeStandard, axes: Sequence[Axis], report: Report | None = None
) -> list[Json]:
    """The records of `sweep`, worked out in slices so that the work can be seen and ended."""
    standard = standard.model_copy(update={"county": None})
    index = scope.index_for(scope.limits_of(standard))
    scores = scope.scores(index)
    line = scope.line_of(standard)
    cut = next((axis for axis in axes if not keys.is_ceiling(axis.key)), axes[0])
    parts = [cut.values[start : start + _SLICE] for start in range(0, len(cut.values), _SLICE)]
    counter = _Counter(len(parts), report)
    points: list[Json] = []
    # Here, of all points together: each slice alone may well be below the limit.
    check_axes(standard, list(axes))
    for part in parts:
        sliced = [replace(axis, values=part) if axis is cut else axis for axis in axes]
        points += sweep(index, standard, line, sliced, None, scores)
        counter.step()
    place = {value: number for axis in axes[:1] for number, value in enumerate(axis.values)}
    # Where the second axis is the one sliced, points of one first value lie apart; the sort is stable and joins them.
    return sorted(points, key=lambda record: place[record[axes[0].key]])


def sweep_here(
    scope: PreviewScope, standard: EdgeStandard, axes: list[Axis], against: EdgeStandard | None
) -> tuple[list[Json], dict[str, bool]]:
    """The points of a sweep, and whether the households of the scope are simulated and scored."""
    index = scope.index_for(scope.limits_of(standard))
    comparison = scope.comparison(index, against)
    scores = scope.scores(index)
    points = sweep(index, standard, scope.line_of(standard), axes, comparison, scores)
    return points, {"simulated": scope.simulated, "scored": scores is not None}


class _Counter:
    """Steps done, of so many, told to whom it concerns."""

    def __init__(self, total: int, report: Report | None) -> None:
        self._done, self._total, self._report = 0, total, report

    def step(self) -> None:
        self._done += 1
        if self._report is not None:
            self._report(self._done, self._total)
