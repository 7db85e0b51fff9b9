"""What an intake changes of the households that it brings, against what the round held of their county."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

_KEY = "household_id"
_PLACE = frozenset({_KEY, "round", "county_code"})
_BEFORE = "#before"
MOST_SHOWN = 500
"""Changes of facts that are shown one by one; the counts are of all."""

Value = str | int | float | bool | None


@dataclass(frozen=True)
class FactChange:
    """A fact of a household that an intake changes: what it was, and what it becomes (None: not known)."""

    county_code: str
    household_id: str
    fact: str
    before: Value
    after: Value

    @property
    def forgets(self) -> bool:
        """Whether a known value is lost."""
        return self.after is None


@dataclass(frozen=True)
class Comparison:
    """Households of an intake: `added` ones the round did not hold, `changed` ones differ in a fact, `unchanged` in none.

    `changed_facts`: how many households differ, by fact; `forgotten`: how many lost a known value, by fact (facts that none
    lost are left out); `forgotten_households`: how many lost any. `changes`: the first `MOST_SHOWN` to look at, those
    that forget before the others.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    forgotten: Counter[str] = field(default_factory=Counter)
    forgotten_households: int = 0
    changed_facts: Counter[str] = field(default_factory=Counter)
    changes: tuple[FactChange, ...] = ()

    def __add__(self, other: "Comparison") -> "Comparison":
        return Comparison(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.forgotten + other.forgotten,
            self.forgotten_households + other.forgotten_households,
            self.changed_facts + other.changed_facts,
            _to_show([*self.changes, *other.changes]),
        )


def compare(before: pa.Table | None, after: pa.Table, households: Collection[str], county: str = "") -> Comparison:
    """Compare the `households` of an intake as they are stored after it with what was stored before (None: nothing)."""
    # What the files do not name is no change of theirs.
    now = pl.DataFrame(after).filter(pl.col(_KEY).is_in(list(households)))
    if before is None:
        return Comparison(added=len(now))
    facts = [name for name in now.columns if name not in _PLACE]
    # A number that stands twice would be paired, and counted, twice.
    then = pl.DataFrame(before).unique(_KEY, keep="last")
    pairs = now.join(_as_before(then, now, facts), on=_KEY, how="inner")
    # Missing compares as a value here: null against null is no difference, null against a value is one.
    differs = {name: pl.col(name).ne_missing(pl.col(name + _BEFORE)) for name in facts}
    lost = {name: pl.col(name + _BEFORE).is_not_null() & pl.col(name).is_null() for name in facts}
    changed = _rows_of_any(pairs, differs)
    changes = [FactChange(county, *each) for each in _changes(pairs, differs)]
    return Comparison(
        len(now) - len(pairs), changed, len(pairs) - changed,
        _by_fact(pairs, lost), _rows_of_any(pairs, lost), _by_fact(pairs, differs), _to_show(changes),
    )  # fmt: skip


def _rows_of_any(pairs: pl.DataFrame, conditions: dict[str, pl.Expr]) -> int:
    return int(pairs.select(pl.any_horizontal(list(conditions.values())).sum()).item())


def _by_fact(pairs: pl.DataFrame, conditions: dict[str, pl.Expr]) -> Counter[str]:
    counted = pairs.select(condition.sum().alias(name) for name, condition in conditions.items())
    return Counter({name: count for name, count in counted.row(0, named=True).items() if count})


def _changes(pairs: pl.DataFrame, differs: dict[str, pl.Expr]) -> Iterator[tuple[str, str, Value, Value]]:
    """Changes fact by fact, of each as many as could be shown: those that lose a value first."""
    for name, condition in differs.items():
        rows = pairs.filter(condition).select(_KEY, pl.lit(name).alias("#fact"), name + _BEFORE, name)
        yield from rows.sort(pl.col(name).is_not_null(), maintain_order=True).head(MOST_SHOWN).iter_rows()


def _to_show(changes: list[FactChange]) -> tuple[FactChange, ...]:
    """Choose the changes to show: those that lose a value first, then some of every fact, a household's together."""
    by_fact: Counter[str] = Counter()
    ranked = []
    # By turns, the first of each fact before the second of any: no fact may fill the list alone.
    for change in sorted(changes, key=lambda each: not each.forgets):
        by_fact[change.fact] += 1
        ranked.append((not change.forgets, by_fact[change.fact], change))
    shown = [change for _, _, change in sorted(ranked, key=lambda each: each[:2])[:MOST_SHOWN]]
    return tuple(sorted(shown, key=lambda each: (not each.forgets, each.county_code, each.household_id)))


def _as_before(then: pl.DataFrame, now: pl.DataFrame, facts: list[str]) -> pl.DataFrame:
    """The earlier facts in the types of the later ones; one that did not exist then is unknown."""
    known = [
        # Not strict: an earlier value that has no place in today's type counts as unknown.
        (pl.col(name).cast(now.schema[name], strict=False) if name in then.columns else pl.lit(None, now.schema[name]))
        .alias(name + _BEFORE)
        for name in facts
    ]  # fmt: skip
    return then.select(_KEY, *known)
