"""The search for the front: exhaustive where that is possible, one lever after another over the rest.

Exhaustive: every exclusion, with every ceiling for everybody, and with every choice of groups under one ceiling, no other
route. Beyond that, standards are improved lever by lever at many rates of exchange between households and slips, and the
points that are given are tried with every value of every lever: no change of one lever alone betters any of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from workbench.domain.facts import CROSS_CHECKS
from workbench.preview.frontier.archive import Archive, Maker
from workbench.preview.frontier.choice import Choice
from workbench.preview.frontier.classes import HouseholdClasses
from workbench.preview.frontier.trial import Trial, levers, over_subsets
from workbench.preview.index.build import Floats

MOST_POINTS = 60
_RATES = 40
# A bound only: polishing ends as soon as no point is new.
_ROUNDS = 12
# 1,024 sets of groups under each ceiling; all of the sixteen groups that there can be would be 64 times as many.
_MOST_BITS = 10
# Sums of fractional weights differ in their last digits, which must not send the search round in circles.
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class SearchResult:
    """Choices of rising households and slips; `searched`: how many standards were tried, `exhaustive`: of the whole family.

    `plainer`: for each choice the best one with no more households among the plain standards: one ceiling, no routes, and all
    groups or none required. Every plain standard was tried, also the one that lets nobody in.
    """

    choices: tuple[Choice, ...]
    searched: int
    exhaustive: int
    plainer: tuple[tuple[Choice, ...], ...]


def search(classes: HouseholdClasses) -> SearchResult:
    """The best standards of the family, at most MOST_POINTS of them."""
    archive, plain = Archive(), Archive()
    nobody = Choice(groups=(0,) * len(classes.group_names))
    # Letting nobody in is a standard too: the front starts there and is never empty.
    archive.offer(np.zeros((2, 1)), lambda _: nobody)
    plain.offer(np.zeros((2, 1)), lambda _: nobody)
    _exhaust(classes, archive, plain)
    exhaustive, exhausted = archive.offered, archive.front
    for rate in archive.rates(_RATES):
        # Two starts: from the best so far no single lever may lead on to a better one further off.
        for start in (archive.best_at(rate), nobody):
            _ascend(classes, archive, start, rate)
    choices = tuple(_polished(classes, archive))
    plainer = tuple(
        tuple(
            tried.choice(at, front)
            for tried, front in ((plain, plain.front), (archive, exhausted))
            if (at := front.within(_households(classes, choice))) is not None
        )
        for choice in choices
    )
    return SearchResult(choices, archive.offered, exhaustive, plainer)


def _households(classes: HouseholdClasses, choice: Choice) -> float:
    return float(Trial(classes, choice).everybody()[0, choice.everybody])


def _exhaust(classes: HouseholdClasses, archive: Archive, plain: Archive) -> None:
    """Every exclusion with every ceiling for everybody, and with every choice of groups under one ceiling.

    `plain` is offered those alone that ask for no group, or for any of all.
    """
    bits, size = min(len(classes.group_names), _MOST_BITS), len(classes.values.multiples)
    any_group = ((1 << bits) - 1) * size
    for exclusions in range(1 << len(CROSS_CHECKS)):
        start = Choice(groups=(0,) * len(classes.group_names), exclusions=exclusions)
        # The second lever is the ceiling for everybody (see `trial.levers`).
        everybody = list(levers(classes))[1]
        amounts, by_groups = everybody.amounts(Trial(classes, start)), _by_groups(classes, exclusions)
        grouped = _grouped(classes, exclusions)
        for each in (archive, plain):
            each.offer(amounts, partial(everybody.put, start))
        archive.offer(by_groups, grouped)
        plain.offer(by_groups[:, any_group:], _grouped(classes, exclusions, any_group))


def _by_groups(classes: HouseholdClasses, exclusions: int) -> Floats:
    """Return the amounts for every set of groups, outermost, and one ceiling for all of them, [2, set and ceiling].

    Of more than _MOST_BITS groups the first so many, the notice's eight among them; the others are searched lever by lever.
    """
    bits, size = min(len(classes.group_names), _MOST_BITS), len(classes.values.multiples)
    at = np.flatnonzero((classes.barred & exclusions) == 0)
    codes = classes.income[at] * (1 << bits) + (classes.masks[classes.groups[at]] & ((1 << bits) - 1))
    sums = np.stack([np.bincount(codes, each[at], minlength=size << bits) for each in classes.amounts])
    inside = over_subsets(np.cumsum(sums.reshape(2, size, 1 << bits), axis=1), bits)
    # In one of the groups: all but those whose groups all lie outside.
    meeting = inside[..., -1:] - inside[..., ::-1]
    return meeting.transpose(0, 2, 1).reshape(2, -1)


def _grouped(classes: HouseholdClasses, exclusions: int, first: int = 0) -> Maker:
    """Make the choice at a position of `_by_groups`, counted from `first`."""

    def make(position: int) -> Choice:
        mask, ceiling = divmod(first + position, len(classes.values.multiples))
        groups = tuple(ceiling if mask >> bit & 1 else 0 for bit in range(len(classes.group_names)))
        return Choice(groups=groups, exclusions=exclusions)

    return make


def _ascend(classes: HouseholdClasses, archive: Archive, choice: Choice, rate: float) -> None:
    """Change one lever after another for the better until none changes, everything tried on the way offered."""
    best, unchanged = -np.inf, 0
    order = list(levers(classes))
    while unchanged < len(order):
        for lever in order:
            amounts = lever.amounts(Trial(classes, choice))
            archive.offer(amounts, partial(lever.put, choice))
            worth = amounts[1] - rate * amounts[0]
            at = int(np.argmax(worth))
            if worth[at] > best + _TOLERANCE:
                best, choice, unchanged = float(worth[at]), lever.put(choice, at), 0
            else:
                unchanged += 1


def _polished(classes: HouseholdClasses, archive: Archive) -> Sequence[Choice]:
    """Points of the front of which every lever was tried at every value, until they stay the best."""
    tried: set[Choice] = set()
    for _ in range(_ROUNDS):
        pending = [choice for choice in _selected(archive) if choice not in tried]
        for choice in pending:
            _try_levers(classes, archive, choice)
        tried.update(pending)
        if not pending:
            break
    # What the last round brought up has not had its levers tried: no such point is given.
    return [choice for choice in _selected(archive) if choice in tried]


def _try_levers(classes: HouseholdClasses, archive: Archive, choice: Choice) -> None:
    trial = Trial(classes, choice)
    for lever in levers(classes):
        archive.offer(lever.amounts(trial), partial(lever.put, choice))


def _selected(archive: Archive) -> list[Choice]:
    """Points of the front, evenly over its length, households and slips each taken as a share of the most."""
    front = archive.front
    run = sum(each / max(each[-1], 1e-12) for each in (front.households, front.slips))
    places = np.unique(np.searchsorted(run, np.linspace(0, run[-1], MOST_POINTS), side="right") - 1)
    return [archive.choice(int(at)) for at in places]
