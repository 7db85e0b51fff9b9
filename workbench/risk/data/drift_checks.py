"""What may have happened to one fact between two rounds, from its values in both.

Each check asks two things: is the change too large for life, and is it too large for chance in samples of this size?
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl

from workbench.risk.evaluation.standard_errors import Floats

LEAST_ROWS = 100
"""Rows on both sides below which nothing is said."""
LEAST_SHIFT_ROWS = 200
"""Rows on both sides below which no distribution is compared: the distance of two samples of 200 passes 0.2 by chance
once in a thousand.
"""
SURPRISE = 5.0
"""Standard errors: with 60 facts, 10 counties and 10 rounds, chance alone passes this once in 300 runs."""
NULL_CHANGE = 0.3
"""Share of households for which a fact is missing, up or down: visits and gaps differ by a few percent, not by this."""
FEW = 0.1
"""What a share falls to, as a part of what it was, when a value all but vanishes. In half a year life halves shares."""
LEAST_ZEROS = 0.05
"""Share of zeros that must have been, or come: below it zeros may come and go with the sample."""
NEW_CODES = 0.02
LOST_CODES = 0.05
"""Share of households with codes never seen in the other round; a rare code may be absent from one by life."""
MOST_CODES = 60
"""More different texts than this are names or notes, not codes."""
MOST_CODED_NUMBERS = 12
UNIT_FACTOR = 2.5
"""Ratio of medians of positive values: yuan and ten thousand yuan, months and years, mu and hectares differ by more."""
SAME_FACTOR = 1.5
"""A common factor of many households' values counts from here: pensions and allowances are raised by less."""
SAME_SHARE = 0.3
_SAME_WIDTH = 0.05
DISTANCE = 0.35
"""Kolmogorov-Smirnov distance: a third of the households on the other side of some value."""
ROUNDING_CHANGE = 0.3
_SAME_STEP = 0.9
"""Share of the households whose value grew by the same amount, from which on it is time that passed."""
_ROUND_TO = (1.0, 100.0)
_EXACT = 1e-6
_SAMPLE = 5_000
"""Values that medians and distances are taken from; at most 0.03 from the distance of all."""


class Kind(StrEnum):
    """What a change looks like."""

    NULL = "null"
    KNOWN = "known"
    ALL_ZERO = "all_zero"
    NOT_ALL_ZERO = "not_all_zero"
    NEVER_ZERO = "never_zero"
    ZERO_APPEARS = "zero_appears"
    NEW_CODES = "new_codes"
    LOST_CODES = "lost_codes"
    UNIT = "unit"
    SHIFT = "shift"
    ROUNDING = "rounding"


@dataclass(frozen=True)
class Change:
    """One change: `before` and `after` are shares; medians for UNIT, means for SHIFT. `codes`: those new or lost."""

    kind: Kind
    before: float
    after: float
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Values:
    """One fact in two rounds: of the households compared, and `pairs` of those found in both, row by row.

    `coded`: whole numbers that are codes, whatever their number; `counted`: they count people, which no unit changes.
    """

    before: pl.Series
    after: pl.Series
    pairs: tuple[pl.Series, pl.Series]
    coded: bool = False
    counted: bool = False


def change(values: Values) -> Change | None:
    """The first thing that looks like another questionnaire or another intake; None where nothing does."""
    if min(len(values.before), len(values.after)) < LEAST_ROWS:
        return None
    return next(_changes(values), None)


def _changes(values: Values) -> Iterator[Change]:
    yield from _missing(values.before, values.after)
    before, after = _known(values.before), _known(values.after)
    if min(len(before), len(after)) < LEAST_ROWS:
        return
    if not (_numeric(before) and _numeric(after)):
        yield from _texts(before, after)
        return
    yield from _zeros(before, after)
    old, new = _sampled(before), _sampled(after)
    # Few different numbers may be codes; counts of people are few as well, and are none.
    if values.coded or (not values.counted and max(len(np.unique(old)), len(np.unique(new))) <= MOST_CODED_NUMBERS):
        yield from _codes(before, after)
    elif not values.counted:
        yield from _unit(old, new, _ratios(*values.pairs))
    if min(len(old), len(new)) < LEAST_SHIFT_ROWS:
        return
    if _distance(old, new) > DISTANCE and not _aged(*values.pairs):
        yield Change(Kind.SHIFT, float(old.mean()), float(new.mean()))
    if before.dtype.is_float():
        yield from _rounding(old, new)


def _known(series: pl.Series) -> pl.Series:
    return series.drop_nulls() if series.null_count() else series


def _missing(before: pl.Series, after: pl.Series) -> Iterator[Change]:
    old, new = before.null_count() / len(before), after.null_count() / len(after)
    if abs(new - old) >= NULL_CHANGE:
        yield Change(Kind.NULL if new > old else Kind.KNOWN, old, new)


def _zeros(before: pl.Series, after: pl.Series) -> Iterator[Change]:
    zeros = [
        int((series == 0).sum()) if series.dtype != pl.Boolean else int((~series).sum()) for series in (before, after)
    ]
    sizes = len(before), len(after)
    old, new = (count / size for count, size in zip(zeros, sizes, strict=True))
    others = [size - count for count, size in zip(zeros, sizes, strict=True)]
    if _vanished(1 - old, 1 - new) and surprise(others, sizes) > SURPRISE:
        yield Change(Kind.ALL_ZERO if new > old else Kind.NOT_ALL_ZERO, old, new)
    if max(old, new) >= LEAST_ZEROS and _vanished(old, new) and surprise(zeros, sizes) > SURPRISE:
        yield Change(Kind.NEVER_ZERO if new < old else Kind.ZERO_APPEARS, old, new)


