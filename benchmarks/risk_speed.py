"""Time and memory of training on 400,000 household-rounds and of scoring 1,000,000 households, against named alternatives.

Each measurement runs in a process of its own, so that its peak memory is its own.
Run: python -m benchmarks.risk_speed [--households 106000] [--scored 1000000] [--rounds 5]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
from joblib.externals.loky import get_reusable_executor, reusable_executor

from benchmarks.report import processor_time, table
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.panel import PanelReader, labelled_rounds
from workbench.risk.data.readable_facts import reading
from workbench.risk.model.boosting import Settings, fit_machine
from workbench.risk.model.fitting import Training, training_rows
from workbench.risk.model.glass_box import Floats
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.registry import artefact
from workbench.risk.scoring.scoring import can_slip, score, scored
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.arrow.score_tables import write_scores
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.models import stored_models
from workbench.store.schema import Origin

_ROUNDS = 5
"""Four transitions to learn from; the round that is scored comes one after them, so that drift is looked for."""
_SOME_ROWS = 40_000
"""What the machine whose own prediction is timed learns from: prediction takes as long whatever it learnt from."""
_LIGHTGBM: dict[str, Any] = {"n_estimators": 600, "num_leaves": 7, "learning_rate": 0.05, "min_child_samples": 300,
             "colsample_bytree": 0.3, "subsample": 0.8, "subsample_freq": 1, "reg_lambda": 20.0, "n_jobs": 2,
             "verbose": -1, "random_state": 1}  # fmt: skip
"""Near what tuning chooses (benchmarks/risk.py)."""
Figures = dict[str, float]


def _store(folder: Path, name: str) -> FactStore:
    return FactStore(folder / name)


def _make(folder: Path, name: str, households: int, rounds: int) -> Figures:
    store = _store(folder, name)
    begin = time.perf_counter()
    write_city(store, simulate(households, rounds, 1, divisions=DIVISIONS), Origin(simulated=True))
    return {"seconds": time.perf_counter() - begin}


def _timed(run: Callable[[], Any]) -> tuple[Any, Figures]:
    """What `run` gives, the seconds it took, and those of the processor: where a machine is shared these are what compares."""
    begin, worked = time.perf_counter(), processor_time()
    result = run()
    seconds = time.perf_counter() - begin
    if reusable_executor._executor is not None:  # noqa: SLF001 - asking for them the public way would start some
        get_reusable_executor().shutdown(
            wait=True
        )  # the time and memory of joblib's workers are known when they have ended
    return result, {"seconds": seconds, "processor": processor_time() - worked}


def _training(folder: Path) -> Training:
    reader = PanelReader(_store(folder, "trained"))
    rounds = list(labelled_rounds(reader, reader.transitions()))
    return training_rows(pl.concat(rounds, how="diagonal_relaxed"), _model(folder).about["excluded"], Settings())


def _model(folder: Path) -> RiskModel:
    (name,) = stored_models(folder)
    return artefact.load(folder / f"{name}.skops")


def _scored(folder: Path) -> tuple[FactStore, str]:
    store = _store(folder, "scored")
    return store, store.rounds()[-1]


def _framed(folder: Path) -> pl.DataFrame:
    store, last = _scored(folder)
    reader = PanelReader(store)
    framed = reader.frame(reader.next_transition(last))
    return framed.with_columns(start=pl.lit(last))


def _values(folder: Path) -> Floats:
    return _model(folder).matrix.matrix(_framed(folder).filter(can_slip()))


# -- what is measured, each in its own process ------------------------------------------------------------------------


def train_all(folder: Path) -> Figures:
    """The whole of `workbench train`."""
    model, result = _timed(lambda: train(_store(folder, "trained"), TrainingRequest()))
    artefact.save(model, folder, "")
    return {**result, "rows": model.about["rows"]}


def train_lightgbm(folder: Path) -> Figures:
    """One LightGBM fit of the same household-rounds, features given."""
    from lightgbm import LGBMClassifier  # noqa: PLC0415 - each measurement loads its own library

    rows = _training(folder)
    fitted, result = _timed(lambda: LGBMClassifier(**_LIGHTGBM).fit(rows.values, rows.slips))
    fitted.booster_.save_model(folder / "lightgbm.txt")
    return {**result, "rows": len(rows.slips)}


def score_all(folder: Path) -> Figures:
    """The whole of scoring, from facts on disk to the table in memory."""
    (store, last), model = _scored(folder), _model(folder)
    result, figures = _timed(lambda: score(store, last, model))
    _, writing = _timed(lambda: write_scores(folder / "written", result.table, result.head, Origin(simulated=True)))
    return {**figures, "rows": len(result.table), "writing": writing["seconds"]}


def score_parts(folder: Path) -> Figures:
    """Scoring taken apart: what each of its parts takes."""
    (store, last), model = _scored(folder), _model(folder)
    frame, framing = _timed(lambda: _framed(folder))
    read, moved = _timed(lambda: reading(DrawnFacts(store), last, model))
    _, figures = _timed(lambda: scored(model, frame, read))
    parts = {"reading, tiers, history": framing, "drift": moved,
             "features, probability, interval, reasons, forecast": figures}  # fmt: skip
    return {name: one["seconds"] for name, one in parts.items()}


def predict_ours(folder: Path) -> Figures:
    """Probabilities alone, features given."""
    model, values = _model(folder), _values(folder)
    return {**_timed(lambda: model.box.logit(values))[1], "rows": len(values)}


def predict_lightgbm(folder: Path) -> Figures:
    """Probabilities of LightGBM, features given."""
    from lightgbm import Booster  # noqa: PLC0415

    booster, values = Booster(model_file=str(folder / "lightgbm.txt")), _values(folder)
    return {**_timed(lambda: booster.predict(values, num_threads=2))[1], "rows": len(values)}


def predict_interpret(folder: Path) -> Figures:
    """Probabilities of our boosting machine alone by interpret's own predict_proba, features given."""
    rows = _training(folder)
    some = np.random.default_rng(1).permutation(len(rows.slips))[:_SOME_ROWS]
    # Its bags are one sum of tables when it predicts: two of them take as long as five, and less to fit.
    machine = fit_machine(rows.values[some], rows.slips[some], rows.folds[some], Settings(bags=2))
    values = _values(folder)
    return {**_timed(lambda: machine.predict_proba(values))[1], "rows": len(values)}


