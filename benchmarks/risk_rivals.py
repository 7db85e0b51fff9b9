"""What the model is measured against: splines, free trees, LightGBM and CatBoost, each tuned in the same run.

Each is tuned alike: every setting is fitted without a fifth of the households, the one with the least log loss on that
fifth is fitted again to all rows; boosters stop early on the fifth and then take 1.15 times as many rounds.
"""

import importlib.util
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.risk.evaluation.metrics import log_loss
from workbench.risk.model.fitting import Training
from workbench.risk.model.glass_box import Floats

_LIGHTGBM = ((4, 0.1, 100, 0.3, 20.0), (7, 0.05, 300, 0.3, 20.0), (15, 0.05, 300, 0.3, 20.0), (15, 0.05, 100, 0.6, 5.0), (31, 0.04, 300, 0.3, 20.0))  # fmt: skip
"""Leaves, learning rate, rows a leaf at least, share of the features a tree sees, penalty."""
_CATBOOST = ((3, 0.15, 10.0), (4, 0.1, 10.0), (6, 0.1, 10.0), (6, 0.1, 3.0))
"""Depth, learning rate, penalty."""
_TREES = ((4, 0.1, 100, 0.3, 20.0), (7, 0.05, 300, 0.3, 20.0), (15, 0.05, 300, 0.3, 20.0), (31, 0.04, 300, 0.3, 20.0))
"""Of the free trees (scikit-learn's): as `_LIGHTGBM`, the share of features being that which a split sees."""
_PENALTIES = (0.03, 0.3, 3.0)
"""Inverse strengths of the ridge of the logistic regression."""
_MOST_ROUNDS, _PATIENCE, _MORE = 3000, 60, 1.15
_FEW_VALUES = 12
"""A feature with no more distinct values gets an indicator for each, another one splines."""
_KNOTS = (0.005, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.995)


@dataclass(frozen=True)
class Rival:
    """Probabilities of the rows ahead, and the seconds that tuning and the last fit took."""

    p: Floats
    tuning: float
    fitting: float


def rivals() -> dict[str, Callable[[Training, Floats], Rival]]:
    """The rivals that can run here, by name; what is not installed is left out, and said so."""
    results: dict[str, Callable[[Training, Floats], Rival]] = {"splines": logistic_splines, "free trees": free_trees}
    for name, module, run in (("LightGBM", "lightgbm", lightgbm), ("CatBoost", "catboost", catboost)):
        if importlib.util.find_spec(module) is None:
            print(f"{name} is not installed and left out: uv sync --group bench")
        else:
            results[name] = run
    return results


def logistic_splines(rows: Training, ahead: Floats) -> Rival:
    """Ridge logistic regression on cubic splines, indicators of few values and of missing ones."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - each rival loads its own library

    begin = time.perf_counter()
    expand = _expansion(rows)
    expanded = expand.fit_transform(rows.values)
    inside = rows.folds != 0

    def fitted(penalty: float, chosen: Any) -> Any:
        model = LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=60)
        return model.fit(expanded[chosen], rows.slips[chosen])

    losses = [_held_out(fitted(penalty, inside).predict_proba(expanded[~inside])[:, 1], rows) for penalty in _PENALTIES]
    tuned = time.perf_counter()
    last = fitted(_PENALTIES[int(np.argmin(losses))], slice(None))
    end = time.perf_counter()
    return Rival(last.predict_proba(expand.transform(ahead))[:, 1], tuned - begin, end - tuned)


def _expansion(rows: Training) -> Any:
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415
    from sklearn.impute import MissingIndicator  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, SplineTransformer  # noqa: PLC0415

    parts: list[tuple[str, Any, list[int]]] = []
    smooth = []
    for position, name in enumerate(rows.matrix.names):
        known = rows.values[:, position][~np.isnan(rows.values[:, position])]
        knots = np.unique(np.quantile(known, _KNOTS))
        if len(np.unique(known)) <= _FEW_VALUES or len(knots) < 3:
            encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False, min_frequency=20)
            parts.append((name, encoder, [position]))
        else:
            splines = SplineTransformer(knots=knots[:, None], extrapolation="linear", handle_missing="zeros")
            parts.append((name, splines, [position]))
            smooth.append(position)
    parts.append(("missing", MissingIndicator(features="all"), smooth))
    return ColumnTransformer(parts)


def free_trees(rows: Training, ahead: Floats) -> Rival:
    """Histogram gradient boosting without constraints, any features meeting: what the glass box gives up."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

    def make(setting: tuple[Any, ...], rounds: int) -> Any:
        leaves, rate, least, share, penalty = setting
        return HistGradientBoostingClassifier(
            max_iter=rounds, max_leaf_nodes=leaves, learning_rate=rate, min_samples_leaf=least, max_features=share,
            l2_regularization=penalty, early_stopping=False, random_state=1,
        )  # fmt: skip

    def stopped(model: Any, inside: Any) -> tuple[Any, int]:
        model.set_params(early_stopping=True, n_iter_no_change=_PATIENCE)
        model.fit(rows.values[inside], rows.slips[inside], X_val=rows.values[~inside], y_val=rows.slips[~inside])
        return model, int(model.n_iter_)

    return _boosted(rows, ahead, _TREES, make, stopped)


