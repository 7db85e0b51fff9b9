"""A simulated city as the model meets it: labelled rounds, the last transition held out with its true probabilities."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from workbench.risk.data.drift import drifts
from workbench.risk.data.panel import PanelReader, Transition, labelled_rounds
from workbench.risk.data.usable_rounds import UsableFacts, usable_facts
from workbench.risk.model.boosting import Settings
from workbench.risk.model.fitting import Training, training_rows
from workbench.risk.model.glass_box import Floats
from workbench.settings import DIVISIONS
from workbench.simulation.city import describe, simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin
from workbench.store.truth import read_truth

ROUNDS = 6


@dataclass(frozen=True)
class City:
    """Labelled rounds in order of time; `ahead`, the last, is not learnt from, and `truth` (rows,) is known of it."""

    known: list[pl.DataFrame]
    ahead: pl.DataFrame
    truth: Floats
    excluded: tuple[str, ...]

    @property
    def slips(self) -> Floats:
        """Whether the households of the held-out transition slipped, 0 or 1, (rows,)."""
        return self.ahead["slip"].cast(pl.Float64).to_numpy()

    def kind(self, name: str) -> Any:
        """Which rows of the held-out transition are of a kind, (rows,)."""
        return (self.ahead["kind"] == name).to_numpy()

    def training(self, settings: Settings, *, all_places: bool = False) -> Training:
        """All household-rounds before the held-out ones, as training makes them ready; rivals tell all places apart."""
        known = pl.concat(self.known, how="diagonal_relaxed")
        return training_rows(known, self.excluded, settings, all_places=all_places)


@contextmanager
def city_store(households: int, drift: float, seed: int, rounds: int = ROUNDS) -> Iterator[FactStore]:
    """A store, gone afterwards, that holds a simulated city."""
    with TemporaryDirectory() as folder:
        store = FactStore(Path(folder))
        origin = Origin(simulated=True, details=describe(households, rounds, seed, drift))
        write_city(store, simulate(households, rounds, seed, divisions=DIVISIONS, drift=drift), origin)
        yield store


def simulated_city(households: int, drift: float, seed: int) -> City:
    """Six rounds of a city; facts whose distribution moves before the held-out transition are kept out, as in training."""
    with city_store(households, drift, seed) as store:
        reader = PanelReader(store)
        steps = reader.transitions()
        usable = _usable(reader, steps[:-1])
        reader.missing = usable.missing
        rounds = list(labelled_rounds(reader, steps))
        truth = read_truth(store.root, steps[-1].start)
        return City(rounds[:-1], rounds[-1], _true(rounds[-1], truth), usable.excluded)


def _true(ahead: pl.DataFrame, truth: pl.DataFrame | None) -> Floats:
    assert truth is not None
    joined = ahead.select("household_id").join(truth, on="household_id", how="left", maintain_order="left")
    return joined["p_slip"].to_numpy()


def _usable(reader: PanelReader, steps: list[Transition]) -> UsableFacts:
    frames = {name: reader.facts(name) for name in (*(step.start for step in steps), steps[-1].end)}
    return usable_facts(drifts(frames), frames)
