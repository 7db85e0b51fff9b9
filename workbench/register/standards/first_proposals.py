"""When proposals of a county's rounds began: the first that stands fixes the standard of a round (LA2019-15 §2.2-a)."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.domain.procedure.workflow import VILLAGE_WITHDRAWALS

if TYPE_CHECKING:  # a page of a store without a register does not load the database's library
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

_LOCK = threading.Lock()
_SEEN: "dict[tuple[str, str, str], _Seen]" = {}
"""By the database of a register, county and round: what the steps said when they were last gone through."""
_MOST_STEPS = 500
"""So many new steps are read one by one; after more all are gone through again, which takes no longer then."""


@dataclass(frozen=True)
class _Seen:
    """The last step there was (its id, entry, name and time), and the day of the first proposal up to there."""

    last: tuple[int, int, str, str]
    day: str | None


def first_proposal_day(connection: "Connection", county: str, round_name: str) -> str | None:
    """The day of a round's first proposal in a county that was not withdrawn; None before it.

    Looked for among all steps once, and from then on among those since, unless a proposal was taken back: a page asks seven
    times, and somebody proposes every few seconds.
    """
    key = (str(connection.engine.url), county, round_name)
    with _LOCK:
        seen = _SEEN.get(key)
    followed = None if seen is None else _followed(connection, seen, county, round_name)
    if followed is None:
        # The last step first: one that is written meanwhile is looked at again, and none is passed over.
        last, day = _last_step(connection), _first_day(connection, county, round_name)
        followed = None if last is None else _Seen(last, day)
        if followed is None:
            return day
    # What a transaction has written and may yet undo is nobody else's to know.
    if followed is not seen and not connection.get_execution_options().get("register_writes", False):
        with _LOCK:
            _SEEN[key] = followed
    return followed.day


def _followed(connection: "Connection", seen: _Seen, county: str, round_name: str) -> _Seen | None:
    """What the steps say now, from those since alone; None where that cannot be told from them."""
    from sqlalchemy import select  # noqa: PLC0415

    from workbench.register.db.procedure_tables import Entry, EntryStep  # noqa: PLC0415

    query = (
        select(EntryStep.id, EntryStep.entry_id, EntryStep.step, EntryStep.at, Entry.county, Entry.round)
        .join(Entry, Entry.id == EntryStep.entry_id)
        .where(EntryStep.id >= seen.last[0])
        .order_by(EntryStep.id)
        .limit(_MOST_STEPS + 1)
    )
    rows = connection.execute(query).all()
    # Steps are never changed: another one in its place, or none, is a register that was restored.
    if not rows or tuple(rows[0][:4]) != seen.last or len(rows) > _MOST_STEPS:
        return None
    since = rows[1:]
    if not since:
        return seen
    if any(row.step == VILLAGE_WITHDRAWALS["propose"] for row in since):
        return None
    # Not the first of them alone: a clock that was set back dates a later proposal earlier.
    days = [row.at[:10] for row in since if (row.step, row.county, row.round) == ("propose", county, round_name)]
    last = rows[-1]
    return _Seen(
        (last.id, last.entry_id, last.step, last.at), min([*days, *([seen.day] if seen.day else [])], default=None)
    )


def _last_step(connection: "Connection") -> tuple[int, int, str, str] | None:
    from sqlalchemy import select  # noqa: PLC0415

    from workbench.register.db.procedure_tables import EntryStep  # noqa: PLC0415

    query = (
        select(EntryStep.id, EntryStep.entry_id, EntryStep.step, EntryStep.at).order_by(EntryStep.id.desc()).limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.id, row.entry_id, row.step, row.at)


def _first_day(connection: "Connection", county: str, round_name: str) -> str | None:
    from sqlalchemy import func, select  # noqa: PLC0415

    from workbench.register.db.procedure_tables import Entry, EntryStep  # noqa: PLC0415

    query = (
        select(func.min(EntryStep.at))
        .join(Entry, Entry.id == EntryStep.entry_id)
        .where(Entry.county == county, Entry.round == round_name, *_proposed())
    )
    first: str | None = connection.execute(query).scalar()
    return first[:10] if first else None


def _proposed() -> "list[ColumnElement[bool]]":
    """The conditions that a step is a proposal, and not one that was withdrawn: what was taken back settles nothing."""
    from sqlalchemy import exists  # noqa: PLC0415
    from sqlalchemy.orm import aliased  # noqa: PLC0415

    from workbench.register.db.procedure_tables import EntryStep  # noqa: PLC0415

    withdrawal, between = aliased(EntryStep), aliased(EntryStep)
    # A withdrawal takes back the last proposal before it: an earlier one of the same household stands.
    another = exists().where(
        between.entry_id == withdrawal.entry_id, between.step == "propose",
        between.id > EntryStep.id, between.id < withdrawal.id,
    ).correlate(EntryStep, withdrawal)  # fmt: skip
    withdrawn = exists().where(
        withdrawal.entry_id == EntryStep.entry_id, withdrawal.step == VILLAGE_WITHDRAWALS["propose"],
        withdrawal.id > EntryStep.id, ~another,
    ).correlate(EntryStep)  # fmt: skip
    return [EntryStep.step == "propose", ~withdrawn]


def rounds_proposed(connection: "Connection", county: str) -> "Sequence[str]":
    """The rounds of a county in which a proposal stands, newest first."""
    from sqlalchemy import select  # noqa: PLC0415

    from workbench.register.db.procedure_tables import Entry, EntryStep  # noqa: PLC0415

    query = (
        select(Entry.round)
        .join(EntryStep, EntryStep.entry_id == Entry.id)
        .where(Entry.county == county, *_proposed())
        .distinct()
        .order_by(Entry.round.desc())
    )
    return connection.execute(query).scalars().all()
