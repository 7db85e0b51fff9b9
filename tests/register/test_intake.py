"""Facts taken in beside a register: what it filed stands, what visits corrected stays, and a ledger taken in again changes nothing."""

import polars as pl
import pytest

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.intake.export import read_export
from workbench.intake.findings.result import IntakeResult
from workbench.register.assessment import RISK
from workbench.register.audit.log import AuditEvent
from workbench.register.cases.cases import cases
from workbench.register.db.procedure_tables import Correction
from workbench.register.procedure.filings import file_list
from workbench.register.unit_of_work.fact_import import take_in_with_lock
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.reports.ledgers.risk_ledger import risk_ledger
from workbench.store.schema import Origin


@pytest.fixture
def filed(office):
    """Two households filed, one with a correction."""
    households = office.households(rule="3")[:2]
    office.visit(households[0], land_mu=12.5)
    for household in households[1:]:
        take_through(office, household)
    file_list(office.officer, ROUND, COUNTY, RISK)
    return households


def ledger(office, path):
    county_round = CountyRound(office.register.facts, ROUND, COUNTY, office.officer, NOW.date())
    path.write_bytes(risk_ledger(gather_risk_ledger(county_round)))
    return read_export(path, round_name=ROUND, county=COUNTY)


def taken(office, *results):
    return take_in_with_lock(
        office.register, "shell:x", NOW, ROUND, list(results), Origin(details={"files": ["台账.xlsx"]})
    )


@pytest.mark.usefixtures("filed")
def test_a_ledger_exported_and_taken_in_again_changes_nothing(office, tmp_path):
    before = pl.DataFrame(office.register.facts.read(ROUND, COUNTY))
    result = ledger(office, tmp_path / "台账.xlsx")
    assert pl.DataFrame(result.facts[COUNTY])["filed_tier"].drop_nulls().len() == 1
    changed, stored = taken(office, result)
    assert changed.counties == ()
    assert pl.DataFrame(office.register.facts.read(ROUND, COUNTY)).equals(before)
    assert stored[0].notes == result.notes


@pytest.mark.usefixtures("filed")
def test_a_ledger_that_says_another_tier_than_was_filed_is_noted_and_the_register_stands(office, tmp_path):
    result = ledger(office, tmp_path / "台账.xlsx")
    table = pl.DataFrame(result.facts[COUNTY]).with_columns(filed_tier=pl.col("filed_tier") - 1)
    result.facts[COUNTY] = table.to_arrow(compat_level=pl.CompatLevel.oldest())
    changed, stored = taken(office, result)
    assert changed.counties == ()
    assert "以登记为准" in stored[0].notes[-1].zh


def test_a_correction_outlives_an_export_that_still_has_the_old_value(office, filed):
    facts = office.register.facts
    corrected = filed[0]["household_id"]
    old = pl.DataFrame(facts.read(ROUND, COUNTY))
    export = old.with_columns(
        land_mu=pl.when(pl.col("household_id") == corrected).then(_before(office, corrected)).otherwise("land_mu"),
        water=pl.lit(1, pl.Int64),
    )
    changed, _ = taken(office, _result(export))
    assert changed.counties == (COUNTY,)
    now = facts.household(ROUND, corrected, COUNTY)
    assert (now["land_mu"], now["water"]) == (12.5, 1)
    with office.register.engine.connect() as connection:
        recorded = connection.execute(AuditEvent.__table__.select().where(AuditEvent.action == "facts_taken_in")).all()
    assert [event.account for event in recorded] == ["shell:x"]


def test_a_newer_value_of_an_export_stands(office, filed):
    corrected = filed[0]["household_id"]
    export = pl.DataFrame(office.register.facts.read(ROUND, COUNTY)).with_columns(
        land_mu=pl.when(pl.col("household_id") == corrected).then(99.0).otherwise("land_mu")
    )
    taken(office, _result(export))
    assert office.register.facts.household(ROUND, corrected, COUNTY)["land_mu"] == 99.0


def _before(office, household):
    with office.register.engine.connect() as connection:
        rows = connection.execute(Correction.__table__.select().where(Correction.household_id == household)).all()
    return pl.lit(float(rows[0].before), pl.Float64)


def _result(table):
    arrow = table.drop("round", "county_code").to_arrow(compat_level=pl.CompatLevel.oldest())
    return IntakeResult("x", {COUNTY: arrow}, {}, len(table), None, 0, (), (), (), simulated=True)


@pytest.mark.parametrize(("round_name", "opened"), [(ROUND, 1), ("2019-05", 0)])
def test_facts_that_show_a_household_below_the_line_open_its_case_unless_they_are_of_an_earlier_round(
    office, round_name, opened
):
    office.set_standard()
    household = office.households("unregistered", "out")[0]["household_id"]
    facts = pl.DataFrame(office.register.facts.read(round_name, COUNTY))
    poorer = facts.with_columns(
        income_pc=pl.when(pl.col("household_id") == household).then(900.0).otherwise("income_pc")
    )
    results, origin = [_result(poorer)], Origin(simulated=True)
    changed, _ = take_in_with_lock(office.register, "shell:x", NOW, round_name, results, origin)
    assert changed.counties == (COUNTY,)
    assert len(cases(office.officer, household=household)) == opened
