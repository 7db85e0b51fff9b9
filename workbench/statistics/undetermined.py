"""What is not known of the households whose tier cannot be told, so that it can be collected."""

from typing import Any

import polars as pl

from workbench.domain.facts import PREVIOUS_FACTS
from workbench.domain.parameters import TierParameters
from workbench.domain.rules.criteria import BIT, CRITERIA
from workbench.domain.rules.legal_readings import Reading
from workbench.domain.rules.round_rules import RoundRules, apply_rules


def lacking(lifted: Any, parameters: TierParameters, reading: Reading) -> dict[str, float]:
    """Households by fact that is not known and that a criterion which cannot be told reads; most households first.

    `lifted`: a Polars frame, eager or lazy, as `statistics.tiers.lifted_facts` gives it. A household may lack several facts; what the round before
    showed cannot be collected any more and is left out.
    """
    tiers = apply_rules(lifted, RoundRules(parameters, reading)).lifted
    # Where the tier is settled without it, a missing fact need not be collected.
    assessed: pl.DataFrame = tiers.lazy().filter(pl.col("tier").is_null()).collect()
    readers: dict[str, int] = {}
    for criterion in CRITERIA:
        for fact in criterion.facts:
            readers[fact] = readers.get(fact, 0) | BIT[criterion.name]
    past = {fact.name for fact in PREVIOUS_FACTS}
    counts = assessed.select(
        pl.col("weight").filter(pl.col(fact).is_null() & ((pl.col("criteria_unknown") & bits) != 0)).sum().alias(fact)
        for fact, bits in readers.items()
        if fact not in past
    ).row(0, named=True)
    return dict(sorted(((fact, count) for fact, count in counts.items() if count), key=lambda each: -each[1]))
