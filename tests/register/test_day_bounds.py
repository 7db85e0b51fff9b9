"""A day that lies too far from today is refused in words, wherever one is recorded."""

import datetime as dt

import pytest

from tests.register.conftest import COUNTY, NOW, ROUND, SEEN, STANDARD
from workbench.domain.rounds import check_round, deadline, next_round
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError
from workbench.register.assistance.checks import Planned
from workbench.register.assistance.plans import end_measure, make_plan
from workbench.register.cases.cases import add_window
from workbench.register.county_settings import set_figure
from workbench.register.procedure.visits import VisitReport, visit
from workbench.register.standards.versions import draft, submit

TODAY = NOW.date()
FAR = [dt.date(2099, 10, 1), dt.date(9999, 12, 31), dt.date(1019, 10, 1), dt.date(1, 1, 1)]


def ended(office, day):
    household = office.households(rule="2")[0]
    worker = office.worker(household)
    make_plan(worker, ROUND, household["household_id"], "稳定增收", "李某")
    make_plan(worker, ROUND, household["household_id"], "稳定增收", "李某", [Planned("motivation")])
    end_measure(worker, 1, day, "已完成")


def visited(office, day):
    household = office.households(rule="3")[0]
    visit(office.worker(household), ROUND, [VisitReport(household["household_id"], day, "王某、李某", SEEN, {})])


def submitted(office, day):
    submit(
        office.officer,
        draft(office.officer, parse_standard(STANDARD | {"effective": day})),
        "按本县财力测算",
        {"in": 1},
    )


def set_from(office, day):
    set_figure(office.officer, COUNTY, "publicity_days", "7", day, "县里规定")


def opening(office, day):
    add_window(office.admin, "秋季", day, day)


@pytest.mark.parametrize("record", [ended, visited, submitted, set_from, opening])
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_year_mistyped_is_refused_and_today_is_not(office, record):
    for day in FAR:
        with pytest.raises(InputError, match=rf"{day}.*must lie between|{day} 属于以前的期次"):
            record(office, day)
    record(office, TODAY)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_measure_does_not_end_before_it_began(office):
    with pytest.raises(InputError, match=f"must lie between {TODAY}"):
        ended(office, TODAY - dt.timedelta(days=1))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_entry_window_is_no_year(office):
    for closes in (TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=200)):
        with pytest.raises(InputError, match="must not end before it begins, nor last over"):
            add_window(office.admin, "秋季", TODAY, closes)


def test_a_round_is_of_a_year_that_a_day_can_be_of():
    for name in ("1900-01", "2019-10", "2199-12"):
        assert deadline(next_round(check_round(name))) > deadline(name)
    for name in ("0000-04", "0000-00", "2021-13", "9999-12", "２０１９-10", "2019-10\n", "", "x" * 9000):
        with pytest.raises(InputError, match="expected YYYY-MM") as raised:
            check_round(name)
        assert len(str(raised.value)) < 300
