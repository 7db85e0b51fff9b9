"""Slips, case by case (contract §4), on the engines that read them; and against the tests' own reading of a city."""

import pandas as pd
import polars as pl
import pytest

from workbench.domain.rules.states import with_slip, with_state

LINE = 4000
STATES = [
    # kind, income, filed, tier by rule -> state
    ("lifted", 9000, None, 3, 3),
    ("lifted", 9000, None, 1, 1),
    ("lifted", 3999.99, None, 3, 0),
    ("lifted", 4000, None, 2, 2),
    ("lifted", 3000, None, None, 0),
    ("lifted", 9000, None, None, None),
    ("lifted", None, None, 2, None),
    ("lifted", 9000, 2, 3, 2),
    ("lifted", 3000, 2, 3, 2),
    ("lifted", 9000, 0, 3, 0),
    ("lifted", None, 1, None, 1),
    ("unregistered", 4000, None, None, 1),
    ("unregistered", 3999, None, None, 0),
    ("unregistered", None, None, None, None),
    ("unregistered", 9000, 1, None, 1),
    ("registered", 3000, None, None, None),
    (None, 9000, None, None, None),
]
SLIPS = [
    # kind, state; kind, state, below at the next round -> slip
    ("lifted", 3, "lifted", 2, False, True),
    ("lifted", 3, "lifted", 0, True, True),
    ("lifted", 2, "lifted", 1, False, True),
    ("lifted", 1, "lifted", 0, True, True),
    ("lifted", 2, "lifted", 2, False, False),
    ("lifted", 1, "lifted", 3, False, False),
    ("lifted", 0, "lifted", 0, True, None),
    ("lifted", 2, "lifted", None, None, None),
    ("lifted", None, "lifted", 1, False, None),
    ("lifted", 2, None, None, None, None),
    ("lifted", 2, "registered", None, None, True),
    ("unregistered", 1, "unregistered", 0, True, True),
    ("unregistered", 1, "unregistered", 1, False, False),
    ("unregistered", 1, "registered", None, True, True),
    ("unregistered", 1, "unregistered", None, None, None),
    ("unregistered", 0, "unregistered", 0, True, None),
    ("registered", None, "lifted", 3, False, None),
]


def engines(rows, names, types):
    polars = pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
    return {"polars": polars, "pandas": polars.to_pandas(use_pyarrow_extension_array=True)}


def column(frame, name):
    if isinstance(frame, pd.DataFrame):
        return [None if pd.isna(value) else value for value in frame[name]]
    return frame[name].to_list()


@pytest.mark.parametrize("engine", ["polars", "pandas"])
def test_states(engine):
    names, types = ("kind", "income_pc", "filed_tier", "tier"), (pl.String, pl.Float64, pl.Int64, pl.Int64)
    frame = engines([row[:-1] for row in STATES], names, types)[engine]
    assert column(with_state(frame, LINE), "state") == [row[-1] for row in STATES]


@pytest.mark.parametrize("engine", ["polars", "pandas"])
def test_slips(engine):
    names = ("kind", "state", "kind_next", "state_next", "below_next")
    types = (pl.String, pl.Int64, pl.String, pl.Int64, pl.Boolean)
    frame = engines([row[:-1] for row in SLIPS], names, types)[engine]
    assert column(with_slip(frame), "slip") == [row[-1] for row in SLIPS]
