"""The trace: every change and every read of personal data is an event, and each event carries the hash of the one before.

A byte changed in an event, an event taken out, and events cut off the end are all found by `verify`. Whoever may write
the whole file could compute the chain anew: keep the head's hash elsewhere too (a filed list and a backup carry it).
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Integer, String, Text, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from workbench.clock import BEIJING
from workbench.errors import DamagedError, InputError, Words
from workbench.register.audit.checksums import checksums_of
from workbench.register.audit.event import Event, Record
from workbench.register.db.engine import Base, damaged

START = "0" * 64
_BATCH = 1000
_WAITED = dt.timedelta(minutes=5)
"""How much earlier than the event before a moment may be that was read before its writer waited, or on another computer."""
PERSONAL_READ, SIGNED_IN, SIGN_IN_REFUSED = "personal_read", "signed_in", "sign_in_refused"
CHANGES_NOTHING = (PERSONAL_READ, SIGNED_IN, SIGN_IN_REFUSED)
"""Actions after which whatever the register says of households is as before."""
_AS_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
"""Canonical: the same content is the same text."""


class AuditEvent(Base):
    """One event. `at`: ISO 8601 in Beijing time; `details`: canonical JSON; `hash` is over all else and `previous`."""

    __tablename__ = "audit_event"

    # Counted by the chain: a counter of the database would leave gaps where a transaction was undone.
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


_EVERY_EVENT = text(
    "SELECT number, at, account, action, subject, details, previous, hash FROM audit_event ORDER BY number"
)
"""As the columns hold it: a value of another type is found, not converted."""


class AuditHead(Base):
    """How many events there are, and the hash of the last: so that none can be cut off the end without a word."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    events: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Earlier:
    """An event that bears an earlier time than the one before it."""

    event: int
    at: str
    before: str


@dataclass(frozen=True)
class Verification:
    """`events` found; `broken` the number of the first event whose chain does not hold, None where all hold.

    `times`: the events that are earlier than the one before; no break, a clock may have been set back. `head`: number and hash
    of the last event found.
    """

    events: int
    broken: int | None
    times: list[Earlier] = field(default_factory=list, compare=False)
    head: tuple[int, str] = field(default=(0, START), compare=False)


def record(connection: Connection, *, at: dt.datetime, account: str, events: Sequence[Event]) -> str:
    """Append events in the caller's transaction (`engine.writing`), so that they stand or fall with what they tell.

    `at` bears a time zone. Call it when the records that the events name are written: their checksums are taken now.
    A moment slightly before the last event's (writers wait for each other) becomes that one's, and is kept as `clock` in the
    details; one well before it is written as it is: a clock that was set back is for `verify` to report.
    Returns the hash of the last event, of those there before where nothing is told.
    """
    # Under the writer's lock, so that no two events take the same place in the chain.
    count, previous = _head(connection)
    # Read back from the database: a checksum of what was meant to be written would not be one of what is there.
    checksums = checksums_of(connection, (written for each in events for written in each.wrote))
    stamp, clock = _stamp(connection, count, at)
    rows = []
    for number, each in enumerate(events, count + 1):
        content = {
            "number": number,
            "at": stamp,
            "account": account,
            "action": each.action,
            "subject": each.subject,
            "details": _AS_JSON({**_details(each, checksums), **clock}),
            "previous": previous,
        }
        previous = _digest(content)
        rows.append({**content, "hash": previous})
    # The head moves with the events: one that is cut off the end is missed by its number.
    if rows:
        connection.execute(insert(AuditEvent), rows)
        connection.execute(update(AuditHead).values(events=count + len(rows), hash=previous))
    return previous


