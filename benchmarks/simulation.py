"""The demonstration city of 100,000 households over six rounds, against writing the same facts to Parquet.

Run: python -m benchmarks.simulation
"""

import io
import time

import pyarrow.parquet as pq

from benchmarks.report import asked_households, best_and_median, table
from workbench.settings import DIVISIONS
from workbench.simulation.city import SimulatedRound, simulate

HOUSEHOLDS, ROUNDS = 100_000, 6


def simulated(households: int) -> list[SimulatedRound]:
    return list(simulate(households, ROUNDS, 1, divisions=DIVISIONS))


def write(rounds: list[SimulatedRound]) -> None:
    for simulated_round in rounds:
        for facts in simulated_round.facts.values():
            pq.write_table(facts, io.BytesIO(), compression="zstd")


def main() -> None:
    households = asked_households(HOUSEHOLDS, __doc__)
    begin = time.perf_counter()
    rounds = simulated(households)
    first = (time.perf_counter() - begin) * 1000
    writing, writing_median = best_and_median(lambda: write(rounds), repeats=3)
    whole, whole_median = best_and_median(lambda: simulated(households), repeats=3, warm=0)
    tenth, tenth_median = best_and_median(lambda: simulated(households // 10), repeats=3, warm=0)
    rows = [
        ("write the facts as Parquet, zstd", writing, writing_median),
        (f"simulate {households:,}", whole, whole_median),
        (f"simulate {households // 10:,}", tenth, tenth_median),
        (f"simulate {households:,}, first call (with imports)", first, first),
    ]
    table(
        f"{ROUNDS} rounds",
        ["", "best ms", "median ms", "against writing"],
        [[name, f"{best:,.0f}", f"{median:,.0f}", f"{best / writing:.1f}"] for name, best, median in rows],
    )


if __name__ == "__main__":
    main()
