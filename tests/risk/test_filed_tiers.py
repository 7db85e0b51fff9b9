"""Tiers filed in the register are what the panel reads; without a register everything is as it was, byte for byte."""

import shutil

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.register.conftest import COUNTY, ROUND, opened_office
from workbench.register.assessment import RISK
from workbench.register.procedure.filed_tiers import with_filed_tiers
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree
from workbench.register.standards.in_force import standard_in_use
from workbench.risk.data.panel import PanelReader
from workbench.risk.early_warning import early_warning_frame
from workbench.risk.help.records import HELP
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.registry.artefact import fingerprint
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope


def everything_in(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(params=["in the store", "at a URL"])
def filed(city, tmp_path, request):
    """A store, the URL of its register if it lies elsewhere, and a household that the rules call blue and that was filed red."""
    root = shutil.copytree(city.root, tmp_path / "store")
    inside = request.param == "in the store"
    url = f"sqlite:///{(root if inside else tmp_path) / 'register.sqlite'}"
    office = opened_office(root, url)
    household = office.households(rule="3")[0]
    office.visit(household)
    propose(office.worker(household), ROUND, household["household_id"], "1", "户主刚做手术")
    agree(office.reviewer(household), ROUND, RISK)
    assert file_list(office.officer, ROUND, COUNTY, RISK).number
    office.register.engine.dispose()
    return FactStore(root), None if inside else url, household["household_id"]


def state_of(frame, household):
    return frame.filter(household_id=household)["state"].to_list()


def test_the_filed_tier_is_the_state_at_the_end_of_one_transition_and_the_start_of_the_next(filed, city):
    store, url, household = filed
    reader, without = PanelReader(store, register=url), PanelReader(city)
    assert (state_of(without.assessed(ROUND), household), state_of(reader.assessed(ROUND), household)) == ([3], [1])
    before, after = reader.transitions()[:2]
    assert (before.end, after.start) == (ROUND, ROUND)
    slipped = reader.labelled(before).filter(household_id=household)["slip"].to_list()
    started = without.assessed(before.start).filter(household_id=household)["state"].to_list()
    assert slipped == [started[0] > 1]
    assert state_of(reader.labelled(after), household) == [1]


def test_the_other_households_stay_as_the_rules_say(filed, city):
    store, url, household = filed
    result, usual = PanelReader(store, register=url).assessed(ROUND), PanelReader(city).assessed(ROUND)
    others = pl.col("household_id") != household
    assert result.filter(others).equals(usual.filter(others))


def test_the_early_warning_reads_it_too(filed):
    store, url, household = filed
    standards = {COUNTY: standard_in_use(RoundScope(store, ROUND, COUNTY), register=url).standard}
    assert state_of(early_warning_frame(RoundScope(store, ROUND, COUNTY), standards, url), household) == [1]


def test_looking_for_a_register_makes_none(city, tmp_path):
    before = everything_in(city.root)
    facts = city.frame(ROUND)
    for url in (None, f"sqlite:///{tmp_path / 'nowhere' / 'register.sqlite'}", f"sqlite:///{tmp_path / 'none.sqlite'}"):
        assert with_filed_tiers(city, ROUND, facts, url) is facts
        assert not standard_in_use(RoundScope(city, ROUND, COUNTY), register=url).in_force
    assert everything_in(city.root) == before
    assert list(tmp_path.iterdir()) == []


def test_a_register_that_has_filed_nothing_leaves_all_that_is_learnt_from_as_it_was(city, tmp_path):
    root = shutil.copytree(city.root, tmp_path / "store")
    opened_office(root, f"sqlite:///{root / 'register.sqlite'}").register.engine.dispose()
    reader, without = PanelReader(FactStore(root)), PanelReader(city)
    assert reader.transitions() == without.transitions()
    for step in reader.transitions():
        # Help given stands beside the labels, known where there is a register; nothing is learnt from it.
        learnt = [each.labelled(step).drop(HELP) for each in (reader, without)]
        assert_frame_equal(*learnt, check_row_order=False)


@pytest.mark.deep
def test_a_register_that_has_filed_nothing_leaves_the_very_same_model(city, model, tmp_path):
    root = shutil.copytree(city.root, tmp_path / "store")
    opened_office(root, f"sqlite:///{root / 'register.sqlite'}").register.engine.dispose()
    again = train(FactStore(root), TrainingRequest(until="2020-04", day=model.about["day"]))
    assert fingerprint(again) == fingerprint(model)
    assert (again.name, again.about["hash"]) == (model.name, model.about["hash"])
