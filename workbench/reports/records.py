"""What the ledgers and documents are made from: frozen records, filled by whoever knows the register and the facts.

Columns follow the ledgers proposed for LA2019-15 §2.1.1-f, §2.1.3, §2.2-c and §4.3-a; the notice prescribes no form.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workbench.domain.procedure.trail_head import TrailHead

FactValue = str | int | float | bool | None
"""The value of a fact; None is "not known" and is printed as a blank, never as 0 or 否."""


class Adjustment(StrEnum):
    """Why a tier was set: for the first time, at a half-yearly round, or between rounds (LA2019-15 §2.1.2)."""

    FIRST = "首次"
    HALF_YEAR = "半年"
    ANY_TIME = "随时"


class EdgeStatus(StrEnum):
    """Where an edge household stands (LA2019-15 §2.2-c, -d)."""

    MANAGED = "在管"
    RISK_GONE = "风险消除"
    REGISTERED = "转建档立卡"
    CLOSED = "注销"


@dataclass(frozen=True)
class FiledList:
    """A filed list of the round: its number in the register, its day, its households, and the hash of its rows."""

    number: str
    filed_on: dt.date
    households: int
    digest: str


@dataclass(frozen=True)
class Heading:
    """What stands above and below every sheet. `title` None: the kind's own, with county and round.

    `unit`: who fills the form in (填报单位). `lists`: the filed lists that the sheet rests on, oldest first; `list_number`,
    `filed_on` and `digest` are those of the last of them, None before anything is filed.
    """

    county: str
    round: str
    unit: str
    made_by: str
    made_on: dt.date
    simulated: bool
    title: str | None = None
    list_number: str | None = None
    filed_on: dt.date | None = None
    digest: str | None = None
    lists: tuple[FiledList, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a household lives, by name; `group`: 村民组."""

    county: str
    township: str
    village: str
    group: str = ""


@dataclass(frozen=True)
class ActionRecord:
    """Something done: by whom, when, and in which words. `on` None: not yet, or not known."""

    by: str
    on: dt.date | None
    words: str = ""


@dataclass(frozen=True)
class RiskRow:
    """A lifted household in the risk ledger.

    `facts`: the household's facts of the round by the names of `domain.facts`; those that the ledger has a column
    for are shown. Tiers: 1, 2, 3, 0 (fallen back); `tier` None is undetermined, `previous_tier` None: none before.
    `fallen_back`: confirmed as fallen back in the round, whatever tier stands filed.
    """

    place: Place
    household_id: str
    head_name: str
    id_number: str
    facts: Mapping[str, FactValue]
    previous_tier: int | None
    tier: int | None
    adjustment: Adjustment
    reason: str = ""
    main_risk: str = ""
    visit: ActionRecord | None = None
    proposal: ActionRecord | None = None
    review: ActionRecord | None = None
    list_number: str = ""
    filed_on: dt.date | None = None
    measures: tuple[str, ...] = ()
    responsible: str = ""
    remarks: str = ""
    # Apart from the tier, which stays as it was filed: what came after changes no filed list.
    fallen_back: bool = False

    @property
    def tier_now(self) -> int | None:
        """The tier as the summary counts it: who is confirmed as fallen back is 0 and in no tier."""
        return 0 if self.fallen_back else self.tier


@dataclass(frozen=True)
class RiskLedger:
    """返贫风险台账 (LA2019-15 §2.1.1-f)."""

    heading: Heading
    rows: tuple[RiskRow, ...]


@dataclass(frozen=True)
class EdgeRow:
    """An edge household in the edge ledger. Key groups and cross-checks are read from `facts`.

    `income_from`, `income_to`: the months or days whose income was counted; `other_groups`: groups of the county's own.
    """

    place: Place
    household_id: str
    head_name: str
    id_number: str
    facts: Mapping[str, FactValue]
    status: EdgeStatus
    other_groups: tuple[str, ...] = ()
    income_from: dt.date | None = None
    income_to: dt.date | None = None
    # The one that brought it in, which need not be the one in force now.
    standard: str = ""
    main_risk: str = ""
    proposal: ActionRecord | None = None
    review: ActionRecord | None = None
    entered_on: dt.date | None = None
    changed_on: dt.date | None = None
    officer: str = ""
    visits: tuple[ActionRecord, ...] = ()
    measures: tuple[str, ...] = ()
    remarks: str = ""


