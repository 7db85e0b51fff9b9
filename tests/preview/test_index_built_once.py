"""Pages that need the same index at once build it once, and one that cannot be kept is built all the same."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.ui.stores import simulated_store
from workbench.preview.index import cache
from workbench.preview.index.build import build_index

PAGES = 4
ROUND = "2019-10"


@pytest.fixture
def built(monkeypatch):
    """One entry for each index that was built."""
    rounds = []

    def build(*facts, **options):
        rounds.append(threading.get_ident())
        return build_index(*facts, **options)

    monkeypatch.setattr(cache, "build_index", build)
    return rounds


def test_an_index_that_many_need_at_once_is_built_once(tmp_path, monkeypatch, built):
    store = simulated_store(tmp_path, households=2_000)
    together, looked, read = threading.Barrier(PAGES), threading.local(), cache._read

    def read_together(*arguments):
        cached = read(*arguments)
        if not hasattr(looked, "once"):
            looked.once = True
            together.wait(60)  # all have seen that there is none
        return cached

    monkeypatch.setattr(cache, "_read", read_together)
    with ThreadPoolExecutor(PAGES) as pool:
        indexes = list(pool.map(lambda _: cache.load_index(store, ROUND), range(PAGES)))
    assert len(built) == len(store.counties(ROUND))
    assert {index.household_id[0].as_py() for index in indexes} == {indexes[0].household_id[0].as_py()}


def test_a_store_that_takes_no_index_serves_all_the_same(tmp_path, built):
    store = simulated_store(tmp_path, households=2_000)
    (store.root / "index").write_text("not a folder")
    assert len(cache.load_index(store, ROUND).household_id) > 0
    assert len(built) == len(store.counties(ROUND))
