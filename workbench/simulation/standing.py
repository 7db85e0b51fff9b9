"""Where a household stands: its tier by the default reading, or above or below the line; and when that gets worse."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.domain.facts import CAUSES, FACT, FactType
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.round_rules import LIFTED as LIFTED_KIND
from workbench.domain.rules.round_rules import apply_rules, rules_of_round
from workbench.domain.rules.states import with_state
from workbench.domain.rules.tiers import TIER_FACTS
from workbench.simulation.population import KINDS, LIFTED, BoolArray, FloatArray, Population, size

_POLARS = {
    FactType.INTEGER: pl.Int64, FactType.FLOAT: pl.Float64, FactType.STRING: pl.String, FactType.BOOLEAN: pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """Where each household stands: `tier` by the rule (lifted only, else not a number), `below` the line (null: not a number).

    `state` is what a slip lowers (`domain.rules.states`); not a number where it cannot be told, and for registered households,
    who cannot slip.
    """

    tier: FloatArray
    below: FloatArray
    state: FloatArray


def standing(people: Population, previous_spending: FloatArray, round_name: str) -> Standing:
    """Where the households stand; `previous_spending` is their out_of_pocket of the round before, `seen` in `people`."""
    figures = tier_parameters(round_name)
    lifted, income = people["kind"] == LIFTED, people["income_pc"]
    tier = np.full(size(people), np.nan)
    # Only they have one: the rule says nothing of the others.
    tier[lifted] = _tiers(people, previous_spending, round_name, lifted)
    below = np.where(np.isnan(income), np.nan, income < figures.line)
    return Standing(tier, below, _state(people, tier, figures.line))


def worsened(before: Standing, after: Standing) -> BoolArray:
    """Whether the state, or the tier by the rule alone, is worse after than before."""
    return (after.state < before.state) | (after.tier < before.tier)


def _state(people: Population, tier: FloatArray, line: float) -> FloatArray:
    facts = pl.DataFrame(
        {
            "kind": pl.Series(people["kind"])
            .cast(pl.Int64)
            .replace_strict(dict(enumerate(KINDS)), return_dtype=pl.String),
            "income_pc": _series("income_pc", people["income_pc"]),
            # Nothing is filed in a simulated city: the state goes by the rule's tier and by income (decision 0009).
            "filed_tier": pl.Series(dtype=pl.Int64).extend_constant(None, len(tier)),
            "tier": pl.Series(tier, nan_to_null=True).cast(pl.Int64),
        }
    )
    stated: pl.DataFrame = with_state(facts, line)
    return stated["state"].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _tiers(people: Population, previous: FloatArray, round_name: str, lifted: BoolArray) -> FloatArray:
    columns: dict[str, pl.Series] = {}
    for name in TIER_FACTS:
        values = {"previous_out_of_pocket": previous, "seen_before": people["seen"]}.get(name)
        columns[name] = _series(name, (people[name] if values is None else values)[lifted])
    households = pl.DataFrame(columns).with_columns(kind=pl.lit(LIFTED_KIND))
    return (
        apply_rules(households, rules_of_round(round_name))
        .lifted["tier"]
        .cast(pl.Float64)
        .fill_null(float("nan"))
        .to_numpy()
    )


def _series(name: str, values: FloatArray) -> pl.Series:
    series = pl.Series(name, values, nan_to_null=True)
    if name == "cause":
        return series.cast(pl.Int64).replace_strict(dict(enumerate(CAUSES)), return_dtype=pl.String)
    if name in FACT:
        return series.cast(_POLARS[FACT[name].type])
    return series.cast(pl.Boolean) if name == "seen_before" else series
