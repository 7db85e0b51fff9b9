"""Tiers between a round and the one before, and why they changed: facts, rules or figures, or only what is known.

A household's tier is computed three times: before; with the new facts under the old figures; now. LA2019-15 §2.1.2-a.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from workbench.domain.facts import PREVIOUS_FACTS
from workbench.domain.parameters import TierParameters, tier_parameters
from workbench.domain.rules.legal_readings import Reading
from workbench.domain.rules.round_rules import LIFTED, RoundRules, apply_rules
from workbench.domain.rules.tiers import TIER_FACTS
from workbench.errors import StoreError, Words
from workbench.store.round_scope import RoundScope

CAUSES: dict[str, tuple[str, str]] = {
    "unchanged": ("未变", "unchanged"),
    "facts": ("事实变化", "facts"),
    "rules": ("规则或参数变化", "rules or figures"),
    "both": ("事实与规则都变化", "facts and rules together"),
    "data_quality": ("仅数据完整程度变化", "only what is known"),
}
"""Why a tier changed: Chinese and English label. `data_quality`: it could not be told before, or cannot be told now, or all
that changed of the facts is whether they are known."""
_OF_ROUND = [name for name in TIER_FACTS if name not in {fact.name for fact in PREVIOUS_FACTS}]
_READ = ["household_id", "county_code", "township", "kind", "weight", *_OF_ROUND]
_UNKNOWN = -1
_DECIMALS = 6
"""Sums of weights are told to the millionth, so that no order of adding them up shows."""


@dataclass(frozen=True)
class Transitions:
    """Lifted households of both rounds (`before_round`: the latest before, of all counties) by `before`, `after` (tier, None: undetermined), `cause`; counts by weight.

    `counts` has the columns county_code, before, after, cause, households; `first_seen` and `gone` are households of one
    round only.
    """

    before_round: str
    round: str
    counts: pl.DataFrame
    first_seen: float
    gone: float

    def by_cause(self) -> dict[str, float]:
        """Households by why their tier changed, every cause named."""
        counted = dict(self.counts.group_by("cause").agg(pl.col("households").sum()).iter_rows())
        return {cause: round(float(counted.get(cause, 0.0)), _DECIMALS) for cause in CAUSES}


def tier_transitions(scope: RoundScope, reading: Reading) -> Transitions:
    """Compare a round with each county's stored one before; raises StoreError where there is none."""
    scope.store.files(scope.round_name, scope.county)  # says what is there, where the round or the county is not
    return together(scope.round_name, [county_transitions(scope.of(code), reading) for code in scope.counties])


def together(round_name: str, parts: Sequence[Transitions]) -> Transitions:
    """The transitions of all counties; raises StoreError where it is the first round of each."""
    known = [each.before_round for each in parts if each.before_round != round_name]
    if not known:
        raise StoreError(
            Words(
                f"期次 {round_name}：没有更早的期次可比",
                f"round {round_name} is the first one; there is none before to compare with",
                code="statistics.no-round-before",
            )
        )
    counts = pl.concat([each.counts for each in parts]).sort("county_code", "before", "after", "cause", nulls_last=True)
    first_seen, gone = (
        round(sum(each), _DECIMALS) for each in zip(*((p.first_seen, p.gone) for p in parts), strict=True)
    )
    return Transitions(max(known), round_name, counts, first_seen, gone)


def county_transitions(scope: RoundScope, reading: Reading) -> Transitions:
    """The transitions of one county; on its first round (`before_round` is the round) each household is first seen."""
    earlier, now, before, joined = _compared(scope, reading)
    counts = joined.group_by("county_code", "before", "after", "cause").agg(
        households=pl.col("weight").sum().round(_DECIMALS)
    )
    return Transitions(
        earlier or scope.round_name, scope.round_name, counts, _only_in(now, before), _only_in(before, now)
    )


def household_causes(scope: RoundScope, reading: Reading) -> pl.DataFrame:
    """The lifted households of both rounds of a county with the `cause` (of CAUSES) of what became of their tier by the rules."""
    return _compared(scope, reading)[-1].select("household_id", "cause")


def _compared(scope: RoundScope, reading: Reading) -> tuple[str | None, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The county's round before, its lifted households now and then, and those of both with `before`, `after`, `cause`."""
    round_name = scope.round_name
    earlier = scope.store.previous_round(round_name, scope.county)
    now = _lifted(scope)
    before = now.clear() if earlier is None else _lifted(scope.in_round(earlier))
    old, new = tier_parameters(earlier or round_name), tier_parameters(round_name)
    after = _tiers(now, new, reading, "after")
    # The facts of now under the figures of then: what differs from before is the facts, what differs from after the figures.
    between = after["after"] if old == new else _tiers(now, old, reading, "between")["between"]
    joined = (
        after.with_columns(between.alias("between"))
        .join(_tiers(before, old, reading, "before"), on="household_id", how="inner", suffix="_before")
        .with_columns(cause=_cause())
    )
    return earlier, now, before, joined


def _lifted(scope: RoundScope) -> pl.DataFrame:
    """One row a household: a number that stands twice cannot be followed."""
    # All kinds: a lifted household's number that an unregistered one bears too cannot be followed either.
    rows = scope.facts_with_previous(_READ)
    return rows.filter((pl.col("kind") == LIFTED) & ~pl.col("household_id").is_duplicated())


def _tiers(rows: pl.DataFrame, parameters: TierParameters, reading: Reading, name: str) -> pl.DataFrame:
    assessed = apply_rules(rows, RoundRules(parameters, reading)).lifted
    return assessed.select("household_id", "county_code", "weight", *_OF_ROUND, pl.col("tier").alias(name))


def _cause() -> pl.Expr:
    before, between, after = (pl.col(name).fill_null(_UNKNOWN) for name in ("before", "between", "after"))
    causes = [
        (before == after, "unchanged"),
        ((before == _UNKNOWN) | (after == _UNKNOWN) | _only_known_differs(), "data_quality"),
        (between == before, "rules"),
        (between == after, "facts"),
    ]
    chosen = pl.lit("both")
    # From the last to the first, so that the first one that holds decides.
    for condition, cause in reversed(causes):
        chosen = pl.when(condition).then(pl.lit(cause)).otherwise(chosen)
    return chosen


def _only_known_differs() -> pl.Expr:
    """No fact that is known in both rounds is different, and some fact is known in one of them only."""
    pairs = [(pl.col(name), pl.col(f"{name}_before")) for name in _OF_ROUND]
    same = pl.all_horizontal([(now == then).fill_null(value=True) for now, then in pairs])
    return same & pl.any_horizontal([now.is_null() != then.is_null() for now, then in pairs])


def _only_in(here: pl.DataFrame, there: pl.DataFrame) -> float:
    return float(here.join(there, on="household_id", how="anti")["weight"].sum())
