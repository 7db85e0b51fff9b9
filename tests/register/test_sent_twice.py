"""Every step of the register sent twice counts once; nothing is overwritten by who saw an older version."""

import datetime as dt
import re
from dataclasses import replace
from itertools import groupby

import pytest

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND, SEEN, STANDARD
from tests.register.killed import at_once, opened
from tests.register.test_writers_at_once import refusals, together
from tests.variants import one_in
from workbench.domain.assistance.terms import Terms
from workbench.domain.procedure.roles import Area
from workbench.domain.rules.standard import parse_standard
from workbench.errors import RefusedError
from workbench.register.access.accounts import NewAccount, add_accounts, change_account, close_account, reopen_account
from workbench.register.assessment import EDGE, RISK
from workbench.register.assistance.changes import add_measure, change_measure
from workbench.register.assistance.checks import Planned
from workbench.register.assistance.plan_lists import plan_of
from workbench.register.assistance.plans import end_measure, make_plan
from workbench.register.audit.log import AuditEvent
from workbench.register.audit.verification import verify_register
from workbench.register.cases.cases import add_window, cases, step
from workbench.register.county_settings import set_figure
from workbench.register.edge_register import assign, edge_households
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree, send_back
from workbench.register.procedure.visits import VisitReport, adjust, visit
from workbench.register.standards.versions import approve, draft, submit, withdraw

TODAY = NOW.date()
NEW = NewAccount("new", "新人", "county_officer", Area(COUNTY))


def silent(take):
    """A step of whose second time it is not told again what the first brought about."""

    def taken():
        take()

    return taken


def lifted(office):
    return office.households(rule="3")[0]


def a_visit(office):
    household = lifted(office)
    user = office.worker(household)
    report = VisitReport(household["household_id"], TODAY, "王某", SEEN, {"work_months": 4.0})
    return lambda: visit(user, ROUND, [report])


def a_visit_of_a_filed_household(office):
    household = lifted(office)
    take_through(office, household)
    file_list(office.officer, ROUND, COUNTY, RISK)
    user, report = office.worker(household), VisitReport(household["household_id"], TODAY, "王某", SEEN)
    return lambda: visit(user, ROUND, [report])


def an_adjustment(office):
    household = lifted(office)
    take_through(office, household)
    file_list(office.officer, ROUND, COUNTY, RISK)
    user, report = office.worker(household), VisitReport(household["household_id"], TODAY, "王", SEEN, {"medical": 2})
    return lambda: adjust(user, ROUND, report, "重病", "病历")


def a_proposal(office, version=1):
    household = lifted(office)
    office.visit(household)
    user = office.worker(household)
    return lambda: propose(user, ROUND, household["household_id"], "2", "家中有病人", version)


def a_proposal_without_its_version(office):
    return a_proposal(office, None)


def proposed(office):
    household = lifted(office)
    office.visit(household)
    propose(office.worker(household), ROUND, household["household_id"], "3")
    return household, office.reviewer(household)


def a_review(office):
    household, user = proposed(office)
    name = household["household_id"]
    return lambda: agree(user, ROUND, RISK, [name], versions={name: 2}).done


def a_return(office):
    household, user = proposed(office)
    return lambda: send_back(user, ROUND, household["household_id"], "请核实", 2)


def a_filing(office):
    take_through(office, lifted(office))
    user = office.officer
    return lambda: file_list(user, ROUND, COUNTY, RISK).last


def a_case(office):
    household = next(each for each in office.households("unregistered", "below_line") if each["village"])
    office.visit(household)
    (case,) = cases(office.officer, household=household["household_id"])
    user = office.worker(household)
    return lambda: step(user, case["id"], "verify", TODAY, "情况属实", 1)


def a_window(office):
    return lambda: add_window(office.admin, "十月窗口", dt.date(2019, 10, 1), dt.date(2019, 10, 31))


def a_measure(office):
    household = lifted(office)
    user = office.worker(household)
    make_plan(user, ROUND, household["household_id"], "增收", "李某", version=0)
    new = Planned("motivation", terms=Terms(amount=500))
    return silent(lambda: add_measure(user, ROUND, household["household_id"], new, 1))


