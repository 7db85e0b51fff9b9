"""Public lists and the list for an entry window, gathered from the cases (LA2019-15 §2.1.3)."""

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl

from workbench.domain.procedure.cases import ORIGINS, CaseStage, last_day_of_publicity
from workbench.errors import RefusedError, Words
from workbench.register import county_records
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.personal_data import NOBODY, heads
from workbench.register.cases.cases import cases
from workbench.register.cases.precedence import below_line_now
from workbench.register.records import CaseRecord, CaseStepRecord
from workbench.reports.gathering.county import CountyRound
from workbench.reports.list_records import EntryList, EntryRow, PublicList, PublicRow
from workbench.reports.records import ActionRecord

_MATTER = {
    "lifted": "拟认定为返贫户，纳入建档立卡",
    "edge": "在管边缘户，拟认定为贫困户，纳入建档立卡",
    "unregistered": "拟认定为贫困户，纳入建档立卡",
}
"""What is made public of a case, by where it comes from (§2.1.3-a, §2.2-d)."""


_NO_NAME = "（姓名待补）"
"""A row that names nobody can be objected to by nobody: it says so, to be completed before the list hangs."""


def gather_public_list(county_round: CountyRound, user: ActingUser, office: str, phone: str) -> PublicList:
    """The households of the area whose publicity runs, for the longest of their periods; without those corrected above the line."""
    rows, held = _publicised(county_round, user)
    if not rows:
        raise RefusedError(
            Words(
                f"{county_round.name} {county_round.round_name}：没有公示中的户（按更正后的事实不低于扶贫标准、待决定的 {len(held)} 户不列）",
                f"{county_round.name} {county_round.round_name}: nobody is being publicised ({len(held)} households whose corrected facts lie above "
                "the line, to be decided on, are not listed)",
                code="reports.nobody-being-publicised-households",
            )
        )
    # Only of those who go on the list: each reading of a name is an event.
    known = heads(
        user, county_round.round_name, county_round.county, [row["household_id"] for row in rows], "public_list"
    )
    persons = _facts(county_round, rows)
    listed = tuple(
        PublicRow(
            township=row["township"] or "", village=row["village"] or "", group="",
            head_name=known.get(row["household_id"], NOBODY).name or _NO_NAME,
            persons=persons.get(row["household_id"], {}).get("persons"),
            matter=_MATTER[row["origin"]],
        )
        for row in rows
    )  # fmt: skip
    # One list hangs for all: from the first day of any to the last of any.
    starts, ends = zip(*(_publicity(row) for row in rows), strict=True)
    # Who hangs it out is who was named for it, on the sheet as in the form.
    heading = replace(county_round.heading(), unit=office)
    return PublicList(heading, listed, min(starts), max(ends), office, phone)


def _publicity(case: CaseRecord) -> tuple[dt.date, dt.date]:
    """The first and the last day of the publicity of a case that has reached it."""
    begin, end = case["publicity_from"], case["publicity_until"]
    # Set by the step that leads to this stage; without it the stage could not be.
    assert begin is not None
    assert end is not None
    return dt.date.fromisoformat(begin), last_day_of_publicity(dt.date.fromisoformat(end))


def held_households(county_round: CountyRound, user: ActingUser) -> list[str]:
    """The households that are on no public list though their publicity runs: by their corrected facts not below the line."""
    return [row["household_id"] for row in _publicised(county_round, user)[1]]


def _publicised(county_round: CountyRound, user: ActingUser) -> tuple[list[CaseRecord], list[CaseRecord]]:
    """The cases whose publicity runs: those to be listed, and those held back until somebody has decided."""
    rows = _of_round(county_round, user, {CaseStage.PUBLICISED})
    with user.reading() as connection:
        below = below_line_now(user, connection, rows)
    # Not known stays listed: held back is only who lies above the line by corrected facts (decision 0022).
    listed = [row for row in rows if below[row["id"]] is not False]
    return listed, [row for row in rows if below[row["id"]] is False]


def gather_entry_list(county_round: CountyRound, user: ActingUser, window: str) -> EntryList:
    """Every household that waits for a window, or was entered in it: nobody is left out (§2.1.3-c)."""
    entry_window = county_records.window(user, window)
    if entry_window is None:
        raise RefusedError(
            Words(f"录入窗口“{window}”：没有", f"entry window {window!r}: unknown", code="reports.entry-window-unknown")
        )
    # All at once: one query for each case would take as long as the county has cases.
    steps = county_records.case_steps(user)
    rows = [
        row for row in _of_round(county_round, user, {CaseStage.WAITING, CaseStage.ENTERED})
        if row["window_id"] in {None, entry_window["id"]}
    ]  # fmt: skip
    known = heads(
        user, county_round.round_name, county_round.county, [row["household_id"] for row in rows], "entry_list"
    )
    facts = _facts(county_round, rows)
    listed = tuple(
        _entry_row(county_round, row, known.get(row["household_id"], NOBODY), facts.get(row["household_id"], {}), steps)
        for row in rows
    )
    return EntryList(
        county_round.heading(),
        listed,
        dt.date.fromisoformat(entry_window["opens"]),
        dt.date.fromisoformat(entry_window["closes"]),
    )


def _entry_row(
    county_round: CountyRound,
    case: CaseRecord,
    head: Any,
    facts: dict[str, Any],
    steps: dict[tuple[int, str], CaseStepRecord],
) -> EntryRow:
    def action(name: str) -> ActionRecord:
        taken = steps[case["id"], name]
        return ActionRecord(taken["account"], dt.date.fromisoformat(taken["day"]))

    begin, end = _publicity(case)
    return EntryRow(
        place=county_round.place(case), household_id=case["household_id"], head_name=head.name, id_number=head.id_number,
        persons=facts.get("persons"), income_pc=facts.get("income_pc"), cause=facts.get("cause") or "",
        origin=ORIGINS[case["origin"]][0], verified=action("verify"), appraised=action("appraise"),
        publicised_from=begin, publicised_to=end,
        announced_on=dt.date.fromisoformat(steps[case["id"], "announce"]["day"]),
    )  # fmt: skip


def _of_round(county_round: CountyRound, user: ActingUser, stages: set[CaseStage]) -> list[CaseRecord]:
    """The cases of the county and round at these stages, by township and village."""
    listed = [
        row for row in cases(user)
        if row["county"] == county_round.county and row["round"] == county_round.round_name and CaseStage(row["stage"]) in stages
    ]  # fmt: skip
    # As it is read out in a village; the number of the case settles the rest.
    return sorted(listed, key=lambda row: (row["township"] or "", row["village"] or "", row["id"]))


def _facts(county_round: CountyRound, rows: list[CaseRecord]) -> dict[str, dict[str, Any]]:
    wanted = [row["household_id"] for row in rows]
    chosen = county_round.households.filter(pl.col("household_id").is_in(wanted)).select(
        "household_id", "persons", "income_pc", "cause"
    )
    return {row["household_id"]: row for row in chosen.to_dicts()}


def confirmed_fallen_back(county_round: CountyRound) -> set[str]:
    """The lifted households confirmed as fallen back in the round: announced, or further on their way (§2.1.3)."""
    if county_round.user is None:
        return set()
    beyond = {CaseStage.ANNOUNCED, CaseStage.WAITING, CaseStage.ENTERED}
    return {
        case["household_id"]
        for case in cases(county_round.user)
        if case["origin"] == "lifted"
        and case["round"] == county_round.round_name
        and CaseStage(case["stage"]) in beyond
    }
