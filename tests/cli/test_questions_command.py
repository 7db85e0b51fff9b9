"""The command `questions`: what is listed settles the household, in its JSON and in words."""

import pytest

from tests.cli.command import refused
from workbench.store.facts import FactStore

ROUND = ("--round", "2019-10")


def _households(city, kind):
    frame = FactStore(city).frame("2019-10")
    return frame.filter(frame["kind"] == kind)["household_id"].sort().to_list()


@pytest.mark.parametrize("kind", ["lifted", "unregistered"])
def test_answering_what_is_asked_settles_the_household(workbench, city, kind):
    number = _households(city, kind)[0]
    answers = []
    for _ in range(30):
        done = workbench("questions", number, *ROUND, *answers, "--store", city, "--json")
        assert done.status == 0, done.err
        record = done.record
        if not record["questions"]:
            break
        asked = record["questions"][0]
        answers += ["--answer", f"{asked['fact']}={'未知' if asked['recorded'] is None else asked['recorded']}"]
    assert record["settled"] == (record["result"] is not None)
    assert record["settled"] or record["missing"]
    assert len(answers) // 2 < record["can_be_asked"] or not record["settled"]
    assert not record["settled"] or record["possible"] == [record["result"]]


def test_what_is_recorded_can_be_taken_for_certain(workbench, city):
    number = _households(city, "lifted")[0]
    whole = workbench("questions", number, *ROUND, "--trust-records", "--store", city, "--json").record
    explained = workbench("explain", number, *ROUND, "--store", city, "--json").record
    assert whole["result"] == explained["tier"]
    assert {each["fact"] for each in whole["questions"]} <= set(explained["missing"])
    assert all(each["ask"] == "missing" for each in whole["questions"])


@pytest.mark.parametrize("answer", ["food", "food=有", "income_pc=1,2", "no_such=1", "household_id=3"])
def test_an_answer_that_cannot_be_is_refused(workbench, city, answer):
    number = _households(city, "lifted")[0]
    refused(workbench("questions", number, *ROUND, "--answer", answer, "--store", city))


def test_a_registered_household_is_asked_nothing(workbench, city):
    number = _households(city, "registered")[0]
    refused(workbench("questions", number, *ROUND, "--store", city), "建档立卡")
