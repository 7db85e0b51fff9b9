"""Counts of a standard: in, cannot tell, below the line; newly in and leaving; by county, township, group, route."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from workbench.domain.facts import CROSS_CHECKS
from workbench.domain.rules.edge import ROUTES, EdgeLimits
from workbench.preview.counts.membership import Piece, evaluate, first_at_least, full_mask
from workbench.preview.index.build import (
    CHECKS_SHIFT,
    DROP_UNKNOWN,
    EVERY_COUNTY,
    RIGID_UNKNOWN,
    Bools,
    Flags,
    Floats,
    PreviewIndex,
    sum_of,
    to_the_millionth,
)


@dataclass(frozen=True)
class Count:
    """Households (the sum of weights), rows, and the slips expected among them (0 where no model has said)."""

    households: float = 0.0
    rows: int = 0
    slips: float = 0.0

    def __add__(self, other: "Count") -> "Count":
        households = to_the_millionth(self.households + other.households)
        # Slips are not rounded: whole multiples of 2^-28 add up exactly as they are (decision 0011).
        return Count(households, self.rows + other.rows, self.slips + other.slips)


@dataclass(frozen=True)
class Totals:
    """What a standard brings in, over all counties of the index. `newly_in`, `leaving`: None without a comparison."""

    inside: Count
    cannot_tell: Count
    below_line: Count
    newly_in: Count | None = None
    leaving: Count | None = None


@dataclass(frozen=True)
class Comparison:
    """Another standard to compare with: which rows of the same index it brings in, and how many that is."""

    mask: Bools
    inside: Count

    @classmethod
    def of(cls, index: PreviewIndex, limits: EdgeLimits, limits_index: PreviewIndex) -> "Comparison":
        """`limits_index` is the index of the income that `limits` tests; the mask is brought to `index`'s order."""
        mask = full_mask(limits_index, limits)
        # Indexes of the two incomes hold the same households in another order; `origin` is what pairs them.
        if limits_index.origin is not index.origin:
            by_origin = np.zeros(int(limits_index.origin.max(initial=0)) + 1, np.bool_)
            by_origin[limits_index.origin[mask]] = True
            mask = by_origin[index.origin]
        return cls(mask, count_rows(index, 0, len(index), mask))


def count_rows(index: PreviewIndex, start: int, stop: int, chosen: Bools | None = None) -> Count:
    """The rows of a range, all or those chosen."""
    rows = _number_of_rows(index, start, stop, chosen)
    households = float(rows) if index.weight is None else index.weigh(start, stop, chosen)
    return Count(households, rows, 0.0 if index.slips is None else sum_of(index.slips[start:stop], chosen))


def _number_of_rows(index: PreviewIndex, start: int, stop: int, chosen: Bools | None) -> int:
    number = stop - start if chosen is None else int(np.count_nonzero(chosen))
    # Of a reduced index an entry stands for many rows of the facts: what it has beyond one is added.
    places, beyond = index.many
    first, last = np.searchsorted(places, (start, stop))
    if first < last:
        there = slice(None) if chosen is None else chosen[places[first:last] - start]
        number += int(beyond[first:last][there].sum())
    return number


def totals(index: PreviewIndex, limits: EdgeLimits, comparison: Comparison | None = None) -> Totals:
    """The exact counts of a standard: reads only the rows between the line and the highest ceiling."""
    return totals_of(index, limits, list(evaluate(index, limits)), comparison)


def totals_of(index: PreviewIndex, limits: EdgeLimits, pieces: list[Piece], comparison: Comparison | None) -> Totals:
    """The exact counts of a standard from pieces already evaluated."""
    inside = possible = stays = Count()
    for piece in pieces:
        inside += count_rows(index, piece.start, piece.stop, piece.inside)
        possible += count_rows(index, piece.start, piece.stop, piece.possible)
        if comparison is not None:
            # Who is in under both: newly in and leaving follow by subtraction, and nobody is counted twice.
            both = piece.inside & comparison.mask[piece.start : piece.stop]
            stays += count_rows(index, piece.start, piece.stop, both)
    below = below_line(index, limits.line)
    cannot_tell = minus(possible, inside)
    if comparison is None:
        return Totals(inside, cannot_tell, below)
    return Totals(inside, cannot_tell, below, minus(inside, stays), minus(comparison.inside, stays))


