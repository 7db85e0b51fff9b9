"""Did help help: slips just below and just above the ceiling, in the rounds whose standard was in force and whose plans are recorded.

Households a few yuan apart are alike but for the side of the ceiling they fell on. So a jump of slips there is what being in
brings about: for households at the ceiling, as help was given, and for no others. Whether anything can be told is asked first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, exp

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.preview.counts.membership import full_mask, without_income_ceiling
from workbench.preview.hindsight.past_rounds import PastRound, PastScope
from workbench.preview.sensitivity.bunching import bunching
from workbench.preview.sensitivity.income_error import remeasured
from workbench.register.standards.in_force import standard_in_use
from workbench.risk.help.discontinuity import Bools, Floats, Jump, bandwidth, jump
from workbench.risk.help.records import with_help
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope

REACH = 0.5
"""How far from the ceiling, as a logarithm of incomes, anybody is looked at."""
WORTH = 0.5
"""The part of slips that help would have to spare for it to be worth knowing: half of them."""
_POWER = 1.645 + 0.842
"""Standard errors of an effect that is seen four times in five, at the level of the intervals."""
SHARP = 0.5
"""The least difference of the shares with a plan, at the ceiling, for one side to count as helped and the other not."""
INCOME_ERROR = 0.1
_OTHER_WIDTHS = (0.5, 0.75, 1.25)
"""Of the bandwidth: a difference that is there at one width only is none."""


class Verdict(StrEnum):
    """What may be said."""

    NO_ROUND = "no_round"
    NO_PLANS = "no_plans"
    NOT_SHARP = "not_sharp"
    PILED_UP = "piled_up"
    TOO_FEW = "too_few"
    FEWER = "fewer"
    MORE = "more"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True)
class CeilingEffect:
    """What was found at the ceiling of a county. `rounds`: those compared; `help_share`, `slips`: the jumps; None where not told.

    `more_households`, `more_rounds`: what TOO_FEW lacks; `switching`: the share of those in who would be out if incomes were
    measured again with an error of INCOME_ERROR; `other_widths`: the jump of slips within narrower and wider bandwidths.
    """

    verdict: Verdict
    county: str
    rounds: tuple[str, ...] = ()
    households: int = 0
    plans: int = 0
    help_share: Jump | None = None
    slips: Jump | None = None
    more_households: int | None = None
    more_rounds: int | None = None
    switching: float | None = None
    other_widths: tuple[Jump, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the difference of slips may be spoken of."""
        return self.verdict in (Verdict.FEWER, Verdict.MORE, Verdict.NO_DIFFERENCE)

    @property
    def detectable(self) -> float | None:
        """The least difference of slips that would be seen four times in five."""
        return None if self.slips is None else _POWER * self.slips.error


@dataclass(frozen=True)
class _Rows:
    """Labelled households whom a round's ceiling alone decides: `distance` log(ceiling / income), above 0 for those in."""

    distance: Floats
    treated: Bools
    planned: Bools
    slipped: Bools
    household: npt.NDArray[np.object_]
    piled_up: bool
    inside: float
    stays: float


@dataclass(frozen=True)
class _OneRound(PastScope):
    """A past round alone: each was under its own standard."""

    round_name: str = ""

    def steps(self) -> dict[str, dict[str, str]]:
        return {name: ends for name, ends in super().steps().items() if name == self.round_name}


def ceiling_effect(store: FactStore, county: str, register: str | None = None) -> CeilingEffect:
    """What being in brought about in a county's past rounds; raises StoreError where the county is not stored.

    `register`: the URL of a register that is not in the store.
    """
    rounds = {past.round_name: _rows(store, past, county, register) for past in _in_force(store, county, register)}
    if not rounds:
        return CeilingEffect(Verdict.NO_ROUND, county)
    parts = list(rounds.values())
    distance, treated, planned, slipped, household = (
        np.concatenate([getattr(each, name) for each in parts])
        for name in ("distance", "treated", "planned", "slipped", "household")
    )
    inside = sum(each.inside for each in parts)
    known = CeilingEffect(
        Verdict.TOO_FEW, county, tuple(rounds), len(distance), int(planned.sum()),
        switching=1 - sum(each.stays for each in parts) / inside if inside else None,
    )  # fmt: skip
    if not planned.any():
        return replace(known, verdict=Verdict.NO_PLANS)
    _, numbers = np.unique(household, return_inverse=True)
    return _compared(
        known, (distance, treated, planned, slipped), numbers, piled_up=any(each.piled_up for each in parts)
    )


