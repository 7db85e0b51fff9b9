"""A scored round as a preview tells of it: joined by county and household, kept beside the index, checked by hand."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest

from tests.preview.scored import head, score_store
from workbench.domain.rules.edge import edge_frame, edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.index.cache import load_index
from workbench.preview.request import Analyses, preview
from workbench.preview.scope import PreviewScope, scope
from workbench.preview.slips import scored_index as slips_module
from workbench.preview.slips.scored_index import load_scores
from workbench.preview.slips.verdicts import verdict
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.arrow.score_tables import read_scores, write_score_parts, write_scores
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin
from workbench.store.transaction import holding_if_free

ROUND, LINE = "2019-10", 3218.0
STANDARD = {
    "income": {"ceiling": {"multiple": 1.5}, "group_ceilings": {"disability": 1.8}},
    "routes": {"rigid_expenditure": {"share": 0.5, "ceiling": {"multiple": 2.0}}},
    "exclusions": ["has_car"],
    "help_cost": 3000.0,
}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Not to be changed."""
    made = FactStore(tmp_path_factory.mktemp("city") / "store")
    write_city(made, simulate(3000, 2, 4, divisions=DIVISIONS), Origin(simulated=True))
    return made


@pytest.fixture
def store(city, tmp_path):
    """A copy that a test may change."""
    return FactStore(shutil.copytree(city.root, tmp_path / "store"))


def previewed(store, data=STANDARD, county=None, line=None, **analyses):
    standard = parse_standard(data)
    return preview(scope(store, ROUND, county, line, standard), standard, analyses=Analyses(**analyses))


def test_the_keys_by_hand(store):
    scores = score_store(store, ROUND)
    facts = store.frame_with_previous(ROUND).filter(pl.col("kind") == "unregistered")
    assessed = edge_frame(facts, edge_limits(parse_standard(STANDARD), LINE)).join(
        scores.select("household_id", "county_code", "p_slip"), on=["household_id", "county_code"], how="left"
    )
    inside, scored = assessed.filter(pl.col("edge")), assessed.drop_nulls("p_slip")
    result = previewed(store)
    assert result["expected_slips"] == pytest.approx(inside["p_slip"].sum(), abs=1e-5)
    assert result["slips_share"] == pytest.approx(inside["p_slip"].sum() / scored["p_slip"].sum(), abs=1e-6)
    assert result["not_scored_in"] == inside["p_slip"].null_count() > 0
    assert result["slips_per_visit"] == pytest.approx(inside["p_slip"].sum() / len(inside), abs=1e-6)
    assert sum(town["expected_slips"] for town in result["by_township"]) == result["expected_slips"]
    assert result["model"] == {
        "name": "made-up", "level": 0.9, "line": LINE, "advice": head().advice, "warnings": list(head().warnings),
        "scored": len(scored), "not_scored": len(assessed.filter(pl.col("p_slip").is_null() & (pl.col("income_pc").ge(LINE) | pl.col("income_pc").is_null()))),
        "not_scored_by_reason": {"no_income": 3.0},
    }  # fmt: skip
    low, high = result["expected_slips_interval"]
    assert low < result["expected_slips"] < high
    low, high = result["slips_share_interval"]
    assert 0 <= low < result["slips_share"] < high <= 1


def test_counties_add_up(store):
    score_store(store, ROUND)
    whole = previewed(store)
    parts = [previewed(store, county=code) for code in store.counties(ROUND)]
    assert sum(part["expected_slips"] for part in parts) == whole["expected_slips"]
    assert sum(part["model"]["scored"] for part in parts) == whole["model"]["scored"]


def test_the_other_income_has_the_same_scores(store):
    score_store(store, ROUND)
    by_household = []
    for deduct in (False, True):
        index = load_index(store, ROUND, deduct_out_of_pocket=deduct)
        scores = load_scores(store, ROUND, index)
        by_household.append(
            dict(zip(index.household_id.to_pylist(), np.nan_to_num(scores.p_slip, nan=-1.0), strict=True))
        )
    assert by_household[0] == by_household[1]


