"""A county that is gone from the last round has its past still, whoever counts it: one computer, workers, its province."""

import json
import shutil

import pytest
import yaml
from typer.testing import CliRunner

from tests.cli.command import refused, run
from tests.cluster.in_process import InProcess
from tests.cluster.made_up import COUNTIES, ROUNDS, made_up_store
from tests.cluster.questions import answer, without_times
from tests.preview.scored import score_store
from workbench.cli.app import app
from workbench.cli.language import speaking
from workbench.store.cluster.counties import Listing

GONE, THERE = COUNTIES[0], COUNTIES[1]
# Above the line of the county's own last round, below that of the round that it is gone from (3,218 and 4,000 yuan).
_STANDARD = "{income: {ceiling: {yuan: 3539.8}}, require_group: false}"


@pytest.fixture
def store(tmp_path, monkeypatch):
    made = made_up_store(tmp_path / "store", households=200)
    shutil.rmtree(made.root / "facts" / f"round={ROUNDS[-1]}" / f"county_code={GONE}")
    score_store(made, ROUNDS[1])
    (tmp_path / "standard.yaml").write_text(_STANDARD)
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    return made


def asked_of(tmp_path):
    """By name, what is asked of the county's past and of what is expected there, with a standard and without one."""
    of_county, ours = ["--county", GONE], ["--standard", str(tmp_path / "standard.yaml")]
    return {
        "frontier of the past": ["frontier", "--hindsight", *of_county, *ours],
        "frontier of the past without a standard": ["frontier", "--hindsight", *of_county],
        "frontier": ["frontier", *of_county, *ours],
        "hindsight": ["hindsight", *of_county, *ours],
    }


def test_its_past_is_counted_by_workers_as_here(store, tmp_path):
    for name, arguments in asked_of(tmp_path).items():
        here = answer(arguments, store.root)
        assert here["rounds"], name
        assert answer(arguments, store.root, "--engine", "spark") == here, name


@pytest.mark.parametrize("round_name", ROUNDS[1:])
def test_a_round_without_a_next_one_is_refused_there_as_here(round_name, store, capsys):
    words = ["frontier", "--hindsight", "--round", round_name, "--county", GONE, "--store", store.root, "--lang", "en"]
    ours, theirs = run(capsys, *words), run(capsys, *words, "--engine", "spark")
    assert refused(theirs)
    assert ours.err == theirs.err


def test_its_past_is_in_the_summary_of_its_city(store, tmp_path):
    key = answer(["summary", "write", "--city", "甲市", "--out", str(tmp_path / "甲市.summary")], store.root)["key"]
    (tmp_path / "keys.yaml").write_text(yaml.safe_dump({"甲市": key}, allow_unicode=True), "utf-8")
    arguments = asked_of(tmp_path)["frontier of the past"]
    here = answer(arguments, store.root)
    words = ["summary", "frontier", str(tmp_path), "--keys", str(tmp_path / "keys.yaml"), *arguments[1:], "--json"]
    # In the language of `answer`, whichever the test before it spoke in this process.
    with speaking("zh"):
        asked = CliRunner().invoke(app, words)
    assert asked.exit_code == 0, asked.output
    summed = without_times(json.loads(asked.stdout))
    assert {key: summed[key] for key in here} == here


def test_the_last_round_of_a_county_is_its_own():
    listing = Listing({"2019-05": [GONE, THERE], "2019-10": [THERE]}, simulated=True, scored=[])
    assert [listing.last_round(each) for each in (GONE, THERE, None, "999999")] == ["2019-05", *["2019-10"] * 3]
