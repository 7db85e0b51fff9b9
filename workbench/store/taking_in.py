"""What intake and simulation read or make, put into the store: merged, compared with what is there, written as one."""

from collections.abc import Iterable, Sequence
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import StoreError
from workbench.intake.result import IntakeResult
from workbench.intake.snapshot import combine
from workbench.simulation.city import SimulatedRound
from workbench.store.facts import FactStore
from workbench.store.personal import stage_persons
from workbench.store.schema import Origin, arrow_table, conform, known_columns, with_origin
from workbench.store.transaction import transaction


def take_in(store: FactStore, round_name: str, results: Sequence[IntakeResult], origin: Origin) -> list[str]:
    """Merge files into the round, one after another; returns the county codes whose facts or persons changed.

    All files are taken in, or none. Refuses a closed county, and files that are simulated for a county that is not, or the
    other way round: real and made-up households do not mix. What is written is simulated if the files say they are.
    """
    simulated = _simulated(results)
    origin = Origin(simulated=simulated, details=origin.details)
    counties = sorted({county for result in results for county in result.facts})
    changed = []
    with transaction(store.root) as pending:  # what is merged with must not change meanwhile
        store.refuse_closed(round_name, counties)
        for county in counties:
            before = _snapshot(store, round_name, county, simulated=simulated)
            merged = reduce(combine, (result.facts[county] for result in results if county in result.facts), before)
            new_facts = merged is not None and (before is None or not _same(before, merged, round_name, county))
            if merged is not None and new_facts:
                store.stage(pending, round_name, county, merged, origin)
            persons = [result.persons[county] for result in results if county in result.persons]
            if stage_persons(pending, round_name, county, persons) or new_facts:
                changed.append(county)
    return changed


def _simulated(results: Sequence[IntakeResult]) -> bool:
    kinds = {result.simulated for result in results}
    if len(kinds) > 1:
        raise StoreError(
            "有的文件是模拟数据，有的不是 some of the files are simulated, others are not; 请分别导入不同的 --store  "
            "take them into different stores"
        )
    return kinds == {True}


def _snapshot(store: FactStore, round_name: str, county: str, *, simulated: bool) -> pa.Table | None:
    if round_name not in store.rounds() or county not in store.counties(round_name):
        return None
    where = f"轮次 round {round_name}, 县区 county {county}: {store.root}"
    if store.origin(round_name, county).simulated and not simulated:
        raise StoreError(
            f"{where} 中是模拟数据 holds simulated households; 真实数据请用另一个 --store  take real data into another --store"
        )
    if simulated and not store.origin(round_name, county).simulated:
        raise StoreError(
            f"{where} 中不是模拟数据，而文件是 does not hold simulated households, the file does; "
            "模拟数据请用另一个 --store  take simulated data into another --store"
        )
    return store.read(round_name, county)


def _same(before: pa.Table, merged: pa.Table, round_name: str, county: str) -> bool:
    columns = known_columns(merged.column_names)
    if columns != before.column_names:
        return False
    after = arrow_table(conform(merged, columns, {"round": round_name, "county_code": county}, county))
    order = [("household_id", "ascending")]
    return bool(before.sort_by(order).equals(after.sort_by(order)))


def write_city(store: FactStore, rounds: Iterable[SimulatedRound], origin: Origin) -> dict[str, int]:
    """Write a simulated city in place of the one that the store holds; returns households by round.

    Refuses a store with facts of any other origin, or with a closed round. The true probabilities go to
    `STORE/truth/round=…`.
    """
    for name in store.rounds():
        store.refuse_closed(name, store.counties(name))
        if not store.origin(name).simulated:
            raise StoreError(
                f"{store.root}: 轮次 round {name} 不是模拟数据 is not simulated; "
                "模拟数据请用另一个 --store  simulate into another --store"
            )
    households: dict[str, int] = {}
    with transaction(store.root) as pending:
        for old in _simulated_files(store.root):
            pending.remove(old)
        for made in rounds:
            for county, table in made.facts.items():
                store.stage(pending, made.round, county, table, origin)
            truth = pending.stage(store.root / "truth" / f"round={made.round}" / "truth.parquet")
            pq.write_table(with_origin(made.truth, origin), truth, compression="zstd")
            households[made.round] = sum(len(table) for table in made.facts.values())
    return households


def _simulated_files(root: Path) -> list[Path]:
    return [path for folder in ("facts", "truth", "scores") for path in (root / folder).rglob("*") if path.is_file()]
