"""Everything that the register holds of one household: the steps of its rounds, visits, edge register, cases."""

from collections.abc import Sequence

from sqlalchemy import select

from workbench.domain.procedure.cases import CLOSED, CaseStage
from workbench.domain.procedure.roles import Right
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import EDGE, RISK
from workbench.register.cases.cases import cases
from workbench.register.cases.precedence import below_line_now, next_words
from workbench.register.db.procedure_tables import Entry, EntryStep, FiledRow, Filing
from workbench.register.db.rows import rows_of
from workbench.register.edge_register import edge_households
from workbench.register.joined_records import FiledResult, HouseholdHistory, StepOfEntry
from workbench.register.procedure.visits import visits_of
from workbench.register.records import CaseRecord, EntryRecord


def history(user: ActingUser, household: str) -> HouseholdHistory:
    """The household's entries, steps, visits, filings, place in the edge register, cases; personal data is not among it."""
    user.check_anywhere(Right.READ_REGISTER)
    entry, step, filed, filing = Entry.__table__, EntryStep.__table__, FiledRow.__table__, Filing.__table__
    # Joined to the entry below, since steps and filed rows do not say where their household lives.
    # With both procedures named, the database goes by its index of (kind, household) and reads no other household's rows.
    mine = (entry.c.kind.in_((RISK, EDGE)), entry.c.household_id == household, *user.inside(Entry))
    with user.reading() as connection:
        entries = rows_of(connection, select(entry).where(*mine).order_by(entry.c.round), EntryRecord)
        steps = rows_of(
            connection,
            select(step, entry.c.round, entry.c.kind)
            .join(entry, entry.c.id == step.c.entry_id)
            .where(*mine)
            .order_by(step.c.id),
            StepOfEntry,
        )
        listed = rows_of(
            connection,
            select(filing.c.number, filing.c.round, filing.c.kind, filed.c.result, filed.c.position, filed.c.adjustment)
            .join(filing, filing.c.id == filed.c.filing_id)
            .join(entry, entry.c.id == filed.c.entry_id)
            .where(*mine)
            .order_by(filing.c.id),
            FiledResult,
        )
    visits, opened = visits_of(user, household), cases(user, household=household)
    # Also households that have left: their history is asked for too.
    edge = edge_households(user, state=None, household=household)
    if not any((entries, steps, listed, visits, edge, opened)):
        raise RefusedError(
            Words(
                f"户 {household}：{user.person.area} 的登记中没有",
                f"household {household}: nothing in the register of {user.person.area.words.en}",
                code="register.household-nothing-register",
            )
        )
    return {
        "household_id": household, "entries": entries, "steps": steps, "filings": listed, "visits": visits, "edge": edge,
        "cases": opened, "next_step": _next_of_case(user, opened),
    }  # fmt: skip


def _next_of_case(user: ActingUser, known: Sequence[CaseRecord]) -> dict[str, str] | None:
    """The next step of the household's case that runs, in words; None where none does."""
    running = [case for case in known if CaseStage(case["stage"]) not in CLOSED]
    if not running:
        return None
    with user.reading() as connection:
        # The last one: no other is opened while one runs.
        below = below_line_now(user, connection, running[-1:])[running[-1]["id"]]
        words = next_words(connection, running[-1], below_line=below)
    return {"zh": words.zh, "en": words.en}
