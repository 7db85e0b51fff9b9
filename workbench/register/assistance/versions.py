"""Every version of a plan, whole: written with each change, never changed after (§2.1.4)."""

import json
from typing import cast

from sqlalchemy import Connection, func, insert, select

from workbench.domain.procedure.roles import Right
from workbench.register.access.acting_user import ActingUser
from workbench.register.db.follow_up_tables import Plan, PlanMeasure, PlanVersion
from workbench.register.db.rows import row_of, rows_of
from workbench.register.records import PlanMeasureRecord, PlanRecord, PlanVersionRecord

_PLAN, _MEASURE, _VERSION = Plan.__table__, PlanMeasure.__table__, PlanVersion.__table__


def write_version(user: ActingUser, connection: Connection, household: str, reason: str | None = None) -> None:
    """Write down a household's plan as it is now, under its version."""
    _write(connection, household, user.person.account, user.stamp, reason)


def write_first(connection: Connection, household: str) -> None:
    """Write down a plan as it was before its first recorded change. Nobody knows any more who wrote it."""
    here = select(func.count()).select_from(_VERSION).where(_VERSION.c.household_id == household)
    if not connection.execute(here).scalar_one():
        _write(connection, household, None, None, None)


def _write(connection: Connection, household: str, account: str | None, at: str | None, reason: str | None) -> None:
    plan = row_of(connection, select(_PLAN).where(_PLAN.c.household_id == household), PlanRecord)
    # A first plan has no version before it.
    if plan is None:
        return
    listed = select(_MEASURE).where(_MEASURE.c.household_id == household).order_by(_MEASURE.c.id)
    content = {
        "goal": plan["goal"],
        "responsible": plan["responsible"],
        "measures": rows_of(connection, listed, PlanMeasureRecord),
    }
    row = {"household_id": household, "version": plan["version"], "account": account, "at": at, "reason": reason}
    connection.execute(insert(PlanVersion).values(content=json.dumps(content, ensure_ascii=False), **row))


def versions_of(user: ActingUser, household: str) -> list[PlanVersionRecord]:
    """The versions of a household's plan, the newest first; empty outside the person's area, and where none was written."""
    user.check_anywhere(Right.READ_REGISTER)
    query = (
        select(_VERSION)
        # A version does not say where its household lives; the plan does.
        .join(_PLAN, _PLAN.c.household_id == _VERSION.c.household_id)
        .where(_VERSION.c.household_id == household, *user.inside(Plan))
        .order_by(_VERSION.c.version.desc())
    )
    with user.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return [cast("PlanVersionRecord", {**row, "content": json.loads(row["content"])}) for row in rows]
