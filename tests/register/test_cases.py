"""Households that meet the poverty criterion: a case opens by itself, goes step by step, and is dropped by nobody."""

import datetime as dt

import pytest

from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.domain.procedure.cases import CASE_STEPS, CaseStage, advance_case
from workbench.errors import InputError, RefusedError
from workbench.register.assessment import EDGE
from workbench.register.cases.cases import add_window, cases, open_cases, step, steps_of
from workbench.register.cases.notes import notes_of, publicity_note
from workbench.register.county_settings import set_figure
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose, propose_all
from workbench.register.unit_of_work.settlement import unit_of_work

DAY = NOW.date()


@pytest.fixture
def poor(office):
    """An unregistered household below the line, with its case."""
    household = office.households("unregistered", "below_line")[0]
    with unit_of_work(office.officer, ROUND, COUNTY) as connection:
        open_cases(office.officer, connection, ROUND, COUNTY, [household["household_id"]])
    (case,) = cases(office.officer, household=household["household_id"])
    return household, case["id"]


def to_publicity(office, household, number):
    worker = office.worker(household)
    for name in ("verify", "appraise", "publicise"):
        step(worker, number, name, DAY, "情况属实")
    return worker


def test_a_case_goes_through_every_step_to_the_national_register(office, poor):
    household, number = poor
    to_publicity(office, household, number)
    (case,) = cases(office.officer, household=household["household_id"])
    assert (case["publicity_from"], case["publicity_until"]) == ("2019-10-08", "2019-10-13")
    later = office.now + dt.timedelta(days=5)
    step(
        office.acting_user(office.reviewer(household).person.account, later), number, "announce", later.date(), "无异议"
    )
    officer = office.acting_user("officer", later)
    step(officer, number, "wait", later.date(), "列入")
    with pytest.raises(RefusedError, match="窗口"):
        step(officer, number, "enter", later.date(), "录入")
    add_window(office.admin, "2019年动态调整", dt.date(2019, 10, 10), dt.date(2019, 11, 30))
    assert step(officer, number, "enter", later.date(), "录入") is CaseStage.ENTERED
    assert [each["step"] for each in steps_of(officer, number)] == [
        "open", "verify", "appraise", "publicise", "announce", "wait", "enter",
    ]  # fmt: skip


def test_no_step_is_skipped(office, poor):
    household, number = poor
    with pytest.raises(RefusedError, match="不能跳过"):
        step(office.worker(household), number, "publicise", DAY, "x")


@pytest.mark.parametrize("stage", list(CaseStage))
@pytest.mark.parametrize("name", list(CASE_STEPS))
def test_each_step_leads_from_its_own_stages_only(stage, name):
    if stage in CASE_STEPS[name].sources:
        assert advance_case(stage, name, below_line=False, note="x") is CASE_STEPS[name].target
    else:
        with pytest.raises(RefusedError):
            advance_case(stage, name, below_line=False, note="x")


def test_publicity_has_its_days(office, poor):
    household, number = poor
    to_publicity(office, household, number)
    reviewer = office.acting_user(office.reviewer(household).person.account, office.now + dt.timedelta(days=4))
    with pytest.raises(RefusedError, match=r"公示自 2019-10-08 至 2019-10-12（首日算第一天），2019-10-13 起才能公告"):
        step(reviewer, number, "announce", reviewer.today, "无异议")


def test_an_objection_says_who_raised_it_when_and_how_it_was_answered_and_is_read_on_the_trail(office, poor):
    household, number = poor
    to_publicity(office, household, number)
    for said, wrong in (
        (("", "", "", ""), "objection"),
        (("yes", "李某", "2019-10-09", ""), "answer"),
        (("yes", "", "", ""), "objector"),
    ):
        with pytest.raises(InputError) as refusal:
            publicity_note(*said, "")
        assert refusal.value.field == wrong
    note = publicity_note("yes", "李某", "2019-10-09", "复核收入后属实", "")
    reviewer = office.acting_user(office.reviewer(household).person.account, office.now + dt.timedelta(days=5))
    step(reviewer, number, "announce", reviewer.today, note)
    read = notes_of(reviewer, household["household_id"])[number][-1]
    assert read == (
        "announce",
        reviewer.today.isoformat(),
        "公示期间有异议：李某，2019-10-09；处理：复核收入后属实。",
    )
    with office.register.engine.connect() as connection:
        query = "SELECT count(*) FROM audit_event WHERE action = 'personal_read' AND details LIKE '%case_notes%'"
        assert connection.exec_driver_sql(query).scalar() == 1


