"""What a budget carries, and what one household more costs: money (yuan a year) and visits along the general ceiling."""

from dataclasses import dataclass, replace
from math import isqrt

import numpy as np

from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.exact import DECIMALS, MOST_BOUND, as_written, multiple_of, to_the_fen
from workbench.errors import InputError, Words
from workbench.preview.counts.ceiling_curve import ceiling_curve
from workbench.preview.counts.counts import Count, Totals, minus, totals
from workbench.preview.counts.sweep import yearly_cost
from workbench.preview.index.build import PreviewIndex, to_the_millionth
from workbench.safeguards.plain_data import Json

HIGHEST = 5
"""Times the line: no higher ceiling is looked at for what a budget carries."""
MARGIN = 0.05
"""How much higher a ceiling is taken, as a share of the line, to say what one household more costs."""
Range = tuple[float, float]


@dataclass(frozen=True)
class CarriedCeiling:
    """The highest ceiling in whole yuan, up to HIGHEST times the line, whose cost is within a budget.

    Below the next whole yuan only the line itself is looked at, where it is none.
    """

    yuan: float
    line: float
    households: Range
    cost: Range

    @property
    def times(self) -> Words:
        """How many times the line it is: "扶贫标准的 1.245 倍", or "约扶贫标准的 1.55 倍" where no multiple of four decimals is it."""
        exact = as_written(self.yuan) / as_written(self.line)
        if 10**DECIMALS % exact.denominator == 0:
            return Words(f"扶贫标准的 {float(exact):g} 倍", f"{float(exact):g} times the line")
        return Words(f"约扶贫标准的 {float(exact):.2f} 倍", f"about {float(exact):.2f} times the line")

    @property
    def at_least(self) -> bool:
        """Whether no higher ceiling was looked at: the budget may carry more."""
        return self.yuan == _ceiling(self.line, _how_many(self.line) - 1)

    def record(self) -> Json:
        """Plain data; `households` and `cost` from those in to those in and those that cannot be told.

        `multiple` of the line to four decimals: where `exact_multiple` is false, the yuan are what the budget carries.
        """
        multiple = round(self.yuan / self.line, DECIMALS)
        return {
            "multiple": multiple, "exact_multiple": multiple_of(multiple, self.line) == self.yuan, "yuan": self.yuan, "at_least": self.at_least,
            "in": self.households[0], "cost": self.cost[0], "in_range": list(self.households), "cost_range": list(self.cost),
        }  # fmt: skip


def check_budget(budget: float) -> float:
    """A yearly budget in yuan, to the fen, if it can be one."""
    if not 0 <= budget <= MOST_BOUND * 10**4:
        raise InputError(
            Words(
                f"预算（--carry）{budget:g}：应为不小于 0 的元数，例如 80000",
                f"budget (--carry) {budget:g}: yuan a year, 0 or more, e.g. 80000",
                code="preview.budget-out-of-range",
            )
        )
    return to_the_fen(budget)


def cost_range(counts: Totals, help_cost: float | None) -> tuple[Range, Range | None]:
    """Households and yearly cost, from those in to those in and those that cannot be told."""
    low = counts.inside.households
    households = (low, to_the_millionth(low + counts.cannot_tell.households))
    if help_cost is None:
        return households, None
    return households, (to_the_fen(help_cost * households[0]), to_the_fen(help_cost * households[1]))


def spaced_ceilings(line: float) -> list[float]:
    """The ceilings among which a budget's is looked for first, from the line on; yuan a person and year."""
    return [_ceiling(line, number) for number in range(0, _how_many(line), _stride(line))]


def ceilings_from(line: float, spaced: float) -> list[float]:
    """One of `spaced_ceilings`, and each whole yuan up to the next of them."""
    first = int(spaced) - int(line)
    return [_ceiling(line, number) for number in range(first, min(first + _stride(line), _how_many(line)))]


def _ceiling(line: float, number: int) -> float:
    # A line with fen in it is a ceiling too, the lowest there may be; above it whole yuan are counted.
    return float(int(line) + number) if number else line


def _how_many(line: float) -> int:
    return int(min(multiple_of(HIGHEST, line), MOST_BOUND)) - int(line) + 1


def _stride(line: float) -> int:
    # The root: both passes then look at as few ceilings as two passes can, some hundreds in all.
    return isqrt(_how_many(line)) + 1


