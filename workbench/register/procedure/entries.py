"""Entries of a round: found, made, and moved by steps; each move is told to the chain, and none overwrites another's.

LA2019-15 §2.1.1-b. What a step needs is in `domain.procedure.workflow`; here it is held to in the register.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import STAGES, STEPS, Stage, advance
from workbench.errors import RefusedError, Words
from workbench.register.access.account_names import who_and_when
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.event import Event
from workbench.register.db.procedure_tables import Entry, EntryStep
from workbench.register.db.rows import row_of, rows_of
from workbench.register.records import EntryRecord

ENTRY = Entry.__table__
_MOST_NAMED = 1000
"""So many households are named in a query at most."""
_CHANGED = (
    "stage",
    "rule",
    "proposal",
    "reason",
    "facts_hash",
    "rules_hash",
    "standard_hash",
    "adjustment",
    "filing_id",
)


@dataclass(frozen=True)
class Move:
    """A step of one entry: `entry` as it was seen; `values` change with it; `reason` is kept with the step.

    `back_to`: of a withdrawal, the stage that the entry had before what is withdrawn.
    """

    entry: EntryRecord
    step: str
    reason: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    back_to: Stage | None = None


def area_of(record: Mapping[str, Any]) -> Area:
    """The area of an entry, or of a household; a household without a village belongs to its township."""
    township, village = record["township"], record["village"]
    return Area(record["county"], township, village if township else None)


def find(
    user: ActingUser, connection: Connection, round_name: str, kind: str | None = None, *,
    households: Sequence[str] | None = None, stages: Sequence[Stage] = (), village: str | None = None,
    township: str | None = None, county: str | None = None,
) -> list[EntryRecord]:  # fmt: skip
    """The entries of a round in the person's area, by village and household number."""
    query = select(ENTRY).where(ENTRY.c.round == round_name, *user.inside(Entry))
    for column, value in ((ENTRY.c.kind, kind), (ENTRY.c.village, village), (ENTRY.c.township, township),
                          (ENTRY.c.county, county)):  # fmt: skip
        if value is not None:
            query = query.where(column == value)
    if stages:
        query = query.where(ENTRY.c.stage.in_([str(stage) for stage in stages]))
    if households is not None:
        query = query.where(*among(ENTRY.c.household_id, households))
    ordered = query.order_by(ENTRY.c.township, ENTRY.c.village, ENTRY.c.household_id)
    rows = rows_of(connection, ordered, EntryRecord)
    if households is None:
        return rows
    wanted = set(households)
    return [row for row in rows if row["household_id"] in wanted]


def among(column: Any, households: Sequence[str]) -> list[ColumnElement[bool]]:
    """The condition that holds a query to some households; none where they are many, and whoever asks picks them out."""
    # A county has more households than a database takes parameters.
    return [column.in_(list(households))] if len(households) <= _MOST_NAMED else []


def listed(user: ActingUser, round_name: str, kind: str | None = None, **choice: Any) -> list[EntryRecord]:
    """List entries for a user, who must have the right to read the register."""
    user.check_anywhere(Right.READ_REGISTER)
    with user.reading() as connection:
        return find(user, connection, round_name, kind, **choice)


def one(
    user: ActingUser, connection: Connection, round_name: str, household: str, version: int | None = None
) -> EntryRecord:
    """The entry of a household; raises RefusedError where there is none here, or where it is no longer as it was seen."""
    query = select(ENTRY).where(ENTRY.c.round == round_name, ENTRY.c.household_id == household, *user.inside(Entry))
    row = row_of(connection, query, EntryRecord)
    if row is None:
        raise RefusedError(
            Words(
                f"户 {household}：{user.person.area} 在 {round_name} 没有这一户的走访记录；请核对户编号是否在本范围内，还没有走访的先走访",
                f"household {household}: no visit to it in {user.person.area.words.en} in {round_name}; check that the number is of "
                "this area, and visit it first where it has not been visited",
                code="register.not-visited-yet",
            )
        )
    check_version(connection, row, version)
    return row


def check_version(connection: Connection, row: EntryRecord, seen: int | None) -> None:
    """Raise RefusedError, saying what changed, where an entry is no longer as it was seen (None: however it is)."""
    if seen is not None and row["version"] != seen:
        raise _overtaken(connection, row)