@dataclass(frozen=True)
class EdgeLedger:
    """边缘户台账 (LA2019-15 §2.2-c)."""

    heading: Heading
    rows: tuple[EdgeRow, ...]


@dataclass(frozen=True)
class Tally:
    """A number of households and of the persons in them."""

    households: int = 0
    persons: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.households + other.households, self.persons + other.persons)


@dataclass(frozen=True)
class SummaryRow:
    """The figures of one township. `tiers`: by 1, 2, 3, None (undetermined), of the lifted households.

    `raised`: to a graver tier (3 → 2); `lowered`: to a lighter one; `below_line`: to a lighter one while the income lies below
    the line, counted apart as no risk has gone there. `edge`: those managed at the end of the round.
    `filed`: lifted households on filed lists of the round; None where that is not known.
    `by_group`: edge households by key group (vocabulary name; OWN_FLAGS: those in a group of the county's own, where its standard has any); `by_risk`: lifted households by main risk.
    """

    county: str
    township: str
    lifted: Tally
    tiers: Mapping[int | None, Tally]
    filed: int | None = None
    raised: int = 0
    lowered: int = 0
    below_line: int = 0
    any_time: int = 0
    fallen_back: Tally = Tally()
    edge: Tally = Tally()
    edge_new: int = 0
    edge_left: int = 0
    edge_registered: int = 0
    by_group: Mapping[str, int] = field(default_factory=dict)
    by_risk: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """汇总表: townships; the subtotals of counties and the total of the city are computed."""

    heading: Heading
    # Townships alone: a total that was handed over could differ from the sum of its rows.
    rows: tuple[SummaryRow, ...]


@dataclass(frozen=True)
class StandardInForce:
    """The county's edge-household standard as a filing cites it; `terms` in sentences an official can read."""

    title: str
    version: str
    effective: dt.date
    line: float
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Movement:
    """How many households went from one tier to another since the previous round. None: none before, or undetermined."""

    before: int | None
    after: int | None
    households: int


@dataclass(frozen=True)
class LetIn:
    """The households that the standard in force brings in by the facts: `managed` in the edge register, `decided` filed and kept out, the rest `open`."""

    managed: int
    decided: int
    open: int


@dataclass(frozen=True)
class FilingDocument:
    """备案: the county's document with its figures (LA2019-15 §2.1.1-b, §4.3-a).

    `heading.list_number` and `.filed_on` are the number and date of its filed list; its own number is the office's to give.
    `filed`: how many of the lifted households stand on filed lists of the round; None where that is not told.
    `changed_by`: households whose tier changed, by what changed (facts, rules or parameters, only data quality), in words of the caller. `undetermined_facts`: the facts still
    to be collected, by household count. `contact`: who answers questions, and the office's phone.
    `trail`: the head of the trail at the last filing. `under_way`: the county's cases that are not closed, by stage in words;
    `under_way_of`: the same by what the households were before. `screened`: the households on filed lists of those screened,
    whatever the result; None where that is not told. `filed_tiers`: lifted households on filed lists by the tier filed.
    `let_in`: the households that the standard brings in by the facts, by what became of them; None without a standard in force.
    """

    heading: Heading
    addressee: str
    previous_round: str | None
    rows: tuple[SummaryRow, ...]
    filed: int | None = None
    movements: tuple[Movement, ...] = ()
    changed_by: Mapping[str, int] = field(default_factory=dict)
    undetermined_facts: Mapping[str, int] = field(default_factory=dict)
    standard: StandardInForce | None = None
    reading: str = ""
    annexes: tuple[str, ...] = ()
    contact: str = ""
    copied_to: tuple[str, ...] = ()
    trail: TrailHead | None = None
    under_way: Mapping[str, int] = field(default_factory=dict)
    under_way_of: Mapping[str, int] = field(default_factory=dict)
    screened: int | None = None
    filed_tiers: Mapping[int, int] = field(default_factory=dict)
    let_in: LetIn | None = None
