"""The command `questions`: what is listed settles the household, in its JSON and in words."""

import pyarrow as pa
import pytest

from tests.cli.command import refused
from tests.variants import seldom
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

ROUND = ("--round", "2019-10")


def _households(city, kind):
    frame = FactStore(city).frame("2019-10")
    return frame.filter(frame["kind"] == kind)["household_id"].sort().to_list()


@pytest.mark.parametrize("kind", [seldom("lifted"), "unregistered"])
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


OWN = "income: {ceiling: {multiple: 1.5}}\ngroups: [x_remote]\nown_groups: {x_remote: 偏远户}\n"


@pytest.fixture
def own_group(tmp_path):
    """A standard that asks for a group of the county's own, and a store whose files say of it what numbers say: 1, 0 or nothing."""
    standard = tmp_path / "own.yaml"
    standard.write_text(OWN, encoding="utf-8")
    known = [True, False, None] * 4
    table = pa.table(
        {
            "household_id": [f"{number:03d}" for number in range(len(known))],
            "kind": ["unregistered"] * len(known),
            "income_pc": [3600.0] * len(known),
            "x_remote": [None if each is None else float(each) for each in known],
            **dict.fromkeys(("has_car", "has_commercial_housing", "on_public_payroll"), pa.array([False] * len(known))),
            "has_business": [False] * len(known),
        }
    )
    FactStore(tmp_path / "store").write("2019-10", {"341524": table}, Origin())
    return "--standard", standard, "--store", tmp_path / "store"


def test_a_group_of_the_county_s_own_is_asked_by_its_name_and_answered(workbench, own_group):
    nobody_knows, said = "002", workbench("questions", "002", *ROUND, "--trust-records", *own_group, "--lang", "zh")
    assert "偏远户" in said.out
    assert "x_remote" not in said.out
    record = workbench("questions", nobody_knows, *ROUND, "--trust-records", *own_group, "--json").record
    assert [(each["fact"], each["label"], each["ask"]) for each in record["questions"]] == [
        ("x_remote", "偏远户", "missing")
    ]
    for answer, result in (("有", "in"), ("没有", "out")):
        words = ("--answer", f"x_remote={answer}", "--trust-records", *own_group, "--json")
        assert workbench("questions", nobody_knows, *ROUND, *words).record["result"] == result
    words = ("--answer", "x_remote=未知", "--trust-records", *own_group)
    assert "偏远户" in workbench("questions", nobody_knows, *ROUND, *words, "--lang", "zh").out
    assert workbench("questions", nobody_knows, *ROUND, *words, "--json").record["missing"] == ["x_remote"]


def test_what_a_file_said_of_it_in_numbers_is_confirmed_as_a_flag(workbench, own_group):
    record = workbench("questions", "000", *ROUND, *own_group, "--json").record
    asked = next(each for each in record["questions"] if each["fact"] == "x_remote")
    assert (asked["ask"], asked["recorded"]) == ("confirm", True)
    refused(workbench("questions", "000", *ROUND, "--answer", "x_remote=3", *own_group), "偏远户")
