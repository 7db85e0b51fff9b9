"""What intake and simulation read or make, put into the store: merged, compared with what is there, written as one."""

from collections.abc import Iterable, Sequence
from functools import reduce
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import StoreError, Words
from workbench.intake.findings.result import IntakeResult
from workbench.intake.findings.snapshot import combine
from workbench.simulation.city import SimulatedRound
from workbench.store.arrow.tables import arrow_table, with_origin
from workbench.store.batches.batch import BATCHES, Batch, Source, next_number, stage_batch
from workbench.store.batches.comparison import Comparison, compare
from workbench.store.facts import FactStore
from workbench.store.personal import stage_persons
from workbench.store.schema import Origin, conform, known_columns
from workbench.store.taking_in.provenance import FOLDER, stage_sources, stored_sources, with_source
from workbench.store.transaction import Transaction, transaction

SIMULATED_THERE = Words(
    "这里存的是模拟数据，真实的户不能混进来；请管理员为真实数据另设数据目录（--store）",
    "this store holds simulated households, and real ones do not mix with them; the administrator sets up another store for real data (--store)",
)
REAL_THERE = Words(
    "这份文件是模拟数据，不能混进真实的户；演示请管理员另设数据目录（--store）",
    "the file holds simulated households, which do not mix with real ones; the administrator sets up another store for demonstrations (--store)",
)

_UNKNOWN = Source()


def take_in(
    store: FactStore, round_name: str, results: Sequence[IntakeResult], origin: Origin, source: Source = _UNKNOWN
) -> Batch:
    """Merge files into the round, one after another; returns the batch, with the counties whose facts or persons changed.

    All files are taken in, or none. What is refused: see `stage_results`.
    """
    with transaction(store.root) as pending:  # what is merged with must not change meanwhile
        return stage_results(pending, store, round_name, results, origin, source)


def stage_results(
    pending: Transaction,
    store: FactStore,
    round_name: str,
    results: Sequence[IntakeResult],
    origin: Origin,
    source: Source,
) -> Batch:
    """Stage the merging of files into a round in a transaction; returns the batch.

    Refuses a closed county, and files that are simulated for a county that is not, or the other way round: real and made-up
    households do not mix. What is written is simulated if the files say they are.
    """
    simulated = _simulated(results)
    origin = Origin(simulated=simulated, details=origin.details)
    counties = sorted({county for result in results for county in result.facts})
    store.refuse_closed(round_name, counties)
    changed, comparison = [], Comparison()
    for county in counties:
        before = _snapshot(store, round_name, county, simulated=simulated)
        tables = [result.facts[county] for result in results if county in result.facts]
        after = _merged(before, tables, round_name, county)
        comparison += compare(before, after, _households(tables), county)
        # A file taken in twice changes nothing, not even a file's time (decision 0004).
        new_facts = before is None or not _same(before, after)
        if new_facts:
            store.stage(pending, round_name, county, after, origin)
            stage_sources(pending, round_name, county, _sources(store, round_name, county, before, results))
        listed = [result for result in results if county in result.persons]
        persons, heads = [result.persons[county] for result in listed], [result.heads_only for result in listed]
        # In this order: persons have to be staged even where the facts alone make it a change.
        if stage_persons(pending, round_name, county, persons, heads=heads) or new_facts:
            changed.append(county)
    # Also where nothing changed: that files were taken in is told, under a number, without a snapshot.
    return stage_batch(pending, round_name, changed, comparison, source, results)


def _sources(
    store: FactStore, round_name: str, county: str, before: pa.Table | None, results: Sequence[IntakeResult]
) -> pl.DataFrame:
    """Where each fact of a county came from, after files that are taken in one after another."""
    number, sources = next_number(store.root), stored_sources(store.root, round_name, county)
    for place, result in enumerate(results):
        if county in result.facts:
            # File by file, unlike the facts themselves: each value is to be told by the file that brought it.
            after = _merged(before, [result.facts[county]], round_name, county)
            sources = with_source(sources, before, after, _households([result.facts[county]]), f"{number}/{place}")
            before = after
    assert sources is not None  # one of the files is of the county
    return sources


