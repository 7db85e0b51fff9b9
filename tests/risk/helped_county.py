"""A county whose truth is known: a standard in force, plans for whoever it brings in, and help that works as much as asked for."""

from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import insert

from tests.register.conftest import COUNTY, opened_office
from workbench.domain.parameters import poverty_line
from workbench.domain.rounds import deadline
from workbench.register.db.engine import writing
from workbench.register.db.follow_up_tables import Plan, PlanMeasure
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

ROUNDS = ("2019-10", "2020-04", "2020-10")
CEILING = 1.5
"""Of the line, as in the standard of the office."""


def helped_county(folder: Path, households: int, spared: float, *, planned: float = 1.0, seed: int = 4) -> FactStore:
    """Three rounds of unregistered households around the ceiling; of slips of those with a plan the part `spared` is undone.

    `planned`: of those below the ceiling the share with a plan. Slips fall with income in a curve, and not at the ceiling.
    """
    rng = np.random.default_rng(seed)
    store, plans = FactStore(folder), {}
    numbers = [f"h{number}" for number in range(households)]
    ratio = before = np.exp(rng.uniform(np.log(1.02), np.log(2.3), households))
    given = np.zeros(households, bool)
    for position, name in enumerate(ROUNDS):
        line = poverty_line(name).value
        if position:
            above = np.log(before)
            p = np.clip(0.34 - 0.35 * above + 0.1 * above**2, 0.01, 0.9) * np.where(given, 1 - spared, 1.0)
            slips = rng.random(households) < p
            # Whoever slipped is far above the line again a round later: each round is a test of its own.
            ratio = np.where(slips, 0.8, np.exp(rng.uniform(np.log(1.02), np.log(2.3), households)))
        income = np.round(ratio * line, 2)
        store.write(name, {COUNTY: _facts(numbers, income).to_arrow()}, Origin(simulated=True))
        given = (income >= line) & (income < CEILING * line) & (rng.random(households) < planned)
        plans[name] = [numbers[at] for at in np.flatnonzero(given)]
        before = ratio
    _register(folder, plans)
    return store


def _facts(numbers, income):
    return pl.DataFrame({
        "household_id": numbers, "county_code": COUNTY, "township": "甲镇", "village": "一村", "kind": "unregistered", "persons": 3,
        "income_pc": income, "net_income": 3 * income, "out_of_pocket": 0.0, "weight": 1.0, "illness": True,
    })  # fmt: skip


def _register(folder, plans):
    """The standard of the office in force in all rounds, and the plans of each round, ended before the next."""
    office = opened_office(folder, f"sqlite:///{folder / 'register.sqlite'}")
    office.set_standard()
    rows, measures = {}, []
    for name, households in plans.items():
        since = deadline(name).isoformat()
        until = deadline(ROUNDS[ROUNDS.index(name) + 1]).replace(day=1).isoformat() if name != ROUNDS[-1] else None
        for household in households:
            rows.setdefault(household, {
                "household_id": household, "county": COUNTY, "township": "甲镇", "village": "一村", "version": 1, "goal": "稳定增收",
                "responsible": "李某", "made_on": since,
            })  # fmt: skip
            measures.append({"household_id": household, "measure": "follow_up", "since": since, "until": until})
    with writing(office.register.engine) as connection:
        connection.execute(insert(Plan), list(rows.values()))
        connection.execute(insert(PlanMeasure), measures)
    office.register.engine.dispose()
