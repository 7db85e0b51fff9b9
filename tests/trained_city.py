"""A simulated city with a model that the command trained, made once for all processes of a run: no training is done twice."""

import json
import pickle
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.cli.command import run_here
from tests.shared import made_once
from workbench.settings import DIVISIONS
from workbench.simulation.city import describe, simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

HOUSEHOLDS, ROUNDS, SEED = 4000, 4, 11
UNTIL = "2020-04"


def write_simulated(root: Path) -> FactStore:
    """The city, as yet without a model."""
    store = FactStore(root)
    made = simulate(HOUSEHOLDS, ROUNDS, SEED, divisions=DIVISIONS)
    write_city(store, made, Origin(simulated=True, details=describe(HOUSEHOLDS, ROUNDS, SEED, 0.0)))
    return store


def trained_city(factory: pytest.TempPathFactory) -> Path:
    """A folder with the `store`, what the command said (`record.json`), and the model as it was before it was written (`model`)."""
    return made_once(factory, "trained", _make)


def _make(folder: Path) -> None:
    # Late: it loads much, and every process of a run imports this file.
    from workbench.risk.model import training  # noqa: PLC0415

    write_simulated(folder / "store")
    models = []

    def train(*asked):
        models.append(_train(*asked))
        return models[0]

    _train = training.train
    with patch.object(training, "train", train):
        done = run_here("train", "--until", UNTIL, "--store", folder / "store", "--json")
    assert done.status == 0, done.err
    (folder / "record.json").write_text(json.dumps(done.record, ensure_ascii=False), encoding="utf-8")
    (folder / "model").write_bytes(pickle.dumps(models[0]))
