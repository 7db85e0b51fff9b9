"""A finding closes itself: the next file of the round that mends it marks it mended; one that is repeated stays."""

import pytest

from tests.cli.command import run
from tests.intake.person_lists import A2017, person, sheet, write_csv
from workbench.store.batches.batch import batches

ROUND = "2019-10"
ONE, TWO, THREE = (f"3415999910000{number}" for number in (1, 2, 3))


@pytest.fixture
def take(tmp_path, capsys):
    """Take a list in; the counts of its findings over time."""

    def taken(*rows):
        path = write_csv(tmp_path / "t.csv", sheet(A2017, *rows))
        done = run(capsys, "intake", path, "--round", ROUND, "--store", tmp_path / "store", "--json")
        return done.record["findings"]

    taken.root = tmp_path / "store"
    return taken


def households(**changes):
    """Three households without a finding, but for what `changes` say of the first and second."""
    plain = {"主要致贫原因": "缺资金", "人均纯收入": "5000"}
    cells = [{**plain, **changes.get(name, {})} for name in ("one", "two", "three")]
    return [
        person(A2017, place, number, **each)
        for place, (number, each) in enumerate(zip((ONE, TWO, THREE), cells, strict=True), 1)
    ]


BAD, WORSE = {"人均纯收入": "若干"}, {"人均纯收入": "若干", "务工时间（月）": "13"}


def test_a_finding_that_the_next_file_mends_is_mended_and_one_it_repeats_stays(take):
    plain = take(*households())
    first = take(*households(one=BAD, two=BAD))
    assert (first["new"], first["mended"]) == (2, 0)
    second = take(*households(one=BAD))
    assert (second["new"], second["mended"]) == (0, 1)
    assert second["stays"] == plain["new"] + 1
    third = take(*households())
    assert (third["new"], third["mended"]) == (0, 1)
    assert [each.findings["mended"] for each in batches(take.root)] == [0, 0, 1, 1]


def test_a_file_of_other_households_mends_nothing(take):
    take(*households(one=BAD))
    assert take(*households()[1:])["mended"] == 0
    assert take(*households()[:1])["mended"] == 1


def test_the_same_cell_for_another_reason_is_another_finding(take):
    take(*households(one=BAD))
    counts = take(*households(one={"务工时间（月）": "13"}))
    assert (counts["new"], counts["mended"]) == (1, 1)


def test_an_undone_batch_mended_nothing(take, capsys):
    take(*households(one=WORSE))
    assert take(*households())["mended"] == 2
    assert run(capsys, "intake", "undo", "2", "--store", take.root).status == 0
    assert take(*households())["mended"] == 2
