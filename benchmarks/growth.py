"""What is asked of one county, of scores and of a command just begun, at three sizes of city, each beside a named alternative.

One county of eight by its own files, beside a query of Polars over the files of all: its first preview, its index made,
and its index again after a file of another county was touched. Scored previews of a county and of the city, a slider's
position beside its totals alone and a sweep beside as many totals. Commands from their start to their end (tiers, a
preview, scores, changes, gaps, ledgers, the filing document, an export taken in), each beside what else would do a like
thing, in a process of its own. Each figure is printed as it comes.

Run: python -m benchmarks.growth [--households 20000 200000 2000000] [--parts county scores commands]
"""

import argparse
import datetime as dt
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from benchmarks.by_hand.in_polars import GROUPS, LINE
from benchmarks.by_hand.of_workbench import forget
from benchmarks.city import BEFORE, ROUND, write_city
from benchmarks.city_round import learn
from benchmarks.commands import LIST_ROWS, compared, list_compared, run_program, run_python
from benchmarks.report import processor_time
from tests.preview.scored import score_store
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.counts import totals
from workbench.preview.counts.sweep import Axis, sweep
from workbench.preview.request import Analyses, Assessed, assessed, preview, preview_record
from workbench.preview.scope import PreviewScope
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.risk.registry import artefact
from workbench.store.facts import FactStore

SIZES, REPEATS, COUNTY, OTHER = (20_000, 200_000, 2_000_000), 5, "341502", "341522"
LONG, PATIENCE = 5.0, 40.0
"""Seconds: of a run so long the first one counts as well; after so many no more of the same are begun."""
PARTS = ("county", "scores", "commands")
STANDARD = {"income": {"ceiling": {"multiple": 1.5}}, "help_cost": 3000}
Work = Callable[[], Any]


class Taken(NamedTuple):
    """Seconds of the processor, the middle of several `runs`."""

    seconds: float
    runs: int


def median(work: Work, prepare: Work = lambda: None) -> Taken:
    """The middle of five runs after one that does not count, of fewer where they are long; `prepare` goes before each, untimed."""
    first, taken = timed(work, prepare), []
    if first > LONG:
        taken.append(first)
    while not taken or (len(taken) < REPEATS and sum(taken) < PATIENCE):
        taken.append(timed(work, prepare))
    return Taken(statistics.median(taken), len(taken))


def timed(work: Work, prepare: Work) -> float:
    """Seconds of the processor of one run."""
    prepare()
    begin = processor_time()
    work()
    return processor_time() - begin


def show_row(households: int, what: str, ours: Taken, other: str, theirs: Taken) -> None:
    """One row, as it comes."""
    few = "" if ours.runs == theirs.runs == REPEATS else f"; runs {ours.runs}, {theirs.runs}"
    print(
        f"{households:>9,}  {what}: {ours.seconds * 1000:,.1f} ms; {other}: {theirs.seconds * 1000:,.1f} ms; "
        f"{ours.seconds / theirs.seconds:.2f} times{few}; load {os.getloadavg()[0]:.0f}",
        flush=True,
    )


def by_hand(root: Path, county: str | None) -> int:
    """The households in a county, or in all, that a standard without routes and exclusions brings in, in Polars by hand."""
    scan = pl.scan_parquet(root / f"facts/round={ROUND}/**/*.parquet", hive_partitioning=True)
    income = pl.col("income_pc")
    asked = (income >= LINE) & (income < 1.5 * LINE) & pl.any_horizontal(GROUPS)
    here = pl.lit(value=True) if county is None else pl.col("county_code") == county
    return scan.filter(here, pl.col("kind") == "unregistered").select(asked.sum()).collect().item()


