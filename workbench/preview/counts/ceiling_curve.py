"""The totals along the general income ceiling, all points in one pass: what a slider reads, and one axis of a sweep."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from workbench.domain.rules.edge import EdgeLimits
from workbench.preview.counts.counts import Comparison
from workbench.preview.counts.membership import Piece, evaluate, without_income_ceiling
from workbench.preview.index.build import Bools, Floats, PreviewIndex, sum_of

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CeilingCurve:
    """Exact totals at each ceiling (yuan a person and year); arrays of one value a ceiling, households and rows.

    `newly_in` and `leaving` are None without a comparison, `slips` (expected among those in) without a model.
    `below_line` does not depend on the ceiling.
    """

    ceilings: Floats
    inside: Floats
    inside_rows: Floats
    cannot_tell: Floats
    cannot_tell_rows: Floats
    newly_in: Floats | None
    leaving: Floats | None
    slips: Floats | None


def ceiling_curve(
    index: PreviewIndex, limits: EdgeLimits, ceilings: npt.ArrayLike, comparison: Comparison | None = None
) -> CeilingCurve:
    """The totals of `limits` with its general ceiling replaced by each of `ceilings` (none below the line).

    A household in through a group's ceiling or another route is in whatever the general ceiling; another one is in
    from the first ceiling above its income on. So two evaluations and a cumulative sum serve every point.
    """
    points = np.asarray(ceilings, np.float64)
    highest = replace(limits, ceiling=max(float(points.max()), limits.line))
    sums = _Sums(index, len(points))
    # Both yield the same pieces in the same order, a county's known incomes and then its unknown ones: hence the zip.
    for always, at_most in zip(evaluate(index, without_income_ceiling(limits)), evaluate(index, highest), strict=True):
        start, stop = at_most.start, at_most.stop
        inside, possible = _padded(always.inside, stop - start), _padded(always.possible, stop - start)
        below = _rows_below(index, at_most, points)
        sums.add("inside", start, inside, at_most.inside, below)
        sums.add("possible", start, possible, at_most.possible, below)
        if comparison is not None:
            stays = comparison.mask[start:stop]
            sums.add("stays", start, inside & stays, at_most.inside & stays, below)
    inside_households, possible_households = sums.households["inside"], sums.households["possible"]
    stays_households = sums.households["stays"]
    return CeilingCurve(
        ceilings=points,
        inside=_to_the_millionth(inside_households),
        inside_rows=sums.rows["inside"],
        cannot_tell=_to_the_millionth(possible_households - inside_households),
        cannot_tell_rows=sums.rows["possible"] - sums.rows["inside"],
        newly_in=None if comparison is None else _to_the_millionth(inside_households - stays_households),
        leaving=None if comparison is None else _to_the_millionth(comparison.inside.households - stays_households),
        slips=None if index.slips is None else sums.slips["inside"],
    )


def _to_the_millionth(households: Floats) -> Floats:
    # As `to_the_millionth` tells a single sum: a cluster adds weights up in another order, county by county.
    return np.round(households, 6)


class _Sums:
    """Running sums over counties, one value a ceiling, of rows and of what rows weigh."""

    def __init__(self, index: PreviewIndex, points: int) -> None:
        self.index = index
        self.rows, self.households, self.slips = (
            {name: np.zeros(points) for name in ("inside", "possible", "stays")} for _ in range(3)
        )

    def add(self, name: str, start: int, always: Bools, at_most: Bools, below: Positions) -> None:
        """Count rows that are in always, and from a ceiling on: those among the first `below` rows of the range."""
        # Rows are sorted by income, so those let in by a ceiling are the first ones of `later`: how many, is one search.
        later = np.flatnonzero(at_most & ~always)
        reached = np.searchsorted(later, below)
        rows = np.count_nonzero(always) + reached
        self.rows[name] += rows
        if self.index.weight is None:
            self.households[name] += rows
        for sums, values in ((self.households, self.index.weight), (self.slips, self.index.slips)):
            if values is not None:
                here = values[start : start + len(always)]
                # The 0 in front is for a ceiling that reaches nobody.
                sums[name] += sum_of(here, always) + np.concatenate(([0.0], np.cumsum(here[later])))[reached]


def _padded(flags: Bools, size: int) -> Bools:
    """The flags of the same first row, cut or filled with false to `size` rows."""
    padded = np.zeros(size, np.bool_)
    # The highest ceiling reaches further than the line, so its piece has more rows; beyond the first nobody is in always.
    padded[: len(flags)] = flags[:size]
    return padded


def _rows_below(index: PreviewIndex, piece: Piece, points: Floats) -> Positions:
    """How many rows of a piece lie below each ceiling; all of them where the income is not known."""
    if piece.start >= piece.county.known:
        return np.full(len(points), piece.stop - piece.start)
    # The left side: an income at the ceiling is not below it (低于 is strict, decision 0008).
    return np.searchsorted(index.income[piece.start : piece.stop], points)
