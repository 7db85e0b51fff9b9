"""Tiers of lifted households: criteria and a reading -> tier, the tiers still possible, and a trace (contract §2)."""

from collections.abc import Iterable
from typing import Any

import narwhals as nw

from workbench.domain.parameters import TierParameters
from workbench.domain.rules.criteria import BIT, CRITERIA, SEEN_BEFORE, Criterion
from workbench.domain.rules.legal_readings import Reading, criteria_of, expression

TIERS: dict[int, tuple[str, str, str]] = {
    1: ("一级 极易返贫户", "tier 1, most likely to fall back", "红"),
    2: ("二级 较易返贫户", "tier 2, likely to fall back", "黄"),
    3: ("三级 稳定脱贫户", "tier 3, stably lifted", "蓝"),
}
"""Chinese and English label, and the colour of the notice (LA2019-15 §2.1.1-c to -f)."""
SYMBOLS: dict[int | None, str] = {1: "●", 2: "▲", 3: "■", None: "?"}
"""The shape beside each colour, None undetermined: no tier is told by its colour alone."""
UNDETERMINED = ("暂不能判定", "undetermined")
_FIRST, *_OTHERS = CRITERIA
TIER_FACTS: tuple[str, ...] = tuple(
    dict.fromkeys((*_FIRST.facts, SEEN_BEFORE, *(fact for criterion in _OTHERS for fact in criterion.facts)))
)
"""Every column that the criteria read, in an order that stays: the hashes of facts in a register are over it."""
TIER_RESULTS = ("tier", "possible_tiers", "criteria_true", "criteria_unknown")
"""The columns that `tier_frame` adds."""


def tier_frame(frame: Any, parameters: TierParameters, reading: Reading) -> Any:
    """Add to a frame of lifted households, of any engine, its tiers and traces.

    `frame` holds the columns TIER_FACTS with nullable types. Added columns:
    `tier` 1, 2, 3 or null (undetermined); `possible_tiers` a bit a tier still possible (1, 2, 4);
    `criteria_true`, `criteria_unknown` a bit a criterion (`criteria.BIT`).
    """
    red, yellow = nw.col("_red"), nw.col("_yellow")
    result = (
        _with_criteria(frame, CRITERIA, parameters, reading)
        .with_columns(
            tier=_tier(),
            possible_tiers=_bit_unless(~red, 1) + _bit_unless(red | ~yellow, 2) + _bit_unless(red | yellow, 4),
            criteria_true=sum((_bit_if(nw.col(name), bit) for name, bit in BIT.items()), nw.lit(0)),
            criteria_unknown=sum((_bit_if(nw.col(name).is_null(), bit) for name, bit in BIT.items()), nw.lit(0)),
        )
        # Bits, not strings a row: the trace of a million households is two integers each.
        .drop("_red", "_yellow", *BIT)
    )
    return result.to_native()


def tiers_alone(frame: Any, parameters: TierParameters, reading: Reading) -> Any:
    """Return the tiers alone of a frame as `tier_frame` takes it: one column `tier`, in the frame's order, no traces.

    Half of what stating the rules to an engine takes is for the traces: whoever asks again and again of a few rows saves it.
    """
    read = criteria_of(reading.tier_1) | criteria_of(reading.tier_2)
    return (
        _with_criteria(frame, [each for each in CRITERIA if each.name in read], parameters, reading)
        .select(tier=_tier())
        .to_native()
    )


def _with_criteria(frame: Any, criteria: Iterable[Criterion], parameters: TierParameters, reading: Reading) -> Any:
    """A narwhals frame with a column for each of the criteria, and what they come to under the reading."""
    # Every criterion is one column, true, false or null: readings combine them without computing anything again.
    assessed = nw.from_native(frame).with_columns(**{each.name: each.rule(parameters) for each in criteria})
    return assessed.with_columns(_red=expression(reading.tier_1), _yellow=expression(reading.tier_2))


def _tier() -> nw.Expr:
    red, yellow = nw.col("_red"), nw.col("_yellow")
    # Arithmetic keeps null where it is needed: red known and true gives 1 whatever yellow is.
    return 3 - red.cast(nw.Int64) - (red | yellow).cast(nw.Int64)


def possible_list(bits: int) -> list[int]:
    """The tiers that `possible_tiers` stands for."""
    return [tier for tier in TIERS if bits & (1 << (tier - 1))]


def _bit_if(condition: nw.Expr, bit: int) -> nw.Expr:
    """`bit` where the condition is true, 0 where it is false or cannot be told."""
    return condition.fill_null(value=False).cast(nw.Int64) * bit


def _bit_unless(condition: nw.Expr, bit: int) -> nw.Expr:
    """`bit` where the condition is false or cannot be told, 0 where it is true."""
    # A tier is ruled out only by what is known: of an unknown criterion it stays possible (0003).
    return bit - _bit_if(condition, bit)
