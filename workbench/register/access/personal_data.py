"""Names and ID numbers, read for a ledger, a list or a household: only by who may, and every reading is an event."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl
from sqlalchemy import Connection, func, select

from workbench.domain.procedure.roles import Right
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.event import Event
from workbench.register.audit.log import PERSONAL_READ, AuditEvent
from workbench.store.arrow.tables import read_columns
from workbench.store.fact_files import file_digest
from workbench.store.personal import persons_path

_HEAD = "户主"
_NAMED = {"household_id": pl.String, "name": pl.String}
_FILES_KEPT = 8
"""Files of persons whose names are held: some two megabytes for a county of 40,000 households."""
_DAYS_BEGIN: dict[str, tuple[str, int]] = {}
"""By the database of a register: a day, and the last event before it."""


@dataclass(frozen=True)
class Head:
    """The head of a household, as the national system has it."""

    name: str
    id_number: str


NOBODY = Head("", "")


def heads(user: ActingUser, round_name: str, county: str, households: Sequence[str], purpose: str) -> dict[str, Head]:
    """The heads of households of the person's area; empty where the store holds no persons (simulated cities have none).

    Raises RefusedError for who may not read personal data in that county. `purpose` says for what, and stands in the chain of events.
    """
    user.check_part_of(Right.READ_PERSONAL, county)
    path = persons_path(user.register.facts.root, round_name, county)
    if not path.exists() or not households:
        return {}
    rows = _heads(path, households)
    # How many, and not whose: an event must not hold the personal data whose reading it tells.
    details = {"what": "heads", "for": purpose, "households": rows["household_id"].n_unique()}
    # Told before anything is given away.
    with user.writing() as connection:
        user.record(connection, [Event(PERSONAL_READ, f"{round_name} {county}", details)])
    return {
        row["household_id"]: Head(row["name"] or "", row["id_number"] or "")
        # A household has one head: where a list names two, the first stands.
        for row in rows.unique("household_id", keep="first", maintain_order=True).iter_rows(named=True)
    }


def members(
    user: ActingUser, round_name: str, county: str, households: Collection[str], purpose: str
) -> dict[str, list[dict[str, str]]]:
    """All that was handed in of the members of households of the person's area, in the order of the list; blanks left out.

    Raises RefusedError for who may not read personal data in that county; the reading is an event.
    """
    user.check_part_of(Right.READ_PERSONAL, county)
    path = persons_path(user.register.facts.root, round_name, county)
    if not path.exists() or not households:
        return {}
    persons = pl.DataFrame(read_columns(path)).filter(pl.col("household_id").is_in(list(households)))
    details = {"what": "members", "for": purpose, "households": persons["household_id"].n_unique()}
    # Told before anything is given away.
    with user.writing() as connection:
        user.record(connection, [Event(PERSONAL_READ, f"{round_name} {county}", details)])
    by_household: dict[str, list[dict[str, str]]] = {}
    for row in persons.iter_rows(named=True):
        by_household.setdefault(row["household_id"], []).append({name: value for name, value in row.items() if value})
    return by_household


def may_read_names(user: ActingUser) -> bool:
    """Whether the person's role may read personal data at all; where, each reading asks for itself."""
    return Right.READ_PERSONAL in user.person.role.rights


def names_shown(
    user: ActingUser, round_name: str, county: str, households: Collection[str], shown_in: str, subject: str = ""
) -> dict[str, str]:
    """The names of heads for a page's list, or of the one household that is its `subject`; empty for who may not read them.

    The households are of the person's area. A list (`shown_in`) is one event a person and day, however often it is
    turned, sorted or filtered; so is a household.
    """
    # By its length, which a column has too.
    if len(households) == 0:
        return {}
    names = names_for(user, round_name, county, shown_in, subject)
    # As a list: what Polars takes for a column of values.
    return dict(names.filter(pl.col("household_id").is_in(list(households))).iter_rows())


def names_for(user: ActingUser, round_name: str, county: str, shown_in: str, subject: str = "") -> pl.DataFrame:
    """`names_shown` of whomever the county's list of persons names: household_id, name. What is shown of it is the caller's to choose.

    The caller joins it to households of the person's area, and asks for it only where there are some.
    """
    path = persons_path(user.register.facts.root, round_name, county)
    if not may_read_names(user) or not path.exists():
        return pl.DataFrame(schema=_NAMED)
    user.check_part_of(Right.READ_PERSONAL, county)
    event = Event(PERSONAL_READ, subject or f"{round_name} {county}", {"what": "names", "for": shown_in})
    with user.reading() as connection:
        known = _on_trail(user, connection, event)
    if not known:
        with user.writing() as connection:
            # Asked again inside: of two looks at once only one is recorded.
            user.record(connection, [] if _on_trail(user, connection, event) else [event])
    return _names_of(path, file_digest(path))


# The digest is there for the key alone: with other content it is another entry.
@lru_cache(maxsize=_FILES_KEPT)
def _names_of(path: Path, _digest: str) -> pl.DataFrame:
    """The names of the heads that a file of persons has: household_id, name. Where it names two of one household, the first."""
    heads = pl.DataFrame(read_columns(path, ["household_id", "name", "relation"])).filter(pl.col("relation") == _HEAD)
    named = heads.unique("household_id", keep="first", maintain_order=True).select("household_id", "name")
    return named.filter(pl.col("name").str.len_bytes() > 0)


def record_name_search(user: ActingUser, round_name: str, county: str, hits: int) -> None:
    """Keep on the trail that somebody looked for a household by a name; the name itself stands nowhere."""
    with user.writing() as connection:
        details = {"what": "name_search", "households": hits}
        user.record(connection, [Event(PERSONAL_READ, f"{round_name} {county}", details)])


def _heads(path: Path, households: Collection[str]) -> pl.DataFrame:
    persons = pl.DataFrame(read_columns(path, ["household_id", "name", "id_number", "relation"]))
    return persons.filter(pl.col("household_id").is_in(list(households)) & (pl.col("relation") == _HEAD))


def _on_trail(user: ActingUser, connection: Connection, event: Event) -> bool:
    """Whether the person's reading of this day stands on the trail already."""
    table = AuditEvent.__table__
    query = select(table.c.details).where(
        table.c.account == user.person.account,
        table.c.action == event.action,
        table.c.subject == event.subject,
        # By number, which the database goes by: the trail of years is not gone through for what was seen today.
        table.c.number > _last_before(connection, user.today.isoformat()),
        # Times are written in one zone, so that they are in order as text.
        table.c.at >= user.today.isoformat(),
    )
    known = (json.loads(details) for details in connection.execute(query).scalars())
    return any(all(each.get(key) == value for key, value in event.details.items()) for each in known)


def _last_before(connection: Connection, day: str) -> int:
    """The last event before a day; looked for once a day. Where a clock was set back, somebody's look may become a second event."""
    register = str(connection.engine.url)
    begun, number = _DAYS_BEGIN.get(register, ("", 0))
    if begun != day:
        table = AuditEvent.__table__
        number = connection.execute(select(func.max(table.c.number)).where(table.c.at < day)).scalar() or 0
        _DAYS_BEGIN[register] = (day, number)
    return number
