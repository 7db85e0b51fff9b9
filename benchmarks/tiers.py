"""Tiers of 1,000,000 lifted households, with the traces, on every engine that is installed; equal results asserted.

The same rules run on each engine's own frame. What is timed ends with every tier and trace in memory.
"""

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from benchmarks.report import asked_households, best_and_median, table
from workbench.domain.facts import CAUSES, GUARANTEES
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.tiers import TIER_FACTS, tier_frame
from workbench.errors import MissingPartError
from workbench.statistics.engines import to_engine

HOUSEHOLDS = 1_000_000
ROUND = "2019-10"
RESULTS = ["tier", "possible_tiers", "criteria_true", "criteria_unknown"]


def made_up_facts(households: int, seed: int = 1) -> pa.Table:
    """Random facts of the right shape: every column that the criteria read, a twentieth of every fact unknown."""
    rng = np.random.default_rng(seed)

    def some(values: np.ndarray) -> pa.Array:
        return pa.array(values, mask=rng.random(households) < 0.05)

    persons = rng.integers(1, 6, households)
    income = np.round(rng.lognormal(9.0, 0.7, households), 2)
    labour = rng.integers(0, 4, households)
    columns = {
        "persons": some(persons),
        "labour": some(labour),
        "skilled": some(np.minimum(labour, rng.integers(0, 2, households))),
        "weak_labour": some(rng.integers(0, 2, households)),
        "work_months": some(rng.integers(0, 24, households).astype(np.float64)),
        "land_mu": some(np.round(rng.gamma(2.0, 1.0, households), 1)),
        "income_business": some(np.round(rng.lognormal(7.0, 1.5, households), 2) * (rng.random(households) < 0.5)),
        "income_property": some(np.round(rng.lognormal(5.0, 1.0, households), 2) * (rng.random(households) < 0.2)),
        "cost_business": some(np.round(rng.lognormal(6.0, 1.5, households), 2)),
        "net_income": some(income * persons),
        "income_pc": some(income),
        "out_of_pocket": some(np.round(rng.lognormal(7.0, 1.2, households), 2)),
        "previous_out_of_pocket": some(np.round(rng.lognormal(7.0, 1.2, households), 2)),
        "seen_before": pa.array(rng.random(households) < 0.98),
        "cause": some(rng.choice(CAUSES, households)),
    }
    columns |= {name: some(rng.choice(3, households, p=[0.96, 0.03, 0.01])) for name in GUARANTEES}
    return pa.table({name: columns[name] for name in TIER_FACTS})


def engines(facts: pa.Table) -> dict[str, Callable[[], dict[str, np.ndarray]]]:
    """The work of each engine: judge its own frame, bring the results into memory as NumPy, null as -1."""
    connection = duckdb.connect()
    connection.execute("create table facts as select * from facts")
    polars_frame = pl.DataFrame(facts)
    pandas_frame = to_engine(polars_frame, "pandas")
    work: dict[str, Callable[[], Any]] = {
        "pandas (Arrow types)": lambda: _of_pandas(_assess(pandas_frame)),
        "Polars": lambda: _of_polars(_assess(polars_frame.lazy()).select(RESULTS).collect()),
        "DuckDB": lambda: _of_polars(
            pl.DataFrame(_assess(connection.table("facts")).select(*RESULTS).to_arrow_table())
        ),
    }
    try:
        spark_frame = to_engine(polars_frame, "spark").cache()
        spark_frame.count()
        work["Spark (local)"] = lambda: _of_polars(pl.DataFrame(_assess(spark_frame).select(*RESULTS).toArrow()))
    except MissingPartError:
        pass
    return work


def _assess(frame: Any) -> Any:
    return tier_frame(frame, tier_parameters(ROUND), reading("default"))


def _of_pandas(assessed: pd.DataFrame) -> dict[str, np.ndarray]:
    return {name: assessed[name].fillna(-1).to_numpy(np.int64) for name in RESULTS}


def _of_polars(assessed: pl.DataFrame) -> dict[str, np.ndarray]:
    return {name: assessed[name].fill_null(-1).cast(pl.Int64).to_numpy() for name in RESULTS}


def main() -> None:
    """Measure and print."""
    households = asked_households(HOUSEHOLDS, __doc__)
    work = engines(made_up_facts(households))
    results = {name: run() for name, run in work.items()}
    first = next(iter(results.values()))
    for name, result in results.items():
        for column in RESULTS:
            if not np.array_equal(first[column], result[column]):
                raise SystemExit(f"{name} disagrees in {column}")
    times = {name: best_and_median(run, repeats=5) for name, run in work.items()}
    fastest = min(median for _, median in times.values())
    tiers = {tier: int((first["tier"] == tier).sum()) for tier in (1, 2, 3, -1)}
    table(
        f"tiers with traces of {households:,} households; tiers 1, 2, 3, undetermined: {list(tiers.values())}, equal on all",
        ["engine", "best ms", "median ms", "x the fastest"],
        [
            [name, f"{best:.0f}", f"{median:.0f}", f"{median / fastest:.1f}"]
            for name, (best, median) in sorted(times.items(), key=lambda entry: entry[1][1])
        ],
    )


if __name__ == "__main__":
    main()
