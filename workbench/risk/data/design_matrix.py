"""The design matrix: which features can be used on the data at hand, and their values as numbers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.errors import Words
from workbench.risk.data.features import FEATURES, Feature, extra_features, feature_frame

Floats = npt.NDArray[np.float64]

_LEAST_SLIPS = 20.0
"""A category with fewer expected slips is pooled with the others like it: its order would be chance."""
_SHRINKAGE = 20.0
"""Prior slips, at the overall rate, that the rate of a category is shrunk with before categories are ordered."""
_POOLED = -1.0
_ALIKE = 1.5
"""Rounds that lie less apart than this ratio (five months, six months) are alike: the difference only tells which is which."""


@dataclass(frozen=True)
class DesignMatrix:
    """Turns household-rounds into numbers: features in order, categories as their rank by slip rate, null as NaN."""

    features: tuple[Feature, ...]
    ranks: dict[str, dict[str, float]]

    @property
    def names(self) -> list[str]:
        """The features' names, in the order of the columns."""
        return [feature.name for feature in self.features]

    def without(self, names: Iterable[str]) -> "DesignMatrix":
        """The matrix without some features."""
        gone = set(names)
        remaining = tuple(feature for feature in self.features if feature.name not in gone)
        return DesignMatrix(remaining, {name: ranks for name, ranks in self.ranks.items() if name not in gone})

    def matrix(self, frame: pl.DataFrame) -> Floats:
        """Float64 (rows, features), each feature contiguous."""
        values = feature_frame(frame, self.features)
        columns = [self._numbers(values[feature.name], feature) for feature in self.features]
        return np.asarray(np.vstack(columns) if columns else np.empty((0, len(frame)))).T

    def _numbers(self, values: pl.Series, feature: Feature) -> Floats:
        # A category never seen goes to the pool; one not known stays missing, though `default` would take it too.
        if feature.category:
            values = values.replace_strict(self.ranks[feature.name], default=_POOLED, return_dtype=pl.Float64).set(
                values.is_null(), None
            )
        numbers: Floats = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return numbers


def design(frame: pl.DataFrame, slips: Floats, excluded: Collection[str] = ()) -> tuple[DesignMatrix, dict[str, Words]]:
    """The features that the labelled rows of `frame` allow, and by name why others are left out.

    `excluded`: facts to keep out of the model; features made of them go with them.
    """
    left_out: dict[str, Words] = {}
    candidates = [*FEATURES, *extra_features(frame.columns)]
    values = feature_frame(frame, candidates)
    features: list[Feature] = []
    for feature in candidates:
        why = _unusable(feature, values, features, excluded)
        if why is None:
            features.append(feature)
        else:
            left_out[feature.name] = why
    ranks = {each.name: _ranks(values[each.name], slips) for each in features if each.category}
    return DesignMatrix(tuple(features), ranks), left_out


def _unusable(
    feature: Feature, values: pl.DataFrame, features: Sequence[Feature], excluded: Collection[str]
) -> Words | None:
    column = values[feature.name]
    drifting = [fact for fact in feature.facts if fact in excluded]
    if drifting:
        return Words(
            f"{'、'.join(drifting)} 口径有变化或像是事后才记的，未用",
            f"left out because {', '.join(drifting)} drifted, or looks as if it had been recorded afterwards",
            code="risk.feature-drifted",
        )
    known = column.drop_nulls()
    if known.is_empty():
        return Words("数据中没有", "not in the data", code="risk.feature-not-in-data")
    # A category with gaps still tells something: whether it is known.
    if known.n_unique() == 1 and not (feature.category and column.null_count()):
        return Words("所有已知的户都一样", "the same wherever it is known", code="risk.feature-constant")
    if feature.name == "months_ahead" and float(known.to_numpy().max()) < _ALIKE * float(known.to_numpy().min()):
        return Words("各期间隔相近", "rounds lie about equally apart", code="risk.rounds-equally-apart")
    return _said_already(feature, values, features)


def _said_already(feature: Feature, values: pl.DataFrame, features: Sequence[Feature]) -> Words | None:
    """Why another feature makes this one needless; None where none does."""
    column = values[feature.name]
    if any(other.category == feature.category and column.equals(values[other.name]) for other in features):
        return Words("与另一项完全相同", "identical with another one", code="risk.feature-identical")
    # Of a mapping's own facts only: our features differ from round to round where one round's rows may not show it.
    if feature.name.startswith("x_") and any(
        _one_quantity(column, values[other.name]) for other in features if not other.category
    ):
        return Words(
            "与另一项是同一个量，只差单位或编码",
            "another one in another unit or code",
            code="risk.feature-same-quantity",
        )
    return None


def _one_quantity(one: pl.Series, other: pl.Series) -> bool:
    """Whether two columns order all rows alike, or the other way round, and miss the same: to tables by bins they are one.

    Twice in a model, a quantity shares its curve and its interactions with itself, and reasons name it twice.
    """
    if one.null_count() != other.null_count() or one.n_unique() != other.n_unique():
        return False
    ranks = other.cast(pl.Float64).rank("dense")
    return any(one.rank("dense", descending=down).equals(ranks) for down in (False, True))


def _ranks(values: pl.Series, slips: Floats) -> dict[str, float]:
    """Categories by their shrunken slip rate, the lowest first; small ones are left to the pool."""
    overall = float(slips.mean())
    groups = (
        pl.DataFrame({"value": values, "slips": slips})
        .drop_nulls("value")
        .group_by("value")
        .agg(pl.sum("slips"), rows=pl.len())
        .filter(pl.col("rows") * overall >= _LEAST_SLIPS)
        .with_columns(rate=(pl.col("slips") + _SHRINKAGE) / (pl.col("rows") + _SHRINKAGE / max(overall, 1e-9)))
        # By value as well: groups come in any order, and equal rates must not change places from run to run.
        .sort("rate", "value")
    )
    return {value: float(rank) for rank, value in enumerate(groups["value"])}
