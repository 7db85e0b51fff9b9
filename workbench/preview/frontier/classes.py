"""Households counted once by class, so that any standard of the searched family is a sum over classes.

What tells one household from another, to a standard of the family: the key groups it is surely in, the cross-checks that
bar it (true, or not known), from which ceiling on it is below, and at which shares the two other routes let it in.
Ceilings are multiples of the line, so that rounds with different lines add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.exact import multiple_of
from workbench.preview.counts.levers import share_codes
from workbench.preview.index.build import CHECKS_SHIFT, Bools, Floats, PreviewIndex
from workbench.preview.index.reduced import Distinctions

_DECIMALS = 7
Integers = npt.NDArray[np.int64]
# Up to twice the line by hundredths, from there to three times by twentieths (decision 0034).
_CENTS = [round(1 + step / 100, 2) for step in range(101)]
_TWENTIETHS = [round(2 + step / 20, 2) for step in range(1, 21)]
_SHARES = tuple(round(step / 20, 2) for step in range(21))


@dataclass(frozen=True)
class LeverValues:
    """The values that are searched: ceilings as multiples of the line, ascending from 1, and the shares of the routes."""

    multiples: tuple[float, ...] = (*_CENTS, *_TWENTIETHS)
    shares: tuple[float, ...] = _SHARES

    def distinctions(self, at_hand: EdgeLimits) -> Distinctions:
        """What a reduced index must not put together, so that every standard searched and the one at hand can be counted."""
        ceilings = [multiple_of(multiple, at_hand.line) for multiple in self.multiples]
        return Distinctions.of([at_hand], ceilings, self.shares)


@dataclass(frozen=True)
class AssessedRound:
    """The households of a round under its line, yuan a person and year; the index bears what counts as caught."""

    index: PreviewIndex
    line: float


@dataclass(frozen=True)
class HouseholdClasses:
    """One entry a class; `amounts` [2, class]: households, and slips among them.

    `group_names`: the key groups under the standard at hand; `groups` points into `masks`, the different sets of key groups, a bit each as in the index; `barred`: a bit a cross-check;
    `income`: the first of the ceilings that lies above the income; `rigid`, `drop`: codes as `levers.share_codes` has them.
    """

    values: LeverValues
    group_names: tuple[str, ...]
    masks: Integers
    groups: Integers
    barred: Integers
    income: Integers
    rigid: Integers
    drop: Integers
    amounts: Floats

    @cached_property
    def let_in(self) -> Bools:
        """Whether a share of a route lets in who has a code, [code, share]."""
        n = len(self.values.shares)
        codes, shares = np.arange(2 * (n + 1))[:, None], np.arange(n)[None, :]
        return np.where(codes <= n, shares < codes, shares >= codes - n - 1)


def household_classes(
    rounds: Sequence[AssessedRound], values: LeverValues, group_names: tuple[str, ...] = KEY_GROUPS
) -> HouseholdClasses:
    """The classes of all households that some standard of the family could bring in, over all rounds."""
    parts = [_keys(each, start, stop, values) for each in rounds for start, stop in _ranges(each, values)]
    keys = np.concatenate([key for key, _ in parts], axis=1) if parts else np.zeros((5, 0), np.int64)
    amounts = np.concatenate([amount for _, amount in parts], axis=1) if parts else np.zeros((2, 0))
    # An index may hold more groups than the standard at hand knows; their bits would only split classes.
    masks, groups = np.unique(keys[0] & ((1 << len(group_names)) - 1), return_inverse=True)
    codes = 2 * (len(values.shares) + 1)
    sizes = (max(len(masks), 1), 1 << len(CROSS_CHECKS), len(values.multiples), codes, codes)
    joint = np.ravel_multi_index((groups, *keys[1:]), sizes)
    different, class_of = np.unique(joint, return_inverse=True)
    sums = np.stack([np.bincount(class_of, each, minlength=len(different)) for each in amounts])
    # The order in which households were added must not show: the search would take another of two equal standards.
    by_class: Floats = np.round(sums, _DECIMALS)
    group, barred, income, rigid, drop = np.unravel_index(different, sizes)
    return HouseholdClasses(values, group_names, masks, group, barred, income, rigid, drop, by_class)


def _ranges(assessed: AssessedRound, values: LeverValues) -> list[tuple[int, int]]:
    """The rows of each county from the line to below the highest ceiling; no other is ever surely in."""
    ends = [assessed.line, multiple_of(values.multiples[-1], assessed.line)]
    ranges = []
    for county in assessed.index.counties:
        first, last = np.searchsorted(assessed.index.income[county.start : county.known], ends)
        ranges.append((county.start + int(first), county.start + int(last)))
    return ranges


def _keys(assessed: AssessedRound, start: int, stop: int, values: LeverValues) -> tuple[Integers, Floats]:
    """Return what tells the rows of a range apart, [5, row], and what they amount to, [2, row]."""
    index, rows = assessed.index, np.arange(start, stop)
    ceilings = [multiple_of(multiple, assessed.line) for multiple in values.multiples]
    checks = index.checks[start:stop]
    keys = np.stack(
        [
            index.groups_true[start:stop].astype(np.int64),
            # Who is surely in has no listed exclusion, and none that is not known.
            ((checks | checks >> np.uint8(CHECKS_SHIFT)) & np.uint8((1 << CHECKS_SHIFT) - 1)).astype(np.int64),
            np.searchsorted(ceilings, index.income[start:stop], side="right"),
            share_codes(index, "rigid_expenditure", values.shares, rows),
            share_codes(index, "income_drop", values.shares, rows),
        ]
    )
    weight = np.ones(stop - start) if index.weight is None else index.weight[start:stop]
    slips = np.zeros(stop - start) if index.slips is None else index.slips[start:stop]
    return keys, np.stack([weight, slips])
