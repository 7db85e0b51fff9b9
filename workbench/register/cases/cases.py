"""Cases of households that meet the poverty criterion: opened by the facts, moved by people, dropped by nobody.

LA2019-15 §2.1.3, §2.2-d. Nothing here knows a budget, a capacity or a county's standard of edge households.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workbench.domain.procedure.cases import (
    CASE_STAGES,
    CASE_STEPS,
    CLOSED,
    CaseStage,
    advance_case,
    last_day_of_publicity,
)
from workbench.domain.procedure.day_bounds import check_window
from workbench.domain.procedure.roles import Right
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import below_line, rules_of
from workbench.register.audit.event import Event
from workbench.register.cases.precedence import HELD_BACK, below_line_now, check_not_held
from workbench.register.county_settings import setting
from workbench.register.db.follow_up_tables import Case, CaseNote, CaseStep, EdgeHousehold, EntryWindow
from workbench.register.db.rows import row_of, rows_of
from workbench.register.procedure.entries import area_of
from workbench.register.procedure.repeated_steps import case_step_again
from workbench.register.records import CaseRecord, CaseStepRecord

_TABLE, _STEPS = Case.__table__, CaseStep.__table__


def open_cases(
    user: ActingUser, connection: Connection, round_name: str, county: str, households: Collection[str] | None = None
) -> list[str]:
    """Open a case for every household of a county (or of those named) that is below the line and has none open.

    The facts open it, whoever the acting user is, in the caller's transaction; returns the household numbers.
    """
    rules = rules_of(connection, round_name, county, user.today)
    below = below_line(user.register.facts, rules, households).to_dicts()
    if not below:
        return []
    # Also those entered in this round: the facts that opened them are still the ones looked at here.
    running = set(
        connection.execute(
            select(_TABLE.c.household_id).where(
                _TABLE.c.county == county,
                _TABLE.c.stage.not_in([str(stage) for stage in CLOSED])
                | ((_TABLE.c.round == round_name) & (_TABLE.c.stage == str(CaseStage.ENTERED))),
            )
        ).scalars()
    )
    # Where it came from decides which clause it goes by: §2.1.3 a lifted household, §2.2-d an edge or another one.
    edge = set(
        connection.execute(
            select(EdgeHousehold.household_id).where(EdgeHousehold.county == county, EdgeHousehold.state == "active")
        ).scalars()
    )
    new = [
        {**row, "county": county, "round": round_name,
         "origin": "edge" if row["household_id"] in edge else row["kind"]}
        for row in below
        if row["household_id"] not in running
    ]  # fmt: skip
    _insert(user, connection, new)
    return [row["household_id"] for row in new]


def _insert(user: ActingUser, connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    if not new:
        return
    columns = ("household_id", "origin", "county", "township", "village", "round")
    opened = {"stage": str(CaseStage.OPENED), "version": 1, "opened_on": user.today.isoformat()}
    values = [{name: row[name] for name in columns} | opened for row in new]
    # In the order of the values: a case's number must meet its own household in the event.
    made = connection.execute(insert(Case).returning(Case.id, sort_by_parameter_order=True), values)
    numbers = list(made.scalars())
    steps = [
        {"case_id": number, "step": "open", "stage": str(CaseStage.OPENED), "day": user.today.isoformat(),
         "account": user.person.account, "at": user.stamp}
        for number in numbers
    ]  # fmt: skip
    connection.execute(insert(CaseStep), steps)
    events = [
        Event("case_opened", f"{row['round']} {row['household_id']}", {"case": number, "origin": row["origin"]},
             (("case", number),))
        for number, row in zip(numbers, new, strict=True)
    ]  # fmt: skip
    user.record(connection, events)


def step(user: ActingUser, number: int, name: str, day: dt.date, note: str, version: int | None = None) -> CaseStage:
    """Take the next step of a case, on the day it happened; returns the stage it leads to."""
    if name not in CASE_STEPS:
        raise _no_such_step(name)
    with user.writing() as connection:
        return _take(user, connection, _one(user, connection, number), _Said(name, day, note), version)


def step_all(user: ActingUser, versions: Mapping[int, int], name: str, day: dt.date, note: str) -> list[CaseStage]:
    """Take the next step of several cases, all or none; `versions`: each case as it was seen."""
    if name not in CASE_STEPS:
        raise _no_such_step(name)
    with user.writing() as connection:
        said = _Said(name, day, note)
        return [
            _take(user, connection, _one(user, connection, number), said, seen) for number, seen in versions.items()
        ]


@dataclass(frozen=True)
class _Said:
    """What is said of a step: its name, the day it happened, and what was found or decided."""

    name: str
    day: dt.date
    note: str


def _take(user: ActingUser, connection: Connection, case: CaseRecord, said: _Said, version: int | None) -> CaseStage:
    name, day, note, number = said.name, said.day, said.note, case["id"]
    user.check(CASE_STEPS[name].right, area_of(case))
    # Before the version is compared: a request sent twice is answered as the first was, not refused.
    again = case_step_again(connection, user.person.account, case, name, day.isoformat(), note, version)
    if again is not None:
        return CaseStage(again)
    if version is not None and case["version"] != version:
        raise _overtaken(case)
    # Only these steps hang on today's facts; for all others reading a county's facts would be for nothing.
    asked = name in {"dismiss", *HELD_BACK}
    below_line = below_line_now(user, connection, [case])[number] if asked else None
    stage = advance_case(CaseStage(case["stage"]), name, below_line=below_line, note=note)
    check_not_held(connection, case, name, below_line=below_line)
    _check_day(user, connection, case, day)
    values = {"stage": str(stage), "version": case["version"] + 1, **_with(connection, case, name, day)}
    # The version is part of the condition: of two who take a step at once, the second matches no row.
    done = connection.execute(update(Case).where(Case.id == number, Case.version == case["version"]).values(**values))
    if done.rowcount != 1:
        raise _overtaken(case)
    step_id = _keep_step(user, connection, number, name, stage, day, note)
    details = {"case": number, "stage": str(stage), "day": day.isoformat()}
    subject, wrote = f"{case['round']} {case['household_id']}", (("case", number), ("case_note", step_id))
    user.record(connection, [Event(f"case_{name}", subject, details, wrote)])
    return stage


def _with(connection: Connection, case: CaseRecord, name: str, day: dt.date) -> dict[str, Any]:
    """What a step sets beside the stage; refuses an announcement before the publicity is over, an entry outside a window."""
    if name == "publicise":
        # As the county has it on the day itself: a setting changed later does not move a publicity that runs.
        days = setting(connection, case["county"], "publicity_days", day)
        return {"publicity_from": day.isoformat(), "publicity_until": (day + dt.timedelta(days=days)).isoformat()}
    if name == "announce" and day.isoformat() < (case["publicity_until"] or ""):
        until = str(case["publicity_until"])
        last = last_day_of_publicity(dt.date.fromisoformat(until))
        raise RefusedError(
            Words(
                f"公示自 {case['publicity_from']} 至 {last}（首日算第一天），{until} 起才能公告（§2.1.3-a）",
                f"publicity runs from {case['publicity_from']} to {last}, both days included; announce from {until} on (§2.1.3-a)",
                code="register.publicity-runs-announce-after",
            ),
            field="day",
        )
    if name == "enter":
        return {"window_id": _window(connection, day)}
    return {}


def _window(connection: Connection, day: dt.date) -> int:
    windows = connection.execute(select(EntryWindow.__table__).order_by(EntryWindow.opens)).all()
    for each in windows:
        if each.opens <= day.isoformat() <= each.closes:
            return int(each.id)
    known = "；".join(f"{each.name} {each.opens}–{each.closes}" for each in windows) or "–"
    raise RefusedError(
        Words(
            f"{day} 不在录入窗口内（§2.1.3-b）；已登记的窗口：{known}",
            f"{day} lies in no entry window (§2.1.3-b); known windows: {known}",
            code="register.lies-no-entry-window",
        )
    )


def add_window(user: ActingUser, name: str, opens: dt.date, closes: dt.date) -> None:
    """Tell of a time in which the national system takes changes: an administrator, or a county that enters in it."""
    # Whoever enters in them, a county, or keeps the system (0044).
    user.check_anywhere(Right.ADD_WINDOW)
    check_window(name, opens, closes, user.today)
    details = {"opens": opens.isoformat(), "closes": closes.isoformat()}
    with user.writing() as connection:
        table = EntryWindow.__table__
        known = connection.execute(select(table).where(table.c.name == name)).one_or_none()
        # Sent twice: the window is there already, and one event tells of it.
        if known is not None and (known.opens, known.closes) == (details["opens"], details["closes"]):
            return
        made = connection.execute(insert(EntryWindow).values(name=name, **details))
        number = made.inserted_primary_key[0]  # type: ignore[index]
        user.record(connection, [Event("window_added", name, details, (("window", number),))])


def cases(user: ActingUser, *, stage: str | None = None, household: str | None = None) -> list[CaseRecord]:
    """The cases in the person's area, oldest first."""
    user.check_anywhere(Right.READ_REGISTER)
    query = select(_TABLE).where(*user.inside(Case)).order_by(_TABLE.c.id)
    if stage:
        query = query.where(_TABLE.c.stage == stage)
    if household:
        query = query.where(_TABLE.c.household_id == household)
    with user.reading() as connection:
        return rows_of(connection, query, CaseRecord)


