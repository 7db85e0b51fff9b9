"""What a run that failed leaves behind: parts of scores are swept, cities that were made are told of."""

import datetime as dt
import io
import os

import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.cli.command import run
from tests.cluster.in_process import InProcess
from tests.variants import seldom
from workbench.cli.data import simulation
from workbench.clock import BEIJING
from workbench.errors import StoreError, Words
from workbench.register.audit.store_verification import verify_store
from workbench.risk.cluster.county_scores import PARTS, sweep_parts
from workbench.risk.registry.artefact import in_use
from workbench.risk.scoring.by_county import score_by_county
from workbench.risk.scoring.scoring import score
from workbench.store.arrow.score_tables import read_scores
from workbench.store.facts import FactStore
from workbench.store.scores import read_head

NOW = dt.datetime(2026, 10, 2, 9, tzinfo=BEIJING)


def parts(root, name, hours):
    folder = root / "scores" / PARTS / name
    folder.mkdir(parents=True)
    (folder / "341524.parquet").write_bytes(b"")
    at = (NOW - dt.timedelta(hours=hours)).timestamp()
    for path in (folder / "341524.parquet", folder):
        os.utime(path, (at, at))
    return folder


def test_parts_of_a_driver_that_was_killed_are_swept_and_no_others(tmp_path):
    store = FactStore(tmp_path)
    sweep_parts(store, NOW)  # nothing was ever scored
    abandoned, going_on = parts(tmp_path, "a", 30), parts(tmp_path, "b", 2)
    sweep_parts(store, NOW)
    assert (abandoned.exists(), going_on.exists()) == (False, True)
    going_on.rename(tmp_path / "done")
    parts(tmp_path, "c", 30)
    sweep_parts(store, NOW)
    assert not (tmp_path / "scores" / PARTS).exists()


# Here they are made one after another; on a cluster those after the one that fails are made as well.
@pytest.mark.parametrize(("engine", "fails", "made"), [seldom(("polars", 2, "9801")), ("spark", 1, "9802")])
def test_cities_that_were_made_beside_one_that_fails_are_in_the_trail(
    engine, fails, made, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    asked = ["simulate", "--households", "700", "--rounds", "1", "--cities", "3", "--store", tmp_path]
    assert run(capsys, *asked[:5], "--store", tmp_path).status == 0
    assert (
        run(capsys, "register", "demonstrate", "--round", "2019-05", "--county", "341524", "--store", tmp_path).status
        == 0
    )
    added = simulation.city_added

    def failing(store, question):
        if question.number == fails:
            raise StoreError(Words("磁盘已满", "the disk is full"))
        return added(store, question)

    monkeypatch.setattr(simulation, "city_added", failing)
    monkeypatch.setattr("workbench.cli.data.simulation.replace_city", keeping_decisions)
    assert run(capsys, *asked, "--engine", engine).status == 2
    assert any(code.startswith(made) for code in FactStore(tmp_path).counties("2019-05"))
    assert verify_store(tmp_path, None).broken is None
    assert not [each for each in verify_store(tmp_path, None).not_covered if each.what == "facts"]


def keeping_decisions(store, _register, rounds, _origin):
    """The demonstration city as it is: a store with decisions is never replaced, which is not what fails here."""
    return {each.round: len(store.frame(each.round)) for each in rounds}


def test_a_round_scored_by_county_has_the_scores_of_the_whole(trained):
    store = FactStore(trained[0])
    model = in_use(None, store.root, None)
    whole = score(store, "2020-04", model)
    made = score_by_county(store, "2020-04", model)
    assert (made.rows, made.head) == (len(whole.table), whole.head)
    assert read_head(store.root, "2020-04") == whole.head
    assert pl.DataFrame(read_scores(store.root, "2020-04")).equals(pl.DataFrame(plain(whole.table)))


def plain(table):
    """A table as a file holds it: the few texts of reasons as strings."""
    written = io.BytesIO()
    pq.write_table(table, written, store_schema=False)
    return pq.read_table(written)
