"""What is still to be done: recorded in the register before it is begun, carried out by whoever comes next (decision 0019).

A piece of work that follows a change of the store's files bears the id of that transaction (`files`); whether the files were
committed is asked of the store (`transaction.committed`). Work that follows from the register alone bears none, and is
recorded in the transaction that brings it about.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Connection, Integer, String, Text, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from workbench.register.audit.log import beijing
from workbench.register.db.engine import Base

if TYPE_CHECKING:
    from workbench.register.access.acting_user import ActingUser


class PendingWork(Base):
    """A piece of work: its kind, the files that it follows, upon what, its details as JSON; who brought it about, and when.

    `done`: all that the register keeps of it is there, and only the mark of the files' transaction is left to be taken away.
    """

    __tablename__ = "pending_work"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    files: Mapped[str | None] = mapped_column(String(32))
    round: Mapped[str] = mapped_column(String(7))
    counties: Mapped[str] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(String(100))
    at: Mapped[str] = mapped_column(String(32))
    done: Mapped[bool] = mapped_column(Boolean, default=False)


@dataclass(frozen=True)
class Work:
    """A piece of work as the register keeps it."""

    id: int
    kind: str
    files: str | None
    round: str
    counties: Sequence[str]
    details: Mapping[str, Any]
    account: str
    at: dt.datetime
    done: bool

    def behalf(self, user: "ActingUser") -> dict[str, Any]:
        """What an event tells where another one carries this out than who brought it about."""
        if self.account == user.person.account:
            return {}
        # Whoever comes next carries it out; the event says on whose account it rests, and since when.
        return {"on_behalf_of": {"account": self.account, "at": beijing(self.at)}}


def add(
    connection: Connection, kind: str, round_name: str, counties: Sequence[str], details: Mapping[str, Any], *,
    account: str, at: dt.datetime, files: str | None = None,
) -> None:  # fmt: skip
    """Record a piece of work in the caller's transaction; `kind` is one of `follow_up.KINDS`."""
    connection.execute(
        insert(PendingWork).values(
            kind=kind, files=files, round=round_name, counties=json.dumps(list(counties)),
            details=json.dumps(details, ensure_ascii=False), account=account,
            at=beijing(at), done=False,
        )
    )  # fmt: skip


def all_of(connection: Connection) -> list[Work]:
    """Everything that is pending, oldest first."""
    rows = connection.execute(select(PendingWork.__table__).order_by(PendingWork.id)).mappings()
    return [
        Work(**{**row, "counties": json.loads(row["counties"]), "details": json.loads(row["details"]),
                "at": dt.datetime.fromisoformat(row["at"])})
        for row in rows
    ]  # fmt: skip


def set_done(connection: Connection, work: Work) -> None:
    """Note that the register has all of it."""
    connection.execute(update(PendingWork).where(PendingWork.id == work.id).values(done=True))


def remove(connection: Connection, work: Work) -> None:
    """Forget a piece of work: it is done, or what it was to follow never came about."""
    connection.execute(delete(PendingWork).where(PendingWork.id == work.id))
