"""Stores that tests of pages look at."""

from pathlib import Path

import pyarrow as pa

from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.schema import Origin
from workbench.store.taking_in import write_city

HOSTILE = "<img src=x onerror=document.title='broken'>"


def simulated_store(root: Path, households: int = 12_000) -> FactStore:
    """A small simulated city of two rounds."""
    store = FactStore(root)
    write_city(store, simulate(households, 2, 3, divisions=DIVISIONS), Origin(simulated=True))
    return store


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
