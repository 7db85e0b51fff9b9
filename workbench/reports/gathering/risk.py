"""The risk ledger of a county and round, gathered (LA2019-15 §2.1.1-f)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from workbench.domain.assistance.measures import measures
from workbench.domain.procedure.workflow import EDGE_PROPOSALS, SENT_BACK, Stage, undone_by
from workbench.register import county_records
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.personal_data import NOBODY, Head, heads, may_read_names
from workbench.register.assessment import RISK
from workbench.register.assistance.plan_lists import running_measures
from workbench.register.records import EntryRecord
from workbench.reports.documents.wording import tier_name
from workbench.reports.gathering.cases import confirmed_fallen_back
from workbench.reports.gathering.changes import below_line, change_reason
from workbench.reports.gathering.county import CountyRound, main_risk, shown_facts
from workbench.reports.records import ActionRecord, Adjustment, RiskLedger, RiskRow


def gather_risk_ledger(county_round: CountyRound) -> RiskLedger:
    """Every lifted household of the area with its tier: as filed, else by the rules."""
    frame = county_round.lifted
    records = RegisterRecords(county_round, "risk", frame["household_id"].to_list())
    filed = county_round.filed_results(county_round.round_name)
    fallen, below = confirmed_fallen_back(county_round), below_line(county_round)
    rows = tuple(
        _row(
            county_round,
            records,
            filed,
            row,
            fallen_back=row["household_id"] in fallen,
            stage=below.get(row["household_id"]),
        )
        for row in frame.iter_rows(named=True)
    )
    return RiskLedger(county_round.heading("risk"), rows)


def _row(
    county_round: CountyRound, records: "RegisterRecords", filed: Mapping[str, int], row: Mapping[str, Any], *,
    fallen_back: bool, stage: str | None,
) -> RiskRow:  # fmt: skip
    """A row; `stage`: where its case stands, of a household whose income lies below the line."""
    household = row["household_id"]
    entry = records.entries.get(household)
    filing = records.filings.get(records.last_filings.get(household, 0))
    head = records.heads.get(household, NOBODY)
    # As the register filed it, else as an earlier ledger brought it (decision 0013), else by the rules.
    tier = filed.get(household, row["filed_tier"] if row["filed_tier"] is not None else row["tier"])
    # Of what is filed alone: the reason of a proposal that was returned, or is under way, is none of the tier that stands.
    said = (entry["reason"] if entry and entry["stage"] == Stage.FILED else None) or ""
    return RiskRow(
        place=county_round.place(row),
        household_id=household,
        head_name=head.name,
        id_number=head.id_number,
        facts=shown_facts(row),
        previous_tier=row["previous_tier"],
        tier=tier,
        fallen_back=fallen_back,
        adjustment=_adjustment(entry, seen_before=row["seen_before"]),
        reason=change_reason(row, 0 if fallen_back else tier, said) if county_round.previous_round else said,
        main_risk=main_risk(row["criteria_true"]),
        visit=records.visits.get(household),
        proposal=records.actions.get((household, "propose")),
        review=records.actions.get((household, "agree")),
        list_number=filing["number"] if filing else "",
        filed_on=dt.date.fromisoformat(filing["at"][:10]) if filing else None,
        measures=tuple(measures()[name].zh for name in records.measures.get(household, ())),
        responsible=records.responsible.get(household, ""),
        remarks=f"收入低于扶贫标准，返贫认定程序{stage}" if stage else "",
    )


def _adjustment(entry: EntryRecord | None, *, seen_before: bool) -> Adjustment:
    if entry and entry["adjustment"]:
        return Adjustment.ANY_TIME
    return Adjustment.HALF_YEAR if seen_before else Adjustment.FIRST


def _opinion(kind: str, step: county_records.StepTaken) -> str:
    """What a village proposed or a township decided, in words: a day and a name are no opinion."""
    if step["step"] == "agree":
        return "审核通过"
    if step["step"] != "propose" or not step["proposal"]:
        return ""
    return f"建议{tier_name(int(step['proposal'])) if kind == RISK else EDGE_PROPOSALS[step['proposal']][0]}"


class RegisterRecords:
    """What the register knows of the households of a ledger; empty where nobody in particular asks."""

    def __init__(self, county_round: CountyRound, kind: str, households: list[str]) -> None:
        self.entries = county_round.entries(kind)
        self.filings = county_round.filings(kind)
        self.last_filings: dict[str, int] = {}
        self.visits: dict[str, ActionRecord] = {}
        self.all_visits: dict[str, list[ActionRecord]] = {}
        self.actions: dict[tuple[str, str], ActionRecord] = {}
        self.measures: dict[str, list[str]] = {}
        self.responsible: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.heads: dict[str, Head] = {}
        if county_round.user is not None:
            self._read(county_round.user, county_round, kind)
            # Who may not read names gets the ledger without them, and no reading is recorded.
            if may_read_names(county_round.user):
                self.heads = heads(
                    county_round.user, county_round.round_name, county_round.county, households, f"{kind}_ledger"
                )

    def _read(self, user: ActingUser, county_round: CountyRound, kind: str) -> None:
        self.names = county_records.account_names(user)
        self.last_filings = county_records.last_filings(user, county_round.round_name, county_round.county, kind)
        for row in county_records.visits(user, county_round.county, county_round.round_name):
            action = ActionRecord(row["visitors"], dt.date.fromisoformat(row["day"]))
            self.all_visits.setdefault(row["household_id"], []).append(action)
            if row["round"] == county_round.round_name:
                # By its day: a visit may be recorded after a later one. Of one day the one recorded last.
                latest = self.visits.get(row["household_id"], action)
                self.visits[row["household_id"]] = max(latest, action, key=lambda visit: (visit.on, visit is action))
        for each in county_records.entry_steps(user, county_round.round_name, county_round.county):
            household = each["household_id"]
            if undone := undone_by(each["step"]):  # a review or proposal withdrawn is none
                self.actions.pop((household, undone), None)
            if each["step"] in SENT_BACK:  # nor is one that was sent back
                for step in ("propose", "agree"):
                    self.actions.pop((household, step), None)
            who = self.names.get(each["account"], each["account"])
            words = _opinion(kind, each) if each["kind"] == kind else ""
            self.actions[household, each["step"]] = ActionRecord(who, dt.date.fromisoformat(each["at"][:10]), words)
        self.measures = running_measures(user, county_round.county)
        self.responsible = county_records.responsible_people(user, county_round.county)
