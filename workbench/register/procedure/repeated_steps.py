"""A step that is sent twice counts once: by a double click, a repeated request, a repeated command.

A step is known again by who took it, what it said and upon what it was taken; asked for again, it is done already. Each
question is put inside the transaction that would take the step, so that two at once count once too.
"""

import json
from collections.abc import Collection
from typing import cast

from sqlalchemy import Connection, select

from workbench.register.audit.log import AuditEvent
from workbench.register.db.follow_up_tables import CaseNote, CaseStep
from workbench.register.db.procedure_tables import EntryStep
from workbench.register.joined_records import LastEvent
from workbench.register.records import CaseRecord, EntryRecord

_ENTRY_STEP, _CASE_STEP, _NOTE = EntryStep.__table__, CaseStep.__table__, CaseNote.__table__


def entry_step_again(
    connection: Connection,
    account: str,
    entry: EntryRecord,
    names: Collection[str],
    seen: int | None,
    **said: str | None,
) -> bool:
    """Whether the step after the version `seen` of an entry (None: its last step) is this very one.

    `said`: what it says, such as reason="…", proposal="2". An entry's version counts its steps.
    """
    query = select(_ENTRY_STEP).where(_ENTRY_STEP.c.entry_id == entry["id"]).order_by(_ENTRY_STEP.c.id)
    steps = connection.execute(query).mappings().all()
    # An entry begins at version 0, so that the step after version n has place n.
    place = len(steps) - 1 if seen is None else seen
    if not 0 <= place < len(steps):
        return False
    step = steps[place]
    # A form sends an empty text where a command sends nothing.
    same = all((step[key] or None) == (value or None) for key, value in said.items())
    return step["account"] == account and step["step"] in names and same


def case_step_again(
    connection: Connection, account: str, case: CaseRecord, name: str, day: str, note: str, seen: int | None
) -> str | None:
    """The stage that this very step of a case has led to already; None where it was not taken. Opening is its first step."""
    query = (
        select(_CASE_STEP, _NOTE.c.text)
        .outerjoin(_NOTE, _NOTE.c.step_id == _CASE_STEP.c.id)
        .where(_CASE_STEP.c.case_id == case["id"])
        .order_by(_CASE_STEP.c.id)
    )
    steps = connection.execute(query).mappings().all()
    # A case begins at version 1 with its opening, which has place 0: again the step after n has place n.
    place = len(steps) - 1 if seen is None else seen
    if not 0 <= place < len(steps):
        return None
    step = steps[place]
    same = (step["account"], step["step"], step["day"], step["text"]) == (account, name, day, note)
    return str(step["stage"]) if same else None


def last_event(connection: Connection, action: Collection[str], subject: str) -> LastEvent | None:
    """The last event of these kinds about a subject, with its details; None where there is none."""
    table = AuditEvent.__table__
    query = (
        select(table)
        .where(table.c.action.in_(action), table.c.subject == subject)
        .order_by(table.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else cast("LastEvent", {**row, "details": json.loads(row["details"])})