def lightgbm(rows: Training, ahead: Floats) -> Rival:
    """LightGBM."""
    from lightgbm import LGBMClassifier, early_stopping  # noqa: PLC0415

    def make(setting: tuple[Any, ...], rounds: int) -> Any:
        leaves, rate, least, share, penalty = setting
        return LGBMClassifier(
            n_estimators=rounds, num_leaves=leaves, learning_rate=rate, min_child_samples=least, colsample_bytree=share,
            subsample=0.8, subsample_freq=1, reg_lambda=penalty, n_jobs=2, verbose=-1, random_state=1,
        )  # fmt: skip

    def stopped(model: Any, inside: Any) -> tuple[Any, int]:
        held_out = (rows.values[~inside], rows.slips[~inside])
        model.fit(rows.values[inside], rows.slips[inside], eval_X=held_out[0], eval_y=held_out[1],
                  callbacks=[early_stopping(_PATIENCE, verbose=False)])  # fmt: skip
        return model, int(model.best_iteration_)

    return _boosted(rows, ahead, _LIGHTGBM, make, stopped)


def catboost(rows: Training, ahead: Floats) -> Rival:
    """CatBoost."""
    from catboost import CatBoostClassifier  # noqa: PLC0415

    def make(setting: tuple[Any, ...], rounds: int) -> Any:
        depth, rate, penalty = setting
        return CatBoostClassifier(
            iterations=rounds, depth=depth, learning_rate=rate, l2_leaf_reg=penalty, rsm=0.5, random_seed=1,
            thread_count=2, verbose=0, allow_writing_files=False,
        )  # fmt: skip

    def stopped(model: Any, inside: Any) -> tuple[Any, int]:
        held_out = (rows.values[~inside], rows.slips[~inside])
        model.fit(rows.values[inside], rows.slips[inside], eval_set=held_out,
                  early_stopping_rounds=_PATIENCE)  # fmt: skip
        return model, int(model.get_best_iteration()) + 1

    return _boosted(rows, ahead, _CATBOOST, make, stopped)


def _boosted(
    rows: Training, ahead: Floats, settings: Iterable[tuple[Any, ...]], make: Callable[[tuple[Any, ...], int], Any],
    stopped: Callable[[Any, Any], tuple[Any, int]],
) -> Rival:  # fmt: skip
    inside, tried = rows.folds != 0, []
    begin = time.perf_counter()
    for setting in settings:
        model, rounds = stopped(make(setting, _MOST_ROUNDS), inside)
        loss = _held_out(model.predict_proba(rows.values[~inside])[:, 1], rows)
        tried.append((loss, setting, rounds))
    _, setting, rounds = min(tried)
    tuned = time.perf_counter()
    last = make(setting, round(_MORE * rounds)).fit(rows.values, rows.slips)
    end = time.perf_counter()
    print(f"{type(last).__name__}: {setting} chosen, {round(_MORE * rounds)} rounds", flush=True)
    return Rival(last.predict_proba(ahead)[:, 1], tuned - begin, end - tuned)


def _held_out(p: Floats, rows: Training) -> float:
    outside = rows.folds == 0
    return log_loss(rows.slips[outside], p, rows.weight[outside])
