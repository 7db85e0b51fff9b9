"""Drift: facts that moved between rounds as another questionnaire or another intake moves them, and life does not."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import polars as pl
from polars import selectors

from workbench.domain.facts import EXTRA_PREFIX, FACT, FAMILY_FLAGS, LABELS, FactType
from workbench.domain.parameters import county_names
from workbench.errors import Words
from workbench.risk.data.drift_checks import Change, Kind, Values, change

NOT_ASSESSED = frozenset((
    *FAMILY_FLAGS,  # no model reads them
    "household_id", "round", "county_code", "township", "village", "kind", "exit_year", "filed_tier", "weight",
))  # fmt: skip
"""Who and where a household is, and what moves by its nature: a new year is not a new code."""
EVENTS = frozenset(("disaster",))
"""All households may be spared in one round and many hit in the next: that zeros come and go is reported, no more."""
MONEY = frozenset(fact.name for fact in FACT.values() if (fact.unit or "").startswith("元"))
"""Amounts move with prices: a shift of theirs is reported, no more; another unit is not life."""
_ZEROS = frozenset((Kind.ALL_ZERO, Kind.NOT_ALL_ZERO))
_OVERLAP = 0.5
"""From this share of a round's households on, only those found in both rounds are compared: others bring other lives."""
_MOST_HOUSEHOLDS = 0.5
_STRATA = ("kind", "county_code")

_WORDS: dict[Kind, Words] = {
    Kind.NULL: Words("缺失由 {before:.0%} 升至 {after:.0%}", "missing rose from {before:.0%} to {after:.0%}", code="risk.drift-null"),
    Kind.KNOWN: Words("缺失由 {before:.0%} 降至 {after:.0%}", "missing fell from {before:.0%} to {after:.0%}", code="risk.drift-known"),
    Kind.ALL_ZERO: Words(
        "零或“否”由 {before:.1%} 变为 {after:.1%}，几乎全是", "zero or false went from {before:.1%} to {after:.1%}, almost all", code="risk.drift-all-zero"
    ),
    Kind.NOT_ALL_ZERO: Words(
        "以前几乎全是零或“否”（{before:.1%}），现为 {after:.1%}", "almost all were zero or false ({before:.1%}), now {after:.1%} are", code="risk.drift-not-all-zero"
    ),
    Kind.NEVER_ZERO: Words(
        "零或“否”由 {before:.1%} 变为 {after:.1%}，几乎不再有", "zero or false went from {before:.1%} to {after:.1%}, hardly any", code="risk.drift-never-zero"
    ),
    Kind.ZERO_APPEARS: Words(
        "以前几乎没有零或“否”（{before:.1%}），现为 {after:.1%}", "hardly any were zero or false ({before:.1%}), now {after:.1%} are", code="risk.drift-zero-appears"
    ),
    Kind.NEW_CODES: Words("出现以前没有的值：{codes}（{after:.0%}）", "values never seen before: {codes} ({after:.0%})", code="risk.drift-new-codes"),
    Kind.LOST_CODES: Words("常见的值不再出现：{codes}（曾占 {before:.0%}）", "common values are gone: {codes} (were {before:.0%})", code="risk.drift-lost-codes"),
    Kind.UNIT: Words(
        "像是换了单位：中位数由 {before:,.4g} 变为 {after:,.4g}", "looks like another unit: median {before:,.4g}, now {after:,.4g}", code="risk.drift-unit"
    ),
    Kind.SHIFT: Words(
        "分布整体移动：平均由 {before:,.4g} 变为 {after:,.4g}", "the whole distribution moved: mean {before:,.4g}, now {after:,.4g}", code="risk.drift-shift"
    ),
    Kind.ROUNDING: Words(
        "取整的习惯变了：取整的占比由 {before:.0%} 变为 {after:.0%}", "rounded otherwise: round values {before:.0%}, now {after:.0%}", code="risk.drift-rounding"
    ),
}  # fmt: skip
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Drift:
    """A fact that moved between two successive rounds, in the whole city or in one `county` alone.

    `before` and `after`: shares of households; medians for UNIT, means for SHIFT. `excludes`: whether the fact should
    be kept out of the model. `zh`, `en`: a sentence without the name of the county.
    """

    fact: str
    kind: Kind
    round_before: str
    round_after: str
    county: str | None
    before: float
    after: float
    zh: str
    en: str
    excludes: bool


def said(drift: Drift) -> Words:
    """The sentence, with the county where only one moved."""
    code = _WORDS[drift.kind].code
    if drift.county is None:
        return Words(drift.zh, drift.en, code=code)
    zh, en = county_names(drift.county)
    return Words(f"{zh}：{drift.zh}", f"{en}: {drift.en}", code=code)


@dataclass(frozen=True)
class _Compared:
    """Rows of two rounds; `old` and `new` are of the same households, row by row."""

    before: pl.DataFrame
    after: pl.DataFrame
    old: pl.DataFrame
    new: pl.DataFrame

    def of(self, county: str) -> "_Compared":
        """The households of one county; one that moved is where it was."""
        here = pl.col("county_code") == county
        mask = self.old["county_code"] == county
        old, new = self.old.filter(mask), self.new.filter(mask)
        # In a panel all rows are pairs already: nothing is filtered twice.
        if self.before is self.old:
            return _Compared(old, new, old, new)
        return _Compared(self.before.filter(here), self.after.filter(here), old, new)