def below_line(index: PreviewIndex, line: float) -> Count:
    """The households that meet the poverty criterion: tested income below the line."""
    ranges = ((county.start, first_at_least(index, county, line)) for county in index.counties)
    return sum((count_rows(index, start, stop) for start, stop in ranges), Count())


def unregistered(index: PreviewIndex) -> Count:
    """All households of the index's counties: those that a standard could concern."""
    return sum((count_rows(index, county.start, county.stop) for county in index.counties), Count())


def minus(more: Count, less: Count) -> Count:
    """What is in one count and not in the other, which it holds."""
    return Count(to_the_millionth(more.households - less.households), more.rows - less.rows, more.slips - less.slips)


@dataclass(frozen=True)
class TownshipCount:
    """One township's share of the totals, and how many unregistered households it has."""

    county_code: str
    township: str
    inside: Count
    cannot_tell: Count
    below_line: Count
    households: Count
    newly_in: Count | None
    leaving: Count | None


@dataclass(frozen=True)
class Breakdown:
    """A standard looked at closely: evaluated once, counted in several ways."""

    index: PreviewIndex
    limits: EdgeLimits
    comparison: Comparison | None = None

    @cached_property
    def pieces(self) -> list[Piece]:
        """The evaluated rows, with their routes."""
        return list(evaluate(self.index, self.limits, routes=True))

    @cached_property
    def totals(self) -> Totals:
        """The totals of all counties."""
        return totals_of(self.index, self.limits, self.pieces, self.comparison)

    @property
    def unregistered(self) -> Count:
        """All households that a standard could concern: the unregistered ones of the chosen counties."""
        return unregistered(self.index)

    def by_route(self) -> dict[str, Count]:
        """Households in, by route taken; one may take several."""

        def by(route: str, piece: Piece) -> Bools:
            return piece.inside & piece.routes[route]

        return {route: self._sum(partial(by, route)) for route in ROUTES}

    def by_group(self) -> dict[str, Count]:
        """Households in, by key group; one may belong to several, or to none."""

        def in_group(position: int, piece: Piece) -> Bools:
            groups = self.index.groups_true[piece.start : piece.stop] & self.index.groups_true.dtype.type(1 << position)
            chosen: Bools = np.logical_and(piece.inside, groups != 0)
            return chosen

        return {group: self._sum(partial(in_group, position)) for position, group in enumerate(self.index.groups)}

    def by_missing(self) -> dict[str, Count]:
        """Households that cannot be told, by what is not known of them: `income`, listed groups and exclusions, further routes.

        A household may lack several, and every one lacks something: what a route compares counts under the route's name
        where the income is known and below the route's ceiling. Facts that no household lacks are left out.
        """
        index, limits = self.index, self.limits
        unknown_bits = {name: (index.groups_unknown, index.groups.index(name)) for name in limits.groups} | {
            name: (index.checks, CHECKS_SHIFT + CROSS_CHECKS.index(name)) for name in limits.exclusions
        }

        def lacks(bits: Flags, position: int, piece: Piece) -> Bools:
            lacking: Bools = (bits[piece.start : piece.stop] & bits.dtype.type(1 << position)) != 0
            return piece.possible & ~piece.inside & lacking

        missing = {name: self._sum(partial(lacks, bits, position)) for name, (bits, position) in unknown_bits.items()}
        # Rows of unknown income are a piece of their own, behind the sorted ones.
        no_income = (piece for piece in self.pieces if piece.start >= piece.county.known)
        income = sum((count_rows(index, piece.start, piece.stop, piece.possible) for piece in no_income), Count())
        missing |= {name: self._without(bit, ceiling) for name, bit, ceiling in _lacking_of_routes(limits)}
        return {name: count for name, count in {"income": income, **missing}.items() if count.rows}

    def _without(self, bit: np.uint8, ceiling: float) -> Count:
        """Households that cannot be told and lack what a route compares, though their income would let them take it."""

        def lacks(piece: Piece) -> Bools:
            if piece.start >= piece.county.known:
                return np.zeros(piece.stop - piece.start, np.bool_)
            rows = slice(piece.start, piece.stop)
            lacking: Bools = (self.index.lacking[rows] & bit) != 0
            return piece.possible & ~piece.inside & lacking & (self.index.income[rows] < ceiling)

        return self._sum(lacks)

    def _sum(self, chosen: Callable[[Piece], Bools]) -> Count:
        return sum((count_rows(self.index, piece.start, piece.stop, chosen(piece)) for piece in self.pieces), Count())

    def by_township(self) -> list[TownshipCount]:
        """One entry a township of the chosen counties, in their order."""
        # The townships are those of the whole round even where the view has one county.
        present = {county.code for county in self.index.counties}
        sums = self._township_sums()
        compared = self.comparison is not None
        counts = {name: sums.counts(name) for name in sums.rows}

        def entry(code: int, county_code: str, township: str) -> TownshipCount:
            at = {name: each[code] for name, each in counts.items()}
            return TownshipCount(
                county_code, township, at["inside"], minus(at["possible"], at["inside"]), at["below_line"],
                at["households"],
                minus(at["inside"], at["stays"]) if compared else None,
                minus(at["other"], at["stays"]) if compared else None,
            )  # fmt: skip

        townships = enumerate(self.index.townships)
        return [entry(code, *pair) for code, pair in townships if pair[0] in present or EVERY_COUNTY in present]

    def _township_sums(self) -> "_TownshipSums":
        sums = _TownshipSums(self.index)
        for piece in self.pieces:
            sums.add("inside", piece.start, piece.stop, piece.inside)
            sums.add("possible", piece.start, piece.stop, piece.possible)
            if self.comparison is not None:
                stays = piece.inside & self.comparison.mask[piece.start : piece.stop]
                sums.add("stays", piece.start, piece.stop, stays)
        # By county, not by piece: pieces begin at the line, and the other standard may reach further up than this one.
        for county in self.index.counties:
            sums.add("households", county.start, county.stop)
            sums.add("below_line", county.start, first_at_least(self.index, county, self.limits.line))
            if self.comparison is not None:
                other = self.comparison.mask[county.start : county.stop]
                sums.add("other", county.start, county.stop, other)
        return sums