def _vanished(old: float, new: float) -> bool:
    """Whether one share is next to nothing beside the other."""
    return min(old, new) <= FEW * max(old, new)


def surprise(counts: tuple[int, int] | list[int], sizes: tuple[int, int]) -> float:
    """How many standard errors apart two counts of rare things are, out of `sizes` (square roots of Poisson counts)."""
    scale = sizes[0] / sizes[1]
    # Anscombe's transform: the square root of a Poisson count has a standard error of one half, however rare it is.
    roots = np.sqrt(counts[0] + 3 / 8) - np.sqrt((counts[1] + 3 / 8) * scale)
    return float(2 * abs(roots) / np.sqrt(1 + scale))


def _numeric(series: pl.Series) -> bool:
    return series.dtype.is_numeric() or series.dtype == pl.Boolean


def _texts(before: pl.Series, after: pl.Series) -> Iterator[Change]:
    """Codes of columns that are text in one of the rounds at least; dates and the like are not judged."""
    if pl.String in (before.dtype, after.dtype) and max(before.n_unique(), after.n_unique()) <= MOST_CODES:
        yield from _codes(before.cast(pl.String), after.cast(pl.String))


def _codes(before: pl.Series, after: pl.Series) -> Iterator[Change]:
    old, new = (dict(series.value_counts().iter_rows()) for series in (before, after))
    sizes = len(before), len(after)
    for kind, ours, theirs, size, least in (
        (Kind.NEW_CODES, new, old, sizes[1], NEW_CODES), (Kind.LOST_CODES, old, new, sizes[0], LOST_CODES),
    ):  # fmt: skip
        codes = sorted((code for code in ours if code not in theirs), key=lambda code: -ours[code])
        count = sum(ours[code] for code in codes)
        counts = (0, count) if kind is Kind.NEW_CODES else (count, 0)
        if count / size >= least and surprise(counts, sizes) > SURPRISE:
            shares = counts[0] / sizes[0], counts[1] / sizes[1]
            yield Change(kind, *shares, tuple(str(code) for code in codes))


def _sampled(series: pl.Series) -> Floats:
    """About 5,000 of the values, evenly through the rows, as floats; null is not a number."""
    # Every so many rows, not the first ones: a file is in order of its townships.
    return np.asarray(series.to_numpy()[:: max(len(series) // _SAMPLE, 1)], dtype=np.float64)


def _ratios(before: pl.Series, after: pl.Series) -> Floats:
    """Log ratios of values, positive in both rounds, of the same household."""
    old, new = _sampled(before), _sampled(after)
    both = (old > 0) & (new > 0)
    return np.asarray(np.log(new[both] / old[both]), dtype=np.float64)


def _unit(before: Floats, after: Floats, ratios: Floats) -> Iterator[Change]:
    old, new = before[before > 0], after[after > 0]
    if min(len(old), len(new)) < LEAST_ROWS:
        return
    change = Change(Kind.UNIT, float(np.median(old)), float(np.median(new)))
    logs = [np.log(old), np.log(new)]
    # The standard error of a median, from the distance of quartiles as of a normal distribution.
    errors = [0.93 * np.subtract(*np.quantile(log, [0.75, 0.25])) / np.sqrt(len(log)) for log in logs]
    jump = abs(np.median(logs[1]) - np.median(logs[0]))
    # The medians moved by a factor of units beyond chance, or most households by the very same factor.
    if (jump > np.log(UNIT_FACTOR) and jump > SURPRISE * np.hypot(*errors)) or _common_factor(ratios):
        yield change


def _common_factor(ratios: Floats) -> bool:
    """Whether the values of many households changed by one and the same factor."""
    if len(ratios) < LEAST_ROWS:
        return False
    steps, counts = np.unique(np.round(ratios / _SAME_WIDTH), return_counts=True)
    most = int(counts.argmax())
    return bool(counts[most] >= SAME_SHARE * len(ratios) and abs(steps[most] * _SAME_WIDTH) >= np.log(SAME_FACTOR))


def _distance(before: Floats, after: Floats) -> float:
    """The Kolmogorov-Smirnov distance."""
    points = np.unique(np.concatenate([before, after]))
    below = [np.searchsorted(np.sort(values), points, side="right") / len(values) for values in (before, after)]
    return float(np.abs(below[0] - below[1]).max())


def _aged(before: pl.Series, after: pl.Series) -> bool:
    """Whether nearly everybody's value grew by one and the same amount, as ages and years of experience do."""
    old, new = _sampled(before), _sampled(after)
    steps = (new - old)[~np.isnan(new - old)]
    if len(steps) < LEAST_ROWS:
        return False
    usual = float(np.median(steps))
    # In full: half a year is no change of unit, and a unit is a factor that no two different values grow alike by.
    return usual > 0 and len(np.unique(old)) > 1 and bool(np.mean(np.abs(steps - usual) < _EXACT) >= _SAME_STEP)


def _rounding(before: Floats, after: Floats) -> Iterator[Change]:
    old, new = before[before > 0], after[after > 0]
    if min(len(old), len(new)) < LEAST_SHIFT_ROWS:
        return
    for step in _ROUND_TO:
        shares = [float(np.mean(np.abs(values / step - np.round(values / step)) < _EXACT)) for values in (old, new)]
        if abs(shares[1] - shares[0]) > ROUNDING_CHANGE:
            yield Change(Kind.ROUNDING, shares[0], shares[1])
