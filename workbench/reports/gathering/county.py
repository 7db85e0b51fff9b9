"""A county in a round as its reports see it: facts, what the rules say, and what the register holds, if there is one.

Without an account a report shows facts and rules only: no step of the procedure, no personal data.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from workbench.domain.facts import FACTS, OWN_FLAGS
from workbench.domain.parameters import county_names
from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.trail_head import TrailHead
from workbench.domain.rules.criteria import BIT, CRITERION
from workbench.domain.rules.round_rules import LIFTED, apply_rules, rules_of_round
from workbench.domain.rules.tiers import TIER_FACTS
from workbench.register import county_records
from workbench.register.access.acting_user import ActingUser
from workbench.register.procedure.filings import KINDS, filings
from workbench.register.records import EntryRecord, ListedFiling
from workbench.register.unit_of_work.fact_import import filed_tiers
from workbench.reports.records import FiledList, Heading, Place
from workbench.store.round_scope import RoundScope

_SHOWN = [fact.name for fact in FACTS if fact.name != "round"]
_READ = (*_SHOWN, *TIER_FACTS, OWN_FLAGS)


@dataclass(frozen=True)
class CountyRound(RoundScope):
    """One county in a round; `user` None: nobody in particular asks, and no decision of a household is read.

    `register`: the URL of a register outside the store, for the standard in force where nobody acts.
    """

    county: str = field()  # a report is of one county: without this, it would be the optional one of the scope
    user: ActingUser | None
    today: dt.date
    register: str | None = None

    def __post_init__(self) -> None:
        if self.user is not None:
            # Before anything is read: of another county a report is refused, not empty.
            self.user.check_part_of(Right.READ_REGISTER, self.county)

    @property
    def name(self) -> str:
        """The county's name, or its code where it is a region of data from elsewhere."""
        return county_names(self.county)[0]

    @cached_property
    def previous_round(self) -> str | None:
        """The county's stored round before."""
        return self.store.previous_round(self.round_name, self.county)

    @cached_property
    def households(self) -> pl.DataFrame:
        """All facts of the county with those of the round before; of the person's area only."""
        rows = self.facts_with_previous(_READ)
        for column, part in zip(("township", "village"), self._area.parts[1:], strict=True):
            rows = rows if part is None else rows.filter(pl.col(column) == part)
        return rows.sort("township", "village", "household_id", nulls_last=True)

    @cached_property
    def lifted(self) -> pl.DataFrame:
        """Lifted households with `tier` and `criteria_true` by the rules, and `previous_tier`: filed, else by the rules then.

        `criteria_before`, `unknown_before`: the criteria that held in the round before, and those of which it could not be
        told; null of a household that was no lifted one then.
        """
        assessed = apply_rules(self.households, rules_of_round(self.round_name)).lifted
        if self.previous_round is None:
            bits = pl.lit(None, assessed.schema["criteria_true"])
            return assessed.with_columns(
                previous_tier=pl.lit(None, pl.Int64), criteria_before=bits, unknown_before=bits
            )
        return assessed.join(self._tiers_before, on="household_id", how="left", maintain_order="left")

    @cached_property
    def _tiers_before(self) -> pl.DataFrame:
        before = str(self.previous_round)
        rows = self.in_round(before).facts_with_previous(["household_id", "kind", "filed_tier", *TIER_FACTS])
        # A number that stands twice cannot be followed and has no tier before.
        alone = rows.filter((pl.col("kind") == LIFTED) & ~pl.col("household_id").is_duplicated())
        assessed = apply_rules(alone, rules_of_round(before)).lifted
        filed = pl.DataFrame(
            list(self.filed_results(before).items()),
            schema={"household_id": pl.String, "result": pl.Int64},
            orient="row",
        )
        joined = assessed.join(filed, on="household_id", how="left")
        # As the register filed it, else as an earlier ledger brought it (decision 0013), else by the rules.
        return joined.select(
            "household_id",
            previous_tier=pl.coalesce("result", "filed_tier", "tier"),
            criteria_before=pl.col("criteria_true"),
            unknown_before=pl.col("criteria_unknown"),
        )

    def filed_results(self, round_name: str) -> dict[str, int]:
        """The tier that the register has filed of each lifted household in a round, the last where it was adjusted."""
        if self.user is None:
            return {}
        with self.user.reading() as connection:
            return filed_tiers(connection, round_name, self.county)

    def entries(self, kind: str) -> dict[str, EntryRecord]:
        """Return the register's entries of the round, by household."""
        if self.user is None:
            return {}
        rows = county_records.entries(self.user, self.round_name, self.county, kind)
        return {row["household_id"]: row for row in rows}

    def filings(self, kind: str) -> dict[int, ListedFiling]:
        """Return the filings of the round, by id, oldest first."""
        if self.user is None:
            return {}
        return {row["id"]: row for row in filings(self.user, self.round_name, self.county, kind)}

    def heading(self, *kinds: str) -> Heading:
        """What stands above a report; `kinds`: with every filed list of these, and the number and hash of the first kind's last."""
        by_kind = [list(self.filings(kind).values()) for kind in kinds]
        lists = tuple(
            FiledList(row["number"], dt.date.fromisoformat(row["at"][:10]), row["households"], row["list_hash"])
            for filed in by_kind
            for row in filed
        )
        last = next((filed[-1] for filed in by_kind if filed), None)
        return Heading(
            county=self.name,
            round=self.round_name,
            unit=f"{self.name}扶贫开发领导小组",
            made_by=self.user.name if self.user else "",
            made_on=self.today,
            simulated=self.simulated,
            list_number=last["number"] if last else None,
            filed_on=max((each.filed_on for each in lists), default=None),
            digest=last["list_hash"] if last else None,
            lists=lists,
        )

    def trail_head(self) -> TrailHead | None:
        """The event of the round's last filing of either kind; None before there is one."""
        numbers = [row["number"] for kind in KINDS for row in self.filings(kind).values()]
        if self.user is None or not numbers:
            return None
        return county_records.last_filed_event(self.user, numbers)

    def place(self, row: Mapping[str, Any]) -> Place:
        """Where a household lives."""
        return Place(self.name, row["township"] or "", row["village"] or "")

    @property
    def _area(self) -> Area:
        return self.user.person.area if self.user else Area(self.county)


def main_risk(criteria_true: int | None) -> str:
    """Return the criteria that hold, in words; the graver clause first."""
    return "；".join(criteria_words(criteria_true))


def criteria_words(bits: int | None) -> list[str]:
    """Return the criteria of a trace in words, the graver clause first."""
    return [CRITERION[name].zh for name, bit in BIT.items() if (bits or 0) & bit]


def shown_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a household among the columns of a frame."""
    return {name: row[name] for name in _SHOWN if name in row}
