"""Counts of a standard: in, cannot tell, below the line; newly in and leaving; by county, township, group, route."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workbench.domain.edge import ROUTES, EdgeLimits
from workbench.domain.vocabulary import KEY_GROUPS
from workbench.preview.evaluation import Piece, evaluate, first_at_least, full_mask
from workbench.preview.index import Bools, Floats, PreviewIndex


@dataclass(frozen=True)
class Count:
    """Households (the sum of weights) and rows."""

    households: float = 0.0
    rows: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.households + other.households, self.rows + other.rows)


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
        if limits_index.origin is not index.origin:
            by_origin = np.zeros(int(limits_index.origin.max(initial=0)) + 1, np.bool_)
            by_origin[limits_index.origin[mask]] = True
            mask = by_origin[index.origin]
        return cls(mask, count_rows(index, 0, len(index), mask))


def count_rows(index: PreviewIndex, start: int, stop: int, chosen: Bools | None = None) -> Count:
    """The rows of a range, all or those chosen."""
    rows = stop - start if chosen is None else int(np.count_nonzero(chosen))
    return Count(float(rows) if index.weight is None else index.weigh(start, stop, chosen), rows)


def totals(index: PreviewIndex, limits: EdgeLimits, comparison: Comparison | None = None) -> Totals:
    """The exact counts of a standard: reads only the rows between the line and the highest ceiling."""
    return totals_of(index, limits, list(evaluate(index, limits)), comparison)


def totals_of(
    index: PreviewIndex, limits: EdgeLimits, pieces: list[Piece], comparison: Comparison | None = None
) -> Totals:
    """The same from pieces already evaluated."""
    inside = possible = stays = Count()
    for piece in pieces:
        inside += count_rows(index, piece.start, piece.stop, piece.inside)
        possible += count_rows(index, piece.start, piece.stop, piece.possible)
        if comparison is not None:
            both = piece.inside & comparison.mask[piece.start : piece.stop]
            stays += count_rows(index, piece.start, piece.stop, both)
    below = below_line(index, limits.line)
    cannot_tell = _minus(possible, inside)
    if comparison is None:
        return Totals(inside, cannot_tell, below)
    return Totals(inside, cannot_tell, below, _minus(inside, stays), _minus(comparison.inside, stays))


def below_line(index: PreviewIndex, line: float) -> Count:
    """The households that meet the poverty criterion: tested income below the line."""
    ranges = ((county.start, first_at_least(index, county, line)) for county in index.counties)
    return sum((count_rows(index, start, stop) for start, stop in ranges), Count())


def _minus(more: Count, less: Count) -> Count:
    return Count(more.households - less.households, more.rows - less.rows)


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

    def by_route(self) -> dict[str, Count]:
        """Households in, by route taken; one may take several."""
        return {
            route: self._sum(lambda piece, route=route: piece.inside & piece.routes[route])  # type: ignore[misc]
            for route in ROUTES
        }

    def by_group(self) -> dict[str, Count]:
        """Households in, by key group; one may belong to several, or to none."""
        belongs = self.index.classes.groups_true

        def in_group(piece: Piece, position: int) -> Bools:
            groups = belongs[self.index.class_of[piece.start : piece.stop]] & np.uint8(1 << position)
            return np.logical_and(piece.inside, groups != 0)

        return {
            group: self._sum(lambda piece, position=position: in_group(piece, position))  # type: ignore[misc]
            for position, group in enumerate(KEY_GROUPS)
        }

    def _sum(self, chosen: Callable[[Piece], Bools]) -> Count:
        return sum((count_rows(self.index, piece.start, piece.stop, chosen(piece)) for piece in self.pieces), Count())

    def by_township(self) -> list[TownshipCount]:
        """One entry a township of the chosen counties, in their order."""
        present = {county.code for county in self.index.counties}
        masks = self._township_masks()
        counts = {name: self._township_counts(mask) for name, mask in masks.items()}
        compared = self.comparison is not None

        def entry(code: int, county_code: str, township: str) -> TownshipCount:
            at = {name: Count(float(households[code]), int(rows[code])) for name, (households, rows) in counts.items()}
            return TownshipCount(
                county_code, township, at["inside"], at["cannot_tell"], at["below_line"], at["households"],
                at["newly_in"] if compared else None, at["leaving"] if compared else None,
            )  # fmt: skip

        return [entry(code, *pair) for code, pair in enumerate(self.index.townships) if pair[0] in present]

    def _township_masks(self) -> dict[str, Bools]:
        size = len(self.index)
        inside, cannot_tell, below_line, everything = (np.zeros(size, np.bool_) for _ in range(4))
        for piece in self.pieces:
            inside[piece.start : piece.stop] = piece.inside
            cannot_tell[piece.start : piece.stop] = piece.possible & ~piece.inside
        for county in self.index.counties:
            everything[county.start : county.stop] = True
            below_line[county.start : first_at_least(self.index, county, self.limits.line)] = True
        other = self.comparison.mask if self.comparison is not None else inside
        return {
            "inside": inside,
            "cannot_tell": cannot_tell,
            "below_line": below_line,
            "households": everything,
            "newly_in": inside & ~other,
            "leaving": other & ~inside,
        }

    def _township_counts(self, mask: Bools) -> tuple[Floats, Floats]:
        towns, size = self.index.township_of[mask], len(self.index.townships)
        rows = np.bincount(towns, minlength=size).astype(np.float64)
        if self.index.weight is None:
            return rows, rows
        return np.bincount(towns, weights=self.index.weight[mask], minlength=size).astype(np.float64), rows
