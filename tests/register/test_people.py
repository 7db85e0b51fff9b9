"""Accounts, progress and histories: each sees the own area."""

import datetime as dt

import pytest

from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.domain.procedure.roles import Area
from workbench.errors import InputError, RefusedError
from workbench.register.access.accounts import NewAccount, accounts, add_accounts, close_account, first_account
from workbench.register.assessment import RISK
from workbench.register.audit.event import Event
from workbench.register.audit.log import record
from workbench.register.clock import now_of
from workbench.register.household_history import history
from workbench.register.procedure.proposals import propose
from workbench.register.worklists.progress import progress, waiting


def test_the_first_account_is_an_administrator_and_there_is_only_one_first(office):
    with pytest.raises(RefusedError, match="已有账号"):
        first_account(office.register, NewAccount("other", "某", "administrator"), NOW)


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (NewAccount("x", "某", "king"), InputError),
        (NewAccount(" ", "某", "analyst"), InputError),
        (NewAccount("x", "某", "village_worker", Area(COUNTY)), RefusedError),
        (NewAccount("officer", "某", "county_officer", Area(COUNTY)), RefusedError),
    ],
)
def test_an_account_that_cannot_be_is_refused_and_none_of_its_batch_is_added(office, new, error):
    before = len(accounts(office.admin))
    with pytest.raises(error):
        add_accounts(office.admin, [NewAccount("fine", "某", "analyst"), new])
    assert len(accounts(office.admin)) == before


def test_only_an_administrator_keeps_accounts(office):
    with pytest.raises(RefusedError, match="无权"):
        add_accounts(office.officer, [NewAccount("x", "某", "analyst")])
    with pytest.raises(RefusedError, match="无权"):
        accounts(office.officer)


def test_a_closed_account_acts_no_more(office):
    close_account(office.admin, "second")
    with pytest.raises(RefusedError, match="停用"):
        office.acting_user("second")
    with pytest.raises(RefusedError, match="自己"):
        close_account(office.admin, "admin")


def test_an_unknown_account_is_told_who_adds_it(office):
    with pytest.raises(RefusedError, match="管理员添加"):
        office.acting_user("nobody")


def test_progress_counts_every_lifted_household_of_the_area(office):
    household = office.households()[0]
    office.visit(household)
    propose(office.worker(household), ROUND, household["household_id"], household["rule"])
    rows = [row for row in progress(office.officer, ROUND) if row.kind == RISK]
    assert sum(row.households for row in rows) == len(office.assessed())
    (mine,) = [row for row in rows if row.township == household["township"]]
    assert mine.stages == {"proposed": 1}
    assert mine.not_visited == mine.households - 1
    own = [row for row in progress(office.worker(household), ROUND) if row.kind == RISK]
    assert sum(row.households for row in own) == len(
        office.assessed().filter(township=household["township"], village=household["village"])
    )


def test_what_waits_is_what_the_person_may_do(office):
    household = office.households()[0]
    office.visit(household)
    worker, reviewer = office.worker(household), office.reviewer(household)
    assert waiting(worker, ROUND).by_task["propose_risk"] == 1
    propose(worker, ROUND, household["household_id"], household["rule"])
    assert waiting(worker, ROUND).by_task["propose_risk"] == 0
    assert waiting(reviewer, ROUND).by_task["agree_risk"] == 1
    assert "agree_risk" not in waiting(office.officer, ROUND).by_task
    assert waiting(office.officer, ROUND).days_left == 23


def test_a_history_is_seen_inside_the_area_only(office):
    household = office.households()[0]
    office.visit(household)
    assert [step["step"] for step in history(office.officer, household["household_id"])["steps"]] == ["visit"]
    other = next(each for each in office.households() if each["township"] != household["township"])
    with pytest.raises(RefusedError, match="没有"):
        history(office.worker(other), household["household_id"])


def test_a_demonstration_goes_on_where_its_procedure_stopped_whatever_was_done_to_keep_it(office):
    household = office.households()[0]
    office.visit(household)
    later = NOW.replace(year=2026)
    with office.admin.writing() as connection:
        record(connection, at=later, account="admin", events=[Event("backup_made", "x", {})])
    assert now_of(office.register, later) == NOW + dt.timedelta(seconds=1)
