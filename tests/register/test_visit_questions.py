"""What a visit is asked before it is recorded: figures that contradict each other, or that open a case; and what is withdrawn with it."""

import pytest

from tests.register.conftest import COUNTY, NOW, ROUND, SEEN
from workbench.domain.procedure.corrections import corrected
from workbench.errors import RefusedError
from workbench.register.assessment import EDGE
from workbench.register.cases.cases import cases, step
from workbench.register.procedure.visits import VisitReport, adjust, visit, visits_of
from workbench.register.procedure.withdrawals import withdraw_own_step
from workbench.register.worklists.progress import village_progress, waiting


def facts_of(office, name):
    return office.register.facts.household(ROUND, name, COUNTY)


@pytest.fixture
def household(office):
    """An unregistered household above the line whose figures agree."""
    for each in office.assessed("unregistered").filter(below_line=False).to_dicts():
        facts = facts_of(office, each["household_id"])
        if facts["net_income"] > 0 and facts["persons"] > 1:
            return each
    raise AssertionError("nobody is above the line")


def report(household, **facts):
    return VisitReport(household["household_id"], NOW.date(), "王某", SEEN, facts)


def asked(office, household, **facts):
    with pytest.raises(RefusedError) as refused:
        visit(office.worker(household), ROUND, [report(household, **facts)], confirmed=False)
    assert (refused.value.code, refused.value.field) == ("register.visit-to-confirm", "confirmed")
    assert not visits_of(office.worker(household), household["household_id"])
    return refused.value.words.zh


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"income_pc": 1e9}, "人均高于 200000 元"),
        ({"income_pc": -5.0}, "人均纯收入 -5：人均纯收入为负"),
        ({"net_income": 3.0}, "立案：人均"),
        ({"net_income": 60_000.0}, "四项收入减支出之和不符"),
        ({"income_pc": 9_000.0, "net_income": 1.0}, "与家庭纯收入（四项收入减支出）不符"),
        ({"out_of_pocket": -1.0}, "金额为负"),
        ({"skilled": 2, "labour": 1}, "技能劳动力多于劳动力"),
    ],
)
def test_figures_that_cannot_well_be_so_are_asked_about_and_recorded_once_confirmed(office, household, typed, said):
    assert said in asked(office, household, **typed)
    visit(office.worker(household), ROUND, [report(household, **typed)], confirmed=True)
    known = facts_of(office, household["household_id"])
    assert {name: known[name] for name in typed} == typed
    # Sent again, it is recorded already and asks nothing.
    visit(office.worker(household), ROUND, [report(household, **typed)], confirmed=False)


def test_a_correction_that_agrees_with_the_rest_asks_nothing(office, household):
    months = 11.0 if facts_of(office, household["household_id"])["work_months"] != 11.0 else 10.0
    visit(office.worker(household), ROUND, [report(household, work_months=months)], confirmed=False)
    assert facts_of(office, household["household_id"])["work_months"] == months


def test_of_several_visits_each_question_names_its_household(office, household):
    other = next(
        each
        for each in office.households()
        if (each["township"], each["village"]) == (household["township"], household["village"])
    )
    reports = [report(household, income_pc=-5.0), report(other)]
    with pytest.raises(RefusedError, match=f"{household['household_id']}: "):
        visit(office.worker(household), ROUND, reports, confirmed=False)


def test_an_adjustment_asks_alike(office, household):
    with pytest.raises(RefusedError, match="请核对"):
        adjust(office.worker(household), ROUND, report(household, income_pc=-5.0), "减收", "账本", confirmed=False)


def test_the_other_amount_of_the_income_follows_whichever_is_typed():
    facts = {"persons": 3, "net_income": 16_495.0, "income_pc": 5498.33}
    assert corrected(facts, {"income_pc": 4_000.0}) == {"income_pc": 4_000.0, "net_income": 12_000.0}
    assert corrected(facts, {"net_income": 9_000.0}) == {"net_income": 9_000.0, "income_pc": 3_000.0}
    assert corrected(facts, {"income_pc": 1.0, "net_income": 9_000.0}) == {"income_pc": 1.0, "net_income": 9_000.0}
    assert corrected({**facts, "persons": None}, {"income_pc": 1.0}) == {"income_pc": 1.0}
    assert corrected(facts, {"income_pc": None}) == {"income_pc": None}


def case_of(office, name):
    (case,) = [each for each in cases(office.officer) if each["household_id"] == name]
    return case


def test_a_withdrawn_visit_takes_the_case_back_that_it_opened(office, household):
    name, worker = household["household_id"], office.worker(household)
    visit(worker, ROUND, [report(household, income_pc=-5.0)])
    assert case_of(office, name)["stage"] == "opened"
    withdraw_own_step(worker, ROUND, name, 1)
    assert case_of(office, name)["stage"] == "dismissed"
    # What was so once may be so again.
    visit(worker, ROUND, [report(household, income_pc=-5.0)])
    assert [each["stage"] for each in cases(worker) if each["household_id"] == name] == ["dismissed", "opened"]


def test_a_case_that_somebody_took_up_outlives_the_visit(office, household):
    name, worker = household["household_id"], office.worker(household)
    visit(worker, ROUND, [report(household, income_pc=-5.0)])
    step(worker, case_of(office, name)["id"], "verify", NOW.date(), "入户核实")
    withdraw_own_step(worker, ROUND, name, 1)
    assert case_of(office, name)["stage"] == "verified"


def test_a_case_of_before_the_visit_is_not_the_visit_s_to_end(office):
    household = office.households("unregistered", "below_line")[0]
    name, worker = household["household_id"], office.worker(household)
    visit(worker, ROUND, [report(household)])
    number = case_of(office, name)["id"]
    withdraw_own_step(worker, ROUND, name, 1)
    assert (case_of(office, name)["id"], case_of(office, name)["stage"]) == (number, "opened")


def test_a_case_counts_as_one_before_its_household_is_visited_as_afterwards(office):
    household = office.households("unregistered", "below_line")[0]
    name, worker = household["household_id"], office.worker(household)
    place = (household["township"], household["village"])

    def counted():
        (row,) = [
            each
            for each in village_progress(worker, ROUND)
            if (each.kind, each.township, each.village) == (EDGE, *place)
        ]
        return row.with_case, waiting(worker, ROUND).by_task[f"propose_{EDGE}"]

    visit(worker, ROUND, [report(household)])
    assert case_of(office, name)["stage"] == "opened"
    visited = counted()
    withdraw_own_step(worker, ROUND, name, 1)
    assert counted() == visited
    assert visited[0] >= 1
