"""Counties of a large round are read and joined two at once: with the results, the order and the errors of one by one."""

import threading

import polars as pl
import pytest

from tests.ui.stores import simulated_store
from workbench.errors import DamagedError
from workbench.safeguards.concurrency import map_in_threads
from workbench.store import facts, facts_before

ROUND = "2019-10"
_SECONDS = 30.0
"""So long a thread waits for another that never comes before the test fails."""


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(facts_before, "_AT_ONCE", 0)
    return simulated_store(tmp_path / "store", households=400)


def test_two_parts_are_worked_on_at_once_and_no_thread_remains():
    before, both = threading.active_count(), threading.Barrier(2)
    assert sorted(map_in_threads(lambda _part: both.wait(_SECONDS), "ab", 2)) == [0, 1]
    assert threading.active_count() == before


@pytest.mark.parametrize(("parts", "threads"), [("a", 2), ("abc", 1), ("", 2)])
def test_one_part_or_one_thread_takes_no_thread(parts, threads):
    assert set(map_in_threads(lambda _part: threading.current_thread(), parts, threads)) <= {threading.main_thread()}


def test_results_are_in_the_order_of_the_parts():
    second_done = threading.Event()

    def work(part):
        return second_done.wait(_SECONDS) if part == 0 else second_done.set()

    assert map_in_threads(work, range(2), 2) == [True, None]


def test_counties_are_read_two_at_once(store, monkeypatch):
    both, read = threading.Barrier(2), facts.FactStore._with_previous

    def with_previous(*arguments, **named):
        both.wait(_SECONDS)
        return read(*arguments, **named)

    monkeypatch.setattr(facts, "at_once", lambda: 2)
    monkeypatch.setattr(facts.FactStore, "_with_previous", with_previous)
    assert len(store.counties(ROUND)) % 2 == 0
    assert store.frame_with_previous(ROUND)["county_code"].unique(maintain_order=True).to_list() == store.counties(
        ROUND
    )


def test_at_once_is_as_one_by_one(store, monkeypatch):
    monkeypatch.setattr(facts, "at_once", lambda: 2)
    together = store.frame_with_previous(ROUND, kind="lifted")
    monkeypatch.setattr(facts, "at_once", lambda: 1)
    assert together.equals(store.frame_with_previous(ROUND, kind="lifted"))
    assert together.equals(
        pl.concat(store.frame_with_previous(ROUND, code, kind="lifted") for code in store.counties(ROUND))
    )


@pytest.mark.parametrize("threads", [1, 2])
def test_of_two_damaged_files_the_first_county_is_named(store, threads, monkeypatch):
    monkeypatch.setattr(facts, "at_once", lambda: threads)
    first, *_, last = store.counties(ROUND)
    for code in (last, first):
        [path] = store.files(ROUND, code)
        # The columns can still be read: what is damaged shows only where the county itself is read.
        content = bytearray(path.read_bytes())
        content[4 : len(content) // 2] = bytes(len(content) // 2 - 4)
        path.write_bytes(content)
    with pytest.raises(DamagedError, match=first):
        store.frame_with_previous(ROUND, kind="lifted")


def test_polars_on_one_core_reads_one_county_at_a_time(monkeypatch):
    monkeypatch.setattr(pl, "thread_pool_size", lambda: 1)
    assert facts_before.at_once() == 1
    monkeypatch.setattr(pl, "thread_pool_size", lambda: 64)
    assert facts_before.at_once() == 2
