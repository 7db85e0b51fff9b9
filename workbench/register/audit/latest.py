"""When something was last done, and what was last changed, as the trail tells it: of all, or of what an area sees."""

import datetime as dt
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from workbench.domain.procedure.roles import Area
from workbench.register.audit.log import CHANGES_NOTHING, START, AuditEvent
from workbench.register.db.procedure_tables import Account, Entry

STEPS_OF_AN_AREA = ("visit", "visit_recorded", "propose", "agree", "return")
"""Actions that change households of the area of whoever acts, and nothing that anybody sees outside of it."""
REVIEWS = ("agree", "return")
"""Those of them that change an entry alone: they show where that household is, and not in all of a reviewer's township."""
STEPS_OF_A_COUNTY = (
    "facts_corrected", "reopen", "send_back", "setting_changed", "visit_withdrawn",
    "withdraw_proposal", "withdraw_return", "withdraw_review", "withdraw_visit",
)  # fmt: skip
"""Actions that may show to everybody of one county (a county's figure, a round's first proposal that is taken back, facts
that all its results follow from), and to nobody of another.

No others are: a filing, a case, a standard, an account, facts that were taken in may show anywhere.
"""
_MOST_HOUSEHOLDS = 200
"""Of so many the places are looked up; larger batches show in all of the actor's area, or everywhere."""
_REGISTERS = 16
"""Registers of which a place on the trail is remembered: a server has one, tests have many."""
_PLACES_KEPT = 8
"""Of one register: who began to look before others have looked further finds the place of then."""
_KINDS = ("risk", "edge")
"""Of entries (`assessment.KIND_OF`), which this layer lies below."""
_Place = tuple[int, str]
"""Number and hash of an event."""
_Parts = tuple[str | None, ...]
_LOCK = threading.Lock()
_TRAILS: "OrderedDict[str, tuple[_Trail, ...]]" = OrderedDict()
"""By the database of a register, the newest last."""
# Written once: putting a query together takes as long as asking it, and each request asks these.
_SINCE = (
    select(AuditEvent.number, AuditEvent.hash, AuditEvent.action, AuditEvent.account, AuditEvent.subject)
    .where(AuditEvent.number >= bindparam("number"))
    .order_by(AuditEvent.number)
)
_LAST = select(AuditEvent.number, AuditEvent.hash).order_by(AuditEvent.number.desc()).limit(1)
_LAST_CHANGE = _LAST.where(AuditEvent.action.not_in(CHANGES_NOTHING))


@dataclass(frozen=True)
class _Trail:
    """A place on the trail, the last event looked at, and the last changes up to there.

    `everywhere`: the last change that may show anywhere; `inside`: of all others since, the last one in each area or a part
    of it; `by`: the last one that may show in all of just that area.
    """

    place: _Place
    changed: _Place
    everywhere: _Place
    inside: Mapping[_Parts, _Place] = field(default_factory=dict)
    by: Mapping[_Parts, _Place] = field(default_factory=dict)

    def of(self, area: Area) -> _Place:
        """The last change that may show in an area."""
        own, nothing = area.parts, (0, START)
        above = (self.by.get(parts, nothing) for parts in _parts_above(own))
        return max(self.everywhere, self.inside.get(own, nothing), *above)

    def followed(self, events: Sequence[Any], places: "_Places") -> "_Trail":
        """The trail after further events."""
        changed, everywhere = self.changed, self.everywhere
        inside, by = dict(self.inside), dict(self.by)
        for each in events:
            if each.action in CHANGES_NOTHING:
                continue
            changed = (each.number, each.hash)
            shown_in = places.of(each)
            if not shown_in:
                everywhere = changed
            for parts in shown_in:
                by[parts] = inside[parts] = changed
                for above in _parts_above(parts):
                    inside[above] = changed
        return _Trail((events[-1].number, events[-1].hash), changed, everywhere, inside, by)


@dataclass(frozen=True)
class _Places:
    """Where events show: the areas of those who acted, by account; the places of entries, by round and household as events name them."""

    areas: Mapping[str, _Parts]
    entries: Mapping[str, frozenset[_Parts]]

    def of(self, event: Any) -> frozenset[_Parts]:
        """The areas in which an event shows, and those in and above them; none: everywhere."""
        entries, area = self.entries.get(event.subject, frozenset()), self.areas.get(event.account)
        if event.action in REVIEWS and entries:
            return entries
        # An account that is gone, too: nobody knows where it worked.
        if event.action in STEPS_OF_AN_AREA and area is not None:
            return frozenset({area})
        if event.action == "setting_changed":
            return frozenset({(event.subject.partition(" ")[0], None, None)})
        if event.action in STEPS_OF_A_COUNTY:
            return frozenset((county, None, None) for county, *_ in entries)
        return frozenset()


def last_done(connection: Connection, action: str) -> dt.datetime | None:
    """The real time of the last event of an action; None where there is none."""
    latest = select(AuditEvent.at, AuditEvent.details).where(AuditEvent.action == action)
    row = connection.execute(latest.order_by(AuditEvent.number.desc()).limit(1)).first()
    # A demonstration's clock stands years back; the details then say when it really was.
    return None if row is None else dt.datetime.fromisoformat(json.loads(row.details).get("real_time", row.at))


