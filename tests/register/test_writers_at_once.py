"""Two people at the register at once, on each database: nothing is lost, nothing overwritten, nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND, SEEN, STANDARD
from tests.register.killed import at_once, check_whole, opened
from workbench.domain.rules.standard import parse_standard
from workbench.errors import RefusedError
from workbench.register.assessment import RISK
from workbench.register.procedure.entries import listed
from workbench.register.procedure.filing_proof import filed_rows, prove
from workbench.register.procedure.filings import file_list, filings
from workbench.register.procedure.proposals import propose, propose_all
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.procedure.visits import VisitReport, visit, visits_of
from workbench.register.standards.versions import approve, draft, submit

TIMES = 3


def together(*works):
    """What each returned, or the refusal that it met; they begin at the same moment."""
    barrier = Barrier(len(works))

    def one(work):
        barrier.wait(30)
        try:
            return work()
        except RefusedError as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works, timeout=600))


def refusals(outcomes):
    return [each for each in outcomes if isinstance(each, RefusedError)]


def entry_of(office, household):
    (row,) = [each for each in listed(office.officer, ROUND) if each["household_id"] == household["household_id"]]
    return row


def test_of_two_proposals_for_a_household_one_stands_and_the_other_is_told(office):
    for household in office.households(rule="3")[:TIMES]:
        office.visit(household)
        worker = office.worker(household)
        outcomes = together(
            lambda worker=worker, household=household: propose(
                worker, ROUND, household["household_id"], "3", version=1
            ),
            lambda worker=worker, household=household: propose(
                worker, ROUND, household["household_id"], "2", "另一人的看法", version=1
            ),
        )
        (refused,) = refusals(outcomes)
        assert "没有覆盖" in str(refused)
        entry = entry_of(office, household)
        assert (entry["version"], entry["stage"]) == (2, "proposed")
        assert entry["proposal"] == ("2" if isinstance(outcomes[0], RefusedError) else "3")
    check_whole(office.register)


def test_proposals_for_different_households_both_stand(office):
    several = office.households(rule="3")[: 2 * TIMES]
    for household in several:
        office.visit(household)
    users = [office.worker(each) for each in several]
    outcomes = together(
        *(lambda d=d, h=h: propose(d, ROUND, h["household_id"], "3") for d, h in zip(users, several, strict=True))
    )
    assert refusals(outcomes) == []
    assert check_whole(office.register)["proposed"] == len(several)


def test_visits_with_corrections_at_once_lose_none(office):
    several = office.households(rule="3")[: 2 * TIMES]
    users = [office.worker(each) for each in several]
    reports = [VisitReport(each["household_id"], NOW.date(), "王", SEEN, {"work_months": 3.0}) for each in several]
    outcomes = together(*(lambda d=d, r=r: visit(d, ROUND, [r]) for d, r in zip(users, reports, strict=True)))
    assert refusals(outcomes) == []
    for each in several:
        facts = office.register.facts.household(ROUND, each["household_id"], COUNTY)
        assert facts["work_months"] == 3.0
    check_whole(office.register)


def test_a_first_visit_by_two_at_once_makes_one_entry(office):
    household = office.households(rule="3")[0]
    worker = office.worker(household)
    report = VisitReport(household["household_id"], NOW.date(), "王", SEEN)
    outcomes = together(*[lambda: visit(worker, ROUND, [report])] * 3)
    there = [each for each in outcomes if not isinstance(each, RefusedError)]
    assert len(set(map(tuple, there))) == 1
    assert len(visits_of(office.officer, household["household_id"])) == 1  # the same report, counted once
    assert check_whole(office.register) == {"visited": 1}


def test_a_batch_against_one_by_hand_proposes_every_household_once(office):
    household = office.households(rule="3")[0]
    same = [each for each in office.households() if each["village"] == household["village"]]
    for each in same:
        office.visit(each)
    worker = office.worker(household)
    batch, one = together(
        lambda: propose_all(worker, ROUND, RISK),
        lambda: propose(worker, ROUND, household["household_id"], "2", "另一人的看法"),
    )
    by_hand = not isinstance(one, RefusedError)
    assert (household["household_id"] in batch.done) != by_hand
    assert entry_of(office, household)["proposal"] == ("2" if by_hand else "3")
    assert entry_of(office, household)["version"] == 2
    assert len(batch.done) == len(same) - by_hand
    check_whole(office.register)


def test_agreed_and_returned_at_once_only_one_of_both_stands(office):
    for household in office.households(rule="3")[:TIMES]:
        office.visit(household)
        propose(office.worker(household), ROUND, household["household_id"], "3")
        reviewer = office.reviewer(household)
        outcomes = together(
            lambda r=reviewer, h=household: agree(r, ROUND, RISK, [h["household_id"]]),
            lambda r=reviewer, h=household: send_back(r, ROUND, h["household_id"], "再核实", version=2),
        )
        assert len(refusals(outcomes)) == 1
        stage = "returned" if isinstance(outcomes[0], RefusedError) else "reviewed"
        assert entry_of(office, household)["stage"] == stage


def test_two_filings_at_once_put_every_household_on_one_list(office):
    several = office.households(rule="3")[:TIMES]
    for household in several:
        take_through(office, household)
    outcomes = together(
        lambda: file_list(office.officer, ROUND, COUNTY, RISK), lambda: file_list(office.second, ROUND, COUNTY, RISK)
    )
    assert refusals(outcomes) == []
    assert sorted(len(each.filed) for each in outcomes) == [0, TIMES]
    (filing,) = filings(office.officer)
    assert len(filed_rows(office.officer, filing["number"])) == TIMES
    assert prove(office.officer, filing["number"]).broken == []
    check_whole(office.register)


def propose_in_a_process(root, url, account, household):
    with opened(root, url) as register:
        user = register.acting_user(account, NOW)
        visit(user, ROUND, [VisitReport(household, NOW.date(), "王", SEEN, {"work_months": 5.0})])
        propose(user, ROUND, household, "2", "另有情况")


def test_processes_at_once_wait_for_each_other(office):
    several = office.households(rule="3")[:3]
    root = str(office.register.facts.root)
    url = office.register.engine.url.render_as_string(hide_password=False)
    works = [
        (propose_in_a_process, root, url, office.worker(each).person.account, each["household_id"]) for each in several
    ]
    assert at_once(*works) == [0] * len(several)
    assert check_whole(office.register) == {"proposed": len(several)}
    for each in several:
        assert office.register.facts.household(ROUND, each["household_id"], COUNTY)["work_months"] == 5.0


def test_two_standards_of_one_day_are_not_both_approved(office):
    numbers = [draft(office.officer, parse_standard(STANDARD | {"title": title})) for title in ("甲版", "乙版")]
    for number in numbers:
        submit(office.officer, number, "按本县财力测算", {"in": 1})
    outcomes = together(*(lambda n=n: approve(office.second, n, "文号") for n in numbers))
    assert len(refusals(outcomes)) == 1
