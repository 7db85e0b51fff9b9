"""One small city, simulated once, seen from outside; and what happened inside it, for comparison."""

from dataclasses import dataclass

import polars as pl
import pytest

from tests.reference import tier
from workbench.domain.facts import CAUSES
from workbench.domain.parameters import poverty_line
from workbench.settings import DIVISIONS
from workbench.simulation import city

HOUSEHOLDS, ROUNDS, SEED = 12_000, 5, 20190520


@dataclass(frozen=True)
class City:
    rounds: list[city.SimulatedRound]
    frames: list[pl.DataFrame]
    slipped: list[dict[str, bool]]
    causes: tuple[str, ...] = CAUSES


def frame(simulated):
    facts = pl.concat([pl.DataFrame(table) for table in simulated.facts.values()])
    return facts.join(pl.DataFrame(simulated.truth), on="household_id", how="left", validate="1:1")


@pytest.fixture(scope="session")
def small_city():
    """The city, with the slips that were drawn: they are told by nothing that a round shows."""
    slipped, record = [], city.record

    def watching(people, *arguments, **options):
        ids = [f"341599{int(number):08d}" for number in people["number"]]
        slipped.append(dict(zip(ids, people["slipped"] == 1, strict=True)))
        return record(people, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(city, "record", watching)
        rounds = list(city.simulate(HOUSEHOLDS, ROUNDS, SEED, divisions=DIVISIONS))
    return City(rounds, [frame(one) for one in rounds], slipped)


@pytest.fixture(scope="session")
def labelled(small_city):
    """Household-rounds with a label, by an independent reading of the rules: kind, county, state, p_slip, slip, drawn."""
    states = [
        states_of(now, before) for now, before in zip(small_city.frames, [None, *small_city.frames], strict=False)
    ]
    rows = []
    for index, now in enumerate(small_city.frames[:-1]):
        for household in now.select("household_id", "kind", "county_code", "p_slip").iter_rows(named=True):
            key = household["household_id"]
            before, after = states[index].get(key), states[index + 1].get(key)
            if before is None or after is None or before[0] != after[0]:
                continue
            drawn = small_city.slipped[index + 1][key]
            rows.append({**household, "state": before[1], "slip": after[1] < before[1], "drawn": drawn})
    return pl.DataFrame(rows)


def states_of(now, before):
    """(kind, state) by household, of those whose state is determined."""
    line = poverty_line(now["round"][0]).value
    past = {} if before is None else {row["household_id"]: row for row in before.iter_rows(named=True)}
    states = {}
    for row in now.iter_rows(named=True):
        state = state_of(row | {"previous": past.get(row["household_id"])}, line)
        if state is not None:
            states[row["household_id"]] = (row["kind"], state)
    return states


def state_of(household, line):
    if household["kind"] == "registered" or household["income_pc"] is None:
        return None
    below = household["income_pc"] < line
    if household["kind"] == "unregistered":
        return 0 if below else 1
    return 0 if below else tier(household, line)
