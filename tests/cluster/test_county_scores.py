"""A round scored county by county gets the scores, the file and the answer of one computer."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.cli.command import refused, run
from tests.cluster.in_process import InProcess
from tests.cluster.made_up import made_up_store, with_model_of
from tests.cluster.questions import answer
from workbench.store.arrow.score_tables import read_scores
from workbench.store.scores import read_head

ROUNDS = ("2020-04", "2020-10")


@pytest.fixture(scope="module")
def stores(tmp_path_factory, trained):
    """Two stores of one city with one model in use: one for each engine."""
    return [
        Path(
            shutil.copytree(
                trained[0], tmp_path_factory.mktemp(name) / "store", ignore=shutil.ignore_patterns("scores")
            )
        )
        for name in ("here", "there")
    ]


@pytest.fixture(autouse=True)
def in_process(monkeypatch):
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))


def test_scores_are_those_of_one_computer(stores):
    here, there = stores
    for round_name in ROUNDS:  # the second tells what became of the scores of the first
        asked = ["score", "--round", round_name]
        ours, theirs = answer(asked, here), answer(asked, there, "--engine", "spark")
        assert theirs | {"file": ""} == ours | {"file": ""}
        scores = [pl.DataFrame(read_scores(root, round_name)) for root in stores]
        assert scores[0].equals(scores[1])
        assert read_head(here, round_name) == read_head(there, round_name)
    assert ours["last_scores"]
    assert not (there / "scores" / ".parts").exists()


@pytest.mark.deep  # of a simulated city in every run: the test above
def test_random_facts_get_the_scores_of_one_computer(trained, tmp_path):
    """A tenth of each fact unknown, numbers that stand twice, a round that a county is not in, strangers under one number."""
    here, there = (with_model_of(trained[0], made_up_store(tmp_path / name).root) for name in ("here", "there"))
    for round_name in ("2019-10", "2020-04"):
        asked = ["score", "--round", round_name]
        ours, theirs = answer(asked, here), answer(asked, there, "--engine", "spark")
        assert theirs | {"file": ""} == ours | {"file": ""}
        assert read_scores(here, round_name).equals(read_scores(there, round_name))
        assert read_head(here, round_name) == read_head(there, round_name)
    assert ours["scored"]
    assert {"risk.numbers-twice", "risk.household-numbers-linked"} <= set(ours["warnings_codes"])


def test_what_is_refused_here_is_refused_there_and_the_scores_stay(stores, capsys):
    _, there = stores
    before = answer(["score", "--round", ROUNDS[0]], there)["scored"]
    asked = ["score", "--round", "2018-10", "--lang", "en", "--store", there]
    ours, theirs = run(capsys, *asked), run(capsys, *asked, "--engine", "spark")
    assert refused(theirs, "2018-10 is not stored")
    assert ours.err == theirs.err
    assert before == len(read_scores(there, ROUNDS[0]))
    assert not (there / "scores" / ".parts").exists()


def test_a_register_on_a_server_is_not_passed_over(stores, capsys, monkeypatch):
    monkeypatch.setenv("WORKBENCH_REGISTER", "postgresql://nobody@127.0.0.1:1/none")
    asked = ["score", "--round", ROUNDS[0], "--engine", "spark", "--store", stores[1], "--lang", "en"]
    assert refused(run(capsys, *asked), "the register is in a database server")