def a_change_of_a_measure(office):
    household = lifted(office)
    user = office.worker(household)
    make_plan(user, ROUND, household["household_id"], "增收", "李某", version=0)
    measure = plan_of(office.officer, household["household_id"])["measures"][0]["id"]
    return silent(lambda: change_measure(user, ROUND, measure, None, Terms(amount=500), "落实", 1))


def a_plan(office):
    household = lifted(office)
    user = office.worker(household)
    return silent(lambda: make_plan(user, ROUND, household["household_id"], "增收", "李某", version=0))


def an_end_of_a_measure(office):
    household = lifted(office)
    user = office.worker(household)
    make_plan(user, ROUND, household["household_id"], "增收", "李某")
    return lambda: end_measure(user, spare_measure(user, household), TODAY, "不再需要", 1)


def spare_measure(user, household):
    """A measure beside which its member, or the household, has another; one ended before stays the same."""
    listed = plan_of(user, household["household_id"])["measures"]
    ended = [each["id"] for each in listed if each["until"]]
    by_member = groupby(sorted(listed, key=lambda each: each["member"] or 0), key=lambda each: each["member"])
    return (
        ended[0] if ended else next(many[0]["id"] for many in (list(group) for _, group in by_member) if len(many) > 1)
    )


def a_draft(office):
    user = office.officer
    return lambda: draft(user, parse_standard(STANDARD))


def a_submission(office):
    user, number = office.officer, draft(office.officer, parse_standard(STANDARD))
    return lambda: submit(user, number, "按财力", {"in": 1})


def an_approval(office):
    user, number = office.second, draft(office.officer, parse_standard(STANDARD))
    submit(office.officer, number, "按财力", {"in": 1})
    return silent(lambda: approve(user, number, "文号", ROUND))


def a_withdrawal(office):
    user, number = office.officer, draft(office.officer, parse_standard(STANDARD))
    return lambda: withdraw(user, number, "重拟")


def managed(office):
    office.set_standard()
    household = next(each for each in office.households("unregistered", "in") if each["village"])
    take_through(office, household, "enter", EDGE)
    file_list(office.officer, ROUND, COUNTY, EDGE)
    return household["household_id"]


def an_officer(office):
    name, user = managed(office), office.officer
    return lambda: assign(user, [name], "second", 30, {name: 1})


def an_account(office):
    return lambda: add_accounts(office.admin, [NEW])


def a_closed_account(office):
    add_accounts(office.admin, [NEW])
    return lambda: close_account(office.admin, "new")


def a_reopened_account(office):
    add_accounts(office.admin, [NEW])
    close_account(office.admin, "new")
    return lambda: reopen_account(office.admin, "new")


def a_changed_account(office):
    add_accounts(office.admin, [NEW])
    return lambda: change_account(office.admin, replace(NEW, name="改名"))


def a_figure(office):
    return lambda: set_figure(office.officer, COUNTY, "publicity_days", "9", TODAY, "按县规定")


STEPS = [
    a_visit, a_visit_of_a_filed_household, an_adjustment, a_proposal, a_proposal_without_its_version, a_review, a_return, a_filing,
    a_case, a_window, a_plan, a_measure, a_change_of_a_measure, an_end_of_a_measure, a_draft, a_submission, an_approval, a_withdrawal, an_officer, an_account,
    a_closed_account, a_reopened_account, a_changed_account, a_figure,
]  # fmt: skip


def everything(office):
    """Every row of the register but the chain, and how many events it holds."""
    tables = [each for each in AuditEvent.metadata.sorted_tables if not each.name.startswith("audit")]
    with office.register.engine.connect() as connection:
        rows = {each.name: sorted(map(repr, connection.execute(each.select()))) for each in tables}
        return rows, connection.exec_driver_sql("SELECT count(*) FROM audit_event").scalar()


# Sent twice at once, and then once more, each step is tried below in every run.
@pytest.mark.parametrize("prepare", one_in(4, STEPS), ids=lambda prepare: prepare.__name__)
def test_a_step_sent_again_is_done_already(office, prepare):
    take = prepare(office)
    before = everything(office)
    first = take()
    after = everything(office)
    assert after != before
    assert take() == first
    assert everything(office) == after


