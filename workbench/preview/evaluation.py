"""A standard over the index: which rows are in, which cannot be told (three-valued, as `domain.edge` has it)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from typing import cast

import numpy as np

from workbench.domain.edge import ROUTES, EdgeLimits
from workbench.domain.vocabulary import CROSS_CHECKS, KEY_GROUPS
from workbench.preview.index import Bools, Bytes, CountySlice, PreviewIndex

# What a class table says of the households of a class in a band of incomes, a bit each.
_GROUP_SURE, _GROUP_POSSIBLE, _FREE_SURE, _FREE_POSSIBLE = (np.uint8(1 << bit) for bit in range(4))


@dataclass(frozen=True)
class Piece:
    """Rows `start` to `stop` of one county with their results; all other rows are surely out.

    `inside`: in; `possible`: in or cannot tell; `routes`: the routes surely taken, exclusions aside, where asked for.
    """

    county: CountySlice
    start: int
    stop: int
    inside: Bools
    possible: Bools
    routes: dict[str, Bools]


@dataclass(frozen=True)
class _Band:
    """Incomes between two neighbouring cuts, so that the same ceilings lie above all of them.

    `known` False: the income is not known, no route is sure, and none is ruled out by it.
    """

    table: Bytes
    rigid: bool
    drop: bool
    known: bool


def evaluate(index: PreviewIndex, limits: EdgeLimits, *, routes: bool = False) -> Iterator[Piece]:
    """Two pieces a county: the rows from the line to the highest ceiling, and those of unknown income."""
    cuts = _cuts(limits)
    bands = [_band(index, limits, upper) for upper in cuts[1:]]
    unknown = _band(index, limits, limits.line, known=False)
    for county in index.counties:
        found = np.searchsorted(index.income[county.start : county.known], cuts)
        positions = [county.start + int(position) for position in found]
        yield _piece(index, limits, county, list(zip(bands, pairwise(positions), strict=True)), routes=routes)
        if county.known < county.stop:
            yield _piece(index, limits, county, [(unknown, (county.known, county.stop))], routes=routes)


def first_at_least(index: PreviewIndex, county: CountySlice, income: float) -> int:
    """The first row of a county whose income is not below `income`."""
    return county.start + int(np.searchsorted(index.income[county.start : county.known], income))


def full_mask(index: PreviewIndex, limits: EdgeLimits) -> Bools:
    """Which rows of the index are in, one boolean a row."""
    mask = np.zeros(len(index), np.bool_)
    for piece in evaluate(index, limits):
        mask[piece.start : piece.stop] = piece.inside
    return mask


def without_income_ceiling(limits: EdgeLimits) -> EdgeLimits:
    """The same standard with the general ceiling at the line: only group ceilings and the other routes let in."""
    return replace(limits, ceiling=limits.line)


def _cuts(limits: EdgeLimits) -> list[float]:
    ceilings = {limits.line, limits.ceiling, *limits.group_ceilings.values()}
    if limits.rigid_share is not None:
        ceilings.add(limits.rigid_ceiling)
    if limits.drop_share is not None:
        ceilings.add(limits.drop_ceiling)
    return sorted(ceilings)


def _band(index: PreviewIndex, limits: EdgeLimits, upper: float, *, known: bool = True) -> _Band:
    """The band that ends at `upper`: a ceiling lies above all of it if it is not below its end."""
    groups = [group for group, ceiling in limits.group_ceilings.items() if ceiling >= upper]
    return _Band(
        table=_class_table(index, limits, groups=None if limits.ceiling >= upper else groups),
        rigid=limits.rigid_share is not None and limits.rigid_ceiling >= upper,
        drop=limits.drop_share is not None and limits.drop_ceiling >= upper,
        known=known,
    )


def _bits(names: Iterable[str], among: tuple[str, ...]) -> np.uint8:
    return np.uint8(sum(1 << among.index(name) for name in names))


def _class_table(index: PreviewIndex, limits: EdgeLimits, groups: list[str] | None) -> Bytes:
    """By class: the income route taken but for the income, and not excluded; each surely and possibly.

    `groups` are those whose own ceiling lies above the band; None: the general ceiling does, for every household.
    """
    classes = index.classes
    true, possible = classes.groups_true, classes.groups_true | classes.groups_unknown
    conditions = [] if groups is None else [_bits(groups, KEY_GROUPS)]
    conditions += [_bits(limits.groups, KEY_GROUPS)] if limits.require_group else []
    excluding = _bits(limits.exclusions, CROSS_CHECKS)
    flags = (
        (_GROUP_SURE, _meet_all(true, conditions)),
        (_GROUP_POSSIBLE, _meet_all(possible, conditions)),
        (_FREE_SURE, ((classes.checks_true | classes.checks_unknown) & excluding) == 0),
        (_FREE_POSSIBLE, (classes.checks_true & excluding) == 0),
    )
    table = np.zeros(len(true), np.uint8)
    for bit, flag in flags:
        table[flag] |= bit
    return table


def _meet_all(bits: Bytes, conditions: list[np.uint8]) -> Bools:
    met = np.ones(len(bits), np.bool_)
    for condition in conditions:
        met &= (bits & condition) != 0
    return met


def _piece(
    index: PreviewIndex,
    limits: EdgeLimits,
    county: CountySlice,
    bands: list[tuple[_Band, tuple[int, int]]],
    *,
    routes: bool,
) -> Piece:
    start, stop = (bands[0][1][0], bands[-1][1][1]) if bands else (county.start, county.start)
    piece = Piece(
        county, start, stop, np.empty(stop - start, np.bool_), np.empty(stop - start, np.bool_),
        {name: np.zeros(stop - start, np.bool_) for name in ROUTES} if routes else {},
    )  # fmt: skip
    for band, (begin, end) in bands:
        if begin < end:
            _fill(index, limits, band, piece, slice(begin, end))
    return piece


def _fill(index: PreviewIndex, limits: EdgeLimits, band: _Band, piece: Piece, rows: slice) -> None:
    """Judge the rows of one band: routes by Kleene's "or", then "and not excluded"."""
    target = slice(rows.start - piece.start, rows.stop - piece.start)
    table = band.table[index.class_of[rows]]
    sure = {"income": (table & _GROUP_SURE) != 0}
    possible = {"income": (table & _GROUP_POSSIBLE) != 0}
    if band.rigid or (not band.known and limits.rigid_share is not None):
        sure["rigid_expenditure"], possible["rigid_expenditure"] = _rigid(index, limits, rows)
    if band.drop or (not band.known and limits.drop_share is not None):
        sure["income_drop"], possible["income_drop"] = _drop(index, limits, rows)
    any_possible = reduce(np.logical_or, possible.values())
    np.logical_and(any_possible, (table & _FREE_POSSIBLE) != 0, out=piece.possible[target])
    if not band.known:
        piece.inside[target] = False
        return
    any_sure = reduce(np.logical_or, sure.values())
    np.logical_and(any_sure, (table & _FREE_SURE) != 0, out=piece.inside[target])
    for name in sure if piece.routes else ():
        piece.routes[name][target] = sure[name]


def _rigid(index: PreviewIndex, limits: EdgeLimits, rows: slice) -> tuple[Bools, Bools]:
    share = cast("float", limits.rigid_share)
    sure = index.out_of_pocket[rows] > share * index.net_income[rows]
    return sure, sure | index.classes.rigid_unknown[index.class_of[rows]]


def _drop(index: PreviewIndex, limits: EdgeLimits, rows: slice) -> tuple[Bools, Bools]:
    share = cast("float", limits.drop_share)
    classes = index.class_of[rows]
    fell = index.income_pc[rows] < (1 - share) * index.previous_income_pc[rows]
    sure = fell & index.classes.seen_before[classes]
    return sure, sure | index.classes.drop_unknown[classes]
