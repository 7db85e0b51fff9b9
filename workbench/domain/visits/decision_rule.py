"""What the rules decide of a household, as one function of its facts: a tier, or in, out or below the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from workbench.domain.facts import PREVIOUS_FACTS
from workbench.domain.parameters import TierParameters
from workbench.domain.rules.counterfactual import Facts, Outcome, households_frame
from workbench.domain.rules.criteria import CRITERIA
from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.explanation import edge_columns, results_with_line, tier_results
from workbench.domain.rules.legal_readings import Reading, criteria_of
from workbench.domain.rules.tiers import TIER_FACTS

FROM_BEFORE = frozenset(fact.name for fact in PREVIOUS_FACTS)
"""What the previous round says is not asked at a visit: it stands as it is, known or not."""
_DEDUCTED = ("net_income", "out_of_pocket", "persons")


@dataclass(frozen=True)
class DecisionRule:
    """A rule over `columns`; `outcome` gives one result a row, None where it cannot be told.

    `conditions`: the facts of each condition that the result rests on. `own_groups`: flags that a standard declares.
    """

    columns: tuple[str, ...]
    outcome: Outcome
    conditions: tuple[tuple[str, ...], ...]
    own_groups: tuple[str, ...] = ()

    @property
    def askable(self) -> tuple[str, ...]:
        """The facts that people can be asked and on which the result can hang."""
        read = {name for facts in self.conditions for name in facts}
        return tuple(name for name in self.columns if name in read and name not in FROM_BEFORE)

    def results(self, rows: Sequence[Facts]) -> Sequence[Any]:
        """The result of each of some households."""
        return self.outcome(households_frame(rows, self.columns)) if rows else []


def tier_rule(parameters: TierParameters, reading: Reading) -> DecisionRule:
    """Which tier a lifted household is in."""
    # Facts that only other criteria read are not asked: the tier cannot hang on them.
    read = criteria_of(reading.tier_1) | criteria_of(reading.tier_2)
    return DecisionRule(
        TIER_FACTS,
        partial(tier_results, parameters, reading),
        tuple(each.facts for each in CRITERIA if each.name in read),
    )


def edge_rule(limits: EdgeLimits) -> DecisionRule:
    """Whether an unregistered household is in, out or below the line."""
    return DecisionRule(
        edge_columns(limits), partial(results_with_line, limits), _edge_conditions(limits), tuple(limits.own_groups)
    )


def _edge_conditions(limits: EdgeLimits) -> tuple[tuple[str, ...], ...]:
    """The income tested, the groups where any is asked for, the routes that the standard takes, its exclusions."""
    income = _DEDUCTED if limits.deduct_out_of_pocket else ("income_pc",)
    # Where no group is asked for, only those with a ceiling of their own can matter.
    groups = limits.groups if limits.require_group else tuple(limits.group_ceilings)
    routes = [
        ("out_of_pocket", "net_income") if limits.rigid_share is not None else (),
        ("income_pc", "previous_income_pc") if limits.drop_share is not None else (),
    ]
    return (income, *((group,) for group in groups), *filter(None, routes), *((each,) for each in limits.exclusions))
