"""What a township decided is withdrawn until somebody takes the next step, and a batch says before it acts what it will do."""

import polars as pl
import pytest

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND, SEEN
from tests.register.laws import LINE
from workbench.errors import RefusedError
from workbench.intake.findings.result import IntakeResult, to_arrow
from workbench.register.assessment import RISK
from workbench.register.audit.verification import verify_register
from workbench.register.cases.cases import cases, step
from workbench.register.procedure.entries import listed
from workbench.register.procedure.filings import file_list, would_file
from workbench.register.procedure.proposals import propose, propose_all, rule_proposals
from workbench.register.procedure.reviews import agree, send_all_back
from workbench.register.procedure.visits import VisitReport, visit, visits_of
from workbench.register.procedure.withdrawals import withdraw_last_step, withdraw_own_step, withdraw_reviews
from workbench.register.unit_of_work.fact_import import take_in_with_lock
from workbench.register.unit_of_work.intake_undoing import undo_with_lock
from workbench.register.worklists.worklist import assess_county, round_list
from workbench.store.schema import Origin


def proposed(office, household, proposal=None, reason=None):
    name = household["household_id"]
    office.visit(household)
    propose(office.worker(household), ROUND, name, proposal or household["rule"], reason)
    return name


def entry(office, name):
    return next(row for row in listed(office.officer, ROUND) if row["household_id"] == name)


@pytest.fixture
def household(office):
    return office.households()[0]


@pytest.fixture
def reviewer(office, household):
    return office.reviewer(household)


def test_a_review_and_a_return_are_withdrawn_and_the_proposal_stands_as_it_was(office, household, reviewer):
    name = proposed(office, household)
    before = entry(office, name)
    agree(reviewer, ROUND, RISK, [name])
    withdraw_reviews(reviewer, ROUND, {name: 3})
    send_all_back(reviewer, ROUND, {name: 4}, "点错了")
    withdraw_reviews(reviewer, ROUND, {name: 5})
    after = entry(office, name)
    same = ("stage", "proposal", "rule", "facts_hash", "reason")
    assert [after[key] for key in same] == [before[key] for key in same]
    assert after["version"] == 6
    assert verify_register(office.register.engine).broken is None


def test_a_withdrawal_sent_twice_counts_once_and_one_seen_before_is_refused(office, household, reviewer):
    name = proposed(office, household)
    agree(reviewer, ROUND, RISK, [name])
    withdraw_reviews(reviewer, ROUND, {name: 3})
    withdraw_reviews(reviewer, ROUND, {name: 3})
    assert entry(office, name)["version"] == 4
    with pytest.raises(RefusedError, match="没有覆盖"):
        withdraw_reviews(reviewer, ROUND, {name: 2})


def test_after_the_next_step_nothing_is_withdrawn(office, household, reviewer):
    take_through(office, household)
    file_list(office.officer, ROUND, COUNTY, RISK)
    name = household["household_id"]
    with pytest.raises(RefusedError, match="不能撤回"):
        withdraw_reviews(reviewer, ROUND, {name: 4})
    with pytest.raises(RefusedError, match="无权"):
        withdraw_reviews(office.worker(household), ROUND, {name: 4})


def test_what_the_county_sent_back_is_not_the_township_s_to_withdraw(office, household, reviewer):
    name = proposed(office, household)
    agree(reviewer, ROUND, RISK, [name])
    send_all_back(office.officer, ROUND, {name: 3}, "佐证不足")
    with pytest.raises(RefusedError, match="不能撤回"):
        withdraw_reviews(reviewer, ROUND, {name: 4})


def test_what_a_batch_would_propose_is_what_it_then_proposes(office, household):
    office.visit(household)
    worker = office.worker(household)
    said, skipped = rule_proposals(worker, ROUND, RISK)
    assert said == {household["household_id"]: household["rule"]}
    assert skipped == []
    assert entry(office, household["household_id"])["stage"] == "visited"
    assert propose_all(worker, ROUND, RISK, households=[household["household_id"]]).done == list(said)


def test_what_a_filing_would_do_is_what_it_then_does_to_those_named_only(office):
    first, second = office.households()[:2]
    for each in (first, second):
        take_through(office, each)
    names = [first["household_id"]]
    planned, results = would_file(office.officer, ROUND, COUNTY, RISK, names)
    assert (planned.filed, planned.number, results) == (names, None, {first["rule"]: 1})
    assert entry(office, names[0])["stage"] == "reviewed"
    assert file_list(office.officer, ROUND, COUNTY, RISK, names).filed == names
    assert entry(office, second["household_id"])["stage"] == "reviewed"


def test_a_list_says_which_proposals_differ_from_the_rules(office):
    first, second = office.households()[:2]
    other = next(tier for tier in "123" if tier != first["rule"])
    proposed(office, first, other, "邻里反映收入已断")
    proposed(office, second)
    frame = round_list(office.officer, ROUND, COUNTY, RISK, assess_county(office.officer, ROUND, COUNTY))
    differs = dict(frame.select("household_id", "differs").iter_rows())
    assert differs.pop(first["household_id"]) is True
    assert differs.pop(second["household_id"]) is False
    assert set(differs.values()) == {None}


