"""The peers of a preview answer the whole question: whoever answers less is no peer, and looks faster than it is."""

from importlib import import_module

import pytest

from benchmarks.by_hand import of_workbench
from benchmarks.city import write_city


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("peers")
    write_city(folder, 1_500)
    return folder


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pandas"])
def test_a_peer_gives_the_record_that_an_official_reads(city, engine):
    """Totals, groups, routes, cost and every township of every county: the same numbers in the same places."""
    of_workbench.forget(city)
    ours = of_workbench.preview(city)
    assert len(ours) > 100
    assert import_module(f"benchmarks.by_hand.in_{engine}").preview(city) == ours


def test_three_counts_begin_the_record(city):
    assert of_workbench.three_counts(city) == of_workbench.preview(city)[:3]
