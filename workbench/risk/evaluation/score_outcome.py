"""What became of the scores of the round before, once this round tells who slipped."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from workbench.risk.data.panel import PanelReader, successive_rounds
from workbench.risk.evaluation.base_rate import LEAST_ROWS, Shift, base_rate_shift
from workbench.safeguards.plain_data import Json
from workbench.store.arrow.score_tables import read_scores
from workbench.store.facts import FactStore
from workbench.store.scores import EXPECTED_UNIT, Overdispersion, has_scores, read_head

_KEY = ["county_code", "household_id"]
_SUMS = ("expected", "observed", "variance")
Sums = Mapping[str, Mapping[str, float]]
"""Households, or households² of a variance, by what is summed and by county."""


@dataclass(frozen=True)
class ScoreOutcome:
    """What became of the scores of the round `start`: slips `expected` and `observed` and the `variance` by chance, by county.

    `shifts`: where the difference goes beyond the usual swings. Only households whose state is known at both ends count.
    """

    start: str
    expected: Mapping[str, float]
    observed: Mapping[str, float]
    variance: Mapping[str, float]
    shifts: tuple[Shift, ...]

    def sums(self, county: str | None = None) -> tuple[float, float]:
        """The slips expected and observed, in a county or in all."""
        return _sum(self.expected, county), _sum(self.observed, county)

    def can_tell(self, county: str | None = None) -> bool:
        """Whether so many slips were expected that their number says something."""
        expected, variance = _sum(self.expected, county), _sum(self.variance, county)
        return variance > 0 and expected**2 / variance >= LEAST_ROWS

    def record(self) -> Json:
        """The sums over all counties, as plain data."""
        expected, observed = self.sums()
        return {"round": self.start, "expected": expected, "observed": observed, "can_tell": self.can_tell()}


def _sum(by_county: Mapping[str, float], county: str | None) -> float:
    return float(sum(by_county.values()) if county is None else by_county.get(county, 0.0))


def score_outcomes(store: FactStore, round_name: str, register: str | None = None) -> list[ScoreOutcome]:
    """What a round says of the scores of each county's round before; nothing where that was not scored."""
    return [
        outcome(start, outcome_sums(store, start, round_name, register), read_head(store.root, start).dispersion)
        for start in scored_before(store, round_name)
    ]


def scored_before(store: FactStore, round_name: str) -> list[str]:
    """The rounds with scores of which this one tells what became of them, oldest first."""
    # Without their lines: rounds from elsewhere may lie before the first that is known here (`--line`).
    pairs = successive_rounds(store, round_name)
    return sorted({start for start, end in pairs if end == round_name and has_scores(store.root, start)})


def outcome_sums(
    store: FactStore, start: str, end: str, register: str | None = None, county: str | None = None
) -> Sums:
    """`expected`, `observed`, `variance` of the scores of a round, each by county; of one county, or of all that are stored."""
    head = read_head(store.root, start)
    # Under the line of the scores: what a slip is depends on it.
    reader = PanelReader(store, head.given_line, register=register)
    steps = [step for step in reader.transitions() if (step.start, step.end) == (start, end)]
    if not steps:
        return {name: {} for name in _SUMS}
    slips = reader.labelled(steps[0]).select(*_KEY, "slip").filter(pl.col("slip").is_not_null())
    known = (
        pl.DataFrame(read_scores(store.root, start, [*_KEY, "p_slip", "weight"], county))
        .join(slips, on=_KEY)
        .with_columns(
            expected=pl.col("weight") * pl.col("p_slip"),
            observed=pl.col("weight") * pl.col("slip").cast(pl.Float64),
            # A row stands for `weight` households that fare alike: chance counts by its square.
            variance=pl.col("weight") ** 2 * pl.col("p_slip") * (1 - pl.col("p_slip")),
        )
    )
    # In whole units: the order in which households are added up must not show (0042).
    units = ((pl.col(name) * EXPECTED_UNIT).round().cast(pl.Int64).sum() for name in _SUMS)
    sums = known.group_by("county_code").agg(units).sort("county_code")
    return {
        name: {code: units / EXPECTED_UNIT for code, units in zip(sums["county_code"], sums[name], strict=True)}
        for name in _SUMS
    }


def outcome(start: str, sums: Sums, spread: Overdispersion) -> ScoreOutcome:
    """The outcome of the scores of a round, from its sums by county."""
    shifts = base_rate_shift(sums["expected"], sums["variance"], sums["observed"], spread.city, spread.county)
    return ScoreOutcome(start, sums["expected"], sums["observed"], sums["variance"], shifts)
