"""A choice over the classes: what the standard brings in and catches at every value of one lever, the others as they are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from workbench.domain.facts import CROSS_CHECKS
from workbench.preview.frontier.choice import Choice, Route
from workbench.preview.frontier.classes import HouseholdClasses, Integers
from workbench.preview.index.build import Bools, Floats

_CHECKS = len(CROSS_CHECKS)


class Trial:
    """One choice: which classes each of its ways in lets in."""

    def __init__(self, classes: HouseholdClasses, choice: Choice) -> None:
        self.classes = classes
        self.choice = choice

    @cached_property
    def _member(self) -> Bools:
        """Whether a group is in a set of groups, [set, group]."""
        bits: Bools = (self.classes.masks[:, None] >> np.arange(len(self.classes.group_names)) & 1).astype(np.bool_)
        return bits

    def _below(self, everybody: int, groups: tuple[int, ...]) -> Bools:
        """Who is below one of the ceilings."""
        ceilings = np.maximum(np.where(self._member, groups, 0).max(axis=1, initial=0), everybody)
        # `income` is the place of the first ceiling above it: those from there on lie above, the line (place 0) never.
        below: Bools = self.classes.income <= ceilings[self.classes.groups]
        return below

    @cached_property
    def _by_income(self) -> Bools:
        return self._below(self.choice.everybody, self.choice.groups)

    def _by_route(self, codes: Integers, route: Route) -> Bools:
        share, ceiling = route
        taken: Bools = self.classes.let_in[codes, share] & (self.classes.income <= ceiling)
        return taken

    @cached_property
    def _by_rigid(self) -> Bools:
        return self._by_route(self.classes.rigid, self.choice.rigid)

    @cached_property
    def _by_drop(self) -> Bools:
        return self._by_route(self.classes.drop, self.choice.drop)

    @cached_property
    def _free(self) -> Bools:
        free: Bools = (self.classes.barred & self.choice.exclusions) == 0
        return free

    def _sums(self, chosen: Bools, codes: Integers, size: int) -> Floats:
        """What the chosen classes amount to by code, [2, code]."""
        at = np.flatnonzero(chosen)
        return np.stack([np.bincount(codes[at], amounts[at], minlength=size) for amounts in self.classes.amounts])

    def _with_ceilings(self, others: Bools, reached: Bools) -> Floats:
        """The amounts at every ceiling below which those reached come in besides the others, [2, ceiling]."""
        inside, size = self._free & others, len(self.classes.values.multiples)
        base = self._sums(inside, np.zeros_like(self.classes.income), 1)
        return base + np.cumsum(self._sums(self._free & ~others & reached, self.classes.income, size), axis=1)

    def everybody(self) -> Floats:
        """What the choice brings in and catches at every ceiling for everybody."""
        others = self._below(0, self.choice.groups) | self._by_rigid | self._by_drop
        return self._with_ceilings(others, np.ones_like(others))

    def group(self, group: int) -> Floats:
        """What the choice brings in and catches at every ceiling of a group."""
        groups = self.choice.with_group(group, 0).groups
        others = self._below(self.choice.everybody, groups) | self._by_rigid | self._by_drop
        return self._with_ceilings(others, self._member[self.classes.groups, group])

    def rigid(self) -> Floats:
        """What the choice brings in and catches at every share and ceiling of the expenditure route, shares outermost."""
        return self._route(self._by_income | self._by_drop, self.classes.rigid)

    def drop(self) -> Floats:
        """What the choice brings in and catches at every share and ceiling of the income-drop route, shares outermost."""
        return self._route(self._by_income | self._by_rigid, self.classes.drop)

    def _route(self, others: Bools, codes: Integers) -> Floats:
        let_in, size = self.classes.let_in, len(self.classes.values.multiples)
        base = self._sums(self._free & others, np.zeros_like(codes), 1)
        by_both = self._sums(self._free & ~others, codes * size + self.classes.income, len(let_in) * size)
        # A sum over codes for each share: a share lets in some codes whole, and no other.
        by_share = np.einsum("mci,cs->msi", by_both.reshape(2, len(let_in), size), let_in.astype(np.float64))
        amounts: Floats = base + np.cumsum(by_share, axis=2).reshape(2, -1)
        return amounts

    def exclusions(self) -> Floats:
        """What the choice brings in and catches at every choice among the exclusions."""
        by_barred = self._sums(self._by_income | self._by_rigid | self._by_drop, self.classes.barred, 1 << _CHECKS)
        return over_subsets(by_barred, _CHECKS)[:, ::-1]  # whoever is barred by none of those listed


def over_subsets(sums: Floats, bits: int) -> Floats:
    """Sums over subsets, along the last axis: entry S holds all entries whose bits all lie in S."""
    result, masks = sums.copy(), np.arange(1 << bits)
    # Bit by bit each sum is built from two that are there; adding up the subsets of each set would take far more.
    for bit in range(bits):
        having = masks[(masks >> bit & 1) == 1]
        result[..., having] += result[..., having ^ (1 << bit)]
    return result


def _with_group(group: int, choice: Choice, ceiling: int) -> Choice:
    return choice.with_group(group, ceiling)


@dataclass(frozen=True)
class Lever:
    """A part of a choice that varies alone: what it does at each of its values, and the choice with one of them."""

    amounts: Callable[[Trial], Floats]
    put: Callable[[Choice, int], Choice]


def levers(classes: HouseholdClasses) -> Iterator[Lever]:
    """Every lever of a standard."""
    ceilings = len(classes.values.multiples)
    yield Lever(Trial.exclusions, lambda choice, n: replace(choice, exclusions=n))
    yield Lever(Trial.everybody, lambda choice, n: replace(choice, everybody=n))
    for group in range(len(classes.group_names)):
        yield Lever(
            partial(Trial.group, group=group),
            partial(_with_group, group),
        )
    yield Lever(Trial.rigid, lambda choice, n: replace(choice, rigid=divmod(n, ceilings)))
    yield Lever(Trial.drop, lambda choice, n: replace(choice, drop=divmod(n, ceilings)))
