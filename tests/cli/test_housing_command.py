"""`register plans housing`: who renovates an unsafe house, and the answers that decide it."""

import polars as pl
import pytest

from tests.cli.command import refused
from workbench.domain.assistance.housing_decision import is_unsafe
from workbench.store.facts import FactStore

ROUND, COUNTY = "2019-10", "341504"
AT = ("--at", "2019-10-08T09:00")


@pytest.fixture
def housing(workbench, city_copy):
    """The command, given by the worker of the household's village; `unsafe` and `safe` are households of the county."""
    facts = pl.DataFrame(FactStore(city_copy).read(ROUND, COUNTY)).filter(pl.col("kind") != "registered")
    store = ("--store", city_copy)

    def account(name, role, *area):
        who = () if name == "admin" else ("--as", "admin")
        done = workbench("register", "accounts", "add", name, "--name", name, "--role", role, *area, *who, *AT, *store)
        assert done.status == 0, done.err

    def ask(household, *options, by=None):
        place = facts.filter(household_id=household).row(0, named=True)
        area = ("--county", COUNTY, "--township", place["township"], "--village", place["village"])
        if by is None:
            account(f"w-{household}", "village_worker", *area)
        who = ("--as", by or f"w-{household}")
        return workbench("register", "plans", "housing", household, "--round", ROUND, *options, *who, *AT, *store)

    account("admin", "administrator")
    by_state = {
        state: next(row["household_id"] for row in facts.iter_rows(named=True) if is_unsafe(row) is state)
        for state in (True, False)
    }
    ask.unsafe, ask.safe = by_state[True], by_state[False]
    return ask


def test_the_decision_stands_with_every_answer_that_it_rests_on(housing):
    answers = ("--no-policy", "--no-own", "--supporters")
    done = housing(housing.unsafe, *answers)
    assert done.status == 0, done.err
    assert "动员赡养人帮助改造" in done.out
    assert "§3.4-b" in done.out
    assert [line.split()[-1] for line in done.out.splitlines()[1:]] == ["是", "否", "否", "是"]
    english = housing(housing.unsafe, *answers, "--lang", "en", by=f"w-{housing.unsafe}")
    assert "renovation with the help of those bound to support" in english.out
    assert [line.split()[-1] for line in english.out.splitlines()[1:]] == ["yes", "no", "no", "yes"]


def test_what_is_not_answered_is_not_known_and_is_asked_for(housing):
    result = housing(housing.unsafe, "--no-policy", "--json").record
    assert (result["outcome"], result["possible"]) == (
        None,
        ["own_renovation", "supporters_renovation", "land_programmes"],
    )
    assert result["missing"] == ["own_ability", "supporters_ability"]
    assert [each["answer"] for each in result["answers"]] == [True, False, None, None]


def test_in_words_it_says_what_may_be_and_what_is_still_to_be_asked(housing):
    said = housing(housing.unsafe).out
    assert "还不能判定" in said
    assert said.splitlines()[-1].startswith("  还要弄清")
    assert "赡养人有改造能力吗" in said.splitlines()[-1]


def test_a_safe_house_needs_nothing(housing):
    assert "住房安全，不需改造" in housing(housing.safe).out
    assert housing(housing.safe, "--json", by=f"w-{housing.safe}").record["outcome"] == "safe"


def test_a_household_elsewhere_is_not_asked_about(housing):
    housing(housing.safe)
    refused(housing(housing.unsafe, by=f"w-{housing.safe}"), "不在其中", status=1)
