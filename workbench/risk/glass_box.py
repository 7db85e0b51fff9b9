"""A glass box: a sum of tables over one or two features, read off by bins. Nothing but arrays; scoring needs only NumPy.

The logit of a household is the intercept plus, for each term, the entry of its table at the household's bins. Every
contribution can be shown, and they add up exactly.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

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
        """The mean table of the bags, float64 (bins …)."""
        averaged: Floats = self.tables.astype(np.float64).mean(axis=0)
        return averaged

    def entries(self, codes: Sequence[Codes]) -> Codes:
        """The positions in the flattened table."""
        return codes[0] if len(codes) == 1 else codes[0] * (len(self.cuts[1]) + 2) + codes[1]


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
        return self._by_chunks(values, self._mean_chunk)

    def bag_logits(self, values: Floats) -> Floats:
        """The logit of each bag, (rows, bags)."""
        return self._by_chunks(values, self._bags_chunk)

    def contributions(self, values: Floats, groups: Sequence[Sequence[tuple[int, float]]]) -> Floats:
        """The sum of terms by group, (rows, groups): `groups[g]` lists (term, share of it that counts to the group)."""
        return self._by_chunks(values, lambda chunk: self._grouped(chunk, groups))

    def _by_chunks(self, values: Floats, work: Any) -> Floats:
        starts = range(0, len(values), _CHUNK)
        with ThreadPoolExecutor(_THREADS) as pool:
            parts = list(pool.map(lambda start: work(values[start : start + _CHUNK]), starts))
        return np.concatenate(parts) if parts else work(values)

    def _mean_chunk(self, chunk: Floats) -> Floats:
        total = np.full(len(chunk), self.intercepts.mean())
        for term, entries in self._entries(chunk):
            total += term.mean.ravel()[entries]
        return total

    def _bags_chunk(self, chunk: Floats) -> Floats:
        total = np.repeat(self.intercepts[:, None], len(chunk), axis=1)
        for term, entries in self._entries(chunk):
            total += term.tables.reshape(self.bags, -1)[:, entries]
        return np.ascontiguousarray(total.T)

    def _grouped(self, chunk: Floats, groups: Sequence[Sequence[tuple[int, float]]]) -> Floats:
        found = np.zeros((len(groups), len(chunk)))
        belongs: dict[int, list[tuple[int, float]]] = {}
        for group, members in enumerate(groups):
            for position, share in members:
                belongs.setdefault(position, []).append((group, share))
        for position, (term, entries) in enumerate(self._entries(chunk)):
            for group, share in belongs.get(position, ()):
                found[group] += share * term.mean.ravel()[entries]
        return np.ascontiguousarray(found.T)

    def _entries(self, chunk: Floats) -> Iterator[tuple[Term, Codes]]:
        """Each term with the table positions of the rows; a feature is looked up once for all terms that cut it alike."""
        seen: dict[tuple[int, bytes], Codes] = {}
        for term, keys in zip(self.terms, self._keys, strict=True):
            codes = []
            for key, feature, cuts in zip(keys, term.features, term.cuts, strict=True):
                if key not in seen:
                    seen[key] = bin_codes(chunk[:, feature], cuts)
                codes.append(seen[key])
            yield term, term.entries(codes)

    @cached_property
    def _keys(self) -> list[list[tuple[int, bytes]]]:
        return [
            [(feature, cuts.tobytes()) for feature, cuts in zip(term.features, term.cuts, strict=True)]
            for term in self.terms
        ]


def bin_codes(values: Floats, cuts: Floats) -> Codes:
    """The bin of each value: 0 missing, else 1 + the number of cuts at or below it."""
    codes = np.searchsorted(cuts, values, side="right") + 1
    codes[np.isnan(values)] = 0
    return codes
