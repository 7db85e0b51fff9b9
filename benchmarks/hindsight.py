"""Hindsight of one standard over five past rounds, and at 201 ceilings of it, against pandas and DuckDB in the same run.

Made-up rounds of 2,000,000 households each, half of them unregistered (`--households` for another size; these take some minutes
to make). All count who is in, who slipped, and who of them was in, over all rounds, and must agree. The peers hold
the rounds in memory, both ends already joined; the workbench reads what it keeps from disk.
"""

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl

from benchmarks.city import county_facts
from benchmarks.preview import STANDARD, pandas_frame, pandas_masks
from benchmarks.report import asked_households, best_and_median, table
from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS
from workbench.domain.parameters import poverty_line
from workbench.domain.rules.edge import EDGE_FACTS, EdgeLimits, edge_frame, edge_limits
from workbench.preview.hindsight.curve import past_curves
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastRound, PastScope
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

HOUSEHOLDS = 2_000_000
COUNTY = "341522"
ROUNDS = ("2019-05", "2019-10", "2020-04", "2020-10", "2021-04", "2021-10")
MULTIPLES = tuple(1 + place / 100 for place in range(201))
Totals = tuple[int, int, int]


def made_up_store(root: Path, households: int) -> FactStore:
    """A county of six rounds, the same households in each."""
    store = FactStore(root)
    for seed, name in enumerate(ROUNDS):
        store.write(name, {COUNTY: county_facts(COUNTY, 0, households, seed=seed)}, Origin(simulated=True))
    return store


def steps(store: FactStore) -> Iterator[tuple[pl.DataFrame, EdgeLimits, float]]:
    """The unregistered households of each round with their incomes at the next, the limits, and the next round's line."""
    for name, after in pairwise(ROUNDS):
        # What the standard asks for and no more: the peers are to hold it in memory beside one another.
        now = store.frame_with_previous(
            name, COUNTY, [*EDGE_FACTS, *KEY_GROUPS, *CROSS_CHECKS, "household_id"], kind="unregistered"
        )
        later = store.frame(after, COUNTY, ["household_id", "income_pc"]).rename({"income_pc": "income_next"})
        joined = now.join(later, on="household_id", how="left", maintain_order="left").drop("household_id")
        yield joined, edge_limits(STANDARD, poverty_line(name).value), poverty_line(after).value


def by_pandas(frames: list[tuple[pd.DataFrame, EdgeLimits, float]]) -> Totals:
    """Count by boolean masks."""
    counts = pd.Series([0, 0, 0])
    for frame, limits, line_next in frames:
        inside, _ = pandas_masks(frame, limits)
        slipped = (frame["income_pc"] >= limits.line) & (frame["income_next"] < line_next)
        counts += pd.Series([inside.sum(), slipped.sum(), (inside & slipped).sum()])
    return tuple(int(count) for count in counts)


def by_duckdb(frames: list[tuple[duckdb.DuckDBPyRelation, EdgeLimits, float]]) -> Totals:
    """Count by the rules' own expressions."""
    counts = [0, 0, 0]
    for relation, limits, line_next in frames:
        slipped = f"income_pc >= {limits.line} and income_next < {line_next}"
        asked = f"count(*) filter (edge), count(*) filter ({slipped}), count(*) filter (edge and {slipped})"
        row = edge_frame(relation, limits).aggregate(asked).fetchall()[0]
        counts = [one + other for one, other in zip(counts, row, strict=True)]
    return tuple(counts)


def by_workbench(store: FactStore) -> Totals:
    """Count as `workbench hindsight` does, from what is kept on disk."""
    record = Hindsight.of(PastScope(store, COUNTY), STANDARD).record()
    return sum(each["in"] for each in record["rounds"]), record["slips"], record["caught"]


def swept(past: list[PastRound]) -> None:
    """The slider's answer: every ceiling at once."""
    past_curves(past, lambda line: [line * multiple for multiple in MULTIPLES])


def main() -> None:
    """Measure and print."""
    households = asked_households(HOUSEHOLDS, __doc__)
    with tempfile.TemporaryDirectory() as folder:
        store = made_up_store(Path(folder), households)
        first, _ = best_and_median(lambda: by_workbench(store), repeats=1, warm=0)
        measure(store, first, households)


def measure(store: FactStore, first: float, households: int) -> None:
    """Print both tables; `first`: milliseconds of the run that made the indexes."""
    connection = duckdb.connect()
    in_pandas, in_duckdb = [], []
    for place, (frame, limits, line_next) in enumerate(steps(store)):
        income_next = frame["income_next"].to_pandas()
        in_pandas.append((pandas_frame(frame).assign(income_next=income_next), limits, line_next))
        connection.register("joined", frame)
        connection.table("joined").create(f"step{place}")
        in_duckdb.append((connection.table(f"step{place}"), limits, line_next))
    work = {
        "workbench, what it keeps on disk": lambda: by_workbench(store),
        "pandas boolean masks, joined in memory": lambda: by_pandas(in_pandas),
        "DuckDB, joined in memory": lambda: by_duckdb(in_duckdb),
    }
    counts = {name: run() for name, run in work.items()}
    if len(set(counts.values())) != 1:
        raise SystemExit(f"the engines disagree: {counts}")
    times = {name: best_and_median(run)[0] for name, run in work.items()}
    own = times["workbench, what it keeps on disk"]
    rows = [[name, f"{best:.1f}", f"{best / own:.1f}"] for name, best in times.items()]
    rows.append(["workbench, the first time (indexes made)", f"{first:.0f}", f"{first / own:.1f}"])
    table(
        f"hindsight of one standard, five past rounds of {households:,}; in, slips, caught: {by_workbench(store)}",
        ["engine", "best ms", "ratio"],
        rows,
    )
    past = list(PastScope(store, COUNTY).rounds(STANDARD))
    sweep, _ = best_and_median(lambda: swept(past))
    table(
        f"its ceiling at {len(MULTIPLES)} places",
        ["work", "ms", "ratio"],
        [
            ["every ceiling in one pass", f"{sweep:.1f}", "1"],
            *(
                [f"{name}, point by point", f"{best * len(MULTIPLES):.0f}", f"{best * len(MULTIPLES) / sweep:.0f}"]
                for name, best in times.items()
            ),
        ],
    )


if __name__ == "__main__":
    main()
