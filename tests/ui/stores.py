"""Stores that tests of pages look at."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow as pa

from workbench.preview.counts.household_changes import changed_households
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin
from workbench.ui.pages.county_standard.state import StandardSession

IMAGE, FORMULA = "<img src=x onerror=alert(1)>", '=HYPERLINK("http://x","y")'
NAMES = (IMAGE, FORMULA)
HOSTILE = "<img src=x onerror=document.title='broken'>"


def simulated_store(root: Path, households: int = 12_000) -> FactStore:
    """A small simulated city of two rounds: a copy, to be changed, of one that a process writes once."""
    shutil.copytree(_two_rounds(households).name, root, dirs_exist_ok=True)
    return FactStore(root)


@cache  # most files of tests look at the very same city
def _two_rounds(households: int) -> TemporaryDirectory[str]:
    """The written city of so many households, there until the process ends."""
    folder = TemporaryDirectory(prefix="city-")
    made = simulate(households, 2, 3, divisions=DIVISIONS)
    write_city(FactStore(Path(folder.name)), made, Origin(simulated=True))
    return folder


def hostile_store(root: Path, county: str = "341524") -> FactStore:
    """One county whose names are markup."""
    store = FactStore(root)
    rows = 30
    table = pa.table(
        {
            "household_id": [f"{HOSTILE}{number:02d}" for number in range(rows)],
            "township": [HOSTILE] * rows,
            "village": ["<b>村</b>"] * rows,
            "kind": ["unregistered"] * rows,
            "income_pc": [3300.0 + 60 * number for number in range(rows)],
            "dibao": [True] * rows,
            "has_car": [False] * rows,
            "has_commercial_housing": [False] * rows,
            "on_public_payroll": [False] * rows,
            "has_business": [False] * rows,
        }
    )
    store.write("2019-10", {county: table}, Origin())
    return store


def named_store(root: Path) -> FactStore:
    """Two rounds of two counties, one of them called IMAGE, whose every name is one of NAMES."""
    store = FactStore(root)
    for round_name, more in (("2019-05", 0.0), ("2019-10", 90.0)):
        store.write(round_name, {code: _named_households(more) for code in ("341524", IMAGE)}, Origin())
    return store


def _named_households(more: float) -> pa.Table:
    """Sixteen lifted households, from red to blue, and as many unregistered ones, near the line."""
    count = 32
    lifted = [number < count // 2 for number in range(count)]
    weak = [number % 4 == 0 for number in range(count)]
    ids = [*NAMES, *(f"{NAMES[number % 2]}{number}" for number in range(2, count))]
    constant = {"persons": 3, "skilled": 1, "weak_labour": 0, "exit_year": 2016, "cost_business": 0.0, "out_of_pocket": 100.0,
                "housing_grade": "A", "cause": "因病", "dibao": True}  # fmt: skip
    no_more = ("has_car", "has_commercial_housing", "on_public_payroll", "has_business")
    return pa.table(
        {
            "household_id": ids,
            "township": [NAMES[number % 2] for number in range(count)],
            "village": [NAMES[number // 2 % 2] for number in range(count)],
            "kind": ["lifted" if each else "unregistered" for each in lifted],
            "income_pc": [3300.0 + 150 * number + more for number in range(count)],
            "net_income": [9900.0 + 450 * number + 3 * more for number in range(count)],
            "labour": [0 if each else 2 for each in weak],
            "work_months": [0.0 if each else 11.0 for each in weak],
            "land_mu": [0.0 if each else 6.0 for each in weak],
            **{name: [0.0 if each else 4000.0 for each in weak] for name in ("income_business", "income_property")},
            **{name: [2 if each else 0 for each in weak] for name in ("food", "water")},
            **{name: [0] * count for name in ("clothing", "education", "medical", "housing")},
            **{name: [value] * count for name, value in constant.items()},
            **{name: [False] * count for name in no_more},
        }
    )


def changed_by(session: StandardSession) -> pl.DataFrame:
    """The households of whom the choice of a page and the standard compared with say different things."""
    return changed_households(session.under_both(), session.standard)