def last_change(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last event that may have changed what the register says; (0, …) before there is one.

    What was computed from the register stands while this is the same: people sign in and look at lists all day. Where it is
    asked again, only the events since are read: on a morning when everybody signs in nothing changes for thousands of them.
    """
    return _trail(connection).changed


def last_change_in(connection: Connection, area: Area) -> tuple[int, str]:
    """Number and hash of the last event that may have changed what the register says to somebody of an area.

    While villages visit and propose, all other villages' pages stand: a step is taken by somebody whose area holds the
    household, and shows to whoever's area holds it, or lies in it, too.
    """
    return _trail(connection).of(area)


def households_moved_since(connection: Connection, place: tuple[int, str], round_name: str) -> frozenset[str] | None:
    """The households of a round whose visits and entries alone have changed since an event; None where more may have, or nobody can tell."""
    rows = list(connection.execute(_SINCE, {"number": place[0]}))
    if not rows or (rows[0].number, rows[0].hash) != place:
        return None
    changes = [each for each in rows[1:] if each.action not in CHANGES_NOTHING]
    if any(each.action not in STEPS_OF_AN_AREA for each in changes):
        return None
    named = (each.subject.partition(" ") for each in changes)
    households = frozenset(household for of_round, _, household in named if of_round == round_name)
    return households if len(households) <= _MOST_HOUSEHOLDS else None


def _trail(connection: Connection) -> _Trail:
    register = str(connection.engine.url)
    with _LOCK:
        seen = _TRAILS.get(register, ())
    for trail in reversed(seen):
        number, written = trail.place
        rows = list(connection.execute(_SINCE, {"number": number}))
        # Each hash covers all before it. Another one there, or none: a register that was restored, or a look begun before.
        if rows and (rows[0].number, rows[0].hash) == (number, written):
            if len(rows) == 1:
                return trail
            followed = trail.followed(rows[1:], _places(connection, rows[1:]))
            _remember(register, followed, also=True)
            return followed
    last, row = connection.execute(_LAST).one_or_none(), connection.execute(_LAST_CHANGE).one_or_none()
    changed = (row.number, row.hash) if row else (0, START)
    # Whose steps came before is not looked for: for all alike the last change is the last one.
    begun = _Trail((last.number, last.hash) if last else (0, START), changed, changed)
    if last is not None:
        _remember(register, begun, also=False)
    return begun


def _places(connection: Connection, events: Sequence[Any]) -> _Places:
    """Where these events show, as far as it need be looked up."""
    steps = [each for each in events if each.action in STEPS_OF_AN_AREA]
    of_entries = {each.subject for each in events if each.action in (*REVIEWS, *STEPS_OF_A_COUNTY)}
    return _Places(_areas(connection, {each.account for each in steps}), _entries(connection, of_entries))


def _areas(connection: Connection, accounts: set[str]) -> dict[str, _Parts]:
    """The areas of accounts. Who was moved to another one since was so by an event that shows everywhere."""
    if not accounts:
        return {}
    columns = (Account.account, Account.county, Account.township, Account.village)
    rows = connection.execute(select(*columns).where(Account.account.in_(accounts)))
    return {account: tuple(parts) for account, *parts in rows}


def _entries(connection: Connection, subjects: set[str]) -> dict[str, frozenset[_Parts]]:
    """The places of entries by round and household, as the events of their steps name them (`entries.move`)."""
    rounds = {subject.partition(" ")[0] for subject in subjects}
    households = {subject.partition(" ")[2] for subject in subjects}
    if not households or len(households) > _MOST_HOUSEHOLDS:
        return {}
    # By every kind of entry: so the database finds them by its index, which begins with the kind.
    query = select(Entry.round, Entry.household_id, Entry.county, Entry.township, Entry.village).where(
        Entry.kind.in_(_KINDS), Entry.household_id.in_(households), Entry.round.in_(rounds)
    )
    places: dict[str, set[_Parts]] = {}
    for round_name, household, *parts in connection.execute(query):
        places.setdefault(f"{round_name} {household}", set()).add(tuple(parts))
    return {subject: frozenset(each) for subject, each in places.items()}


def _parts_above(parts: _Parts) -> list[_Parts]:
    """The areas that an area lies in, from its own township or county up to the city."""
    # None below a level is all of it; the area itself is not among them.
    filled = sum(part is not None for part in parts)
    return [(*parts[:level], *[None] * (len(parts) - level)) for level in range(filled)]


def _remember(register: str, trail: _Trail, *, also: bool) -> None:
    """Remember a place, `also` the ones before it, which are of the same trail."""
    with _LOCK:
        before = _TRAILS.get(register, ()) if also else ()
        newest = max((each.place[0] for each in before), default=-1)
        # Whoever was slower than others brings an older place: theirs stands already.
        if trail.place[0] > newest:
            _TRAILS[register] = (*before[-(_PLACES_KEPT - 1) :], trail)
        _TRAILS.move_to_end(register)
        while len(_TRAILS) > _REGISTERS:
            _TRAILS.popitem(last=False)