def head_of(connection: Connection) -> tuple[int, str]:
    """How many events there are, and the hash of the last: kept elsewhere (in a backup), it holds the whole chain."""
    heads = _heads(connection)
    if not heads:
        return 0, START
    (number, events, head), *others = heads
    # Whoever changed the file may have put anything there: it is told as damage and not stumbled upon.
    if others or number != 1 or not isinstance(events, int) or not isinstance(head, str):
        raise DamagedError(damaged("audit_head"))
    return events, head


def beijing(at: dt.datetime) -> str:
    """A time as the register writes it; raises InputError for one that bears no zone."""
    if at.tzinfo is None:
        raise InputError(Words(f"{at}：时间要带时区", f"{at}: a time needs its zone", code="register.time-needs-zone"))
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


def verify(connection: Connection) -> Verification:
    """Follow the chain from its start; reads in batches, so that a long one needs no memory."""
    rows = connection.execute(_EVERY_EVENT, execution_options={"yield_per": _BATCH}).mappings()
    previous, count, broken, last = START, 0, None, ""
    times = []
    for count, row in enumerate(rows, 1):
        if broken is None and not _holds(dict(row), count, previous):
            broken = count
        at, previous = str(row["at"]), row["hash"]
        # An earlier time breaks nothing: a clock may have been set back, the chain is in order all the same.
        if at < last:
            times.append(Earlier(count, at, last))
        last = at
    heads = _heads(connection)
    # What is left of a chain cut off at its end still holds: only the head knows how many there were.
    if broken is None and heads != [(1, count, previous)] and (heads or count):
        stated = heads[0][1] if len(heads) == 1 else None
        broken = count + 1 if isinstance(stated, int) and stated > count else max(count, 1)
    return Verification(count, broken, times, (count, str(previous)))


def _holds(content: dict[str, Any], number: int, previous: Any) -> bool:
    """Whether an event is what its hash says, in its place; whatever stands in its columns."""
    stated = content.pop("hash")
    try:
        whole = content["number"] == number and content["previous"] == previous
        return bool(whole and _digest(content) == stated)
    except (TypeError, ValueError):  # bytes, infinities, broken characters: nothing that was ever written
        return False


def _heads(connection: Connection) -> list[tuple[Any, Any, Any]]:
    """All that stands where the one head should be."""
    return [tuple(row) for row in connection.execute(text("SELECT id, events, hash FROM audit_head"))]


def _details(event: Event, checksums: Mapping[Record, str | None]) -> dict[str, Any]:
    """What the event says, with the checksums of what was written (`wrote`, by kind and name of the record) and the `hashes` of files."""
    details = {**event.details, **({"hashes": event.files} if event.files else {})}
    if not event.wrote:
        return details
    wrote: dict[str, dict[str, str | None]] = {}
    for kind, key in event.wrote:
        wrote.setdefault(kind, {})[str(key)] = checksums[kind, key]
    return {**details, "wrote": wrote}


def _stamp(connection: Connection, events: int, at: dt.datetime) -> tuple[str, dict[str, str]]:
    """The time to write, and what the writer's clock said where that is another one."""
    stamp = beijing(at)
    last = connection.execute(select(AuditEvent.at).where(AuditEvent.number == events)).scalar()
    if last is None or stamp >= last:
        return stamp, {}
    try:
        # Two writers that waited for each other may be a little out of order; a clock set back by hours is shown as it is.
        waited = dt.datetime.fromisoformat(last) - at <= _WAITED
    except (ValueError, TypeError):  # changed by hand: the chain says so
        waited = False
    return (last, {"clock": stamp}) if waited else (stamp, {})


def _head(connection: Connection) -> tuple[int, str]:
    """The last event's number and hash; writers wait for each other before (`engine.writing`)."""
    if not _heads(connection):
        connection.execute(insert(AuditHead).values(id=1, events=0, hash=START))
    return head_of(connection)


def _digest(content: Mapping[str, Any]) -> str:
    """SHA-256 over the fields as JSON, so that no text can pass from one field into the next."""
    return hashlib.sha256(_AS_JSON(content).encode()).hexdigest()
