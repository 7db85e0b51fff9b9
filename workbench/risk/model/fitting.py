"""One fit of the whole recipe to labelled household-rounds: design, learners, calibration."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from workbench.errors import InputError, Words
from workbench.risk.data.design_matrix import DesignMatrix, design
from workbench.risk.data.draws import number_hash
from workbench.risk.model.boosting import Folds, Settings, fit_learners, held_monotone
from workbench.risk.model.calibration import Calibration, calibrate, sigmoid
from workbench.risk.model.county_terms import unsteady
from workbench.risk.model.glass_box import Floats, GlassBox
from workbench.risk.model.mixture import Mixture, mixed, shares_of
from workbench.risk.model.peers import standings

LEAST_SLIPS = 20
"""Fewer slips, or fewer households that did not slip, teach nothing."""
_FOLD_KEY = "folds of training"


@dataclass(frozen=True)
class Training:
    """Labelled household-rounds as arrays: `frame` rows, `values` (rows, features), slips 0 or 1, weights of mean 1.

    The weights count households where totals are made; nothing is learnt by them.
    """

    frame: pl.DataFrame
    matrix: DesignMatrix
    left_out: dict[str, Words]
    values: Floats
    slips: Floats
    weight: Floats
    folds: Folds

    @property
    def monotone(self) -> list[int]:
        """The constraint of each feature."""
        return [feature.monotone for feature in self.matrix.features]

    @property
    def unpaired(self) -> list[int]:
        """Features that some round, of those learnt from, does not know of any household and another does.

        A pair with such a feature would tell the rounds apart by what was asked, and every other feature's pair with it
        looks like a rule: four facts not asked at first once took sixteen of twenty interactions (decision 0045).
        """
        starts = self.frame["start"].to_numpy() if "start" in self.frame.columns else np.zeros(len(self.frame))
        unknown = np.array([np.isnan(self.values[starts == name]).all(axis=0) for name in np.unique(starts)])
        return np.flatnonzero(unknown.any(axis=0) & ~unknown.all(axis=0)).tolist()


@dataclass(frozen=True)
class Monotone:
    """Whether the curves of constrained features were made monotone, and what that costs (or, below 0, gains).

    `cost`: of log loss a household-round, by fits that had not seen the household, with its standard error.
    """

    held: bool
    cost: float
    error: float


@dataclass(frozen=True)
class Fit:
    """The learners' glass box, its calibration, and probabilities of the fits that had not seen each household."""

    box: GlassBox
    calibration: Calibration
    unseen: Floats
    monotone: Monotone
    mixture: Mixture
    level_errors: dict[str, float] = field(default_factory=dict)
    """By tier or kind the standard error of its level in the logit (`level_errors`)."""


def training_rows(
    frame: pl.DataFrame, excluded: Collection[str], settings: Settings, *, all_places: bool = False
) -> Training:
    """Labelled household-rounds made ready; raises InputError where there is too little to learn from.

    `all_places`: features that tell counties apart are kept even where what they tell passes from round to round.
    """
    slips, weight = labels(frame)
    enough(slips)
    matrix, left_out = design(frame, slips, excluded)
    if not matrix.features:
        raise InputError(
            Words(
                "没有可用的事实；请检查映射和数据",
                "no fact can be used to train on; check the mapping and the data",
                code="risk.no-fact-can-used",
            )
        )
    # Before the fit: a feature that only tells counties apart learns what happened there once, and promises it again.
    passing = {} if all_places else unsteady(frame, matrix, slips, settings.seed)
    matrix, left_out = matrix.without(passing), left_out | passing
    return Training(frame, matrix, left_out, matrix.matrix(frame), slips, weight, folds_of(frame, settings.bags))


def labels(frame: pl.DataFrame) -> tuple[Floats, Floats]:
    """Slips (0 or 1) and weights of mean 1, (rows,) each."""
    weight = frame["weight"].fill_null(1.0).to_numpy()
    mean = float(weight.mean()) if len(weight) else 1.0
    if len(weight) and not mean > 0:
        raise InputError(
            Words(
                "权重（weight，每行代表多少户）全部为 0；请核对映射",
                "weight (households that a row stands for): all are 0; check the mapping",
                code="risk.weight-households-row-stands",
            )
        )
    return frame["slip"].cast(pl.Float64).to_numpy(), weight / mean


