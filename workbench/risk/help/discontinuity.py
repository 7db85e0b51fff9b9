"""The jump of an outcome at a bound that decides who is treated: local regression, with its bias taken out and its error robust.

Lines weighted by nearness on either side of the bound would be biased by curvature; corrected with a quadratic of the same
bandwidth they *are* the local quadratic, whose error holds the correction's own (Calonico, Cattaneo and Titiunik 2014, remark
7). The bandwidth is the plug-in of Imbens and Kalyanaraman (2012), for lines.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEVEL = 0.9
_CORRECTED = 2
"""The degree of the polynomial that takes out the bias of a line."""
_KERNEL = 3.4375
"""Of the triangular kernel, in the bandwidth that makes the mean squared error of a jump least."""
_PILOT, _CURVATURE, _REGULAR = 1.84, 3.56, 2160.0
LEAST_ROWS = 40
"""On either side within the bandwidth: of fewer no curvature can be told."""


@dataclass(frozen=True)
class Jump:
    """An outcome among those just treated less that among those just not, with its standard error.

    `untreated`: the outcome's mean just beyond the bound, where the curve ends; `rows_in`, `rows_out`: those within the
    bandwidth; `around`: the mean of `rows_out`, the nearer the more, which chance moves far less than the end of a curve.
    """

    value: float
    error: float
    untreated: float
    bandwidth: float
    rows_in: int
    rows_out: int
    around: float

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of the jump at LEVEL."""
        reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * self.error
        return self.value - reach, self.value + reach


def bandwidth(distance: Floats, outcome: Floats, treated: Bools, most: float) -> float | None:
    """How far from the bound households are compared, at most `most`; None where there are too few to tell.

    `distance`: into the treated side, (rows,), 0 at the bound; `outcome`, `treated`: (rows,).
    """
    count = len(distance)
    near = np.abs(distance) <= _PILOT * distance.std() * count**-0.2 if count else np.zeros(0, np.bool_)
    if min(int((near & treated).sum()), int((near & ~treated).sum())) < LEAST_ROWS:
        return None
    variance = float(np.average([outcome[near & side].var() for side in (treated, ~treated)]))
    density = float(near.sum()) / (count * 2 * _PILOT * distance.std() * count**-0.2)
    # Outcomes that are all alike leave nothing to weigh a bias against.
    if variance <= 0 or density <= 0:
        return None
    cubic = np.column_stack([treated, *(distance**power for power in range(4))])
    # The third derivative is 3! times the cubic's last coefficient; the pilot of each side hangs on it.
    third = 6 * float(np.linalg.lstsq(cubic, outcome, rcond=None)[0][-1])
    curvature, regular = 0.0, 0.0
    for side, sign in ((treated, 1), (~treated, -1)):
        # Without a third derivative to go by the pilot would be endless: then it is all that there is.
        wide = _CURVATURE * (variance / (density * max(third**2, 1e-6))) ** (1 / 7) * int(side.sum()) ** (-1 / 7)
        chosen = side & (np.abs(distance) <= min(max(wide, 0.1 * most), most))
        if chosen.sum() < LEAST_ROWS:
            return None
        second = 2 * float(np.polynomial.polynomial.polyfit(distance[chosen], outcome[chosen], 2)[2])
        curvature += sign * second
        regular += _REGULAR * variance / (int(chosen.sum()) * min(max(wide, 0.1 * most), most) ** 4)
    best = _KERNEL * (2 * variance / (density * (curvature**2 + regular))) ** 0.2 * count**-0.2
    return float(min(best, most))


def jump(
    distance: Floats, outcome: Floats, treated: Bools, width: float, clusters: npt.NDArray[np.int64] | None = None
) -> Jump | None:
    """The jump at the bound within a bandwidth; None where one side has too few rows. `clusters`: (rows,), of a household one."""
    weight = np.maximum(1 - np.abs(distance) / width, 0.0)
    sides = [(treated & (weight > 0)), (~treated & (weight > 0))]
    if min(int(side.sum()) for side in sides) < LEAST_ROWS:
        return None
    intercepts, influence = [], np.zeros(len(distance))
    for side, sign in zip(sides, (1.0, -1.0), strict=True):
        powers = np.vander(distance[side], _CORRECTED + 1, increasing=True)
        bread = np.linalg.inv((powers * weight[side, None]).T @ powers)
        beta = bread @ (powers.T @ (weight[side] * outcome[side]))
        residual = outcome[side] - powers @ beta
        rows, parameters = int(side.sum()), _CORRECTED + 1
        # HC1, side by side: what the polynomial has fitted of its own rows is given back.
        spread = np.sqrt(rows / (rows - parameters))
        influence[side] = sign * spread * (powers @ bread[0]) * weight[side] * residual
        intercepts.append(float(beta[0]))
    summed = _summed(influence, clusters)
    return Jump(
        intercepts[0] - intercepts[1], float(np.sqrt(summed @ summed)), intercepts[1], width,
        rows_in=int(sides[0].sum()), rows_out=int(sides[1].sum()),
        around=float(np.average(outcome[sides[1]], weights=weight[sides[1]])),
    )  # fmt: skip


def _summed(influence: Floats, clusters: npt.NDArray[np.int64] | None) -> Floats:
    """The influence of each household, of whom several rounds may be there."""
    if clusters is None:
        return influence
    _, at = np.unique(clusters, return_inverse=True)
    return np.asarray(np.bincount(at, weights=influence), np.float64)