def carried(
    index: PreviewIndex, limits: EdgeLimits, help_cost: float, budget: float, *, all_unknown: bool = False
) -> CarriedCeiling | None:
    """The highest ceiling that a budget carries, all else as in the standard; None where it does not even carry the line.

    `all_unknown`: even if all those that cannot be told turned out to be in.
    """
    rough = _highest(index, limits, spaced_ceilings(limits.line), (help_cost, budget), all_unknown=all_unknown)
    if rough is None:
        return None
    # Households come in at their incomes, to the fen: what lies between two of the first pass may still be carried.
    between = ceilings_from(limits.line, rough.yuan)
    return _highest(index, limits, between, (help_cost, budget), all_unknown=all_unknown)


def ceilings_near(index: PreviewIndex, limits: EdgeLimits, help_cost: float, budget: float) -> list[float]:
    """The ceilings that the second pass of `carried` looks at, either way; `index` tells the first ones apart."""
    first = (
        _highest(index, limits, spaced_ceilings(limits.line), (help_cost, budget), all_unknown=each)
        for each in (False, True)
    )
    return [ceiling for each in first if each for ceiling in ceilings_from(limits.line, each.yuan)]


def _highest(
    index: PreviewIndex, limits: EdgeLimits, ceilings: list[float], money: tuple[float, float], *, all_unknown: bool
) -> CarriedCeiling | None:
    """The highest of some ceilings (ascending) that the budget carries; `money`: the cost of a household, and the budget."""
    help_cost, budget = money
    curve = ceiling_curve(index, limits, ceilings)
    most = curve.inside + curve.cannot_tell
    counted = most if all_unknown else curve.inside
    # Households rise with the ceiling, and cost with them; compared in whole fen, as everywhere.
    within = [at for at, count in enumerate(counted) if to_the_fen(help_cost * float(count)) <= budget]
    if not within:
        return None
    at = within[-1]
    low, high = float(curve.inside[at]), float(most[at])
    cost = (to_the_fen(help_cost * low), to_the_fen(help_cost * high))
    return CarriedCeiling(ceilings[at], limits.line, (low, high), cost)


def carried_record(index: PreviewIndex, limits: EdgeLimits, help_cost: float | None, budget: float) -> Json:
    """What a budget carries, by those in and even if all that cannot be told came in; refuses a standard without a cost."""
    if help_cost is None:
        raise InputError(
            Words(
                "标准没有写每户帮扶费用（help_cost），算不出预算能承受的上限；请先写上",
                "the standard states no cost of helping a household (help_cost), so no ceiling follows from a budget; state it",
                code="preview.budget-without-cost",
            )
        )
    sure, cautious = (carried(index, limits, help_cost, budget, all_unknown=each) for each in (False, True))
    return {
        "budget": budget,
        "ceiling": sure.record() if sure else None,
        "even_if_all_in": cautious.record() if cautious else None,
    }


@dataclass(frozen=True)
class Margin:
    """What a ceiling higher by MARGIN of the line adds: households, and slips among them (None where no model has said)."""

    ceiling: float
    households: float
    slips: float | None

    def record(self, help_cost: float | None) -> Json:
        """Plain data of the margin, with the visits and yuan that each further household that will slip costs; None where none is added."""
        each = self.households / self.slips if self.slips else None
        yuan = None if each is None or help_cost is None else to_the_fen(help_cost * each)
        return {
            "ceiling_yuan": self.ceiling, "households": self.households, "cost": yearly_cost(help_cost, self.households),
            "slips": self.slips, "visits_per_slip": each, "yuan_per_slip": yuan,
        }  # fmt: skip


def ceiling_above(limits: EdgeLimits) -> float:
    """The general ceiling a MARGIN of the line higher, yuan a person and year."""
    # No higher than a ceiling may be: beyond that, whole numbers of 64 bits could wrap around (decision 0021).
    # Rounded: the sum of two floats would miss the step of the line that it is (as 4,505.2 + 160.9 does 4,666.1).
    return round(float(min(limits.ceiling + np.round(MARGIN * limits.line, 2), MOST_BOUND)), 6)


def margin(index: PreviewIndex, limits: EdgeLimits, inside: Count) -> Margin:
    """What lies just above the general ceiling; `inside`: who is in under it now."""
    higher = ceiling_above(limits)
    added = minus(totals(index, replace(limits, ceiling=higher)).inside, inside)
    return Margin(higher, added.households, None if index.slips is None else added.slips)