def compare_results(store: FactStore, round_name: str, results: Sequence[IntakeResult]) -> Comparison:
    """What taking files in would change of their households; writes nothing."""
    comparison = Comparison()
    for county in sorted({county for result in results for county in result.facts}):
        tables = [result.facts[county] for result in results if county in result.facts]
        stored = round_name in store.rounds() and county in store.counties(round_name)
        before = store.read(round_name, county) if stored else None
        comparison += compare(before, _merged(before, tables, round_name, county), _households(tables), county)
    return comparison


def _merged(before: pa.Table | None, tables: Sequence[pa.Table], round_name: str, county: str) -> pa.Table:
    """A county's facts with those of files merged into them, as they are stored."""
    merged = reduce(combine, tables[1:], combine(before, tables[0]))
    columns = known_columns(merged.column_names)
    return arrow_table(conform(merged, columns, {"round": round_name, "county_code": county}, county))


def _households(tables: Sequence[pa.Table]) -> set[str]:
    return {number for table in tables for number in pl.Series(table["household_id"]).drop_nulls().to_list()}


def _simulated(results: Sequence[IntakeResult]) -> bool:
    kinds = {result.simulated for result in results}
    if len(kinds) > 1:
        raise StoreError(
            Words(
                "有的文件是模拟数据，有的不是；请分别导入不同的数据目录（--store）",
                "some of the files are simulated, others are not; take them into different stores (--store)",
                code="store.some-files-simulated-others",
            )
        )
    return kinds == {True}


def _snapshot(store: FactStore, round_name: str, county: str, *, simulated: bool) -> pa.Table | None:
    if round_name not in store.rounds() or county not in store.counties(round_name):
        return None
    stored = store.origin(round_name, county).simulated
    if stored != simulated:
        raise StoreError((SIMULATED_THERE if stored else REAL_THERE).after(f"{round_name} {county}: "))
    return store.read(round_name, county)


def _same(before: pa.Table, after: pa.Table) -> bool:
    if after.column_names != before.column_names:
        return False
    # The order of a list is not a fact: the same households in another one change nothing.
    order = [("household_id", "ascending")]
    return bool(before.sort_by(order).equals(after.sort_by(order)))


def write_city(store: FactStore, rounds: Iterable[SimulatedRound], origin: Origin) -> dict[str, int]:
    """Write a simulated city in place of the one that the store holds; returns households by round.

    Refuses a store with facts of any other origin, or with a closed round. The true probabilities go to
    `STORE/truth/round=…`.
    """
    with transaction(store.root) as pending:
        # Under the lock, so that nobody takes in real households meanwhile.
        _refuse_real(store)
        for old in _simulated_files(store.root):
            pending.remove(old)
        return _stage_rounds(pending, store, rounds, origin, "truth")


def add_city(store: FactStore, rounds: Sequence[SimulatedRound], origin: Origin, name: str) -> dict[str, int]:
    """Write a simulated city of counties of its own beside those that the store holds; returns households by round.

    `name`: of its file of true probabilities. Refused is what `write_city` refuses.
    """
    with transaction(store.root) as pending:
        _refuse_real(store)
        return _stage_rounds(pending, store, rounds, origin, name)


def _stage_rounds(
    pending: Transaction, store: FactStore, rounds: Iterable[SimulatedRound], origin: Origin, name: str
) -> dict[str, int]:
    households: dict[str, int] = {}
    for made in rounds:
        for county, table in made.facts.items():
            store.stage(pending, made.round, county, table, origin)
        truth = pending.stage(store.root / "truth" / f"round={made.round}" / f"{name}.parquet")
        pq.write_table(with_origin(made.truth, origin), truth, compression="zstd")
        households[made.round] = sum(len(table) for table in made.facts.values())
    return households


def _refuse_real(store: FactStore) -> None:
    for name in store.rounds():
        store.refuse_closed(name, store.counties(name))
        if not store.origin(name).simulated:
            message = Words(
                f"期次 {name} 不是模拟数据；模拟数据请用另一个数据目录（--store）",
                f"round {name} is not simulated; simulate into another store (--store)",
                code="store.round-not-simulated-simulate",
            )
            raise StoreError(message.after(f"{store.root}: "))


def _simulated_files(root: Path) -> list[Path]:
    return [
        path
        for folder in ("facts", "truth", "scores", BATCHES, FOLDER)
        for path in (root / folder).rglob("*")
        if path.is_file()
    ]