_MEASURES: dict[str, Callable[[Path], Figures]] = {
    run.__name__: run
    for run in (train_all, train_lightgbm, score_all, score_parts, predict_ours, predict_lightgbm, predict_interpret)
}


def _peak_mb() -> float:
    """Peak memory of this process and of two workers as large as the largest it had."""
    own, workers = (resource.getrusage(of).ru_maxrss for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own + 2 * workers) / 1024


# -- tables -----------------------------------------------------------------------------------------------------------


def _run(*arguments: str) -> Figures | None:
    command = [sys.executable, "-m", "benchmarks.risk_speed", *arguments]
    # Threads that wait for one another without turning: on a busy machine turning is most of what a small fit takes.
    own = {"OMP_WAIT_POLICY": "passive", **os.environ}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=own)  # noqa: S603 - this very file
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        print(f"{' '.join(arguments[:2])}: left out ({' '.join(last)})")
        return None
    content: Figures = json.loads(done.stdout.splitlines()[-1])
    return content


def _rows(result: dict[str, Figures | None], names: dict[str, str], reference: str) -> list[list[str]]:
    base = result.get(reference)
    return [
        [label, f"{one['rows']:,.0f}", f"{one['seconds']:.1f}", f"{one['seconds'] / base['seconds']:.2f}" if base else "",
         f"{one['processor']:.1f}", f"{one['processor'] / base['processor']:.2f}" if base else "",
         f"{one['peak_mb']:,.0f}", f"{one['peak_mb'] / base['peak_mb']:.2f}" if base else ""]
        for name, label in names.items()
        if (one := result.get(name)) is not None
    ]  # fmt: skip


def measure_all(households: int, scored: int, rounds: int) -> None:
    """Make both stores, measure, print."""
    with TemporaryDirectory() as folder:
        _run("--make", folder, "trained", str(households), str(rounds))
        _run("--make", folder, "scored", str(scored), str(rounds + 1))
        results = {name: _run("--measure", name, folder) for name in _MEASURES}
    columns = ["", "rows", "seconds", "x", "of the processor", "x", "peak MB", "x"]
    table(
        "training; x: against one LightGBM fit of the same rows", columns,
        _rows(results, {"train_lightgbm": "one LightGBM fit, features given", "train_all": "workbench train, everything"}, "train_lightgbm"),
    )  # fmt: skip
    names = {
        "predict_lightgbm": "LightGBM predicts, features given", "predict_interpret": "interpret predicts (machine alone), features given",
        "predict_ours": "our tables predict, features given", "score_all": "workbench score, everything but writing",
    }  # fmt: skip
    table("scoring; x: against LightGBM's prediction", columns, _rows(results, names, "predict_lightgbm"))
    whole, parts = results["score_all"], results["score_parts"]
    if whole and parts:
        seconds = {**{name: value for name, value in parts.items() if name != "peak_mb"}, "writing (not in the whole)": whole["writing"]}  # fmt: skip
        table(
            "parts of scoring; x: against all of it", ["part", "seconds", "x"],
            [[name, f"{value:.2f}", f"{value / whole['seconds']:.2f}"] for name, value in seconds.items()],
        )  # fmt: skip


def main() -> None:
    """Measure everything, or one thing, printed as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--households", type=int, default=106_000)
    arguments.add_argument("--scored", type=int, default=1_000_000)
    arguments.add_argument(
        "--rounds", type=int, default=_ROUNDS, help="of the city that is trained on; every one is a test as well"
    )
    arguments.add_argument("--measure", nargs=2, metavar=("NAME", "FOLDER"))
    arguments.add_argument("--make", nargs=4, metavar=("FOLDER", "NAME", "HOUSEHOLDS", "ROUNDS"))
    chosen = arguments.parse_args()
    if chosen.make:
        folder, name, households, rounds = chosen.make
        print(json.dumps(_make(Path(folder), name, int(households), int(rounds))))
    elif chosen.measure:
        name, folder = chosen.measure
        result = _MEASURES[name](Path(folder))
        print(json.dumps({**result, "peak_mb": _peak_mb()}))
    else:
        measure_all(chosen.households, chosen.scored, chosen.rounds)


if __name__ == "__main__":
    main()
