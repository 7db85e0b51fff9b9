"""What an intake changes of the households that it brings, against what the round held of their county."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

_KEY = "household_id"
_PLACE = frozenset({_KEY, "round", "county_code"})
_BEFORE = "#before"


@dataclass(frozen=True)
class Comparison:
    """Households of an intake: `added` ones the round did not hold, `changed` ones differ in a fact, `unchanged` in none.

    `forgotten`: how many households lost a known value, by fact; facts that none lost are left out.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    forgotten: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Comparison") -> "Comparison":
        return Comparison(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.forgotten + other.forgotten,
        )


def compare(before: pa.Table | None, after: pa.Table, households: Collection[str]) -> Comparison:
    """Compare the `households` of an intake as they are stored after it with what was stored before (None: nothing)."""
    now = pl.DataFrame(after).filter(pl.col(_KEY).is_in(list(households)))
    if before is None:
        return Comparison(added=len(now))
    facts = [name for name in now.columns if name not in _PLACE]
    then = pl.DataFrame(before).unique(_KEY, keep="last")
    pairs = now.join(_as_before(then, now, facts), on=_KEY, how="inner")
    differs = [pl.col(name).ne_missing(pl.col(name + _BEFORE)) for name in facts]
    changed = int(pairs.select(pl.any_horizontal(differs).sum()).item())
    lost = pairs.select(
        (pl.col(name + _BEFORE).is_not_null() & pl.col(name).is_null()).sum().alias(name) for name in facts
    )
    forgotten = Counter({name: count for name, count in lost.row(0, named=True).items() if count})
    return Comparison(len(now) - len(pairs), changed, len(pairs) - changed, forgotten)


def _as_before(then: pl.DataFrame, now: pl.DataFrame, facts: list[str]) -> pl.DataFrame:
    """The earlier facts in the types of the later ones; one that did not exist then is unknown."""
    known = [
        (pl.col(name).cast(now.schema[name], strict=False) if name in then.columns else pl.lit(None, now.schema[name]))
        .alias(name + _BEFORE)
        for name in facts
    ]  # fmt: skip
    return then.select(_KEY, *known)
