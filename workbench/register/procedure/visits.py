"""Visits (LA2019-15 §2.1.1-a): five domains, who, when, what was found, and the facts that were put right on the spot."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select

from workbench.domain.procedure.corrections import check_corrections, corrected
from workbench.domain.procedure.county_settings import first_visit_day
from workbench.domain.procedure.day_bounds import check_day
from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import VISIT_DOMAINS, Stage
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import KIND_OF
from workbench.register.audit.event import Event
from workbench.register.audit.log import PERSONAL_READ
from workbench.register.db.procedure_tables import Visit, VisitFinding
from workbench.register.db.rows import rows_of
from workbench.register.procedure import entries, fact_corrections
from workbench.register.procedure.recorded_visits import recorded_visits
from workbench.register.procedure.repeated_steps import entry_step_again
from workbench.register.procedure.visit_questions import refuse_unconfirmed
from workbench.register.records import EntryRecord, VisitRecord, VisitWithFindings
from workbench.register.unit_of_work import pending_work
from workbench.register.unit_of_work.settlement import unit_of_work


@dataclass(frozen=True)
class VisitReport:
    """What a village worker brings home: `findings` by domain (all five), `corrections` by fact."""

    household_id: str
    day: dt.date
    visitors: str
    findings: Mapping[str, str]
    corrections: Mapping[str, Any] = field(default_factory=dict)


def visit(user: ActingUser, round_name: str, reports: Sequence[VisitReport], *, confirmed: bool = True) -> list[int]:
    """Record visits, all or none; a household without an entry in the round gets one. Returns their ids.

    Not `confirmed`: figures that look wrong, or that open a case, are refused with what is to be confirmed
    (`visit_questions`). A household already filed is visited without a step (following up, §2.2-c); facts that changed there need `adjust`.
    """
    with unit_of_work(user, round_name, user.person.area.county) as connection:
        known = _households(user, round_name, reports)
        # A browser that heard no answer sends again: what is recorded already is answered as the first time.
        again = recorded_visits(user, connection, round_name, reports, known)
        new = [each for each in reports if each.household_id not in again]
        if not confirmed:
            refuse_unconfirmed(user, connection, round_name, _corrections(new, known))
        rows = _entries(user, connection, round_name, [known[each.household_id] for each in new])
        filed = {name for name, row in rows.items() if row["stage"] == Stage.FILED}
        changed = [each.household_id for each in new if each.corrections and each.household_id in filed]
        if changed:
            raise RefusedError(
                Words(
                    f"户 {changed[0]} 本期已备案；事实有变化的，用“随时调整”（adjust，写明原因和依据）",
                    f"household {changed[0]} is filed; where facts have changed, adjust it out of round, with cause and evidence",
                    code="register.household-filed-where-facts",
                )
            )
        moves = [entries.Move(rows[each.household_id], "visit") for each in new if each.household_id not in filed]
        entries.move(user, connection, moves)
        ids = again | _keep(user, connection, round_name, new, known)
        return [ids[each.household_id] for each in reports]


def adjust(
    user: ActingUser, round_name: str, report: VisitReport, cause: str, evidence: str, *, confirmed: bool = True
) -> int:
    """Take up a filed household again, out of round, with cause and evidence (§2.1.2-b); it goes through every step anew.

    `confirmed`: as `visit` has it.
    """
    if not cause.strip() or not evidence.strip():
        raise RefusedError(
            Words(
                "随时调整要写明原因和依据",
                "an adjustment out of round needs its cause and its evidence",
                code="register.adjustment-out-round-needs",
            )
        )
    with unit_of_work(user, round_name, user.person.area.county) as connection:
        known = _households(user, round_name, [report])
        row = entries.one(user, connection, round_name, report.household_id)
        why = f"{cause}（依据：{evidence}）"
        again = recorded_visits(user, connection, round_name, [report], known)
        if again and entry_step_again(connection, user.person.account, row, {"reopen"}, None, reason=why):
            return again[report.household_id]
        if not confirmed:
            refuse_unconfirmed(user, connection, round_name, _corrections([report], known))
        # The old result stays with its filed list; the household has none of its own until it is proposed anew.
        values = {"adjustment": row["adjustment"] + 1, "proposal": None, "reason": None, "filing_id": None}
        entries.move(user, connection, [entries.Move(row, "reopen", why, values)])
        return _keep(user, connection, round_name, [report], known)[report.household_id]


def _corrections(
    reports: Sequence[VisitReport], known: Mapping[str, Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The facts of each visited household, and what its report changes."""
    return [(known[each.household_id], each.corrections) for each in reports]


