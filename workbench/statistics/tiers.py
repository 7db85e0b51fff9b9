"""How many lifted households of a round have which tier, by county, on any engine."""

from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from workbench.domain.parameters import TierParameters
from workbench.domain.rules.legal_readings import Reading
from workbench.domain.rules.round_rules import LIFTED, RoundRules, apply_rules
from workbench.domain.rules.tiers import SYMBOLS, TIER_FACTS, TIERS
from workbench.preview.counts.counts import Count
from workbench.statistics.engines import to_engine
from workbench.store.round_scope import RoundScope

UNDETERMINED_KEY = "undetermined"
TIER_KEYS: tuple[str, ...] = (*(str(tier) for tier in TIERS), UNDETERMINED_KEY)
TIER_SYMBOLS: dict[str, str] = {**{str(tier): SYMBOLS[tier] for tier in TIERS}, UNDETERMINED_KEY: SYMBOLS[None]}
_COLUMNS = ("county_code", "kind", "weight", *TIER_FACTS, "household_id")


@dataclass(frozen=True)
class TierCounts:
    """Counts by county code and tier key ("1", "2", "3", "undetermined")."""

    by_county: dict[str, dict[str, Count]] = field(default_factory=dict)

    @property
    def city(self) -> dict[str, Count]:
        """Counts by tier key over all counties."""
        return {key: sum((counts[key] for counts in self.by_county.values()), Count()) for key in TIER_KEYS}


def lifted_facts(scope: RoundScope, engine: str = "polars") -> Any:
    """What the tiers of a round are judged from, on an engine: lifted households with the previous round's facts."""
    return to_engine(scope.facts_with_previous(_COLUMNS, kind=LIFTED), engine)


def count_tiers(lifted: Any, parameters: TierParameters, reading: Reading) -> TierCounts:
    """Judge and count the frame of `lifted_facts`."""
    assessed = nw.from_native(apply_rules(lifted, RoundRules(parameters, reading)).lifted).lazy()
    # Grouped on the engine itself: of a province a few rows come back, not its households.
    grouped = assessed.group_by("county_code", "tier").agg(
        # `count` passes nulls over, so the rows are counted by a column that has none.
        households=nw.col("weight").sum(),
        rows=nw.col("county_code").count(),
    )
    counts: dict[str, dict[str, Count]] = {}
    for county, tier, households, rows in grouped.collect("polars").rows():
        # Every key from the beginning, so that a tier without households is told as 0.
        of_county = counts.setdefault(county, dict.fromkeys(TIER_KEYS, Count()))
        of_county[UNDETERMINED_KEY if tier is None else str(int(tier))] = Count(float(households), int(rows))
    return TierCounts(dict(sorted(counts.items())))
