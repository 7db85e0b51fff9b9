"""What follows a change of the store's files, in the register: each in one transaction, which also notes it done (`settling`)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.covered_files import FileHashes, county_files, single
from workbench.register.audit.event import Event
from workbench.register.cases.cases import open_cases
from workbench.register.cases.orphans import end_of_withdrawn_visit, end_orphaned
from workbench.register.procedure import fact_corrections
from workbench.register.unit_of_work.pending_work import Work, add
from workbench.store.batches.batch import batch_files


def _after_taking_in(user: ActingUser, connection: Connection, work: Work) -> None:
    """Corrections that the facts covered are to be put back, an event tells of the facts, and cases are to be opened."""
    facts = user.register.facts
    for county in work.counties:
        fact_corrections.renew(user, connection, work.round, county)
    # After corrections were set waiting, before cases are asked for: those are judged when the facts are whole again.
    _record(user, connection, work, {"facts": facts.digest(work.round)})
    _examine_cases(user, connection, work)


def _after_undoing(user: ActingUser, connection: Connection, work: Work) -> None:
    """Corrections made upon the batch are put again, cases that it alone brought about end, and others are opened.

    A county that the batch brought may hold nothing any more.
    """
    facts = user.register.facts
    for county in work.counties:
        if work.round in facts.rounds_of(county):
            fact_corrections.renew(user, connection, work.round, county, since=work.details["corrections"])
        end_orphaned(user, connection, work.round, county, since=work.details["cases"])
    details = {"facts": facts.digest(work.round)} if work.round in facts.rounds() else {}
    _record(user, connection, work, details)
    _examine_cases(user, connection, work)


def _examine_cases(user: ActingUser, connection: Connection, work: Work) -> None:
    """Cases are to be opened by a county's newest facts; an earlier round says what was, not what is."""
    facts = user.register.facts
    # By a slice: a county whose only batch was undone has no last round.
    newest = [county for county in work.counties if [work.round] == facts.rounds_of(county)[-1:]]
    add(connection, "open_cases", work.round, newest, {}, account=work.account, at=work.at)


def _after_closing_or_reopening(user: ActingUser, connection: Connection, work: Work) -> None:
    """An event records it, with the SHA-256 of every file of the counties as it is now."""
    _record(user, connection, work, {})


def _open_cases(user: ActingUser, connection: Connection, work: Work) -> None:
    """Cases are opened of the counties whose facts changed (`details["households"]`: of these households)."""
    for county in work.counties:
        open_cases(user, connection, work.round, county, work.details.get("households"))


def _end_case(user: ActingUser, connection: Connection, work: Work) -> None:
    """The case that a withdrawn visit opened ends, once what the visit corrected is put back."""
    end_of_withdrawn_visit(user, connection, work.round, work.details["household"], work.details["visit"])


def _record(user: ActingUser, connection: Connection, work: Work, more: dict[str, Any]) -> None:
    """An event of work upon facts and persons bears the hashes of their files as they are now."""
    details = {"counties": work.counties, **more, **work.details, **work.behalf(user)}
    root = user.register.facts.root
    files: FileHashes = {
        **county_files(root, work.round, work.counties),
        **single(root, batch_files(root, work.details.get("batch"))),
    }
    user.record(connection, [Event(work.kind, work.round, details, files=files)])


KINDS: dict[str, Callable[[ActingUser, Connection, Work], None]] = {
    "facts_taken_in": _after_taking_in,
    "intake_undone": _after_undoing,
    "round_closed": _after_closing_or_reopening,
    "round_reopened": _after_closing_or_reopening,
    "case_of_withdrawn_visit": _end_case,
    "open_cases": _open_cases,
}
"""What is done of each kind of work."""
