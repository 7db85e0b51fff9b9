"""The risk ledger of a county and round, gathered (LA2019-15 §2.1.1-f)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from workbench.domain.assistance.measures import measures
from workbench.domain.procedure.roles import Right
from workbench.register import county_records
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.personal_data import NOBODY, Head, heads
from workbench.register.plans import running_measures
from workbench.reports.gathering.county import CountyRound, main_risk, shown_facts
from workbench.reports.records import ActionRecord, Adjustment, RiskLedger, RiskRow


def gather_risk_ledger(seen: CountyRound) -> RiskLedger:
    """Every lifted household of the area with its tier: as filed, else by the rules."""
    frame = seen.lifted
    records = RegisterRecords(seen, "risk", frame["household_id"].to_list())
    filed = seen.filed_results(seen.round)
    rows = tuple(_row(seen, records, filed, row) for row in frame.iter_rows(named=True))
    return RiskLedger(seen.heading("risk"), rows)


def _row(seen: CountyRound, records: "RegisterRecords", filed: Mapping[str, int], row: Mapping[str, Any]) -> RiskRow:
    household = row["household_id"]
    entry = records.entries.get(household, {})
    filing = records.filings.get(entry.get("filing_id") or 0, {})
    head = records.heads.get(household, NOBODY)
    return RiskRow(
        place=seen.place(row),
        household_id=household,
        head_name=head.name,
        id_number=head.id_number,
        facts=shown_facts(row),
        previous_tier=row["previous_tier"],
        tier=filed.get(household, row["filed_tier"] if row["filed_tier"] is not None else row["tier"]),
        adjustment=_adjustment(entry, seen_before=row["seen_before"]),
        reason=entry.get("reason") or "",
        main_risk=main_risk(row["criteria_true"]),
        visit=records.visits.get(household),
        proposal=records.actions.get((household, "propose")),
        review=records.actions.get((household, "agree")),
        list_number=filing.get("number", ""),
        filed_on=dt.date.fromisoformat(filing["at"][:10]) if filing else None,
        measures=tuple(measures()[name].zh for name in records.measures.get(household, ())),
        responsible=records.responsible.get(household, ""),
    )


def _adjustment(entry: Mapping[str, Any], *, seen_before: bool) -> Adjustment:
    if entry.get("adjustment"):
        return Adjustment.ANY_TIME
    return Adjustment.HALF_YEAR if seen_before else Adjustment.FIRST


class RegisterRecords:
    """What the register knows of the households of a ledger; empty where nobody in particular asks."""

    def __init__(self, seen: CountyRound, kind: str, households: list[str]) -> None:
        self.entries = seen.entries(kind)
        self.filings = seen.filings(kind)
        self.visits: dict[str, ActionRecord] = {}
        self.all_visits: dict[str, list[ActionRecord]] = {}
        self.actions: dict[tuple[str, str], ActionRecord] = {}
        self.measures: dict[str, list[str]] = {}
        self.responsible: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.heads: dict[str, Head] = {}
        if seen.user is not None:
            self._read(seen.user, seen)
            if Right.READ_PERSONAL in seen.user.person.role.rights:
                self.heads = heads(seen.user, seen.round, seen.county, households, f"{kind}_ledger")

    def _read(self, user: ActingUser, seen: CountyRound) -> None:
        with user.reading() as connection:
            self.names = county_records.account_names(connection)
            for row in county_records.visits(connection, seen.county, seen.round):
                action = ActionRecord(row["visitors"], dt.date.fromisoformat(row["day"]))
                self.all_visits.setdefault(row["household_id"], []).append(action)
                if row["round"] == seen.round:
                    self.visits[row["household_id"]] = action
            for each in county_records.entry_steps(connection, seen.round, seen.county):
                who = self.names.get(each["account"], each["account"])
                self.actions[each["household_id"], each["step"]] = ActionRecord(
                    who, dt.date.fromisoformat(each["at"][:10])
                )
            self.measures = running_measures(connection, seen.county)
            self.responsible = county_records.responsible_people(connection, seen.county)
