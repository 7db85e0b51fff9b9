"""When proposals of a county's rounds began: the first that stands fixes the standard of a round (LA2019-15 §2.2-a)."""

import threading
from typing import TYPE_CHECKING

from workbench.domain.procedure.workflow import VILLAGE_WITHDRAWALS

if TYPE_CHECKING:  # a page of a store without a register does not load the database's library
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection


_LOCK = threading.Lock()
_DAYS: "dict[str, tuple[tuple[int, str], dict[tuple[str, str], str | None]]]" = {}
"""By the database of a register: the last change of proposals on its trail, and the days as they are since, by county and round."""


def first_proposal_day(connection: "Connection", county: str, round_name: str) -> str | None:
    """The day of a round's first proposal in a county that was not withdrawn; None before it.

    Looked for among all proposals once, and again when one may have come or gone: a page asks seven times.
    """
    # Whoever writes may have written a proposal that the trail does not tell yet.
    if connection.get_execution_options().get("register_writes", False):
        return _first_day(connection, county, round_name)
    from workbench.register.audit.latest import last_change_of_proposals  # noqa: PLC0415

    register, changed, key = str(connection.engine.url), last_change_of_proposals(connection), (county, round_name)
    with _LOCK:
        since, days = _DAYS.get(register, (None, {}))
        if since == changed and key in days:
            return days[key]
    day = _first_day(connection, county, round_name)
    with _LOCK:
        since, days = _DAYS.get(register, (None, {}))
        _DAYS[register] = (changed, {**(days if since == changed else {}), key: day})
    return day


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
