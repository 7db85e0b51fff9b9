"""A later file of the same round adds to a county's snapshot."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from workbench.intake.findings.snapshot import combine


@st.composite
def snapshots(draw: st.DrawFn) -> pa.Table:
    ids = draw(st.lists(st.sampled_from("abcdef"), unique=True))
    names = draw(st.lists(st.sampled_from(["income_pc", "land_mu", "x_a"]), unique=True))
    values = st.one_of(st.none(), st.integers(0, 9).map(float))
    columns = {name: draw(st.lists(values, min_size=len(ids), max_size=len(ids))) for name in names}
    arrays = [pa.array(ids, pa.string()), *(pa.array(column, pa.float64()) for column in columns.values())]
    return pa.table(arrays, names=["household_id", *columns])


def by_id(table: pa.Table) -> dict:
    return {row["household_id"]: row for row in table.to_pylist()}


@given(snapshots(), snapshots())
def test_the_same_file_twice_equals_once(existing, new):
    once = combine(existing, new)
    assert combine(once, new) == once
    assert combine(combine(None, new), new) == combine(None, new)


@given(snapshots(), snapshots())
def test_new_columns_replace_and_everything_else_stays(existing, new):
    merged, before, after = by_id(combine(existing, new)), by_id(existing), by_id(new)
    assert list(merged) == sorted(before.keys() | after.keys())
    for key, row in merged.items():
        expected = {**before.get(key, {}), **after.get(key, {})}
        assert row == {**dict.fromkeys(row), **expected}
