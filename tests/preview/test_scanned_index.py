"""A first preview, scanned from the facts' columns, says what the index says: any facts, any standard, two compared."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preview.scored import score_store
from tests.preview.test_counts_agree import spread
from tests.strategies import LINE, households, standard
from tests.ui.stores import simulated_store
from tests.variants import one_in, seldom
from workbench.domain.facts import EXTRA_PREFIX, FACT
from workbench.domain.rules.standard import parse_standard
from workbench.errors import DamagedError, StoreError
from workbench.preview import request
from workbench.preview.counts.budget import ceiling_above
from workbench.preview.counts.membership import full_masks
from workbench.preview.index import plain_files, scanned
from workbench.preview.index.build import build_index
from workbench.preview.index.cache import asked_before, index_path, load_index
from workbench.preview.index.memory_map import read_mapped
from workbench.preview.request import Analyses, Assessed, assessed, preview, preview_record
from workbench.preview.scope import PreviewScope
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

ROUND, COUNTY = "2019-10", "341522"
STANDARD = {
    "income": {"ceiling": {"multiple": 1.5}, "group_ceilings": {"disability": 1.8}},
    "routes": {
        "rigid_expenditure": {"share": 0.3, "ceiling": {"multiple": 2.0}},
        "income_drop": {"share": 0.3, "ceiling": {"multiple": 2.0}},
    },
    "exclusions": ["has_car", "has_business"],
    "help_cost": 3000.0,
}
RIGID = STANDARD | {"routes": {"rigid_expenditure": STANDARD["routes"]["rigid_expenditure"]}}
LOWER = {"income": {"ceiling": {"multiple": 1.2}}}
DEDUCTED = {"income": {"ceiling": {"multiple": 1.5}, "deduct_out_of_pocket": True}}


class OneFrame:
    """A store of one frame of facts with those of the round before, as `FactStore` hands them out."""

    root = None

    def __init__(self, facts):
        self.facts = facts.filter(pl.col("kind") == "unregistered")

    def files(self, _round, _county):
        return []

    def frame(self, _round, _county, columns, kind):  # noqa: ARG002 - as FactStore has it
        return self.facts.select(columns)

    def frame_with_previous(self, _round, _county, columns, kind):  # noqa: ARG002 - as FactStore has it
        return self.facts.select([*columns, "previous_income_pc", "seen_before"])


def index_of(facts, limits):
    return build_index(facts, deduct_out_of_pocket=limits.deduct_out_of_pocket, own_groups=tuple(limits.own_groups))


def untimed(record):
    return {name: value for name, value in record.items() if name != "milliseconds"}


@given(rows=households, data=standard, other=standard, weighted=st.booleans(), compared=st.booleans())
def test_the_same_record_of_any_facts(rows, data, other, weighted, compared):
    facts = spread(rows, weighted)
    asked, against = parse_standard(data), parse_standard(other) if compared else None
    scope = PreviewScope(OneFrame(facts), ROUND, None, LINE)
    limits, cuts = request.first_question(scope, asked, against) or (None, None)
    if limits is None:
        return
    by_columns = request.compared_scan(scope, limits, cuts, compared=compared)
    index = index_of(facts, limits[0])
    comparison = request.Comparison.of(index, limits[1], index) if compared else None
    by_index = preview_record(scope, asked, Assessed(index, comparison), Analyses())
    assert untimed(preview_record(scope, asked, by_columns, Analyses())) == untimed(by_index)


@pytest.fixture
def store(tmp_path):
    return simulated_store(tmp_path / "store", households=3_000)


# Every standard of the whole round; of one county, whose file is scanned by the very same code, in the long runs.
@pytest.mark.parametrize("at_once", [0, 1 << 60], ids=["file by file", "by the store"])
@pytest.mark.parametrize("county", [None, seldom(COUNTY)])
@pytest.mark.parametrize(
    ("data", "other"),
    one_in(
        2, [(STANDARD, None), (STANDARD, LOWER), (RIGID, None), (RIGID, LOWER), (DEDUCTED, DEDUCTED), (LOWER, DEDUCTED)]
    ),
)
def test_the_first_answer_is_that_of_the_index(store, county, data, other, at_once, monkeypatch):
    monkeypatch.setattr(scanned, "_AT_ONCE", at_once)
    scope = PreviewScope(store, ROUND, county)
    asked, against = parse_standard(data), parse_standard(other) if other else None
    first, second = preview(scope, asked, against), preview(scope, asked, against)
    whole = preview_record(scope, asked, assessed(scope, asked, against), Analyses())
    assert untimed(first) == untimed(second) == untimed(whole)
    assert first["in"] > 0


@pytest.mark.parametrize("county", [None, COUNTY])
def test_weights_of_a_sample_are_added_up_in_one_order(store, county):
    """Of fractions the last digit depends on it, and two answers to one question must be one."""
    [path] = store.files(ROUND, COUNTY)
    facts = pl.read_parquet(path, hive_partitioning=False)
    weights = np.random.default_rng(1).uniform(1e7, 1e8, len(facts))
    facts.with_columns(weight=pl.Series(weights)).write_parquet(path)
    scope = PreviewScope(store, ROUND, county)
    first, second = (preview(scope, parse_standard(STANDARD), parse_standard(LOWER)) for _ in range(2))
    assert untimed(first) == untimed(second)


def test_households_that_a_budget_asks_about_are_told_to_the_millionth(store):
    [path] = store.files(ROUND, COUNTY)
    facts = pl.read_parquet(path, hive_partitioning=False)
    facts.with_columns(weight=pl.lit(0.1)).write_parquet(path)
    record = preview(PreviewScope(store, ROUND, COUNTY), parse_standard(STANDARD))
    households = [record["margin"]["households"], *record["in_range"]]
    assert households == [round(each, 6) for each in households]


def test_a_folder_of_another_owner_is_no_reason_to_fail(store):
    """As a path that is too long, it cannot be looked into; what is kept there is made anew."""
    place = {"deduct_out_of_pocket": False, "own_groups": ()}
    (store.root / "index" / f"round={ROUND}").mkdir(parents=True)
    assert not asked_before(store, ROUND, "3" * 300, **place)
    assert read_mapped(index_path(store, ROUND, "3" * 300, **place), "") is None


def test_a_first_question_makes_no_index_and_a_second_does(store):
    scope = PreviewScope(store, ROUND, COUNTY)
    preview(scope, parse_standard(STANDARD))
    assert not list((store.root / "index").rglob("*.arrow"))
    preview(scope, parse_standard(LOWER))
    assert len(list((store.root / "index").rglob("*.arrow"))) == 1


@pytest.mark.parametrize("other", [None, {**LOWER, "line": 3000}], ids=["one line", "two lines"])
def test_a_large_round_is_scanned_a_county_at_a_time(store, other, monkeypatch):
    monkeypatch.setattr(scanned, "_AT_ONCE", 0)
    scope = PreviewScope(store, ROUND)
    asked, against = parse_standard(STANDARD), parse_standard(other) if other else None
    first = preview(scope, asked, against)
    assert not list((store.root / "index").rglob("*.arrow"))
    assert untimed(first) == untimed(preview_record(scope, asked, assessed(scope, asked, against), Analyses()))


@pytest.mark.parametrize("county", [None, COUNTY])
def test_a_damaged_file_is_refused_in_words(store, county):
    [path] = store.files(ROUND, COUNTY)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DamagedError, match=COUNTY):
        preview(PreviewScope(store, ROUND, county), parse_standard(STANDARD))


def test_who_cannot_come_in_takes_no_entry(store):
    scope = PreviewScope(store, ROUND, COUNTY)
    asked = parse_standard({"income": {"ceiling": {"multiple": 1.5}}, "exclusions": ["has_car"]})
    limits, cuts = request.first_question(scope, asked, None)
    index = scanned.scanned_index(store, ROUND, COUNTY, limits, cuts)
    higher = full_masks(load_index(store, ROUND, COUNTY), replace(limits[0], ceiling=ceiling_above(limits[0])))[1]
    # Beside them a township has one for those below the line, and one for all others.
    assert np.count_nonzero(higher) <= len(index) <= np.count_nonzero(higher) + 2 * len(index.townships)


def test_an_index_that_is_there_is_used(store, monkeypatch):
    load_index(store, ROUND, COUNTY)
    monkeypatch.setattr(request, "scanned_index", None)
    preview(PreviewScope(store, ROUND, COUNTY), parse_standard(STANDARD))


@pytest.mark.parametrize("analyses", [Analyses(carry=90_000.0), Analyses(bunching=True), Analyses(income_error=0.1)])
def test_what_looks_at_single_incomes_takes_the_index(store, analyses, monkeypatch):
    monkeypatch.setattr(request, "scanned_index", None)
    preview(PreviewScope(store, ROUND, COUNTY), parse_standard(STANDARD), analyses=analyses)


def test_a_scored_round_says_what_the_model_says(store):
    score_store(store, ROUND, county_facts=store.county_digests(ROUND))
    assert preview(PreviewScope(store, ROUND, COUNTY), parse_standard(STANDARD))["expected_slips"] is not None


def test_a_round_that_is_not_there_leaves_nothing_behind(store):
    with pytest.raises(StoreError):
        preview(PreviewScope(store, "2031-05", COUNTY), parse_standard(STANDARD))
    assert not (store.root / "index").exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "strange"),
        ("weight", -1.0),
        ("income_pc", 1e15),
        ("out_of_pocket", 1e15),
        ("township", None),
        ("weight", None),
    ],
)
def test_strange_values_are_refused_or_read_alike(store, column, value):
    """Whether files are read as one or one by one, what they may not hold is refused, and named by its file."""
    [path] = store.files(ROUND, COUNTY)
    facts = pl.read_parquet(path, hive_partitioning=False)
    strange = pl.when(pl.int_range(pl.len()) < 3).then(pl.lit(value)).otherwise(column).alias(column)
    facts.with_columns(strange).write_parquet(path)
    outcomes = []
    for county in (None, COUNTY):
        try:
            outcomes.append(store.frame(ROUND, county, list({"income_pc", column}), kind="unregistered"))
        except StoreError as error:
            outcomes.append(str(error))
    whole, one = outcomes
    if isinstance(one, str):
        assert whole == one
        assert COUNTY in one
    else:
        assert whole.height > one.height
        assert (one[column].null_count() > 0) == (column == "township")


@pytest.mark.parametrize("kind", [None, "unregistered", "lifted"])
@pytest.mark.parametrize(
    "columns", [None, ["round"], ["county_code", "income_pc"], ["kind"], ["food", "cause", "weight"]]
)
def test_files_read_as_one_are_what_they_are_one_by_one(store, columns, kind):
    whole = store.frame(ROUND, None, columns, kind=kind)
    parts = [store.frame(ROUND, code, columns, kind=kind) for code in store.counties(ROUND)]
    assert whole.equals(pl.concat(parts))
    own = [name for name in whole.columns if name.startswith(EXTRA_PREFIX)]
    assert whole.columns == (columns or [*FACT, *own])


def test_a_file_of_other_types_is_read_with_the_rest(store):
    facts = pl.DataFrame(store.read(ROUND, COUNTY)).with_columns(x_flag=pl.lit(1.0))
    store.write(ROUND, {COUNTY: facts.to_arrow()}, Origin(simulated=True))
    [path] = store.files(ROUND, COUNTY)
    pl.read_parquet(path, hive_partitioning=False).with_columns(pl.col("persons").cast(pl.Float64)).write_parquet(path)
    read = FactStore(store.root).frame(ROUND, None, ["county_code", "persons", "x_flag"])
    assert read.schema["persons"] == pl.Int64
    assert read.filter(pl.col("county_code") == COUNTY)["x_flag"].null_count() == 0
    assert np.isfinite(read["persons"].drop_nulls().to_numpy()).all()


STRANGE = (
    ("kind", "strange"),
    ("kind", None),
    ("weight", 3.0),
    ("weight", None),
    ("weight", -1.0),
    ("income_pc", 1e15),
    ("income_pc", float("nan")),
    ("income_pc", 3217.9999),
    ("income_pc", None),
    ("out_of_pocket", -1e15),
    ("net_income", float("nan")),
    ("persons", 0),
    ("township", None),
)


# Each value under one of both standards in every run: one reads the route of spending, the other deducts it.
@pytest.mark.parametrize(
    ("column", "value", "data"),
    [
        (*row, data) if (number + at) % 2 == 0 else seldom((*row, data))
        for number, row in enumerate(STRANGE)
        for at, data in enumerate((RIGID, DEDUCTED))
    ],
    ids=[f"{column}-{value}-data{at}" for column, value in STRANGE for at in range(2)],
)
def test_files_are_scanned_as_the_store_reads_them(store, column, value, data, monkeypatch):
    """Whatever stands in a file: the record is that of facts read by the store, or its refusal."""
    monkeypatch.setattr(scanned, "_AT_ONCE", 0)
    [path] = store.files(ROUND, COUNTY)
    facts = pl.read_parquet(path, hive_partitioning=False)
    type_ = facts.schema[column]
    strange = pl.when(pl.int_range(pl.len()) % 7 == 0).then(pl.lit(value, type_)).otherwise(column).alias(column)
    facts.with_columns(strange).write_parquet(path)
    scope, asked = PreviewScope(store, ROUND), parse_standard(data)
    limits, cuts = request.first_question(scope, asked, None)

    def outcome():
        try:
            return untimed(
                preview_record(scope, asked, request.compared_scan(scope, limits, cuts, compared=False), Analyses())
            )
        except StoreError as error:
            return str(error)

    scanned_there = outcome()
    monkeypatch.setattr(scanned, "sieved_files", lambda *_arguments: None)
    assert outcome() == scanned_there


@pytest.mark.parametrize("own", [None, "341502", COUNTY], ids=["alike", "facts of the first", "facts of another"])
def test_plain_files_are_scanned_where_they_lie(store, own, monkeypatch):
    """By file and not by the store, also where a county has facts of its own: only who may come in is a row of its own."""
    if own:
        [path] = store.files(ROUND, own)
        facts = pl.read_parquet(path, hive_partitioning=False)
        facts.with_columns(x_flag=pl.lit(value=True)).write_parquet(path)
    monkeypatch.setattr(scanned, "_AT_ONCE", 0)
    monkeypatch.setattr(store, "frame", None)
    scope = PreviewScope(store, ROUND)
    assert preview(scope, parse_standard(LOWER))["in"] > 0


@pytest.mark.parametrize("at_once", [0, 1 << 60], ids=["each by itself", "all in one query"])
def test_files_are_read_by_groups_that_add_up(store, at_once, monkeypatch):
    """However many files a query reads: what it holds is bounded, and the record is that of all."""
    monkeypatch.setattr(scanned, "_AT_ONCE", 0)
    monkeypatch.setattr(plain_files, "_AT_ONCE", at_once)
    scope, asked = PreviewScope(store, ROUND), parse_standard(RIGID)
    paths = store.files(ROUND)
    assert len(plain_files._groups(paths)) == (len(paths) if at_once == 0 else 1)
    whole = preview_record(scope, asked, assessed(scope, asked), Analyses())
    monkeypatch.setattr(store, "frame", None)
    limits, cuts = request.first_question(scope, asked, None)
    by_groups = preview_record(scope, asked, request.compared_scan(scope, limits, cuts, compared=False), Analyses())
    assert untimed(by_groups) == untimed(whole)
