"""A county closes its round from the page: what is unfinished is said first, early is asked twice, and windows are told of."""

import datetime as dt

import pytest

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND, SEEN
from workbench.errors import ClosedRoundError, RefusedError
from workbench.register.assessment import RISK
from workbench.register.audit.verification import verify_register
from workbench.register.cases.cases import add_window
from workbench.register.county_records import windows
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.visits import VisitReport, visit
from workbench.register.unit_of_work.county_closing import EARLY_DAYS, close_county, unfinished

LATE = dt.datetime(2019, 10, 31 - EARLY_DAYS + 1, 9, 0, tzinfo=NOW.tzinfo)


def test_what_is_unfinished_adds_up_to_all_that_is_not_filed(office):
    take_through(office, office.households()[0])
    office.visit(office.households()[1])
    lifted = len(office.assessed())
    before = unfinished(office.officer, ROUND, COUNTY)
    assert sum(before.by_kind[RISK].values()) == lifted
    assert (before.by_kind[RISK]["reviewed"], before.by_kind[RISK]["visited"], before.by_kind[RISK]["new"]) == (
        1,
        1,
        lifted - 2,
    )
    file_list(office.officer, ROUND, COUNTY, RISK)
    assert unfinished(office.officer, ROUND, COUNTY).households == before.households - 1


@pytest.mark.parametrize(
    ("now", "early"),
    [(NOW, True), (LATE - dt.timedelta(days=1), True), (LATE, False)],
    ids=["early", "just early", "not early"],
)
def test_long_before_the_last_day_closing_is_confirmed_twice(office, now, early):
    user = office.acting_user("officer", now)
    lacking = unfinished(user, ROUND, COUNTY)
    assert lacking.early is early
    if early:
        with pytest.raises(RefusedError, match="再确认一次"):
            close_county(user, ROUND, COUNTY, lacking.households)
    assert close_county(user, ROUND, COUNTY, lacking.households, early_confirmed=early)
    assert unfinished(user, ROUND, COUNTY).closed
    assert not close_county(user, ROUND, COUNTY, lacking.households, early_confirmed=True)  # sent twice
    household = office.households()[0]
    with pytest.raises(ClosedRoundError):
        visit(office.worker(household), ROUND, [VisitReport(household["household_id"], NOW.date(), "王某", SEEN)])
    assert verify_register(office.register.engine).broken is None


def test_a_round_is_not_closed_over_what_the_person_has_not_seen(office):
    lacking = unfinished(office.officer, ROUND, COUNTY)
    take_through(office, office.households()[0])
    file_list(office.officer, ROUND, COUNTY, RISK)
    with pytest.raises(RefusedError, match="重新查看"):
        close_county(office.officer, ROUND, COUNTY, lacking.households, early_confirmed=True)
    assert not unfinished(office.officer, ROUND, COUNTY).closed


def test_only_the_county_s_own_officer_closes_its_round(office):
    household = office.households()[0]
    for user in (office.reviewer(household), office.worker(household), office.acting_user("reader")):
        with pytest.raises(RefusedError, match="无权"):
            close_county(user, ROUND, COUNTY, 0, early_confirmed=True)
    with pytest.raises(RefusedError):
        close_county(office.officer, ROUND, "341522", 0, early_confirmed=True)


def test_who_enters_in_a_window_or_keeps_the_system_tells_of_it(office):
    add_window(office.officer, "2019年秋", dt.date(2019, 11, 1), dt.date(2019, 11, 20))
    assert [each["name"] for each in windows(office.officer)] == ["2019年秋"]
    with pytest.raises(RefusedError, match="无权"):
        add_window(office.acting_user("reader"), "另一个", dt.date(2019, 11, 1), dt.date(2019, 11, 20))
