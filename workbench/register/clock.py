"""The moment that a register works at: now; a demonstration goes on where its last event left it."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from workbench.clock import BEIJING, now_in_beijing
from workbench.register.audit.log import AuditEvent, beijing
from workbench.store.facts import FactStore

if TYPE_CHECKING:
    from workbench.register.access.acting_user import Register

_KEEPING = (
    "backup_made", "backup_checked", "restored", "version_changed", "facts_taken_in", "intake_undone", "round_closed",
    "round_reopened", "summary_written",
)  # fmt: skip
"""Events of a store's keeping: they move no simulated clock on. Earlier versions wrote them under the real time."""
# Only steps of the procedure: keeping the store must not move a demonstration's days on.
_LAST_STEP = select(AuditEvent.at).where(AuditEvent.action.not_in(_KEEPING)).order_by(AuditEvent.number.desc()).limit(1)


@dataclass(frozen=True)
class Moment:
    """When something is done: `at` by the register's clock; `real` beside it where that clock is simulated."""

    at: dt.datetime
    real: dt.datetime | None = None

    @property
    def details(self) -> dict[str, str]:
        """What an event tells of it beside `at`."""
        return {} if self.real is None else {"real_time": beijing(self.real)}


def now_of(register: "Register", now: dt.datetime) -> dt.datetime:
    """Now, for real data. A simulated round lies years back: there it is a second after the last event of the procedure."""
    with register.engine.connect() as connection:
        return moment_of(connection, now, simulated=register.simulated).at


def moment_of(connection: Connection, now: dt.datetime, *, simulated: bool) -> Moment:
    """Now by the register's clock, with the real time beside it, so that a demonstration stays in its order."""
    if not simulated:
        return Moment(now)
    last = connection.execute(_LAST_STEP).scalar()
    return Moment(now) if last is None else Moment(dt.datetime.fromisoformat(last) + dt.timedelta(seconds=1), now)


def today_of(facts: FactStore, url: str | None) -> dt.date:
    """Today by the clock of a store's register; where none has been begun, today in Beijing."""
    from workbench.register.access.acting_user import existing_register  # noqa: PLC0415 - it reads this module

    register = existing_register(facts, url)
    return now_in_beijing().date() if register is None else today_at(register)


def today_at(register: "Register") -> dt.date:
    """The day at which the register's pages work: today in Beijing, or that of a demonstration."""
    return now_of(register, now_in_beijing()).astimezone(BEIJING).date()