def _households(user: ActingUser, round_name: str, reports: Sequence[VisitReport]) -> dict[str, dict[str, Any]]:
    """The facts of the visited households; raises where one is not here, or its report is not whole."""
    facts = user.register.facts
    counties = [user.person.area.county] if user.person.area.county else facts.counties(round_name)
    # By county, since each county's rounds are its own: one may have missed a round.
    first_days = {code: first_visit_day(round_name, facts.previous_round(round_name, code)) for code in counties}
    wanted = [each.household_id for each in reports]
    if len(set(wanted)) < len(wanted):
        twice = next(each for each in wanted if wanted.count(each) > 1)
        raise InputError(
            Words(
                f"户 {twice}：同一批中有两份走访；请分开登记",
                f"household {twice}: two visits in one batch; record them apart",
                code="register.household-two-visits-batch",
            )
        )
    by_number: dict[str, dict[str, Any]] = {}
    for county in counties:
        for row in facts.frame(round_name, county, households=wanted).iter_rows(named=True):
            number = row["household_id"]
            if number in by_number:
                raise InputError(
                    Words(
                        f"户 {number}：数据中编号重复；请核对",
                        f"household {number} appears twice in the facts; check them",
                        code="register.household-stands-twice-facts",
                    )
                )
            by_number[number] = row
    for each in reports:
        if each.household_id not in by_number:
            raise RefusedError(
                Words(
                    f"户 {each.household_id}：{round_name} 的数据中没有",
                    f"household {each.household_id}: no facts of it in {round_name}",
                    code="register.visits-household-not",
                )
            )
        row = by_number[each.household_id]
        _check(user, each, row, first_days[row["county_code"]])
    return by_number


def _check(user: ActingUser, report: VisitReport, facts: Mapping[str, Any], first_day: dt.date | None) -> None:
    place = {"county": facts["county_code"], "township": facts["township"], "village": facts["village"]}
    user.check(Right.VISIT, entries.area_of(place))
    where = Words(f"户 {report.household_id}：", f"household {report.household_id}: ")
    if facts["kind"] not in KIND_OF:
        known = ", ".join(KIND_OF)
        raise InputError(
            where
            + Words(
                f"{facts['kind']} 不在本程序内（{known}）",
                f"{facts['kind']} is not of this procedure ({known})",
                code="register.not-procedure",
            )
        )
    _check_whole(report, where)
    try:
        check_corrections(facts, report.corrections)
    except InputError as error:
        raise InputError(where + error.words, field=error.field) from None
    check_day("visit", report.day, user.today, of=where)
    if first_day is not None and report.day < first_day:
        earlier = Words(
            f"走访日期 {report.day} 属于以前的期次；本期自 {first_day} 起",
            f"the day of the visit, {report.day}, is of an earlier round; this one begins on {first_day}",
            code="register.day-visit-earlier-round",
        )
        raise InputError(where + earlier, field="day")
    user.register.facts.refuse_closed(facts["round"], [facts["county_code"]])


def _check_whole(report: VisitReport, where: Words) -> None:
    """Raise InputError where a report leaves out one of the five domains, or who visited."""
    empty = {name: labels for name, labels in VISIT_DOMAINS.items() if not report.findings.get(name, "").strip()}
    if empty:
        missing = Words(
            f"缺少走访情况：{'、'.join(zh for zh, _ in empty.values())}（§2.1.1-a：五方面都要看）",
            f"nothing told of: {', '.join(en for _, en in empty.values())} (§2.1.1-a: all five are looked at)",
            code="register.nothing-told-all-five",
        )
        raise InputError(where + missing, field=next(iter(empty)))
    if not report.visitors.strip():
        raise InputError(
            where + Words("要写明走访人", "say who visited", code="register.say-visited"), field="visitors"
        )


