"""Rows of the register that are joined from several of its tables, or decoded: as `register.records`, with the keys of each."""

from typing import Any, TypedDict

from workbench.register.records import (
    CaseRecord,
    EntryRecord,
    EntryStepRecord,
    ManagedHousehold,
    PlanMeasureRecord,
    VisitRecord,
)


class StepOfEntry(EntryStepRecord):
    """A step with the round and the procedure of its entry."""

    round: str
    kind: str


class StepOfHousehold(EntryStepRecord):
    """A step with the household and the procedure of its entry."""

    household_id: str
    kind: str


class FiledResult(TypedDict):
    """What was filed of a household: the filing's number, round and procedure, the place in its list."""

    number: str
    round: str
    kind: str
    result: str
    position: int
    adjustment: int


class HouseholdHistory(TypedDict):
    """Everything that the register holds of a household; `next_step`: of its case that runs, by language."""

    household_id: str
    entries: list[EntryRecord]
    steps: list[StepOfEntry]
    filings: list[FiledResult]
    visits: list[VisitRecord]
    edge: list[ManagedHousehold]
    cases: list[CaseRecord]
    next_step: dict[str, str] | None


class MeasureOfPlan(PlanMeasureRecord):
    """A measure with the place of its plan."""

    county: str
    township: str | None
    village: str | None


class LastEvent(TypedDict):
    """An audit event with its details as they were before they became text."""

    number: int
    at: str
    account: str
    action: str
    subject: str
    details: dict[str, Any]
    previous: str
    hash: str


class ProcedureFigure(TypedDict):
    """A figure of the procedure with the county's value of a day, the default, its source and its clause."""

    name: str
    zh: str
    en: str
    unit: str
    clause: str
    value: int
    default: int
    verified: bool
    reference: str