def enough(slips: Floats) -> None:
    """Refuse what nothing can be learnt from, saying what was found."""
    if not len(slips):
        raise InputError(
            Words(
                "没有一户前后两期都能判定且有变差的余地，没有可学的；请核对各期的人均纯收入是否已导入、扶贫标准（--line）是否合适、户编号前后"
                "是否一致",
                "too little to learn from: no household can be judged in two successive rounds and has anything to slip from; check that "
                "every round has its incomes (income_pc), that the line fits (--line), and that household numbers agree between rounds",
                code="risk.no-outcome",
            )
        )
    happened = int(slips.sum())
    if min(happened, len(slips) - happened) < LEAST_SLIPS:
        raise InputError(
            Words(
                f"可学的太少：{len(slips)} 条有结果的记录中风险变差 {happened} 条；风险变差和没有变差的至少各需 {LEAST_SLIPS} 条。"
                "请核对扶贫标准（--line，其他货币须指定）、期次和户编号是否前后一致",
                f"too little to learn from: {happened} slips among {len(slips)} household-rounds with a known outcome; at "
                f"least {LEAST_SLIPS} that slipped and {LEAST_SLIPS} that did not are needed. Check the line (--line; other "
                "money needs its own), the rounds, and that household numbers agree between them",
                code="risk.too-little-learn-slips",
            )
        )


def folds_of(frame: pl.DataFrame, count: int) -> Folds:
    """The fold of each row; rows of a household share one, whatever other rows there are."""
    folds: Folds = (number_hash(frame["household_id"], _FOLD_KEY) % np.uint64(count)).astype(np.int64)
    return folds


def fit(rows: Training, settings: Settings) -> Fit:
    """Fit the learners and calibrate them on households that each fit had not seen."""
    learners = fit_learners(rows.values, rows.slips, rows.folds, rows.monotone, settings, rows.unpaired)
    mixture = shares_of({name: unseen_logits(box, rows) for name, box in learners.items()}, rows.slips)
    box = mixed(list(learners.values()), list(mixture.shares.values()))
    # After mixing: what a monotone curve costs is measured on the box that will be used (decision 0045).
    box, unseen, monotone = _monotone_where_it_pays(box, rows)
    calibration = calibrate(unseen, rows.slips, rows.frame)
    p = sigmoid(calibration.apply(unseen, rows.frame))
    return Fit(box, calibration, p, monotone, mixture, level_errors(p, rows.frame))


def level_errors(p: Floats, frame: pl.DataFrame) -> dict[str, float]:
    """Return by tier or kind the standard error of its level in the logit, were it known by its own slips alone: 1 / √Σ p (1 − p)."""
    if not {"kind", "state"} <= set(frame.columns):
        return {}
    rows = pl.DataFrame({"name": standings(frame), "information": p * (1 - p)}).drop_nulls("name")
    sums = rows.group_by("name").agg(pl.sum("information")).sort("name")
    return {str(name): float(max(total, 1e-9) ** -0.5) for name, total in sums.iter_rows()}


def unseen_logits(box: GlassBox, rows: Training) -> Floats:
    """Return for each row the logit of the bag that left its household out: by what had seen it, the model would look too sure."""
    logits: Floats = box.bag_logits(rows.values)[np.arange(len(rows.slips)), rows.folds]
    return logits


def _monotone_where_it_pays(box: GlassBox, rows: Training) -> tuple[GlassBox, Floats, Monotone]:
    """The box with its curves made monotone, unless that costs more than its standard error; and the unseen logits."""
    held = held_monotone(box, rows.monotone, rows.values)
    free_logits, held_logits = unseen_logits(box, rows), unseen_logits(held, rows)
    # Log loss straight from logits: a probability that rounds to 0 or 1 would have no logarithm.
    losses = [np.logaddexp(0, logits) - rows.slips * logits for logits in (free_logits, held_logits)]
    difference = losses[1] - losses[0]
    cost, error = float(difference.mean()), float(difference.std() / np.sqrt(len(difference)))
    if cost > error:
        return box, free_logits, Monotone(held=False, cost=cost, error=error)
    return held, held_logits, Monotone(held=True, cost=cost, error=error)
