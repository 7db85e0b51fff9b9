"""Compiled tables are the fitted models themselves, missing values, bins and pairs included."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from workbench.risk.model.boosting import Settings, fit_learners, fit_machine, fit_trees, held_monotone
from workbench.risk.model.compilation import TableBuilder
from workbench.risk.model.glass_box import bin_codes
from workbench.risk.model.mixture import mixed

SETTINGS = Settings(bags=2, interactions=2, trees_most=25, machine_rate=0.1)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(3)
    values = np.column_stack([
        rng.normal(size=3000), rng.integers(0, 4, 3000).astype(float), rng.lognormal(size=3000), np.full(3000, np.nan),
    ])  # fmt: skip
    values[rng.random((3000, 4)) < 0.1] = np.nan
    logit = -1 - 1.2 * np.nan_to_num(values[:, 0]) + (values[:, 1] == 2) * np.nan_to_num(values[:, 2])
    slips = (rng.random(3000) < 1 / (1 + np.exp(-logit))).astype(float)
    return values, slips, rng.integers(0, 2, 3000)


def unseen_values():
    rng = np.random.default_rng(4)
    values = rng.normal(scale=3, size=(500, 4))
    values[rng.random((500, 4)) < 0.2] = np.nan
    return values


def test_trees_and_their_tables_are_the_same_function(data):
    values, slips, folds = data
    fitted = fit_trees(values, slips, folds, [0] * 4, SETTINGS, [(0, 2), (1, 2)])
    builder = TableBuilder(2)
    for bag, trees in enumerate(fitted):
        builder.add_trees(trees, bag)
    box = builder.build()
    assert {len(term.features) for term in box.terms} == {1, 2}
    for values_of in (values, unseen_values()):
        expected = np.column_stack([trees.decision_function(values_of) for trees in fitted])
        assert np.allclose(box.bag_logits(values_of), expected, atol=1e-5)
        assert np.allclose(box.logit(values_of), expected.mean(axis=1), atol=1e-5)


def test_values_on_a_cut_go_where_the_tree_sends_them():
    values = np.repeat(np.arange(5.0), 200)[:, None]
    slips = (values[:, 0] >= 2).astype(float)
    trees = HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=3).fit(values, slips)
    builder = TableBuilder(1)
    builder.add_trees(trees, 0)
    points = np.array([[1.0], [1.5], [np.nextafter(1.5, 2)], [2.0], [4.0], [np.nan]])
    assert np.allclose(builder.build().logit(points), trees.decision_function(points), atol=1e-6)


def test_a_boosting_machine_and_its_tables_are_the_same_function(data):
    values, slips, folds = data
    machine = fit_machine(values, slips, folds, SETTINGS)
    builder = TableBuilder(2)
    builder.add_boosting_machine(machine)
    box = builder.build()
    shares = np.bincount(folds)[::-1]  # a bag holds the rows of the other fold
    for values_of in (values, unseen_values()):
        weighted = box.bag_logits(values_of) @ shares / shares.sum()
        assert np.allclose(weighted, machine.decision_function(values_of), atol=1e-5)


def together(learners):
    return mixed(list(learners.values()), [0.5, 0.2, 0.3])


def test_contributions_add_up_to_the_logit(data):
    values, slips, folds = data
    box = together(fit_learners(values, slips, folds, [-1, 0, 0, 0], SETTINGS))
    groups = [[(position, 1.0)] for position in range(len(box.terms))]
    parts = box.contributions(unseen_values(), groups)
    assert np.allclose(parts.sum(axis=1) + box.intercepts.mean(), box.logit(unseen_values()))


def test_curves_held_monotone_are(data):
    values, slips, folds = data
    learners = fit_learners(values, slips, folds, [-1, 0, 1, 0], SETTINGS)
    box = held_monotone(together(learners), [-1, 0, 1, 0], values)
    for term in box.terms:
        if term.features in {(0,), (2,)}:
            steps = np.diff(term.tables[:, 1:], axis=1) * (-1 if term.features == (0,) else 1)
            assert (steps >= -1e-6).all()
    assert held_monotone(box, [0, 0, 0, 0], values) == box


def test_bins_hold_their_lower_cut_and_a_place_for_what_is_missing():
    assert bin_codes(np.array([np.nan, -1.0, 0.0, 0.5, 1.0, 9.0]), np.array([0.0, 1.0])).tolist() == [0, 1, 2, 2, 3, 3]