def _lacking_of_routes(limits: EdgeLimits) -> list[tuple[str, np.uint8, float]]:
    """The further routes of a standard: name, bit of what it cannot tell, ceiling in yuan."""
    rigid = ("rigid_expenditure", RIGID_UNKNOWN, limits.rigid_ceiling, limits.rigid_share)
    drop = ("income_drop", DROP_UNKNOWN, limits.drop_ceiling, limits.drop_share)
    return [(name, bit, ceiling) for name, bit, ceiling, share in (rigid, drop) if share is not None]


class _TownshipSums:
    """Running sums by township code, of rows and of what rows weigh: arrays as long as `index.townships`."""

    def __init__(self, index: PreviewIndex) -> None:
        self.index = index
        self.rows, self.households, self.slips = (
            defaultdict[str, Floats](lambda: np.zeros(len(index.townships))) for _ in range(3)
        )

    def counts(self, name: str) -> list[Count]:
        """One sum of every township."""
        # Where every row stands for one household, rows are counted: an array of ones would be read for nothing.
        households = self.rows if self.index.weight is None else self.households
        # As lists: taking numbers out of arrays one by one takes longer than counting them did.
        sums = (each[name].tolist() for each in (households, self.rows, self.slips))
        return [Count(to_the_millionth(held), int(rows), slips) for held, rows, slips in zip(*sums, strict=True)]

    def add(self, name: str, start: int, stop: int, chosen: Bools | None = None) -> None:
        """Add the rows of a range, all or those chosen."""
        towns = self.index.township_of[start:stop]
        chosen_towns = towns if chosen is None else towns[chosen]
        if self.index.rows is None:
            self.rows[name] += np.bincount(chosen_towns, minlength=len(self.index.townships))
        measures = ((self.rows, self.index.rows), (self.households, self.index.weight), (self.slips, self.index.slips))
        for sums, values in measures:
            if values is not None:
                here = values[start:stop] if chosen is None else values[start:stop][chosen]
                sums[name] += np.bincount(chosen_towns, here, minlength=len(self.index.townships))
