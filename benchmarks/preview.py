"""The preview of one standard over 2,000,000 unregistered households, against pandas, Polars and DuckDB masks.

All engines count the same standard over all counties (in, cannot tell, below the line) and must give the same numbers.
The floor is reading the index's bytes once.
"""

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from benchmarks.report import asked_households, best_and_median, table
from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.domain.parameters import counties
from workbench.domain.rules.edge import EdgeLimits, edge_frame, edge_limits
from workbench.domain.rules.standard import EdgeStandard, parse_standard
from workbench.preview.counts.ceiling_curve import ceiling_curve
from workbench.preview.counts.counts import Breakdown, totals
from workbench.preview.counts.sweep import Axis, sweep
from workbench.preview.index.build import PreviewIndex, build_index

HOUSEHOLDS = 2_000_000
LINE = 3218.0
SHARES = [0.17, 0.19, 0.05, 0.25, 0.16, 0.10, 0.06, 0.02]
STANDARD = parse_standard(
    {
        "income": {"ceiling": {"multiple": 1.5}, "group_ceilings": {"disability": 1.8}},
        "routes": {"rigid_expenditure": {"share": 0.5, "ceiling": {"multiple": 2.0}}},
        "exclusions": list(CROSS_CHECKS),
        "help_cost": 3000,
    }
)


def made_up_facts(households: int, seed: int = 1) -> pa.Table:
    """Random facts of the right shape: lognormal incomes, a tenth of every fact unknown."""
    rng = np.random.default_rng(seed)

    def some(values: np.ndarray) -> pa.Array:
        return pa.array(values, mask=rng.random(households) < 0.1)

    income = np.round(rng.lognormal(9.1, 0.7, households), 2)
    persons = rng.integers(1, 6, households)
    spent = np.round(rng.lognormal(7.0, 1.2, households), 2)
    columns = {
        "household_id": pa.array(np.char.zfill(np.arange(households).astype(str), 14)),
        "county_code": pa.array(rng.choice(list(counties()), households, p=SHARES)),
        "township": pa.array(np.char.add("乡镇", rng.integers(0, 25, households).astype(str))),
        "village": pa.array(np.char.add("村", rng.integers(0, 15, households).astype(str))),
        "kind": pa.array(["unregistered"] * households),
        "weight": pa.array(np.ones(households)),
        "persons": pa.array(persons),
        "income_pc": some(income),
        "net_income": some(income * persons),
        "out_of_pocket": some(spent),
        "previous_income_pc": some(income * rng.lognormal(0, 0.2, households)),
        "seen_before": pa.array(rng.random(households) < 0.98),
    }
    columns |= {name: some(rng.random(households) < 0.08) for name in KEY_GROUPS}
    columns |= {name: some(rng.random(households) < 0.05) for name in CROSS_CHECKS}
    return pa.table(columns)


def pandas_mask(frame: pd.DataFrame, limits: EdgeLimits) -> tuple[int, int, int]:
    """The counts of the rule as boolean masks on a plain pandas frame."""
    inside, possible = pandas_masks(frame, limits)
    return int(inside.sum()), int((possible & ~inside).sum()), int((frame["income_pc"] < limits.line).sum())


def pandas_masks(frame: pd.DataFrame, limits: EdgeLimits) -> tuple[pd.Series, pd.Series]:
    """Who is in, and who is in or cannot be told (floats with NaN, booleans split into true and unknown)."""
    income = frame["income_pc"]
    band = income >= limits.line
    member = frame[[f"{name}" for name in limits.groups]].any(axis=1)
    maybe_member = member | frame[[f"{name}?" for name in limits.groups]].any(axis=1)
    low, near = income < limits.ceiling, income < limits.group_ceilings["disability"]
    spends = frame["out_of_pocket"] > limits.rigid_share * frame["net_income"]
    spends_unknown = frame["out_of_pocket"].isna() | frame["net_income"].isna()
    rigid_band = band & (income < limits.rigid_ceiling)
    sure = (band & (low | (near & frame["disability"])) & member) | (rigid_band & spends)
    maybe = (band & (low | (near & (frame["disability"] | frame["disability?"]))) & maybe_member) | (
        rigid_band & (spends | spends_unknown)
    )
    unknown = income.isna()
    maybe |= unknown & (maybe_member | spends | spends_unknown)
    excluded = frame[list(limits.exclusions)].any(axis=1)
    free = ~excluded & ~frame[[f"{name}?" for name in limits.exclusions]].any(axis=1)
    return sure & free, maybe & ~excluded


def pandas_frame(facts: pa.Table) -> pd.DataFrame:
    """The facts as pandas users hold them."""
    polars = pl.DataFrame(facts)
    flags = [*KEY_GROUPS, *CROSS_CHECKS]
    return polars.select(
        "income_pc", "net_income", "out_of_pocket",
        *(pl.col(name).fill_null(value=False) for name in flags),
        *(pl.col(name).is_null().alias(f"{name}?") for name in flags),
    ).to_pandas()  # fmt: skip


