"""The frontier over every lever of 120,000 unregistered households, against evaluating each standard singly.

The search tries a million standards or so; of them a thousand are evaluated one by one on the same index, as previews do, and the
time of all is what they would take at that rate.
"""

import time

import numpy as np

from benchmarks.preview import LINE, STANDARD, made_up_facts
from benchmarks.report import asked_households, table
from workbench.domain.rules.edge import edge_limits
from workbench.preview.counts.counts import totals
from workbench.preview.frontier.choice import Choice, standard_of
from workbench.preview.frontier.classes import AssessedRound, LeverValues, household_classes
from workbench.preview.frontier.search import search
from workbench.preview.index.build import build_index

HOUSEHOLDS = 120_000
SINGLY = 1000


def random_choice(values: LeverValues, rng: np.random.Generator) -> Choice:
    """A standard of the family, each lever at a random value."""
    ceiling, share = len(values.multiples), len(values.shares)
    rigid, drop = ((int(rng.integers(share)), int(rng.integers(ceiling))) for _ in range(2))
    groups = tuple(int(each) for each in rng.integers(0, ceiling, 8) * (rng.random(8) < 0.5))
    return Choice(int(rng.integers(ceiling)) * int(rng.random() < 0.5), groups, rigid, drop, int(rng.integers(16)))


def main() -> None:
    import polars as pl  # noqa: PLC0415

    households = asked_households(HOUSEHOLDS, __doc__)
    index = build_index(pl.DataFrame(made_up_facts(households)), deduct_out_of_pocket=False)
    rng = np.random.default_rng(2)
    expected = np.round(rng.random(len(index)) ** 4 * 2**28) / 2**28
    index, values = index.with_slips(expected), LeverValues()
    begin = time.perf_counter()
    classes = household_classes([AssessedRound(index, LINE)], values)
    counted = time.perf_counter() - begin
    result = search(classes)
    searched = time.perf_counter() - begin
    standards = [standard_of(random_choice(values, rng), values, STANDARD) for _ in range(SINGLY)]
    limits = [edge_limits(each, LINE) for each in standards]
    begin = time.perf_counter()
    for each in limits:
        totals(index, each)
    singly = (time.perf_counter() - begin) / SINGLY
    points = [totals(index, edge_limits(standard_of(each, values, STANDARD), LINE)).inside for each in result.choices]
    inside, caught = (np.array([getattr(point, name) for point in points]) for name in ("households", "slips"))
    others = [totals(index, each).inside for each in limits]
    beaten = sum(bool(((one.households < inside) & (one.slips >= caught)).any()) for one in others)
    all_singly = singly * result.searched
    table(
        f"the frontier over every lever, {households:,} households in {classes.amounts.shape[1]:,} classes",
        ["", "seconds", "times the search"],
        [
            ["classes counted", f"{counted:.2f}", ""],
            [f"{result.searched:,} standards searched", f"{searched:.2f}", "1"],
            [f"as many singly, at {singly * 1000:.2f} ms each", f"{all_singly:,.0f}", f"{all_singly / searched:,.0f}"],
        ],
    )
    print(f"{len(points)} points; of {SINGLY} random standards {beaten} beat one of them")


if __name__ == "__main__":
    main()