def start(
    user: ActingUser, connection: Connection, kind: str, round_name: str, households: Sequence[Mapping[str, Any]]
) -> None:
    """Make entries, before their first step, for households (household_id, county, township, village)."""
    values = [
        {
            "kind": kind, "household_id": each["household_id"], "round": round_name, "county": each["county"],
            # From version 0 on each step adds one: a version counts steps (`repeated_steps` rests on it).
            "township": each["township"], "village": each["village"], "stage": str(Stage.NEW), "version": 0,
            "changed_by": user.person.account, "changed_at": user.stamp, "adjustment": 0,
        }
        for each in households
    ]  # fmt: skip
    if values:
        connection.execute(insert(Entry), values)


def move(user: ActingUser, connection: Connection, moves: Sequence[Move]) -> None:
    """Take steps, all or none: rights, stages and reasons are checked, versions compared, steps and events kept."""
    changes, steps, record = [], [], []
    for each in moves:
        entry, step = each.entry, STEPS[each.step]
        # Of every entry, not of the batch: one that lies outside of the area must not slip in among the others.
        user.check(step.right, area_of(entry))
        # Raises where the procedure does not allow it, saying what would be possible now.
        stage = advance(Stage(entry["stage"]), each.step, each.reason)
        stage = each.back_to or stage
        after = (
            {name: value for name, value in entry.items() if name in _CHANGED}
            | {"stage": str(stage)}
            | dict(each.values)
        )
        changes.append(
            {"seen_id": entry["id"], "seen_version": entry["version"], "new_version": entry["version"] + 1, **after}
        )
        steps.append({
            "entry_id": entry["id"], "step": each.step, "stage": str(stage), "proposal": after["proposal"],
            "reason": each.reason, "account": user.person.account, "at": user.stamp,
        })  # fmt: skip
        # One event an entry: whoever asks of one household finds all of its steps under its number.
        subject = f"{entry['round']} {entry['household_id']}"
        record.append(Event(each.step, subject, _details(each, after), (("entry", entry["id"]),)))
    if not changes:
        return
    _update(user, connection, changes)
    connection.execute(insert(EntryStep), steps)
    user.record(connection, record)


def _update(user: ActingUser, connection: Connection, changes: list[dict[str, Any]]) -> None:
    # The version is part of the condition: of two who move an entry at once, the second matches no row.
    statement = (
        update(Entry)
        .where(Entry.id == bindparam("seen_id"), Entry.version == bindparam("seen_version"))
        .values(
            version=bindparam("new_version"), changed_by=user.person.account, changed_at=user.stamp,
            **{name: bindparam(name) for name in _CHANGED},
        )
    )  # fmt: skip
    done = connection.execute(statement, changes)
    # Raising ends the transaction, so that a batch is taken whole or not at all.
    if done.rowcount != len(changes):
        raise _overtaken(connection, _first_overtaken(connection, changes))


def _first_overtaken(connection: Connection, changes: list[dict[str, Any]]) -> EntryRecord:
    """An entry that somebody moved on meanwhile: its version is not the one that our change gives it."""
    for change in changes:
        row = row_of(connection, select(ENTRY).where(ENTRY.c.id == change["seen_id"]), EntryRecord)
        if row is not None and row["version"] != change["new_version"]:
            return row
    raise AssertionError("a change was refused, yet every entry bears the version that it gives")


def _overtaken(connection: Connection, row: EntryRecord) -> RefusedError:
    who, at = who_and_when(connection, row["changed_by"], row["changed_at"])
    zh, en = STAGES[Stage(row["stage"])]
    return RefusedError(
        Words(
            f"户 {row['household_id']}：{who} 已于{at.zh} 改为“{zh}”，没有覆盖；请重新查看",
            f"household {row['household_id']}: {who} changed it on {at.en} (now {en}); "
            "nothing was overwritten: look again",
            code="register.entry-overtaken",
        )
    )


def _details(moved: Move, after: Mapping[str, Any]) -> dict[str, Any]:
    details = {"kind": moved.entry["kind"], "proposal": after["proposal"], "reason": moved.reason, **moved.values}
    return {name: value for name, value in details.items() if value is not None}
