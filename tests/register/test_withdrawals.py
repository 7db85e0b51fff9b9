"""What a township decided is withdrawn until somebody takes the next step, and a batch says before it acts what it will do."""

import pytest

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, ROUND
from workbench.errors import RefusedError
from workbench.register.assessment import RISK
from workbench.register.audit.verification import verify_register
from workbench.register.procedure.entries import listed
from workbench.register.procedure.filings import file_list, would_file
from workbench.register.procedure.proposals import agree, propose, propose_all, rule_proposals, send_all_back
from workbench.register.procedure.withdrawals import withdraw_reviews
from workbench.register.procedure.worklist import assess_county, round_list


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
