"""The records of a county that reports and pages show, as plain rows: read here, so that nothing above the register speaks SQL."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from workbench.domain.procedure.trail_head import TrailHead
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.log import AuditEvent
from workbench.register.db.follow_up_tables import CaseStep, EdgeHousehold, EntryWindow, Plan
from workbench.register.db.procedure_tables import Account, Entry, EntryStep, Filing, Visit


def account_names(connection: Connection) -> dict[str, str]:
    """The person's name of every account."""
    return {row.account: row.name for row in connection.execute(select(Account.account, Account.name))}


def accounts_of(connection: Connection, county: str) -> list[dict[str, Any]]:
    """The active accounts whose area lies in a county, by township and village."""
    table = Account.__table__
    query = select(table).where(table.c.active, table.c.county == county)
    return _rows(connection, query.order_by(table.c.township, table.c.village))


def window_names(connection: Connection) -> list[str]:
    """The windows in which the national system takes changes, the latest first."""
    return list(connection.execute(select(EntryWindow.name).order_by(EntryWindow.opens.desc())).scalars())


def window(connection: Connection, name: str) -> RowMapping | None:
    """A window by its name; None where there is none."""
    query = select(EntryWindow.__table__).where(EntryWindow.name == name)
    return connection.execute(query).mappings().one_or_none()


def case_steps(connection: Connection) -> dict[tuple[int, str], RowMapping]:
    """The last step of each name of every case."""
    query = select(CaseStep.__table__).order_by(CaseStep.id)
    return {(row["case_id"], row["step"]): row for row in connection.execute(query).mappings()}


def edge_households(connection: Connection, user: ActingUser, county: str, until: str) -> list[dict[str, Any]]:
    """The households of a county, in the person's area, that entered the edge register in a round or before."""
    table = EdgeHousehold.__table__
    query = select(table).where(table.c.county == county, table.c.entered_round <= until, *user.inside(EdgeHousehold))
    return _rows(connection, query)


def entries(connection: Connection, user: ActingUser, round_name: str, county: str, kind: str) -> list[dict[str, Any]]:
    """The entries of a county in a round that lie in the person's area."""
    table = Entry.__table__
    here = (table.c.round == round_name, table.c.county == county, table.c.kind == kind)
    return _rows(connection, select(table).where(*here, *user.inside(Entry)))


def entry_steps(connection: Connection, round_name: str, county: str) -> list[RowMapping]:
    """The steps of a county's entries in a round, in order: household_id, step, account, at."""
    entry, step = Entry.__table__, EntryStep.__table__
    query = (
        select(entry.c.household_id, step.c.step, step.c.account, step.c.at)
        .join(entry, entry.c.id == step.c.entry_id)
        .where(entry.c.county == county, entry.c.round == round_name)
        .order_by(step.c.id)
    )
    return list(connection.execute(query).mappings())


def filings(connection: Connection, round_name: str, county: str, kind: str) -> list[dict[str, Any]]:
    """The filings of a county in a round, oldest first."""
    table = Filing.__table__
    here = (table.c.round == round_name, table.c.county == county, table.c.kind == kind)
    return _rows(connection, select(table).where(*here).order_by(table.c.id))


def last_filed_event(connection: Connection, numbers: Collection[str]) -> TrailHead | None:
    """The event of the last of these filings; None where none was filed."""
    table = AuditEvent.__table__
    query = select(table.c.number, table.c.hash).where(table.c.action == "filed", table.c.subject.in_(list(numbers)))
    row = connection.execute(query.order_by(table.c.number.desc()).limit(1)).one_or_none()
    return TrailHead(row.number, row.hash) if row else None


def visits(connection: Connection, county: str, until: str) -> list[dict[str, Any]]:
    """The visits of a county up to a round, in order."""
    table = Visit.__table__
    query = select(table).where(table.c.county == county, table.c.round <= until).order_by(table.c.id)
    return _rows(connection, query)


def responsible_people(connection: Connection, county: str) -> dict[str, str]:
    """Who is responsible for the plan of each household of a county."""
    query = select(Plan.household_id, Plan.responsible).where(Plan.county == county)
    return {row.household_id: row.responsible for row in connection.execute(query)}


def _rows(connection: Connection, query: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]
