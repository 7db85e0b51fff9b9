"""A standard over the index: which rows are in, which cannot be told (three-valued, as `domain.rules.edge` has it)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import Any, cast

import numpy as np

from workbench.domain.facts import CROSS_CHECKS
from workbench.domain.rules.edge import ROUTES, EdgeLimits
from workbench.domain.rules.exact import as_written
from workbench.preview.index.build import (
    BITS_OF_A_BYTE,
    CHECKS_SHIFT,
    DROP_UNKNOWN,
    RIGID_UNKNOWN,
    Bools,
    CountySlice,
    Fen,
    Flags,
    PreviewIndex,
)


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

    `conditions`: sets of key groups; a household takes the income route if each set has a group that it belongs to. `known`
    False: the income is not known, so it neither opens a route for sure nor closes one.
    """

    conditions: tuple[np.uint8 | np.uint16, ...]
    excluding: np.uint8
    rigid: bool
    drop: bool
    known: bool


def evaluate(index: PreviewIndex, limits: EdgeLimits, *, routes: bool = False) -> Iterator[Piece]:
    """Two pieces a county: the rows from the line to the highest ceiling, and those of unknown income."""
    # A bit that means one group here and another there would let in the wrong households without a word.
    if index.groups[: len(limits.group_names)] != limits.group_names:
        raise ValueError(f"an index of the groups {index.groups} says nothing of {limits.group_names}")
    cuts = _cuts(limits)
    bands = [_band(limits, upper) for upper in cuts[1:]]
    unknown = _band(limits, limits.line, known=False)
    for county in index.counties:
        # Incomes are sorted within a county: each band is a slice, and no other row is looked at.
        cut_positions = np.searchsorted(index.income[county.start : county.known], cuts)
        positions = [county.start + int(position) for position in cut_positions]
        yield _piece(index, limits, county, list(zip(bands, pairwise(positions), strict=True)), routes=routes)
        # Rows of unknown income lie behind all others; whether they could be in still depends on the rest.
        if county.known < county.stop:
            yield _piece(index, limits, county, [(unknown, (county.known, county.stop))], routes=routes)


def inside_by_band(
    index: PreviewIndex, limits: EdgeLimits, county: CountySlice, start: int, stop: int
) -> Iterator[tuple[float, float, Bools]]:
    """Which rows of a county would be in, were their tested income in each band [low, high), all else as it is.

    The bands lie between the line and the highest ceiling; in no other is a household in.
    """
    for low, high in pairwise(_cuts(limits)):
        yield low, high, _piece(index, limits, county, [(_band(limits, high), (start, stop))], routes=False).inside


def first_at_least(index: PreviewIndex, county: CountySlice, income: float) -> int:
    """The first row of a county whose income is not below `income`."""
    return county.start + int(np.searchsorted(index.income[county.start : county.known], income))


def full_mask(index: PreviewIndex, limits: EdgeLimits) -> Bools:
    """Which rows of the index are in, one boolean a row."""
    return full_masks(index, limits)[0]


def full_masks(index: PreviewIndex, limits: EdgeLimits) -> tuple[Bools, Bools]:
    """Which rows of the index are in, and which are in or cannot be told, one boolean a row each."""
    inside, possible = np.zeros(len(index), np.bool_), np.zeros(len(index), np.bool_)
    for piece in evaluate(index, limits):
        inside[piece.start : piece.stop] = piece.inside
        possible[piece.start : piece.stop] = piece.possible
    return inside, possible


def without_income_ceiling(limits: EdgeLimits) -> EdgeLimits:
    """A standard with its general ceiling put at the line: only group ceilings and the other routes let in."""
    return replace(limits, ceiling=limits.line)


def _cuts(limits: EdgeLimits) -> list[float]:
    ceilings = {limits.line, limits.ceiling, *limits.group_ceilings.values()}
    if limits.rigid_share is not None:
        ceilings.add(limits.rigid_ceiling)
    if limits.drop_share is not None:
        ceilings.add(limits.drop_ceiling)
    return sorted(ceilings)


