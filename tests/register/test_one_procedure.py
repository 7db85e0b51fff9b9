"""One procedure a household: below the line it is the case's, and above it nobody is published or announced undecided."""

import datetime as dt

import pytest

from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.domain.procedure.cases import CaseStage
from workbench.domain.procedure.workflow import Stage
from workbench.errors import RefusedError
from workbench.register.assessment import EDGE
from workbench.register.cases.cases import add_window, cases, step
from workbench.register.household_history import history
from workbench.register.procedure.proposals import propose, propose_all
from workbench.register.unit_of_work.closing import close
from workbench.register.unit_of_work.county_closing import unfinished
from workbench.register.worklists.case_tasks import Later
from workbench.register.worklists.progress import waiting
from workbench.reports.gathering.cases import gather_public_list, held_households
from workbench.reports.gathering.county import CountyRound

DAY = NOW.date()


@pytest.fixture
def poor(office):
    """A visited unregistered household below the line, with its case; the county has a standard."""
    office.set_standard()
    household = next(each for each in office.households("unregistered", "below_line") if each["village"])
    office.visit(household)
    (case,) = cases(office.officer, household=household["household_id"])
    office.reviewer(household)
    return household, case["id"]


def moved(office, poor, *steps):
    household, number = poor
    worker = office.worker(household)
    for name in steps:
        step(worker, number, name, DAY, "情况属实")
    return worker


def listed(office):
    county_round = CountyRound(office.register.facts, ROUND, COUNTY, office.officer, DAY)
    return gather_public_list(county_round, office.officer, "县扶贫办", "0564-7356000")


def test_corrected_above_the_line_it_is_not_published_and_who_decides_is_named(office, poor):
    household, number = poor
    worker = moved(office, poor, "verify", "appraise")
    office.visit(household, income_pc=20_000.0)
    with pytest.raises(RefusedError) as refused:
        step(worker, number, "publicise", DAY, "公示")
    name = office.reviewer(household).name
    assert f"乡镇审核人（{name}）决定" in refused.value.words.zh
    assert f"this is for the township reviewer ({name})" in refused.value.words.en
    # Persons, not accounts: nobody knows a colleague by an account's name.
    assert office.reviewer(household).person.account not in refused.value.words.zh + refused.value.words.en
    (case,) = cases(office.officer, household=household["household_id"])
    assert (case["stage"], case["publicity_from"]) == ("appraised", None)
    assert step(office.reviewer(household), number, "dismiss", DAY, "收入登记有误") is CaseStage.DISMISSED


def test_corrected_while_it_is_published_it_is_taken_off_the_list_and_not_announced(office, poor):
    household, number = poor
    moved(office, poor, "verify", "appraise", "publicise")
    assert len(listed(office).rows) == 1
    office.visit(household, income_pc=20_000.0)
    with pytest.raises(RefusedError, match="没有公示中的户"):
        listed(office)
    later = office.now + dt.timedelta(days=9)
    reviewer = office.acting_user(office.reviewer(household).person.account, later)
    with pytest.raises(RefusedError, match="不公示、不公告"):
        step(reviewer, number, "announce", later.date(), "无异议")
    office.visit(household, income_pc=1000.0)  # put right again: it goes on
    assert step(reviewer, number, "announce", later.date(), "无异议") is CaseStage.ANNOUNCED


def test_the_public_list_holds_the_others_and_says_who_is_not_on_it(office, poor):
    other = next(
        each
        for each in office.households("unregistered", "below_line")
        if each["village"] and each["household_id"] != poor[0]["household_id"]
    )
    office.visit(other)
    (case,) = cases(office.officer, household=other["household_id"])
    moved(office, poor, "verify", "appraise", "publicise")
    moved(office, (other, case["id"]), "verify", "appraise", "publicise")
    office.visit(poor[0], income_pc=20_000.0)
    result = listed(office)
    county_round = CountyRound(office.register.facts, ROUND, COUNTY, office.officer, DAY)
    assert (len(result.rows), held_households(county_round, office.officer)) == (1, [poor[0]["household_id"]])


