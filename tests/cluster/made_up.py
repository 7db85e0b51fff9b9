"""Stores that a cluster and one computer are asked about: random facts, a tenth of each unknown; and a simulated city."""

import shutil

import numpy as np
import polars as pl

from tests.preview.scored import score_store
from workbench.domain.facts import CAUSES, CROSS_CHECKS, GUARANTEES, KEY_GROUPS, KINDS
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

ROUNDS = ("2019-05", "2019-10", "2020-04")
COUNTIES = ("341502", "341522", "341524")
_MONEY = ("income_business", "income_property", "cost_business", "net_income", "out_of_pocket")


def demonstration_store(root):
    """The demonstration, smaller: a simulated city of three rounds, made-up scores of the second."""
    store = FactStore(root)
    write_city(store, simulate(900, len(ROUNDS), 4, divisions=DIVISIONS), Origin(simulated=True))
    score_store(store, ROUNDS[1])
    return store


def random_store(root):
    """Random facts with scores of the second round."""
    store = made_up_store(root)
    score_store(store, ROUNDS[1])
    return store


STORES = {"random facts": random_store, "demonstration": demonstration_store}
"""What every command is asked of, on one computer and on a cluster."""


def made_up_store(root, households=400, seed=7):
    """Three counties, three rounds, weights, numbers that stand twice."""
    rng = np.random.default_rng(seed)
    store = FactStore(root)
    for number, round_name in enumerate(ROUNDS):
        # A county that a round passes over has its own round before.
        counties = [code for code in COUNTIES if (number, code) != (1, "341522")]
        store.write(
            round_name,
            {
                code: county_facts(rng, code, households).to_arrow(compat_level=pl.CompatLevel.oldest())
                for code in counties
            },
            Origin(simulated=True),
        )
    return store


def with_model_of(trained, root):
    """The store at `root` with the model that is in use in a trained one: it learnt from simulated facts, here it scores random ones."""
    shutil.copytree(trained / "models", root / "models")
    shutil.copy(trained / "model.json", root)
    return root


def county_facts(rng, code, households):
    def some(values):
        values = pl.Series(values)
        return values.scatter(np.flatnonzero(rng.random(households) < 0.1), None)

    numbers = [f"{code}{place:06d}" for place in rng.integers(0, households * 2, households)]
    columns = {
        "household_id": pl.Series(numbers),
        "township": some(rng.choice(["甲镇", "乙乡"], households)),
        "village": some(rng.choice(["东村", "西村"], households)),
        "kind": pl.Series(rng.choice(list(KINDS), households)),
        "persons": some(rng.integers(0, 6, households)),
        "labour": some(rng.integers(0, 4, households)),
        "skilled": some(rng.integers(0, 2, households)),
        "weak_labour": some(rng.integers(0, 2, households)),
        "work_months": some(rng.integers(0, 24, households).astype(float)),
        "land_mu": some(np.round(rng.gamma(2.0, 1.0, households), 2)),
        "income_pc": some(np.round(rng.lognormal(8.3, 0.5, households), 2)),
        "housing_grade": some(rng.choice(["A", "B", "C", "D"], households)),
        "cause": some(rng.choice(CAUSES, households)),
        "weight": pl.Series(np.round(rng.uniform(0.2, 4.0, households), 3)),
    }
    columns |= {name: some(np.round(rng.lognormal(8.0, 1.2, households), 2)) for name in _MONEY}
    columns |= {name: some(rng.choice(3, households, p=[0.8, 0.15, 0.05])) for name in GUARANTEES}
    columns |= {name: some(rng.random(households) < 0.15) for name in (*KEY_GROUPS, *CROSS_CHECKS)}
    return pl.DataFrame(columns)