def test_kept_beside_the_index_until_something_changes(store, monkeypatch):
    score_store(store, ROUND)
    first = previewed(store)
    joins = []
    aligned = slips_module._aligned
    monkeypatch.setattr(slips_module, "_aligned", lambda *given: joins.append(1) or aligned(*given))
    assert previewed(store)["expected_slips"] == first["expected_slips"]
    assert joins == []
    table = read_scores(store.root, ROUND)
    doubled = (
        pl.DataFrame(table).with_columns(p_slip=pl.col("p_slip") / 2).to_arrow(compat_level=pl.CompatLevel.oldest())
    )
    write_scores(store.root, doubled, head(), Origin(simulated=True))
    assert previewed(store)["expected_slips"] == pytest.approx(first["expected_slips"] / 2, abs=1e-5)
    assert joins == [1]
    store.write(ROUND, {"341524": store.read(ROUND, "341524").slice(0, 200)}, Origin(simulated=True))
    assert previewed(store)["expected_slips"] < first["expected_slips"] / 2
    assert joins == [1, 1]


def test_a_household_scored_twice_cannot_be_told_apart(store):
    score_store(store, ROUND)
    before = previewed(store)["model"]
    table = read_scores(store.root, ROUND)
    row = pl.DataFrame(table)["kind"].to_list().index("unregistered")
    twice = pl.concat([pl.DataFrame(table), pl.DataFrame(table.slice(row, 1))])
    write_scores(store.root, twice.to_arrow(compat_level=pl.CompatLevel.oldest()), head(), Origin(simulated=True))
    after = previewed(store)["model"]
    assert (after["scored"], after["not_scored"]) == (before["scored"] - 1, before["not_scored"] + 1)


def test_a_store_that_cannot_be_written_serves_too(store, monkeypatch):
    score_store(store, ROUND)
    result = previewed(store)["expected_slips"]
    for path in (store.root / "index").rglob("*.scores.arrow"):
        path.unlink()

    def refuse(*_given):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(slips_module, "write_mapped", refuse)
    assert previewed(store)["expected_slips"] == result


def test_another_line(store):
    score_store(store, ROUND)
    result = previewed(store, line=3500.0)
    assert 0 < result["slips_share"] < 1
    assert result["model"]["line"] == LINE
    assert "3218" in result["notes"][-1].zh
    assert previewed(store)["notes"] == []
    score_store(store, ROUND, residuals=())
    without = previewed(store, line=3500.0)
    assert (without["expected_slips"], without["slips_share"], without["net_benefit"]) == (None, None, None)
    assert "3218" in without["notes"][-1].en
    assert previewed(store)["expected_slips"] > 0


def test_without_scores(store):
    result = previewed(store, income_error=0.1, bunching=True)
    assert (result["model"], result["expected_slips"]) == (None, None)
    assert result["remeasured"]["in"]["expected"] > 0
    assert result["bunching"]["rows"] > 0
    assert all(town["expected_slips"] is None for town in result["by_township"])


def test_scores_of_facts_that_have_changed_since_say_so(store):
    score_store(store, ROUND)
    assert previewed(store)["model"]["warnings"] == list(head().warnings)
    store.write(ROUND, {"341524": store.read(ROUND, "341524").slice(0, 200)}, Origin(simulated=True))
    for _ in range(2):  # made anew, then read from beside the index
        assert "have changed since it was scored" in previewed(store)["model"]["warnings"][-1].en


def test_beside_another_standard_what_is_caught_more_has_an_interval_and_a_verdict(store):
    score_store(store, ROUND)
    alone = previewed(store)
    assert alone["gain"] is None
    wider, narrower = parse_standard(STANDARD), parse_standard({"income": {"ceiling": {"multiple": 1.1}}})
    record = preview(PreviewScope(store, ROUND), wider, narrower)
    other = preview(PreviewScope(store, ROUND), narrower, wider)
    gain, back = record["gain"], other["gain"]
    assert gain["slips"] == pytest.approx(record["expected_slips"] - other["expected_slips"])
    assert gain["interval"][0] < gain["slips"] < gain["interval"][1]
    assert back["interval"] == pytest.approx([-gain["interval"][1], -gain["interval"][0]])
    assert gain["verdict"] == verdict(
        (record["expected_slips"], record["in"]), (other["expected_slips"], other["in"]), tuple(gain["interval"])
    )
    same = preview(PreviewScope(store, ROUND), wider, wider)["gain"]
    assert same == {"slips": 0.0, "interval": [0.0, 0.0], "verdict": "about_the_same"}


def test_while_scores_are_computed_others_may_write_to_the_store(store):
    score_store(store, ROUND)
    table = read_scores(store.root, ROUND)

    def parts():
        yield table.slice(0, 10)
        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(is_free).result(60)
        yield table.slice(10)

    def is_free():
        with holding_if_free(store.root) as free:
            return free

    write_score_parts(store.root, ROUND, parts(), head, Origin(simulated=True))
    assert len(read_scores(store.root, ROUND)) == len(table)
