"""Two standards household by household: who comes in, who goes out, for whom it becomes (un)certain, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from workbench.domain.facts import CROSS_CHECKS, OWN_FLAGS
from workbench.domain.rules.edge import ROUTES, EdgeLimits, tested_income
from workbench.domain.rules.round_rules import UNREGISTERED, apply_rules, rules_of_round
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.index.build import INDEX_COLUMNS
from workbench.preview.scope import PreviewScope

_ASSESSED = ("edge", "excluded", "below_line", *(f"route_{route}" for route in ROUTES))
ENTERS, LEAVES, OPEN, SETTLED = "enters", "leaves", "open", "settled"
"""In `change`: comes in; goes out; can no longer be told; was open and is now out."""


def households_under_both(scope: PreviewScope, ours: EdgeStandard, theirs: EdgeStandard) -> pl.DataFrame:
    """The unregistered households under two standards; a row each, with the facts of the round.

    Added: what `domain.rules.edge` says under each (`edge`, `excluded`, `below_line`, `route_…`, those of `theirs` with `_before`).
    """
    facts = scope.facts_with_previous((*INDEX_COLUMNS, OWN_FLAGS), kind=UNREGISTERED)
    after, other = (
        apply_rules(facts, rules_of_round(scope.round_name, scope.limits_of(each))).unregistered
        for each in (ours, theirs)
    )
    before = other.select(pl.col(name).alias(f"{name}_before") for name in _ASSESSED)
    return pl.concat([after, before], how="horizontal")


def changed_households(both: pl.DataFrame, ours: EdgeStandard) -> pl.DataFrame:
    """The households of `households_under_both` that two standards judge differently, with `income` as ours tests it, and `change`."""
    # Unknown is a result of its own here: a plain comparison with it is null, and the filter would drop the row.
    both = both.filter(~pl.col("edge").eq_missing(pl.col("edge_before")))
    income = tested_income(deduct_out_of_pocket=ours.income.deduct_out_of_pocket)
    with_income: pl.DataFrame = nw.from_native(both).with_columns(income=income).to_native()
    change = (
        pl.when(pl.col("edge")).then(pl.lit(ENTERS))
        .when(pl.col("edge").is_null()).then(pl.lit(OPEN))
        .when(pl.col("edge_before")).then(pl.lit(LEAVES))
        .otherwise(pl.lit(SETTLED))
    )  # fmt: skip
    return with_income.with_columns(change=change)


@dataclass(frozen=True)
class Difference:
    """One reason why a household is in under one standard and not under another.

    `kind`: "ceiling" (its ceiling under either, yuan), "group" (`names`: groups that one lists), "exclusion" (`names`: findings
    that only the other excludes), "route" (`names`), "line", "no_group" (in none that ours lists), "unknown" (`names`: facts that
    ours asks for and nobody knows, or routes whose comparison lacks something) or "unknown_before" (those of theirs).
    """

    kind: str
    names: tuple[str, ...] = ()
    ceiling: float | None = None
    other_ceiling: float | None = None


def reasons(row: Mapping[str, Any], ours: EdgeLimits, theirs: EdgeLimits) -> list[Difference]:
    """Why two standards differ on a row of `changed_households`."""
    if row["edge"] is None:
        return [Difference("unknown", _unknown(row, ours, ""))]
    if row["edge_before"] is None:
        # What decides the household now comes first: that it could not be told before is no reason for what it is told now.
        now = _why_in(row, ours, theirs, ("", "_before")) if row["edge"] else _why_out(row, ours, theirs)
        return [*now, Difference("unknown_before", _unknown(row, theirs, "_before"))]
    if row["edge"]:
        return _why_in(row, ours, theirs, ("", "_before"))
    return _why_in(row, theirs, ours, ("_before", ""))


def _why_in(
    row: Mapping[str, Any], inside: EdgeLimits, outside: EdgeLimits, suffix: tuple[str, str]
) -> list[Difference]:
    """Why a row is in under one standard and not, or not for certain, under another; `suffix`: of the columns of either."""
    differences = []
    if row[f"excluded{suffix[1]}"] is not False:
        # A finding that both standards exclude is no difference between them, even where it keeps the household out.
        only = set(outside.exclusions) - set(inside.exclusions)
        names = tuple(name for name in CROSS_CHECKS if name in only and row[name] is not False)
        differences += [Difference("exclusion", names)] if names or row[f"excluded{suffix[1]}"] else []
    opened = [route for route in ROUTES if row[f"route_{route}{suffix[0]}"] and not row[f"route_{route}{suffix[1]}"]]
    # Below the line of the one standard it is no edge household there, whatever its routes say (LA2019-15 §2.2-d).
    if row[f"below_line{suffix[1]}"]:
        return [*differences, Difference("line")]
    if "income" in opened:
        differences.append(_income_reason(row, inside, outside))
    opened_routes = tuple(route for route in opened if route != "income")
    return [*differences, Difference("route", opened_routes)] if opened_routes else differences


def _why_out(row: Mapping[str, Any], ours: EdgeLimits, theirs: EdgeLimits) -> list[Difference]:
    """Why a row is out for certain that could not be told under theirs."""
    if row["below_line"]:
        return [Difference("line")]
    if row["excluded"]:
        only = set(ours.exclusions) - set(theirs.exclusions)
        return [Difference("exclusion", tuple(name for name in CROSS_CHECKS if name in only and row[name]))]
    ceiling, other = _ceiling(row, ours), _ceiling(row, theirs)
    if row["income"] is not None and row["income"] >= ceiling:
        # As where a household leaves: the ceiling of theirs first.
        return [Difference("ceiling", (), other, ceiling)]
    if ours.require_group and not any(row[name] for name in ours.groups):
        return [Difference("no_group")]
    return []


def _income_reason(row: Mapping[str, Any], inside: EdgeLimits, outside: EdgeLimits) -> Difference:
    ceiling, other = _ceiling(row, inside), _ceiling(row, outside)
    # Below the other ceiling too, so not the ceiling decided but the group that only one of them lists.
    if row["income"] is not None and row["income"] >= other:
        return Difference("ceiling", (), ceiling, other)
    return Difference("group", tuple(name for name in inside.group_names if name in inside.groups and row[name]))


def _ceiling(row: Mapping[str, Any], limits: EdgeLimits) -> float:
    """The highest ceiling that holds for a household."""
    return max([limits.ceiling, *(value for group, value in limits.group_ceilings.items() if row[group])])


def _unknown(row: Mapping[str, Any], limits: EdgeLimits, suffix: str) -> tuple[str, ...]:
    """The facts not known that a standard asks for, and its further routes that cannot be told; `suffix`: of its columns."""
    asked = ("income", *dict.fromkeys((*limits.groups, *limits.exclusions)))
    facts = tuple(name for name in asked if row[name] is None)
    # Without an income no route can be told, and that is said already.
    routes = tuple(
        route
        for route in ROUTES
        if route != "income" and row[f"route_{route}{suffix}"] is None and row["income"] is not None
    )
    return (*facts, *routes)
