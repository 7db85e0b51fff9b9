"""Files and register as one unit of work: what is pending is carried out before anything new, under one order of locks.

The store's files are held first (`transaction.holding`), then the register's writer lock is taken; nowhere the other way.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import Area, Person, Role
from workbench.errors import StoreError
from workbench.register.access.acting_user import ActingUser, Register
from workbench.register.clock import moment_of, now_of
from workbench.register.procedure import fact_corrections
from workbench.register.unit_of_work import pending_work
from workbench.register.unit_of_work.follow_up import KINDS
from workbench.register.unit_of_work.pending_work import Work
from workbench.store.transaction import Transaction, committed, holding, holding_if_free, transaction, unmark

Made = TypeVar("Made")
_KEEPING = Role("keeping", "数据维护", "keeping", 0, frozenset())
_ITSELF = Person("workbench", _KEEPING, Area())
"""On opening a register nobody acts: the workbench carries out what somebody else brought about, and holds no right by it."""


@contextmanager
def unit_of_work(user: ActingUser, round_name: str, county: str | None) -> Iterator[Connection]:
    """A step upon the facts of a round: files and register are held, nothing pending is left before it or after it.

    Raises ClosedRoundError where the county's round is closed (`county` None: the step itself asks of the counties it finds).
    """
    facts = user.register.facts
    with holding(facts.root):
        settle(user.register, None if county is None else [county], by=user)
        if county is not None:
            # Asked while the files are held: a round could otherwise be closed between the question and the step.
            facts.refuse_closed(round_name, [county])
        with user.writing() as connection:
            yield connection
        # What the step itself brought about follows at once, while the files are still held.
        settle(user.register, None if county is None else [county], by=user)


@dataclass(frozen=True)
class Staged(Generic[Made]):
    """What was staged: the counties that it changes, the details that the event is to bear, and what came of it (`made`)."""

    counties: list[str]
    details: Mapping[str, Any]
    made: Made


def change_files(
    user: ActingUser,
    kind: str,
    round_name: str,
    counties: Collection[str],
    stage: Callable[[Transaction], Staged[Made]],
) -> Made:
    """Change files of a round, and do in the register what follows (`follow_up.KINDS`): both, whoever is killed, or neither.

    `stage` puts the files into the transaction. What follows is recorded before the files are committed, and done after it;
    nothing follows where no county is changed. Returns what `stage` made.
    """
    root = user.register.facts.root
    with holding(root):
        settle(user.register, counties, by=user)
        with transaction(root) as pending:
            staged = stage(pending)
            if staged.counties:
                # The mark is a file among the others: it is in place if and only if they are, which a note in the database could not say.
                pending.mark()
                with user.writing() as connection:
                    account, at = user.person.account, user.now
                    pending_work.add(
                        connection,
                        kind,
                        round_name,
                        staged.counties,
                        staged.details,
                        account=account,
                        at=at,
                        files=pending.id,
                    )
        settle(user.register, counties, by=user)
    return staged.made


def keeper(register: Register, account: str, now: dt.datetime) -> tuple[ActingUser, dict[str, str]]:
    """The acting user who keeps the store (a shell, a page), and what events tell of the moment beside its time.

    Whoever keeps the store holds no right of the procedure by it.
    """
    with register.engine.connect() as connection:
        moment = moment_of(connection, now, simulated=register.simulated)
    return ActingUser(register, Person(account, _KEEPING, Area()), account, moment.at), moment.details


def settle(register: Register, counties: Collection[str] | None = None, *, by: ActingUser | None = None) -> None:
    """Carry out everything that is pending; safe to repeat, and to be killed at. Its events are of whoever does it (`by`).

    What cannot be done yet (a damaged file) stays pending; StoreError is raised where that is of one of the `counties`
    (None: of any).
    """
    if _nothing(register):
        return
    user = by or ActingUser(register, _ITSELF, _ITSELF.account, now_of(register, now_in_beijing()))
    # One that cannot be done keeps no other from being done: errors are raised when all were tried.
    failed: list[tuple[Collection[str], StoreError]] = []
    with holding(register.facts.root):
        for follows_files in (
            True,
            False,
        ):  # cases are opened by the facts as they are when all corrections are in them
            for work in _pending(register):
                if (work.files is not None) is follows_files:
                    _try(failed, work.counties, partial(_carry_out, user, work))
            if follows_files:
                for round_name, county in fact_corrections.waiting(register):
                    _try(failed, [county], partial(fact_corrections.apply, user, round_name, county))
    for concerned, error in failed:
        if counties is None or set(concerned) & set(counties):
            raise error


def settle_if_free(register: Register) -> None:
    """Carry out pending work on opening a register, unless somebody else is at work.

    What cannot be done yet keeps nobody out.
    """
    if _nothing(register):
        return
    with holding_if_free(register.facts.root) as held, suppress(StoreError):
        if held:
            settle(register)


def _nothing(register: Register) -> bool:
    return not fact_corrections.waiting(register) and not _pending(register)


def _pending(register: Register) -> list[Work]:
    with register.engine.connect() as connection:
        return pending_work.all_of(connection)


def _try(failed: list[tuple[Collection[str], StoreError]], counties: Collection[str], do: Callable[[], None]) -> None:
    try:
        do()
    except StoreError as error:
        failed.append((counties, error))


def _carry_out(user: ActingUser, work: Work) -> None:
    """Do a piece of work and note it done, in one transaction; then the mark of its files goes, then the note itself."""
    root = user.register.facts.root
    if work.files is None:
        with user.writing() as connection:
            KINDS[work.kind](user, connection, work)
            pending_work.remove(connection, work)
        return
    # Killed after the database committed and before the mark went, the work is done already: it is only tidied up.
    if not work.done and committed(root, work.files):
        with user.writing() as connection:
            KINDS[work.kind](user, connection, work)
            pending_work.set_done(connection, work)
    # The mark goes before the note: a note without a mark is dropped, a mark without a note would stay for ever.
    unmark(root, work.files)
    with user.writing() as connection:
        pending_work.remove(connection, work)
