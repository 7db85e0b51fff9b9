"""What every model is held against: the income margin alone, a logistic model, the base rate; as glass boxes too."""

from dataclasses import replace

import numpy as np

from workbench.risk.data.design_matrix import DesignMatrix
from workbench.risk.model.boosting import Folds, Settings, fit_trees
from workbench.risk.model.compilation import TableBuilder
from workbench.risk.model.glass_box import Floats, GlassBox, Term, bin_codes

_LOGISTIC_BINS = 12
_LOGISTIC_PENALTY = 1.0
_LOGISTIC_ROWS = 120_000


def margin_only(matrix: DesignMatrix, values: Floats, slips: Floats, folds: Folds, settings: Settings) -> GlassBox:
    """The income margin of this round (by kind and tier) and nothing else, as smooth as trees make it."""
    chosen = [
        i
        for i, feature in enumerate(matrix.features)
        if feature.name.startswith("margin_") and "next" not in feature.name
    ]
    if not chosen:  # no income in the data: nothing but the rate is left
        return GlassBox(np.full(settings.bags, _logit(float(slips.mean()))), ())
    quick = replace(settings, trees_most=300, trees_rate=0.1, least_leaf=50)
    monotone = [feature.monotone for feature in matrix.features]
    builder = TableBuilder(settings.bags)
    for bag, trees in enumerate(fit_trees(values[:, chosen], slips, folds, [monotone[i] for i in chosen], quick, [])):
        builder.add_trees(trees, bag)
    return _renumbered(builder.build(), chosen)


def logistic(values: Floats, slips: Floats, seed: int) -> GlassBox:
    """A ridge logistic regression on the features cut into bins of equal size, missing values a bin of their own."""
    from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415 - heavy: only training needs it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    rows = np.random.default_rng(seed).permutation(len(values))[:_LOGISTIC_ROWS]
    levels = np.linspace(0, 1, _LOGISTIC_BINS + 1)[1:-1]
    cuts = [
        np.unique(np.nanquantile(column, levels)) if not np.isnan(column).all() else np.empty(0) for column in values.T
    ]
    codes = [bin_codes(values[rows, i], cut) for i, cut in enumerate(cuts)]
    ones = np.ones(len(rows))
    blocks = [
        csr_matrix((ones, (np.arange(len(rows)), code)), shape=(len(rows), len(cut) + 2))
        for code, cut in zip(codes, cuts, strict=True)
    ]
    fitted = LogisticRegression(C=_LOGISTIC_PENALTY, max_iter=400).fit(hstack(blocks).tocsr(), slips[rows])
    tables = np.split(fitted.coef_[0], np.cumsum([len(cut) + 2 for cut in cuts])[:-1])
    terms = tuple(
        Term((i,), (cut,), table[None].astype(np.float32))
        for i, (cut, table) in enumerate(zip(cuts, tables, strict=True))
    )
    return GlassBox(np.asarray(fitted.intercept_, np.float64), terms)


def _renumbered(box: GlassBox, features: list[int]) -> GlassBox:
    # The trees saw the chosen columns only; terms name features of the whole matrix.
    return replace(
        box, terms=tuple(replace(term, features=tuple(features[i] for i in term.features)) for term in box.terms)
    )


def _logit(p: float) -> float:
    return float(np.log(p / (1 - p)))
