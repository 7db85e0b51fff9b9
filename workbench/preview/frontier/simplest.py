"""The plainest of the choices that bring in the same households and slips: nothing is listed, left out or added in vain."""

from dataclasses import replace

import numpy as np

from workbench.preview.frontier.choice import Choice
from workbench.preview.frontier.classes import HouseholdClasses
from workbench.preview.frontier.trial import Trial
from workbench.preview.index.build import Bools, Floats


def simplest(classes: HouseholdClasses, choice: Choice, exclusions: int) -> Choice:
    """The choice less what has no effect: routes, ceilings of groups, groups not listed, exclusions other than those wanted."""
    amounts = Trial(classes, choice).rigid()
    if _same(amounts, amounts[:, [_position(classes, choice.rigid)]])[0]:
        choice = replace(choice, rigid=(0, 0))
    amounts = Trial(classes, choice).drop()
    if _same(amounts, amounts[:, [_position(classes, choice.drop)]])[0]:
        choice = replace(choice, drop=(0, 0))
    # Where a group is required, the lowest ceiling of the listed groups works as the general one (decision 0034).
    general = choice.everybody or min((ceiling for ceiling in choice.groups if ceiling), default=0)
    for group, ceiling in enumerate(choice.groups):
        amounts = Trial(classes, choice).group(group)
        plain = 0 if choice.everybody else general
        if ceiling != plain and _same(amounts, amounts[:, [ceiling]])[plain]:
            choice = choice.with_group(group, plain)
    alike = np.flatnonzero(_same(amounts := Trial(classes, choice).exclusions(), amounts[:, [choice.exclusions]]))
    # As near as can be to the standard at hand: a point should not differ from it in what changes nothing.
    return replace(choice, exclusions=min(alike.tolist(), key=lambda each: ((each ^ exclusions).bit_count(), each)))


def _position(classes: HouseholdClasses, route: tuple[int, int]) -> int:
    share, ceiling = route
    return share * len(classes.values.multiples) + ceiling


def _same(amounts: Floats, one: Floats) -> Bools:
    """Which amounts are those of one choice; sums of fractional weights differ in their last digits."""
    return np.asarray(np.isclose(amounts, one, rtol=1e-12, atol=1e-9).all(axis=0))
