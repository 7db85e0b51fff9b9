"""Corrections put into a county's files: what the whole county made anew would hold, and nothing else touched."""

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ui.stores import simulated_store
from workbench.errors import StoreError
from workbench.store import file_corrections as stored_corrections
from workbench.store.facts import FactStore
from workbench.store.file_corrections import stage_corrections, with_corrections
from workbench.store.schema import read_origin, read_schema
from workbench.store.transaction import transaction

ROUND, COUNTY = "2019-10", "341522"


@pytest.fixture
def store(tmp_path):
    return simulated_store(tmp_path / "store", households=1_000)


def corrected(store, put_right):
    with transaction(store.root) as pending:
        stage_corrections(store, pending, ROUND, COUNTY, put_right)
    return FactStore(store.root).frame(ROUND, COUNTY)


def some(store):
    """Corrections of each type, an unknown value among them."""
    one, two, three = store.frame(ROUND, COUNTY)["household_id"][:3]
    return {
        "work_months": {one: 7.0, two: None},
        "persons": {two: 4},
        "has_car": {one: True, three: None},
        "housing_grade": {three: "D"},
        "income_pc": {one: 2.675},
        "food": {one: 2, two: 0},
    }


def in_two_files(store):
    [path] = store.files(ROUND, COUNTY)
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.slice(0, 2), path)
    other = path.with_name("more.parquet")
    pq.write_table(table.slice(2), other)
    return path, other


def test_the_facts_are_those_of_the_whole_county_made_anew(store):
    before, corrections = store.frame(ROUND, COUNTY), some(store)
    expected = with_corrections(before, corrections)
    after = corrected(store, corrections)
    # To the fen, half up, as whatever is written.
    one = before["household_id"][0]
    expected = expected.with_columns(income_pc=pl.when(pl.col("household_id") == one).then(2.68).otherwise("income_pc"))
    assert after.equals(expected)
    assert not after.equals(before)


def test_the_file_stays_what_it_was_but_for_the_columns_put_right(store):
    [path] = store.files(ROUND, COUNTY)
    before = pq.read_table(path, partitioning=None)
    corrected(store, {"persons": {store.frame(ROUND, COUNTY)["household_id"][0]: 9}})
    after = pq.read_table(path, partitioning=None)
    assert after.schema.equals(before.schema)
    assert read_origin(read_schema(path), "").simulated
    assert after.drop_columns(["persons"]).equals(before.drop_columns(["persons"]))
    assert after["persons"][0].as_py() == 9


def test_a_file_that_holds_none_of_the_households_is_not_written(store):
    corrections = some(store)
    path, other = in_two_files(store)
    expected = with_corrections(store.frame(ROUND, COUNTY), {"persons": corrections["persons"]})
    content, number = other.read_bytes(), other.stat().st_ino
    after = corrected(store, {"persons": corrections["persons"]})
    assert after.equals(expected)
    assert (other.read_bytes(), other.stat().st_ino) == (content, number)
    assert {each.name for each in store.files(ROUND, COUNTY)} == {path.name, other.name}


@pytest.mark.parametrize("change", ["type", "absent", "numbers"])
def test_files_of_another_program_are_brought_into_form(store, change):
    corrections = {"persons": some(store)["persons"]}
    [path] = store.files(ROUND, COUNTY)
    table = pq.read_table(path, partitioning=None)
    place = table.schema.get_field_index("persons")
    if change == "type":
        table = table.set_column(place, "persons", table["persons"].cast(pa.float64()))
    elif change == "absent":
        table = table.drop_columns(["persons"])
    else:
        place = table.schema.get_field_index("household_id")
        table = table.set_column(place, "household_id", table["household_id"].dictionary_encode())
    pq.write_table(table, path)
    expected = with_corrections(store.frame(ROUND, COUNTY), corrections)
    assert corrected(store, corrections).equals(expected)
    [path] = store.files(ROUND, COUNTY)
    assert pq.read_schema(path).field("persons").type == pa.int64()


def test_what_no_household_can_have_is_refused_and_nothing_changes(store):
    before = store.frame(ROUND, COUNTY)
    with pytest.raises(StoreError):
        corrected(store, {"income_pc": {before["household_id"][0]: 1e15}})
    assert store.frame(ROUND, COUNTY).equals(before)