@pytest.mark.parametrize("prepare", one_in(3, STEPS), ids=lambda prepare: prepare.__name__)
def test_a_step_sent_twice_at_once_counts_once(office, prepare):
    take = prepare(office)
    first, second = together(take, take)
    assert refusals([first, second]) == []
    assert first == second
    after = everything(office)
    take()
    assert everything(office) == after
    verified = verify_register(office.register.engine)
    assert (verified.broken, verified.changed) == (None, [])


def visit_in_a_process(root, url, account, household):
    with opened(root, url) as register:
        visit(
            register.acting_user(account, NOW),
            ROUND,
            [VisitReport(household, TODAY, "王某", SEEN, {"work_months": 4.0})],
        )


def test_a_visit_sent_by_two_processes_counts_once(office):
    household = lifted(office)
    root, url = str(office.register.facts.root), office.register.engine.url.render_as_string(hide_password=False)
    work = (visit_in_a_process, root, url, office.worker(household).person.account, household["household_id"])
    assert at_once(work, work) == [0, 0]
    rows, _ = everything(office)
    assert (len(rows["visit"]), len(rows["entry_step"])) == (1, 1)


def test_what_says_something_else_is_another_step(office):
    household = lifted(office)
    user = office.worker(household)
    reports = [
        VisitReport(household["household_id"], TODAY, "王某", SEEN),
        VisitReport(household["household_id"], TODAY, "李某", SEEN),
        VisitReport(household["household_id"], TODAY, "李某", SEEN | {"housing": "漏雨"}),
        VisitReport(household["household_id"], TODAY, "李某", SEEN | {"housing": "漏雨"}, {"work_months": 2.0}),
    ]
    assert len({number for each in reports for number in visit(user, ROUND, [each])}) == len(reports)


def test_another_person_sending_the_same_is_told_and_overwrites_nothing(office):
    household, reviewer = proposed(office)
    other = office._person("township_reviewer", "r2", Area(COUNTY, household["township"]))
    send_back(reviewer, ROUND, household["household_id"], "请核实", 2)
    after = everything(office)
    with pytest.raises(RefusedError, match="没有覆盖"):
        send_back(other, ROUND, household["household_id"], "请核实", 2)
    assert everything(office) == after


def test_a_plan_seen_before_another_changed_it_is_not_overwritten(office):
    household = lifted(office)
    name, user = household["household_id"], office.worker(household)
    make_plan(user, ROUND, name, "增收", "李某", version=0)
    end_measure(user, spare_measure(user, household), TODAY, "不再需要", 1)
    after = everything(office)
    with pytest.raises(RefusedError, match=r"结束了一项措施.*没有覆盖") as refused:
        make_plan(user, ROUND, name, "搬迁", "赵某", version=1)
    assert "ended a measure" in refused.value.words.en
    with pytest.raises(RefusedError, match="没有覆盖"):
        make_plan(user, ROUND, name, "搬迁", "赵某", version=0)
    assert everything(office) == after
    make_plan(user, ROUND, name, "搬迁", "赵某", version=2)


def test_an_edge_household_seen_before_another_changed_it_is_not_overwritten(office):
    name = managed(office)
    assign(office.officer, [name], "second", 30, {name: 1})
    with pytest.raises(RefusedError, match=r"30.*没有覆盖") as refused:
        assign(office.second, [name], "officer", 60, {name: 1})
    said = refused.value.words.zh
    assert "second" not in said
    assert office.second.name in said
    assert re.search(r"已于\d{4}年\d+月\d+日 \d+:\d{2} 改动", said), said
    (row,) = edge_households(office.officer)
    assert (row["officer"], row["interval_days"], row["version"]) == ("second", 30, 2)


def test_two_people_changing_one_plan_at_once_lose_nothing(office):
    household = lifted(office)
    name, user = household["household_id"], office.worker(household)
    goals = ["增收", "搬迁"]
    outcomes = together(*(lambda g=g: make_plan(user, ROUND, name, g, "李某", version=0) for g in goals))
    assert len(refusals(outcomes)) == 1
    assert plan_of(user, name)["goal"] == goals[1 if isinstance(outcomes[0], RefusedError) else 0]
