"""Fitted boosting machines and trees as tables of a glass box: exactly the same function, with nothing but arrays left."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.risk.model.glass_box import Floats, GlassBox, Term

Key = tuple[int, ...]


@dataclass(frozen=True)
class _Side:
    """An interval of one feature that a leaf covers: low <= value < high, and whether missing values go there."""

    low: float = -np.inf
    high: float = np.inf
    missing: bool = True


@dataclass(frozen=True)
class _Leaf:
    """A leaf of a tree: the interval of each feature on its path, and what it adds to the logit."""

    sides: dict[int, _Side]
    value: float


@dataclass
class TableBuilder:
    """Collects terms of several fits, each for one bag, and puts those of the same features into one table."""

    bags: int
    intercepts: Floats = field(init=False)
    _parts: dict[Key, list[tuple[tuple[Floats, ...], Floats]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.intercepts = np.zeros(self.bags)

    def add_box(self, box: GlassBox, factor: float) -> None:
        """Add a glass box of as many bags."""
        self.intercepts += factor * box.intercepts
        for term in box.terms:
            self._parts[term.features].append((term.cuts, factor * term.tables.astype(np.float64)))

    def add_boosting_machine(self, machine: Any) -> None:
        """Add an explainable boosting machine (interpret) whose outer bags are the bags."""
        self.intercepts += np.ravel(machine.bagged_intercept_)
        for features, scores in zip(machine.term_features_, machine.bagged_scores_, strict=True):
            # The machine bins a feature more coarsely in pairs than alone, where memory allows both.
            level = len(features) - 1
            cuts = tuple(
                np.asarray(machine.bins_[each][min(level, len(machine.bins_[each]) - 1)], np.float64)
                for each in features
            )
            known = scores[(slice(None), *(slice(0, -1),) * len(features))]  # the last bin is for unseen categories
            self._parts[tuple(features)].append((cuts, known))

    def add_trees(self, forest: Any, bag: int) -> None:
        """Add histogram gradient boosting whose paths hold at most two features, as one bag."""
        # Late: only training needs it, and a store is read and scored with whatever scikit-learn there is.
        from workbench.risk.model.fitted_trees import baseline, nodes  # noqa: PLC0415

        self.intercepts[bag] += baseline(forest)
        leaves: dict[Key, list[_Leaf]] = defaultdict(list)
        for tree in nodes(forest):
            for leaf in _leaves(tree):
                leaves[tuple(sorted(leaf.sides))].append(leaf)
        for key, values in leaves.items():
            if not key:
                self.intercepts[bag] += sum(leaf.value for leaf in values)
                continue
            cuts, table = _boxes(key, values)
            whole = np.zeros((self.bags, *table.shape))
            whole[bag] = table
            self._parts[key].append((cuts, whole))

    def build(self) -> GlassBox:
        """The glass box of all that was added."""
        terms = [
            self._term(key, parts)
            for key, parts in sorted(self._parts.items(), key=lambda item: (len(item[0]), item[0]))
        ]
        return GlassBox(self.intercepts, tuple(terms))

    def _term(self, key: Key, parts: list[tuple[tuple[Floats, ...], Floats]]) -> Term:
        # Machine and trees cut at different places: on the union of the cuts both are the same functions as before.
        cuts = tuple(reduce(np.union1d, (part[0][axis] for part in parts), np.empty(0)) for axis in range(len(key)))
        total = sum(_expand(own, table, cuts) for own, table in parts)
        return Term(key, cuts, np.asarray(total, np.float32))


def _expand(own: tuple[Floats, ...], table: Floats, cuts: tuple[Floats, ...]) -> Floats:
    """A table on finer cuts (own cuts among them)."""
    for axis, (coarse, fine) in enumerate(zip(own, cuts, strict=True), start=1):
        # A fine bin lies wholly inside one coarse bin, so its left edge tells which.
        left_edges = np.concatenate(([-np.inf], fine))
        positions = np.concatenate(([0], np.searchsorted(coarse, left_edges, side="right") + 1))
        table = np.take(table, positions, axis=axis)
    return table


def _boxes(key: Key, leaves: list[_Leaf]) -> tuple[tuple[Floats, ...], Floats]:
    edges = [
        np.unique(
            [edge for leaf in leaves for edge in (leaf.sides[each].low, leaf.sides[each].high) if np.isfinite(edge)]
        )
        for each in key
    ]
    table = np.zeros([len(cuts) + 2 for cuts in edges])
    for leaf in leaves:
        rows = [_rows(leaf.sides[each], cuts) for each, cuts in zip(key, edges, strict=True)]
        table[np.ix_(*rows)] += leaf.value
    return tuple(edges), table


def _rows(side: _Side, cuts: Floats) -> npt.NDArray[np.intp]:
    first = 1 if side.low == -np.inf else int(np.searchsorted(cuts, side.low)) + 2
    last = len(cuts) + 1 if side.high == np.inf else int(np.searchsorted(cuts, side.high)) + 1
    # Row 0 is for missing values, row 1 for what lies below the first cut.
    rows = np.arange(first, last + 1, dtype=np.intp)
    return np.concatenate(([0], rows)) if side.missing else rows


def _leaves(nodes: Any, at: int = 0, sides: dict[int, _Side] | None = None) -> Iterator[_Leaf]:
    node, sides = nodes[at], sides or {}
    if node["is_leaf"]:
        yield _Leaf(sides, float(node["value"]))
        return
    feature = int(node["feature_idx"])
    cut = float(np.nextafter(node["num_threshold"], np.inf))  # trees go left at "<=", tables at "<"
    here, goes_left = sides.get(feature, _Side()), bool(node["missing_go_to_left"])
    below = replace(here, high=min(here.high, cut), missing=here.missing and goes_left)
    above = replace(here, low=max(here.low, cut), missing=here.missing and not goes_left)
    yield from _leaves(nodes, int(node["left"]), {**sides, feature: below})
    yield from _leaves(nodes, int(node["right"]), {**sides, feature: above})
