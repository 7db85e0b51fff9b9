"""Rows of the register as lists, pages and reports read them: the keys of each, and the types of its values.

A row is a plain dictionary, as JSON prints it, whose keys are checked. Days and times are text, as the tables have them.
"""

from typing import Any, TypedDict


class AccountRecord(TypedDict):
    """A row of the table `account`."""

    account: str
    name: str
    role: str
    county: str | None
    township: str | None
    village: str | None
    active: bool


class ListedAccount(AccountRecord):
    """An account as an administrator sees it; `password`: none, first (to be changed) or own."""

    password: str


class VisitRecord(TypedDict):
    """A row of the table `visit`."""

    id: int
    household_id: str
    round: str
    county: str
    township: str | None
    village: str | None
    day: str
    visitors: str
    account: str
    at: str
    withdrawn_at: str | None


class VisitWithFindings(VisitRecord):
    """A visit with what it found in each of the five domains: personal data."""

    findings: dict[str, str]


class EntryRecord(TypedDict):
    """A row of the table `entry`."""

    id: int
    kind: str
    household_id: str
    round: str
    county: str
    township: str | None
    village: str | None
    stage: str
    version: int
    changed_by: str
    changed_at: str
    rule: str | None
    proposal: str | None
    reason: str | None
    facts_hash: str | None
    rules_hash: str | None
    standard_hash: str | None
    adjustment: int
    filing_id: int | None


class EntryStepRecord(TypedDict):
    """A row of the table `entry_step`."""

    id: int
    entry_id: int
    step: str
    stage: str
    proposal: str | None
    reason: str | None
    account: str
    at: str


class _Filing(TypedDict):
    id: int
    number: str
    kind: str
    round: str
    county: str
    account: str
    at: str
    households: int
    list_hash: str
    facts_hash: str
    rules_hash: str
    standard_id: int | None
    standard_hash: str | None
    model: str | None


class FilingRecord(_Filing):
    """A row of the table `filing`: counts and rules as the JSON text that is filed."""

    counts: str
    rules: str


class ListedFiling(_Filing):
    """A filing as lists show it; `standard`: the title of the version that it was filed under, of edge households."""

    counts: dict[str, Any]
    rules: dict[str, Any]
    standard: str | None


class FiledHouseholdRecord(TypedDict):
    """A row of the table `filed_row`."""

    filing_id: int
    position: int
    entry_id: int
    household_id: str
    township: str | None
    village: str | None
    result: str
    rule: str
    reason: str | None
    adjustment: int


class _Standard(TypedDict):
    id: int
    county: str
    version: int
    state: str
    title: str
    text: str
    hash: str
    effective: str | None
    reason: str | None
    document: str | None
    drafted_by: str
    drafted_at: str
    submitted_by: str | None
    submitted_at: str | None
    approved_by: str | None
    approved_at: str | None
    for_round: str | None
    after_round: str | None


class StandardRecord(_Standard):
    """A row of the table `standard`: the preview of its submission as JSON text."""

    preview: str | None


class ListedStandard(_Standard):
    """A version as lists show it: `preview` the figures of its submission; `in_force`: today; `sent_back`: by, at, reason."""

    preview: dict[str, Any] | None
    in_force: bool
    sent_back: dict[str, str] | None


class EdgeHouseholdRecord(TypedDict):
    """A row of the table `edge_household`."""

    household_id: str
    county: str
    township: str | None
    village: str | None
    state: str
    version: int
    entered_round: str
    entered_on: str
    filing_id: int
    standard_id: int | None
    officer: str | None
    interval_days: int | None
    left_on: str | None
    left_round: str | None
    left_because: str | None


class ManagedHousehold(EdgeHouseholdRecord):
    """A household of the edge register with its visits: days `YYYY-MM-DD`; `interval` and `overdue` in days, `counted_from` the day that the interval begins."""

    last_visit: str | None
    counted_from: str
    interval: int
    next_visit: str
    overdue: int


class CaseRecord(TypedDict):
    """A row of the table `poverty_case`."""

    id: int
    household_id: str
    origin: str
    county: str
    township: str | None
    village: str | None
    round: str
    stage: str
    version: int
    opened_on: str
    publicity_from: str | None
    publicity_until: str | None
    window_id: int | None


class CaseStepRecord(TypedDict):
    """A row of the table `case_step`."""

    id: int
    case_id: int
    step: str
    stage: str
    day: str
    account: str
    at: str


class EntryWindowRecord(TypedDict):
    """A row of the table `entry_window`."""

    id: int
    name: str
    opens: str
    closes: str


class PlanRecord(TypedDict):
    """A row of the table `plan`."""

    household_id: str
    county: str
    township: str | None
    village: str | None
    version: int
    goal: str
    responsible: str
    made_on: str


class ListedPlan(PlanRecord):
    """A plan as lists show it; `running`: how many of its measures have not ended."""

    running: int


class PlanMeasureRecord(TypedDict):
    """A row of the table `plan_measure`."""

    id: int
    household_id: str
    member: int | None
    measure: str
    detail: str | None
    since: str
    until: str | None
    end_reason: str | None
    amount: int | None
    starts: str | None
    due: str | None
    link: str | None
    responsible: str | None


class PlanWithMeasures(PlanRecord):
    """A plan with all its measures, ended ones too."""

    measures: list[PlanMeasureRecord]


class PlanContent(TypedDict):
    """A plan as it was at a version."""

    goal: str
    responsible: str
    measures: list[PlanMeasureRecord]


class PlanVersionRecord(TypedDict):
    """A version of a plan; `account` and `at` None for what was there before versions were written."""

    household_id: str
    version: int
    account: str | None
    at: str | None
    reason: str | None
    content: PlanContent
