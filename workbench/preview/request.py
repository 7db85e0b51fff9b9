"""A preview asked for by a person: which round, county, line and standards; checked, then counted."""

import time
from dataclasses import dataclass
from typing import Any

from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.preview.counts.budget import carried_record, ceiling_above, check_budget, cost_range, margin
from workbench.preview.counts.counts import Breakdown, Comparison, Count, TownshipCount
from workbench.preview.counts.sweep import yearly_cost
from workbench.preview.index.build import PreviewIndex, to_the_millionth
from workbench.preview.index.cache import asked_before, note_asked
from workbench.preview.index.reduced import Distinctions
from workbench.preview.index.scanned import scanned_index
from workbench.preview.scope import PreviewScope
from workbench.preview.sensitivity.bunching import bunching
from workbench.preview.sensitivity.income_error import check_error, remeasured
from workbench.preview.slips.expected import NO_SLIPS, Expectation, Gain, check_threshold, model_record, slips_record
from workbench.preview.unlikely import remarks
from workbench.safeguards.plain_data import Json
from workbench.store.scores import ScoreHead, has_scores


@dataclass(frozen=True)
class Analyses:
    """What a preview may be asked beside its counts.

    `threshold`: of the net benefit (a probability; None: the base rate); `income_error`: the standard deviation of the
    error of log incomes; `bunching` around the general ceiling; `carry`: a yearly budget (yuan), of which the highest
    ceiling that it carries is asked.
    """

    threshold: float | None = None
    income_error: float | None = None
    bunching: bool = False
    carry: float | None = None

    @property
    def of_households(self) -> bool:
        """Whether one of them looks at single incomes, or along all ceilings: that takes the whole index."""
        return self.income_error is not None or self.bunching or self.carry is not None

    def __post_init__(self) -> None:
        """Refuses what cannot be, whether or not it will be used."""
        if self.threshold is not None:
            check_threshold(self.threshold)
        if self.income_error is not None:
            check_error(self.income_error)
        if self.carry is not None:
            check_budget(self.carry)


def preview(
    scope: PreviewScope, standard: EdgeStandard, against: EdgeStandard | None = None, analyses: Analyses | None = None
) -> dict[str, Any]:
    """The preview as the contract prints it; `milliseconds` is the time of counting, index and scores at hand."""
    analyses = analyses or Analyses()
    at_hand = None if analyses.of_households else _scanned(scope, standard, against)
    return preview_record(scope, standard, at_hand or assessed(scope, standard, against), analyses)


@dataclass(frozen=True)
class Assessed:
    """What a preview counts: the index with the slips expected of it, the standard compared with, and what the model says.

    `head` None where no model has scored the round, `expectation` None where it cannot say under this line.
    """

    index: PreviewIndex
    comparison: Comparison | None = None
    head: ScoreHead | None = None
    expectation: Expectation | None = None


def _scanned(scope: PreviewScope, standard: EdgeStandard, against: EdgeStandard | None) -> Assessed | None:
    """What a preview counts, from a scan of the facts; None where the index is there, worth making, or needed.

    The first question about a round is answered without it, in a fraction of the time that making it takes.
    """
    asked = first_question(scope, standard, against)
    # A model's scores lie in the order of the index.
    if asked is None or has_scores(scope.store.root, scope.round_name):
        return None
    all_limits, cuts = asked
    key = (scope.store, scope.round_name, scope.county)
    place: Any = {
        "deduct_out_of_pocket": all_limits[0].deduct_out_of_pocket,
        "own_groups": tuple(all_limits[0].own_groups),
    }
    if asked_before(*key, **place):
        return None
    at_hand = compared_scan(scope, all_limits, cuts, compared=against is not None)
    if at_hand is not None:
        note_asked(*key, **place)
    return at_hand


def first_question(
    scope: PreviewScope, standard: EdgeStandard, against: EdgeStandard | None
) -> tuple[list[EdgeLimits], tuple[float, ...]] | None:
    """The limits of a standard and of the one compared with (else its own again), and every ceiling asked about.

    None where the two test another income or know other groups: they take two indexes, brought to one order.
    """
    limits = scope.limits_of(standard)
    other = scope.limits_of(against) if against else limits
    one, two = ((each.deduct_out_of_pocket, tuple(each.own_groups)) for each in (limits, other))
    return ([limits, other], Distinctions.of([limits, other], [ceiling_above(limits)]).cuts) if one == two else None


def compared_scan(
    scope: PreviewScope, all_limits: list[EdgeLimits], cuts: tuple[float, ...], *, compared: bool
) -> Assessed | None:
    """What a preview of a scope counts, read from the columns of its facts, or None; see `first_question`, `scanned_index`."""
    index = scanned_index(scope.store, scope.round_name, scope.county, all_limits, cuts)
    if index is None:
        return None
    return Assessed(index, Comparison.of(index, all_limits[1], index) if compared else None)


def assessed(scope: PreviewScope, standard: EdgeStandard, against: EdgeStandard | None = None) -> Assessed:
    """What a preview of a scope counts, read from its store."""
    limits = scope.limits_of(standard)
    index = scope.index_for(limits)
    comparison = scope.comparison(index, against)
    scores = scope.scores(index)
    slips = scores.under(index, limits.line) if scores else None
    expectation = Expectation(index, slips) if slips else None
    index = index.with_slips(slips.expected if slips else None)
    return Assessed(index, comparison, scores.head if scores else None, expectation)


