"""The risk ledger from the register: the tier that stands filed, and the visit that was the last by its day."""

import datetime as dt
from io import BytesIO

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND, SEEN
from workbench.register.assessment import RISK
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.visits import VisitReport, adjust, visit
from workbench.reports.documents.wording import tier_mark
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.reports.ledgers.risk_ledger import risk_ledger


def ledger(office):
    return gather_risk_ledger(CountyRound(office.register.facts, ROUND, COUNTY, office.officer, NOW.date()))


def row_of(office, household):
    return next(row for row in ledger(office).rows if row.household_id == household["household_id"])


def printed(office, household):
    """The cells of a household in the file, by header."""
    rows = CalamineWorkbook.from_filelike(BytesIO(risk_ledger(ledger(office)))).get_sheet_by_index(0).to_python()
    header = next(row for row in rows if "备案等级" in row)
    return dict(zip(header, next(row for row in rows if household["household_id"] in row), strict=True))


def with_earlier_ledger(office, household, tier):
    """The facts as an earlier ledger brought them, with another tier filed."""
    facts = office.register.facts
    rows = pl.DataFrame(facts.read(ROUND, COUNTY))
    here = pl.col("household_id") == household["household_id"]
    changed = rows.with_columns(filed_tier=pl.when(here).then(tier).cast(pl.Int64))
    facts.write(ROUND, {COUNTY: changed.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(ROUND, COUNTY))


@pytest.mark.parametrize("earlier", [None, 1])
def test_a_household_under_adjustment_has_the_tier_that_stands_filed_and_its_list(office, earlier):
    household = office.households(rule="3")[0]
    if earlier is not None:
        with_earlier_ledger(office, household, earlier)
    take_through(office, household)
    number = file_list(office.officer, ROUND, COUNTY, RISK).number
    before = printed(office, household)
    report = VisitReport(household["household_id"], NOW.date(), "王某", SEEN)
    adjust(office.worker(household), ROUND, report, "家中有人患病", "诊断证明")
    row = row_of(office, household)
    assert (row.list_number, row.filed_on, row.tier) == (number, NOW.date(), 3)
    after = printed(office, household)
    assert after["备案等级"] == before["备案等级"] == tier_mark(3)
    assert after["县区备案（日期、清单编号）"] == before["县区备案（日期、清单编号）"]


def test_the_visit_is_the_latest_by_its_day_whichever_was_recorded_last(office):
    household = office.households()[0]
    for days, who in ((0, "王某"), (1, "李某")):
        report = VisitReport(household["household_id"], NOW.date() - dt.timedelta(days=days), who, SEEN)
        visit(office.worker(household), ROUND, [report])
    seen = row_of(office, household).visit
    assert (seen.on, seen.by) == (NOW.date(), "王某")
