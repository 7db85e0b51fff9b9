"""How a model reads the facts of a round: what has drifted since it was trained is unknown to it, unless someone says otherwise."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.errors import Words
from workbench.risk.data.drift import Drift, drifts, excluded, said
from workbench.risk.data.panel import PanelReader
from workbench.risk.model.glass_box import Floats
from workbench.risk.model.trained_model import RiskModel
from workbench.store.facts import FactStore


@dataclass(frozen=True)
class Reading:
    """`moved`: facts the model reads that drifted since its training; `unread`: those of them read as unknown."""

    moved: tuple[Drift, ...]
    unread: tuple[str, ...]

    def values(self, model: RiskModel, frame: pl.DataFrame) -> Floats:
        """The design matrix of household-rounds with unread facts missing, (rows, features)."""
        values = model.matrix.matrix(frame)
        for position, feature in enumerate(model.matrix.features):
            if set(feature.facts) & set(self.unread):
                values[:, position] = np.nan
        return values

    @property
    def warnings(self) -> tuple[Words, ...]:
        """What moved, and what was done about it, in words."""
        return tuple(
            Words(f"{words.zh}；按未知处理", f"{words.en}; read as unknown") if each.fact in self.unread else words
            for each, words in ((each, said(each)) for each in self.moved)
        )


def reading(store: FactStore, round_name: str, model: RiskModel, keep: Collection[str] = ()) -> Reading:
    """How the model reads a round. A change counts from the round in which it came until the model is trained again.

    `keep`: facts to read all the same, beside those that the training was told to keep.
    """
    trained = max(step["end"] for step in model.about["transitions"])
    rounds = [name for name in store.rounds() if trained <= name <= round_name]
    before = store.previous_round(round_name)
    if len(rounds) < 2 and round_name > trained and before is not None:  # noqa: PLR2004 - a pair; the trained one is not here
        rounds = [before, round_name]
    used = set(model.about["facts_used"]) - {"round", "county_code"}
    reader = PanelReader(store)
    frames = {
        name: reader.facts(name, ["household_id", "county_code", "kind", *sorted(used - {"kind"})]) for name in rounds
    }
    moved = tuple(each for each in drifts(frames) if each.fact in used)
    return Reading(moved, excluded(moved, {*keep, *model.about["keep"]}))
