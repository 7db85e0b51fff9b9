"""The model on a simulated city, last transition held out, against the truth and against rivals tuned in the same run.

Run: python -m benchmarks.risk [--households 20000 100000] [--drift 0 1] [--seed 1] [--parts]
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.report import table
from benchmarks.risk_city import City, simulated_city
from benchmarks.risk_rivals import Rival, rivals
from workbench.risk.evaluation.metrics import caught, explained_share, metrics_of
from workbench.risk.evaluation.reliability import ece
from workbench.risk.model.baselines import margin_only
from workbench.risk.model.boosting import Settings, fit_machine, fit_trees
from workbench.risk.model.calibration import sigmoid
from workbench.risk.model.fitting import Training, fit
from workbench.risk.model.glass_box import Floats

_OURS = "workbench"
_REFERENCE = "LightGBM"
_REDRAWN = 20
_COLUMNS = [
    "",
    "expl. %",
    "behind",
    "lifted",
    "unreg.",
    "log loss",
    "AUC",
    "recall %",
    "ECE",
    "redrawn",
    "smECE",
    "exp./obs.",
    "fit",
    "tuned",
]
"""Calibration errors are over the floor of label noise: with the labels as they fell, and with labels drawn anew.

`behind`: by how many points of the explained share ours is ahead, and its standard error between households. `recall`: the
share of the slips among the tenth that is likeliest.
"""


@dataclass(frozen=True)
class Contest:
    """Probabilities of the rows held out, by candidate."""

    city: City
    rivals: dict[str, Rival]


def contest(city: City, settings: Settings, *, parts: bool) -> Contest:
    """Every candidate, fitted to the same rows and features; ours may leave out counties, by its own test."""
    own = city.training(settings)
    results = {_OURS: _timed(lambda: _whole(city, own, own.matrix.matrix(city.ahead), settings))}
    if parts:
        results |= _parts(own, own.matrix.matrix(city.ahead), settings)
    rows = city.training(settings, all_places=True)
    ahead = rows.matrix.matrix(city.ahead)
    results |= {name: run(rows, ahead) for name, run in rivals().items()}
    results["margin alone"] = _timed(lambda: _margin(rows, ahead, settings))
    results["one rate"] = Rival(np.full(len(ahead), np.average(rows.slips, weights=rows.weight)), 0.0, 0.0)
    results["the truth"] = Rival(city.truth, 0.0, 0.0)
    return Contest(city, results)


def _timed(run: Callable[[], Floats]) -> Rival:
    begin = time.perf_counter()
    p = run()
    return Rival(p, 0.0, time.perf_counter() - begin)


def _whole(city: City, rows: Training, ahead: Floats, settings: Settings) -> Floats:
    fitted = fit(rows, settings)
    return sigmoid(fitted.calibration.apply(fitted.box.logit(ahead), city.ahead))


def _parts(rows: Training, ahead: Floats, settings: Settings) -> dict[str, Rival]:
    """The two learners by themselves, not calibrated."""
    begin = time.perf_counter()
    machine = fit_machine(rows.values, rows.slips, rows.folds, settings)
    middle = time.perf_counter()
    pairs = [tuple(term) for term in machine.term_features_ if len(term) > 1]
    trees = fit_trees(rows.values, rows.slips, rows.folds, rows.monotone, settings, pairs)
    end = time.perf_counter()
    logit = np.mean([each.decision_function(ahead) for each in trees], axis=0)
    return {
        "its machine": Rival(machine.predict_proba(ahead)[:, 1], 0.0, middle - begin),
        "its trees": Rival(sigmoid(logit), 0.0, end - middle),
    }


def _margin(rows: Training, ahead: Floats, settings: Settings) -> Floats:
    box = margin_only(rows.matrix, rows.values, rows.slips, rows.folds, settings)
    return sigmoid(box.logit(ahead))


def _row(name: str, of: Contest) -> list[str]:
    city, rival = of.city, of.rivals[name]
    reference = of.rivals.get(_REFERENCE, of.rivals[_OURS])
    metrics = metrics_of(city.slips, rival.p, truth=city.truth)
    floor, large = metrics.noise_floor, metrics.in_the_large
    assert metrics.log_loss
    assert metrics.auc
    assert floor
    assert large
    shares = [_share(city, rival.p, kind) for kind in (None, "lifted", "unregistered")]
    whole = (rival.tuning + rival.fitting) / (reference.tuning + reference.fitting)
    return [
        name,
        f"{100 * shares[0]:.1f}",
        _behind(city, rival.p, of.rivals[_OURS].p),
        *(f"{100 * share:.1f}" for share in shares[1:]),
        f"{metrics.log_loss.value:.5f}",
        f"{metrics.auc.value:.4f}",
        f"{100 * (caught(city.slips, rival.p, 0.1) or 0):.1f}",
        f"{(metrics.ece or 0) / floor.ece_mean:.2f}",
        f"{_redrawn(city, rival.p) / floor.ece_mean:.2f}",
        f"{(metrics.smece or 0) / floor.smece_mean:.2f}",
        f"{large.expected / large.observed:.3f}",
        f"{rival.fitting / reference.fitting:.2f}",
        f"{whole:.2f}",
    ]


def _redrawn(city: City, p: Floats) -> float:
    """The mean calibration error where the truth tells labels anew: free of the luck of the labels that fell."""
    rng = np.random.default_rng(0)
    return float(np.mean([ece(rng.random(len(p)) < city.truth, p) for _ in range(_REDRAWN)]))


def _behind(city: City, p: Floats, ours: Floats) -> str:
    """Points of the explained share that ours is ahead by: a paired difference, household by household."""
    if p is ours:
        return ""
    difference = _expected_losses(city, p) - _expected_losses(city, ours)
    of_base = _expected_losses(city, np.full(len(p), city.truth.mean()))
    explainable = float((of_base - _expected_losses(city, city.truth)).mean())
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    return f"{100 * difference.mean() / explainable:+.2f} ± {100 * error / explainable:.2f}"


def _expected_losses(city: City, p: Floats) -> Floats:
    """The log loss of each household, (rows,), expected under its true probability: free of the luck of the label."""
    inside = np.clip(p, 1e-12, 1 - 1e-12)
    losses: Floats = -(city.truth * np.log(inside) + (1 - city.truth) * np.log1p(-inside))
    return losses


def _share(city: City, p: Floats, kind: str | None) -> float:
    rows = city.kind(kind) if kind else np.ones(len(p), dtype=bool)
    return explained_share(p[rows], city.truth[rows]) or 0.0


def _summary(contests: dict[tuple[int, float, int], Contest]) -> None:
    """Explained shares averaged over cities of one size and drift, with the standard deviation between them."""
    kinds = sorted({(households, drift) for households, drift, _ in contests})
    for households, drift in kinds:
        alike = [of for (size, far, _), of in contests.items() if (size, far) == (households, drift)]
        shares = {name: [100 * _share(of.city, of.rivals[name].p, None) for of in alike] for name in alike[0].rivals}
        ahead = {name: np.subtract(shares[_OURS], own) for name, own in shares.items()}
        table(
            f"{households:,} households, drift {drift:g}: explained %, {len(alike)} cities",
            ["", "mean", "ours ahead by", "least", "most"],
            [[name, f"{np.mean(own):.1f}", f"{ahead[name].mean():+.1f}", f"{ahead[name].min():+.1f}", f"{ahead[name].max():+.1f}"]
             for name, own in shares.items()],
        )  # fmt: skip


def main() -> None:
    """Simulate, fit, judge and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--households", type=int, nargs="+", default=[20_000, 100_000])
    arguments.add_argument("--drift", type=float, nargs="+", default=[0.0, 1.0])
    arguments.add_argument("--seed", type=int, nargs="+", default=[1], help="a city for each")
    arguments.add_argument("--parts", action="store_true", help="also the two learners by themselves")
    chosen = arguments.parse_args()
    settings, contests = Settings(), {}
    for households, drift, seed in [(h, d, s) for h in chosen.households for d in chosen.drift for s in chosen.seed]:
        result = contest(simulated_city(households, drift, seed), settings, parts=chosen.parts)
        contests[households, drift, seed] = result
        reference = _REFERENCE if _REFERENCE in result.rivals else _OURS
        table(
            f"{households:,} households, drift {drift:g}, seed {seed}; {len(result.city.ahead):,} judged, "
            f"{result.city.slips.sum():,.0f} slips; times against {reference}",
            _COLUMNS,
            [_row(name, result) for name in result.rivals],
        )
    if len(chosen.seed) > 1:
        _summary(contests)


if __name__ == "__main__":
    main()
