"""Whoever's proposed, reviewed or filed household changes its result by an intake is counted, and nobody else."""

from collections import OrderedDict

import polars as pl
import pytest

from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.intake.findings.result import IntakeResult, to_arrow
from workbench.register.assessment import RISK
from workbench.register.procedure.proposals import propose_all
from workbench.register.procedure.reviews import agree
from workbench.register.unit_of_work.fact_import import take_in_with_lock
from workbench.register.unit_of_work.intake_undoing import undo_with_lock
from workbench.register.worklists import changed_results
from workbench.register.worklists.progress import waiting
from workbench.register.worklists.worklist import assess_county, round_list
from workbench.store.schema import Origin


@pytest.fixture
def proposed(office):
    """A lifted household of the third tier, visited and proposed."""
    household = next(each for each in office.households("lifted", "3") if each["village"])
    office.visit(household)
    propose_all(office.worker(household), ROUND, RISK)
    return household


def take_in(office, household, **changes):
    facts = pl.DataFrame(office.register.facts.read(ROUND, COUNTY)).filter(household_id=household["household_id"])
    frame = facts.with_columns(**{name: pl.lit(value).cast(facts.schema[name]) for name, value in changes.items()})
    result = IntakeResult("x", {COUNTY: to_arrow(frame)}, {}, 1, None, 0, (), (), (), simulated=True)
    return take_in_with_lock(office.register, "shell:x", NOW, ROUND, [result], Origin(simulated=True))[0]


def counted(user):
    return waiting(user, ROUND).by_task.get("changed_risk")


def changed(user):
    listed = round_list(user, ROUND, COUNTY, RISK, assess_county(user, ROUND, COUNTY))
    return listed.filter("changed")["household_id"].to_list()


def test_a_result_that_an_intake_changes_is_told_until_it_is_undone(office, proposed):
    worker = office.worker(proposed)
    assert (counted(worker), changed(worker)) == (0, [])
    batch = take_in(office, proposed, water=2, labour=0, weak_labour=0)
    assert counted(worker) == counted(office.reviewer(proposed)) == counted(office.officer) == 1
    assert changed(worker) == [proposed["household_id"]]
    assert counted(office.acting_user("reader")) is None
    undo_with_lock(office.register, "shell:x", NOW, batch.number)
    assert (counted(worker), changed(worker)) == (0, [])


def test_a_fact_that_changes_no_result_is_nobodys_concern(office, proposed):
    take_in(office, proposed, students=1)
    assert counted(office.officer) == 0


def test_a_household_that_rests_on_nothing_yet_is_not_told_of(office):
    household = next(each for each in office.households("lifted", "3") if each["village"])
    office.visit(household)
    take_in(office, household, water=2, labour=0, weak_labour=0)
    assert counted(office.worker(household)) == 0


def test_a_county_is_judged_once_for_all_who_count_until_its_facts_are_others(office, proposed, monkeypatch):
    computed, compute = [], changed_results.results
    monkeypatch.setattr(changed_results, "results", lambda *given: computed.append(1) or compute(*given))
    monkeypatch.setattr(changed_results, "_RESULTS", OrderedDict())
    worker, number = office.worker(proposed), proposed["household_id"]
    elsewhere = next(each for each in office.households() if each["village"] not in (None, proposed["village"]))
    assert [counted(office.officer), counted(worker)] == [0, 0]
    # A step of the register changes no result.
    agree(office.reviewer(proposed), ROUND, RISK, [number])
    assert counted(office.officer) == 0
    assert len(computed) == 1
    take_in(office, proposed, water=2, labour=0, weak_labour=0)
    assert [counted(office.officer), counted(worker), counted(office.worker(elsewhere))] == [1, 1, 0]
    assert len(computed) == 2
