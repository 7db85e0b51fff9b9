"""A standard of the searched family as positions among the values that are searched, and as the standard itself.

A household is below the income ceiling of a standard if its income lies below the general ceiling or below that of one of
its groups. Where a group is required, the general ceiling works as the lowest ceiling of the listed groups; so a ceiling
for each group, or none, and one for everybody, or none, say all that ceiling, groups, group ceilings and `require_group` can.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.domain.rules.standard import EdgeStandard, parse_standard, standard_data
from workbench.preview.frontier.classes import LeverValues

Route = tuple[int, int]
_NO_ROUTE: Route = (0, 0)


@dataclass(frozen=True)
class Choice:
    """Positions among `LeverValues`; a ceiling at 0, the line, lets nobody in, so that it stands for none.

    `everybody`: the ceiling of every household, 0 where a group is required; `groups`: of each key group, 0 where it is not
    listed; `rigid`, `drop`: share and ceiling of the routes; `exclusions`: a bit a cross-check.
    """

    everybody: int = 0
    groups: tuple[int, ...] = (0,) * len(KEY_GROUPS)
    rigid: Route = _NO_ROUTE
    drop: Route = _NO_ROUTE
    exclusions: int = (1 << len(CROSS_CHECKS)) - 1

    def with_group(self, group: int, ceiling: int) -> "Choice":
        """The choice with the ceiling of one group changed."""
        return replace(self, groups=(*self.groups[:group], ceiling, *self.groups[group + 1 :]))

    def listed(self) -> list[int]:
        """The groups of the standard: all where none is required, or where the income route lets nobody in."""
        if self.everybody or not any(self.groups):
            return list(range(len(self.groups)))
        return [group for group, ceiling in enumerate(self.groups) if ceiling]


def standard_of(choice: Choice, values: LeverValues, at_hand: EdgeStandard) -> EdgeStandard:
    """The choice as a standard of the county of the one at hand, with its own groups, its costs and the income that it tests."""
    taken, names = standard_data(at_hand), at_hand.group_names
    listed = choice.listed()
    general = choice.everybody or min((choice.groups[group] for group in listed), default=0)
    income = {
        "ceiling": {"multiple": values.multiples[general]},
        "deduct_out_of_pocket": at_hand.income.deduct_out_of_pocket,
        # A ceiling of a group that is no higher than the general one has no effect and is not written.
        "group_ceilings": {
            names[group]: values.multiples[choice.groups[group]] for group in listed if choice.groups[group] > general
        },
    }
    data: dict[str, Any] = {
        **{name: taken[name] for name in ("county", "line", "own_groups") if name in taken},
        "income": income,
        "groups": [names[group] for group in listed],
        "require_group": not choice.everybody,
        "routes": _routes(choice, values),
        "exclusions": [name for bit, name in enumerate(CROSS_CHECKS) if choice.exclusions >> bit & 1],
        **{name: taken[name] for name in ("help_cost", "budget") if name in taken},
    }
    return parse_standard(data)


def _routes(choice: Choice, values: LeverValues) -> dict[str, Any]:
    routes = {"rigid_expenditure": choice.rigid, "income_drop": choice.drop}
    return {
        name: {"share": values.shares[share], "ceiling": {"multiple": values.multiples[ceiling]}}
        for name, (share, ceiling) in routes.items()
        if ceiling
    }


def not_listed(standard: EdgeStandard) -> Sequence[str]:
    """The key groups of the notice (§2.2-b) that a standard which requires a group leaves out."""
    return [group for group in KEY_GROUPS if standard.require_group and group not in standard.groups]
