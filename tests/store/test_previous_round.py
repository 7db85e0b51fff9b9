"""What the rules read of the previous round: absent there, there once, there twice, moved."""

import pyarrow as pa
import pytest

from workbench.errors import StoreError
from workbench.store import facts_before
from workbench.store.facts import FactStore
from workbench.store.schema import Origin


def _table(*rows):
    columns = ("household_id", "out_of_pocket", "income_pc")
    return pa.table({name: [row[n] for row in rows] for n, name in enumerate(columns)})


@pytest.fixture(params=[0, 1 << 60], ids=["county by county", "together"])
def store(tmp_path, request, monkeypatch):
    monkeypatch.setattr(facts_before, "_AT_ONCE", request.param)
    facts = FactStore(tmp_path)
    facts.write(
        "2019-05",
        {
            "341502": _table(("moved", 100.0, 4000.0), ("twice", 1.0, 1.0), (None, 9.0, 9.0)),
            "341524": _table(("stays", 300.0, None), ("twice", 2.0, 2.0), ("gone", 5.0, 5.0)),
        },
        Origin(),
    )
    facts.write(
        "2019-10",
        {
            "341524": _table(
                ("stays", 400.0, 5000.0), ("moved", 500.0, 5000.0), ("twice", 0.0, 0.0), ("new", 600.0, 5000.0),
                (None, 0.0, 0.0),
            )
        },
        Origin(),
    )  # fmt: skip
    return facts


def _seen(store, round_name="2019-10", county=None):
    table = store.frame_with_previous(round_name, county)
    rows = table.select("household_id", "seen_before", "previous_out_of_pocket", "previous_income_pc").to_dicts()
    return {row.pop("household_id"): tuple(row.values()) for row in rows}


@pytest.mark.parametrize("county", [None, "341524"])
def test_the_join(store, county):
    assert _seen(store, county=county) == {
        "stays": (True, 300.0, None),
        "moved": (False, None, None),  # another county had it
        "twice": (True, 2.0, 2.0),  # its own county had it once
        "new": (False, None, None),
        None: (False, None, None),  # without a number it is nobody's
    }


def test_rows_keep_their_order_and_number(store):
    assert list(_seen(store)) == store.read("2019-10")["household_id"].to_pylist()


def test_a_first_round_has_none(store):
    assert set(_seen(store, "2019-05").values()) == {(False, None, None)}


def test_previous_is_the_stored_round_just_before(store):
    store.write("2021-04", {"341524": _table(("gone", 1.0, 1.0), ("stays", 1.0, 1.0))}, Origin())
    assert store.previous_round("2021-04") == "2019-10"
    assert _seen(store, "2021-04") == {"gone": (False, None, None), "stays": (True, 400.0, 5000.0)}


def test_held_twice_by_its_own_county_it_was_seen_but_cannot_be_told(store):
    store.write("2020-04", {"341524": _table(("stays", 1.0, 1.0), ("stays", 2.0, 2.0), ("new", 3.0, 3.0))}, Origin())
    store.write("2020-10", {"341524": _table(("stays", 4.0, 4.0), ("new", 5.0, 5.0))}, Origin())
    assert _seen(store, "2020-10") == {"stays": (True, None, None), "new": (True, 3.0, 3.0)}


def test_a_county_that_a_round_passed_over_keeps_its_history(store):
    store.write("2020-04", {"341502": _table(("moved", 7.0, 7.0)), "341524": _table(("stays", 8.0, 8.0))}, Origin())
    assert store.previous_round("2020-04", "341502") == "2019-05"
    assert store.previous_round("2020-04", "341524") == store.previous_round("2020-04") == "2019-10"
    together = _seen(store, "2020-04")
    assert together == {"moved": (True, 100.0, 4000.0), "stays": (True, 400.0, 5000.0)}
    assert together == _seen(store, "2020-04", "341502") | _seen(store, "2020-04", "341524")


def test_columns_may_leave_out_the_number(store):
    table = store.frame_with_previous("2019-10", columns=["income_pc", "county_code"])
    assert table.columns == [
        "income_pc", "county_code", "previous_out_of_pocket", "previous_income_pc", "seen_before",
    ]  # fmt: skip


def test_one_household(store):
    assert store.household("2019-10", "stays")["previous_out_of_pocket"] == 300.0
    with pytest.raises(StoreError, match="341502, 341524"):
        store.household("2019-05", "twice")
    assert store.household("2019-05", "twice", "341524")["income_pc"] == 2.0
    with pytest.raises(StoreError, match="没有"):
        store.household("2019-10", "gone")
