"""The county's edge-household standard applied to unregistered households: in, out or cannot tell (contract §3).

Clauses: LA2019-15 §2.2-a (the standard), §2.2-b (key groups), §2.2-d (below the line: the way into the register).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

import narwhals as nw

from workbench.domain.facts import KEY_GROUPS
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.criteria import all_of, any_of
from workbench.domain.rules.exact import (
    MOST_BOUND,
    above_share,
    as_written,
    below_for_persons,
    below_share,
    fen,
    multiple_of,
    with_persons,
)
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import StandardError, Words

ROUTES: dict[str, tuple[str, str]] = {
    "income": ("收入略高于标准", "income a little above the line"),
    "rigid_expenditure": ("刚性支出较大", "rigid expenditure"),
    "income_drop": ("收入大幅缩减", "drop of income"),
}
ROUTE_COMPARES: dict[str, tuple[str, str]] = {
    "rigid_expenditure": (
        "自付支出或纯收入（刚性支出途径）",
        "out-of-pocket or net income (route of rigid expenditure)",
    ),
    "income_drop": ("上一期人均纯收入（收入缩减途径）", "income of the round before (route of a drop in income)"),
}
"""What a further route compares, for who lacks it."""
EDGE_FACTS: tuple[str, ...] = (
    "persons", "net_income", "income_pc", "out_of_pocket", "previous_income_pc", "seen_before",
)  # fmt: skip
"""What the routes read, beside the key groups and the cross-checks."""

_MILLION = 1_000_000


@dataclass(frozen=True)
class EdgeLimits:
    """A standard under a poverty line: every ceiling in yuan a person and year. Routes not taken are None.

    `own_groups`: the key groups of the county's own, each with its name (§2.2-b “等”).
    """

    line: float
    ceiling: float
    group_ceilings: dict[str, float]
    groups: tuple[str, ...]
    require_group: bool
    exclusions: tuple[str, ...]
    deduct_out_of_pocket: bool
    rigid_share: float | None = None
    rigid_ceiling: float = 0.0
    drop_share: float | None = None
    drop_ceiling: float = 0.0
    own_groups: dict[str, str] = field(default_factory=dict)

    @property
    def group_names(self) -> tuple[str, ...]:
        """Every key group there is under the standard: the eight of the notice, then the county's own."""
        return (*KEY_GROUPS, *self.own_groups)


def edge_limits(standard: EdgeStandard, line: float) -> EdgeLimits:
    """The standard in yuan; `line` is the poverty line that applies. Raises StandardError for a ceiling below it.

    Ceilings of groups that the standard does not list have no effect (contract §3) and are left out.
    """
    income, routes = standard.income, standard.routes
    ceilings = {keys.CEILING: income.ceiling.yuan_under(line)}
    for group, multiple in income.group_ceilings.items():
        ceilings[keys.group_ceiling(group)] = multiple_of(multiple, line)
    for name, route in (("rigid_expenditure", routes.rigid_expenditure), ("income_drop", routes.income_drop)):
        if route is not None:
            ceilings[keys.route_ceiling(name)] = route.ceiling.yuan_under(line)
    _refuse_ceilings(ceilings, line)
    return EdgeLimits(
        line=line,
        ceiling=ceilings[keys.CEILING],
        group_ceilings={
            group: ceilings[keys.group_ceiling(group)] for group in income.group_ceilings if group in standard.groups
        },
        groups=tuple(standard.groups),
        require_group=standard.require_group,
        exclusions=tuple(standard.exclusions),
        deduct_out_of_pocket=income.deduct_out_of_pocket,
        rigid_share=routes.rigid_expenditure.share if routes.rigid_expenditure else None,
        rigid_ceiling=ceilings.get(keys.route_ceiling("rigid_expenditure"), 0.0),
        drop_share=routes.income_drop.share if routes.income_drop else None,
        drop_ceiling=ceilings.get(keys.route_ceiling("income_drop"), 0.0),
        own_groups=dict(standard.own_groups),
    )


