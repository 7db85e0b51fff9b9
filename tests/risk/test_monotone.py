"""Curves are made monotone where that costs nothing, and not where several features hold one quantity and it would."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from workbench.risk.data.design_matrix import DesignMatrix
from workbench.risk.data.features import FEATURES
from workbench.risk.model.boosting import Settings
from workbench.risk.model.calibration import sigmoid
from workbench.risk.model.fitting import Training, _monotone_where_it_pays, folds_of
from workbench.risk.model.glass_box import GlassBox, Term

SETTINGS = Settings(bags=2)
FALLING = replace(next(f for f in FEATURES if f.name == "margin_unregistered"), monotone=-1)


def rows_of(logit, values):
    rng = np.random.default_rng(5)
    frame = pl.DataFrame({"household_id": [f"h{number}" for number in range(len(logit))]})
    slips = (rng.random(len(logit)) < sigmoid(logit)).astype(float)
    matrix = DesignMatrix((FALLING, replace(FALLING, name="again")), {})
    return Training(frame, matrix, {}, values, slips, np.ones(len(logit)), folds_of(frame, 2))


def box_of(*curves):
    """A glass box of a curve over each feature; both bags alike."""
    cuts = np.arange(1.0, 10.0)
    terms = tuple(
        Term((at,), (cuts,), np.tile(np.r_[0.0, curve], (2, 1)).astype(np.float32)) for at, curve in enumerate(curves)
    )
    return GlassBox(np.full(2, -1.0), terms)


@pytest.mark.parametrize(("bumps", "held"), [(0.0, True), (0.02, True), (2.0, False)])
def test_bumps_that_cancel_in_the_sum_are_not_bent_away(bumps, held):
    x = np.random.default_rng(4).integers(0, 10, 20_000)
    values = np.column_stack([x, x]).astype(float)
    slope, sawtooth = -0.15 * np.arange(10.0), bumps * (np.arange(10) % 2)
    rows = rows_of(-1 + slope[x], values)
    box, unseen, choice = _monotone_where_it_pays(box_of(slope / 2 + sawtooth, slope / 2 - sawtooth), rows)
    assert choice.held is held
    assert (choice.cost > choice.error) is not held
    assert np.allclose(unseen, box.bag_logits(values)[:, 0])
    falling = [(np.diff(term.tables[:, 1:], axis=1) <= 1e-6).all() for term in box.terms]
    assert all(falling) is held
