"""The model's scores over a preview's index: how likely each of its households is to slip, under one poverty line.

Kept beside the index as a memory-mapped file of its own, which is made again when the facts or the scores change.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl

from workbench.preview.index.build import Bools, Floats, PreviewIndex
from workbench.preview.index.cache import fingerprint_of, index_fingerprint, index_path
from workbench.preview.index.memory_map import read_mapped, write_mapped
from workbench.store.facts import FactStore
from workbench.store.scores import ScoreHead, has_scores, read_head, scores_path

_LAYOUT = 2
_KEY = ["county_code", "household_id"]
_ARRAYS = ("p_slip", "forecast_mean", "forecast_sd")
_GRAIN = 2.0**28
"""Expected slips and their variance are kept in whole 2^-28 of a household: sums of them are then exact, in whatever order they are made."""
_TAIL = 1e-6
_LEVELS = 1 << 16
"""Probabilities are ordered by so many levels, which add up over counties as households never could."""
_Values = TypeVar("_Values", Bools, Floats)


@dataclass(frozen=True)
class Slips:
    """What is expected of each row of an index under one poverty line; arrays of one value a row.

    `probability`: of a slip by the next round, NaN where not scored; `expected`: slips of the households that the row
    stands for, and `variance` of their number by chance alone (households²), both 0 where not scored.
    """

    head: ScoreHead
    line: float
    probability: Floats
    expected: Floats
    variance: Floats

    @property
    def scored(self) -> Bools:
        """Which rows have a probability."""
        return ~np.isnan(self.probability)


@dataclass(frozen=True)
class SlipScores:
    """The scores of a round in the order of an index, one value a row, NaN where there is none; see `ScoreHead`.

    `forecast_mean`, `forecast_sd`: of log income a person (yuan) at the next round.
    """

    head: ScoreHead
    p_slip: Floats
    forecast_mean: Floats
    forecast_sd: Floats

    def under(self, index: PreviewIndex, line: float) -> Slips | None:
        """The slips expected under a poverty line (yuan a person and year); None where the model cannot say.

        Under another line than that of the scores a slip is another event: see `_under_another_line`.
        """
        if line == self.head.line:
            probability = self.p_slip
        elif self.head.residuals:
            # Who is below that line already has nothing to slip from, hence no score (decision 0009).
            probability = np.where(index.income_pc < line, np.nan, self._under_another_line(line))
        else:
            return None
        known = np.nan_to_num(probability)
        weight = 1.0 if index.weight is None else index.weight
        return Slips(
            self.head,
            line,
            probability,
            expected=np.round(weight * known * _GRAIN) / _GRAIN,
            variance=np.round(weight**2 * known * (1 - known) * _GRAIN) / _GRAIN,
        )

    def _under_another_line(self, line: float) -> Floats:
        """The logit of the score, moved by as much as the logit of the income forecast moves between the two lines.

        The line of the next round moves in proportion. NaN where there is no forecast.
        """
        head = self.head
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            here = self._falls_below(head.line_next)
            there = self._falls_below(line * head.line_next / head.line)
            return _expit(_logit(self.p_slip) + _logit(there) - _logit(here))

    def _falls_below(self, line: float) -> Floats:
        """The forecast probability of an income below `line` at the next round, kept off 0 and 1."""
        residuals = np.asarray(self.head.residuals)
        distance = np.where(self.forecast_sd > 0, (np.log(line) - self.forecast_mean) / self.forecast_sd, np.nan)
        values = np.interp(distance, residuals, np.linspace(0, 1, len(residuals)))
        # The logit of 0 or 1 is infinite, and two of them have no difference.
        return np.clip(values, _TAIL, 1 - _TAIL)


def _logit(p: Floats) -> Floats:
    return np.log(p) - np.log1p(-p)


def _expit(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def load_scores(store: FactStore, round_name: str, index: PreviewIndex, county: str | None = None) -> SlipScores | None:
    """The scores of a round over the rows of its index, of one county or of all; None where no model has scored it."""
    if not has_scores(store.root, round_name):
        return None
    head = read_head(store.root, round_name)
    # Without a county's own groups in the name: rows stand in the same order under all of them.
    path = index_path(store, round_name, county, deduct_out_of_pocket=index.deduct_out_of_pocket)
    path = path.with_suffix(".scores.arrow")
    facts = index_fingerprint(store, round_name, county)
    fingerprint = fingerprint_of(
        store.root, [scores_path(store.root, round_name)], [_LAYOUT, facts, *head.other_facts(store)]
    )
    cached = read_mapped(path, fingerprint)
    if cached is not None:
        return SlipScores(head.with_staleness(stale=cached.head["stale"]), *(cached.array(name) for name in _ARRAYS))
    stale = head.is_stale(store, county)
    # Late: whoever asks of a round that no model has scored loads no Arrow.
    from workbench.store.arrow.score_tables import read_scores  # noqa: PLC0415

    scores = read_scores(store.root, round_name, [*_KEY, "kind", *_ARRAYS], county)
    columns = _aligned(index, pl.DataFrame(scores))
    with suppress(OSError):  # a store that cannot be written serves just as well, only slower
        write_mapped(path, columns, {"stale": stale}, fingerprint)
    return SlipScores(head.with_staleness(stale=stale), *columns.values())


def _aligned(index: PreviewIndex, scores: pl.DataFrame) -> dict[str, Floats]:
    """The scores in the order of the index. A household that is scored twice cannot be told apart: not scored."""
    counties = pl.Series([county for county, _ in index.townships], dtype=pl.String)
    rows = pl.DataFrame(
        {"county_code": counties.gather(index.township_of), "household_id": pl.Series(index.household_id)}
    )
    usable = scores.filter(pl.col("kind") == "unregistered", pl.col("p_slip").is_between(0, 1))
    joined = rows.join(usable.unique(_KEY, keep="none"), on=_KEY, how="left", maintain_order="left")
    return {name: joined[name].fill_null(float("nan")).to_numpy() for name in _ARRAYS}


@dataclass(frozen=True)
class Ranking:
    """Households in the model's own order, most likely to slip first: cumulative households and expected slips."""

    households: Floats
    slips: Floats

    def slips_among(self, households: float) -> float:
        """The slips expected among the first so many: no choice of as many households can be expected to hold more."""
        return float(np.interp(households, self.households, self.slips))


def ranking(index: PreviewIndex, slips: Slips) -> Ranking:
    """The scored households of the index's counties in the order of their probability."""
    return ranked(levels(index, slips))


def levels(index: PreviewIndex, slips: Slips) -> Floats:
    """Scored households and slips expected among them, [2, level] of probability: sums that counties add up to."""
    scored = of_counties(index, slips.scored)
    level = np.minimum(of_counties(index, slips.probability)[scored] * _LEVELS, _LEVELS - 1).astype(np.int64)
    weight = None if index.weight is None else of_counties(index, index.weight)[scored]
    measures = (weight, of_counties(index, slips.expected)[scored])
    return np.stack([np.bincount(level, each, minlength=_LEVELS) for each in measures])


def ranked(by_level: Floats) -> Ranking:
    """Households in the order of their level, the highest first; within a level one is as good as another."""
    there = by_level[:, by_level[0] > 0][:, ::-1]
    households, slips = np.concatenate([np.zeros((2, 1)), np.cumsum(there, axis=1)], axis=1)
    return Ranking(households, slips)


def of_counties(index: PreviewIndex, values: _Values) -> _Values:
    """The values of the rows that belong to the index's counties."""
    pieces = [values[county.start : county.stop] for county in index.counties]
    return np.concatenate(pieces) if pieces else values[:0]
