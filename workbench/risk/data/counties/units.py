"""Counties that give a fact in another unit or code than all others of the same round, be it from the first round on.

Drift asks whether a fact moved from round to round; a county that wrote percents for fractions from the beginning never moved.
So each county is held against the others of its round: by the medians of what is not nothing, against how far those of the
others lie apart, as counties do differ; and where there are few different values, by whether they are the same ones.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.domain.facts import EXTRA_PREFIX, FACT, LABELS, FactType
from workbench.domain.parameters import county_names
from workbench.errors import Words
from workbench.risk.data.drift import NOT_ASSESSED
from workbench.risk.data.drift_checks import MOST_CODED_NUMBERS, SURPRISE
from workbench.risk.data.panel import Transition
from workbench.risk.data.tier_breaks import TIER_FACTS, counties_by_rule

Floats = npt.NDArray[np.float64]

LEAST_ROWS = 30
"""Values of a county that are not nothing; of fewer nothing is said."""
FACTOR = 5.0
"""Times by which the median of a county differs from that of the others: percents, months, hectares differ by more."""
FACTOR_OF_TWO = 10.0
"""Where there is one other county alone, and nobody knows how far counties lie apart."""
_SPREADS = 5.0
_TO_DEVIATION = 1.4826
"""A median absolute deviation times this is a standard deviation, where values are spread as a normal distribution."""
_OTHER_CODES = 0.2
"""Of a county's households with values that no other county has, and of the others' with values that it does not have."""
_INCOME = "income_pc"
_MOST_SHOWN = 3
_WHOLE = 100.0
"""Medians from here on are said without decimals."""


@dataclass(frozen=True)
class OtherUnit:
    """A fact that a county gives in another unit or code in `rounds`; what it is there and in the other counties, in the first.

    `own`, `others`: medians of what is not nothing; `codes`: the usual values of both, of a fact of few values, else empty.
    """

    county: str
    fact: str
    rounds: tuple[str, ...]
    own: float
    others: float
    codes: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class UnitStep:
    """A county of a transition whose labels go by a fact in another unit: of everybody, or of `lifted` households alone."""

    start: str
    end: str
    county: str
    unit: OtherUnit
    lifted: bool

    @property
    def words(self) -> Words:
        """What is wrong there."""
        return unit_words([self.unit])[0]


def other_units(frames: Mapping[str, pl.DataFrame], keep: Collection[str] = ()) -> tuple[OtherUnit, ...]:
    """The facts that counties give in another unit; `frames` by round hold `county_code` and facts. Those to `keep` are not asked."""
    seen = sorted(each for name, frame in frames.items() for each in _of_round(name, frame, keep))
    units = []
    for (county, fact), cells in groupby(seen, key=lambda cell: cell[:2]):
        own = list(cells)
        units.append(OtherUnit(county, fact, tuple(name for _, _, name, *_ in own), *own[0][3:]))
    return tuple(units)


def _of_round(
    name: str, frame: pl.DataFrame, keep: Collection[str]
) -> Iterator[tuple[str, str, str, float, float, tuple[str, str]]]:
    facts = [fact for fact in frame.columns if fact not in keep and _measured(fact, frame.schema[fact])]
    frame = frame.select(pl.col("county_code").cast(pl.String), *facts).drop_nulls("county_code")
    if not facts or frame["county_code"].n_unique() < 2:  # noqa: PLR2004 - of one county alone nothing can be compared
        return
    medians = _medians(frame, facts)
    for fact in facts:
        few = fact.startswith(EXTRA_PREFIX) and frame[fact].n_unique() <= MOST_CODED_NUMBERS
        for county, codes in _other_codes(frame, fact) if few else _far_apart(medians, fact):
            own, others = _own_and_others(medians, fact, county)
            yield (
                county,
                fact,
                name,
                float(np.exp(own)),
                float(np.exp(np.median(others))) if len(others) else np.nan,
                codes,
            )


def _measured(fact: str, kind: pl.DataType) -> bool:
    """Whether a fact is measured in a unit; people are counted, levels and years are numbered, and neither has one."""
    if fact in NOT_ASSESSED or not kind.is_numeric():
        return False
    return fact.startswith(EXTRA_PREFIX) or (fact in FACT and FACT[fact].type is FactType.FLOAT)


def _medians(frame: pl.DataFrame, facts: Sequence[str]) -> pl.DataFrame:
    """Return by county the median of each fact's logarithm, of what is not nothing, its standard error `_error` and the `_rows`."""
    logs = {fact: pl.col(fact).filter((pl.col(fact) != 0) & pl.col(fact).is_finite()).abs().log() for fact in facts}
    return (
        frame.group_by("county_code")
        .agg(
            *(log.median().alias(fact) for fact, log in logs.items()),
            # From the distance of quartiles as of a normal distribution.
            *((0.93 * (log.quantile(0.75) - log.quantile(0.25)) / log.len().sqrt()).alias(f"{fact}_error") for fact, log in logs.items()),
            *(log.len().alias(f"{fact}_rows") for fact, log in logs.items()),
        )
        .sort("county_code")
    )  # fmt: skip


