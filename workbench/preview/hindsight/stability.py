"""How stable the list of a standard is: who of those in would be out by the next round, and who of them would come back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.counts.membership import full_masks
from workbench.preview.hindsight.past_rounds import naming_round
from workbench.preview.scope import PreviewScope
from workbench.store.facts import FactStore

STANDINGS = ("in", "out", "below_line", "cannot_tell")
ABSENT = "absent"
"""No unregistered household of the next round any more: registered since, moved away, or not recorded."""
_KEY = "household_id"


@dataclass(frozen=True)
class Turnover:
    """What becomes of the households in at a round by the next one, in households.

    `by_standing`: where they are then (STANDINGS, ABSENT); `entering`: in then and not before; `back`: of those no longer
    in then how many are in again one round later, None where that is not stored.
    """

    round_name: str
    next_round: str
    inside: float
    by_standing: dict[str, float]
    entering: float
    back: float | None


@dataclass(frozen=True)
class Stability:
    """The turnover of each step, oldest first, and the households that went and came back.

    Columns of `returning`: `round` in which it was in, `then` its standing at the next one, `income` and `income_then` as
    tested (yuan a person), its number and place, `weight`.
    """

    steps: Sequence[Turnover]
    returning: pl.DataFrame


def stability(store: FactStore, county: str, standard: EdgeStandard) -> Stability:
    """The list of a standard over the stored rounds of a county; raises StandardError where it cannot be used in one of them."""
    names = store.rounds_of(county)
    rounds = {}
    for name in names:
        with naming_round(name):
            rounds[name] = standings(PreviewScope(store, name, county), standard)
    steps, returning = [], []
    for at, name in enumerate(names[:-1]):
        then, after = names[at + 1], names[at + 2] if at + 2 < len(names) else None
        moved = _followed(rounds[name], rounds[then])
        again = None if after is None else _again(moved, rounds[after])
        if again is not None:
            returning.append(again.with_columns(pl.lit(name).alias("round"), pl.lit(county).alias("county_code")))
        steps.append(_turnover((name, then), moved, _followed(rounds[then], rounds[name]), again))
    return Stability(steps, pl.concat(returning) if returning else pl.DataFrame())


def standings(scope: PreviewScope, standard: EdgeStandard) -> pl.DataFrame:
    """What a standard says of each unregistered household of a round, with its number, place, weight and tested income.

    A number that stands twice cannot be followed, and is left out.
    """
    limits = scope.limits_of(standard)
    index = scope.index_for(limits)
    inside, possible = full_masks(index, limits)
    standing = np.select([index.income < limits.line, inside, possible], ["below_line", "in", "cannot_tell"], "out")
    townships = pl.Series([name or None for _, name in index.townships], dtype=pl.String)
    frame = pl.DataFrame(
        {
            _KEY: pl.Series(index.household_id), "township": townships.gather(index.township_of),
            "village": pl.Series(index.village), "income": index.income, "standing": standing,
            "weight": np.ones(len(index)) if index.weight is None else index.weight,
        }
    )  # fmt: skip
    here = np.zeros(len(index), np.bool_)
    for each in index.counties:
        here[each.start : each.stop] = True
    return frame.filter(pl.Series(here)).with_columns(pl.col("income").fill_nan(None)).unique(_KEY, keep="none")


def _followed(now: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """The households in now, each with its standing (`then`) and income in the other round."""
    other = then.select(_KEY, then="standing", income_then="income")
    inside = now.filter(pl.col("standing") == "in")
    return inside.join(other, on=_KEY, how="left").with_columns(pl.col("then").fill_null(ABSENT)).sort(_KEY)


def _again(moved: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The households no longer in that are in again in the round after."""
    inside = after.filter(pl.col("standing") == "in").select(_KEY)
    return moved.filter(pl.col("then") != "in").join(inside, on=_KEY, how="semi").sort(_KEY)


def _turnover(
    names: tuple[str, str], moved: pl.DataFrame, backwards: pl.DataFrame, again: pl.DataFrame | None
) -> Turnover:
    counts = {name: _households(moved.filter(pl.col("then") == name)) for name in (*STANDINGS, ABSENT)}
    entering = _households(backwards.filter(pl.col("then") != "in"))
    return Turnover(*names, _households(moved), counts, entering, None if again is None else _households(again))


def _households(frame: pl.DataFrame) -> float:
    return round(float(frame["weight"].sum()), 6)
