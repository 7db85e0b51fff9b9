"""`workbench demo`: trains and scores once, for a simulated city only, and one process at a time."""

import os
import shutil

import pytest

from tests.cli.command import refused
from workbench.risk.registry.records import being_trained, training_alone
from workbench.store.scores import has_scores


@pytest.fixture
def asked(monkeypatch):
    """What the command had done, instead of doing it, which takes minutes."""
    done = []
    module = "workbench.cli.data.demonstration"
    monkeypatch.setattr(f"{module}.train_command", lambda until, store: done.append(("train", until)))
    monkeypatch.setattr(f"{module}.score_command", lambda name, store: done.append(("score", name)))
    monkeypatch.setattr(os, "nice", lambda step: step)
    return done


@pytest.fixture
def demonstration(trained, tmp_path):
    """A trained store as yet without scores; others of the session may have scored the shared one."""
    return shutil.copytree(trained[0], tmp_path / "demo", ignore=shutil.ignore_patterns("scores"))


def test_it_trains_up_to_the_last_round_but_one_and_scores_the_last_two(workbench, asked, demonstration):
    done = workbench("demo", "--store", demonstration, "--lang", "en")
    assert (done.status, asked) == (0, [("train", "2020-04"), ("score", "2020-04"), ("score", "2020-10")])
    assert "reload the page" in done.out
    assert not being_trained(demonstration)


def test_it_does_nothing_a_second_time(workbench, asked, demonstration):
    assert workbench("score", "--round", "2020-10", "--store", demonstration).status == 0
    assert has_scores(demonstration, "2020-10")
    done = workbench("demo", "--store", demonstration, "--lang", "en")
    assert (done.status, asked) == (0, [])
    assert "already" in done.out


def test_it_leaves_the_training_to_a_process_that_is_at_it_and_not_to_one_that_died(workbench, asked, demonstration):
    with training_alone(demonstration) as alone:
        assert alone
        assert workbench("demo", "--store", demonstration).status == 0
        assert asked == []
    (demonstration / ".training").write_text("4194305")  # no process has so high a number
    assert workbench("demo", "--store", demonstration).status == 0
    assert len(asked) == 3


def test_real_facts_are_no_demonstration(workbench, asked, tmp_path, monitoring):
    workbench("intake", monitoring, "--round", "2019-10", "--store", tmp_path)
    assert refused(workbench("demo", "--store", tmp_path), "模拟数据", "simulate")
    assert asked == []
