"""Rows of the register as the frames that lists filter and sort, with the columns that they have where there is no row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from workbench.domain.procedure.cases import CLOSED, CaseStage
from workbench.domain.procedure.roles import ROLES
from workbench.domain.procedure.workflow import STEPS, Stage
from workbench.domain.rules.coverage import CHECKS
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.personal_data import names_for
from workbench.register.assessment import EDGE
from workbench.register.assistance.plan_lists import plans
from workbench.register.cases.cases import cases
from workbench.register.cases.precedence import below_line_now, next_step
from workbench.register.county_records import account_names
from workbench.register.edge_register import edge_households, inside_area

MANAGED = {
    "household_id": pl.String, "county": pl.String, "township": pl.String, "village": pl.String, "version": pl.Int64,
    "entered_round": pl.String, "officer": pl.String, "officer_name": pl.String, "last_visit": pl.String, "next_visit": pl.String, "counted_from": pl.String,
    "overdue": pl.Int64, "interval": pl.Int64, "interval_days": pl.Int64,
}  # fmt: skip
CASES = {
    "id": pl.Int64, "household_id": pl.String, "origin": pl.String, "county": pl.String, "township": pl.String,
    "village": pl.String, "round": pl.String, "stage": pl.String, "version": pl.Int64, "opened_on": pl.String,
    "publicity_from": pl.String, "publicity_until": pl.String, "fits": pl.Boolean, "turn": pl.String,
}  # fmt: skip

FILED = {
    "position": pl.Int64, "household_id": pl.String, "township": pl.String, "village": pl.String, "result": pl.String,
    "rule": pl.String, "reason": pl.String, "adjustment": pl.Int64,
}  # fmt: skip
_PLAN = {
    "household_id": pl.String, "goal": pl.String, "responsible": pl.String, "made_on": pl.String, "running": pl.Int64,
}  # fmt: skip
TO_PROPOSE = pl.col("stage").is_in(sorted(map(str, STEPS["propose"].sources))) & ~pl.col("case_first")
"""Of a procedure's households, those that wait for a proposal: whoever is below the line goes the way of a case."""
MANAGED_GROUP = "managed"
"""The `group` of whoever the county manages as an edge household."""
NEEDS = ("", "gap", "unplanned")
"""Which households of the plans are listed: all, those that lack something, those without a plan."""


def with_names(user: ActingUser, round_name: str, county: str, frame: pl.DataFrame, shown_in: str) -> pl.DataFrame:
    """A list with the heads' names as `name`, null where they are not the person's to see; looking is an event (once a day)."""
    # An empty list shows nobody's name: no event tells of it.
    if frame.is_empty():
        return frame.with_columns(name=pl.lit(None, pl.String))
    return frame.join(
        names_for(user, round_name, county, shown_in), on="household_id", how="left", maintain_order="left"
    )


def with_plans(user: ActingUser, managed: pl.DataFrame) -> pl.DataFrame:
    """The households of the person's area that are to be assisted, each with its plan, if it has one.

    `group`: `lifted`, MANAGED_GROUP, or `edge` of those that the standard brings in and the county does not manage yet.
    """
    made = [{name: value for name, value in row.items() if name in _PLAN} for row in plans(user)]
    # The facts alone say whom a standard brings in; whom the county manages is the register's to say.
    entered = pl.col("household_id").is_in([row["household_id"] for row in edge_households(user)])
    grouped = managed.with_columns(
        group=pl.when((pl.col("group") == EDGE) & entered).then(pl.lit(MANAGED_GROUP)).otherwise("group")
    )
    # Filtered here: what was read is the whole county, and the person's area may be a part of it.
    return grouped.filter(inside_area(user)).join(pl.DataFrame(made, schema=_PLAN), on="household_id", how="left")


def by_need(assisted: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the households of `with_plans` by NEEDS."""
    gap = pl.any_horizontal(pl.col(f"gap_{check.name}").fill_null(value=False) for check in CHECKS)
    return {"": assisted, "gap": assisted.filter(gap), "unplanned": assisted.filter(pl.col("goal").is_null())}


def frame_of(rows: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Rows as a frame of these columns."""
    # The schema holds where there is no row, so that a list without rows can be filtered all the same.
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema, orient="row")


def listed_edge(user: ActingUser, county: str, *, overdue_only: bool) -> pl.DataFrame:
    """The edge households of a county with their officers' names; only those whose visit is late, where they are asked for."""
    names = account_names(user)
    rows = [
        {**row, "officer_name": names.get(row["officer"] or "", row["officer"])}
        for row in edge_households(user)
        if row["county"] == county and (row["overdue"] or not overdue_only)
    ]
    return frame_of(rows, MANAGED)


def listed_cases(user: ActingUser, county: str, *, open_only: bool) -> pl.DataFrame:
    """The cases of a county, each with whether it still fits the facts, and whose turn it is.

    `fits`: whether its household is still below the line, null where the facts cannot tell; `turn`: the names of the roles
    that take its next step, with commas.
    """
    rows = [row for row in cases(user) if row["county"] == county]
    rows = [row for row in rows if not (open_only and CaseStage(row["stage"]) in CLOSED)]
    with user.reading() as connection:
        # Of open cases only: a closed one has no next step that the facts could hold back.
        fits = below_line_now(user, connection, [row for row in rows if CaseStage(row["stage"]) not in CLOSED])
    listed = []
    for row in rows:
        below = fits.get(row["id"])
        step = next_step(row, below_line=below)
        roles = [role.name for role in ROLES.values() if step and step.right in role.rights and not role.simulated_only]
        listed.append({**row, "fits": below, "turn": ",".join(roles)})
    return frame_of(listed, CASES)


def in_batches(listed: pl.DataFrame) -> dict[str, int]:
    """How many of the households listed a batch of each step would take; `undetermined`: who waits, and the rules cannot tell."""
    waiting, stages = listed.filter(TO_PROPOSE), Counter(listed["stage"])
    return {
        # Of whom the rules cannot tell, a batch proposes nothing.
        "propose": waiting["rule"].count(), "undetermined": waiting["rule"].null_count(),
        "agree": stages[Stage.PROPOSED], "file": stages[Stage.REVIEWED], "returned": stages[Stage.RETURNED],
    }  # fmt: skip
