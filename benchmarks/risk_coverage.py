"""Whether intervals cover what they state: many small simulated cities, each trained on, scored, and judged on its last round.

Run: python -m benchmarks.risk_coverage [--households 6000] [--cities 12] [--drift 0 1] [--processes 1]
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import polars as pl

from benchmarks.report import table
from benchmarks.risk_city import city_store
from workbench.risk.data.panel import PanelReader
from workbench.risk.evaluation.evaluation import LEVEL, by_county, total_interval
from workbench.risk.evaluation.evaluation_data import EvaluationData
from workbench.risk.evaluation.metrics import explained_share, metrics_of
from workbench.risk.evaluation.standard_errors import logit, two_sided
from workbench.risk.model.glass_box import Floats
from workbench.risk.model.peers import standings
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.scoring.scoring import score
from workbench.store.facts import FactStore
from workbench.store.truth import read_truth

_FEW = 5.0
"""County totals of fewer expected slips are told apart: there nearly any interval covers."""
_FIRST_SEED = 101


@dataclass(frozen=True)
class Checked:
    """One city: by county `expected` slips, whether within the interval and within that of chance alone, both widths.

    The share of households whose true probability lies within: `by_width` of each fifth by the width of the interval in the
    logit, the narrowest first; `by_p` of each fifth by probability, the least first; `by_standing` of each tier or kind.
    """

    drift: float
    counties: pl.DataFrame
    city_within: bool
    city_within_chance: bool
    stored: tuple[float, float, float]
    by_width: list[float]
    by_p: list[float]
    by_standing: dict[str, float]
    ece: float
    smece: float
    explained: float


def checked(households: int, drift: float, seed: int) -> Checked:
    """Train up to the last round but one as the command does, score that round, compare with what came."""
    with city_store(households, drift, seed) as store:
        last, end = store.rounds()[-2:]
        model = train(store, TrainingRequest(until=last))
        scores = pl.DataFrame(score(store, last, model).table)
        frame = _joined(store, last, end, scores)
    slips, p, truth = (frame[name].cast(pl.Float64).to_numpy() for name in ("slip", "p_slip", "truth"))
    data = EvaluationData(frame, slips, np.ones(len(p)), {"model": p, "margin": p})
    metrics = metrics_of(slips, p, truth=truth)
    assert metrics.noise_floor
    floor = metrics.noise_floor
    return Checked(
        drift, _counties(data, model), *_city(data, model), _between(frame["p_low"], frame["p_high"], truth),
        *_by_part(frame, truth),
        (metrics.ece or 0) / floor.ece_mean, (metrics.smece or 0) / floor.smece_mean, explained_share(p, truth) or 0,
    )  # fmt: skip


def _joined(store: FactStore, last: str, end: str, scores: pl.DataFrame) -> pl.DataFrame:
    reader = PanelReader(store)
    (step,) = [step for step in reader.transitions() if (step.start, step.end) == (last, end)]
    labelled = reader.labelled(step).filter(pl.col("slip").is_not_null()).with_columns(start=pl.lit(last))
    truth = read_truth(store.root, last)
    assert truth is not None
    return labelled.join(scores.select("household_id", "p_slip", "p_low", "p_high"), on="household_id").join(
        truth.rename({"p_slip": "truth"}), on="household_id"
    )


def _counties(data: EvaluationData, model: RiskModel) -> pl.DataFrame:
    result = by_county(data, model.dispersion)
    rows = []
    for name, one in result.items():
        low, high = one["expected_interval"]
        p = data.model[(data.frame["county_code"] == name).to_numpy()]
        own_low, own_high = _chance_interval(p)
        rows.append((one["expected_slips"], one["within"], own_low <= one["slips"] <= own_high, high - low, own_high - own_low))  # fmt: skip
    return pl.DataFrame(rows, schema=["expected", "within", "within_chance", "width", "width_chance"], orient="row")


def _city(data: EvaluationData, model: RiskModel) -> tuple[bool, bool]:
    low, high = total_interval(data, model.dispersion)
    own_low, own_high = _chance_interval(data.model)
    happened = float(data.slips.sum())
    return bool(low <= happened <= high), bool(own_low <= happened <= own_high)


def _chance_interval(p: Floats) -> tuple[float, float]:
    """What a sum of independent slips would promise (Poisson-binomial, its normal approximation)."""
    reach = two_sided(LEVEL) * float(np.sqrt(p @ (1 - p)))
    return max(float(p.sum()) - reach, 0.0), float(p.sum()) + reach


def _by_part(frame: pl.DataFrame, truth: Floats) -> tuple[list[float], list[float], dict[str, float]]:
    low, high = frame["p_low"].to_numpy(), frame["p_high"].to_numpy()
    inside, standing = (low <= truth) & (truth <= high), standings(frame).to_numpy()
    return (
        _by_fifth(logit(high) - logit(low), inside), _by_fifth(frame["p_slip"].to_numpy(), inside),
        {str(name): float(inside[standing == name].mean()) for name in sorted(set(standing))},
    )  # fmt: skip


def _by_fifth(values: Floats, inside: Floats) -> list[float]:
    fifth = np.searchsorted(np.quantile(values, (0.2, 0.4, 0.6, 0.8)), values)
    return [float(inside[fifth == k].mean()) for k in range(5)]


def _between(low: pl.Series | Floats, high: pl.Series | Floats, truth: Floats) -> tuple[float, float, float]:
    below, above = np.asarray(low), np.asarray(high)
    inside = (below <= truth) & (truth <= above)
    return float(inside.mean()), float(np.average(inside, weights=truth)), float(np.median(above / below))


# -- tables -----------------------------------------------------------------------------------------------------------


def _percent(inside: pl.Series) -> str:
    share = float(inside.to_numpy().mean()) if len(inside) else float("nan")
    return f"{100 * share:.0f} ± {100 * np.sqrt(share * (1 - share) / max(len(inside), 1)):.0f}"


def _totals(drift: float, cities: list[Checked]) -> list[list[str]]:
    counties = pl.concat([one.counties for one in cities])
    small, large = counties.filter(pl.col("expected") < _FEW), counties.filter(pl.col("expected") >= _FEW)
    whole = pl.DataFrame({"within": [one.city_within for one in cities], "within_chance": [one.city_within_chance for one in cities]})  # fmt: skip
    rows = [(f"counties, {_FEW:g} expected or more", large), (f"counties, fewer than {_FEW:g}", small), ("counties, all", counties), ("whole city", whole)]  # fmt: skip
    return [
        [f"{drift:g}", name, str(len(part)), _percent(part["within"]), _percent(part["within_chance"]),
         f"{np.median(part['width'] / part['width_chance']):.2f}" if "width" in part.columns else ""]
        for name, part in rows
    ]  # fmt: skip


def _bounds(drift: float, cities: list[Checked]) -> list[list[str]]:
    stored, widths, by_p = (np.array([getattr(one, name) for one in cities]) for name in ("stored", "by_width", "by_p"))
    whole = [f"{100 * stored[:, 0].mean():.1f}", f"{100 * stored[:, 0].min():.0f}–{100 * stored[:, 0].max():.0f}",
             f"{100 * stored[:, 1].mean():.1f}", f"{stored[:, 2].mean():.2f}"]  # fmt: skip
    names = sorted({name for one in cities for name in one.by_standing})
    by_standing = {
        name: np.mean([one.by_standing[name] for one in cities if name in one.by_standing]) for name in names
    }
    parts = [" ".join(f"{100 * share:.0f}" for share in fifths.mean(axis=0)) for fifths in (widths, by_p)]
    return [
        [f"{drift:g}", *whole, *parts, ", ".join(f"{name} {100 * share:.0f}" for name, share in by_standing.items())]
    ]


def _calibration(drift: float, cities: list[Checked]) -> list[str]:
    ece, smece = np.array([one.ece for one in cities]), np.array([one.smece for one in cities])
    explained = 100 * np.array([one.explained for one in cities])
    return [
        f"{drift:g}", f"{ece.mean():.2f} ({ece.max():.2f})", f"{smece.mean():.2f} ({smece.max():.2f})",
        f"{explained.mean():.1f} ({explained.min():.1f})",
    ]  # fmt: skip


def _show(households: int, result: dict[float, list[Checked]]) -> None:
    count = len(next(iter(result.values())))
    title = f"{count} cities a drift, {households:,} households, six rounds, the last transition held out"
    table(
        f"intervals of {100 * LEVEL:.0f} % for totals of slips; {title}",
        ["drift", "totals of", "number", "within %", "chance alone %", "times as wide"],
        [row for drift, cities in result.items() for row in _totals(drift, cities)],
    )
    table(
        f"p_low to p_high, and the true probability; {title}",
        [
            "drift",
            "households within %",
            "by city",
            "weighted by truth %",
            "median high/low",
            "by fifth of width, narrowest first %",
            "by fifth of p, least first %",
            "by tier or kind %",
        ],
        [row for drift, cities in result.items() for row in _bounds(drift, cities)],
    )
    table(
        f"calibration error over the floor of label noise, mean (most); explained share, mean (least); {title}",
        ["drift", "ECE/floor", "smECE/floor", "explained %"],
        [_calibration(drift, cities) for drift, cities in result.items()],
    )


def main() -> None:
    """Simulate, train, score, compare and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--households", type=int, default=6000)
    arguments.add_argument("--cities", type=int, default=12)
    arguments.add_argument("--drift", type=float, nargs="+", default=[0.0, 1.0])
    arguments.add_argument("--processes", type=int, default=1)
    chosen = arguments.parse_args()
    for drift in chosen.drift:
        with ProcessPoolExecutor(chosen.processes, mp_context=get_context("spawn")) as pool:
            work = [pool.submit(checked, chosen.households, drift, _FIRST_SEED + k) for k in range(chosen.cities)]
            _show(chosen.households, {drift: [one.result() for one in work]})


if __name__ == "__main__":
    main()
