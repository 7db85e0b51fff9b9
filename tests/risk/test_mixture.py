"""Learners in one glass box: splines among them where they pay, no interaction wasted on what was not asked in a round."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import scipy.linalg

from workbench.risk.data.design_matrix import DesignMatrix
from workbench.risk.data.features import FEATURES
from workbench.risk.model.boosting import Settings, fit_machine
from workbench.risk.model.fitting import Training, folds_of
from workbench.risk.model.mixture import mixed, shares_of
from workbench.risk.model.spline_learner import _STEPS, fit_splines

ROWS, BAGS = 6_000, 3
PENALTIES = (5.0, 0.1)


@pytest.fixture(scope="module")
def smooth():
    """Values, slips, folds and the true logit of a risk that is smooth in two features and their product."""
    rng = np.random.default_rng(8)
    values = rng.normal(size=(ROWS, 3))
    values[rng.random(values.shape) < 0.1] = np.nan
    first, second = np.nan_to_num(values[:, 0]), np.nan_to_num(values[:, 1])
    logit = -1.5 + np.sin(1.5 * first) + 0.8 * first * second - 0.4 * second
    slips = (rng.random(ROWS) < 1 / (1 + np.exp(-logit))).astype(float)
    return values, slips, rng.integers(0, BAGS, ROWS), logit


def test_splines_learn_curves_and_their_product_and_stay_a_sum_of_tables(smooth):
    values, slips, folds, logit = smooth
    box = fit_splines(values, slips, folds, [(0, 1)], BAGS, PENALTIES)
    assert [term.features for term in box.terms] == [(0,), (1,), (2,), (0, 1)]
    assert np.corrcoef(box.logit(values), logit)[0, 1] > 0.92
    assert np.corrcoef(fit_splines(values, slips, folds, [], BAGS, PENALTIES).logit(values), logit)[0, 1] < 0.8
    parts = box.contributions(values, [[(position, 1.0)] for position in range(4)])
    assert np.allclose(parts.sum(axis=1) + box.intercepts.mean(), box.logit(values))


def test_a_bag_knows_nothing_of_the_slips_it_leaves_out(smooth):
    values, slips, folds, _ = smooth
    other = np.where(folds == 1, 1 - slips, slips)
    first, second = (fit_splines(values, each, folds, [(0, 1)], BAGS, PENALTIES[:1]) for each in (slips, other))
    assert np.allclose(first.bag_logits(values)[:, 1], second.bag_logits(values)[:, 1], atol=0.01)
    assert not np.allclose(first.bag_logits(values)[:, 0], second.bag_logits(values)[:, 0], atol=0.5)


def test_what_all_bags_share_is_factored_once(smooth, monkeypatch):
    values, slips, folds, _ = smooth
    solved, factored = [], []

    def noted(solve, list_):
        return lambda matrix, *right: (list_.append(len(matrix)), solve(matrix, *right))[1]

    monkeypatch.setattr(np.linalg, "solve", noted(np.linalg.solve, solved))
    monkeypatch.setattr(scipy.linalg, "lu_factor", noted(scipy.linalg.lu_factor, factored))
    fit_splines(values, slips, folds, [(0, 1)], BAGS, PENALTIES[:1])
    assert len(factored) == 1
    assert len(solved) <= _STEPS  # Newton's steps, each with a curvature of its own; those of the bags take many more


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_learner_has_the_say_that_it_earns(share):
    rng = np.random.default_rng(2)
    steps, waves, noise = rng.normal(size=(3, 20_000))
    slips = (rng.random(20_000) < 1 / (1 + np.exp(1.5 - steps - 2 * share * waves))).astype(float)
    unseen = {"machine": -1.5 + steps + 0.8 * noise, "trees": -1.5 + steps, "splines": -1.5 + steps + 4 * share * waves}
    mixture = shares_of(unseen, slips)
    assert sum(mixture.shares.values()) == pytest.approx(1)
    assert mixture.shares["splines"] == pytest.approx(share, abs=0.11)
    assert mixture.shares["machine"] < 0.3
    assert (mixture.gain > 2 * mixture.error) is (share > 0)


def test_on_few_slips_the_learners_are_averaged_whichever_seems_the_better():
    rng = np.random.default_rng(4)
    logit, *noise = rng.normal(size=(4, 2_000)) - 3
    slips = (rng.random(2_000) < 1 / (1 + np.exp(-logit))).astype(float)
    unseen = dict(zip(("machine", "trees", "splines"), (logit + 0.5 * (each + 3) for each in noise), strict=True))
    assert slips.sum() < 150
    assert shares_of(unseen, slips).shares == {"machine": 0.5, "trees": 0.5, "splines": 0.0}


def test_a_learner_without_a_say_leaves_nothing_in_the_box(smooth):
    values, slips, folds, _ = smooth
    plain, paired = (fit_splines(values, slips, folds, pairs, BAGS, PENALTIES) for pairs in ([], [(0, 1)]))
    assert len(mixed([plain, paired], [1.0, 0.0]).terms) == 3
    both = mixed([plain, paired], [0.7, 0.3])
    expected = 0.7 * plain.bag_logits(values) + 0.3 * paired.bag_logits(values)
    assert np.allclose(both.bag_logits(values), expected, atol=1e-5)


def asked_late(rows=8_000):
    """Two rounds; two facts not asked in the first. What one feature does differs between the rounds, and two others interact."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=(rows, 5))
    first_round = rng.random(rows) < 0.5
    logit = -1 + np.where(first_round, 1.2, -0.6) * values[:, 0] + 0.7 * values[:, 1] * values[:, 2]
    slips = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(float)
    values[first_round, 3:] = np.nan
    frame = pl.DataFrame({
        "household_id": [f"h{number}" for number in range(rows)], "start": np.where(first_round, "2019-05", "2019-10"),
    })  # fmt: skip
    features = tuple(replace(FEATURES[0], name=f"f{at}", monotone=0) for at in range(5))
    return Training(frame, DesignMatrix(features, {}), {}, values, slips, np.ones(rows), folds_of(frame, 2))


def test_no_interaction_is_spent_on_what_was_not_asked_in_a_round():
    rows = asked_late()
    assert rows.unpaired == [3, 4]
    settings = Settings(bags=2, interactions=2, machine_rate=0.1)
    machine = fit_machine(rows.values, rows.slips, rows.folds, settings, rows.unpaired)
    pairs = {tuple(term) for term in machine.term_features_ if len(term) > 1}
    assert (1, 2) in pairs
    assert not {at for pair in pairs for at in pair} & {3, 4}
    blind = fit_machine(rows.values, rows.slips, rows.folds, settings)
    assert {at for term in blind.term_features_ if len(term) > 1 for at in term} & {3, 4}
