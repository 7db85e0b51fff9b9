"""Facts that drifted, and the rounds in which training can still read them.

A fact that was not asked in the first rounds, or is asked each autumn only, has not changed its meaning: where it was not
asked it is missing, and all else of it is learnt. What changed its meaning is kept out of the model altogether.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import polars as pl

from workbench.risk.data.drift import Drift, drifts, excluded
from workbench.risk.data.drift_checks import Kind

_ASKED = frozenset((Kind.NULL, Kind.KNOWN))
_ZEROS = frozenset((Kind.ALL_ZERO, Kind.NOT_ALL_ZERO))
_WORSE = frozenset((Kind.NULL, Kind.ALL_ZERO))
"""What a fact turns into where it is no longer asked."""
_HALF_YEAR = 6
_KEYS = ("household_id", "kind", "county_code")


@dataclass(frozen=True)
class UsableFacts:
    """Facts `excluded` from a model, and by fact the rounds in which it is read as `missing`, whatever is recorded there."""

    excluded: tuple[str, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def usable_facts(
    moved: Collection[Drift], frames: Mapping[str, pl.DataFrame], keep: Collection[str] = ()
) -> UsableFacts:
    """What training makes of the facts that moved between the rounds of `frames`; those to `keep` are read as they are."""
    gone, missing = [], {}
    for fact in excluded(moved, keep):
        unasked = _unasked([each for each in moved if each.fact == fact and each.excludes], frames)
        if unasked is None:
            gone.append(fact)
        elif unasked:
            missing[fact] = unasked
    return UsableFacts(tuple(gone), missing)


def seasonal(fact: str, frames: Mapping[str, pl.DataFrame]) -> bool:
    """Whether a fact that moves from round to round is what it was in each round of the same season before."""
    by_season = [[name for name in frames if in_spring(name) == spring] for spring in (True, False)]
    if min(map(len, by_season)) < 2:  # noqa: PLR2004 - a season seen once is no season yet
        return False
    pairs = [pair for season in by_season for pair in pairwise(season)]
    return not any(moved_between(fact, {name: frames[name] for name in pair}) for pair in pairs)


def _unasked(own: Sequence[Drift], frames: Mapping[str, pl.DataFrame]) -> tuple[str, ...] | None:
    """The rounds in which a fact was not asked; None where it changed its meaning."""
    kinds, rounds = {each.kind for each in own}, list(frames)
    lacking = _lacking(own, rounds)
    # What was asked in no round, or is asked no more, is not learnt from (decision 0035).
    if kinds <= _ASKED and len(lacking) < len(rounds) and not _given_up(rounds, lacking):
        return lacking
    if not seasonal(own[0].fact, frames):
        return None
    return lacking if kinds <= _ASKED | _ZEROS else ()


def _lacking(own: Sequence[Drift], rounds: Sequence[str]) -> tuple[str, ...]:
    """Rounds before a fact was asked, or after it no longer was."""
    events = {(each.round_after, each.kind in _WORSE) for each in own}
    lacking: list[str] = []
    segment: list[str] = []
    worse = False
    for name in rounds:
        if (name, True) in events or (name, False) in events:
            # Known less than next to it on either side, what is recorded is of a few, and they are not like the rest.
            lacking += segment if worse or (name, False) in events else []
            segment, worse = [], (name, True) in events
        segment.append(name)
    return (*lacking, *(segment if worse else ()))


def _given_up(rounds: Sequence[str], lacking: Collection[str]) -> bool:
    """Whether a fact is no longer asked: lacking in the last round, and not because of its season."""
    last = rounds[-1]
    before = [name for name in rounds[:-1] if in_spring(name) == in_spring(last)]
    others = [name for name in rounds if in_spring(name) != in_spring(last)]
    # What is asked every other round only is asked again in the next one.
    by_season = bool(before) and set(before) <= set(lacking) and bool(set(others) - set(lacking))
    return last in lacking and not by_season


def moved_between(fact: str, frames: Mapping[str, pl.DataFrame]) -> bool:
    """Whether a fact changed its meaning between two rounds, the earlier first."""
    chosen = {
        name: frame.select(each for each in (*_KEYS, fact) if each in frame.columns) for name, frame in frames.items()
    }
    return fact in excluded(drifts(chosen))


def in_spring(round_name: str) -> bool:
    """Whether a round lies in the first half of its year."""
    return int(round_name[5:7]) <= _HALF_YEAR