def _band(limits: EdgeLimits, upper: float, *, known: bool = True) -> _Band:
    """The band that ends at `upper`: a ceiling lies above all of it if it is not below its end."""
    groups = [group for group, ceiling in limits.group_ceilings.items() if ceiling >= upper]
    # Above the general ceiling only a group with a higher ceiling of its own lets in.
    conditions = [] if limits.ceiling >= upper else [_bits(groups, limits.group_names)]
    conditions += [_bits(limits.groups, limits.group_names)] if limits.require_group else []
    return _Band(
        conditions=tuple(conditions),
        excluding=_bits(limits.exclusions, CROSS_CHECKS),
        rigid=limits.rigid_share is not None and limits.rigid_ceiling >= upper,
        drop=limits.drop_share is not None and limits.drop_ceiling >= upper,
        known=known,
    )


def _bits(names: Iterable[str], among: tuple[str, ...]) -> Any:
    # Eight groups fit into one byte: a condition on any of them is one pass over one byte a row.
    bits = sum(1 << among.index(name) for name in names)
    return (np.uint8 if len(among) <= BITS_OF_A_BYTE else np.uint16)(bits)


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
    true = index.groups_true[rows]
    sure = {"income": _meet_all(true, band.conditions)}
    possible = {"income": _meet_all(true | index.groups_unknown[rows], band.conditions)}
    if band.rigid:
        # A route adds to both: who takes it surely is in, who may take it may be in.
        sure["rigid_expenditure"], possible["rigid_expenditure"] = _rigid(index, limits, rows)
    if band.drop:
        sure["income_drop"], possible["income_drop"] = _drop(index, limits, rows)
    checks = index.checks[rows]
    # A check that is not known may still turn out well: it takes nothing from what is possible.
    free_possible = (checks & band.excluding) == 0
    np.logical_and(reduce(np.logical_or, possible.values()), free_possible, out=piece.possible[target])
    # Of an unknown income nothing is sure, whatever the other routes say: it might be below the line.
    if not band.known:
        piece.inside[target] = False
        return
    # The shifted bits are the checks that are not known: who is surely in has neither kind.
    free = (checks & (band.excluding | band.excluding << np.uint8(CHECKS_SHIFT))) == 0
    np.logical_and(reduce(np.logical_or, sure.values()), free, out=piece.inside[target])
    for name in sure if piece.routes else ():
        piece.routes[name][target] = sure[name]


def _meet_all(bits: Flags, conditions: tuple[np.uint8 | np.uint16, ...]) -> Bools:
    if not conditions:
        return np.ones(len(bits), np.bool_)
    return reduce(np.logical_and, ((bits & condition) != 0 for condition in conditions))


def _rigid(index: PreviewIndex, limits: EdgeLimits, rows: slice) -> tuple[Bools, Bools]:
    share = as_written(cast("float", limits.rigid_share))
    at_most = _part(index.net_income[rows], share)
    sure = index.out_of_pocket[rows] > at_most
    return sure, sure | ((index.lacking[rows] & RIGID_UNKNOWN) != 0)


def _drop(index: PreviewIndex, limits: EdgeLimits, rows: slice) -> tuple[Bools, Bools]:
    share_left = 1 - as_written(cast("float", limits.drop_share))
    # `less`: a fall by exactly the share is not more than the share, and in whole fen "less" is "at most one fen less".
    below = _part(index.dropped_from[rows], share_left, less=1)
    sure = index.dropped_to[rows] <= below
    return sure, sure | ((index.lacking[rows] & DROP_UNKNOWN) != 0)


def _part(amounts: Fen, share: Fraction, less: int = 0) -> Fen:
    """The most whole fen that are not more than a share of amounts, or with `less` 1 that are less than it."""
    # Whole fen and fractions: 0.15 is no exact double, and a bound decides at the fen (decision 0021).
    part: Fen = amounts * share.numerator
    part -= less
    part //= share.denominator
    return part