def tested_income(*, deduct_out_of_pocket: bool) -> nw.Expr:
    """The income that a standard tests, yuan a person and year, on Polars frames; a quotient down to the millionth.

    Cut off there, not rounded, it lies on the same side of every bound as the quotient itself, since bounds have no more
    than six decimals.
    """
    if not deduct_out_of_pocket:
        return nw.col("income_pc")
    # A household of no persons has no income a person: null, not infinity.
    persons = nw.when(nw.col("persons") > 0).then(nw.col("persons"))
    # In whole numbers: a float quotient may fall on the wrong side of a bound that has six decimals.
    millionths = fen(_left_after_deduction()) * (_MILLION // 100) // persons
    # Polars divides by a number as it multiplies by its inverse; rounding gives the float nearest to the decimal.
    return (millionths.cast(nw.Float64) / _MILLION).round(6)


def below(bound: float, *, deduct_out_of_pocket: bool) -> nw.Expr:
    """Whether the income that a standard tests lies below a bound, yuan a person and year. Nothing is divided."""
    if not deduct_out_of_pocket:
        # Strict, as 低于 is (LA2019-15 §2.2-a): who earns just the ceiling is not below it.
        return nw.col("income_pc") < bound
    # Infinity is no fraction; all that can be asked then is whether the income is known.
    if bound == inf:
        return with_persons(_left_after_deduction() < bound)
    return with_persons(below_for_persons(_left_after_deduction(), as_written(bound)))


def _left_after_deduction() -> nw.Expr:
    return nw.col("net_income") - nw.col("out_of_pocket")


def edge_frame(frame: Any, limits: EdgeLimits) -> Any:
    """Add to a frame of unregistered households, of any engine, what a standard says of each.

    `frame` holds EDGE_FACTS, the groups and the exclusions that the standard names, with nullable types; a county's own
    group that it does not hold is not known of anybody. Added columns, all three-valued: `below_line`; `route_income`, `route_rigid_expenditure`, `route_income_drop`;
    `excluded`; `edge` (true: in, false: out, null: cannot tell).
    """
    from_line = nw.col("_from_line")
    with_line = (
        _with_own_groups(nw.from_native(frame), limits)
        .with_columns(below_line=_below(limits.line, limits))
        # Null of an income that is not known: who may be below the line is not let in by any route.
        .with_columns(_from_line=~nw.col("below_line"))
    )
    routed = with_line.with_columns(
        route_income=from_line & _below_income_ceiling(limits),
        route_rigid_expenditure=from_line & _rigid(limits),
        route_income_drop=from_line & _drop(limits),
        excluded=any_of([nw.col(name) for name in limits.exclusions]),
    )
    assessed = routed.with_columns(
        # A household that is excluded by a known finding is out even where no route can be told; an unknown finding neither
        # lets it in nor keeps it out.
        edge=any_of([nw.col(f"route_{route}") for route in ROUTES]) & ~nw.col("excluded"),
    )
    return assessed.drop("_from_line").to_native()


def _with_own_groups(frame: Any, limits: EdgeLimits) -> Any:
    """The frame with the county's own groups as flags, null where it holds none such or something else than yes or no."""
    if not limits.own_groups:
        return frame
    schema = frame.collect_schema()
    return frame.with_columns(own_flag(schema.get(name), name) for name in limits.own_groups)


def with_own_flags(facts: Mapping[str, Any], own_groups: Iterable[str]) -> Mapping[str, Any]:
    """The facts of one household with the county's own groups as flags, as `edge_frame` reads them."""
    # To Python 1 and True are one key: numbers and flags are read alike, anything else is not known.
    flags: dict[Any, bool] = {1: True, 0: False}
    return {**facts, **{name: flags.get(facts.get(name)) for name in own_groups}}


def own_flag(dtype: Any, name: str) -> nw.Expr:
    """A county's own fact as a flag; `dtype` None: the frame does not hold it. Of numbers 1 is yes and 0 is no."""
    if dtype is None:
        return nw.lit(None, nw.Boolean).alias(name)
    if dtype == nw.Boolean:
        return nw.col(name)
    number = nw.col(name).cast(nw.Float64)
    flag = nw.when(number == 1).then(nw.lit(value=True)).otherwise(nw.when(number == 0).then(nw.lit(value=False)))
    return flag.alias(name)


def _below(bound: float, limits: EdgeLimits) -> nw.Expr:
    return below(bound, deduct_out_of_pocket=limits.deduct_out_of_pocket)


def _below_income_ceiling(limits: EdgeLimits) -> nw.Expr:
    """Below the highest ceiling that applies, and in a listed group where the standard asks for one."""
    # A group that is not known leaves the result open only where its own ceiling would decide.
    ceilings = [_below(limits.ceiling, limits)] + [
        nw.col(group) & _below(ceiling, limits) for group, ceiling in limits.group_ceilings.items()
    ]
    belongs = [any_of([nw.col(group) for group in limits.groups])] if limits.require_group else []
    return all_of([any_of(ceilings), *belongs])


def _rigid(limits: EdgeLimits) -> nw.Expr:
    if limits.rigid_share is None:
        # A route that the standard does not take is false for everybody, not unknown.
        return any_of([])
    spends = above_share(nw.col("out_of_pocket"), as_written(limits.rigid_share), nw.col("net_income"))
    return _below(limits.rigid_ceiling, limits) & spends


def _drop(limits: EdgeLimits) -> nw.Expr:
    """False for a household not seen in the previous round."""
    if limits.drop_share is None:
        return any_of([])
    # Compared as multiplied, never divided: an income of nothing a round ago is a fall of no share at all.
    fell = below_share(nw.col("income_pc"), 1 - as_written(limits.drop_share), nw.col("previous_income_pc"))
    # Unknown is not "no": a household seen before whose income then is not known stays undetermined.
    return nw.col("seen_before") & fell & _below(limits.drop_ceiling, limits)


def _refuse_ceilings(ceilings: Mapping[keys.Key, float], line: float) -> None:
    low: dict[str, Words] = {
        key: Words(
            f"{ceiling:g} 元低于扶贫标准 {line:g} 元；上限应不低于扶贫标准",
            f"{ceiling:g} yuan lies below the poverty line of {line:g}; a ceiling is at least the line",
            code="domain.ceiling-below-line",
        )
        for key, ceiling in ceilings.items()
        # Nobody would be let in between: below the line the way is that of §2.2-d.
        if ceiling < line
    }
    high: dict[str, Words] = {
        key: Words(
            f"{ceiling:,.0f} 元过高；上限应不超过 {MOST_BOUND:,.0f} 元",
            f"{ceiling:,.0f} yuan is too high; a ceiling is at most {MOST_BOUND:,.0f} yuan",
            code="domain.ceiling-too-high",
        )
        for key, ceiling in ceilings.items()
        if ceiling > MOST_BOUND
    }
    if low or high:
        raise StandardError(low | high)