def county(root: Path, households: int) -> None:
    """One county of eight."""
    store, standard = FactStore(root), parse_standard(STANDARD)
    scope, city = PreviewScope(store, ROUND, COUNTY), PreviewScope(store, ROUND)
    all_by_hand = median(lambda: by_hand(root, None))
    first = median(lambda: preview(scope, standard), lambda: forget(root))
    show_row(households, "first preview of one county", first, "of all eight", median(lambda: preview(city, standard), lambda: forget(root)))  # fmt: skip
    show_row(households, "first preview of one county", first, "Polars over the files of all", all_by_hand)
    made = median(lambda: scope.index_of(deduct_out_of_pocket=False), lambda: forget(root))
    show_row(households, "index of one county made", made, "of all eight", median(lambda: city.index_of(deduct_out_of_pocket=False), lambda: forget(root)))  # fmt: skip
    city.index_of(deduct_out_of_pocket=False)
    touched = store.files(ROUND, OTHER)

    def touch() -> None:
        for path in touched:
            facts = pl.read_parquet(path, hive_partitioning=False)
            facts.with_columns(pl.col("persons") + 1).write_parquet(path)

    again = median(lambda: scope.index_of(deduct_out_of_pocket=False), touch)
    show_row(households, "its index, when another county's file has changed", again, "made", made)


def scores(root: Path, households: int) -> None:
    """Previews of a round that a model has scored."""
    store = FactStore(root)
    score_store(store, ROUND, county_facts=store.county_digests(ROUND))
    axes = [
        Axis("income.ceiling.multiple", tuple((100 + n) / 100 for n in range(100))),
        Axis("income.group_ceilings.disability", tuple((100 + 2 * n) / 100 for n in range(50))),
    ]
    for place, code in (("a county", COUNTY), ("the city", None)):
        scored(PreviewScope(store, ROUND, code), households, place, axes)


def scored(scope: PreviewScope, households: int, place: str, axes: list[Axis]) -> None:
    """The scored previews of one scope."""
    standard = parse_standard(STANDARD)
    at_hand: Assessed = assessed(scope, standard)
    index, limits = at_hand.index, scope.limits_of(standard)
    whole = median(lambda: preview(scope, standard))
    position = median(lambda: preview_record(scope, standard, at_hand, Analyses()))
    counted = median(lambda: totals(index, limits))
    swept = median(lambda: sweep(index, standard, LINE, axes))
    show_row(households, f"scored preview of {place}", whole, "its slider's position", position)
    show_row(households, f"scored slider position of {place}", position, "its totals alone", counted)
    show_row(
        households,
        f"scored sweep of 5,000 points of {place}",
        swept,
        "5,000 totals",
        counted._replace(seconds=counted.seconds * 5000),
    )


def commands(root: Path, households: int) -> None:
    """Commands in a process of their own, all that they load and do; `score` with a model of a small simulated city."""
    artefact.use(learnt(root.parent), root)
    at_risk = len(gather_risk_ledger(CountyRound(FactStore(root), ROUND, COUNTY, None, dt.date(2019, 10, 31))).rows)
    others: dict[str, Taken] = {}
    for each in compared(root, (BEFORE, ROUND), COUNTY, at_risk):
        begin_anew = partial(forget, root)
        if each.python not in others:
            others[each.python] = median(run_python(each.python))
        taken = median(run_program(each.words), begin_anew)
        show_row(households, f"workbench {shown(each.words)}", taken, each.other, others[each.python])
    persons = min(households, LIST_ROWS)
    taking = list_compared(root, root / "taken", ROUND, persons)
    taken = median(run_program(taking.words), partial(shutil.rmtree, root / "taken", ignore_errors=True))
    show_row(
        households, f"workbench intake of {persons:,} persons", taken, taking.other, median(run_python(taking.python))
    )


@cache
def learnt(folder: Path) -> Path:
    """The model of a small simulated city; learnt once for cities of all sizes."""
    return learn(folder / "learnt")


def shown(words: Sequence[str]) -> str:
    """A command without its options; of a ledger with its kind."""
    return " ".join([words[0], *([words[words.index("--kind") + 1]] if "--kind" in words else [])])


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--households", type=int, nargs="+", default=SIZES)
    arguments.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    chosen = arguments.parse_args()
    print(f"seconds of the processor, medians of {REPEATS} after one that does not count", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for households in chosen.households:
            root = Path(folder) / str(households)
            write_city(root, households)
            # Commands first: the others change facts and put scores beside them.
            for part in (commands, county, scores):
                if part.__name__ in chosen.parts:
                    part(root, households)
            shutil.rmtree(root)


if __name__ == "__main__":
    main()
