"""The breakdowns of a county's documents add up: every household is in one row and one part, also where no township is told."""

import polars as pl
import pytest

from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.register.assessment import RISK
from workbench.register.cases.cases import cases, step
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.filing import gather_filing
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.reports.gathering.summary import gather_summary
from workbench.reports.ledgers.summary import TIER_KEYS, total


@pytest.fixture
def seen(office):
    """A county where some households have no township, and one is confirmed as fallen back; with an acting user."""
    facts = office.register.facts
    poor = next(each for each in office.households(rule="3") if each["village"])
    office.visit(poor, income_pc=1000.0)
    propose(office.worker(poor), ROUND, poor["household_id"], "1", "收入低于标准")
    agree(office.reviewer(poor), ROUND, RISK, [poor["household_id"]])
    file_list(office.officer, ROUND, COUNTY, RISK)
    (case,) = cases(office.officer, household=poor["household_id"])
    for name in ("verify", "appraise", "publicise"):
        step(office.worker(poor), case["id"], name, NOW.date(), "情况属实")
    office.now = NOW.replace(day=20)
    step(office.reviewer(poor), case["id"], "announce", office.now.date(), "无异议")
    table = pl.DataFrame(facts.read(ROUND, COUNTY)).with_row_index()
    nowhere = (pl.col("index") % 7 == 3) & (pl.col("household_id") != poor["household_id"])
    changed = table.with_columns(
        pl.when(nowhere).then(None).otherwise(name).alias(name) for name in ("township", "village")
    )
    written = changed.drop("index").to_arrow(compat_level=pl.CompatLevel.oldest())
    facts.write(ROUND, {COUNTY: written}, facts.origin(ROUND, COUNTY))
    user = office.officer
    return CountyRound(facts, ROUND, COUNTY, user, user.today)


def test_parts_add_up_to_their_total_in_every_row_and_at_the_foot(seen):
    rows = gather_summary(seen).rows
    whole = total(rows, "", "")
    for row in (*rows, whole):
        assert row.lifted == sum((row.tiers[key] for key in TIER_KEYS), row.fallen_back)
    assert whole.fallen_back.households == 1
    assert whole.lifted.households == len(gather_risk_ledger(seen).rows) == len(seen.lifted)
    ledger = [row.tier_now for row in gather_risk_ledger(seen).rows]
    assert {tier: ledger.count(tier) for tier in (0, *TIER_KEYS)} == {
        0: whole.fallen_back.households, **{tier: whole.tiers[tier].households for tier in TIER_KEYS},
    }  # fmt: skip
    assert whole.lifted.persons == int(seen.lifted["persons"].sum())


def test_those_of_whom_no_township_is_told_have_a_row_of_their_own(seen):
    rows = gather_summary(seen).rows
    assert [row.township for row in rows].count("未注明") == 1
    (nowhere,) = [row for row in rows if row.township == "未注明"]
    assert nowhere.lifted.households == seen.lifted["township"].null_count() > 0


def test_the_filing_document_moves_every_household_once(seen):
    document = gather_filing(seen)
    assert sum(move.households for move in document.movements) == total(document.rows, "", "").lifted.households
    assert document.heading.list_number.endswith("风险-001")
