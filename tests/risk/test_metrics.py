"""Metrics against their definitions, scikit-learn and SciPy; intervals against what they promise."""

import json

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, d2_log_loss_score, roc_auc_score
from sklearn.metrics import log_loss as reference_log_loss

from workbench.risk.evaluation.base_rate import base_rate_shift
from workbench.risk.evaluation.metrics import (
    auc,
    auc_estimate,
    brier,
    caught,
    d2,
    explained_share,
    log_loss,
    loss_difference,
    metrics_of,
)
from workbench.risk.evaluation.reliability import ece, in_the_large, noise_floor, recalibration, reliability
from workbench.risk.evaluation.smooth_ece import smooth_calibration_error


def drawn(count, seed=0, centre=-2.5, spread=1.2):
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-rng.normal(centre, spread, count)))
    return (rng.random(count) < p).astype(float), p, rng


@pytest.mark.parametrize("weighted", [False, True])
def test_losses_and_area_agree_with_scikit_learn(weighted):
    y, p, rng = drawn(2_000)
    p = np.round(p, 2)  # with ties, and some exact zeros
    weight = rng.uniform(0.2, 5, len(y)) if weighted else None
    inside = np.clip(p, 1e-9, 1 - 1e-9)
    assert log_loss(y, p, weight) == pytest.approx(reference_log_loss(y, inside, sample_weight=weight))
    assert brier(y, p, weight) == pytest.approx(brier_score_loss(y, p, sample_weight=weight))
    assert auc(y, p, weight) == pytest.approx(roc_auc_score(y, p, sample_weight=weight))
    assert d2(y, p, weight) == pytest.approx(d2_log_loss_score(y, inside, sample_weight=weight))


def delong(y, p):
    slips, others = p[y == 1], p[y == 0]
    wins = (slips[:, None] > others) + 0.5 * (slips[:, None] == others)
    return np.sqrt(wins.mean(1).var(ddof=1) / len(slips) + wins.mean(0).var(ddof=1) / len(others))


def test_error_of_the_area_is_delongs():
    y, p, _ = drawn(800, seed=3)
    result = auc_estimate(y, np.round(p, 2))
    assert result.error == pytest.approx(delong(y, np.round(p, 2)), rel=0.02)
    assert result.low < result.value < result.high <= 1


def test_rows_of_one_household_are_one_observation():
    y, p, _ = drawn(600, seed=4)
    once = metrics_of(y, p, resamples=0)
    thrice = metrics_of(np.tile(y, 3), np.tile(p, 3), groups=np.tile(np.arange(600), 3), resamples=0)
    for name in ("log_loss", "brier", "auc"):
        one, three = getattr(once, name), getattr(thrice, name)
        assert (three.value, three.error) == (pytest.approx(one.value), pytest.approx(one.error))
    assert thrice.recalibration.slope.error == pytest.approx(once.recalibration.slope.error, rel=1e-6)


def test_paired_difference_is_the_paired_t_test():
    y, p, rng = drawn(500, seed=5)
    other = np.clip(p * np.exp(rng.normal(0, 0.5, 500)), 0.001, 0.99)
    result = loss_difference(y, p, other)
    losses = [-(y * np.log(q) + (1 - y) * np.log(1 - q)) for q in (p, other)]
    assert result.value / result.error == pytest.approx(stats.ttest_rel(*losses).statistic)


def test_intervals_cover():
    held = {"log_loss": 0, "auc": 0, "ratio": 0, "slope": 0}
    truth = metrics_of(*drawn(200_000, seed=99)[:2], resamples=0)
    for seed in range(300):
        metrics = metrics_of(*drawn(1_500, seed=1000 + seed)[:2], resamples=0)
        for name in ("log_loss", "auc"):
            held[name] += getattr(metrics, name).low <= getattr(truth, name).value <= getattr(metrics, name).high
        held["ratio"] += metrics.in_the_large.ratio.low <= 1 <= metrics.in_the_large.ratio.high
        held["slope"] += metrics.recalibration.slope.low <= 1 <= metrics.recalibration.slope.high
    assert all(273 <= count <= 298 for count in held.values()), held


def test_explained_share():
    _, truth, rng = drawn(5_000)
    base = np.full(5_000, truth.mean())
    assert explained_share(truth, truth) == pytest.approx(1)
    assert explained_share(base, truth) == pytest.approx(0)
    blurred = truth * np.exp(rng.normal(0, 0.3, 5_000)) / 1.05
    share = explained_share(np.clip(blurred, 0, 0.99), truth)
    y = (rng.random((400, 5_000)) < truth).mean(0)  # many draws of labels tell the same
    losses = [log_loss(y, q) for q in (base, np.clip(blurred, 0, 0.99), truth)]
    assert share == pytest.approx((losses[0] - losses[1]) / (losses[0] - losses[2]), abs=0.02)
    assert explained_share(truth, base) is None


def direct_smoothed(y, p, weight, width, points=4_001):
    t = np.linspace(0, 1, points)[:, None]
    kernel = sum(stats.norm.pdf(t, sign * p + 2 * k, width) for k in range(-3, 4) for sign in (1, -1))
    curve = np.abs((kernel * (weight * (y - p))).sum(1)) / weight.sum()
    return np.trapezoid(curve, t[:, 0])


@pytest.mark.parametrize(("count", "bias"), [(40, 0.0), (300, 0.0), (300, 0.2)])
def test_smooth_calibration_error_is_its_definition(count, bias):
    y, p, rng = drawn(count, seed=count, centre=-1.0)
    p = np.clip(p + bias, 0, 1)
    weight = rng.uniform(0.5, 2, count)
    result = smooth_calibration_error(y, p, weight)
    assert direct_smoothed(y, p, weight, result) == pytest.approx(result, rel=1e-3)


