"""Who works in the register, and when: every query and every command is an acting user's, who is bound to an area."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, select

from workbench.clock import BEIJING
from workbench.domain.procedure.roles import ROLES, Area, Person, Right, check_right
from workbench.errors import RefusedError, Words
from workbench.register.audit import log
from workbench.register.audit.event import Event
from workbench.register.db.engine import open_engine, writing
from workbench.register.db.procedure_tables import Account
from workbench.register.db.refill import finish_restore
from workbench.register.db.schema_versions import begun, prepare
from workbench.register.location import register_exists, register_path
from workbench.register.marker import check_identity, remember
from workbench.store.facts import FactStore


@dataclass(frozen=True)
class Register:
    """A register and the facts that its decisions are about."""

    engine: Engine
    facts: FactStore

    @cached_property
    def simulated(self) -> bool:
        """Whether the facts are all of a simulated city; looked at once."""
        return self.facts.simulated()

    def acting_user(self, account: str, now: dt.datetime) -> "ActingUser":
        """An account as an acting user; raises RefusedError for one that is unknown or closed."""
        with self.engine.connect() as connection:
            row = connection.execute(select(Account.__table__).where(Account.account == account)).one_or_none()
        # Asked of the register at every step: whoever was closed a moment ago acts no more.
        if row is None or not row.active:
            raise RefusedError(
                Words(
                    f"账号 {account!r}：{'已停用' if row else '没有'}；请管理员添加（workbench register accounts add）",
                    f"account {account!r}: {'closed' if row else 'unknown'}; an administrator adds it (workbench register accounts add)",
                    code="register.account-not-there",
                )
            )
        area = Area(row.county, row.township, row.village)
        return ActingUser(self, Person(account, ROLES[row.role], area), row.name, now)


@dataclass(frozen=True)
class ActingUser:
    """A person at work at a moment (`now` bears a time zone)."""

    register: Register
    person: Person
    name: str
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The day in Beijing."""
        return self.now.astimezone(BEIJING).date()

    @property
    def stamp(self) -> str:
        """The moment as the register writes it."""
        return log.beijing(self.now)

    def check(self, right: Right, area: Area) -> None:
        """Raise RefusedError unless the person may do this there."""
        check_right(self.person, right, area, simulated=self.register.simulated)

    def check_anywhere(self, right: Right) -> None:
        """Raise RefusedError unless the person may do this in their own area."""
        self.check(right, self.person.area)

    def check_part_of(self, right: Right, county: str) -> None:
        """Raise RefusedError unless the person may do this in a county, or in their own township or village of it."""
        # Two counties may have townships of one name: the county is asked whatever stands below it.
        area = self.person.area
        self.check(right, area if area.county == county else Area(county))

    def inside(self, table: Any) -> list[ColumnElement[bool]]:
        """The conditions that hold a query to the person's area."""
        columns = (table.county, table.township, table.village)
        return [
            column == part for column, part in zip(columns, self.person.area.parts, strict=True) if part is not None
        ]

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes: all of it or nothing."""
        with writing(self.register.engine) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that reads: one consistent look."""
        # One transaction, though nothing is written: what is read in several queries is of one moment.
        with self.register.engine.connect() as connection, connection.begin():
            yield connection

    def record(self, connection: Connection, events: Sequence[Event]) -> None:
        """Append events to the chain, in the transaction of what they tell."""
        log.record(connection, at=self.now, account=self.person.account, events=events)


def open_register(facts: FactStore, url: str | None = None) -> Register:
    """The register of a store: `STORE/register.sqlite`, or that of a URL. Its tables are made where there are none."""
    # Before anything is opened: a database that is still to be filled looks like one that nobody has begun.
    finish_restore(facts.root, url)
    if url is None:
        register_exists(facts.root)  # raises where it was there and is gone
        facts.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        url = f"sqlite:///{register_path(facts.root)}"
    return _prepared(open_engine(url), facts)


def existing_register(facts: FactStore, url: str | None = None) -> Register | None:
    """The register of a store where somebody has begun one, else None: looking makes neither a file nor a table."""
    finish_restore(facts.root, url)
    if url is None:
        return open_register(facts) if register_exists(facts.root) else None
    engine = open_engine(url)
    check_identity(engine, facts.root)
    if not begun(engine):
        engine.dispose()
        return None
    return _prepared(engine, facts)


def _prepared(engine: Engine, facts: FactStore) -> Register:
    """A register at this workbench's version; what somebody who was killed has left to be done is carried out."""
    from workbench.register.unit_of_work.settlement import settle_if_free  # noqa: PLC0415 - it knows the acting user, and every kind of work

    # Whose register it is comes first: one of another store must not be altered, let alone settled.
    check_identity(engine, facts.root)
    prepare(engine)
    remember(engine, facts.root)
    register = Register(engine, facts)
    # Last: what is carried out needs the tables of this version.
    settle_if_free(register)
    return register


def digest(content: Any) -> str:
    """SHA-256 over canonical JSON."""
    # Canonical: the same content has the same digest, whatever order its keys were put in.
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