@pytest.fixture
def parted(store, monkeypatch):
    """The store of which a file of more than eighty households is written as parts of forty."""
    monkeypatch.setattr(stored_corrections, "_PART_ROWS", 40)
    return store


def test_a_long_file_is_written_as_parts_once_and_then_a_part_at_a_time(parted):
    before = parted.frame(ROUND, COUNTY)
    [path] = parted.files(ROUND, COUNTY)
    first, last = before["household_id"][0], before["household_id"][-1]
    put_right = {"persons": {first: 9}}
    expected = with_corrections(before, put_right)
    assert corrected(parted, put_right).equals(expected)
    parts = parted.files(ROUND, COUNTY)
    assert path not in parts
    assert [pq.read_metadata(part).num_rows for part in parts[:-1]] == [40] * (len(parts) - 1)
    assert all(read_origin(read_schema(part), "").simulated for part in parts)
    numbers = {part: part.stat().st_ino for part in parts}
    put_right = {"persons": {last: 8}}
    assert corrected(parted, put_right).equals(with_corrections(expected, put_right))
    written = [part for part in parts if part.stat().st_ino != numbers[part]]
    assert written == parts[-1:]


def test_what_is_read_of_parts_is_what_the_one_file_held(parted):
    before = parted.frame(ROUND, COUNTY)
    some_numbers = before["household_id"].gather_every(37).to_list()
    chosen = parted.frame(ROUND, COUNTY, households=some_numbers)
    unregistered = parted.frame(ROUND, COUNTY, ["persons"], some_numbers, "unregistered")
    digest = parted.county_digests(ROUND)[COUNTY]
    same = {"persons": {some_numbers[0]: chosen["persons"][0]}}
    after = corrected(parted, same)
    assert after.equals(before)
    assert len(parted.files(ROUND, COUNTY)) > 2
    assert parted.frame(ROUND, COUNTY, households=some_numbers).equals(chosen)
    assert parted.frame(ROUND, COUNTY, ["persons"], some_numbers, "unregistered").equals(unregistered)
    assert parted.frame(ROUND, COUNTY, households=["nobody"]).equals(before.clear())
    assert parted.household(ROUND, some_numbers[1])["household_id"] == some_numbers[1]
    # Whatever was computed of the county is seen to be of other files.
    assert parted.county_digests(ROUND)[COUNTY] != digest


def test_a_part_changed_by_another_program_is_read_as_it_is_now(parted):
    before = parted.frame(ROUND, COUNTY)
    corrected(parted, {"persons": {before["household_id"][0]: 9}})
    part = parted.files(ROUND, COUNTY)[1]
    table = pq.read_table(part, partitioning=None)
    gone = table["household_id"][0].as_py()
    assert len(parted.frame(ROUND, COUNTY, households=[gone])) == 1
    pq.write_table(table.slice(1), part)
    assert parted.frame(ROUND, COUNTY, households=[gone]).is_empty()


def test_facts_taken_in_anew_are_one_file_again(parted):
    before = parted.frame(ROUND, COUNTY)
    after = corrected(parted, {"persons": {before["household_id"][0]: 9}})
    parted.write(ROUND, {COUNTY: parted.read(ROUND, COUNTY)}, parted.origin(ROUND, COUNTY))
    assert len(parted.files(ROUND, COUNTY)) == 1
    assert parted.frame(ROUND, COUNTY).equals(after)


def test_where_a_part_would_take_the_place_of_a_file_it_is_not_made(parted):
    [path] = parted.files(ROUND, COUNTY)
    table = pq.read_table(path, partitioning=None)
    other = path.with_name("facts-0001.parquet")
    pq.write_table(table.slice(0, 2), other)
    pq.write_table(table.slice(2), path)
    before = parted.frame(ROUND, COUNTY)
    put_right = {"persons": {before["household_id"][-1]: 9}}
    assert corrected(parted, put_right).equals(with_corrections(before, put_right))
    assert set(parted.files(ROUND, COUNTY)) == {path, other}
