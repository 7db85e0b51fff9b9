"""The edge register (LA2019-15 §2.2-b, -c): screening of the key groups, officers, visits overdue, and what a filing brings about."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import narwhals as nw
import polars as pl
from sqlalchemy import Connection, func, insert, select, update

from workbench.domain.facts import KEY_GROUPS
from workbench.domain.procedure.roles import Area, Right
from workbench.domain.rules.criteria import any_of
from workbench.domain.rules.edge import own_flag
from workbench.errors import RefusedError, Words
from workbench.register.access.account_names import name_of_account, who_and_when
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import Rules
from workbench.register.audit.event import Event
from workbench.register.county_settings import setting
from workbench.register.db.follow_up_tables import EdgeHousehold
from workbench.register.db.procedure_tables import Account, Visit
from workbench.register.db.rows import row_of, rows_of
from workbench.register.procedure.entries import area_of
from workbench.register.procedure.repeated_steps import last_event
from workbench.register.records import EdgeHouseholdRecord, EntryRecord, ManagedHousehold
from workbench.register.standards.in_force import approved_standard

_TABLE = EdgeHousehold.__table__
_PLACE = ("household_id", "township", "village")
_CHANGES = ("officer_assigned", "edge_entered", "edge_left")


def screening(user: ActingUser, round_name: str, county: str, village: str | None = None) -> pl.DataFrame:
    """The unregistered households of the person's area to be looked at door to door (§2.2-b), by village.

    Columns: household_id, township, village, `in_group` (true: in a key group; null: it cannot be told, so it is looked
    at too), and the key groups: the eight of the notice, and those that the county's standard declares.
    """
    user.check(Right.READ_FACTS, user.person.area if user.person.area.county == county else Area(county))
    version = approved_standard(user, county, round_name)
    own = tuple(version.standard.own_groups) if version else ()
    facts = user.register.facts.frame(round_name, county, [*_PLACE, "kind", *KEY_GROUPS, *own])
    rows = facts.filter(pl.col("kind") == "unregistered").filter(inside_area(user))
    if village:
        rows = rows.filter(pl.col("village") == village)
    # Three-valued: a household of which no group is known to hold, and one is not known, is looked at too.
    flagged = nw.from_native(rows).with_columns(own_flag(rows.schema[name], name) for name in own)
    groups = flagged.with_columns(in_group=any_of([nw.col(name) for name in (*KEY_GROUPS, *own)])).to_native()
    return (
        groups.filter(pl.col("in_group").is_null() | pl.col("in_group"))
        .select(*_PLACE, "in_group", *KEY_GROUPS, *own)
        .sort("township", "village", "household_id")
    )


def inside_area(user: ActingUser) -> pl.Expr:
    """The condition that holds a frame of one county to the person's area."""
    _, township, village = user.person.area.parts
    whole = pl.lit(True)  # noqa: FBT003 - a literal column
    return (whole if township is None else pl.col("township") == township) & (
        whole if village is None else pl.col("village") == village
    )


def follow(
    user: ActingUser, connection: Connection, rules: Rules, filing_id: int, filed: Sequence[EntryRecord]
) -> None:
    """What a filed list brings about: households enter, or leave with their reason; the others stay as they are."""
    entering = [row for row in filed if row["proposal"] == "enter"]
    leaving = [
        (row["household_id"], row["proposal"])
        for row in filed
        if row["proposal"] and row["proposal"].startswith("leave_")
    ]
    # One that left comes back under its own number, with a new day of entry; what was is on the trail.
    back = _known(connection, [row["household_id"] for row in entering])
    values = {
        "state": "active", "entered_round": rules.round, "entered_on": user.today.isoformat(), "filing_id": filing_id,
        "standard_id": rules.version.id if rules.version else None, "left_on": None, "left_round": None, "left_because": None,
    }  # fmt: skip
    new = [
        {"household_id": row["household_id"], "county": row["county"], "township": row["township"],
         "village": row["village"], "version": 1, **values}
        for row in entering
        if row["household_id"] not in back
    ]  # fmt: skip
    if new:
        connection.execute(insert(EdgeHousehold), new)
    for name in back:
        _set(connection, name, **values)
    # Left, not deleted: the ledger of the round shows it with the day and the reason (§2.2-c).
    for name, proposal in leaving:
        _set(
            connection,
            name,
            state="left",
            left_on=user.today.isoformat(),
            left_round=rules.round,
            left_because=proposal.removeprefix("leave_"),
        )
    events = [
        Event("edge_entered", row["household_id"], {"filing": filing_id}, (("edge", row["household_id"]),))
        for row in entering
    ]
    events += [Event("edge_left", name, {"because": proposal}, (("edge", name),)) for name, proposal in leaving]
    user.record(connection, events)


