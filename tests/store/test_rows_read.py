"""Of a file of facts only the rows asked for are read, and they are what reading all of it and choosing would give."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.strategies import facts_frame, households
from workbench.domain.facts import KINDS
from workbench.errors import StoreError
from workbench.store.facts import FactStore
from workbench.store.facts_before import PAST_COLUMNS, facts_before

ROUND, COUNTY = "2019-10", "341524"


def put(root, frame, round_name=ROUND):
    folder = root / "facts" / f"round={round_name}" / f"county_code={COUNTY}"
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(folder / "part.parquet")
    return FactStore(root)


def spread(rows, kinds):
    numbers = [f"{place:03d}" for place in range(len(rows))]
    frame = facts_frame(rows, household_id=numbers, kind=[kinds[place % len(kinds)] for place in range(len(rows))])
    return frame.drop("previous_out_of_pocket", "previous_income_pc", "seen_before")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=households, kind=st.sampled_from(list(KINDS)))
def test_of_one_kind(tmp_path, rows, kind):
    store = put(tmp_path, spread(rows, [*KINDS, None]))
    whole = store.frame_with_previous(ROUND)
    assert store.frame_with_previous(ROUND, kind=kind).equals(whole.filter(pl.col("kind") == kind))
    few = ["income_pc", "weight"]
    assert store.frame(ROUND, columns=few, kind=kind).equals(whole.filter(pl.col("kind") == kind)[few])


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Enum([*KINDS, "retired"])])
def test_a_kind_that_there_is_not_is_refused_whichever_is_asked_for(tmp_path, dtype):
    frame = pl.DataFrame({"household_id": ["1", "2"], "kind": pl.Series(["lifted", "retired"], dtype=dtype)})
    store = put(tmp_path, frame)
    for kind in KINDS:
        with pytest.raises(StoreError, match="retired"):
            store.frame(ROUND, columns=["household_id"], kind=kind)


def test_without_kinds_there_is_nobody_of_any(tmp_path):
    store = put(tmp_path, pl.DataFrame({"household_id": ["1", "2"]}))
    assert store.frame(ROUND, kind="lifted").is_empty()
    assert len(store.frame(ROUND, columns=["income_pc"])) == 2


NUMBERS = st.lists(st.one_of(st.none(), st.sampled_from(["1", "2", "3", "4"])), max_size=8)


@given(now=NUMBERS, before=NUMBERS)
def test_what_was_recorded_before(now, before):
    amounts = [float(place) for place in range(len(before))]
    incomes = [None if place % 3 == 0 else 2.0 for place in range(len(before))]
    types = dict(zip(PAST_COLUMNS, (pl.String, pl.Float64, pl.Float64), strict=True))
    past = pl.DataFrame([before, amounts, incomes], schema=types)
    recorded = {}
    for row in past.iter_rows(named=True):
        recorded.setdefault(row["household_id"], []).append((row["out_of_pocket"], row["income_pc"]))
    expected = []
    for number in now:
        rows = [] if number is None else recorded.get(number, [])
        expected.append((*(rows[0] if len(rows) == 1 else (None, None)), bool(rows)))
    assert facts_before(pl.DataFrame({"household_id": now}, {"household_id": pl.String}), past).rows() == expected


def test_without_a_round_before_nobody_was_seen():
    assert facts_before(pl.DataFrame({"household_id": ["1", "2"]}), None).rows() == [(None, None, False)] * 2
