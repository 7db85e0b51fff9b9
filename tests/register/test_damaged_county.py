"""A truncated file of facts closes its county: everybody signs in, other counties work, and what is said names the county."""

import os
import shutil

import polars as pl
import pytest

from tests.register.conftest import COUNTY, ROUND, opened_office
from workbench.errors import DamagedError
from workbench.register.access.passwords import Admission, admission
from workbench.store.facts import FactStore

DAMAGED = "341522"


@pytest.fixture
def facts(city, tmp_path):
    root = shutil.copytree(city, tmp_path / "store")
    os.truncate(root / f"facts/round={ROUND}/county_code={DAMAGED}/facts.parquet", 400)
    return FactStore(root)


def test_what_is_said_of_it_names_round_and_county_in_each_language(facts):
    for look in (facts.frame, facts.origin):
        with pytest.raises(DamagedError) as caught:
            look(ROUND)
        assert f"期次 {ROUND}，县区 {DAMAGED}" in caught.value.words.zh
        assert f"round {ROUND}, county {DAMAGED}" in caught.value.words.en


def test_other_counties_are_read(facts):
    assert len(facts.frame(ROUND, COUNTY)) > 0
    assert facts.origin(ROUND, COUNTY).simulated


def test_how_one_signs_in_is_the_same_whatever_file_is_damaged(facts):
    register = opened_office(facts.root, f"sqlite:///{facts.root / 'register.sqlite'}").register
    assert admission(register) is Admission.CHOSEN
    register.engine.dispose()


def test_a_store_of_which_nothing_can_be_read_is_not_taken_for_a_simulated_one(facts):
    for path in facts.root.glob("facts/*/*/*.parquet"):
        os.truncate(path, 400)
    assert not facts.simulated()


def test_work_goes_on_in_another_county(facts):
    office = opened_office(facts.root, f"sqlite:///{facts.root / 'register.sqlite'}")
    household = office.households(rule="3")[0]
    office.visit(household, land_mu=12.5)
    rows = pl.DataFrame(facts.read(ROUND, COUNTY)).filter(household_id=household["household_id"])
    assert rows["land_mu"].to_list() == [12.5]
    office.register.engine.dispose()
