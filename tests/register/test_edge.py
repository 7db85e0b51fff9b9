"""The edge register: screened, entered, visited at intervals, left with a reason."""

import datetime as dt

import polars as pl
import pyarrow as pa
import pytest

from tests.register.conftest import COUNTY, NOW, ROUND, SEEN
from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS, OWN_FLAGS
from workbench.errors import RefusedError
from workbench.register.assessment import EDGE
from workbench.register.edge_register import assign, edge_households, screening
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose, propose_all
from workbench.register.procedure.reviews import agree
from workbench.register.procedure.visits import VisitReport, adjust
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import gather_edge_ledger
from workbench.reports.gathering.filing import gather_filing
from workbench.reports.gathering.summary import summary_rows
from workbench.store.schema import Origin


@pytest.fixture
def entered(office):
    """A household in the edge register."""
    office.set_standard()
    household = office.households("unregistered", "in")[0]
    office.visit(household)
    propose_all(office.worker(household), ROUND, EDGE)
    agree(office.reviewer(household), ROUND, EDGE, [household["household_id"]])
    file_list(office.officer, ROUND, COUNTY, EDGE)
    return household


def test_the_screening_list_has_the_key_groups_and_those_of_whom_it_cannot_be_told(office):
    result = screening(office.officer, ROUND, COUNTY)
    facts = pl.DataFrame(office.register.facts.read(ROUND, COUNTY)).filter(pl.col("kind") == "unregistered")
    groups = facts.select(pl.concat_list(KEY_GROUPS)).to_series().to_list()
    listed = {
        name for name, values in zip(facts["household_id"], groups, strict=True)
        if any(values) or any(value is None for value in values)
    }  # fmt: skip
    assert set(result["household_id"]) == listed
    assert result["in_group"].null_count() < len(result)


def test_a_village_screens_its_own(office):
    household = office.assessed("unregistered").to_dicts()[0]
    result = screening(office.worker(household), ROUND, COUNTY)
    assert set(result["village"]) <= {household["village"]}
    with pytest.raises(RefusedError, match="不在其中"):
        screening(office.worker(household), ROUND, "341522")


def test_a_household_enters_with_the_filing_and_the_standard_that_it_entered_under(office, entered):
    (row,) = edge_households(office.officer)
    assert (row["household_id"], row["entered_round"], row["entered_on"]) == (
        entered["household_id"],
        ROUND,
        "2019-10-08",
    )
    assert row["standard_id"]


def test_visits_fall_due_at_the_interval_and_are_overdue_after_it(office, entered):
    worker = office.worker(entered).person.account
    assign(office.officer, [entered["household_id"]], worker, 30)
    (row,) = edge_households(office.officer)
    assert (row["officer"], row["next_visit"], row["overdue"]) == (worker, "2019-11-07", 0)
    assert row["counted_from"] == "2019-10-08"
    late = office.acting_user("officer", office.now + dt.timedelta(days=33))
    (row,) = edge_households(late, overdue_only=True)
    assert row["overdue"] == 3
    assert edge_households(office.officer, overdue_only=True) == []


def test_an_officer_is_somebody_whose_area_holds_the_household(office, entered):
    other = next(each for each in office.households() if each["village"] != entered["village"])
    with pytest.raises(RefusedError, match="不在其中"):
        assign(office.officer, [entered["household_id"]], office.worker(other).person.account)
    with pytest.raises(RefusedError, match="没有这一账号"):
        assign(office.officer, [entered["household_id"]], "nobody")


def test_a_household_leaves_by_the_same_steps_with_its_reason(office, entered):
    report = VisitReport(entered["household_id"], NOW.date(), "王某", SEEN, {"income_pc": 20_000.0})
    adjust(office.worker(entered), ROUND, report, "就业稳定", "工资流水")
    worker = office.worker(entered)
    with pytest.raises(RefusedError, match="理由"):
        propose(worker, ROUND, entered["household_id"], "leave_risk_gone")
    propose(worker, ROUND, entered["household_id"], "leave_risk_gone", "连续两期收入稳定")
    agree(office.reviewer(entered), ROUND, EDGE)
    file_list(office.officer, ROUND, COUNTY, EDGE)
    assert edge_households(office.officer) == []
    (row,) = edge_households(office.officer, state="left")
    assert (row["left_because"], row["left_on"]) == ("risk_gone", "2019-10-08")