def _in_force(store: FactStore, county: str, register: str | None) -> Iterator[PastRound]:
    """The past rounds of a county that had a standard in force, each under its own."""
    for name in PastScope(store, county).steps():
        # Its own standard of then: under today's the ceiling stood elsewhere, and nobody was treated by it.
        used = standard_in_use(RoundScope(store, name, county), register=register)
        if used.of_its_time:
            yield from _OneRound(store, county, round_name=name).rounds(used.standard)


def _rows(store: FactStore, past: PastRound, county: str, register: str | None) -> _Rows:
    index, limits = past.index, past.limits
    # In under a far higher ceiling, and by nothing but it: groups and other routes would let in on both sides.
    far = replace(limits, ceiling=round(limits.ceiling * exp(REACH), 6))
    decided = full_mask(index, far) & ~full_mask(index, without_income_ceiling(limits)) & past.labelled
    chosen = np.flatnonzero(decided & (index.income > 0))
    households = pl.DataFrame({"household_id": pl.Series(index.household_id.take(chosen)), "county_code": county})
    ends = past.next_rounds[county]
    helped = with_help(store, households, past.round_name, ends, register)
    piled = bunching(index, limits.ceiling, limits.line)
    again = remeasured(index, limits, INCOME_ERROR)
    return _Rows(
        np.log(limits.ceiling / index.income[chosen]), full_mask(index, limits)[chosen],
        helped["help_plan"].fill_null(value=False).to_numpy(), past.slipped[chosen],
        households["household_id"].to_numpy(),
        piled_up=any(side is not None and side.notable for side in (piled.below, piled.above)),
        inside=again.inside_now, stays=again.stays,
    )  # fmt: skip


def _compared(
    known: CeilingEffect, rows: tuple[Floats, Bools, Bools, Bools], households: npt.NDArray[np.int64], *, piled_up: bool
) -> CeilingEffect:
    distance, treated, planned, slipped = rows
    outcome = slipped.astype(np.float64)
    width = bandwidth(distance, outcome, treated, REACH)
    # Too few on one side to lay a line through: nothing is said.
    if width is None:
        return known
    shares = jump(distance, planned.astype(np.float64), treated, width, households)
    slips = jump(distance, outcome, treated, width, households)
    if shares is None or slips is None:
        return known
    # A result that hangs on the width chosen is none, so others are shown beside it.
    others = (jump(distance, outcome, treated, min(share * width, REACH), households) for share in _OTHER_WIDTHS)
    known = replace(known, help_share=shares, slips=slips, other_widths=tuple(each for each in others if each))
    if shares.value < SHARP:
        return replace(known, verdict=Verdict.NOT_SHARP)
    # Incomes piled up at the ceiling are chosen, not fallen upon: those on its sides are no longer alike.
    if piled_up:
        return replace(known, verdict=Verdict.PILED_UP)
    return _verdict_of(known, slips)


def _verdict_of(known: CeilingEffect, slips: Jump) -> CeilingEffect:
    """Power before the estimate: of too few households an effect that seems large is mostly chance."""
    # Of few households the end of a curve is mostly chance, and what is lacking goes by its square.
    wanted = WORTH * slips.around
    detectable = _POWER * slips.error
    # An effect worth having that could not have been seen is no evidence of none.
    if wanted <= 0 or detectable > wanted:
        if wanted > 0:
            factor = (detectable / wanted) ** 2 - 1
            known = replace(
                known, more_households=ceil(factor * (slips.rows_in + slips.rows_out)),
                more_rounds=ceil(factor * len(known.rounds)),
            )  # fmt: skip
        return replace(known, verdict=Verdict.TOO_FEW)
    low, high = slips.interval
    verdict = Verdict.FEWER if high < 0 else Verdict.MORE if low > 0 else Verdict.NO_DIFFERENCE
    return replace(known, verdict=verdict)
