"""The best of all standards that a search has tried: those that none with as few households beats in slips."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workbench.preview.frontier.choice import Choice
from workbench.preview.frontier.classes import Integers
from workbench.preview.index.build import Floats

_FEWEST_CORNERS = 2
Maker = Callable[[int], Choice]
"""Gives the choice of a position among the values that were tried together."""


@dataclass(frozen=True)
class Front:
    """Choices by rising households and rising slips; each is the `position`th that `makers[maker]` gives."""

    households: Floats
    slips: Floats
    maker: Integers
    position: Integers

    @cached_property
    def hull(self) -> list[int]:
        """The corners of the least concave line over the front, from the first to the last."""
        corners: list[int] = []
        points = np.stack([self.households, self.slips], axis=1)
        for at in range(len(points)):
            while len(corners) > 1 and _turns_up(points[corners[-2]], points[corners[-1]], points[at]):
                corners.pop()
            corners.append(at)
        return corners

    def within(self, households: float) -> int | None:
        """The place of the most slips with no more than so many households; None where there is none."""
        # Sums of fractional weights differ in their last digits.
        at = int(np.searchsorted(self.households, households + 1e-9, side="right")) - 1
        return at if at >= 0 else None


def _turns_up(first: Floats, second: Floats, third: Floats) -> bool:
    to_second, to_third = second - first, third - first
    return bool(to_second[0] * to_third[1] >= to_second[1] * to_third[0])


class Archive:
    """The front of what was offered so far, and how many standards that was."""

    def __init__(self) -> None:
        self.offered = 0
        self._makers: list[Maker] = []
        self.front = Front(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))

    def offer(self, amounts: Floats, maker: Maker) -> None:
        """Take in what is better than the front of standards tried together; `amounts` [2, position]."""
        households, slips = amounts
        self.offered += len(households)
        front = self.front
        # A standard already on the front is not replaced by one that does the same.
        # -1: where nothing on the front has as few households, anything is better, even what catches no slip.
        best = np.concatenate(([-1.0], front.slips))[np.searchsorted(front.households, households, side="right")]
        better = np.flatnonzero(slips > best)
        if len(better):
            made_by = np.full(len(better), len(self._makers))
            # A maker and a position, not the choice: of half a million standards only those asked for are ever made.
            self._makers.append(maker)
            self.front = _front_of(
                np.concatenate([front.households, households[better]]),
                np.concatenate([front.slips, slips[better]]),
                np.concatenate([front.maker, made_by]),
                np.concatenate([front.position, better]),
            )

    def choice(self, at: int, front: Front | None = None) -> Choice:
        """The choice at a place of the front, of the present one or of one that it was before."""
        front = front or self.front
        make: Maker = self._makers[int(front.maker[at])]
        return make(int(front.position[at]))

    def best_at(self, rate: float) -> Choice:
        """The choice with the most slips where each household more has to bring in `rate` of them."""
        return self.choice(int(np.argmax(self.front.slips - rate * self.front.households)))

    def rates(self, number: int) -> list[float]:
        """What one household more brings in along the front, at so many places evenly over its reach."""
        corners = self.front.hull
        households, slips = self.front.households[corners], self.front.slips[corners]
        at = np.linspace(0, households[-1], number + 2)[1:-1]
        if len(corners) < _FEWEST_CORNERS:
            return []
        places = np.clip(np.searchsorted(households, at), 1, len(corners) - 1)
        slopes = [(slips[n] - slips[n - 1]) / (households[n] - households[n - 1]) for n in places]
        # Several places may lie on one stretch of the hull; its rate is tried once.
        return [float(rate) for rate in dict.fromkeys(slopes)]


def _front_of(households: Floats, slips: Floats, maker: Integers, position: Integers) -> Front:
    # Of equal households the most slips first, so that the others do not rise above it.
    order = np.lexsort((-slips, households))
    before = np.concatenate(([-1.0], np.maximum.accumulate(slips[order])[:-1]))
    on_front = order[slips[order] > before]
    return Front(households[on_front], slips[on_front], maker[on_front], position[on_front])