def _own_and_others(medians: pl.DataFrame, fact: str, county: str) -> tuple[float, Floats]:
    """The log median of a county, and those of the others that have enough households."""
    rows = medians.filter((pl.col(f"{fact}_rows") >= LEAST_ROWS) | (pl.col("county_code") == county))
    here = (rows["county_code"] == county).to_numpy()
    values = rows[fact].to_numpy()
    return float(values[here][0]), values[~here]


def _far_apart(medians: pl.DataFrame, fact: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """The counties whose median lies a factor of units from the others', beyond how far those lie apart and beyond chance."""
    enough = medians.filter(pl.col(f"{fact}_rows") >= LEAST_ROWS)
    for county, error in enough.select("county_code", f"{fact}_error").iter_rows():
        own, others = _own_and_others(medians, fact, county)
        if not len(others):
            continue
        centre = float(np.median(others))
        # Robustly: where another county of the others is in another unit too, it must not hide this one.
        spread = _TO_DEVIATION * float(np.median(np.abs(others - centre)))
        least = np.log(FACTOR if len(others) > 1 else FACTOR_OF_TWO)
        if abs(own - centre) > max(least, _SPREADS * spread, SURPRISE * error):
            yield county, ("", "")


def _other_codes(frame: pl.DataFrame, fact: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """The counties whose few values are other ones than those of the others, and both: 1 and 2 for 0 and 1, 100 for 1."""
    counts = frame.drop_nulls(fact).group_by("county_code", fact).len()
    for county in sorted(counts["county_code"].unique()):
        here = pl.col("county_code") == county
        own, others = (
            dict(counts.filter(each).group_by(fact).agg(pl.sum("len")).iter_rows()) for each in (here, ~here)
        )
        # Zeros are the same in every unit, and a county without any case has nothing else.
        for same in ((), (0,)):
            mine, theirs = ({code: n for code, n in each.items() if code not in same} for each in (own, others))
            least = _OTHER_CODES if not same else 1.0
            if min(sum(mine.values()), sum(theirs.values())) >= LEAST_ROWS and _new(mine, theirs) >= least <= _new(
                theirs, mine
            ):
                yield county, (_usual(own), _usual(others))
                break


def _usual(codes: Mapping[float, int]) -> str:
    """The commonest values, in their order."""
    return "/".join(f"{code:g}" for code in sorted(sorted(codes, key=lambda code: -codes[code])[:_MOST_SHOWN]))


def _new(codes: Mapping[float, int], others: Mapping[float, int]) -> float:
    """The share of households with codes that the others do not have."""
    return sum(count for code, count in codes.items() if code not in others) / sum(codes.values())


def unit_steps(
    units: Sequence[OtherUnit], frames: Mapping[str, pl.DataFrame], steps: Sequence[Transition]
) -> tuple[UnitStep, ...]:
    """The counties of transitions whose labels go by a fact in another unit at either end; `frames` as for `tier_breaks`."""
    result = []
    for step in steps:
        # Offices that filed all tiers judged by what they saw, whatever the column says.
        by_rule = counties_by_rule(frames[step.start], frames[step.end])
        for unit in units:
            here = {step.start, step.end} & set(unit.rounds) and (step.counties is None or unit.county in step.counties)
            lifted = unit.fact in TIER_FACTS and unit.county in by_rule
            if here and (unit.fact == _INCOME or lifted):
                result.append(UnitStep(step.start, step.end, unit.county, unit, unit.fact != _INCOME))
    return tuple(result)


def unread_cells(units: Sequence[OtherUnit]) -> dict[str, list[tuple[str, str]]]:
    """Return by fact the rounds and counties in which a model reads it as missing, as `PanelReader.missing_in`."""
    cells: dict[str, list[tuple[str, str]]] = {}
    for unit in units:
        cells.setdefault(unit.fact, []).extend((name, unit.county) for name in unit.rounds)
    return cells


def unit_words(units: Sequence[OtherUnit]) -> list[Words]:
    """One sentence a county and consequence: which facts, what was seen, what is made of it."""
    # Incomes first, and of such a county nothing but them: its parts are in the other unit too, and all follows from that.
    of_income = {unit.county for unit in units if unit.fact == _INCOME}

    def order(unit: OtherUnit) -> tuple[str, int]:
        return unit.county, 0 if unit.county in of_income else _consequence(unit)

    ordered = sorted(units, key=lambda unit: (*order(unit), unit.fact != _INCOME, unit.fact))
    return [_sentence(*key, list(group)) for key, group in groupby(ordered, key=order)]


def _consequence(unit: OtherUnit) -> int:
    return 0 if unit.fact == _INCOME else 1 if unit.fact in TIER_FACTS else 2


def _sentence(county: str, consequence: int, units: Sequence[OtherUnit]) -> Words:
    zh, en = county_names(county)
    rounds = sorted({name for unit in units for name in unit.rounds})
    span = rounds[0] if len(rounds) == 1 else f"{rounds[0]} – {rounds[-1]}"
    shown = [_seen(unit) for unit in units[:_MOST_SHOWN]]
    more = len(units) - len(shown)
    return Words(
        f"{zh}（{span}）：{'，'.join(each.zh for each in shown)}"
        f"{f'，另有 {more} 项' if more else ''}，像是用了别的单位或编码{_FOLLOWS[consequence].zh}",
        f"{en} ({span}): {', '.join(each.en for each in shown)}"
        f"{f', and {more} more facts' if more else ''}, which looks like another unit or code{_FOLLOWS[consequence].en}",
        code="risk.county-in-other-unit",
    )


_FOLLOWS = (
    Words(
        "；那里的“风险变差”和概率靠不住：不用来学，先不要用，请核对收入的单位",
        "; what looks like slips there, and probabilities, are not to be relied upon: nothing is learnt from them, do not use them, "
        "and check the unit of incomes",
    ),
    Words(
        "；等级按它判定，那里已脱贫户的“风险变差”不可信，不用来学，模型在那里按未知处理，请核对单位",
        "; tiers are judged by it, so slips of lifted households there are not to be relied upon and not learnt from, and the model "
        "reads it as unknown there: check the unit",
    ),
    Words(
        "；模型在那里按未知处理，请核对单位；确是这样，请指明保留（--keep）",
        "; the model reads it as unknown there: check the unit, and if it is right keep it (--keep)",
    ),
)  # fmt: skip


def _seen(unit: OtherUnit) -> Words:
    name_zh, name_en = LABELS.get(unit.fact, (unit.fact.removeprefix(EXTRA_PREFIX),) * 2)
    if unit.codes[0]:
        own, others = unit.codes
        return Words(
            f"{name_zh}取值 {own}、别的县区 {others}",
            f"the values of {name_en} are {own} and {others} in other counties",
        )
    own, others = (f"{value:,.0f}" if value >= _WHOLE else f"{value:.3g}" for value in (unit.own, unit.others))
    return Words(
        f"{name_zh}的中位数 {own}、别的县区 {others}",
        f"the median of {name_en} is {own} and {others} in other counties",
    )