def assign(
    user: ActingUser, households: Sequence[str], officer: str, interval_days: int | None = None,
    versions: Mapping[str, int] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Name the person who visits households at intervals (§2.2-c); the officer is an active account whose area holds them.

    `versions`: those of the households as they were seen; raises RefusedError, saying what changed, where one has moved on.
    """
    if interval_days is not None and interval_days < 1:
        raise RefusedError(
            Words(
                f"走访间隔 {interval_days} 天：应为正数",
                f"{interval_days} days between visits: must be positive",
                code="register.days-between-visits-must",
            )
        )
    with user.writing() as connection:
        account = connection.execute(select(Account.__table__).where(Account.account == officer)).one_or_none()
        # A closed account visits nobody.
        if account is None or not account.active:
            raise RefusedError(
                Words(
                    f"包保责任人“{officer}”：没有这一账号，或已停用；请从名单中选",
                    f"officer {officer}: no such account, or it is closed; choose one of the list",
                    code="register.officer-no-such-account",
                )
            )
        reach = Area(account.county, account.township, account.village)
        wanted = {"officer": officer} | ({} if interval_days is None else {"interval_days": interval_days})
        changing = []
        for name in households:
            row = _one(connection, name)
            user.check(Right.ASSIGN_OFFICER, area_of(row))
            _check_reach(reach, name_of_account(connection, officer), row)
            if wanted.items() - row.items():  # sent twice, it is done already
                _check_version(connection, row, versions.get(name))
                changing.append(name)
        for name in changing:
            _set(connection, name, **wanted)
        details = {"officer": officer, "days": interval_days}
        user.record(connection, [Event("officer_assigned", name, details, (("edge", name),)) for name in changing])


def _check_reach(reach: Area, officer: str, row: EdgeHouseholdRecord) -> None:
    if not reach.holds(area_of(row)):
        name = row["household_id"]
        raise RefusedError(
            Words(
                f"{officer}的范围是{reach.words.zh}，户 {name} 不在其中",
                f"{officer} works in {reach.words.en}; household {name} lies outside",
                code="register.bound-household-lies-outside",
            )
        )


def _check_version(connection: Connection, row: EdgeHouseholdRecord, seen: int | None) -> None:
    """Raise RefusedError, saying what changed, where a household of the edge register is no longer as it was seen."""
    if seen is None or row["version"] == seen:
        return
    name = row["household_id"]
    event = last_event(connection, _CHANGES, name)
    who, at = who_and_when(connection, *((event["account"], event["at"]) if event else ("–", "–")))
    officer = name_of_account(connection, row["officer"]) if row["officer"] else ""
    days = row["interval_days"]
    raise RefusedError(
        Words(
            f"户 {name}：{who} 已于{at.zh} 改动（现在包保责任人 {officer or '未定'}，走访间隔 {days or '按县定'}），没有覆盖；请重新查看",
            f"household {name}: {who} changed it on {at.en} (officer now {officer or 'none'}, days between visits "
            f"{days or 'as the county has it'}); nothing was overwritten: look again",
            code="register.household-changed-officer-now",
        )
    )


def edge_households(
    user: ActingUser, *, state: str | None = "active", overdue_only: bool = False, household: str | None = None
) -> list[ManagedHousehold]:
    """The edge register of the person's area: with `last_visit`, `next_visit` (a day) and `overdue` (days, 0 if it is not).

    `household`: of this one alone.
    """
    user.check_anywhere(Right.READ_REGISTER)
    # Asked of the database: the page of one household must not read every visit of its county.
    of_one, visits_of_one = (
        [] if household is None else [table.household_id == household] for table in (EdgeHousehold, Visit)
    )
    query = (
        select(_TABLE)
        .where(*user.inside(EdgeHousehold), *of_one)
        .order_by(_TABLE.c.township, _TABLE.c.village, _TABLE.c.household_id)
    )
    if state:
        query = query.where(_TABLE.c.state == state)
    with user.reading() as connection:
        rows = rows_of(connection, query, EdgeHouseholdRecord)
        # One query for all of them, not one a household: a county's list has thousands of rows. And of these alone: the
        # county's other households have tens of thousands of visits.
        registered = Visit.household_id.in_(select(_TABLE.c.household_id).where(*user.inside(EdgeHousehold)))
        seen = (
            select(Visit.household_id, func.max(Visit.day))
            .where(*user.inside(Visit), *(visits_of_one or [registered]), Visit.withdrawn_at.is_(None))
            .group_by(Visit.household_id)
        )
        last = {row[0]: row[1] for row in connection.execute(seen)}
        usual = {
            county: setting(connection, county, "visit_interval_days", user.today)
            for county in {row["county"] for row in rows}
        }
    known = [_managed(row, last.get(row["household_id"]), usual[row["county"]], user.today) for row in rows]
    return [row for row in known if row["overdue"] or not overdue_only]


def usual_interval(user: ActingUser, county: str) -> int:
    """The days between visits of a county's edge households that have no interval of their own."""
    user.check_anywhere(Right.READ_REGISTER)
    with user.reading() as connection:
        return setting(connection, county, "visit_interval_days", user.today)


def managed_numbers(user: ActingUser, county: str) -> list[str]:
    """The numbers of a county's households in the edge register, as far as they lie in the person's area."""
    user.check_anywhere(Right.READ_REGISTER)
    query = select(_TABLE.c.household_id).where(
        _TABLE.c.county == county, _TABLE.c.state == "active", *user.inside(EdgeHousehold)
    )
    with user.reading() as connection:
        return list(connection.execute(query).scalars())


def _managed(row: EdgeHouseholdRecord, last: str | None, usual: int, today: dt.date) -> ManagedHousehold:
    """A household never visited since it entered is due from the day it entered."""
    # A household's own interval goes before the county's (§2.2-c).
    interval = row["interval_days"] or usual
    # ISO days are in order as text.
    begin = dt.date.fromisoformat(max(last or "", row["entered_on"]))
    due = begin + dt.timedelta(days=interval)
    late = (today - due).days if row["state"] == "active" else 0
    overdue = max(late, 0)
    return {
        **row,
        "last_visit": last,
        "counted_from": begin.isoformat(),
        "interval": interval,
        "next_visit": due.isoformat(),
        "overdue": overdue,
    }


def _known(connection: Connection, households: Iterable[str]) -> set[str]:
    wanted = set(households)
    # Compared here: a filed list may name more households than a query takes parameters.
    return {name for name in connection.execute(select(EdgeHousehold.household_id)).scalars() if name in wanted}


def _one(connection: Connection, household: str) -> EdgeHouseholdRecord:
    query = select(_TABLE).where(_TABLE.c.household_id == household, _TABLE.c.state == "active")
    row = row_of(connection, query, EdgeHouseholdRecord)
    if row is None:
        raise RefusedError(
            Words(
                f"户 {household}：不在边缘户台账中",
                f"household {household}: not in the edge register",
                code="register.household-not-edge-register",
            )
        )
    return row


def _set(connection: Connection, household: str, **values: Any) -> None:
    connection.execute(
        update(EdgeHousehold)
        .where(EdgeHousehold.household_id == household)
        .values(version=EdgeHousehold.version + 1, **values)
    )
