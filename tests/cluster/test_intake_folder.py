"""A folder of exports: each file a batch of its own, one that fails stops itself only, on one computer and on a cluster alike."""

import shutil

import pytest

from tests.cli.command import refused, run
from tests.cli.conftest import EXPORTS
from tests.cluster.in_process import InProcess
from workbench.store.facts import FactStore

ROUND = "2019-10"
GOOD = ("霍邱县_监测信息_2019-10.csv", "金寨县_建档立卡人口_2019-05.xlsx")


@pytest.fixture
def folder(tmp_path):
    """Two exports, a table that is none of the layouts, a note, and what an office program left behind."""
    made = tmp_path / "exports"
    made.mkdir()
    for name in GOOD:
        shutil.copy(EXPORTS / name, made)
    (made / "broken.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (made / "read me.md").write_text("nothing", encoding="utf-8")
    (made / "~$open.xlsx").write_bytes(b"")
    return made


def test_each_file_by_itself(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    stores, records = [tmp_path / "here", tmp_path / "there"], []
    for store, more in zip(stores, ([], ["--engine", "spark"]), strict=True):
        done = run(capsys, "intake", folder, "--round", ROUND, "--store", store, "--json", "--lang", "en", *more)
        assert done.status == 1
        records.append(done.record)
    ours, theirs = records
    assert ours == theirs
    assert [each["file"] for each in ours["files"] if "error" in each] == ["broken.csv"]
    assert (ours["taken_in"], ours["refused"], sorted(ours["passed_over"])) == (2, 1, ["read me.md", "~$open.xlsx"])
    assert ours["accepted_households"] > 0
    for county in FactStore(stores[0]).counties(ROUND):
        here, there = (FactStore(store).frame(ROUND, county) for store in stores)
        assert here.equals(there)


def test_a_folder_without_tables_is_refused(tmp_path, capsys):
    empty = tmp_path / "empty"
    empty.mkdir()
    done = run(capsys, "intake", empty, "--round", ROUND, "--store", tmp_path / "store", "--lang", "en")
    assert refused(done, "no tables in this folder")
