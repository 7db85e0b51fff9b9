"""How a model reads the facts of a round: what has drifted since it was trained is unknown to it, unless someone says otherwise."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.errors import Words
from workbench.risk.data.counties.units import OtherUnit, other_units, unit_words
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.drift import Drift, drifts, excluded, said
from workbench.risk.data.usable_rounds import in_spring, moved_between
from workbench.risk.model.glass_box import Floats
from workbench.risk.model.trained_model import RiskModel

_KEYS = ("household_id", "county_code", "kind")
_READ_AS_UNKNOWN = Words("；按未知处理", "; read as unknown")


@dataclass(frozen=True)
class Reading:
    """`moved`: facts the model reads that drifted since its training; `unread`: those of them read as unknown.

    `units`: facts that a county gives in another unit, in this round or the one before, and that are unknown there.
    """

    moved: tuple[Drift, ...]
    unread: tuple[str, ...]
    units: tuple[OtherUnit, ...] = ()

    def values(self, model: RiskModel, frame: pl.DataFrame) -> Floats:
        """The design matrix of household-rounds with unread facts missing, (rows, features)."""
        values = model.matrix.matrix(frame)
        for position, feature in enumerate(model.matrix.features):
            if set(feature.facts) & set(self.unread):
                values[:, position] = np.nan
        for unit in self.units:
            here = (frame["county_code"] == unit.county).fill_null(value=False).to_numpy()
            chosen = np.array([unit.fact in feature.facts for feature in model.matrix.features])
            values[np.ix_(here, chosen)] = np.nan
        return values

    @property
    def warnings(self) -> tuple[Words, ...]:
        """What moved, and what was done about it, in words."""
        moved = (
            words + _READ_AS_UNKNOWN if each.fact in self.unread else words
            for each, words in ((each, said(each)) for each in self.moved)
        )
        return (*unit_words(self.units), *moved)


def reading(facts: DrawnFacts, round_name: str, model: RiskModel, keep: Collection[str] = ()) -> Reading:
    """How the model reads a round. A change counts from the round in which it came until the model is trained again.

    `keep`: facts to read all the same, beside those that the training was told to keep.
    """
    store, trained = facts.store, max(step["end"] for step in model.about["transitions"])
    rounds = [name for name in store.rounds() if trained <= name <= round_name]
    before = store.previous_round(round_name)
    # Where the round last learnt from is not stored here, the one before tells at least what moved since.
    if len(rounds) < 2 and round_name > trained and before is not None:  # noqa: PLR2004 - a pair; the trained one is not here
        rounds = [before, round_name]
    used = set(model.about["facts_used"]) - {"round", "county_code"}
    columns = [*_KEYS, *sorted(used - {"kind"})]
    frames = {name: facts.facts(name, columns) for name in sorted({*rounds, round_name})}
    moved = tuple(each for each in drifts(frames) if each.fact in used)
    unasked = {fact for fact, lacking in model.missing.items() if round_name in lacking}
    alike = _same_season(model, round_name)
    if alike in store.rounds() and (moved or model.missing):
        pair = {alike: facts.facts(alike, columns), round_name: frames[round_name]}
        # What is again as it was in this season moved with the season; where it was not asked then, it is not now.
        moved = tuple(each for each in moved if not each.excludes or moved_between(each.fact, pair))
        unasked |= {
            fact for fact, lacking in model.missing.items() if alike in lacking and not moved_between(fact, pair)
        }
    wanted = {*keep, *model.about["keep"]}
    # With the round before, from which changes are reckoned: a unit that was put right makes all of them look like falls.
    units = other_units({name: frames[name] for name in sorted(frames)[-2:]}, wanted)
    return Reading(moved, tuple(dict.fromkeys((*excluded(moved, wanted), *sorted(unasked - wanted)))), units)


def _same_season(model: RiskModel, round_name: str) -> str:
    """The last round of the same half of the year that the model learnt from; none: ""."""
    learnt = [step["start"] for step in model.about["transitions"] if step["start"] < round_name]
    return max((name for name in learnt if in_spring(name) == in_spring(round_name)), default="")