def preview_record(scope: PreviewScope, standard: EdgeStandard, at_hand: Assessed, analyses: Analyses) -> Json:
    """The preview of what is at hand already."""
    limits = scope.limits_of(standard)
    index, comparison, head = at_hand.index, at_hand.comparison, at_hand.head
    expectation = at_hand.expectation.prepare() if at_hand.expectation else None
    # From here on only what moves with a slider: index and scores are at hand by now.
    begin = time.perf_counter()
    broken = Breakdown(index, limits, comparison)
    counts, costs = _counts_record(broken), money(standard, broken.totals.inside)
    caught = expectation.caught(broken.pieces) if expectation else None
    figures = slips_record(caught, broken.totals.inside, costs["cost"], analyses.threshold) if caught else NO_SLIPS
    milliseconds = (time.perf_counter() - begin) * 1000
    return {
        "round": scope.round_name,
        "county": scope.county,
        "line": limits.line,
        **counts,
        **costs,
        **_budget_record(analyses, standard, broken),
        **figures,
        "gain": Gain.over(expectation, broken.pieces, comparison.mask).record() if expectation and comparison else None,
        "model": model_record(head, expectation) if head else None,
        **_analyses_record(analyses, broken),
        "notes": remarks(standard, limits) + (_line_notes(head, limits.line) if head else []),
        "milliseconds": round(milliseconds, 3),
    }


def _counts_record(broken: Breakdown) -> Json:
    counts = broken.totals
    return {
        "in": whole(counts.inside),
        "cannot_tell": whole(counts.cannot_tell),
        "below_line": whole(counts.below_line),
        "newly_in": whole(counts.newly_in),
        "leaving": whole(counts.leaving),
        "rows": {
            "in": counts.inside.rows,
            "cannot_tell": counts.cannot_tell.rows,
            "below_line": counts.below_line.rows,
            "newly_in": counts.newly_in.rows if counts.newly_in else None,
            "leaving": counts.leaving.rows if counts.leaving else None,
        },
        "by_township": [_township_record(entry, broken.index) for entry in broken.by_township()],
        "by_group": {group: whole(count) for group, count in broken.by_group().items()},
        "own_groups": broken.limits.own_groups,
        "by_route": {route: whole(count) for route, count in broken.by_route().items()},
        "cannot_tell_by_missing": {name: whole(count) for name, count in broken.by_missing().items()},
    }


def _budget_record(analyses: Analyses, standard: EdgeStandard, broken: Breakdown) -> Json:
    """What is uncertain in households and cost, what one household more costs, and what a budget carries."""
    index, limits, cost = broken.index, broken.limits, standard.help_cost
    households, yuan = cost_range(broken.totals, cost)
    record: Json = {
        "in_range": list(households),
        "cost_range": list(yuan) if yuan else None,
        "margin": margin(index, limits, broken.totals.inside).record(cost),
    }
    if analyses.carry is not None:
        record["carried"] = carried_record(index, limits, cost, analyses.carry)
    return record


def _analyses_record(analyses: Analyses, broken: Breakdown) -> Json:
    """Only what was asked for."""
    index, limits = broken.index, broken.limits
    record: Json = {}
    if analyses.income_error is not None:
        record["remeasured"] = remeasured(index, limits, analyses.income_error).record()
    if analyses.bunching:
        record["bunching"] = bunching(index, limits.ceiling, limits.line).record()
    return record


def _line_notes(head: ScoreHead, line: float) -> list[Words]:
    """What becomes of scores that were made under another line."""
    if line == head.line:
        return []
    if not head.residuals:
        return [
            Words(
                f"评分按扶贫标准 {head.line:g} 元作出，且没有收入预测，不能换算到另一标准",
                f"scored under a line of {head.line:g} yuan, without an income forecast that would carry to another line",
                code="preview.scores-of-other-line",
            )
        ]
    return [
        Words(
            f"评分按扶贫标准 {head.line:g} 元作出，已按收入预测换算；收入在两个标准之间的户没有评分",
            f"scored under a line of {head.line:g} yuan, carried over by the income forecast; "
            "households with incomes between the two lines have none",
            code="preview.scores-carried-over",
        )
    ]


def money(standard: EdgeStandard, inside: Count) -> dict[str, Any]:
    """The yearly cost in yuan, and whether it is over the budget; None where the standard states neither."""
    cost = yearly_cost(standard.help_cost, inside.households)
    # A budget is compared with and nothing else: it never keeps out a household that qualifies (§2.1.3-c).
    over = None if cost is None or standard.budget is None else cost > standard.budget
    return {"cost": cost, "budget": standard.budget, "over_budget": over}


def whole(count: Count | None) -> float | int | None:
    """Households as a whole number where they are one, else to the millionth."""
    if count is None:
        return None
    households = to_the_millionth(count.households)
    return int(households) if households.is_integer() else households


def _township_record(entry: TownshipCount, index: PreviewIndex) -> Json:
    return {
        "county_code": entry.county_code,
        # In the index no township is an empty name; readers get null.
        "township": entry.township or None,
        "in": whole(entry.inside),
        "cannot_tell": whole(entry.cannot_tell),
        "below_line": whole(entry.below_line),
        "newly_in": whole(entry.newly_in),
        "leaving": whole(entry.leaving),
        "households": whole(entry.households),
        "expected_slips": None if index.slips is None else entry.inside.slips,
        "rows": {"in": entry.inside.rows, "cannot_tell": entry.cannot_tell.rows, "households": entry.households.rows},
    }
