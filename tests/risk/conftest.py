"""A small simulated city in a store, and a model trained on it, made once and never changed by a test."""

import pickle

import pytest

from tests.shared import made_once
from workbench.risk.model.training import TrainingRequest, train
from workbench.settings import DIVISIONS
from workbench.simulation.city import describe, simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

HOUSEHOLDS, ROUNDS, SEED = 4000, 4, 11


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    store = FactStore(tmp_path_factory.mktemp("risk") / "store")
    made = simulate(HOUSEHOLDS, ROUNDS, SEED, divisions=DIVISIONS)
    write_city(store, made, Origin(simulated=True, details=describe(HOUSEHOLDS, ROUNDS, SEED, 0.0)))
    return store


@pytest.fixture(scope="session")
def model(city, tmp_path_factory):
    """Trained on the transitions up to the last round but one; once for all processes of a run."""

    def make(folder):
        (folder / "model").write_bytes(pickle.dumps(train(city, TrainingRequest(until="2020-04", day="2026-11-23"))))

    return pickle.loads((made_once(tmp_path_factory, "model", make) / "model").read_bytes())  # noqa: S301 - our own
