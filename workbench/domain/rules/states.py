"""Slips: a household slips if its state is worse at the next stored round (contract §4). The one definition of both.

A state is a whole number, the lower the worse: of lifted households the tier filed for the round where a ledger brings
one, else 0 below the poverty line, else the tier by the rule; of unregistered ones 1 at or above the line, 0 below.
"""

from typing import Any

import narwhals as nw

STATE_FACTS: tuple[str, ...] = ("kind", "income_pc", "filed_tier", "tier")
"""Columns that a state is read from; `tier` as `tiers.tier_frame` gives it, null where undetermined."""


def state(line: float) -> nw.Expr:
    """The state under a poverty line (yuan a person and year); null where it cannot be told.

    Registered households have no state of their own: they are in the register because they are poor, or were.
    """
    lifted, income = nw.col("kind") == "lifted", nw.col("income_pc")
    return nw.coalesce(
        # What was filed counts before what the rules say: people looked at the household, and the county decided.
        nw.when(lifted).then(nw.col("filed_tier")),
        nw.when(lifted & (income < line)).then(nw.lit(0)),
        # Not "otherwise": where the income is not known, the tier alone does not tell the state.
        nw.when(lifted & (income >= line)).then(nw.col("tier")),
        nw.when(nw.col("kind") == "unregistered").then((income >= line).cast(nw.Int64)),
    )


def slip() -> nw.Expr:
    """Whether a household slipped, from `kind`, `state` at the start and `kind_next`, `state_next`, `below_next` at the end.

    Null (no label) where either end is absent or cannot be told, or where there is nothing left to slip from. A lifted
    household found in the poor register again has fallen back. An unregistered one is judged by its income, whatever
    it is called at the end.
    """
    start = nw.col("state")
    lifted, unregistered = nw.col("kind") == "lifted", nw.col("kind") == "unregistered"
    return nw.when(start > 0).then(
        nw.coalesce(
            nw.when(lifted & (nw.col("kind_next") == "registered")).then(nw.lit(True)),  # noqa: FBT003 - a literal
            nw.when(lifted & (nw.col("kind_next") == "lifted")).then(nw.col("state_next") < start),
            nw.when(unregistered).then(nw.col("below_next")),
        )
    )


def with_state(frame: Any, line: float) -> Any:
    """Add `state` and `below` (income below the line) to a frame of any engine that holds STATE_FACTS."""
    framed = nw.from_native(frame)
    return framed.with_columns(state=state(line), below=nw.col("income_pc") < line).to_native()


def with_slip(frame: Any) -> Any:
    """Add `slip` to a frame that holds both ends of a transition: kind, state; kind_next, state_next, below_next."""
    return nw.from_native(frame).with_columns(slip=slip()).to_native()
