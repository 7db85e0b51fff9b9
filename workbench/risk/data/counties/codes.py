"""Counties whose code changed between rounds: their households are there, under a code that nothing goes on from.

A household is followed within its county, so a new code makes all of them households that are first seen: what became of them
is lost to learning, and what was before to scoring. Nothing else shows it, as neither round is wrong by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from workbench.domain.parameters import counties
from workbench.errors import Words
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.linkage import COLUMNS, LEAST_AGREEMENT, agreement

_SAME = 0.5
"""The share of a county's numbers that one new code holds, from which it is the county under another code."""
_LEAST_HOUSEHOLDS = 30


@dataclass(frozen=True)
class RecodedCounty:
    """A county of a round, `start`, that the next one, `end`, holds as `code`; `again`: the share of its numbers there."""

    start: str
    end: str
    county: str
    code: str
    again: float

    @property
    def words(self) -> Words:
        """What is seen, and what to do."""
        known = counties().get(self.county)
        zh, en = (
            (f"{known.zh}（{self.county}）", f"{known.en} ({self.county})") if known else (self.county, self.county)
        )
        return Words(
            f"县区代码 {zh} 到 {self.end} 没有了，它的户编号有 {self.again:.0%} 在 {self.code} 名下：像是改了代码，户接不上，"
            f"{self.start} → {self.end} 的变化没有算；请把两期改成同一代码，重新导入",
            f"county code {en} is gone in {self.end}, and {self.again:.0%} of its household numbers stand under {self.code}: it looks "
            f"as if the code had changed; households do not go on, and nothing is known of {self.start} → {self.end}. Give both "
            "rounds one code and take the round in again",
            code="risk.county-code-changed",
        )


def recoded_counties(facts: DrawnFacts, rounds: Sequence[str]) -> tuple[RecodedCounty, ...]:
    """The counties whose code changed between successive ones of `rounds`; reads no round where none is gone."""
    held = {name: set(facts.store.counties(name)) for name in rounds}
    changed = [
        pair for pair in pairwise(sorted(rounds)) if held[pair[0]] - held[pair[1]] and held[pair[1]] - held[pair[0]]
    ]
    return tuple(each for pair in changed for each in _between(facts, *pair))


def _between(facts: DrawnFacts, start: str, end: str) -> Iterator[RecodedCounty]:
    before, after = (_numbered(facts.facts(name, COLUMNS)) for name in (start, end))
    held = [set(frame["county_code"].unique()) for frame in (before, after)]
    for county in sorted(held[0] - held[1]):
        rows = before.filter(pl.col("county_code") == county)
        # Under new codes only: a household that moved to a county that was there before is none of these.
        pairs = rows.join(after.filter(~pl.col("county_code").is_in(list(held[0]))), on="household_id", suffix="_after")
        if len(rows) < _LEAST_HOUSEHOLDS or pairs.is_empty():
            continue
        code = str(pairs["county_code_after"].mode().sort()[0])
        same = pairs.filter(pl.col("county_code_after") == code)
        # Numbers that only count through a county stand in every county: persons and villages say whether they are the same.
        agreeing = [each for fact in ("village", "persons") if (each := agreement(same, fact)) is not None]
        if len(same) >= _SAME * len(rows) and max(agreeing, default=0.0) >= LEAST_AGREEMENT:
            yield RecodedCounty(start, end, county, code, len(same) / len(rows))


def _numbered(facts: pl.DataFrame) -> pl.DataFrame:
    """Rows of one number each, over all counties."""
    return facts.filter(pl.col("household_id").is_not_null()).unique("household_id", keep="none", maintain_order=True)
