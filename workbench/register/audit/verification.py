"""The register verified: the chain of events, every record against its checksum, every file against its hash, as last told."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from workbench.errors import DamagedError, Words
from workbench.register.audit.checksums import every_checksum
from workbench.register.audit.file_check import COVERED, ExpectedFiles, FileCheck, NotCovered, WrongFile, check_files
from workbench.register.audit.log import Earlier, verify
from workbench.register.db.engine import damaged, readable

_BATCH = 1000
_LOOKS, _PAUSE = 3, 0.5
"""How often, and after how many seconds, files that are not as told are looked at again: somebody may be writing just now."""
_CHAIN = frozenset({"audit_event", "audit_head"})
_EVENTS = text("SELECT action, details FROM audit_event ORDER BY number")


@dataclass(frozen=True)
class Changed:
    """A record that is not what its last event told: its kind and name, that event's number (None: no event tells of it)."""

    kind: str
    key: Any
    event: int | None


@dataclass(frozen=True)
class Verified:
    """`events` found; `broken`: the first event that does not hold, itself or by what it wrote, None where all do.

    `changed`: the records that are not what their last event told, `records` those looked at; `unreadable`: what the database
    itself says is damaged; `times`: events earlier than the one before, which break nothing; `head`: of the chain as found;
    `files`: the files that are not what was told, `holding` those that are, `not_covered` those that no event tells of.
    """

    events: int
    broken: int | None
    changed: list[Changed] = field(default_factory=list)
    unreadable: Words | None = None
    records: int = 0
    times: list[Earlier] = field(default_factory=list)
    head: tuple[int, str] | None = None
    files: list[WrongFile] = field(default_factory=list)
    holding: int = 0
    not_covered: list[NotCovered] = field(default_factory=list)


@dataclass
class ExpectedState:
    """What the events tell of records (the checksum of each, with the event) and of files."""

    records: dict[tuple[str, str], tuple[str | None, int]] = field(default_factory=dict)
    files: ExpectedFiles = field(default_factory=ExpectedFiles)

    def add(self, event: int, action: Any, details: Any) -> None:
        """Take up an event; where somebody changed it into something else, nothing: the chain says so."""
        try:
            content = json.loads(details)
            # Up to decision 0030 a version could be gone back, which took whole kinds of record: their events stay true.
            lost = list(content.get("lost", ()))
            wrote = {kind: dict(checksums) for kind, checksums in content.get("wrote", {}).items()}
            self.files.add(content.get("hashes"), event)
        except (ValueError, TypeError, AttributeError, RecursionError):
            return
        if lost:  # going back a version took these kinds
            self.records = {record: checksum for record, checksum in self.records.items() if record[0] not in lost}
        self.records |= {
            (kind, key): (checksum, event) for kind, checksums in wrote.items() for key, checksum in checksums.items()
        }
        self.files.all_covered |= action == COVERED


def verify_register(engine: Engine, root: Path | None = None) -> Verified:
    """Verify a register as it is at one moment, and the files of its store where that is named; a damaged one is told, not raised."""
    try:
        with readable(), looking(engine) as connection:
            verified = verify_all(connection, root)
        for _ in range(_LOOKS):
            before = verified.files
            if not before:
                break
            time.sleep(_PAUSE)
            with readable(), looking(engine) as connection:
                verified = verify_all(connection, root)
            if verified.files == before:
                break
    except DamagedError as error:
        return Verified(0, 1, unreadable=error.words)
    return verified


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """Open one consistent look at the whole register, which hinders no writer."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # By default PostgreSQL shows each query another moment.
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901 - the same one
        with connection.begin():
            yield connection


def verify_all(connection: Connection, root: Path | None = None) -> Verified:
    """Verify the register in a transaction that is open; raises where the database cannot be read."""
    if (said := _damage(connection)) is not None:
        return Verified(0, 1, unreadable=damaged(said))
    chain, expected = verify(connection), _expected(connection)
    changed, records = _held_against(connection, expected)
    files = FileCheck(0, [], []) if root is None else check_files(root, expected.files)
    events = [*(each.event for each in changed), *(each.event for each in files.wrong)]
    # What no event tells of counts as after the last one: a break further up is named first.
    numbers = [event or chain.events + 1 for event in events]
    broken = min([*numbers, *([] if chain.broken is None else [chain.broken])], default=None)
    return Verified(
        chain.events, broken, changed, None, records, chain.times, chain.head, files.wrong, files.holding, files.not_covered
    )  # fmt: skip


def changed_records(connection: Connection) -> list[Changed]:
    """Every record that is not what the last event that wrote it told, or of which no event tells."""
    return _held_against(connection, _expected(connection))[0]


def _damage(connection: Connection) -> str | None:
    """What SQLite says of its own file, or which tables are not there at all."""
    if connection.dialect.name == "sqlite":
        said = str(connection.execute(text("PRAGMA integrity_check(1)")).scalar())
        if said != "ok":
            return said
    missing = _CHAIN - set(inspect(connection).get_table_names())
    return f"no table {', '.join(sorted(missing))}" if missing else None


def _held_against(connection: Connection, expected: ExpectedState) -> tuple[list[Changed], int]:
    """The records that are not as told, and how many were looked at."""
    changed, count, remaining = [], 0, dict(expected.records)
    for kind, checksums in every_checksum(connection):
        for key, checksum in checksums.items():
            count += 1
            stated, event = remaining.pop((kind, str(key)), (None, None))
            if checksum != stated or key is None:  # rows without a name belong to no record
                changed.append(Changed(kind, key, event))
    # An event may tell of a record that it took away: there it is right that nothing is left.
    gone = [Changed(kind, key, event) for (kind, key), (checksum, event) in remaining.items() if checksum]
    return sorted([*changed, *gone], key=lambda each: (each.event or 0, each.kind, str(each.key))), count


def _expected(connection: Connection) -> ExpectedState:
    expected = ExpectedState()
    rows = connection.execute(_EVENTS, execution_options={"yield_per": _BATCH})
    for event, (action, details) in enumerate(rows, 1):
        expected.add(event, action, details)
    return expected
