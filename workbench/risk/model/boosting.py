"""The learners: an explainable boosting machine, then small boosted trees and splines held to the same terms.

Each is fitted in `BAGS` bags, and each bag leaves out another fifth of the households to stop early on: so every household
has a prediction of a fit that has not seen it, at no further cost. Survey weights are left out: what a row shows is the same
however many households it stands for, and uneven weights make a sample as good as a smaller one. Totals count them.
"""

import warnings
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from workbench.risk.model.compilation import TableBuilder
from workbench.risk.model.glass_box import Floats, GlassBox, Term, bin_codes
from workbench.risk.model.spline_learner import fit_splines

Folds = npt.NDArray[np.int64]

_PAIRS = ((200_000, 30), (20_000, 20), (0, 10))
"""From so many household-rounds on, so many interactions."""
_SMALL = 100_000
"""Rows below which one thread is as fast as several, which wait for one another; and much faster where cores are shared."""


@dataclass(frozen=True)
class Settings:
    """Hyper-parameters, found on simulated cities (docs/risk-study.md)."""

    seed: int = 1
    bags: int = 5
    interactions: int | None = None
    bins: int = 256
    machine_rate: float = 0.03
    machine_penalty: float = 10.0
    trees_rate: float = 0.1
    trees_leaves: int = 4
    trees_bins: int = 127
    trees_penalty: float = 20.0
    trees_most: int = 2000
    least_leaf: int = 100
    spline_penalties: tuple[float, ...] = (0.2, 1.0, 5.0)

    def pairs(self, rows: int) -> int:
        """How many interactions to look for: the more rows, the more can be told from chance."""
        if self.interactions is not None:
            return self.interactions
        return next(count for least, count in _PAIRS if rows >= least)


def fit_learners(
    values: Floats, slips: Floats, folds: Folds, monotone: Sequence[int], settings: Settings, unpaired: Collection[int] = ()
) -> dict[str, GlassBox]:  # fmt: skip
    """Fit each learner as a glass box of its own, by name; the features `unpaired` meet no other."""
    machine = fit_machine(values, slips, folds, settings, unpaired)
    # The others may meet only where the machine found an interaction: any other would make a table of its own, and the
    # reasons of a household would be spread over hundreds.
    pairs = [tuple(term) for term in machine.term_features_ if len(term) > 1]
    of_machine, of_trees = TableBuilder(settings.bags), TableBuilder(settings.bags)
    of_machine.add_boosting_machine(machine)
    for bag, trees in enumerate(fit_trees(values, slips, folds, monotone, settings, pairs)):
        of_trees.add_trees(trees, bag)
    splines = fit_splines(values, slips, folds, pairs, settings.bags, settings.spline_penalties)
    return {"machine": of_machine.build(), "trees": of_trees.build(), "splines": splines}


def fit_machine(values: Floats, slips: Floats, folds: Folds, settings: Settings, unpaired: Collection[int] = ()) -> Any:
    """The explainable boosting machine (Nori and others 2019, interpret), one outer bag a fold."""
    from interpret.glassbox import ExplainableBoostingClassifier  # noqa: PLC0415 - heavy: only training needs it

    machine = ExplainableBoostingClassifier(
        feature_types=["continuous"] * values.shape[1],
        interactions=settings.pairs(len(values)) if values.shape[1] > 1 else 0,
        exclude=[(one, other) for one in unpaired for other in range(values.shape[1]) if one != other] or None,
        outer_bags=settings.bags,
        max_bins=settings.bins,
        learning_rate=settings.machine_rate,
        reg_lambda=settings.machine_penalty,
        min_hessian=1.0,
        random_state=settings.seed,
        n_jobs=1 if len(values) < _SMALL else 2,
    )
    # By household, not by row: a household of several rounds would be its own witness.
    held_out = folds[:, None] == np.arange(settings.bags)[None, :]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of features that are missing wholly in a bag
        machine.fit(values, slips.astype(int), bags=np.where(held_out, -1, 1).astype(np.int8))
    return machine


def fit_trees(
    values: Floats, slips: Floats, folds: Folds, monotone: Sequence[int], settings: Settings,
    pairs: Sequence[tuple[int, ...]] | None = None,
) -> list[Any]:  # fmt: skip
    """Histogram gradient boosting, a fit a fold that stops early on it. `pairs`: the only features that may meet."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - heavy: only training needs it

    allowed = None if pairs is None else [*(set(pair) for pair in pairs), *({each} for each in range(values.shape[1]))]
    fitted = []
    for fold in range(settings.bags):
        inside, outside = folds != fold, folds == fold
        trees = HistGradientBoostingClassifier(
            max_iter=settings.trees_most,
            learning_rate=settings.trees_rate,
            max_leaf_nodes=settings.trees_leaves,
            # A hundred rows a leaf steady the fit of a city; of a thousand rows they would leave ten leaves in all: a fiftieth then.
            min_samples_leaf=min(settings.least_leaf, max(int(inside.sum()) // 50, 5)),
            l2_regularization=settings.trees_penalty,
            # Some features a split, as in a random forest: of facts that say nearly the same each is heard.
            max_features=0.3,
            max_bins=settings.trees_bins,
            early_stopping=True,
            n_iter_no_change=30,
            random_state=settings.seed + fold,
            interaction_cst=allowed,
            monotonic_cst=list(monotone),
        )
        with threads_for(len(values)):
            trees.fit(
                splittable(values[inside]), slips[inside].astype(int),
                X_val=values[outside], y_val=slips[outside].astype(int),
            )  # fmt: skip
        fitted.append(trees)
    return fitted


def threads_for(rows: int) -> AbstractContextManager[Any]:
    """One thread for small data, where threads spend their time waiting for each other."""
    return threadpool_limits(1, user_api="openmp") if rows < _SMALL else nullcontext()


def splittable(values: Floats) -> Floats:
    """Values with those columns made constant that are missing in every row: trees cannot bin what has no value."""
    empty = np.isnan(values).all(axis=0)
    return np.where(empty, 0.0, values) if empty.any() else values


def held_monotone(box: GlassBox, monotone: Sequence[int], values: Floats) -> GlassBox:
    """The glass box with the curve of each constrained feature made monotone, bins weighted by their rows.

    Done afterwards, by isotonic regression: an explainable boosting machine under constraints would look for no pairs
    with those features, and lose far more than it gains (docs/risk-study.md). Where several features hold one quantity only
    their sum need be monotone, and bending each may cost much: whether it pays is `fitting.fit` to tell.
    """
    terms = tuple(
        _monotone(term, monotone[term.features[0]], values) if len(term.features) == 1 else term for term in box.terms
    )
    return replace(box, terms=terms)


def _monotone(term: Term, direction: int, values: Floats) -> Term:
    from sklearn.isotonic import isotonic_regression  # noqa: PLC0415 - heavy: only training needs it

    if not direction:
        return term
    # Bin 0, of missing values, has no place in the order: it is neither counted nor bent.
    counts = np.bincount(bin_codes(values[:, term.features[0]], term.cuts[0]), minlength=term.tables.shape[1])[1:]
    held = term.tables.astype(np.float64)
    for table in held:
        # An empty bin weighs next to nothing, but not nothing: isotonic regression divides by sums of weights.
        table[1:] = isotonic_regression(table[1:], sample_weight=counts + 1e-6, increasing=direction > 0)
    return replace(term, tables=held.astype(np.float32))
