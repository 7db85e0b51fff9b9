"""The tiers of a round under each declared reading of the notice, and how many households change from the default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from workbench.domain.parameters import tier_parameters, with_figures
from workbench.domain.rules.legal_readings import Reading, readings
from workbench.domain.rules.round_rules import DEFAULT_READING, RoundRules, apply_rules
from workbench.statistics.tiers import TIER_KEYS, UNDETERMINED_KEY, lifted_facts
from workbench.store.round_scope import RoundScope

NO_FIGURES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class ReadingCount:
    """Households by tier key under a reading; `moves`: by (tier key by default, tier key here), only where they differ."""

    name: str
    tiers: dict[str, float]
    moves: dict[tuple[str, str], float]

    @property
    def changed(self) -> float:
        """How many households have another tier than by the default reading."""
        return sum(self.moves.values())


def count_readings(
    scope: RoundScope, line: float | None, own: Sequence[Reading] = (), figures: Mapping[str, float] = NO_FIGURES
) -> list[ReadingCount]:
    """Every declared reading, the default first, then those of somebody's `own`. Households by weight.

    `figures`: of `TierParameters` by name, in the place of those in force, for every reading alike.
    """
    parameters = with_figures(tier_parameters(scope.round_name, line), figures)
    chosen = {**readings(), **{each.name: each for each in own}}
    lifted: pl.DataFrame = lifted_facts(scope).collect()
    assessed = lifted.select("weight")
    for name, reading in chosen.items():
        tier = (
            apply_rules(lifted, RoundRules(parameters, reading))
            .lifted["tier"]
            .cast(pl.String)
            .fill_null(UNDETERMINED_KEY)
        )
        # Rules leave the rows in their order, so that columns of different readings are of the same households.
        assessed = assessed.with_columns(tier.alias(name))
    return [_count(assessed, name) for name in chosen]


def _count(assessed: pl.DataFrame, name: str) -> ReadingCount:
    pairs = assessed.group_by(pl.col(DEFAULT_READING).alias("before"), pl.col(name).alias("after")).agg(
        pl.col("weight").sum()
    )
    counts = {(before, after): weight for before, after, weight in pairs.rows()}
    tiers = {key: sum(weight for (_, after), weight in counts.items() if after == key) for key in TIER_KEYS}
    moves = {pair: weight for pair, weight in sorted(counts.items()) if pair[0] != pair[1]}
    return ReadingCount(name, tiers, moves)