@pytest.mark.parametrize("proposal", ["enter", "stay_out"])
def test_below_the_line_a_proposal_as_edge_household_is_refused_and_the_next_step_named(office, poor, proposal):
    household, number = poor
    worker = office.worker(household)
    with pytest.raises(RefusedError, match=f"案 {number} 待核实；下一步：调查核实.*村级工作人员（.*{worker.name}"):
        propose(worker, ROUND, household["household_id"], proposal, "理由")
    moved(office, poor, "verify")
    with pytest.raises(RefusedError, match="下一步：民主评议"):
        propose(worker, ROUND, household["household_id"], proposal, "理由")


def test_the_batch_the_worklist_and_the_record_offer_the_same_step(office, poor):
    household, _ = poor
    worker = office.worker(household)
    (skipped,) = [
        each for each in propose_all(worker, ROUND, EDGE).skipped if each.household_id == household["household_id"]
    ]
    assert "下一步：调查核实" in skipped.why.zh
    counts = waiting(worker, ROUND).by_task
    assert (counts["propose_edge"], counts["case_verify"]) == (0, 1)
    assert history(office.officer, household["household_id"])["next_step"]["zh"] == skipped.why.zh


def test_an_announcement_is_nobodys_task_before_the_publicity_is_over(office, poor):
    household, _ = poor
    moved(office, poor, "verify", "appraise", "publicise")
    account = office.reviewer(household).person.account
    (case,) = cases(office.officer, household=household["household_id"])
    last = dt.date.fromisoformat(case["publicity_until"])
    before = waiting(office.reviewer(household), ROUND)
    assert before.by_task["case_announce"] == 0
    assert before.later["case_announce"] == Later(1, last)
    over = waiting(office.acting_user(account, office.now + (last - office.now.date())), ROUND)
    assert (over.by_task["case_announce"], over.later) == (1, {})


def test_an_entry_is_nobodys_task_outside_of_the_windows(office, poor):
    household, number = poor
    moved(office, poor, "verify", "appraise", "publicise")
    later = office.now + dt.timedelta(days=9)
    step(
        office.acting_user(office.reviewer(household).person.account, later), number, "announce", later.date(), "无异议"
    )
    officer = office.acting_user("officer", later)
    step(officer, number, "wait", later.date(), "待录入")
    assert waiting(officer, ROUND).later["case_enter"] == Later(1, None)
    opens = later.date() + dt.timedelta(days=3)
    add_window(officer, "动态调整", opens, opens + dt.timedelta(days=5))
    assert waiting(officer, ROUND).later["case_enter"] == Later(1, opens)
    assert waiting(office.acting_user("officer", later + dt.timedelta(days=4)), ROUND).by_task["case_enter"] == 1


def test_a_case_that_the_facts_hold_back_waits_for_who_decides_it(office, poor):
    household, _ = poor
    moved(office, poor, "verify", "appraise")
    office.visit(household, income_pc=20_000.0)
    assert waiting(office.worker(household), ROUND).by_task["case_publicise"] == 0
    assert waiting(office.reviewer(household), ROUND).by_task["case_dismiss"] == 1


@pytest.mark.usefixtures("poor")
def test_a_household_with_a_case_is_unfinished_once(office):
    lacking = unfinished(office.officer, ROUND, COUNTY)
    assert lacking.cases == 1
    # Visited, it would wait for a proposal, which its case takes from it.
    assert lacking.by_kind[EDGE][str(Stage.VISITED)] == 0


def test_of_a_closed_round_nothing_waits(office):
    household = next(each for each in office.households("lifted", "3") if each["village"])
    assert waiting(office.worker(household), ROUND).by_task["visit_risk"] > 0
    close(office.register, "admin", office.now, ROUND, COUNTY)
    counts = waiting(office.worker(household), ROUND).by_task
    assert [name for name, count in counts.items() if count and not name.startswith("case_")] == []


def test_while_a_case_runs_though_the_facts_rose_it_is_decided_first(office, poor):
    household, number = poor
    office.visit(household, income_pc=4000.0, disability=True)
    worker = office.worker(household)
    with pytest.raises(RefusedError, match=r"下一步：结案（不符合）.*乡镇审核人"):
        propose(worker, ROUND, household["household_id"], "enter", "理由")
    step(office.reviewer(household), number, "dismiss", DAY, "收入登记有误")
    propose(worker, ROUND, household["household_id"], "enter", "按标准")
