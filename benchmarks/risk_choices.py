"""What was tried before the model was made as it is: calibrators, county shifts, ensembles, and the learners' settings.

Explained shares (%) on simulated cities, the last transition held out, every alternative in the same run.
Run: python -m benchmarks.risk_choices [--households 20000] [--drift 0 1] [--seed 1 2] [--tables TITLE …]
"""

import argparse
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from benchmarks.report import table
from benchmarks.risk_city import City, simulated_city
from workbench.risk.evaluation.metrics import explained_share
from workbench.risk.model.boosting import Settings, fit_machine, fit_trees, held_monotone
from workbench.risk.model.calibration import Calibration, calibrate, sigmoid
from workbench.risk.model.compilation import TableBuilder
from workbench.risk.model.fitting import Training, fit
from workbench.risk.model.glass_box import Floats, GlassBox
from workbench.risk.model.mixture import mixed
from workbench.risk.model.place_variances import county_rounds

_CHOSEN = Settings()
_INTERACTIONS, _PENALTIES, _BAGS = (0, 10, 20, 30), (0.0, 10.0, 30.0), (3, 5, 8)
_PLACES = {
    "county, season, county and season": (), "county, season": ("county_season",), "season": ("county", "county_season"),
}  # fmt: skip
Shares = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Learnt:
    """Both learners fitted to a city; `box` their monotone mean; logits of the rows ahead and, unseen, of those behind."""

    city: City
    rows: Training
    ahead: Floats
    machine: Any
    trees: list[Any]
    box: GlassBox

    @property
    def logit(self) -> Floats:
        """The logit of the rows ahead, not calibrated."""
        return self.box.logit(self.ahead)

    @property
    def unseen(self) -> Floats:
        """The logit of the rows learnt from, by the fit that left each household out."""
        return self.box.bag_logits(self.rows.values)[np.arange(len(self.rows.slips)), self.rows.folds]

    def share(self, logit: Floats) -> float:
        """Explained share of a logit of the rows ahead."""
        return 100 * (explained_share(sigmoid(logit), self.city.truth) or 0)


def learnt(city: City, settings: Settings) -> Learnt:
    """Machine and trees as `boosting.fit_learners` fits them, half each, the learners kept."""
    rows = city.training(settings)
    machine = fit_machine(rows.values, rows.slips, rows.folds, settings)
    pairs = [tuple(term) for term in machine.term_features_ if len(term) > 1]
    trees = fit_trees(rows.values, rows.slips, rows.folds, rows.monotone, settings, pairs)
    box = held_monotone(_mean(machine, trees, settings), rows.monotone, rows.values)
    return Learnt(city, rows, rows.matrix.matrix(city.ahead), machine, trees, box)


def _mean(machine: Any, trees: list[Any], settings: Settings) -> GlassBox:
    of_machine, of_trees = TableBuilder(settings.bags), TableBuilder(settings.bags)
    of_machine.add_boosting_machine(machine)
    for bag, one in enumerate(trees):
        of_trees.add_trees(one, bag)
    return mixed([of_machine.build(), of_trees.build()], [0.5, 0.5])


# -- what is compared -------------------------------------------------------------------------------------------------


def ensembles(result: Learnt) -> Iterator[tuple[str, float]]:
    """The learners alone and together, none calibrated."""
    rows = result.rows
    free = fit_trees(rows.values, rows.slips, rows.folds, rows.monotone, _CHOSEN)
    machine, paired, unconstrained = (
        result.machine.decision_function(result.ahead), _decided(result.trees, result.ahead), _decided(free, result.ahead),
    )  # fmt: skip
    yield "boosting machine alone", result.share(machine)
    yield "trees alone, held to its pairs", result.share(paired)
    yield "trees alone, free to meet", result.share(unconstrained)
    yield "mean of machine and held trees, before curves are made monotone", result.share((machine + paired) / 2)
    yield "mean of machine and held trees, monotone (kept)", result.share(result.logit)
    yield "mean of machine and free trees (no glass box)", result.share((machine + unconstrained) / 2)
    yield "machine under monotone constraints alone", result.share(_constrained(rows).decision_function(result.ahead))


