"""The versions of county standards as people and pages look at them: those of an area, one, the neighbours'."""

import json
from typing import cast

from sqlalchemy import Connection, func, select

from workbench.domain.procedure.roles import Area, Right
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.db.procedure_tables import CountyStandard
from workbench.register.db.rows import row_of, rows_of
from workbench.register.procedure.repeated_steps import last_event
from workbench.register.records import ListedStandard, StandardRecord
from workbench.register.standards.in_force import (
    Version,
    last_round_begun,
    standard_of_round,
    standard_on,
    version_of,
)

_TABLE = CountyStandard.__table__
RETURNED = "returned"
"""The state of a submitted version that was sent back with a reason."""


def standard_versions(user: ActingUser, county: str | None = None) -> list[ListedStandard]:
    """Every version in the person's area, newest first, each with `in_force` (today) and why it was sent back, if it was."""
    user.check_anywhere(Right.READ_REGISTER)
    query = select(_TABLE).order_by(_TABLE.c.county, _TABLE.c.version.desc())
    if user.person.area.county:
        query = query.where(_TABLE.c.county == user.person.area.county)
    if county:
        query = query.where(_TABLE.c.county == county)
    with user.reading() as connection:
        rows = rows_of(connection, query, StandardRecord)
        current = {code: standard_on(connection, code, user.today) for code in {row["county"] for row in rows}}
        return [_listed(connection, row, current[row["county"]]) for row in rows]


def _listed(connection: Connection, row: StandardRecord, current: Version | None) -> ListedStandard:
    figures = json.loads(row["preview"]) if row["preview"] else None
    sent_back = None
    if row["state"] == RETURNED:
        event = last_event(connection, [f"standard_{RETURNED}"], f"{row['county']} v{row['version']}")
        # The reason is on the trail only: a register that was put together again from a dump always has it there.
        sent_back = event and {"by": event["account"], "at": event["at"], "reason": event["details"]["reason"]}
    listed = {
        **row, "preview": figures, "in_force": current is not None and current.id == row["id"], "sent_back": sent_back,
    }  # fmt: skip
    return cast("ListedStandard", listed)


def version(user: ActingUser, number: int) -> Version:
    """One version, by its id."""
    user.check_anywhere(Right.READ_REGISTER)
    with user.reading() as connection:
        row = row_of(connection, select(_TABLE).where(_TABLE.c.id == number), StandardRecord)
    # One answer for both: that another county has such a version is not for everybody.
    if row is None or not user.person.area.holds(Area(row["county"])):
        raise RefusedError(
            Words(
                f"标准 {number}：本范围内没有",
                f"standard {number}: not in this area",
                code="register.standard-not-in-area",
            )
        )
    return version_of(row)


def in_force_everywhere(user: ActingUser, round_name: str) -> dict[str, Version | None]:
    """The standard of a round in each county that has ever kept one: counties may look at their neighbours'."""
    user.check_anywhere(Right.READ_REGISTER)
    with user.reading() as connection:
        codes = connection.execute(select(_TABLE.c.county).distinct().order_by(_TABLE.c.county)).scalars().all()
        return {code: standard_of_round(connection, code, round_name, user.today) for code in codes}


def has_begun(user: ActingUser, county: str, round_name: str) -> bool:
    """Whether proposals of a round (or of a later one) stand under a standard: a version approved now begins after it."""
    with user.reading() as connection:
        last = last_round_begun(connection, county, user.today)
    return last is not None and last >= round_name


def awaiting_approval(user: ActingUser, connection: Connection) -> int:
    """How many submitted standards wait for the acting user to approve them."""
    query = (
        select(func.count())
        .select_from(_TABLE)
        .where(
            _TABLE.c.county == user.person.area.county,
            _TABLE.c.state == "submitted",
            # Who submits does not approve: one's own waits for somebody else.
            _TABLE.c.submitted_by != user.person.account,
        )
    )
    return connection.execute(query).scalar_one()


def sent_back_to(user: ActingUser, connection: Connection) -> int:
    """How many versions of the acting user were sent back, and nothing drafted in their place yet."""
    newest = select(func.max(_TABLE.c.version)).where(_TABLE.c.county == user.person.area.county).scalar_subquery()
    query = (
        select(func.count())
        .select_from(_TABLE)
        .where(
            _TABLE.c.county == user.person.area.county,
            _TABLE.c.state == RETURNED,
            _TABLE.c.submitted_by == user.person.account,
            # A newer version, however far it is, has taken the place of the one sent back.
            _TABLE.c.version == newest,
        )
    )
    return connection.execute(query).scalar_one()


def titles(connection: Connection, county: str) -> dict[int, str]:
    """The standards of a county by id, as ledgers and lists cite them."""
    rows = connection.execute(select(_TABLE).where(_TABLE.c.county == county)).all()
    return {row.id: f"{row.title or '边缘户标准'}（第{row.version}版）" for row in rows}