@pytest.mark.parametrize(("proposal", "parts"), [("leave_risk_gone", (1, 0)), ("leave_registered", (0, 1))])
def test_whoever_left_is_counted_once_in_the_countys_documents(office, entered, proposal, parts):
    report = VisitReport(entered["household_id"], NOW.date(), "王某", SEEN, {"income_pc": 20_000.0})
    adjust(office.worker(entered), ROUND, report, "就业稳定", "工资流水")
    propose(office.worker(entered), ROUND, entered["household_id"], proposal, "已核实")
    agree(office.reviewer(entered), ROUND, EDGE)
    file_list(office.officer, ROUND, COUNTY, EDGE)
    rows = summary_rows(CountyRound(office.register.facts, ROUND, COUNTY, office.officer, NOW.date()))
    assert (sum(row.edge_left for row in rows), sum(row.edge_registered for row in rows)) == parts
    # It came in this round: what came less what went is what is managed now.
    assert sum(row.edge_new for row in rows) - sum(parts) == sum(row.edge.households for row in rows) == 0


def test_a_batch_lets_nobody_leave_whom_the_rules_no_longer_bring_in(office, entered):
    report = VisitReport(entered["household_id"], NOW.date(), "王某", SEEN, {"income_pc": 20_000.0})
    adjust(office.worker(entered), ROUND, report, "就业稳定", "工资流水")
    batch = propose_all(office.worker(entered), ROUND, EDGE)
    assert batch.done == []
    assert "由人上报" in batch.skipped[0].why.zh


@pytest.mark.parametrize("proposal", ["keep", "leave_moved", "2", "在管"])
def test_what_cannot_be_proposed_for_a_household_outside_the_register_is_refused(office, proposal):
    office.set_standard()
    household = office.households("unregistered", "in")[0]
    office.visit(household)
    with pytest.raises(RefusedError, match="不在边缘户台账中"):
        propose(office.worker(household), ROUND, household["household_id"], proposal, "理由")


def test_without_a_standard_in_force_nobody_is_proposed(office):
    household = office.assessed("unregistered").filter(~pl.col("below_line")).to_dicts()[0]
    office.visit(household)
    with pytest.raises(RefusedError, match="没有现行边缘户标准"):
        propose(office.worker(household), ROUND, household["household_id"], "enter", "理由")


@pytest.fixture
def remote(office):
    """A household in no group of the eight and in one of the county's own, which the county's standard then declares."""
    facts = office.register.facts
    table = facts.read(ROUND, COUNTY)
    free = pl.DataFrame(table).filter(
        pl.col("kind") == "unregistered", pl.col("income_pc") > 3_300, pl.col("income_pc") < 4_800, pl.col("household_id").is_unique(),
        ~pl.any_horizontal(pl.col(name).fill_null(value=True) for name in (*KEY_GROUPS, *CROSS_CHECKS)),
    )  # fmt: skip
    chosen = free["household_id"][0]
    flags = pa.array([number == chosen for number in table["household_id"].to_pylist()])
    facts.write(ROUND, {COUNTY: table.append_column("x_remote", flags)}, Origin(simulated=True))
    office.set_standard(own_groups={"x_remote": "偏远户"}, groups=["x_remote"], require_group=True)
    return chosen


def test_a_group_of_the_countys_own_goes_the_whole_way_of_the_eight(office, remote):
    assert remote in set(screening(office.officer, ROUND, COUNTY).filter("x_remote")["household_id"])
    (household,) = [each for each in office.households("unregistered", "in") if each["household_id"] == remote]
    office.visit(household)
    propose_all(office.worker(household), ROUND, EDGE)
    agree(office.reviewer(household), ROUND, EDGE, [remote])
    number = file_list(office.officer, ROUND, COUNTY, EDGE).number
    assert remote in [row["household_id"] for row in edge_households(office.officer)]
    assert prove(office.officer, number).broken == []
    seen = CountyRound(office.register.facts, ROUND, COUNTY, office.officer, NOW.date())
    (row,) = [row for row in gather_edge_ledger(seen).rows if row.household_id == remote]
    assert row.other_groups == ("偏远户",)
    assert sum(row.by_group.get(OWN_FLAGS, 0) for row in summary_rows(seen)) == len(edge_households(office.officer))
    assert any("偏远户" in term for term in gather_filing(seen).standard.terms)
