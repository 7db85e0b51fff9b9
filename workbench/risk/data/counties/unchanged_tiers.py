"""Counties whose filed tiers went on as they were: copied from the round before, or not looked at again.

Whoever keeps a filed tier has not slipped (contract §4), so such tiers teach that nothing happens to lifted households. A round
without any slip is seen as such (`data.slipless_steps`); here the slips of unregistered households, who are judged by income,
hide it. The rule tells: where it would move many households and the office moved none, nobody looked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from workbench.domain.facts import PREVIOUS_FACTS, FactType
from workbench.domain.parameters import county_names
from workbench.domain.rules.round_rules import LIFTED, apply_rules, rules_of_round
from workbench.domain.rules.tiers import TIER_FACTS
from workbench.errors import Words
from workbench.risk.data.panel import PanelReader, Transition

_KEY = ["county_code", "household_id"]
_PREVIOUS = {fact.name: fact.type for fact in PREVIOUS_FACTS}
COLUMNS = tuple(dict.fromkeys((*_KEY, "kind", "filed_tier", *(name for name in TIER_FACTS if name not in _PREVIOUS))))
"""What is asked of a round's facts."""
_BY_RULE = 20
"""Households that the rule moves to another tier, from which on it is no chance that the office moved next to none."""
_NEXT_TO_NONE = 0.05
"""Of those that the rule moves: an office that looks agrees with the facts more often than that."""
_MOST_NAMED = 3
_NEVER = 1_000
"""Households times steps without one change, from which on that is said without the rule: twenty would be one in fifty."""


@dataclass(frozen=True)
class UnchangedTiers:
    """A county of a transition, `households` of which have a filed tier in both rounds, `changed` of them another one.

    `by_rule`: how many have another tier by the rule, so far as facts tell.
    """

    start: str
    end: str
    county: str
    households: int
    changed: int
    by_rule: int
    counties: tuple[str, ...] = ()
    """All of them, where several are told in one sentence (`by_step`)."""

    @property
    def seen(self) -> Words:
        """What was seen."""
        zh, en = _names(self.counties or (self.county,))
        moved = (
            Words(f"只有 {self.changed:,} 户变过", f"only {self.changed:,} have another filed tier")
            if self.changed
            else Words("没有一户变过", "none has another filed tier")
        )
        rule = (
            Words(f"，而按事实有 {self.by_rule:,} 户该变", f", where by the facts {self.by_rule:,} should")
            if self.by_rule
            else Words("", "")
        )
        return Words(
            f"{zh}：{self.start} 至 {self.end}，{self.households:,} 户已脱贫户备案的等级{moved.zh}{rule.zh}，像是照抄了上一期",
            f"{en}: from {self.start} to {self.end}, of {self.households:,} lifted households {moved.en}{rule.en}; it looks as if the "
            "round before had been copied",
        )

    @property
    def words(self) -> Words:
        """What was seen, and that nothing is learnt from it."""
        said = self.seen + Words(
            "；这一步已脱贫户的结果不用来学，请核对等级",
            ", and nothing is learnt from lifted households in this step: check the tiers",
        )
        return Words(said.zh, said.en, code="risk.filed-tiers-unchanged")


def unchanged_tiers(frames: Mapping[str, pl.DataFrame], steps: Sequence[Transition]) -> tuple[UnchangedTiers, ...]:
    """The counties of transitions whose filed tiers were not looked at; `frames` by round hold COLUMNS as far as there are any."""
    seen = [each for step in steps for each in _filed_twice(frames[step.start], frames[step.end], step)]
    unseen: set[UnchangedTiers] = set()
    # Small counties have few changes a step: whether anybody looked shows over all their rounds, or over all counties of a step.
    for part in (_cell, _county, _step, _whole):
        groups: dict[tuple[str, ...], list[UnchangedTiers]] = {}
        for each in seen:
            groups.setdefault(part(each), []).append(each)
        unseen |= {each for own in groups.values() if _nobody_looked(own) for each in own}
    return tuple(each for each in seen if each in unseen)


