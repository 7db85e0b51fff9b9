"""Transitions in which a fact that tiers are judged by changed its meaning: whoever changes tier there may not have slipped.

A column taken for another one, or another unit, moves the rule and not the household. Tiers that offices filed are not judged by
facts, and neither are unregistered households, whose labels go by income alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from workbench.domain.facts import FACT
from workbench.domain.rules.criteria import CRITERIA
from workbench.errors import Words
from workbench.risk.data.drift import Drift, drifts, said
from workbench.risk.data.drift_checks import Kind
from workbench.risk.data.income_breaks import StepBreak
from workbench.risk.data.panel import Transition

_KEY = ("household_id", "county_code", "kind")
TIER_FACTS = tuple(sorted({fact for each in CRITERIA for fact in each.facts if fact in FACT} - {"income_pc"}))
"""The facts that tiers are judged by; incomes have a check of their own (`income_breaks`)."""
COLUMNS = (*_KEY, "filed_tier", *TIER_FACTS)
_UNKNOWN = frozenset((Kind.NULL, Kind.KNOWN))
"""What is not known leaves a tier undetermined, and who is undetermined has no label: nothing false is learnt."""


@dataclass(frozen=True)
class TierBreak:
    """A fact, `drift`, that moved between the rounds of a transition; `county`: where it moved alone, None everywhere."""

    start: str
    end: str
    county: str | None
    drift: Drift

    @property
    def words(self) -> Words:
        """What moved, and what it means."""
        changed = said(self.drift) + Words(
            "；等级按它判定，这一步已脱贫户的“风险变差”不可信，不用来学",
            "; tiers are judged by it, so what looks like slips of lifted households is not to be relied upon, and nothing is "
            "learnt from it",
        )
        return Words(changed.zh, changed.en, code="risk.tier-break")


def tier_breaks(frames: Mapping[str, pl.DataFrame], steps: Sequence[Transition]) -> tuple[TierBreak, ...]:
    """The facts that moved as no life moves them, by transition; `frames` by round hold COLUMNS as far as there are any."""
    return tuple(each for step in steps for each in _breaks(frames, step))


def _breaks(frames: Mapping[str, pl.DataFrame], step: Transition) -> Iterator[TierBreak]:
    start, end = frames[step.start], frames[step.end]
    by_rule = counties_by_rule(start, end)
    # Offices filed all tiers: whatever moved, no label hangs on it.
    if not by_rule:
        return
    # Nothing but what tiers are judged by: the drift of other facts is another check's.
    pair = {name: frame.select(each for each in COLUMNS if each in frame.columns) for name, frame in ((step.start, start), (step.end, end))}  # fmt: skip
    for drift in drifts(pair):
        everywhere = drift.county is None
        if (
            drift.excludes
            and drift.kind not in _UNKNOWN
            and drift.fact in TIER_FACTS
            and (everywhere or drift.county in by_rule)
        ):
            yield TierBreak(step.start, step.end, drift.county, drift)


def counties_by_rule(start: pl.DataFrame, end: pl.DataFrame) -> set[str]:
    """The counties where the rule, and not an office, says the tier of some lifted household at either end."""
    counties: set[str] = set()
    for frame in (start, end):
        lifted = frame.filter(pl.col("kind") == "lifted") if "kind" in frame.columns else frame.clear()
        unfiled = lifted.filter(pl.col("filed_tier").is_null()) if "filed_tier" in frame.columns else lifted
        counties |= set(unfiled["county_code"].drop_nulls().to_list())
    return counties


def without_false_slips(labelled: pl.DataFrame, breaks: Sequence[TierBreak | StepBreak]) -> pl.DataFrame:
    """Labelled household-rounds, with `start`, less the lifted ones of the transitions in which their tiers were not judged alike."""
    false = pl.lit(value=False)
    for each in breaks:
        here = pl.lit(value=True) if each.county is None else pl.col("county_code") == each.county
        false = false | ((pl.col("start") == each.start) & here)
    return labelled.filter(~((pl.col("kind") == "lifted") & false).fill_null(value=False))