def _entries(
    user: ActingUser, connection: Connection, round_name: str, facts: Sequence[Mapping[str, Any]]
) -> dict[str, EntryRecord]:
    """The entries of the households that the facts are of, made where there are none."""
    ids = [each["household_id"] for each in facts]
    rows = {row["household_id"]: row for row in entries.find(user, connection, round_name, households=ids)}
    for kind in set(KIND_OF.values()):
        new = [
            {**each, "county": each["county_code"]}
            for each in facts
            if each["household_id"] not in rows and KIND_OF[each["kind"]] == kind
        ]
        entries.start(user, connection, kind, round_name, new)
    # Read again for the numbers and versions that the database gave.
    if len(rows) < len(ids):
        rows = {row["household_id"]: row for row in entries.find(user, connection, round_name, households=ids)}
    return rows


def _keep(
    user: ActingUser, connection: Connection, round_name: str, reports: Sequence[VisitReport],
    known: Mapping[str, Mapping[str, Any]],
) -> dict[str, int]:  # fmt: skip
    """Keep visits; returns their ids by household."""
    if not reports:
        return {}
    places = {name: (facts["county_code"], facts["township"], facts["village"]) for name, facts in known.items()}
    values = [
        {
            "household_id": each.household_id, "round": round_name, "county": places[each.household_id][0],
            "township": places[each.household_id][1], "village": places[each.household_id][2],
            "day": each.day.isoformat(), "visitors": each.visitors, "account": user.person.account, "at": user.stamp,
        }
        for each in reports
    ]  # fmt: skip
    # Sorted by the order of the values: PostgreSQL promises no order of what an insert returns.
    ids = list(connection.execute(insert(Visit).returning(Visit.id, sort_by_parameter_order=True), values).scalars())
    findings = [
        {"visit_id": number, "domain": domain, "text": text}
        for number, each in zip(ids, reports, strict=True)
        for domain, text in each.findings.items()
    ]
    connection.execute(insert(VisitFinding), findings)
    changes = [corrected(known[each.household_id], each.corrections) for each in reports]
    facts = [known[each.household_id] for each in reports]
    fact_corrections.keep(connection, zip(ids, facts, changes, strict=True))
    # The corrected facts may show somebody below the line.
    pending_work.add(
        connection, "open_cases", round_name, sorted({place[0] for place in places.values()}),
        {"households": list(known)}, account=user.person.account, at=user.now,
    )  # fmt: skip
    events = [
        Event("visit_recorded", f"{round_name} {each.household_id}",
             {"visit": number, "day": each.day.isoformat(), "amended": sorted(changed)}, (("visit", number),))
        for number, each, changed in zip(ids, reports, changes, strict=True)
    ]  # fmt: skip
    user.record(connection, events)
    return {each.household_id: number for number, each in zip(ids, reports, strict=True)}


def visits_of(user: ActingUser, household: str) -> list[VisitRecord]:
    """The visits to a household, newest first, also those withdrawn, without what they found (`findings_of` reads that, and says so)."""
    user.check_anywhere(Right.READ_REGISTER)
    table = Visit.__table__
    query = select(table).where(table.c.household_id == household, *user.inside(Visit)).order_by(table.c.id.desc())
    with user.reading() as connection:
        return rows_of(connection, query, VisitRecord)


def findings_of(user: ActingUser, household: str) -> list[VisitWithFindings]:
    """What the visits to a household found: personal data, so that the reading is an event itself."""
    visited = visits_of(user, household)
    if not visited:
        return []  # nothing personal is read, and a trail of readings that were none would hide those that were
    newest = visited[0]
    user.check(Right.READ_PERSONAL, Area(newest["county"], newest["township"], newest["village"]))
    table = VisitFinding.__table__
    with user.writing() as connection:
        # Written first, in the same transaction: who reads findings is on the trail even where the answer never arrives.
        user.record(connection, [Event(PERSONAL_READ, household, {"what": "visit_findings"})])
        rows = connection.execute(select(table).where(table.c.visit_id.in_([each["id"] for each in visited]))).all()
    by_visit: dict[int, dict[str, str]] = {}
    for row in rows:
        by_visit.setdefault(row.visit_id, {})[row.domain] = row.text
    return [{**each, "findings": by_visit.get(each["id"], {})} for each in visited]
