"""Answers to proposals: the township agrees, or it or the county sends them back (LA2019-15 §2.1.1-b)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection

from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import Stage
from workbench.register.access.acting_user import ActingUser
from workbench.register.procedure import entries
from workbench.register.procedure.proposals import BatchResult
from workbench.register.procedure.repeated_steps import entry_step_again
from workbench.register.records import EntryRecord
from workbench.register.unit_of_work.settlement import unit_of_work


def agree(
    user: ActingUser, round_name: str, kind: str, households: Sequence[str] | None = None, village: str | None = None,
    versions: Mapping[str, int] = MappingProxyType({}),
) -> BatchResult:  # fmt: skip
    """The township has no objection to proposals of its area: those named, or all of them (of a village).

    `versions`: those of the households named as they were seen; raises RefusedError where one has changed since.
    """
    user.check_anywhere(Right.REVIEW)
    with unit_of_work(user, round_name, user.person.area.county) as connection:
        rows = entries.find(user, connection, round_name, kind, households=households, village=village)
        # "All" names nobody in particular: who is reviewed already just does not wait any more.
        again = [] if households is None else _taken(user, connection, rows, {"agree"}, versions)
        for name, version in versions.items():
            if name not in again:
                # For its refusal alone: of one that has moved on since it was seen.
                entries.one(user, connection, round_name, name, version)
        waiting = [row for row in rows if row["stage"] == Stage.PROPOSED and row["household_id"] not in again]
        done = [row["household_id"] for row in waiting]
        if households is not None and (wrong := {*households} - {*done, *again}):
            one = entries.one(user, connection, round_name, min(wrong))
            entries.move(user, connection, [entries.Move(one, "agree")])  # says why it cannot be
        entries.move(user, connection, [entries.Move(row, "agree") for row in waiting])
    return BatchResult([*done, *again], [])


def send_back(user: ActingUser, round_name: str, household: str, reason: str, version: int | None = None) -> None:
    """Return a proposal to the village (township), or a reviewed one before filing (county), with a reason."""
    send_all_back(user, round_name, {household: version}, reason)


def send_all_back(user: ActingUser, round_name: str, versions: Mapping[str, int | None], reason: str) -> None:
    """Send several households back, all or none; `versions`: as each was seen (None: whatever it is)."""
    with unit_of_work(user, round_name, user.person.area.county) as connection:
        sent = [entries.one(user, connection, round_name, name) for name in versions]
        again = _taken(user, connection, sent, {"return", "send_back"}, versions, reason=reason)
        rows = [row for row in sent if row["household_id"] not in again]
        for row in rows:
            entries.check_version(connection, row, versions[row["household_id"]])
        # Two steps of the procedure under one button: before review the township returns, after it the county does.
        steps = ["send_back" if row["stage"] == Stage.REVIEWED else "return" for row in rows]
        moves = [entries.Move(row, step, reason) for row, step in zip(rows, steps, strict=True)]
        entries.move(user, connection, moves)


def _taken(
    user: ActingUser, connection: Connection, rows: Sequence[EntryRecord], steps: set[str],
    versions: Mapping[str, int | None], **said: str | None,
) -> list[str]:  # fmt: skip
    """The households of whom the person has taken this very step already."""
    return [
        row["household_id"]
        for row in rows
        if entry_step_again(connection, user.person.account, row, steps, versions.get(row["household_id"]), **said)
    ]