def _decided(trees: list[Any], values: Floats) -> Floats:
    return np.asarray(np.mean([each.decision_function(values) for each in trees], axis=0))


def _constrained(rows: Training) -> Any:
    """The boosting machine with the constraints given to it instead of made good afterwards."""
    from interpret.glassbox import ExplainableBoostingClassifier  # noqa: PLC0415 - heavy

    machine = ExplainableBoostingClassifier(
        feature_types=["continuous"] * rows.values.shape[1], interactions=_CHOSEN.pairs(len(rows.slips)), outer_bags=_CHOSEN.bags,
        max_bins=_CHOSEN.bins, learning_rate=_CHOSEN.machine_rate, reg_lambda=_CHOSEN.machine_penalty, min_hessian=1.0,
        random_state=_CHOSEN.seed, n_jobs=2, monotone_constraints=rows.monotone,
    )  # fmt: skip
    held_out = rows.folds[:, None] == np.arange(_CHOSEN.bags)[None, :]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of features that are missing wholly in a bag
        return machine.fit(rows.values, rows.slips.astype(int), bags=np.where(held_out, -1, 1).astype(np.int8))


def calibrators(result: Learnt) -> Iterator[tuple[str, float]]:
    """Fitted to the unseen logits of all rounds; counties left alone."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    unseen, slips, ahead = result.unseen, result.rows.slips, result.logit
    ours = _ours(result)
    platt = LogisticRegression(C=np.inf).fit(unseen[:, None], slips)
    quadratic = LogisticRegression(C=np.inf).fit(_squared(unseen), slips)
    steps = IsotonicRegression(out_of_bounds="clip").fit(unseen, slips)
    yield "none", result.share(ahead)
    yield "Platt where it gains more than its parameters (kept)", result.share(ours.intercept + ours.slope * ahead)
    yield "Platt", result.share(platt.decision_function(ahead[:, None]))
    yield "quadratic in the logit", result.share(quadratic.decision_function(_squared(ahead)))
    yield "isotonic", 100 * (explained_share(steps.predict(ahead), result.city.truth) or 0)
    last = (result.rows.frame["start"] == result.rows.frame["start"].max()).to_numpy()
    steps = IsotonicRegression(out_of_bounds="clip").fit(unseen[last], slips[last])
    yield "isotonic on the last round alone", 100 * (explained_share(steps.predict(ahead), result.city.truth) or 0)


def _squared(logit: Floats) -> Floats:
    return np.column_stack([logit, logit**2])


def _ours(result: Learnt) -> Calibration:
    rows = result.rows
    return calibrate(result.unseen, rows.slips, rows.frame)


def county_shifts(result: Learnt) -> Iterator[tuple[str, float]]:
    """Yield log losses with shifts of counties by name, after Platt's line."""
    ours, county, rows = _ours(result), result.city.ahead["county_code"], result.rows
    line = replace(ours, counties={})
    p = sigmoid(line.apply(result.unseen, rows.frame["county_code"]))
    cells = county_rounds(p, rows.slips, rows.weight, rows.frame["county_code"], rows.frame["start"])
    last = cells.filter(pl.col("start") == pl.col("start").max())
    raw = {code: float(np.log(max(seen, 0.5) / expected)) for code, seen, expected in last.select("county", "observed", "expected").iter_rows()}  # fmt: skip
    yield "none", result.share(line.apply(result.logit, county))
    yield "shrunken, what agrees between rounds (kept)", result.share(ours.apply(result.logit, county))
    yield "the last round's ratio as it is", result.share(replace(line, counties=raw).apply(result.logit, county))


