"""What became of one's own submissions; and progress by village, of the own area only."""

from tests.register.conftest import COUNTY, ROUND
from workbench.register.assessment import EDGE, RISK
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.worklists.progress import progress, village_progress
from workbench.register.worklists.submissions import outcomes


def proposed(office, number=0):
    household = office.households(rule="3")[number]
    office.visit(household)
    propose(office.worker(household), ROUND, household["household_id"], "3")
    return household, household["household_id"]


def test_a_village_reads_what_became_of_its_proposals(office):
    household, name = proposed(office)
    worker = office.worker(household)
    assert outcomes(worker, ROUND) == []  # nobody has answered yet
    send_back(office.reviewer(household), ROUND, name, "收入佐证不足")
    (back,) = outcomes(worker, ROUND)
    assert (back.step, back.reason, back.households) == ("return", "收入佐证不足", (name,))
    assert back.account == office.reviewer(household).person.account
    propose(worker, ROUND, name, "3")
    assert outcomes(worker, ROUND) == []  # taken up again
    agree(office.reviewer(household), ROUND, RISK, [name])
    assert [each.step for each in outcomes(worker, ROUND)] == ["agree"]
    file_list(office.officer, ROUND, COUNTY, RISK)
    assert [each.step for each in outcomes(worker, ROUND)] == ["file"]
    assert [each.step for each in outcomes(office.reviewer(household), ROUND)] == ["file"]


def test_what_was_done_at_once_is_one_notice_and_others_submissions_are_none(office):
    (first, one), (second, two) = proposed(office, 0), proposed(office, 1)
    other = office.worker(second)
    for household, name in ((first, one), (second, two)):
        agree(office.reviewer(household), ROUND, RISK, [name])
    mine = [name for each in outcomes(office.worker(first), ROUND) for name in each.households]
    same_village = (first["township"], first["village"]) == (second["township"], second["village"])
    assert sorted(mine) == (sorted([one, two]) if same_village else [one])
    assert len(outcomes(other, ROUND)) == 1
    assert outcomes(office.officer, ROUND) == []


def test_villages_add_up_to_their_township_and_only_the_own_ones_are_there(office):
    household, _ = proposed(office)
    reviewer = office.reviewer(household)
    rows = village_progress(reviewer, ROUND)
    assert {(row.county, row.township) for row in rows} == {(COUNTY, household["township"])}
    for kind in (RISK, EDGE):
        whole = [
            row for row in progress(office.officer, ROUND) if (row.township, row.kind) == (household["township"], kind)
        ]
        mine = [row for row in rows if row.kind == kind]
        assert sum(row.households for row in mine) == sum(row.households for row in whole)
        assert sum(row.not_visited for row in mine) == sum(row.not_visited for row in whole)
    of_village = next(row for row in rows if (row.village, row.kind) == (household["village"], RISK))
    assert of_village.stages == {"proposed": 1}
    assert {row.village for row in village_progress(office.worker(household), ROUND)} == {household["village"]}
