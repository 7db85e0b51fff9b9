"""When proposals of a county's rounds began: the first that stands fixes the standard of a round (LA2019-15 §2.2-a)."""

from typing import TYPE_CHECKING

from workbench.domain.procedure.workflow import VILLAGE_WITHDRAWALS

if TYPE_CHECKING:  # a page of a store without a register does not load the database's library
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection


def first_proposal_day(connection: "Connection", county: str, round_name: str) -> str | None:
    """The day of a round's first proposal in a county that was not withdrawn; None before it."""
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
    """That a step is a proposal, and not one that was withdrawn: what was taken back settles nothing."""
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
