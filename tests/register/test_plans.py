"""Plans: a household's measures and one at least for every member; no tier ends any."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.domain.assistance.suggestions import propose_each
from workbench.domain.parameters import tier_parameters
from workbench.errors import InputError, RefusedError
from workbench.register.assessment import RISK
from workbench.register.assistance.checks import Planned
from workbench.register.assistance.plan_lists import plan_of, plans
from workbench.register.assistance.plans import as_suggested, end_measure, make_plan
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose as propose_tier
from workbench.register.procedure.reviews import agree


@pytest.fixture
def planned(office):
    household = office.households(rule="2")[0]
    make_plan(office.worker(household), ROUND, household["household_id"], "稳定增收", "李某")
    return household


def test_a_plan_as_suggested_has_a_measure_for_the_household_and_every_member(office, planned):
    plan = plan_of(office.officer, planned["household_id"])
    persons = office.register.facts.household(ROUND, planned["household_id"], COUNTY)["persons"]
    members = [each["member"] for each in plan["measures"]]
    assert set(members) == {None, *range(1, persons + 1)}
    assert (plan["goal"], plan["responsible"]) == ("稳定增收", "李某")


def test_plans_are_listed_in_the_own_area_with_what_still_runs(office, planned):
    (plan,) = plans(office.officer)
    measures = plan_of(office.officer, planned["household_id"])["measures"]
    assert plan["running"] == len(measures)
    other = next(each for each in office.households() if each["village"] != planned["village"])
    assert plans(office.worker(other)) == []


def test_a_plan_that_leaves_a_member_out_is_refused(office):
    household = next(
        each for each in office.households()
        if office.register.facts.household(ROUND, each["household_id"], COUNTY)["persons"] > 1
    )  # fmt: skip
    with pytest.raises(RefusedError, match="缺成员"):
        make_plan(
            office.worker(household),
            ROUND,
            household["household_id"],
            "x",
            "李某",
            [Planned("follow_up"), Planned("training", 1)],
        )
    assert plan_of(office.officer, household["household_id"]) is None


@pytest.mark.parametrize(
    "wrong", [Planned("no_such"), Planned("follow_up", 1), Planned("training"), Planned("training", 99)]
)
def test_a_measure_that_cannot_be_is_refused_in_words(office, wrong):
    household = office.households()[0]
    with pytest.raises(InputError):
        make_plan(office.worker(household), ROUND, household["household_id"], "x", "李某", [wrong])


def test_making_it_again_adds_what_is_new_and_takes_nothing_away(office, planned):
    before = plan_of(office.officer, planned["household_id"])["measures"]
    assert make_plan(office.worker(planned), ROUND, planned["household_id"], "稳定增收", "李某") == 0
    assert (
        make_plan(office.worker(planned), ROUND, planned["household_id"], "稳定增收", "李某", [Planned("motivation")])
        == 1
    )
    after = plan_of(office.officer, planned["household_id"])["measures"]
    assert after[: len(before)] == before


def test_the_last_measure_of_a_member_is_not_ended_and_others_only_with_a_reason(office, planned):
    worker = office.worker(planned)
    make_plan(worker, ROUND, planned["household_id"], "稳定增收", "李某", [Planned("motivation")])
    added = plan_of(office.officer, planned["household_id"])["measures"][-1]["id"]
    with pytest.raises(RefusedError, match="理由"):
        end_measure(worker, added, NOW.date(), " ")
    end_measure(worker, added, NOW.date(), "已完成")
    with pytest.raises(RefusedError, match="已经结束"):
        end_measure(worker, added, NOW.date(), "再次")
    of_member = next(
        each for each in plan_of(office.officer, planned["household_id"])["measures"] if each["member"] == 1
    )
    with pytest.raises(RefusedError, match="唯一"):
        end_measure(worker, of_member["id"], NOW.date(), "已完成")


def test_a_household_that_is_filed_blue_keeps_its_measures(office):
    household = office.households(rule="3")[0]
    worker = office.worker(household)
    make_plan(worker, ROUND, household["household_id"], "巩固", "李某")
    before = plan_of(office.officer, household["household_id"])["measures"]
    office.visit(household)
    propose_tier(worker, ROUND, household["household_id"], "3")
    agree(office.reviewer(household), ROUND, RISK)
    assert file_list(office.officer, ROUND, COUNTY, RISK).number
    assert plan_of(office.officer, household["household_id"])["measures"] == before
    assert all(each["until"] is None for each in before)


def test_a_plan_is_made_by_its_village(office, planned):
    other = next(each for each in office.households() if each["village"] != planned["village"])
    with pytest.raises(RefusedError):
        make_plan(office.worker(other), ROUND, planned["household_id"], "x", "李某")
    with pytest.raises(RefusedError, match="无权"):
        make_plan(office.officer, ROUND, planned["household_id"], "x", "李某")
    assert plan_of(office.worker(other), planned["household_id"]) is None


_COUNT = st.none() | st.integers(0, 4)


@given(persons=st.integers(1, 8), labour=_COUNT, skilled=_COUNT, weak_labour=_COUNT, students=_COUNT)
def test_whatever_is_known_of_a_household_every_member_has_just_one_place(persons, **counts):
    proposed = propose_each([{"persons": persons, **counts}], tier_parameters(ROUND))[0]
    members = [each.member for each in as_suggested(persons, proposed) if each.member is not None]
    assert set(members) == set(range(1, persons + 1))
    if sum(each.people or 0 for each in proposed.persons) <= persons:  # else some member has two roles
        assert len(members) == persons


def test_a_plan_bears_the_day_on_which_it_was_made(office, planned):
    assert plan_of(office.officer, planned["household_id"])["made_on"] == dt.date(2019, 10, 8).isoformat()


@given(
    persons=st.integers(1, 6),
    counts=st.fixed_dictionaries(
        dict.fromkeys(
            ("labour", "skilled", "weak_labour", "students", "seriously_ill", "chronically_ill", "disabled", "severely_disabled"),
            st.one_of(st.none(), st.integers(0, 3)),
        )
    ),
)  # fmt: skip
def test_a_plan_writes_every_measure_that_it_suggests_for_as_many_members(persons, counts):
    proposed = propose_each([{"persons": persons, **counts}], tier_parameters(ROUND))[0]
    written = as_suggested(persons, proposed)
    assert len({(each.measure, each.member) for each in written}) == len(written)
    assert {each.measure for each in written if each.member is None} == {
        each.measure.name for each in proposed.household
    }
    members = {each.measure.name: min(each.people, persons) for each in proposed.persons}
    counted = {name: sum(each.measure == name for each in written) for name in members}
    assert counted | {"member_to_verify": 0} == members | {"member_to_verify": 0}
    assert {each.member for each in written} == {None, *range(1, persons + 1)}


def test_two_seriously_ill_members_have_two_measures():
    facts = {"persons": 3, "labour": 1, "skilled": 1, "weak_labour": 0, "students": 0, "seriously_ill": 2}
    written = as_suggested(3, propose_each([facts], tier_parameters(ROUND))[0])
    assert [each.member for each in written if each.measure == "serious_illness_aid"] == [1, 2]


def test_a_plan_goes_on_where_a_member_has_left(office):
    """A household smaller than when it was planned: its plan is added to, and who left has no measure for ever."""
    facts = office.register.facts
    of = {each["household_id"]: each for each in office.households()}
    number, persons = next(
        (number, persons) for number in of if (persons := facts.household(ROUND, number, COUNTY)["persons"]) > 1
    )
    worker = office.worker(of[number])
    make_plan(worker, ROUND, number, "稳定增收", "李某")
    here = pl.col("household_id") == number
    table = pl.DataFrame(facts.read(ROUND, COUNTY)).with_columns(
        persons=pl.when(here).then(pl.col("persons") - 1).otherwise("persons")
    )
    facts.write(ROUND, {COUNTY: table.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(ROUND, COUNTY))
    assert make_plan(worker, ROUND, number, "稳定增收", "张某", [Planned("motivation")]) == 1
    running = plan_of(office.officer, number)["measures"]
    gone, there = ([each["id"] for each in running if each["member"] == member] for member in (persons, 1))
    for measure in gone:
        end_measure(worker, measure, NOW.date(), "已迁出")
    for measure in there[1:]:
        end_measure(worker, measure, NOW.date(), "完成")
    with pytest.raises(RefusedError, match="唯一"):
        end_measure(worker, there[0], NOW.date(), "完成")