def test_a_county_sets_its_own_days_of_publicity(office, poor):
    household, number = poor
    set_figure(office.officer, COUNTY, "publicity_days", "7", dt.date(2019, 10, 1), "县扶贫办规定")
    to_publicity(office, household, number)
    (case,) = cases(office.officer, household=household["household_id"])
    assert case["publicity_until"] == "2019-10-15"


@pytest.mark.parametrize(("name", "value"), [("publicity_days", "0"), ("publicity_days", "五"), ("no_such", "5")])
def test_a_figure_that_cannot_be_is_refused(office, name, value):
    with pytest.raises(InputError):
        set_figure(office.officer, COUNTY, name, value, DAY, "理由")


def test_who_still_qualifies_cannot_be_dismissed(office, poor):
    household, number = poor
    with pytest.raises(RefusedError, match="应纳尽纳"):
        step(office.reviewer(household), number, "dismiss", DAY, "名额已满")


def test_a_wrong_fact_is_corrected_first_and_then_the_case_is_closed(office, poor):
    household, number = poor
    office.visit(household, income_pc=20_000.0)
    assert step(office.reviewer(household), number, "dismiss", DAY, "收入登记有误，已更正") is CaseStage.DISMISSED
    office.visit(household, income_pc=100.0)  # and if it is below the line after all, the case opens again
    stages = [each["stage"] for each in cases(office.officer, household=household["household_id"])]
    assert stages == ["dismissed", "opened"]


def test_days_go_forwards_and_not_into_the_future(office, poor):
    household, number = poor
    worker = office.worker(household)
    with pytest.raises(InputError, match="今天"):
        step(worker, number, "verify", DAY + dt.timedelta(days=1), "x")
    with pytest.raises(InputError, match="上一步"):
        step(worker, number, "verify", DAY - dt.timedelta(days=1), "x")


def test_a_visit_that_finds_an_income_below_the_line_opens_a_case_by_itself(office):
    household = office.households("unregistered", "out" if office.set_standard() else None)[0]
    assert cases(office.officer, household=household["household_id"]) == []
    office.visit(household, income_pc=1000.0)
    (case,) = cases(office.officer, household=household["household_id"])
    assert (case["origin"], case["stage"]) == ("unregistered", "opened")


def test_below_the_line_is_below_it_though_a_standard_deducts_what_is_not_known(office):
    office.set_standard(income={"ceiling": {"multiple": 1.5}, "deduct_out_of_pocket": True})
    household = office.households("unregistered", "out")[0]
    office.visit(household, income_pc=1000.0, out_of_pocket=None)
    (case,) = cases(office.officer, household=household["household_id"])
    with pytest.raises(RefusedError, match="应纳尽纳"):
        step(office.reviewer(household), case["id"], "dismiss", DAY, "标准之外")


def test_filing_opens_a_case_for_everyone_below_the_line_whatever_the_standard(office):
    office.set_standard(budget=1, income={"ceiling": {"multiple": 1.0}}, require_group=True, exclusions=["has_car"])
    file_list(office.officer, ROUND, COUNTY, EDGE)
    below = {
        row["household_id"]
        for kind in ("lifted", "unregistered")
        for row in office.assessed(kind).filter(below_line=True).to_dicts()
    }
    assert below
    assert {case["household_id"] for case in cases(office.officer)} == below


def test_who_is_below_the_line_is_not_turned_away_from_the_edge_register(office):
    office.set_standard()
    household = office.households("unregistered", "below_line")[0]
    office.visit(household)
    worker = office.worker(household)
    with pytest.raises(RefusedError, match="建档立卡程序"):
        propose(worker, ROUND, household["household_id"], "stay_out", "预算不足")
    batch = propose_all(worker, ROUND, EDGE)
    assert household["household_id"] in {skipped.household_id for skipped in batch.skipped}


def test_a_case_elsewhere_is_not_seen(office, poor):
    household, number = poor
    other = next(each for each in office.households() if each["township"] != household["township"])
    with pytest.raises(RefusedError, match="本范围内没有"):
        step(office.worker(other), number, "verify", DAY, "x")
    assert cases(office.worker(other), household=household["household_id"]) == []
