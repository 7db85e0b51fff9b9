"""The command that makes a simulated city."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import JsonOption, MasterOption, SparkOption, StoreOption, cluster_or_here, open_store
from workbench.cli.output import SIMULATED, emit, progress_bar, say, show_table
from workbench.clock import now_in_beijing
from workbench.errors import Words
from workbench.register.audit.covered_files import covered_folders
from workbench.register.audit.file_events import simulated, tell_of_files
from workbench.register.unit_of_work.replacement import replace_city
from workbench.settings import DIVISIONS, register_url, who_acts
from workbench.simulation.cities import Cities
from workbench.simulation.city import SimulatedRound
from workbench.store.cluster.counties import ClusterStore
from workbench.store.facts import FactStore
from workbench.store.ingest import add_city
from workbench.store.schema import Origin


def simulate_command(
    households: Annotated[int, typer.Option("--households", help=both("户数", "number of households"))] = 20_000,
    rounds: Annotated[
        int, typer.Option("--rounds", help=both("期次数，从 2019-05 起", "number of rounds, from 2019-05"))
    ] = 6,
    seed: Annotated[int, typer.Option("--seed", min=0, help=both("随机种子", "the random seed"))] = 1,
    drift: Annotated[
        float, typer.Option("--drift", help=both("以后各期各县的漂移", "drift of later rounds by county"))
    ] = 0.0,
    cities: Annotated[
        int,
        typer.Option(
            "--cities",
            help=both(
                "多座市，共这么多户，用来量一个省的规模；另外各市用自己的代码",
                "several cities with so many households in all, to measure what a province would be; the others have codes of their own",
            ),
        ),
    ] = 1,
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a simulated city, rounds from 2019-05; replaces a simulated city of the same store, unless decisions rest on it."""
    wanted = Cities(households, rounds, seed, drift, cities)
    wanted.check()
    cluster = cluster_or_here(engine, master, store)
    facts = open_store(store)
    description = wanted.describe()
    origin = Origin(simulated=True, details=description)
    # Before the city is replaced: the event has to tell of folders that are gone as well.
    before = covered_folders(facts.root)
    with progress_bar(Words("正在模拟", "simulating")) as progress:
        # The first takes the place of whatever was there; the others, none of whose counties it has, are put beside it.
        made = replace_city(
            facts, register_url(), with_progress(wanted.rounds_of(0, DIVISIONS), rounds, progress), origin
        )
    made = _with_others(
        cluster, facts, [CityQuestion(wanted, number, origin) for number in range(1, cities)], (made, before)
    )

    def show() -> None:
        say(SIMULATED)
        show_table(
            f"{facts.root}",
            [Words("期次", "round"), Words("户", "households")],
            [[name, count] for name, count in made.items()],
        )

    emit(
        {**description, "store": str(facts.root), "households_by_round": made, "simulated": True}, show, as_json=as_json
    )


@dataclass(frozen=True)
class CityQuestion:
    """One city beside the first, by its number from 1."""

    wanted: Cities
    number: int
    origin: Origin


def _with_others(
    cluster: ClusterStore | None,
    facts: FactStore,
    others: Sequence[CityQuestion],
    of_first: tuple[dict[str, int], list[str]],
) -> dict[str, int]:
    """The other cities put beside the first, and the register told; returns the households by round.

    `of_first`: those of the first city, and the folders that there were before it.
    """
    made, before = of_first
    try:
        for each in others if cluster is None else []:
            made = _added(made, city_added(facts, each))
        for answer in cluster.run(city_added, others) if cluster else []:
            made = _added(made, answer)
    finally:
        # Also where one of them failed: those before it are there, and what is there is told of.
        now = now_in_beijing()
        tell_of_files(facts, register_url(), who_acts(), now, lambda: [simulated(facts.root, before)])
    return made


def _added(made: dict[str, int], answer: bytes) -> dict[str, int]:
    return {name: made[name] + count for name, count in json.loads(answer).items()}


def city_added(store: FactStore, asked: CityQuestion) -> bytes:
    """A city simulated and put beside the others, by this computer or a worker: its households by round."""
    # All rounds before the store is held: making them takes long, and the other cities wait to be written.
    rounds = list(asked.wanted.rounds_of(asked.number, DIVISIONS))
    return json.dumps(add_city(store, rounds, asked.origin, f"truth-{asked.number:02d}")).encode()


def with_progress(
    made: Iterator[SimulatedRound], rounds: int, progress: Callable[[int, int], None]
) -> Iterator[SimulatedRound]:
    """The rounds as they are made, each told to `progress`."""
    for done, each in enumerate(made, 1):
        yield each
        progress(done, rounds)
