"""Partition files that other programs wrote are read as the contract says; what cannot be read is said in words."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.domain.facts import FACTS
from workbench.errors import ClosedRoundError, InputError, NewerSchemaError, StoreError
from workbench.store.arrow.tables import ARROW_TYPES
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

NAN = float("nan")


@pytest.fixture
def put(tmp_path):
    """`put(round, county, column=values…)`: one partition file as another program would write it."""

    def write(round_name, county, table=None, name="part-0.parquet", **columns):
        folder = tmp_path / "facts" / f"round={round_name}" / f"county_code={county}"
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(table if table is not None else pa.table(columns), folder / name)
        return FactStore(tmp_path)

    return write


def _row(store, round_name="2019-10", **more):
    (row,) = store.read(round_name, **more).to_pylist()
    return row


def test_every_fact_is_there_with_its_type(put):
    table = put("2019-10", "341524", household_id=["01"]).read("2019-10")
    assert table.column_names == [fact.name for fact in FACTS]
    assert [field.type for field in table.schema] == [ARROW_TYPES[fact.type] for fact in FACTS]
    row = table.to_pylist()[0]
    known = {"household_id": "01", "round": "2019-10", "county_code": "341524", "weight": 1.0}
    assert row == dict.fromkeys(row) | known


def test_columns_unknown_to_the_contract_are_left_out_and_extra_facts_kept(put):
    store = put("2019-10", "341524", household_id=["01"], note=["?"], x_rooms=[3], x_near_road=[True])
    row = _row(store)
    assert "note" not in row
    assert (row["x_rooms"], row["x_near_road"]) == (3.0, True)


def test_whole_numbers_as_floats_and_floats_as_whole_numbers(put):
    row = _row(put("2019-10", "341524", household_id=["01"], persons=[3.0], income_pc=[5000], weight=[2]))
    assert (row["persons"], type(row["persons"])) == (3, int)
    assert (row["income_pc"], type(row["income_pc"])) == (5000.0, float)
    assert row["weight"] == 2.0


def test_not_a_number_is_unknown(put):
    row = _row(put("2019-10", "341524", household_id=["01"], persons=[NAN], income_pc=[NAN], weight=[NAN]))
    assert (row["persons"], row["income_pc"], row["weight"]) == (None, None, 1.0)


def test_money_is_held_to_the_fen_half_up_as_written(put):
    amounts = [2.675, 1.005, -2.675, 0.1 + 0.2, 3218.0, 4333.333333, None, 99999999999.994]
    numbers = [f"{n:02d}" for n in range(len(amounts))]
    store = put("2019-10", "341524", household_id=numbers, net_income=amounts, work_months=[2.675] * len(amounts))
    read = store.read("2019-10")
    assert read["net_income"].to_pylist() == [2.68, 1.01, -2.68, 0.3, 3218.0, 4333.33, None, 99999999999.99]
    assert set(read["work_months"].to_pylist()) == {2.675}


def test_what_is_held_to_the_fen_stays_the_same_float(put):
    amounts = [number / 100 for number in range(1, 50_000)] + [4333.333]
    store = put("2019-10", "341524", household_id=[str(n) for n in range(len(amounts))], net_income=amounts)
    assert store.read("2019-10")["net_income"].to_pylist() == [*amounts[:-1], 4333.33]


def test_single_precision_is_the_decimal_that_was_meant(put):
    row = _row(put("2019-10", "341524", household_id=["01"], income_pc=pa.array([2.675], pa.float32())))
    assert row["income_pc"] == 2.68


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("income_pc", 1e12), ("net_income", -1e12), ("out_of_pocket", float("inf")), ("persons", 20_000),
        ("labour", 2**62), ("weight", 0.0), ("weight", -1.0),
    ],
)  # fmt: skip
def test_what_no_household_can_have_is_refused_by_name(put, column, value):
    store = put("2019-10", "341524", household_id=["01"], **{column: [value]})
    with pytest.raises(StoreError, match=f"{column}.*341524|341524.*{column}"):
        store.read("2019-10")


def test_dictionary_columns_and_large_strings(put):
    kind = pa.array(["lifted", None], pa.dictionary(pa.int8(), pa.large_string()))
    persons = pa.array([3, 4]).dictionary_encode()
    table = pa.table({"household_id": pa.array(["01", "02"], pa.large_string()), "kind": kind, "persons": persons})
    read = put("2019-10", "341524", table).read("2019-10")
    assert read["kind"].to_pylist() == ["lifted", None]
    assert read["persons"].to_pylist() == [3, 4]
    assert read["household_id"].to_pylist() == ["01", "02"]


def test_the_path_says_round_and_county_whatever_the_file_says(put):
    row = _row(put("2019-10", "341524", household_id=["01"], round=["1999-01"], county_code=[341502]))
    assert (row["round"], row["county_code"]) == ("2019-10", "341524")


def test_several_files_of_a_partition_with_different_columns(put):
    put("2019-10", "341524", household_id=["01"], persons=[3])
    store = put("2019-10", "341524", name="part-1.parquet", household_id=["02"], income_pc=[4000.0], weight=[2.5])
    rows = {row["household_id"]: row for row in store.read("2019-10").to_pylist()}
    assert (rows["01"]["persons"], rows["01"]["income_pc"], rows["01"]["weight"]) == (3, None, 1.0)
    assert (rows["02"]["persons"], rows["02"]["income_pc"], rows["02"]["weight"]) == (None, 4000.0, 2.5)


def test_files_that_engines_leave_beside_are_passed_over(put, tmp_path):
    store = put("2019-10", "341524", household_id=["01"])
    folder = tmp_path / "facts" / "round=2019-10" / "county_code=341524"
    for name in ("_SUCCESS", "_metadata.parquet", ".part-0.parquet.crc", ".hidden.parquet"):
        (folder / name).write_bytes(b"no parquet")
    assert store.read("2019-10").num_rows == 1


def test_a_county_code_that_is_no_six_digits(put):
    store = put("2019-10", "LA-KFQ", household_id=["01"])
    put("2019-10", "a%2Fb", household_id=["02"])
    assert store.counties("2019-10") == ["LA-KFQ", "a/b"]
    assert _row(store, county="a/b")["county_code"] == "a/b"


def test_a_file_without_rows_and_one_without_the_columns_asked_for(put):
    put("2019-10", "341502", household_id=pa.array([], pa.string()))
    store = put("2019-10", "341524", persons=[3, 4])
    assert store.read("2019-10", columns=["household_id"])["household_id"].to_pylist() == [None, None]


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [("persons", ["three"], "integer"), ("persons", [2.5], "integer"), ("dibao", ["yes, a little"], "boolean")],
)
def test_a_column_that_cannot_be_read_as_its_type(put, column, values, expected):
    store = put("2019-10", "341524", household_id=["01"], **{column: values})
    with pytest.raises(StoreError) as refused:
        store.read("2019-10")
    for words in (column, expected, "county_code=341524"):
        assert words in str(refused.value)


def test_a_newer_version_is_refused(put):
    table = pa.table({"household_id": ["01"]}).replace_schema_metadata({b"workbench": b'{"schema_version": 2}'})
    with pytest.raises(NewerSchemaError, match="升级"):
        put("2019-10", "341524", table).read("2019-10")


# -- writing -------------------------------------------------------------------------------------------------------


def test_writing_replaces_the_files_of_other_programs(put):
    store = put("2019-10", "341524", household_id=["01"])
    store.write("2019-10", {"341524": pa.table({"household_id": ["02"], "persons": [3]})}, Origin())
    assert store.read("2019-10")["household_id"].to_pylist() == ["02"]
    assert len(store.files("2019-10")) == 1


def test_what_is_written_can_be_read_and_says_where_it_comes_from(tmp_path):
    store = FactStore(tmp_path)
    made = Origin(simulated=True, details={"seed": 1})
    store.write("2019-10", {"341524": pa.table({"household_id": ["007"], "x_rooms": [2]})}, made)
    assert store.origin("2019-10") == made
    assert store.read("2019-10", columns=["household_id", "x_rooms"]).to_pylist() == [
        {"household_id": "007", "x_rooms": 2.0}
    ]


def test_a_round_is_simulated_if_any_county_is(tmp_path):
    store = FactStore(tmp_path)
    store.write("2019-10", {"341502": pa.table({"household_id": ["1"]})}, Origin())
    assert not store.origin("2019-10").simulated
    store.write("2019-10", {"341524": pa.table({"household_id": ["2"]})}, Origin(simulated=True))
    assert store.origin("2019-10").simulated
    assert not store.origin("2019-10", "341502").simulated


def test_a_closed_county_refuses_and_nothing_of_the_others_is_written(tmp_path):
    store = FactStore(tmp_path)
    store.write("2019-10", {"341524": pa.table({"household_id": ["1"]})}, Origin())
    assert store.close("2019-10", "341524") == ["341524"]
    later = {"341502": pa.table({"household_id": ["2"]}), "341524": pa.table({"household_id": ["3"]})}
    with pytest.raises(ClosedRoundError, match="金寨县"):
        store.write("2019-10", later, Origin())
    assert store.read("2019-10")["household_id"].to_pylist() == ["1"]


@pytest.mark.parametrize("name", ["2019", "2019-13", "../2019-10", "*"])
def test_a_round_that_cannot_be(tmp_path, name):
    with pytest.raises(InputError, match="YYYY-MM"):
        FactStore(tmp_path).write(name, {"341524": pa.table({"household_id": ["1"]})}, Origin())


def test_other_engines_read_what_the_store_writes(tmp_path):
    store = FactStore(tmp_path)
    for round_name in ("2019-05", "2019-10"):
        for county in ("341524", "LA-KFQ"):
            store.write(round_name, {county: pa.table({"household_id": ["01", "02"]})}, Origin())
    folder = tmp_path / "facts"
    assert set(pd.read_parquet(folder)["county_code"].astype(str)) == {"341524", "LA-KFQ"}
    assert pq.read_table(folder).num_rows == 8
    assert pl.read_parquet(folder, hive_partitioning=True)["round"].n_unique() == 2
    counted = "select count(distinct county_code) from read_parquet(?, hive_partitioning = true)"
    assert duckdb.connect().execute(counted, [f"{folder}/*/*/*.parquet"]).fetchall() == [(2,)]


def test_a_level_that_does_not_exist_is_not_known(put):
    store = put("2019-10", "341524", household_id=["01"], food=[7], water=[2], filed_tier=[9])
    row = _row(store)
    assert (row["food"], row["water"], row["filed_tier"]) == (None, 2, None)


def test_a_household_listed_twice_in_a_county_is_not_guessed(put):
    store = put("2019-10", "341524", household_id=["01", "01"], persons=[1, 2])
    with pytest.raises(StoreError, match="2 rows in one county"):
        store.household("2019-10", "01")


def test_a_kind_that_does_not_exist_is_refused_rather_than_counted_nowhere(put):
    store = put("2019-10", "341524", household_id=["1", "2", "3"], kind=["lifted", "poor", None])
    with pytest.raises(StoreError, match=r"kind.*'poor'.*lifted"):
        store.read("2019-10")
