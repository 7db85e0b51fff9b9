"""A made-up city of two rounds, stored as the workbench stores it, for measurements that read files."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from workbench.domain.facts import CAUSES, CROSS_CHECKS, GUARANTEES, KEY_GROUPS
from workbench.domain.parameters import counties
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

BEFORE, ROUND = "2019-05", "2019-10"
SHARES = [0.17, 0.19, 0.05, 0.25, 0.16, 0.10, 0.06, 0.02]
_LIFTED = 0.5
_PRESENT_BEFORE = 0.98


def write_city(root: Path, households: int) -> FactStore:
    """Store both rounds of a city of so many households, half of them lifted; nearly all were there before."""
    store = FactStore(root)
    for round_name, seed in ((BEFORE, 1), (ROUND, 2)):
        snapshots = {
            code: county_facts(code, first, size, seed=seed)
            for code, first, size in _counties(households)
        }  # fmt: skip
        if round_name == BEFORE:
            snapshots = {code: table.slice(0, int(len(table) * _PRESENT_BEFORE)) for code, table in snapshots.items()}
        store.write(round_name, snapshots, Origin(simulated=True))
    return store


def _counties(households: int) -> list[tuple[str, int, int]]:
    """County code, first number and number of households."""
    sizes = [max(1, round(households * share)) for share in SHARES]
    return [(code, sum(sizes[:place]), size) for place, (code, size) in enumerate(zip(counties(), sizes, strict=True))]


def county_facts(code: str, first: int, households: int, *, seed: int) -> pa.Table:
    """Random facts of the right shape: lognormal incomes, a fiftieth of every fact unknown. Who is lifted stays so."""
    rng = np.random.default_rng([seed, first])

    def some(values: np.ndarray) -> pa.Array:
        return pa.array(values, mask=rng.random(households) < 0.02)

    def money(mean: float, spread: float, share: float = 1.0) -> np.ndarray:
        return np.round(rng.lognormal(mean, spread, households) * (rng.random(households) < share), 2)

    numbers = np.arange(first, first + households)
    persons, labour = rng.integers(1, 6, households), rng.integers(0, 4, households)
    income = money(9.1, 0.7)
    columns = {
        "household_id": pa.array(np.char.zfill((34150000000000 + numbers).astype(str), 14)),
        "county_code": pa.array([code] * households),
        "township": pa.array(np.char.add("乡镇", (numbers % 25).astype(str))),
        "village": pa.array(np.char.add("村", (numbers % 375).astype(str))),
        "kind": pa.array(np.where(numbers * 7919 % 1000 < _LIFTED * 1000, "lifted", "unregistered")),
        "weight": pa.array(np.ones(households)),
        "persons": pa.array(persons),
        "labour": some(labour),
        "skilled": some(np.minimum(labour, rng.integers(0, 2, households))),
        "weak_labour": some(rng.integers(0, 2, households)),
        "work_months": some(rng.integers(0, 24, households).astype(np.float64)),
        "land_mu": some(np.round(rng.gamma(2.0, 1.0, households), 1)),
        "income_wage": some(money(9.0, 1.0)),
        "income_business": some(money(7.0, 1.5, 0.5)),
        "income_property": some(money(5.0, 1.0, 0.2)),
        "income_transfer": some(money(7.0, 1.0)),
        "cost_business": some(money(6.0, 1.5)),
        "net_income": some(np.round(income * persons, 2)),
        "income_pc": some(income),
        "out_of_pocket": some(money(7.0, 1.2)),
        "cause": some(rng.choice(CAUSES, households)),
    }
    columns |= {name: some(rng.choice(3, households, p=[0.96, 0.03, 0.01])) for name in GUARANTEES}
    columns |= {name: some(rng.random(households) < 0.08) for name in KEY_GROUPS}
    columns |= {name: some(rng.random(households) < 0.05) for name in CROSS_CHECKS}
    return pa.table(columns)
