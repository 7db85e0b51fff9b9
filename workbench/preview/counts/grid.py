"""The totals of a standard along one or two of its keys, all points in one pass over the households.

A household is in where the rest of the standard lets it in, or one of the varied keys does. Each key lets it in at an
unbroken run of values (`levers`), so one table of how many households have each pair of codes says how many are in at
every point, by running sums along both of its sides.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from workbench.domain.rules.edge import EdgeLimits
from workbench.preview.counts.counts import Comparison
from workbench.preview.counts.levers import Integers, Lever
from workbench.preview.counts.membership import Piece, evaluate
from workbench.preview.index.build import Bools, Floats, PreviewIndex


@dataclass(frozen=True)
class Grid:
    """Households at each point, one row a value of the first lever, one column a value of the second.

    `slips` (expected among those in) are None without a model, `stays` (in under the comparison too) without one.
    """

    inside: Floats
    possible: Floats
    stays: Floats | None
    slips: Floats | None


def grid_totals(
    index: PreviewIndex, highest: EdgeLimits, levers: tuple[Lever, Lever], comparison: Comparison | None
) -> Grid:
    """The totals at every pair of values; `highest` is the standard with both keys at their last value."""
    first, second = levers
    tables = _Tables(index, levers)
    # In at every point, and whomever each key can let in at some value: three standards, each evaluated once.
    parts = (second.without(first.without(highest)), first.scope, second.scope)
    for pieces in zip(*(evaluate(index, limits) for limits in parts), strict=True):
        for name, rows, codes in _coded(index, levers, pieces):
            tables.add(name, rows, codes, index.weight)
            if name == "inside" and comparison is not None:
                both = comparison.mask[rows]
                tables.add("stays", rows[both], codes[both], index.weight)
            if name == "inside" and index.slips is not None:
                tables.add("slips", rows, codes, index.slips)
    return Grid(
        tables.points("inside"),
        tables.points("possible"),
        None if comparison is None else tables.points("stays"),
        None if index.slips is None else tables.points("slips"),
    )


def _coded(
    index: PreviewIndex, levers: tuple[Lever, Lever], pieces: tuple[Piece, ...]
) -> Iterator[tuple[str, Integers, Integers]]:
    """The rows of a county that may be in at some point and the joint codes of both levers: for sure, and possibly."""
    start = max(piece.start for piece in pieces)  # a standard that lets nobody in looks at no row
    known = start < pieces[0].county.known
    length = max(piece.stop for piece in pieces) - start
    possible = [_padded(piece.possible, length) for piece in pieces]
    chosen = np.flatnonzero(reduce(np.logical_or, possible))
    rows = chosen + start
    codes = [lever.codes(index, rows, known) for lever in levers]
    if known:  # of an unknown income nothing is sure
        inside = [_padded(piece.inside, length)[chosen] for piece in pieces]
        yield "inside", rows, _joint(levers, inside, codes)
    codes = [lever.possible_codes(index, rows, own) for lever, own in zip(levers, codes, strict=True)]
    yield "possible", rows, _joint(levers, [flags[chosen] for flags in possible], codes)


def _joint(levers: tuple[Lever, Lever], flags: list[Bools], codes: list[Integers]) -> Integers:
    """One code for both levers. Whoever is in without them is in at every value of the first."""
    always, *in_scope = flags
    # Whoever a key does not concern it lets in at no value: code 0.
    first, second = (np.where(scope, code, 0) for scope, code in zip(in_scope, codes, strict=True))
    return np.where(always, levers[0].size, first) * _codes_of(levers[1]) + second


def _codes_of(lever: Lever) -> int:
    # n + 1 codes of those let in up to a value, and as many of those let in from one on (see `levers`).
    return 2 * (lever.size + 1)


class _Tables:
    """How many households have each pair of codes, and how many slips are expected among those in."""

    def __init__(self, index: PreviewIndex, levers: tuple[Lever, Lever]) -> None:
        self._index = index
        self._shape = (_codes_of(levers[0]), _codes_of(levers[1]))
        self._tables: dict[str, Floats] = defaultdict(lambda: np.zeros(self._shape[0] * self._shape[1]))

    def add(self, name: str, rows: Integers, codes: Integers, weights: Floats | None) -> None:
        """Add rows, or what they weigh, by their joint codes."""
        table = self._tables[name]
        table += np.bincount(codes, None if weights is None else weights[rows], minlength=len(table))

    def points(self, name: str) -> Floats:
        """The sums at each pair of values: whoever the first lever lets in, and of the others whoever the second does."""
        table = self._tables[name].reshape(self._shape)
        points: Floats = _let_in(table.sum(axis=1), 0)[:, None] + _let_in(_shut_out(table, 0), 1)
        # Weights to the millionth, as everywhere; expected slips are exact as they are.
        return points if name == "slips" else points.round(6)


def _let_in(table: Floats, axis: int) -> Floats:
    """Along an axis of codes, the sums of those let in at each value."""
    up_to, from_on = np.split(table, 2, axis)
    return _above(up_to, axis) + _so_far(from_on, axis)


def _shut_out(table: Floats, axis: int) -> Floats:
    up_to, from_on = np.split(table, 2, axis)
    return _so_far(up_to, axis) + _above(from_on, axis)


def _so_far(table: Floats, axis: int) -> Floats:
    """The sums up to each place, the last one left out."""
    return np.cumsum(table, axis).take(range(table.shape[axis] - 1), axis)


def _above(table: Floats, axis: int) -> Floats:
    """The sums of what lies behind each place, the last one left out."""
    return np.flip(np.cumsum(np.flip(table, axis), axis), axis).take(range(1, table.shape[axis]), axis)


def _padded(flags: Bools, length: int) -> Bools:
    """The flags, filled with false to a length."""
    return np.pad(flags, (0, length - len(flags)))
