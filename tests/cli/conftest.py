"""Stores that the commands are run on: one simulated city, made once and never changed by a test; copies to change."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import run, run_here
from tests.shared import made_once
from tests.trained_city import trained_city

EXPORTS = Path(__file__).parents[1] / "data" / "exports"


@pytest.fixture(autouse=True)
def of_no_language(monkeypatch):
    """Commands speak Chinese unless told otherwise, whatever the machine of the tests speaks."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    """A simulated city of 2,000 households and three rounds (2019-05, 2019-10, 2020-04). Not to be changed."""

    def make(folder):
        words = ("--households", 2000, "--rounds", 3, "--seed", 7, "--store", folder / "store", "--json")
        done = run_here("simulate", *words)
        assert done.status == 0, done.err

    return shutil.copytree(
        made_once(tmp_path_factory, "city", make) / "store", tmp_path_factory.mktemp("city") / "store"
    )


@pytest.fixture
def city_copy(city, tmp_path):
    """A copy of the city that a test may change."""
    return shutil.copytree(city, tmp_path / "copy")


@pytest.fixture(scope="session")
def demonstrated(city, tmp_path_factory):
    """The city with the register of the county 341504 under way in 2019-10, filed in part. Not to be changed."""
    from workbench.preview.submission import submission_figures  # noqa: PLC0415
    from workbench.register.access.acting_user import open_register  # noqa: PLC0415 - few tests ask for it
    from workbench.register.demonstration import demonstrate  # noqa: PLC0415
    from workbench.store.facts import FactStore  # noqa: PLC0415

    store = shutil.copytree(city, tmp_path_factory.mktemp("demonstrated") / "store")
    demonstrate(open_register(FactStore(store)), "2019-10", "341504", submission_figures)
    return store


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A store of four rounds with a model trained on all transitions but the last, and what the training said."""
    shared = trained_city(tmp_path_factory) / "store"
    store = shutil.copytree(shared, tmp_path_factory.mktemp("trained") / "store")
    record = shared.with_name("record.json").read_text(encoding="utf-8")
    return store, json.loads(record.replace(str(shared), str(store)))


@pytest.fixture
def workbench(capsys):
    """`workbench("tier", "--round", …)`: a command in this process."""
    return lambda *words: run(capsys, *words)


@pytest.fixture
def monitoring():
    """An export of 300 households of one county (341522), of 2019-10, made up."""
    return EXPORTS / "霍邱县_监测信息_2019-10.csv"


@pytest.fixture
def register():
    """An export of 400 households of another county (341524), of 2019-05, made up."""
    return EXPORTS / "金寨县_建档立卡人口_2019-05.xlsx"
