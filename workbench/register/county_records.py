"""The records of a county that reports and pages show: read here, so that nothing above the register speaks SQL."""

from collections.abc import Collection
from typing import TypedDict

from sqlalchemy import select

from workbench.domain.procedure.trail_head import TrailHead
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.log import AuditEvent
from workbench.register.db.follow_up_tables import CaseStep, EdgeHousehold, EntryWindow, Plan
from workbench.register.db.procedure_tables import Account, Entry, EntryStep, FiledRow, Filing, Visit
from workbench.register.db.rows import row_of, rows_of
from workbench.register.records import (
    AccountRecord,
    CaseStepRecord,
    EdgeHouseholdRecord,
    EntryRecord,
    EntryWindowRecord,
    VisitRecord,
)


class StepTaken(TypedDict):
    """A step of a household's entry, and who took it when."""

    household_id: str
    kind: str
    step: str
    proposal: str | None
    account: str
    at: str


def account_names(user: ActingUser) -> dict[str, str]:
    """The person's name of every account."""
    with user.reading() as connection:
        return {row.account: row.name for row in connection.execute(select(Account.account, Account.name))}


def accounts_of(user: ActingUser, county: str) -> list[AccountRecord]:
    """The active accounts whose area lies in a county, by township and village."""
    table = Account.__table__
    query = select(table).where(table.c.active, table.c.county == county).order_by(table.c.township, table.c.village)
    with user.reading() as connection:
        return rows_of(connection, query, AccountRecord)


def window_names(user: ActingUser) -> list[str]:
    """The windows in which the national system takes changes, the latest first."""
    with user.reading() as connection:
        return list(connection.execute(select(EntryWindow.name).order_by(EntryWindow.opens.desc())).scalars())


def windows(user: ActingUser) -> list[EntryWindowRecord]:
    """The windows in which the national system takes changes, the latest first."""
    with user.reading() as connection:
        return rows_of(connection, select(EntryWindow.__table__).order_by(EntryWindow.opens.desc()), EntryWindowRecord)


def window(user: ActingUser, name: str) -> EntryWindowRecord | None:
    """A window by its name; None where there is none."""
    query = select(EntryWindow.__table__).where(EntryWindow.name == name)
    with user.reading() as connection:
        return row_of(connection, query, EntryWindowRecord)


def case_steps(user: ActingUser) -> dict[tuple[int, str], CaseStepRecord]:
    """The last step of each name of every case."""
    query = select(CaseStep.__table__).order_by(CaseStep.id)
    with user.reading() as connection:
        # In their order, so that of a step taken twice the later one stands.
        return {(row["case_id"], row["step"]): row for row in rows_of(connection, query, CaseStepRecord)}


def edge_households(user: ActingUser, county: str, until: str) -> list[EdgeHouseholdRecord]:
    """The households of a county, in the person's area, that entered the edge register in a round or before."""
    table = EdgeHousehold.__table__
    query = select(table).where(table.c.county == county, table.c.entered_round <= until, *user.inside(EdgeHousehold))
    with user.reading() as connection:
        return rows_of(connection, query, EdgeHouseholdRecord)


def entries(user: ActingUser, round_name: str, county: str, kind: str) -> list[EntryRecord]:
    """The entries of a county in a round that lie in the person's area."""
    table = Entry.__table__
    here = (table.c.round == round_name, table.c.county == county, table.c.kind == kind)
    with user.reading() as connection:
        return rows_of(connection, select(table).where(*here, *user.inside(Entry)), EntryRecord)


def entry_steps(user: ActingUser, round_name: str, county: str) -> list[StepTaken]:
    """The steps of a county's entries in a round, in order; those in the person's area."""
    entry, step = Entry.__table__, EntryStep.__table__
    query = (
        select(entry.c.household_id, entry.c.kind, step.c.step, step.c.proposal, step.c.account, step.c.at)
        .join(entry, entry.c.id == step.c.entry_id)
        .where(entry.c.county == county, entry.c.round == round_name, *user.inside(Entry))
        .order_by(step.c.id)
    )
    with user.reading() as connection:
        return rows_of(connection, query, StepTaken)


def last_filings(user: ActingUser, round_name: str, county: str, kind: str) -> dict[str, int]:
    """The id of the filing by which the result of each household stands: the last one of the round that lists it."""
    # Not by its entry: one taken up again has no filing of its own, and is filed all the same until it is filed anew.
    here = (Filing.round == round_name, Filing.county == county, Filing.kind == kind)
    query = select(FiledRow.household_id, FiledRow.filing_id).join(Filing, Filing.id == FiledRow.filing_id)
    with user.reading() as connection:
        rows = connection.execute(query.where(*here).order_by(Filing.id))
        return {row.household_id: row.filing_id for row in rows}


def last_filed_event(user: ActingUser, numbers: Collection[str]) -> TrailHead | None:
    """The event of the last of these filings; None where none was filed."""
    table = AuditEvent.__table__
    query = select(table.c.number, table.c.hash).where(table.c.action == "filed", table.c.subject.in_(list(numbers)))
    with user.reading() as connection:
        row = connection.execute(query.order_by(table.c.number.desc()).limit(1)).one_or_none()
    return TrailHead(row.number, row.hash) if row else None


def visits(user: ActingUser, county: str, until: str) -> list[VisitRecord]:
    """The visits of a county up to a round, in order; those in the person's area."""
    table = Visit.__table__
    query = (
        select(table)
        # Without those withdrawn: they were made, and count no more.
        .where(table.c.county == county, table.c.round <= until, table.c.withdrawn_at.is_(None), *user.inside(Visit))
        .order_by(table.c.id)
    )
    with user.reading() as connection:
        return rows_of(connection, query, VisitRecord)


def responsible_people(user: ActingUser, county: str) -> dict[str, str]:
    """Who is responsible for the plan of each household of a county; of the person's area only."""
    query = select(Plan.household_id, Plan.responsible).where(Plan.county == county, *user.inside(Plan))
    with user.reading() as connection:
        return {row.household_id: row.responsible for row in connection.execute(query)}
