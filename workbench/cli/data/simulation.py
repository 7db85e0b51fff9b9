"""The command that makes a simulated city."""

from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import JsonOption, StoreOption, open_store
from workbench.cli.output import SIMULATED, emit, progress_bar, say, show_table
from workbench.clock import now_in_beijing
from workbench.errors import Words
from workbench.register.audit.covered_files import covered_folders
from workbench.register.audit.file_events import simulated, tell_of_files
from workbench.register.unit_of_work.replacement import replace_city
from workbench.settings import DIVISIONS, register_url, who_acts
from workbench.simulation.city import describe, simulate
from workbench.store.schema import Origin


def simulate_command(
    households: Annotated[int, typer.Option("--households", help=both("户数", "number of households"))] = 20_000,
    rounds: Annotated[
        int, typer.Option("--rounds", help=both("轮次数，从 2019-05 起", "number of rounds, from 2019-05"))
    ] = 6,
    seed: Annotated[int, typer.Option("--seed", min=0, help=both("随机种子", "the random seed"))] = 1,
    drift: Annotated[
        float, typer.Option("--drift", help=both("以后各轮各县的漂移", "drift of later rounds by county"))
    ] = 0.0,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a simulated city, rounds from 2019-05; replaces a simulated city of the same store, unless decisions rest on it."""
    facts = open_store(store)
    description = describe(households, rounds, seed, drift)
    with progress_bar(Words("正在模拟", "simulating")) as progress:
        city = simulate(households, rounds, seed, divisions=DIVISIONS, drift=drift, progress=progress)
        # Before the city is replaced: the event has to tell of folders that are gone as well.
        before = covered_folders(facts.root)
        made = replace_city(facts, register_url(), city, Origin(simulated=True, details=description))
    now = now_in_beijing()
    tell_of_files(facts, register_url(), who_acts(), now, lambda: [simulated(facts.root, before)])

    def show() -> None:
        say(SIMULATED)
        show_table(
            f"{facts.root}",
            [Words("轮次", "round"), Words("户", "households")],
            [[name, count] for name, count in made.items()],
        )

    emit(
        {**description, "store": str(facts.root), "households_by_round": made, "simulated": True}, show, as_json=as_json
    )