def engine_counts(frame: object, limits: EdgeLimits) -> Callable[[], tuple[int, int, int]]:
    """The rules' own expressions on Polars or DuckDB."""

    def polars() -> tuple[int, int, int]:
        assessed = edge_frame(frame, limits).select(
            pl.col("edge").sum(), unknown=pl.col("edge").is_null().sum(), below=pl.col("below_line").sum()
        )
        return tuple(assessed.collect().row(0))

    def in_duckdb() -> tuple[int, int, int]:
        assessed = edge_frame(frame, limits)
        return assessed.aggregate(
            "count(*) filter (edge), count(*) filter (edge is null), count(*) filter (below_line)"
        ).fetchall()[0]

    return polars if isinstance(frame, pl.LazyFrame) else in_duckdb


def index_bytes(index: PreviewIndex) -> list[np.ndarray]:
    """Every array of numbers of the index."""
    return [value for value in vars(index).values() if isinstance(value, np.ndarray)]


def preview_table(facts: pa.Table, index: PreviewIndex, limits: EdgeLimits) -> None:
    """Count one standard on every engine."""
    connection = duckdb.connect()
    connection.execute("create table facts as select * from facts")
    frame, arrays = pandas_frame(facts), index_bytes(index)
    work: dict[str, Callable[[], object]] = {
        "index (this workbench)": lambda: _counts(index, limits),
        "index, largest county": lambda: _counts(index.county("341522"), limits),
        "index, with townships, groups, routes": lambda: _closer(index, limits),
        "read the index's bytes once": lambda: [array.view(np.uint8).max() for array in arrays],
        "pandas boolean mask": lambda: pandas_mask(frame, limits),
        "Polars lazy": engine_counts(pl.DataFrame(facts).lazy(), limits),
        "DuckDB in memory": engine_counts(connection.table("facts"), limits),
    }
    counts = {
        name: work[name]()
        for name in ("index (this workbench)", "pandas boolean mask", "Polars lazy", "DuckDB in memory")
    }
    if len(set(counts.values())) != 1:
        raise SystemExit(f"the engines disagree: {counts}")
    times = {name: best_and_median(run) for name, run in work.items()}
    own = times["index (this workbench)"]
    rows = [[name, f"{best:.2f}", f"{median:.2f}", f"{median / own[1]:.1f}"] for name, (best, median) in times.items()]
    size = sum(array.nbytes for array in arrays) / 1e6
    table(
        f"one standard, all counties, {len(index):,} households ({size:.0f} MB of index); in, cannot tell, below: {counts['Polars lazy']}",
        ["engine", "best ms", "median ms", "x the index"],
        rows,
    )


def _counts(index: PreviewIndex, limits: EdgeLimits) -> tuple[int, int, int]:
    counts = totals(index, limits)
    return counts.inside.rows, counts.cannot_tell.rows, counts.below_line.rows


def _closer(index: PreviewIndex, limits: EdgeLimits) -> None:
    broken = Breakdown(index, limits)
    broken.by_township()
    broken.by_group()
    broken.by_route()


def sweep_table(index: PreviewIndex, standard: EdgeStandard, limits: EdgeLimits) -> None:
    """A sweep of 100 ceilings x 50 shares, against evaluating every point."""
    ceilings = Axis("income.ceiling.multiple", tuple((100 + n) / 100 for n in range(100)))
    shares = Axis("routes.rigid_expenditure.share", tuple((20 + n) / 100 for n in range(50)))
    points = len(ceilings.values) * len(shares.values)
    swept, _ = best_and_median(lambda: sweep(index, standard, LINE, [ceilings, shares]), repeats=1, warm=0)
    one, _ = best_and_median(lambda: totals(index, limits))
    curve, _ = best_and_median(lambda: ceiling_curve(index, limits, [LINE * (1 + n / 100) for n in range(201)]))
    table(
        f"sweeps, all counties, {len(index):,} households",
        ["work", "ms", "ratio"],
        [
            [f"100 x 50 sweep ({points:,} points)", f"{swept:.0f}", "1"],
            ["the same, point by point (one preview x points)", f"{one * points:.0f}", f"{one * points / swept:.1f}"],
            ["the slider's curve, 201 ceilings in one pass", f"{curve:.1f}", "1"],
            ["the same, point by point", f"{one * 201:.0f}", f"{one * 201 / curve:.1f}"],
        ],
    )


def main() -> None:
    """Measure and print."""
    facts = made_up_facts(asked_households(HOUSEHOLDS, __doc__))
    limits = edge_limits(STANDARD, LINE)
    frame = pl.DataFrame(facts)
    built, _ = best_and_median(lambda: build_index(frame, deduct_out_of_pocket=False), repeats=2, warm=0)
    index = build_index(frame, deduct_out_of_pocket=False)
    sorting, _ = best_and_median(lambda: frame.sort("county_code", "income_pc"), repeats=2, warm=0)
    table(
        "building the index", ["work", "ms", "ratio"],
        [["build_index", f"{built:.0f}", "1"], ["Polars sort of the same frame", f"{sorting:.0f}", f"{sorting / built:.2f}"]],
    )  # fmt: skip
    preview_table(facts, index, limits)
    sweep_table(index, STANDARD, limits)


if __name__ == "__main__":
    main()
