"""A glass box: a sum of tables over one or two features, read off by bins. Nothing but arrays; scoring needs only NumPy.

The logit of a household is the intercept plus, for each term, the entry of its table at the household's bins. Every
contribution can be shown, and they add up exactly.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Groups = Sequence[Sequence[tuple[int, float]]]
"""By group, its terms and the share of each that counts to it."""
_Result = TypeVar("_Result")

_CHUNK = 16_384
"""Rows at a time: their intermediate arrays stay in the cache."""
_THREADS = 2


@dataclass(frozen=True)
class Term:
    """A table over one or two features: `cuts` of each, ascending; `tables` (bags, bins …), bin 0 for missing.

    Bin b >= 1 holds the values from cut b-2 (inclusive) to cut b-1 (exclusive).
    """

    features: tuple[int, ...]
    cuts: tuple[Floats, ...]
    tables: npt.NDArray[np.float32]

    @cached_property
    def mean(self) -> Floats:
        """The mean table of the bags, float64, flattened (entries,)."""
        # In double precision: sums over many terms would lose digits of the logit in the tables' own.
        averaged: Floats = self.tables.astype(np.float64).mean(axis=0).ravel()
        return averaged

    @cached_property
    def by_entry(self) -> npt.NDArray[np.float32]:
        """The tables of the bags side by side, (entries, bags)."""
        # A row a table entry: what one household needs of all bags lies together in memory and is fetched at once.
        return np.ascontiguousarray(self.tables.reshape(len(self.tables), -1).T)


@dataclass(frozen=True)
class GlassBox:
    """Terms and, for each bag, an intercept (bags,). Bags are fits that each left out another part of the households."""

    intercepts: Floats
    terms: tuple[Term, ...]

    @property
    def bags(self) -> int:
        """How many fits are averaged."""
        return len(self.intercepts)

    def logit(self, values: Floats) -> Floats:
        """The logit (rows,) of a design matrix (rows, features): the mean over bags."""
        return self._by_chunks(values, self.own.logit)

    def bag_logits(self, values: Floats) -> Floats:
        """The logit of each bag, (rows, bags)."""
        return self._by_chunks(values, self.own.bag_logits)

    def contributions(self, values: Floats, groups: Groups) -> Floats:
        """The sum of terms by group, (rows, groups)."""
        return self._by_chunks(values, lambda binned: self.own.grouped(binned, groups))

    @cached_property
    def own(self) -> "OnBins":
        """Itself on its own bins."""
        return OnBins.of(self, Bins.of(self))

    def _by_chunks(self, values: Floats, read: "Callable[[Binned], Floats]") -> Floats:
        bins = self.own.bins
        return np.concatenate(by_chunks(lambda rows: read(bins.find(values[rows])), len(values)))


@dataclass(frozen=True)
class Binned:
    """Households of a design matrix as bins: the bin of each, (rows,), by feature."""

    rows: int
    codes: dict[int, Codes]


@dataclass(frozen=True)
class Bins:
    """All cuts that several boxes make in each feature, so that a value is looked up once for every table."""

    cuts: dict[int, Floats]

    @classmethod
    def of(cls, *boxes: GlassBox) -> "Bins":
        """The bins that these boxes share."""
        cuts: dict[int, list[Floats]] = {}
        for term in (term for box in boxes for term in box.terms):
            for feature, own in zip(term.features, term.cuts, strict=True):
                cuts.setdefault(feature, []).append(own)
        # The union of all cuts: each table's own bins are unions of these finer ones, so nothing is approximated.
        return cls({feature: reduce(np.union1d, bounds) for feature, bounds in cuts.items()})

    def find(self, values: Floats) -> Binned:
        """The bins of a design matrix (rows, features)."""
        return Binned(
            len(values), {feature: bin_codes(values[:, feature], cuts) for feature, cuts in self.cuts.items()}
        )


@dataclass(frozen=True)
class OnBins:
    """A glass box read off by shared bins. `steps`: of each term, by axis, how far each bin moves along its flat table."""

    box: GlassBox
    bins: Bins
    steps: tuple[tuple[Codes, ...], ...]

    @classmethod
    def of(cls, box: GlassBox, bins: Bins) -> "OnBins":
        """A box on bins that hold all of its own cuts."""
        return cls(box, bins, tuple(_steps(term, bins) for term in box.terms))

    def logit(self, binned: Binned) -> Floats:
        """The logit, (rows,)."""
        total = np.full(binned.rows, self.box.intercepts.mean())
        for term, entries in self.entries(binned):
            total += term.mean.take(entries)
        return total

    def bag_logits(self, binned: Binned) -> Floats:
        """The logit of each bag, (rows, bags)."""
        total = np.tile(self.box.intercepts, (binned.rows, 1))
        for term, entries in self.entries(binned):
            total += term.by_entry.take(entries, axis=0)
        return total

    def grouped(self, binned: Binned, groups: Groups) -> Floats:
        """The sum of terms by group, (rows, groups)."""
        values = np.zeros((len(groups), binned.rows))
        belongs: dict[int, list[tuple[int, float]]] = {}
        for group, members in enumerate(groups):
            for position, share in members:
                belongs.setdefault(position, []).append((group, share))
        for position, (term, entries) in enumerate(self.entries(binned)):
            points = term.mean.take(entries)
            for group, share in belongs.get(position, ()):
                # Most terms belong to one group wholly, and a product would be one more array a term.
                values[group] += points if share == 1 else share * points
        return np.ascontiguousarray(values.T)

    def entries(self, binned: Binned) -> Iterator[tuple[Term, Codes]]:
        """Each term with the positions of the rows in its flat table."""
        for term, steps in zip(self.box.terms, self.steps, strict=True):
            # Positions in the flat table are sums, a step an axis: cheaper than indexing a table by two arrays.
            entries = steps[0].take(binned.codes[term.features[0]])
            for feature, step in zip(term.features[1:], steps[1:], strict=True):
                entries += step.take(binned.codes[feature])
            yield term, entries


def by_chunks(work: Callable[[slice], _Result], rows: int, size: int = _CHUNK) -> list[_Result]:
    """What `work` makes of successive slices of so many rows, on both cores; of no rows, one empty slice."""
    slices = [slice(start, start + size) for start in range(0, max(rows, 1), size)]
    # Threads, not processes: NumPy releases the lock at work, and the tables are not copied.
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(work, slices))


def bin_codes(values: Floats, cuts: Floats) -> Codes:
    """The bin of each value: 0 missing, else 1 + the number of cuts at or below it."""
    codes = np.searchsorted(cuts, values, side="right") + 1
    # NaN sorts behind every cut, into the last bin; missing has a bin of its own.
    codes[np.isnan(values)] = 0
    return codes


def _steps(term: Term, bins: Bins) -> tuple[Codes, ...]:
    # Strides of the flat table, the last axis fastest; each axis has a bin more than intervals, for missing values.
    widths = [1, *(len(cuts) + 2 for cuts in term.cuts[:0:-1])][::-1]
    return tuple(
        width
        * np.concatenate(([0], np.searchsorted(own, np.concatenate(([-np.inf], bins.cuts[feature])), "right") + 1))
        for feature, own, width in zip(term.features, term.cuts, widths, strict=True)
    )
