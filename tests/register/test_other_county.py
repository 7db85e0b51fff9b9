"""Townships of one name stand in several counties: whoever works in one sees nothing of the other, whatever is asked for."""

import pytest

from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.errors import RefusedError
from workbench.register import county_records
from workbench.register.access.personal_data import heads
from workbench.reports.gathering.county import CountyRound

ELSEWHERE = "341523"


def people(office):
    household = office.households()[0]
    return {"village": office.worker(household), "township": office.reviewer(household), "county": office.officer}


@pytest.mark.parametrize("level", ["village", "township", "county"])
def test_another_countys_facts_and_names_are_refused(office, level):
    user = people(office)[level]
    assert COUNTY != ELSEWHERE
    with pytest.raises(RefusedError):
        CountyRound(office.register.facts, ROUND, ELSEWHERE, user, NOW.date())
    with pytest.raises(RefusedError):
        heads(user, ROUND, ELSEWHERE, ["1"], "test")
    own = CountyRound(office.register.facts, ROUND, COUNTY, user, NOW.date())
    assert len(own.households)


def test_a_village_reads_the_visits_and_steps_of_its_own_households_only(office):
    first, *others = office.households()
    other = next(each for each in others if each["township"] != first["township"])
    for household in (first, other):
        office.visit(household)
    user = office.worker(first)
    seen = {row["household_id"] for row in county_records.visits(user, COUNTY, ROUND)}
    steps = {row["household_id"] for row in county_records.entry_steps(user, ROUND, COUNTY)}
    assert seen == steps == {first["household_id"]}
    everything = {row["household_id"] for row in county_records.visits(office.officer, COUNTY, ROUND)}
    assert {first["household_id"], other["household_id"]} <= everything