def steps_of(user: ActingUser, number: int) -> list[CaseStepRecord]:
    """The steps that a case took, without their notes."""
    user.check_anywhere(Right.READ_REGISTER)
    with user.reading() as connection:
        _one(user, connection, number)
        query = select(_STEPS).where(_STEPS.c.case_id == number).order_by(_STEPS.c.id)
        return rows_of(connection, query, CaseStepRecord)


def _one(user: ActingUser, connection: Connection, number: int) -> CaseRecord:
    row = row_of(connection, select(_TABLE).where(_TABLE.c.id == number, *user.inside(Case)), CaseRecord)
    if row is None:
        raise RefusedError(
            Words(f"案 {number}：本范围内没有", f"case {number}: not in this area", code="register.case-not-in-area")
        )
    return row


def _check_day(user: ActingUser, connection: Connection, case: CaseRecord, day: dt.date) -> None:
    """Steps happen one after another, and not in the future."""
    query = select(_STEPS.c.day).where(_STEPS.c.case_id == case["id"]).order_by(_STEPS.c.id.desc()).limit(1)
    last = connection.execute(query).scalar_one()
    if day > user.today or day.isoformat() < last:
        raise InputError(
            Words(
                f"日期 {day}：不应早于上一步（{last}），也不应晚于今天（{user.today}）",
                f"day {day}: must lie between the step before ({last}) and today ({user.today})",
                code="register.day-must-lie-between",
            ),
            field="day",
        )


def _keep_step(
    user: ActingUser, connection: Connection, number: int, name: str, stage: CaseStage, day: dt.date, note: str
) -> int:
    """Returns the step's id. A note is never empty (`advance_case`)."""
    made = connection.execute(
        insert(CaseStep).values(
            case_id=number, step=name, stage=str(stage), day=day.isoformat(), account=user.person.account, at=user.stamp
        )
    )
    number = int(made.inserted_primary_key[0])  # type: ignore[index]
    connection.execute(insert(CaseNote).values(step_id=number, text=note))
    return number


def _no_such_step(name: str) -> InputError:
    known = ", ".join(CASE_STEPS)
    return InputError(
        Words(
            f"没有步骤 {name!r}；有：{known}",
            f"no such step {name!r}; there are: {known}",
            code="register.no-such-step",
        )
    )


def _overtaken(case: CaseRecord) -> RefusedError:
    zh, en = CASE_STAGES[CaseStage(case["stage"])]
    return RefusedError(
        Words(
            f"案 {case['id']} 已有人推进到“{zh}”，没有覆盖；请重新查看",
            f"case {case['id']} was moved on by somebody and is {en} now; nothing was overwritten: look again",
            code="register.case-overtaken",
        )
    )