def _cell(each: UnchangedTiers) -> tuple[str, ...]:
    return each.start, each.county


def _county(each: UnchangedTiers) -> tuple[str, ...]:
    return (each.county,)


def _step(each: UnchangedTiers) -> tuple[str, ...]:
    return each.start, each.end


def _whole(_each: UnchangedTiers) -> tuple[str, ...]:
    return ()


def _nobody_looked(own: Sequence[UnchangedTiers]) -> bool:
    households, changed, by_rule = (
        sum(getattr(each, name) for each in own) for name in ("households", "changed", "by_rule")
    )
    # Without facts that move the rule, that nothing ever changed of so many has to be enough.
    return (by_rule >= _BY_RULE and changed <= _NEXT_TO_NONE * by_rule) or (not changed and households >= _NEVER)


def by_step(unchanged: Sequence[UnchangedTiers]) -> tuple[UnchangedTiers, ...]:
    """One for each transition, of all its counties together: eight sentences that say the same are read by nobody."""
    steps: dict[tuple[str, ...], list[UnchangedTiers]] = {}
    for each in unchanged:
        steps.setdefault(_step(each), []).append(each)
    return tuple(
        replace(
            own[0],
            counties=tuple(each.county for each in own),
            households=sum(each.households for each in own),
            changed=sum(each.changed for each in own),
            by_rule=sum(each.by_rule for each in own),
        )
        for own in steps.values()
    )


def _names(codes: Sequence[str]) -> tuple[str, str]:
    names = [county_names(code) for code in codes[:_MOST_NAMED]]
    zh, en = "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)
    more = len(codes) - len(names)
    return (f"{zh}等 {len(codes)} 个县区", f"{en} and {more} more counties") if more else (zh, en)


def filed_frames(reader: PanelReader, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Facts of rounds with the tiers that the register has filed beside those of the files, as labels read them."""
    return {name: reader.with_filed(name, frame) for name, frame in frames.items() if "filed_tier" in frame.columns}


def _filed_twice(start: pl.DataFrame, end: pl.DataFrame, step: Transition) -> Iterator[UnchangedTiers]:
    filed = [_filed(frame, step.counties) for frame in (start, end)]
    # Where no office files tiers, which is the usual case, the rule is not asked a second time.
    if any(each.is_empty() for each in filed):
        return
    before, after = (
        _by_rule(each, name, line)
        for each, name, line in zip(filed, (step.start, step.end), (step.line, step.line_next), strict=True)
    )
    both = before.join(after, on=_KEY, suffix="_after")
    counts = both.group_by("county_code").agg(
        pl.len(), changed=(pl.col("filed_tier") != pl.col("filed_tier_after")).sum(), by_rule=(pl.col("tier") != pl.col("tier_after")).sum()
    )  # fmt: skip
    for county, households, changed, by_rule in counts.sort("county_code").iter_rows():
        yield UnchangedTiers(step.start, step.end, county, households, changed, by_rule)


def _filed(frame: pl.DataFrame, counties: Sequence[str] | None) -> pl.DataFrame:
    """The lifted households with a filed tier that can be followed."""
    if not set(COLUMNS) <= set(frame.columns):
        return frame.clear()
    filed = frame.filter((pl.col("kind") == LIFTED) & pl.col("filed_tier").is_not_null() & pl.struct(_KEY).is_unique())
    return filed if counties is None else filed.filter(pl.col("county_code").is_in(list(counties)))


def _by_rule(filed: pl.DataFrame, round_name: str, line: float) -> pl.DataFrame:
    """Household, filed tier, and `tier` as the rule has it by the facts of this round alone; null where they do not tell."""
    # As on a first round: what the round before had would be compared with itself where that one was copied.
    first = [
        pl.lit(None, pl.Float64).alias(name) if kind is not FactType.BOOLEAN else pl.lit(value=False).alias(name)
        for name, kind in _PREVIOUS.items()
    ]
    assessed = apply_rules(filed.select(COLUMNS).with_columns(first), rules_of_round(round_name, line=line)).lifted
    return pl.DataFrame(assessed).select(*_KEY, "filed_tier", "tier")
