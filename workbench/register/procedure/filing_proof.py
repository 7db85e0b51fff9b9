"""A filed list proved at any later time: computed again from the facts, figures and standard that were kept with it."""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select

from workbench.domain.parameters import TierParameters
from workbench.domain.procedure.roles import Right
from workbench.domain.rules.legal_readings import Reading, criteria_of
from workbench.errors import InputError, RefusedError, StoreError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import Rules, assess, rule_counts
from workbench.register.audit.log import AuditEvent
from workbench.register.db.procedure_tables import FiledRow, Filing
from workbench.register.db.rows import row_of, rows_of
from workbench.register.procedure import entries
from workbench.register.procedure.filed_facts import kept_facts
from workbench.register.procedure.filings import list_hash
from workbench.register.records import FiledHouseholdRecord, FilingRecord
from workbench.register.standards.lists import version

_FILING, _ROWS = Filing.__table__, FiledRow.__table__
_UNREADABLE = (InputError, ValueError, KeyError, TypeError, AttributeError)
"""What a kept text that somebody has changed by hand fails with when it is read as what it was."""


@dataclass(frozen=True)
class Proof:
    """Whether a filed list still is what it was filed as; `broken` says in words what is not.

    `counts`: `results` of the list, and `rules`: all households of the county by what the rules said, the preview's figures.
    """

    number: str
    households: int
    counts: dict[str, dict[str, int]]
    broken: list[Words]


def filed_rows(user: ActingUser, number: str) -> list[FiledHouseholdRecord]:
    """The rows of a filing that lie in the person's area, in their order."""
    filing = _one(user, number)
    query = select(_ROWS).where(_ROWS.c.filing_id == filing["id"]).order_by(_ROWS.c.position)
    with user.reading() as connection:
        rows = rows_of(connection, query, FiledHouseholdRecord)
    # A filing is a county's; a township or a village sees its own rows of it.
    area = user.person.area
    return [row for row in rows if area.holds(entries.area_of({**row, "county": filing["county"]}))]


def prove(user: ActingUser, number: str) -> Proof:
    """Compute a filed list again from the facts, figures and standard kept with it, and compare.

    Whatever is no longer the same, or can no longer be read, is named; nothing is changed.
    """
    filing = _one(user, number)
    with user.reading() as connection:
        query = select(_ROWS).where(_ROWS.c.filing_id == filing["id"]).order_by(_ROWS.c.position)
        rows = rows_of(connection, query, FiledHouseholdRecord)
        events = connection.execute(
            select(AuditEvent.details).where(AuditEvent.action == "filed", AuditEvent.subject == number)
        ).scalars().all()  # fmt: skip
    broken = [*_list_broken(filing, rows, events), *_rules_broken(user, filing, rows)]
    return Proof(number, len(rows), _counts(filing), broken)


def _list_broken(filing: FilingRecord, rows: Sequence[FiledHouseholdRecord], events: Sequence[str]) -> list[Words]:
    broken = []
    if list_hash(rows) != filing["list_hash"]:
        broken.append(
            Words("清单的内容与备案时的摘要不符", "the list is not that of its hash", code="register.list-not-of-hash")
        )
    # Exactly one event may have filed the list: none, or a second one, is as wrong as another hash.
    if [_hashes(event) for event in events] != [(filing["list_hash"], filing["facts_hash"], filing["rules_hash"])]:
        broken.append(
            Words(
                "留痕中的摘要与备案记录不符",
                "the chain of events tells of other hashes",
                code="register.events-of-other-hashes",
            )
        )
    return broken


def _hashes(event: str) -> tuple[str, str, str] | None:
    """The hashes of list, facts and rules in the details of an event; None where they cannot be read any more."""
    try:
        details = json.loads(event)
        return details["list"], details["facts"], details["rules"]
    except _UNREADABLE:
        return None


def _counts(filing: FilingRecord) -> dict[str, dict[str, int]]:
    """The counts that a list was filed with; empty where they cannot be read any more, which equals no list's."""
    try:
        counts = json.loads(filing["counts"])
        return {"rules": dict(counts["rules"]), "results": dict(counts["results"])}
    except _UNREADABLE:
        return {"rules": {}, "results": {}}


def _rules_broken(user: ActingUser, filing: FilingRecord, rows: Sequence[FiledHouseholdRecord]) -> list[Words]:
    """The rules over the facts kept: do they still say what the list says that they said?"""
    # A file or a text that is gone or changed is what a proof is to find, no reason for it to fail.
    try:
        # Of the facts as they were filed: those of today say nothing of the list.
        facts = kept_facts(user.register.facts.root, filing["facts_hash"])
        rules = _stored_rules(user, filing)
    except StoreError as error:
        return [error.words]
    # All households of the county, not only those filed: the counts of the preview are proved with the list.
    said = assess(facts, rules)
    assessed = dict(said.select("household_id", "rule").iter_rows())
    broken, counts = [], _counts(filing)
    wrong = [row["household_id"] for row in rows if assessed.get(row["household_id"]) != row["rule"]]
    if wrong:
        broken.append(Words(f"{len(wrong)} 户按留存的事实重算不同，如 {wrong[0]}",
                            f"{len(wrong)} households come out differently, e.g. {wrong[0]}", code="register.households-come-out-otherwise"))  # fmt: skip
    if rule_counts(said, filing["kind"]) != counts["rules"]:
        broken.append(
            Words(
                "按留存的事实重算，预览的数字不同",
                "the figures of the preview come out differently",
                code="register.figures-come-out-otherwise",
            )
        )
    if counts["results"] != dict(Counter(row["result"] for row in rows)):
        broken.append(
            Words(
                "清单的合计与备案时不同",
                "the list's totals are not those filed",
                code="register.totals-not-those-filed",
            )
        )
    return broken


def _stored_rules(user: ActingUser, filing: FilingRecord) -> Rules:
    """The rules as they were kept with the filing; raises StoreError where they are not those of their hashes."""
    applied = version(user, filing["standard_id"]) if filing["standard_id"] else None
    rules = None
    # In silence: whatever is wrong with them, they are not those that were filed, and that is what is said.
    with suppress(*_UNREADABLE):
        stored = json.loads(filing["rules"])
        # The titles of a reading are words for people: no rule and no hash depends on them.
        chosen = Reading(
            stored["reading"]["name"], "", "", "", stored["reading"]["tier_1"], stored["reading"]["tier_2"]
        )
        if criteria_of(chosen.tier_1) | criteria_of(chosen.tier_2):
            rules = Rules(filing["round"], filing["county"], TierParameters(**stored["parameters"]), chosen, applied)
    if rules is None or (rules.hash, rules.standard_hash) != (filing["rules_hash"], filing["standard_hash"]):
        raise StoreError(
            Words(
                "留存的规则或标准与摘要不符",
                "the rules or the standard kept are not those of their hashes",
                code="register.rules-standard-kept-not",
            )
        )
    return rules


def _one(user: ActingUser, number: str) -> FilingRecord:
    user.check_anywhere(Right.READ_REGISTER)
    query = select(_FILING).where(_FILING.c.number == number)
    with user.reading() as connection:
        filing = row_of(connection, query, FilingRecord)
    # The same answer for both: that another county has a list of this number is not for everybody.
    if filing is None or user.person.area.county not in (None, filing["county"]):
        raise RefusedError(
            Words(
                f"备案 {number}：本范围内没有", f"filing {number}: not in this area", code="register.filing-not-in-area"
            )
        )
    return filing
