"""On a household's page each fact says where it came from: the file, a department's list, the day and the batch."""

import polars as pl
import pytest

from tests.cli.command import run
from tests.intake.person_lists import A2017, person, sheet, write_csv
from workbench.store.facts import FactStore
from workbench.ui.kit.household.sources import sources_of
from workbench.ui.kit.texts.language import Language

ROUND, COUNTY, HOUSEHOLD = "2019-10", "341524", "34159999100001"
ZH = Language("zh")


@pytest.fixture
def store(tmp_path, capsys):
    """A household of a national list, to which a list of disasters was added."""
    base = write_csv(tmp_path / "全国名单.csv", sheet(A2017, person(A2017, 1, HOUSEHOLD, 人数="1")))
    added = write_csv(tmp_path / "受灾<b>.csv", [["户编号"], [HOUSEHOLD]])
    place = ("--round", ROUND, "--store", tmp_path / "store")
    assert run(capsys, "intake", base, *place).status == 0
    assert run(capsys, "intake", "add", added, "--list", "disaster", *place).status == 0
    return FactStore(tmp_path / "store")


def sources(store):
    (facts,) = pl.DataFrame(store.read(ROUND, COUNTY)).to_dicts()
    return sources_of(store, ROUND, COUNTY, facts, ZH)


def test_each_fact_names_its_file_and_batch_and_a_departments_its_list(store):
    rows = {row["fact"]: row for row in sources(store)}
    assert (rows["受灾户"]["file"], rows["受灾户"]["batch"]) == ("受灾<b>.csv", "2")
    assert rows["受灾户"]["list"]
    assert (rows["人均纯收入"]["file"], rows["人均纯收入"]["batch"], rows["人均纯收入"]["list"]) == (
        "全国名单.csv",
        "1",
        "",
    )
    assert all(len(row["day"]) == len("2019-10-01") for row in rows.values())
