"""Close to the ceiling: the distribution of incomes near the line, and the households just below and above it."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from workbench.preview.counts.counts import Breakdown
from workbench.preview.counts.membership import Piece, first_at_least
from workbench.preview.index.build import CountySlice, Floats, PreviewIndex


@dataclass(frozen=True)
class Distribution:
    """Households by tested income: `edges` in yuan a person and year; `all` and `inside` one value a bin."""

    edges: Floats
    all: Floats
    inside: Floats


def income_distribution(broken: Breakdown, edges: npt.ArrayLike) -> Distribution:
    """Unregistered households in each bin [edge, next edge), and those of them that the standard brings in."""
    points = np.asarray(edges, np.float64)
    index = broken.index
    everyone, inside = np.zeros(len(points) - 1), np.zeros(len(points) - 1)
    for county in index.counties:
        cuts = county.start + np.searchsorted(index.income[county.start : county.known], points)
        everyone += [index.weigh(int(begin), int(end)) for begin, end in pairwise(cuts)]
    for piece in broken.pieces:
        # Unknown incomes are a piece of their own and have no place in a distribution of incomes.
        if piece.start < piece.county.known:
            inside += _inside_by_bin(index, piece, points)
    return Distribution(points, everyone, inside)


def _inside_by_bin(index: PreviewIndex, piece: Piece, points: Floats) -> Floats:
    rows = np.flatnonzero(piece.inside)
    weight = np.ones(len(rows)) if index.weight is None else index.weight[piece.start : piece.stop][rows]
    # Differences of cumulative sums: the rows are sorted, and a histogram would look each one up.
    totals = np.concatenate(([0.0], np.cumsum(weight)))
    below = np.searchsorted(index.income[piece.start : piece.stop][rows], points)
    return np.diff(totals[below])


@dataclass(frozen=True)
class NearHousehold:
    """A household near the ceiling. `edge`: in, out or cannot tell; `distance` its income less the ceiling, yuan.

    `likelihood`: the probability that it slips by the next round, None where no model says so.
    """

    household_id: str
    county_code: str
    township: str
    village: str | None
    income: float
    distance: float
    groups: tuple[str, ...]
    edge: bool | None
    likelihood: float | None = None


def near_ceiling(broken: Breakdown, most: int = 20, probability: Floats | None = None) -> list[NearHousehold]:
    """The households whose tested income is nearest to the general ceiling, lowest income first.

    `probability`: of a slip, one a row of the index, NaN where the model says nothing.
    """
    index, ceiling = broken.index, broken.limits.ceiling
    rows: list[tuple[float, int, CountySlice]] = []
    for county in index.counties:
        at = first_at_least(index, county, ceiling)
        # The nearest `most` of the city are among the nearest `most` on either side in each county.
        around = range(max(county.start, at - most), min(county.known, at + most))
        rows += [(abs(float(index.income[row]) - ceiling), row, county) for row in around]
    # By distance and row only: slices of counties do not compare.
    nearest = sorted(rows, key=lambda entry: entry[:2])[:most]
    return [
        _near(broken, row, county, probability)
        for _, row, county in sorted(nearest, key=lambda entry: index.income[entry[1]])
    ]


def _near(broken: Breakdown, row: int, county: CountySlice, probability: Floats | None) -> NearHousehold:
    index = broken.index
    likelihood = np.nan if probability is None else float(probability[row])
    income = float(index.income[row])
    return NearHousehold(
        household_id=index.household_id[row].as_py(),
        county_code=county.code,
        township=index.townships[index.township_of[row]][1],
        village=index.village[row].as_py(),
        income=income,
        distance=income - broken.limits.ceiling,
        groups=tuple(name for bit, name in enumerate(index.groups) if index.groups_true[row] >> bit & 1),
        edge=_edge_of(broken.pieces, row),
        likelihood=None if np.isnan(likelihood) else likelihood,
    )


def _edge_of(pieces: list[Piece], row: int) -> bool | None:
    for piece in pieces:
        if piece.start <= row < piece.stop:
            if piece.inside[row - piece.start]:
                return True
            return None if piece.possible[row - piece.start] else False
    return False