def income(office, name):
    return office.register.facts.household(ROUND, name, COUNTY)["work_months"]


def test_a_village_withdraws_its_proposal_and_then_its_visit_with_what_it_corrected(office, household):
    name, worker = household["household_id"], office.worker(household)
    known = income(office, name)
    report = VisitReport(name, NOW.date(), "王某", SEEN, {"work_months": (known or 0.0) + 1.0})
    visit(worker, ROUND, [report])
    assert income(office, name) == (known or 0.0) + 1.0
    rule = {each["household_id"]: each for each in office.assessed("lifted").to_dicts()}[name]["rule"]
    propose(worker, ROUND, name, rule or "3", "所见如此")
    assert withdraw_own_step(worker, ROUND, name, 2) == "withdraw_proposal"
    taken = entry(office, name)
    assert (taken["stage"], taken["proposal"], taken["rule"]) == ("visited", None, None)
    assert withdraw_own_step(worker, ROUND, name, 3) == "withdraw_visit"
    assert entry(office, name)["stage"] == "new"
    assert income(office, name) == known
    assert visits_of(worker, name)[0]["withdrawn_at"]
    # What was withdrawn may be recorded anew in the same words: it is no visit sent twice.
    visit(worker, ROUND, [report])
    assert entry(office, name)["stage"] == "visited"
    assert income(office, name) == (known or 0.0) + 1.0
    assert verify_register(office.register.engine).broken is None


def test_a_withdrawal_of_a_village_sent_twice_counts_once(office, household):
    name, worker = proposed(office, household), office.worker(household)
    for _ in range(2):
        withdraw_own_step(worker, ROUND, name, 2)
    assert entry(office, name)["version"] == 3
    with pytest.raises(RefusedError, match="没有覆盖"):
        withdraw_own_step(worker, ROUND, name, 1)


def test_what_the_township_has_taken_up_is_not_the_village_s_to_withdraw(office, household, reviewer):
    name = proposed(office, household)
    agree(reviewer, ROUND, RISK, [name])
    with pytest.raises(RefusedError, match="请乡镇退回"):
        withdraw_own_step(office.worker(household), ROUND, name)
    assert withdraw_last_step(reviewer, ROUND, name) == "withdraw_review"
    with pytest.raises(RefusedError, match="无权"):
        withdraw_own_step(reviewer, ROUND, name)


def test_a_proposal_withdrawn_after_a_return_is_returned_again(office, household, reviewer):
    name, worker = proposed(office, household), office.worker(household)
    send_all_back(reviewer, ROUND, {name: 2}, "佐证不足")
    propose(worker, ROUND, name, household["rule"])
    withdraw_own_step(worker, ROUND, name)
    assert entry(office, name)["stage"] == "returned"
    frame = round_list(worker, ROUND, COUNTY, RISK, assess_county(worker, ROUND, COUNTY))
    assert frame.filter(household_id=name).select("reason", "returned_for").row(0) == (None, "佐证不足")


def test_a_list_holds_the_village_s_reason_and_the_reviewer_s_apart(office, reviewer):
    household = office.households()[0]
    other = next(tier for tier in "123" if tier != household["rule"])
    name = proposed(office, household, other, "家中老人新发大病")
    send_all_back(reviewer, ROUND, {name: 2}, "自付支出与单据不符")

    def reasons():
        frame = round_list(reviewer, ROUND, COUNTY, RISK, assess_county(reviewer, ROUND, COUNTY))
        return frame.filter(household_id=name).select("stage", "reason", "returned_for").row(0)

    assert reasons() == ("returned", "家中老人新发大病", "自付支出与单据不符")
    # Whoever has visited it since has not answered yet.
    office.visit(household)
    assert reasons()[0::2] == ("visited", "自付支出与单据不符")
    propose(office.worker(household), ROUND, name, other, "已核实")
    assert reasons() == ("proposed", "已核实", None)


def test_who_is_below_the_line_leaves_those_to_be_proposed(office):
    frame = round_list(office.officer, ROUND, COUNTY, "edge", assess_county(office.officer, ROUND, COUNTY))
    below = frame.filter(rule="below_line")
    assert len(below)
    assert below["case_first"].all()
    assert not frame.filter(rule="in")["case_first"].any()


def corrected(office, household, **facts):
    """A visit of the household's village that corrects facts."""
    name = household["household_id"]
    visit(office.worker(household), ROUND, [VisitReport(name, NOW.date(), "王某", SEEN, facts)])
    return name


def take_in_again(office, frame):
    made = IntakeResult("x", {COUNTY: to_arrow(frame)}, {}, len(frame), None, 0, (), (), (), simulated=True)
    return take_in_with_lock(office.register, "shell:x", NOW, ROUND, [made], Origin(simulated=True))[0]


def facts_now(office):
    return pl.DataFrame(office.register.facts.read(ROUND, COUNTY))


