"""Visits that are recorded already: a report sent twice, by a browser that heard no answer, counts once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from workbench.domain.procedure.corrections import corrected
from workbench.domain.procedure.workflow import Stage
from workbench.register.access.acting_user import ActingUser
from workbench.register.db.procedure_tables import Visit, VisitFinding
from workbench.register.db.rows import rows_of
from workbench.register.procedure import entries, fact_corrections
from workbench.register.records import VisitRecord

if TYPE_CHECKING:
    from workbench.register.procedure.visits import VisitReport


def recorded_visits(
    user: ActingUser, connection: Connection, round_name: str, reports: "Sequence[VisitReport]",
    known: Mapping[str, Mapping[str, Any]],
) -> dict[str, int]:  # fmt: skip
    """The visits among these that are recorded already, each by household with its id: sent twice, a visit counts once.

    Of a household that was returned since, the same report is another visit.
    """
    names = [each.household_id for each in reports]
    returned = entries.find(user, connection, round_name, households=names, stages=[Stage.RETURNED])
    anew = {row["household_id"] for row in returned}
    table = Visit.__table__
    query = select(table).where(
        table.c.round == round_name, table.c.account == user.person.account, table.c.withdrawn_at.is_(None),
        *entries.among(table.c.household_id, names),
    )  # fmt: skip
    last = {row["household_id"]: row for row in rows_of(connection, query.order_by(table.c.id), VisitRecord)}
    return {
        each.household_id: row["id"]
        for each, row in ((each, last.get(each.household_id)) for each in reports if each.household_id not in anew)
        if row is not None and _is_same(connection, row, each, known[each.household_id])
    }


def _is_same(connection: Connection, row: VisitRecord, report: "VisitReport", facts: Mapping[str, Any]) -> bool:
    """Whether a visit as it is kept says what the report says."""
    if (row["day"], row["visitors"]) != (report.day.isoformat(), report.visitors):
        return False
    finding = VisitFinding.__table__
    query = select(finding.c.domain, finding.c.text).where(finding.c.visit_id == row["id"])
    recorded = {domain: text for domain, text in connection.execute(query)}  # noqa: C416 - rows are no pairs to mypy
    return recorded == dict(report.findings) and fact_corrections.of_visit(connection, row["id"]) == corrected(
        facts, report.corrections
    )
