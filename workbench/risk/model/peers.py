"""Households alike in tier (or kind) and in nearness to the line: whom the reasons of a household compare it with.

Against all of a tier the likeliest would nearly all be told that their income is near the line, which their list says
already. Against those as near as they are, what is told is why this household and not its neighbour.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from workbench.risk.data.features import nearness
from workbench.risk.model.glass_box import Codes, Floats, bin_codes

_CELLS = 16
_LEAST_ROWS = 30
"""Rows a cell at least: the average of fewer is chance."""


def standings(frame: pl.DataFrame) -> pl.Series:
    """Return for each row the tier of a lifted household, else its kind."""
    return frame.select(
        standing=pl.when(pl.col("kind") == "lifted").then(pl.col("state").cast(pl.String)).otherwise(pl.col("kind"))
    ).to_series()


@dataclass(frozen=True)
class Peers:
    """Households alike: by standing the `cuts` of nearness, ascending, and the `means` (cells, topics) of the contributions of each cell.

    Cell 0 is of households whose nearness is not known, as in the tables of a glass box.
    """

    cuts: dict[str, list[float]]
    means: dict[str, list[list[float]]]

    @classmethod
    def fitted(cls, frame: pl.DataFrame, points: Floats, p: Floats, weight: Floats) -> Self:
        """Make the cells from contributions (rows, topics) and probabilities (rows,); each holds as many expected slips."""
        standing, near = standings(frame).fill_null("").to_numpy(), nearness(frame)
        cuts, means = {}, {}
        for name in sorted(set(standing) - {""}):
            rows = standing == name
            # By slips, not by households: risk is steep near the line, and there the cells must be narrow.
            own = _cuts(near[rows], (p * weight)[rows])
            cuts[name] = own.tolist()
            # One cell more than there are cuts, and one for nearness that is not known.
            means[name] = _means(points[rows], bin_codes(near[rows], own), weight[rows], len(own) + 2)
        return cls(cuts, means)

    def of(self, frame: pl.DataFrame) -> Floats:
        """Return for each row the mean contributions of its peers, (rows, topics); for a standing never seen, those of all cells."""
        names = list(self.means)
        offsets = np.cumsum([0, *(len(self.means[name]) for name in names)])
        table = np.array([row for name in names for row in self.means[name]])
        standing, near = standings(frame).fill_null("").to_numpy(), nearness(frame)
        # The row behind the last is the mean of all cells, for a standing that training never saw.
        cells = np.full(len(frame), len(table))
        for name, offset in zip(names, offsets, strict=False):
            rows = standing == name
            cells[rows] = offset + bin_codes(near[rows], np.asarray(self.cuts[name]))
        peers: Floats = np.vstack([table, table.mean(axis=0)])[cells]
        return peers


def _cuts(near: Floats, expected: Floats) -> Floats:
    known = np.flatnonzero(~np.isnan(near))
    order = known[np.argsort(near[known], kind="stable")]
    if not len(order):
        return np.empty(0)
    cell = np.floor(_CELLS * np.cumsum(expected[order]) / max(float(expected[order].sum()), 1e-12))
    cuts: list[float] = []
    begin = 0
    for at in np.flatnonzero(np.diff(cell)) + 1:
        # A cell ends between different values only: bins tell households apart by their value and nothing else.
        if at - begin >= _LEAST_ROWS and len(order) - at >= _LEAST_ROWS and near[order[at]] > near[order[begin]]:
            cuts.append(float(near[order[at]]))
            begin = int(at)
    return np.asarray(cuts)


def _means(points: Floats, cells: Codes, weight: Floats, count: int) -> list[list[float]]:
    overall = np.average(points, axis=0, weights=weight) if weight.sum() > 0 else points.mean(axis=0)
    rows = [cells == cell for cell in range(count)]
    return [
        (np.average(points[chosen], axis=0, weights=weight[chosen]) if weight[chosen].sum() > 0 else overall).tolist()
        for chosen in rows
    ]