def test_who_is_below_the_line_again_after_a_withdrawal_has_a_case(office):
    household = office.households("unregistered", "below_line")[0]
    name = corrected(office, household, income_pc=20_000.0)
    mine = [each["id"] for each in cases(office.officer) if each["household_id"] == name]
    for number in mine:
        step(office.reviewer(household), number, "dismiss", NOW.date(), "收入登记有误，已更正")
    withdraw_own_step(office.worker(household), ROUND, name)
    assert office.register.facts.household(ROUND, name, COUNTY)["income_pc"] < LINE
    running = [each for each in cases(office.officer) if each["household_id"] == name and each["stage"] != "dismissed"]
    assert [each["stage"] for each in running] == ["opened"]
    assert verify_register(office.register.engine).broken is None


def test_facts_taken_in_again_leave_the_correction_of_the_visit_that_stands(office, household):
    before = facts_now(office)
    first, second = (income(office, household["household_id"]) or 0.0) + 1.0, 11.5
    name = corrected(office, household, work_months=first)
    corrected(office, household, work_months=second)
    withdraw_own_step(office.worker(household), ROUND, name)
    assert income(office, name) == first
    take_in_again(office, before)
    assert income(office, name) == first


def test_facts_taken_in_that_say_what_a_withdrawn_visit_said_stand(office, household):
    before, name = facts_now(office), corrected(office, household, work_months=11.5)
    after = facts_now(office)
    withdraw_own_step(office.worker(household), ROUND, name)
    assert facts_now(office).equals(before)
    take_in_again(office, after)
    assert income(office, name) == 11.5


def test_an_intake_undone_brings_no_withdrawn_visit_back(office, household):
    known, name = income(office, household["household_id"]), household["household_id"]
    newer = pl.when(pl.col("household_id") == name).then(9.5).otherwise(pl.col("work_months"))
    number = take_in_again(office, facts_now(office).with_columns(work_months=newer)).number
    corrected(office, household, work_months=11.5)
    withdraw_own_step(office.worker(household), ROUND, name)
    assert income(office, name) == 9.5
    undo_with_lock(office.register, "shell:y", NOW, number)
    assert income(office, name) == known


def test_a_visit_withdrawn_after_an_intake_stays_withdrawn_when_the_intake_is_undone(office, household):
    known, name = income(office, household["household_id"]), household["household_id"]
    corrected(office, household, work_months=11.5)
    # Every household's water, so that the intake changes something and not what the visit corrected.
    number = take_in_again(office, facts_now(office).with_columns(water=pl.lit(1, pl.Int64))).number
    withdraw_own_step(office.worker(household), ROUND, name)
    assert income(office, name) == known
    undo_with_lock(office.register, "shell:y", NOW, number)
    assert income(office, name) == known


def test_an_intake_undone_leaves_a_visit_withdrawn_that_it_had_covered(office, household):
    known, name = income(office, household["household_id"]), household["household_id"]
    corrected(office, household, work_months=11.5)
    newer = pl.when(pl.col("household_id") == name).then(9.5).otherwise(pl.col("work_months"))
    number = take_in_again(office, facts_now(office).with_columns(work_months=newer)).number
    withdraw_own_step(office.worker(household), ROUND, name)
    assert income(office, name) == 9.5
    undo_with_lock(office.register, "shell:y", NOW, number)
    assert income(office, name) == known
    assert verify_register(office.register.engine).broken is None


def test_old_facts_taken_in_leave_the_last_of_two_corrections(office, household):
    before, name = facts_now(office), corrected(office, household, work_months=10.5)
    corrected(office, household, work_months=11.5)
    take_in_again(office, before)
    assert income(office, name) == 11.5


def test_a_withdrawal_sent_again_later_is_answered_by_its_own_name(office, household):
    name, worker = proposed(office, household), office.worker(household)
    withdraw_own_step(worker, ROUND, name, 2)
    corrected(office, household, work_months=11.5)
    assert withdraw_own_step(worker, ROUND, name, 2) == "withdraw_proposal"


def test_a_withdrawal_that_withdraws_nothing_says_so_and_how_the_step_before_is_withdrawn_too(office, household):
    name, worker = proposed(office, household), office.worker(household)
    assert withdraw_last_step(worker, ROUND, name) == "withdraw_proposal"
    with pytest.raises(RefusedError, match=r"没有再撤回.*--version 3"):
        withdraw_last_step(worker, ROUND, name)
    assert (entry(office, name)["stage"], entry(office, name)["version"]) == ("visited", 3)
    for _ in range(2):  # with its version it may be sent again
        assert withdraw_last_step(worker, ROUND, name, 3) == "withdraw_visit"
    assert (entry(office, name)["stage"], entry(office, name)["version"]) == ("new", 4)
    with pytest.raises(RefusedError, match="没有再撤回"):
        withdraw_last_step(worker, ROUND, name)


def test_a_township_s_second_withdrawal_is_refused_too(office, household, reviewer):
    name = proposed(office, household)
    agree(reviewer, ROUND, RISK, [name])
    assert withdraw_last_step(reviewer, ROUND, name) == "withdraw_review"
    with pytest.raises(RefusedError, match="不能撤回"):
        withdraw_last_step(reviewer, ROUND, name)
    assert entry(office, name)["version"] == 4
