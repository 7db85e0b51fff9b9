"""Each county's index stands alone: built from its own facts, told by their content, put together for the city."""

import os

import numpy as np
import polars as pl
import pytest

from tests.preview.scored import score_store
from tests.ui.stores import simulated_store
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.counts import Comparison, totals
from workbench.preview.index import cache
from workbench.preview.index.build import build_index
from workbench.preview.index.cache import load_index
from workbench.preview.slips.scored_index import load_scores
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

ROUND, COUNTY, OTHER = "2019-10", "341522", "341524"
LIMITS = edge_limits(parse_standard({"income": {"ceiling": {"multiple": 1.5}}}), 3218.0)
DEDUCTED = edge_limits(parse_standard({"income": {"ceiling": {"multiple": 1.5}, "deduct_out_of_pocket": True}}), 3218.0)


@pytest.fixture
def store(tmp_path):
    return simulated_store(tmp_path / "store", households=3_000)


@pytest.fixture
def built(monkeypatch):
    """The counties that an index was built of."""
    codes = []

    def build(facts, **options):
        codes.extend(facts["county_code"].unique().to_list())
        return build_index(facts, **options)

    monkeypatch.setattr(cache, "build_index", build)
    return codes


def change(store, code, income=9_999.0):
    """Another income for the first household of a county."""
    facts = pl.DataFrame(store.read(ROUND, code))
    changed = facts.with_columns(income_pc=pl.when(pl.int_range(pl.len()) == 0).then(income).otherwise("income_pc"))
    store.write(ROUND, {code: changed.to_arrow()}, Origin(simulated=True))


def test_one_county_reads_one_county(store, built):
    index = load_index(store, ROUND, COUNTY)
    assert built == [COUNTY]
    assert [county.code for county in index.counties] == [COUNTY]
    assert len(index) == (pl.DataFrame(store.read(ROUND, COUNTY))["kind"] == "unregistered").sum()


def test_a_fact_corrected_in_one_county_makes_that_countys_index_anew_and_no_others(store, built):
    load_index(store, ROUND)
    assert sorted(built) == store.counties(ROUND)
    built.clear()
    change(store, OTHER)
    load_index(store, ROUND, COUNTY)
    assert built == []
    load_index(store, ROUND)
    assert built == [OTHER]


def test_the_citys_index_is_that_of_all_facts_at_once(store):
    whole = build_index(store.frame_with_previous(ROUND, columns=list(cache.INDEX_COLUMNS)), deduct_out_of_pocket=False)
    joined = load_index(store, ROUND)
    assert (joined.counties, joined.townships) == (whole.counties, whole.townships)
    for name in cache._ARRAYS[:-1]:
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name), err_msg=name)
    assert joined.household_id.equals(whole.household_id)
    assert joined.village.equals(whole.village)


def test_two_incomes_of_the_city_are_paired_household_by_household(store):
    plain, deducted = load_index(store, ROUND), load_index(store, ROUND, deduct_out_of_pocket=True)
    comparison = Comparison.of(plain, DEDUCTED, deducted)
    whole = totals(plain, LIMITS, comparison)
    parts = [
        totals(one, LIMITS, Comparison.of(one, DEDUCTED, load_index(store, ROUND, code, deduct_out_of_pocket=True)))
        for code in store.counties(ROUND)
        for one in [load_index(store, ROUND, code)]
    ]
    assert whole.newly_in.rows == sum(part.newly_in.rows for part in parts)
    assert whole.leaving.rows == sum(part.leaving.rows for part in parts)
    assert whole.leaving.rows + whole.newly_in.rows > 0


def test_weights_of_one_county_beside_none_of_the_others(store):
    facts = pl.DataFrame(store.read(ROUND, COUNTY)).with_columns(weight=pl.lit(2.5))
    store.write(ROUND, {COUNTY: facts.to_arrow()}, Origin(simulated=True))
    index = load_index(store, ROUND)
    county, other = (next(each for each in index.counties if each.code == code) for code in (COUNTY, OTHER))
    assert set(index.weight[county.start : county.stop]) == {2.5}
    assert set(index.weight[other.start : other.stop]) == {1.0}


def test_other_facts_of_the_same_size_and_time_are_not_served_from_an_old_index(store):
    [path] = store.files(ROUND, COUNTY)
    before, status = load_index(store, ROUND, COUNTY), path.stat()
    change(store, COUNTY)
    [path] = store.files(ROUND, COUNTY)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # as a copy brings it, its time kept
    size = path.stat().st_size
    path.write_bytes(path.read_bytes())  # in place: the same file on the disk
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == size
    after = load_index(FactStore(store.root), ROUND, COUNTY)
    assert sorted(before.income_pc) != sorted(after.income_pc)


def test_scores_of_one_county_are_those_that_the_city_has_there_and_only_they_grow_stale(store):
    score_store(store, ROUND, county_facts=store.county_digests(ROUND))
    index, city = load_index(store, ROUND, COUNTY), load_index(store, ROUND)
    county = next(each for each in city.counties if each.code == COUNTY)
    np.testing.assert_array_equal(
        load_scores(store, ROUND, index, COUNTY).p_slip,
        load_scores(store, ROUND, city).p_slip[county.start : county.stop],
    )
    change(store, OTHER)
    assert not warned(store, COUNTY)
    assert warned(store, OTHER)
    assert warned(store, None)


def warned(store, county):
    """Whether the facts are said to have changed since they were scored."""
    head = load_scores(store, ROUND, load_index(store, ROUND, county), county).head
    return any("have changed since it was scored" in each.en for each in head.warnings)


def test_equal_incomes_stand_in_the_order_of_the_facts(store):
    facts = store.frame_with_previous(ROUND).with_columns(income_pc=pl.col("income_pc") // 2000 * 2000)
    index = build_index(facts, deduct_out_of_pocket=False)
    unregistered = facts.filter(pl.col("kind") == "unregistered")
    for county in index.counties:
        rows = slice(county.start, county.stop)
        pairs = list(zip(np.nan_to_num(index.income[rows], nan=np.inf), index.origin[rows], strict=True))
        assert pairs == sorted(pairs)
    assert index.household_id.to_pylist() == unregistered["household_id"].gather(index.origin).to_list()
    towns = [index.townships[place] for place in index.township_of]
    assert towns == list(zip(*unregistered[["county_code", "township"]][index.origin], strict=True))
