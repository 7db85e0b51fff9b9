"""What in a standard is allowed and works, but is most likely a slip of the pen: said wherever the standard is tried."""

from workbench.domain.rounds import deadline, months_after
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.preview.ineffective import ineffective

_HALF_YEAR = 6
_FAR = 10
"""Times the line: what places have published lies between one and a half and three."""
_LINES = (500.0, 50_000.0)
"""Yuan a person and year: national lines since 2008 lie between 1,000 and 5,000, places' own a few times as high."""
_HELP_COSTS = (50.0, 200_000.0)
"""Yuan a household and year: most is some thousands; a new house, once, is some ten thousands."""
_BUDGETS = (500.0, 1e9)
"""Yuan a year: below it stand ten thousands (8 for 80,000); a county's whole revenue is some billions."""


def remarks(standard: EdgeStandard, limits: EdgeLimits) -> list[Words]:
    """What to say of a standard before its counts are believed: what is most likely a slip, then what has no effect."""
    return [*unlikely(standard, limits), *ineffective(standard, limits)]


def unlikely(standard: EdgeStandard, limits: EdgeLimits) -> list[Words]:
    """One sentence for each amount that nobody sets: a ceiling, the standard's own line, the cost of a household, the budget."""
    return [*_unlikely_ceilings(limits), *_unlikely_money(standard)]


def _unlikely_ceilings(limits: EdgeLimits) -> list[Words]:
    """Most often yuan where a multiple was asked for."""
    ceilings: dict[str, float] = {
        keys.CEILING: limits.ceiling,
        **{keys.group_ceiling(group): ceiling for group, ceiling in limits.group_ceilings.items()},
        keys.route_ceiling("rigid_expenditure"): limits.rigid_ceiling,
        keys.route_ceiling("income_drop"): limits.drop_ceiling,
    }
    return [
        _far_above(ceiling, limits.line).after(f"{key}: ")
        for key, ceiling in ceilings.items()
        if ceiling > _FAR * limits.line
    ]


def _unlikely_money(standard: EdgeStandard) -> list[Words]:
    """Most often a digit too many, or ten thousands (万元) where yuan were asked for."""
    amounts = (
        (keys.LINE, standard.line, _LINES),
        (keys.HELP_COST, standard.help_cost, _HELP_COSTS),
        (keys.BUDGET, standard.budget, _BUDGETS),
    )
    said = [
        _out_of_the_usual(amount, usual).after(f"{key}: ")
        for key, amount, usual in amounts
        # Nothing at all is an answer: help that costs the county nothing, a year without money.
        if amount and not usual[0] <= amount <= usual[1]
    ]
    budget, cost = standard.budget, standard.help_cost
    # Where the budget itself has been asked about, once is enough.
    if budget and cost and budget < cost and budget >= _BUDGETS[0]:
        said.append(_not_one_household(budget, cost).after(f"{keys.BUDGET}: "))
    return said


def _out_of_the_usual(amount: float, usual: tuple[float, float]) -> Words:
    low, high = usual
    return Words(
        f"{amount:,.10g} 元，不在通常的 {low:,.0f}—{high:,.0f} 元之间；请核对位数，以及是不是把万元填成了元",
        f"{amount:,.10g} yuan lies outside the usual {low:,.0f} to {high:,.0f}: check the digits, and whether it is in ten thousands",
        code="preview.amount-out-of-the-usual",
    )


def _not_one_household(budget: float, cost: float) -> Words:
    return Words(
        f"{budget:,.10g} 元不够帮扶一户（{cost:,.10g} 元）；请核对两项的位数和单位",
        f"{budget:,.10g} yuan do not help one household ({cost:,.10g} yuan): check the digits and units of both",
        code="preview.budget-below-one-household",
    )


def unlikely_day(standard: EdgeStandard, round_name: str) -> Words | None:
    """What to say of a day of effect that lies before the round and the one before it were filed; None of any other."""
    # Until the round before is filed a standard may still be for that one; earlier, the year is most often a slip.
    earliest = deadline(months_after(round_name, -_HALF_YEAR))
    if standard.effective is None or standard.effective > earliest:
        return None
    return Words(
        f"施行日期 {standard.effective} 早于本期（{round_name}）半年以上，那时的各期已经办完；请核对年份",
        f"the day of effect, {standard.effective}, lies over half a year before round {round_name}, when rounds long filed were "
        "under way: check the year",
        code="preview.effective-long-past",
    )


def _far_above(ceiling: float, line: float) -> Words:
    times = ceiling / line
    # What was typed for a multiple would be a likely ceiling in yuan: then that is what is meant.
    if line <= times <= _FAR * line:
        return Words(
            f"上限是扶贫标准的 {times:,.0f} 倍（{ceiling:,.0f} 元）。是不是 {times:,.0f} 元？如是，请按元写",
            f"a ceiling of {times:,.0f} times the line ({ceiling:,.0f} yuan): were {times:,.0f} yuan meant? Then write it in yuan",
            code="preview.ceiling-yuan-for-multiple",
        )
    return Words(
        f"上限 {ceiling:,.0f} 元是扶贫标准的 {times:,.0f} 倍，几乎人人都在以下；请核对有没有多写一位，或把元写成倍数",
        f"a ceiling of {ceiling:,.0f} yuan is {times:,.0f} times the line, and nearly everybody lies below it: "
        "check for a digit too many, or yuan written for a multiple",
        code="preview.ceiling-far-above",
    )
