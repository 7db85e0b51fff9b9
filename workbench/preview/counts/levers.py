"""One key of a standard that varies, as a condition of each household: at which of its values it lets the household in.

Each key here lets a household in up to some value or from some value on, so that one number a household, its code, says
it all. Of `n` ascending values, a code up to `n` is of a household let in at the first so many values; a greater one of a
household let in from the value `code - n - 1` on. Of two keys that let in separately either suffices.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.exact import DECIMALS, as_written, multiple_of
from workbench.preview.index.build import DROP_UNKNOWN, RIGID_UNKNOWN, Fen, Floats, PreviewIndex

Integers = npt.NDArray[np.int64]
_SCALE = 10**DECIMALS
_NOTHING = np.uint8(0)


@dataclass(frozen=True)
class Lever:
    """A key that varies over ascending values.

    `without`: a standard less all that the key lets in; `scope`: the standard that lets in whoever the key can let in at
    one of its values; `codes` of rows whose income is known, or is not; `unknown`: the bit of `PreviewIndex.lacking` that
    marks who may be let in at every value, since what the key compares is not known.
    """

    size: int
    without: Callable[[EdgeLimits], EdgeLimits]
    scope: EdgeLimits
    codes: Callable[[PreviewIndex, Integers, bool], Integers]
    unknown: np.uint8 = _NOTHING

    def possible_codes(self, index: PreviewIndex, rows: Integers, codes: Integers) -> Integers:
        """The codes of rows, with those of whoever may be let in for all that is known."""
        return np.where((index.lacking[rows] & self.unknown) != 0, self.size, codes) if self.unknown else codes


def no_lever(limits: EdgeLimits, size: int = 1) -> Lever:
    """A key that lets nobody in, whatever its value: what helping costs, or no key at all."""
    return Lever(size, lambda others: others, _nobody(limits), lambda _, rows, __: np.zeros(len(rows), np.int64))


def ceiling_lever(limits: EdgeLimits, ceilings: Floats) -> Lever:
    """The general ceiling, yuan a person and year; `limits` has the highest."""
    scope = replace(limits, group_ceilings={}, rigid_share=None, drop_share=None)
    # A ceiling at the line lets nobody in: whoever is below the line is on another path (§2.2-d).
    return Lever(
        len(ceilings), lambda others: replace(others, ceiling=others.line), scope, _codes_of_ceilings(ceilings)
    )


def group_lever(limits: EdgeLimits, group: str, ceilings: Floats) -> Lever:
    """The ceiling of a key group; one that the standard does not list lets nobody in."""
    own = {name: ceiling for name, ceiling in limits.group_ceilings.items() if name == group}
    scope = replace(limits, ceiling=limits.line, group_ceilings=own, rigid_share=None, drop_share=None)

    def without(others: EdgeLimits) -> EdgeLimits:
        rest = {name: ceiling for name, ceiling in others.group_ceilings.items() if name != group}
        return replace(others, group_ceilings=rest)

    return Lever(len(ceilings), without, scope, _codes_of_ceilings(ceilings))


def route_lever(limits: EdgeLimits, route: str, ceilings: Floats) -> Lever:
    """The ceiling of a route of its own."""
    taken = {name: getattr(limits, name) for name in _ROUTES[route].limits}
    scope = replace(_nobody(limits), **taken)
    return Lever(len(ceilings), _ROUTES[route].without, scope, _codes_of_ceilings(ceilings))


def share_lever(limits: EdgeLimits, route: str, shares: tuple[float, ...]) -> Lever:
    """The share that a route asks for: of anyone below its ceiling."""
    # Its ceiling stands as a general one without conditions, so that the share alone decides among those below it.
    ceiling = getattr(limits, _ROUTES[route].limits[1])
    scope = replace(
        limits, ceiling=ceiling, group_ceilings={}, require_group=False, rigid_share=None, drop_share=None
    )  # fmt: skip

    def codes(index: PreviewIndex, rows: Integers, _: bool) -> Integers:  # noqa: FBT001 - see Lever.codes
        return share_codes(index, route, shares, rows)

    return Lever(len(shares), _ROUTES[route].without, scope, codes, _ROUTES[route].unknown)


@dataclass(frozen=True)
class _Route:
    """A route beside the income route: its limits (share, ceiling), and what is to be more than a share of what."""

    limits: tuple[str, str]
    without: Callable[[EdgeLimits], EdgeLimits]
    compared: Callable[[PreviewIndex, Integers], tuple[Fen, Fen]]
    unknown: np.uint8


_ROUTES: dict[str, _Route] = {
    "rigid_expenditure": _Route(
        ("rigid_share", "rigid_ceiling"),
        lambda limits: replace(limits, rigid_share=None),
        lambda index, rows: (index.out_of_pocket[rows], index.net_income[rows]),
        RIGID_UNKNOWN,
    ),
    # Less than the rest is there where more than the share is gone.
    "income_drop": _Route(
        ("drop_share", "drop_ceiling"),
        lambda limits: replace(limits, drop_share=None),
        lambda index, rows: (index.dropped_from[rows] - index.dropped_to[rows], index.dropped_from[rows]),
        DROP_UNKNOWN,
    ),
}


def _nobody(limits: EdgeLimits) -> EdgeLimits:
    """A standard that lets nobody in: it asks for a group and lists none."""
    return replace(
        limits, ceiling=limits.line, groups=(), require_group=True, group_ceilings={}, rigid_share=None, drop_share=None
    )


def in_yuan(values: tuple[float, ...], unit: str, line: float) -> Floats:
    """Ceilings in yuan a person and year, from multiples of the line or from yuan."""
    return np.array([multiple_of(value, line) if unit == "multiple" else value for value in values])


def _codes_of_ceilings(ceilings: Floats) -> Callable[[PreviewIndex, Integers, bool], Integers]:
    """Let in from the first ceiling on that lies above the income; an income that is not known may lie below any."""

    def codes(index: PreviewIndex, rows: Integers, known: bool) -> Integers:  # noqa: FBT001 - see Lever.codes
        if not known:
            return np.full(len(rows), len(ceilings), np.int64)
        # The right side: at a ceiling equal to the income the household is not below it (decision 0008).
        return np.searchsorted(ceilings, index.income[rows], side="right") + (len(ceilings) + 1)

    return codes


def share_codes(index: PreviewIndex, route: str, shares: tuple[float, ...], rows: Integers) -> Integers:
    """The codes of rows by the ascending shares of a route at which it lets them in, its ceiling aside."""
    # A share has four decimals at most (decision 0021), so that this is a whole number as it is.
    bounds = np.array([int(as_written(share) * _SCALE) for share in shares], np.int64)
    return _codes_of_shares(bounds, *_ROUTES[route].compared(index, rows))


def _codes_of_shares(bounds: Integers, amounts: Fen, wholes: Fen) -> Integers:
    """Let in where an amount is more than a share of a whole; `bounds` are the shares in units of the last decimal.

    In whole numbers, `bound * whole < amount * _SCALE`: up to a bound where the whole is positive, from one on where it
    is negative, and at all bounds or none where it is nothing.
    """
    scaled = amounts * _SCALE
    codes = np.where(amounts > 0, len(bounds), 0)
    some, less = wholes > 0, wholes < 0
    # In whole numbers "less than" is "at most one less": the -1 keeps equality out.
    codes[some] = np.searchsorted(bounds, (scaled[some] - 1) // wholes[some], side="right")
    codes[less] = np.searchsorted(bounds, scaled[less] // wholes[less], side="right") + (len(bounds) + 1)
    return codes
