"""A small simulated city in a store, and a model trained on it, made once and never changed by a test."""

import pickle

import pytest

from tests.trained_city import trained_city, write_simulated


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    return write_simulated(tmp_path_factory.mktemp("risk") / "store")


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """Trained on the transitions up to the last round but one, and never written to a disk as models are."""
    return pickle.loads((trained_city(tmp_path_factory) / "model").read_bytes())  # noqa: S301 - our own