def places(city: City) -> Iterator[tuple[str, float]]:
    """What the learners may know of where and when, everything else alike; counties shifted by the calibration."""
    everything = city.training(_CHOSEN, all_places=True)
    tested = {name for name in ("county", "county_season") if name not in city.training(_CHOSEN).matrix.names}
    shares = {}
    for name, gone in _PLACES.items():
        matrix = everything.matrix.without(gone)
        rows = replace(everything, matrix=matrix, values=matrix.matrix(everything.frame))
        result = fit(rows, _CHOSEN)
        logit = result.calibration.apply(result.box.logit(matrix.matrix(city.ahead)), city.ahead)
        shares[frozenset(gone)] = 100 * (explained_share(sigmoid(logit), city.truth) or 0)
        yield name, shares[frozenset(gone)]
    yield "by what lasted between rounds (kept)", shares[frozenset(tested)]


def settings_of_machine(city: City) -> Iterator[tuple[str, float]]:
    """The boosting machine alone, one setting moved at a time."""
    stored = replace(_CHOSEN, interactions=_CHOSEN.pairs(sum(len(each) for each in city.known)))
    moved = [
        *(("pairs", str(each), replace(stored, interactions=each)) for each in _INTERACTIONS),
        *(("penalty", f"{each:g}", replace(stored, machine_penalty=each)) for each in _PENALTIES),
        *(("bags", str(each), replace(stored, bags=each)) for each in _BAGS),
    ]
    done: dict[Settings, float] = {}
    for name, value, settings in moved:
        if settings not in done:
            rows = city.training(settings)
            machine = fit_machine(rows.values, rows.slips, rows.folds, settings)
            p = machine.predict_proba(rows.matrix.matrix(city.ahead))[:, 1]
            done[settings] = 100 * (explained_share(p, city.truth) or 0)
        yield f"{name} {value}{' (kept)' if settings == stored else ''}", done[settings]


# -- tables -----------------------------------------------------------------------------------------------------------

_OF_A_FIT: dict[str, Callable[[Learnt], Iterator[tuple[str, float]]]] = {
    "ensembles": ensembles, "calibrators on unseen logits": calibrators, "county shifts": county_shifts,
}  # fmt: skip
_OF_A_CITY: dict[str, Callable[[City], Iterator[tuple[str, float]]]] = {
    "what learners know of places": places, "the boosting machine alone": settings_of_machine,
}  # fmt: skip
_TABLES = (*_OF_A_FIT, *_OF_A_CITY)


def of_city(city: City, tables: Collection[str]) -> Shares:
    """Explained share of everything compared, by table and name."""
    results: Shares = {}
    if set(tables) & set(_OF_A_FIT):
        fitted = learnt(city, _CHOSEN)
        results = {
            (title, name): share for title, run in _OF_A_FIT.items() if title in tables for name, share in run(fitted)
        }
    return results | {
        (title, name): share for title, run in _OF_A_CITY.items() if title in tables for name, share in run(city)
    }


def _show(title: str, cities: dict[str, Shares]) -> None:
    results = {city: {name: share for (of, name), share in shares.items() if of == title} for city, shares in cities.items()}  # fmt: skip
    names = next(iter(results.values()))
    if names:
        rows = [[name, *(f"{shares[name]:.1f}" for shares in results.values()), f"{np.mean([shares[name] for shares in results.values()]):.2f}"] for name in names]  # fmt: skip
        table(f"{title}: explained %", ["", *results, "mean"], rows)


def main() -> None:
    """Simulate, fit, compare and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--households", type=int, default=20_000)
    arguments.add_argument("--drift", type=float, nargs="+", default=[0.0, 1.0])
    arguments.add_argument("--seed", type=int, nargs="+", default=[1, 2])
    arguments.add_argument("--tables", nargs="+", choices=_TABLES, default=_TABLES)
    chosen = arguments.parse_args()
    print(f"{chosen.households:,} households, six rounds; {_CHOSEN}")
    cities = {}
    for drift in chosen.drift:
        for seed in chosen.seed:
            city = simulated_city(chosen.households, drift, seed)
            cities[f"drift {drift:g}, {seed}"] = of_city(city, chosen.tables)
    for title in chosen.tables:
        _show(title, cities)


if __name__ == "__main__":
    main()