def test_ece_of_known_bins():
    p, y = np.repeat([0.1, 0.5, 0.9], 100), np.zeros(300)
    y[:20], y[100:150], y[200:280] = 1, 1, 1
    assert ece(y, p, bins=3) == pytest.approx((0.1 + 0.0 + 0.1) / 3)
    assert ece(y[:20], p[:20]) == pytest.approx(0.9)  # few rows: one bin
    weight = np.repeat([2.0, 1.0, 1.0], 100)
    assert ece(y, p, weight, bins=3) == pytest.approx((2 * 0.1 + 0.1) / 4)


def test_noise_floor_holds_a_perfect_model_and_not_a_biased_one():
    y, p, _ = drawn(20_000, seed=8)
    floor = noise_floor(p, resamples=60)
    assert floor.ece_mean < floor.ece_95
    assert floor.smece_mean < floor.smece_95
    assert ece(y, p) < 1.2 * floor.ece_95
    assert ece(y, p * 1.3) > 2 * floor.ece_95
    assert smooth_calibration_error(y, p * 1.3) > 2 * floor.smece_95
    assert noise_floor(p, resamples=5) == noise_floor(p, resamples=5)


def test_recalibration_agrees_with_scikit_learn():
    y, p, rng = drawn(3_000, seed=9)
    odds, weight = 2 * np.log(p / (1 - p)) + 1, rng.uniform(0.5, 3, 3_000)
    result = recalibration(y, 1 / (1 + np.exp(-odds)), weight)
    reference = LogisticRegression(C=np.inf, tol=1e-10, max_iter=500).fit(odds[:, None], y, sample_weight=weight)
    assert result.slope.value == pytest.approx(reference.coef_[0, 0], rel=1e-4)
    assert result.intercept.value == pytest.approx(reference.intercept_[0], rel=1e-3)
    assert result.slope.low < 0.5 < result.slope.high


def test_in_the_large():
    y, p = np.array([1.0] * 30 + [0.0] * 970), np.full(1_000, 0.02)
    result = in_the_large(y, p)
    assert (result.observed, result.expected) == (30, pytest.approx(20))
    assert result.z == pytest.approx(10 / np.sqrt(1_000 * 0.02 * 0.98))
    assert result.ratio.low > 1
    none = in_the_large(np.zeros(1_000), p)
    assert none.ratio.low == 0 < none.ratio.high < 1


def test_reliability_bins_expect_ten_slips_and_bands_hold_what_they_say():
    inside, bins = 0, 0
    for seed in range(60):
        curve = reliability(*drawn(3_000, seed=seed, centre=-4)[:2])
        assert len(curve) > 2
        assert all(point.rows * point.expected >= 9.99 for point in curve)
        assert [point.expected for point in curve] == sorted(point.expected for point in curve)
        inside += sum(point.low <= point.observed <= point.high for point in curve)
        bins += len(curve)
    assert 0.86 < inside / bins < 0.95
    assert len(reliability(*drawn(60)[:2])) == 1
    assert len(reliability(*drawn(50_000)[:2])) == 15
    assert reliability([], []) == ()


@pytest.mark.parametrize(
    ("y", "p"),
    [([], []), ([0], [0.3]), ([1], [1.0]), ([0, 0, 0], [0.1, 0.0, 0.2]), ([0, 1], [1.0, 0.0]), ([0, 1], [0.0, 1.0]), ([1, 0] * 50, [0.2] * 100)],
)  # fmt: skip
def test_degenerate_rows_are_judged_all_the_same(y, p):
    record = metrics_of(np.array(y), np.array(p), truth=np.array(p), resamples=3).record()
    json.dumps(record, allow_nan=False)
    assert record["rows"] == len(y)
    if len(set(y)) < 2:
        assert record["auc"] is None
        assert record["d2"] is None
        assert record["recalibration"] is None


def test_base_rate_shift():
    expected, variance = {"a": 120.0, "b": 400.0, "c": 50.0}, {"a": 110.0, "b": 370.0, "c": 45.0}
    (result,) = base_rate_shift(expected, variance, {"a": 190, "b": 410}, 0.1, 0.1)
    assert (result.county, result.far, result.observed) == ("a", True, 190)
    assert result.z == pytest.approx(70 / np.sqrt(110 + 0.02 * 120**2))
    assert result.zh == "预计 120 户风险变差，实际 190 户，远超往常的波动"
    assert result.low < 120 < result.high < 190
    everywhere = base_rate_shift(expected, variance, {"a": 60, "b": 200, "c": 25}, 0.1, 0.1)
    assert everywhere[0].county is None
    assert everywhere[0].z < -2
    assert base_rate_shift(expected, variance, {"a": 190, "b": 410}, 0.4, 0.1) == ()
    assert base_rate_shift({}, {}, {}, 0.1, 0.1) == ()


def test_what_is_caught_in_a_share_of_visits():
    slips, p = np.array([1, 0, 1, 0, 0, 0, 0, 1, 0, 0]), np.linspace(1, 0.1, 10)
    assert caught(slips, p, 0.1) == pytest.approx(1 / 3)
    assert caught(slips, p, 0.3) == pytest.approx(2 / 3)
    assert caught(slips, np.full(10, 0.2), 0.1) == pytest.approx(0.1)
    assert caught(slips, p, 0.5, np.array([5, 1, 1, 1, 1, 1, 1, 1, 1, 1])) == pytest.approx(6 / 7)
    assert caught(np.zeros(10), p, 0.5) is None
