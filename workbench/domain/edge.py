"""The county's edge-household standard applied to unregistered households: in, out or cannot tell (contract §3).

Clauses: LA2019-15 §2.2-a (the standard), §2.2-b (key groups), §2.2-d (below the line: the way into the register).
"""

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from workbench.domain.criteria import all_of, any_of, per_person
from workbench.domain.standard import EdgeStandard, multiple_of
from workbench.errors import StandardError, Words

ROUTES: dict[str, tuple[str, str]] = {
    "income": ("收入略高于标准", "income a little above the line"),
    "rigid_expenditure": ("刚性支出较大", "rigid expenditure"),
    "income_drop": ("收入大幅缩减", "drop of income"),
}
EDGE_FACTS: tuple[str, ...] = (
    "persons", "net_income", "income_pc", "out_of_pocket", "previous_income_pc", "seen_before",
)  # fmt: skip
"""What the routes read, beside the key groups and the cross-checks."""


@dataclass(frozen=True)
class EdgeLimits:
    """A standard under a poverty line: every ceiling in yuan a person and year. Routes not taken are None."""

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


def edge_limits(standard: EdgeStandard, line: float) -> EdgeLimits:
    """The standard in yuan; `line` is the poverty line that applies. Raises StandardError for a ceiling below it.

    Ceilings of groups that the standard does not list have no effect (contract §3) and are left out.
    """
    income, routes = standard.income, standard.routes
    ceilings = {"income.ceiling": income.ceiling.yuan_under(line)}
    for group, multiple in income.group_ceilings.items():
        ceilings[f"income.group_ceilings.{group}"] = multiple_of(multiple, line)
    for name, route in (("rigid_expenditure", routes.rigid_expenditure), ("income_drop", routes.income_drop)):
        if route is not None:
            ceilings[f"routes.{name}.ceiling"] = route.ceiling.yuan_under(line)
    _refuse_below_line(ceilings, line)
    return EdgeLimits(
        line=line,
        ceiling=ceilings["income.ceiling"],
        group_ceilings={
            group: ceilings[f"income.group_ceilings.{group}"]
            for group in income.group_ceilings
            if group in standard.groups
        },
        groups=tuple(standard.groups),
        require_group=standard.require_group,
        exclusions=tuple(standard.exclusions),
        deduct_out_of_pocket=income.deduct_out_of_pocket,
        rigid_share=routes.rigid_expenditure.share if routes.rigid_expenditure else None,
        rigid_ceiling=ceilings.get("routes.rigid_expenditure.ceiling", 0.0),
        drop_share=routes.income_drop.share if routes.income_drop else None,
        drop_ceiling=ceilings.get("routes.income_drop.ceiling", 0.0),
    )


def tested_income(*, deduct_out_of_pocket: bool) -> nw.Expr:
    """The income that a standard tests, yuan a person and year."""
    if deduct_out_of_pocket:
        return per_person(nw.col("net_income") - nw.col("out_of_pocket"))
    return nw.col("income_pc")


def edge_frame(frame: Any, limits: EdgeLimits) -> Any:
    """Add to a frame of unregistered households, of any engine, what a standard says of each.

    `frame` holds EDGE_FACTS, the groups and the exclusions that the standard names, with nullable types. Added
    columns, all three-valued: `below_line`; `route_income`, `route_rigid_expenditure`, `route_income_drop`;
    `excluded`; `edge` (true: in, false: out, null: cannot tell).
    """
    income = nw.col("_income")
    from_line = nw.col("_from_line")
    with_income = (
        nw.from_native(frame)
        .with_columns(_income=tested_income(deduct_out_of_pocket=limits.deduct_out_of_pocket))
        .with_columns(_from_line=income >= limits.line, below_line=income < limits.line)
    )
    routed = with_income.with_columns(
        route_income=from_line & _below_income_ceiling(income, limits),
        route_rigid_expenditure=from_line & _rigid(income, limits),
        route_income_drop=from_line & _drop(income, limits),
        excluded=any_of([nw.col(name) for name in limits.exclusions]),
    )
    judged = routed.with_columns(
        edge=any_of([nw.col(f"route_{route}") for route in ROUTES]) & ~nw.col("excluded"),
    )
    return judged.drop("_income", "_from_line").to_native()


def _below_income_ceiling(income: nw.Expr, limits: EdgeLimits) -> nw.Expr:
    """Below the highest ceiling that applies, and in a listed group where the standard asks for one."""
    ceilings = [income < limits.ceiling] + [
        nw.col(group) & (income < ceiling) for group, ceiling in limits.group_ceilings.items()
    ]
    belongs = [any_of([nw.col(group) for group in limits.groups])] if limits.require_group else []
    return all_of([any_of(ceilings), *belongs])


def _rigid(income: nw.Expr, limits: EdgeLimits) -> nw.Expr:
    if limits.rigid_share is None:
        return any_of([])
    return (income < limits.rigid_ceiling) & (nw.col("out_of_pocket") > limits.rigid_share * nw.col("net_income"))


def _drop(income: nw.Expr, limits: EdgeLimits) -> nw.Expr:
    """False for a household not seen in the previous round."""
    if limits.drop_share is None:
        return any_of([])
    fell = nw.col("income_pc") < (1 - limits.drop_share) * nw.col("previous_income_pc")
    return nw.col("seen_before") & fell & (income < limits.drop_ceiling)


def _refuse_below_line(ceilings: dict[str, float], line: float) -> None:
    low = {key: ceiling for key, ceiling in ceilings.items() if ceiling < line}
    if low:
        raise StandardError(
            {
                key: Words(
                    f"{ceiling:g} 元低于扶贫标准 {line:g} 元；上限应不低于扶贫标准",
                    f"{ceiling:g} yuan lies below the poverty line of {line:g}; a ceiling is at least the line",
                )
                for key, ceiling in low.items()
            }
        )
