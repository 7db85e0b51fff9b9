"""Rows of the register as the frames that lists filter and sort, with the columns that they have where there is no row."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from workbench.domain.procedure.cases import CLOSED, CaseStage
from workbench.domain.procedure.roles import ROLES
from workbench.register.access.acting_user import ActingUser
from workbench.register.cases.cases import cases
from workbench.register.cases.precedence import below_line_now, next_step
from workbench.register.county_records import account_names
from workbench.register.edge_register import edge_households

MANAGED = {
    "household_id": pl.String, "county": pl.String, "township": pl.String, "village": pl.String, "version": pl.Int64,
    "entered_round": pl.String, "officer": pl.String, "officer_name": pl.String, "last_visit": pl.String, "next_visit": pl.String,
    "overdue": pl.Int64,
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


def frame_of(rows: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Rows as a frame of these columns."""
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
