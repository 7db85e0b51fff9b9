"""What the lists of households say: those that hang in a village, that await entry, that go into the national system."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.reports.records import ActionRecord, Heading, Place


@dataclass(frozen=True)
class PublicRow:
    """A household on a public list: nothing that LA2019-15 §2.1.3-a's publicity does not need.

    No ID number, household number, phone, account, cause or health can be given here, by construction.
    `matter`: what is made public of it, e.g. 拟认定为返贫户.
    """

    township: str
    village: str
    group: str
    head_name: str
    persons: int | None
    matter: str


@dataclass(frozen=True)
class PublicList:
    """公示名单: for how long it hangs, and whom to tell of objections (an office, not a person)."""

    heading: Heading
    rows: tuple[PublicRow, ...]
    starts_on: dt.date
    ends_on: dt.date
    contact_office: str
    contact_phone: str


@dataclass(frozen=True)
class EntryRow:
    """A household that awaits entry in the national register, with the steps that it went through (§2.1.3-a, -b)."""

    place: Place
    household_id: str
    head_name: str
    id_number: str
    persons: int | None
    income_pc: float | None
    cause: str
    origin: str
    # None of the steps may be missing: nobody awaits entry before the last of them.
    verified: ActionRecord
    appraised: ActionRecord
    publicised_from: dt.date
    publicised_to: dt.date
    announced_on: dt.date
    remarks: str = ""


@dataclass(frozen=True)
class EntryList:
    """待录入名单: for the window in which the national system is open for changes (LA2019-15 §2.1.3-b)."""

    heading: Heading
    rows: tuple[EntryRow, ...]
    opens_on: dt.date
    closes_on: dt.date


@dataclass(frozen=True)
class NationalRow:
    """A member of a filed household. `person`: what was handed in of the member, as written; `entered_on`: an edge household's ISO day."""

    household_id: str
    person: Mapping[str, str]
    facts: Mapping[str, Any]
    kind: str
    entered_on: str | None = None


@dataclass(frozen=True)
class NationalList:
    """The filed households of one procedure (`kind`) as rows of persons; `without_facts`: those whom the round's facts lack."""

    heading: Heading
    kind: str
    rows: tuple[NationalRow, ...]
    without_facts: tuple[str, ...] = ()