def drifts(frames: Mapping[str, pl.DataFrame]) -> tuple[Drift, ...]:
    """What moved between successive rounds; `frames` by round, in order, in the columns of the vocabulary and `x_…`.

    A fact that moved in the whole city is named once, else with each county in which it moved.
    """
    return tuple(
        drift
        for (before, earlier), (after, later) in pairwise(frames.items())
        for drift in _between(before, after, _compared(earlier, later))
    )


def excluded(drifted: Collection[Drift], keep: Collection[str] = ()) -> tuple[str, ...]:
    """The facts to keep out of a model, but for those that someone wants to `keep`."""
    return tuple(dict.fromkeys(drift.fact for drift in drifted if drift.excludes and drift.fact not in keep))


def _compared(before: pl.DataFrame, after: pl.DataFrame) -> _Compared:
    before, after = _assessed(before), _assessed(after)
    # By household, so that a change of who was asked is not taken for a change of what was asked.
    places = _positions(before).join(_positions(after), on="household_id", suffix="_after")
    old, new = before[places["row"]], after[places["row_after"]]
    # Mostly the same households: pairs show a change of the facts apart from a change of who was asked.
    if len(old) >= _OVERLAP * min(len(before), len(after)):
        return _Compared(old, new, old, new)
    # Else only places that both rounds hold are compared: a new township is no change of a fact.
    strata = [name for name in _STRATA if before[name].null_count() + after[name].null_count() == 0]
    if not strata:
        return _Compared(before, after, old, new)
    return _Compared(before.join(after, on=strata, how="semi"), after.join(before, on=strata, how="semi"), old, new)


def _assessed(frame: pl.DataFrame) -> pl.DataFrame:
    """The facts that are judged, and what tells households and strata apart (null where absent). Not a number is not known."""
    names = [
        name for name in frame.columns if name not in NOT_ASSESSED and (name in FACT or name.startswith(EXTRA_PREFIX))
    ]
    keys = [
        pl.col(name).cast(pl.String) if name in frame.columns else pl.lit(None, pl.String).alias(name)
        for name in ("household_id", *_STRATA)
    ]
    return frame.select(*keys, *names).with_columns(selectors.float().fill_nan(None))


def _positions(frame: pl.DataFrame) -> pl.DataFrame:
    """The row of each household that is known and stands in the round once."""
    rows = frame.select("household_id").with_row_index("row").drop_nulls()
    return rows.unique("household_id", keep="none", maintain_order=True)


def _between(before: str, after: str, compared: _Compared) -> Iterator[Drift]:
    parts: dict[str, _Compared] = {}
    counties = compared.before["county_code"].drop_nulls().unique().sort().to_list()
    if len(counties) > 1:
        parts = {county: compared.of(county) for county in counties}
    for fact in dict.fromkeys((*compared.before.columns, *compared.after.columns)):
        if fact in NOT_ASSESSED:
            continue
        shift = change(_values(compared, fact))
        # A fact that moved everywhere is named once; the counties are looked at only where the city shows nothing.
        if shift:
            yield _drift(fact, shift, (before, after), None, covers=True)
            continue
        local = {county: moved for county, part in parts.items() if (moved := change(_values(part, fact)))}
        # Moved in counties that hold most households, it is of no use in the whole model; in a few, it is said.
        covers = sum(len(parts[county].after) for county in local) > _MOST_HOUSEHOLDS * len(compared.after)
        for county, moved in local.items():
            yield _drift(fact, moved, (before, after), county, covers=covers)


def _values(compared: _Compared, fact: str) -> Values:
    before, after = _column(compared.before, fact), _column(compared.after, fact)
    known = FACT.get(fact)
    return Values(
        before,
        after,
        (_column(compared.old, fact), _column(compared.new, fact)),
        coded=known is not None and known.values is not None,
        counted=known is not None and known.type is FactType.INTEGER,
    )


def _column(frame: pl.DataFrame, fact: str) -> pl.Series:
    """The column; all null where the round has none."""
    if fact in frame.columns:
        return frame[fact]
    return pl.Series(fact, [None], pl.Float64).new_from_index(0, len(frame))


def _drift(fact: str, shift: Change, rounds: tuple[str, str], county: str | None, *, covers: bool) -> Drift:
    name = LABELS.get(fact, (fact.removeprefix(EXTRA_PREFIX),) * 2)
    codes = "、".join(shift.codes[:_MOST_SHOWN]) + ("…" if len(shift.codes) > _MOST_SHOWN else "")
    said = _WORDS[shift.kind].format(before=shift.before, after=shift.after, codes=codes)
    # Amounts move with prices, events come and go: that is said, but no reason to keep a fact out of the model.
    spared = (
        shift.kind is Kind.ROUNDING
        or (shift.kind is Kind.SHIFT and fact in MONEY)
        or (shift.kind in _ZEROS and fact in EVENTS)
    )
    return Drift(
        fact, shift.kind, *rounds, county, shift.before, shift.after,
        f"{name[0]}（{rounds[0]} 至 {rounds[1]}）：{said.zh}",
        f"{name[1]} ({rounds[0]} to {rounds[1]}): {said.en}",
        covers and not spared,
    )  # fmt: skip
