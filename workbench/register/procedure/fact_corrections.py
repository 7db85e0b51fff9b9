"""Facts corrected on the spot, put into the facts of their round: typed once, seen by every rule, preview and model."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from workbench.register.access.acting_user import ActingUser, Register
from workbench.register.audit.covered_files import FileHashes, county_files
from workbench.register.audit.event import Event
from workbench.register.db.engine import writing
from workbench.register.db.procedure_tables import Correction, Visit
from workbench.store.facts import FactStore
from workbench.store.file_corrections import stage_corrections
from workbench.store.transaction import transaction

_TABLE = Correction.__table__
_NO_FILES: FileHashes = MappingProxyType({})


VisitCorrection = tuple[int, Mapping[str, Any], Mapping[str, Any]]
"""The id of a visit, the facts of the household before it, and those that it changes."""


def keep(connection: Connection, corrections: Iterable[VisitCorrection]) -> None:
    """Keep the corrections of visits; they wait to be put into the facts (`apply`)."""
    values = [
        {
            "visit_id": visit_id, "household_id": facts["household_id"], "round": facts["round"],
            "county": facts["county_code"], "fact": name, "before": json.dumps(facts.get(name), ensure_ascii=False),
            "after": json.dumps(after, ensure_ascii=False), "applied": False,
        }
        for visit_id, facts, changes in corrections
        for name, after in changes.items()
    ]  # fmt: skip
    if values:
        connection.execute(insert(Correction), values)


def of_visit(connection: Connection, visit_id: int) -> dict[str, Any]:
    """The facts that a visit corrected, and what follows from them, as they are kept."""
    query = select(_TABLE.c.fact, _TABLE.c.after).where(_TABLE.c.visit_id == visit_id)
    return {fact: json.loads(after) for fact, after in connection.execute(query)}


def of_visits(user: ActingUser, visit_ids: Iterable[int]) -> dict[int, list[tuple[str, Any, Any]]]:
    """Return by id of a visit, which the person has been shown, what it corrected: fact, value before, value after."""
    query = select(_TABLE).where(_TABLE.c.visit_id.in_(list(visit_ids))).order_by(_TABLE.c.id)
    with user.reading() as connection:
        rows = connection.execute(query).mappings().all()
    first: dict[int, dict[str, tuple[Any, Any]]] = {}
    for row in rows:
        # A withdrawal adds a row of its own, turned about: the first is the visit's.
        first.setdefault(row["visit_id"], {}).setdefault(
            row["fact"], (json.loads(row["before"]), json.loads(row["after"]))
        )
    return {visit: [(fact, *values) for fact, values in facts.items()] for visit, facts in first.items()}


def put_back(connection: Connection, visit_id: int, facts: Mapping[str, Any]) -> None:
    """Let what a visit corrected wait to be put back; a fact that says something else by now (`facts`) stays as it is."""
    query = select(_TABLE).where(_TABLE.c.visit_id == visit_id).order_by(_TABLE.c.id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    turned = [
        {
            **{name: value for name, value in row.items() if name != "id"},
            "before": row["after"],
            "after": row["before"],
            # What was corrected again since, or taken in anew, is not this visit's to put back, and there is nothing to
            # wait for; that it was turned is kept all the same: an intake undone may bring the correction back (`renew`).
            "applied": row["applied"] and json.dumps(facts.get(row["fact"]), ensure_ascii=False) != row["after"],
        }
        for row in rows
    ]
    if turned:
        connection.execute(insert(Correction), turned)


def waiting(register: Register) -> list[tuple[str, str]]:
    """The rounds and counties with corrections that are not in the facts yet. Those of a closed round are left out."""
    query = select(_TABLE.c.round, _TABLE.c.county).where(~_TABLE.c.applied).distinct()
    with register.engine.connect() as connection:
        pairs = sorted((row.round, row.county) for row in connection.execute(query))
    # A closed round is immutable: what waits for one stays waiting until somebody reopens it.
    return [place for place in pairs if not register.facts.is_closed(*place)]


def apply(user: ActingUser, round_name: str, county: str) -> None:
    """Put the corrections of a county that are not in its facts yet into them, in the order in which they were made.

    Safe to repeat, while the store is held: a process killed in between leaves it to the next one. The register is the
    truth, the facts follow. The events bear the account and time of whoever does it, and tell on whose visit it rests.
    """
    register = user.register
    here = (_TABLE.c.round == round_name, _TABLE.c.county == county, ~_TABLE.c.applied)
    with register.engine.connect() as connection:
        query = select(_TABLE).where(*here).order_by(_TABLE.c.id)
        rows = [dict(row) for row in connection.execute(query).mappings()]
    # Files first: a process killed in between leaves corrections waiting, and putting them in again changes nothing.
    _put(register.facts, round_name, county, rows)
    with writing(register.engine) as connection:
        ids = [row["id"] for row in rows]
        connection.execute(update(Correction).where(Correction.id.in_(ids)).values(applied=True))
        _record(user, connection, "facts_corrected", rows, county_files(register.facts.root, round_name, [county]))


def _record(
    user: ActingUser,
    connection: Connection,
    action: str,
    rows: Iterable[Mapping[str, Any]],
    files: FileHashes = _NO_FILES,
) -> None:
    """Record an event for each visit whose corrections were put into the facts, or wait to be; it names who recorded the visit."""
    corrected: dict[int, list[str]] = {}
    for row in rows:
        corrected.setdefault(row["visit_id"], []).append(row["fact"])
    query = select(Visit.id, Visit.account, Visit.at, Visit.round, Visit.household_id).order_by(Visit.id)
    visits = connection.execute(query.where(Visit.id.in_(list(corrected)))).all()
    events = [
        Event(action, f"{visit.round} {visit.household_id}",
             {"facts": sorted(corrected[visit.id]), "on_behalf_of": {"account": visit.account, "at": visit.at}},
             (("visit", visit.id),))
        for visit in visits
    ]  # fmt: skip
    user.record(connection, [*events[:-1], replace(events[-1], files=files)] if events else [])  # once for all of them


def renew(user: ActingUser, connection: Connection, round_name: str, county: str, *, since: int | None = None) -> None:
    """Let corrections wait to be put in again where facts taken in have brought their old value back; another new value stands.

    `since`: facts were put back to what they were when this was the last correction; later ones are not in them, whatever
    they say now, and all wait to be put back.
    """
    framed = user.register.facts.frame(round_name, county)
    now = {row["household_id"]: row for row in framed.iter_rows(named=True)}
    here = (_TABLE.c.round == round_name, _TABLE.c.county == county, _TABLE.c.applied)
    query = select(_TABLE, Visit.withdrawn_at).join(Visit, Visit.id == _TABLE.c.visit_id).where(*here)
    by_fact: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in connection.execute(query.order_by(_TABLE.c.id)):
        by_fact.setdefault((row.household_id, row.fact), []).append(row)
    covered = [
        last._asdict()
        for (household, fact), rows in by_fact.items()
        if household in now
        and (last := _covered(rows, json.dumps(now[household].get(fact), ensure_ascii=False), since)) is not None
    ]
    ids = [row["id"] for row in covered]
    connection.execute(update(Correction).where(Correction.id.in_(ids)).values(applied=False))
    _record(user, connection, "correction_covered", covered)


def _covered(rows: Iterable[Row[Any]], now: str, since: int | None) -> Row[Any] | None:
    """The last of one fact's corrections, in their order, that must be put in again where the fact says `now`; None: none.

    The corrections of a withdrawn visit, and the rows that turned them back, are passed over. Except where the facts were
    put back to a moment (`since`) between the two: then they hold the correction, and the row that turns it back counts.
    """
    said, last, first = now, None, dict[int, int]()
    for row in rows:
        begun = first.setdefault(row.visit_id, row.id)
        withdrawn = row.withdrawn_at is not None
        if withdrawn and not (since is not None and begun <= since < row.id):
            continue
        made_later = since is not None and row.id > since and not withdrawn
        # Later than what was put back: it is not in the facts, whatever they say. Else it is missing where its old value is back.
        missing = said != row.after if made_later else said == row.before
        if missing:
            said, last = row.after, row
    return last if said != now else None


def _put(facts: FactStore, round_name: str, county: str, changes: Iterable[Mapping[str, Any]]) -> None:
    """Change the facts of a county as one; of two changes of a fact the later stands."""
    after: dict[str, dict[str, Any]] = {}
    for change in changes:
        after.setdefault(change["fact"], {})[change["household_id"]] = json.loads(change["after"])
    with transaction(facts.root) as pending:
        stage_corrections(facts, pending, round_name, county, after)
