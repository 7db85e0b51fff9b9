"""Intervals of a household's probability cover alike whether they are narrow or wide; the truth of a simulated city tells."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from workbench.risk.data.panel import PanelReader
from workbench.risk.model.fitting import level_errors
from workbench.risk.model.peers import standings
from workbench.store.truth import read_truth

LAST = "2020-10"
QUANTILE = 1.6449  # nine in ten


def coverage(city, model):
    """The share of households whose true probability lies within: by fifth of `width` and of `p`, by `standing` and `county`."""
    reader = PanelReader(city)
    frame = reader.frame(reader.next_transition(LAST)).filter(pl.col("state") > 0).with_columns(start=pl.lit(LAST))
    truth = frame.select("household_id").join(
        read_truth(city.root, LAST), on="household_id", how="left", maintain_order="left"
    )
    values, p = model.matrix.matrix(frame), truth["p_slip"].to_numpy()
    error, logit = model.standard_error(model.box.bag_logits(values), frame), model.logit(frame, values)
    inside = np.abs(logit - np.log(p / (1 - p))) <= QUANTILE * error
    return {
        "width": by_part(fifths(error), inside),
        "p": by_part(fifths(logit), inside),
        "standing": by_part(standings(frame).to_numpy(), inside),
        "county": by_part(frame["county_code"].to_numpy(), inside),
    }


def fifths(values):
    return np.searchsorted(np.quantile(values, (0.2, 0.4, 0.6, 0.8)), values)


def by_part(parts, inside):
    return {name: float(inside[parts == name].mean()) for name in np.unique(parts)}


@pytest.fixture(scope="module")
def shares(city, model):
    return coverage(city, model)


@pytest.fixture(scope="module")
def covered(shares):
    """By fifth of width, the narrowest first."""
    return list(shares["width"].values())


def test_the_narrowest_fifth_covers_as_often_as_the_others(covered):
    assert max(covered) - min(covered) < 0.05, covered


@pytest.mark.parametrize("part", ["width", "p", "standing", "county"])
def test_no_part_falls_short_of_what_is_stated_by_more_than_five_points(shares, part):
    assert min(shares[part].values()) >= 0.85, shares[part]


def test_one_city_strays_from_what_is_stated_no_further_than_cities_do(covered):
    """Nine in ten is what cities hold on average; within one city households share errors, and all go up or down together.

    Of twelve cities the shares lay between 86 and 97 % (docs/risk-study.md, 12): seven times as far apart as households
    that err alone would be. An interval that held everybody would tell nothing, and is not let through.
    """
    assert max(covered) <= 0.985, covered


@pytest.mark.parametrize("common", [0.0, 0.35])
def test_errors_that_households_share_move_a_whole_city(common):
    rng = np.random.default_rng(6)
    shared, own = rng.normal(size=(400, 1)), rng.normal(size=(400, 1_000))
    inside = np.abs(np.sqrt(common) * shared + np.sqrt(1 - common) * own) <= QUANTILE
    by_city = inside.mean(axis=1)
    assert by_city.mean() == pytest.approx(0.9, abs=0.02)
    # A third of the variance in common: one city in many holds 95 % and more of each fifth, and nothing is amiss.
    assert (by_city > 0.95).mean() == pytest.approx(0.0 if common == 0 else 0.25, abs=0.15)


def test_where_bags_agree_wholly_the_model_is_not_surest(model):
    of_all = pl.DataFrame({"kind": ["other"] * 3, "state": [1, 2, 3]})
    agreeing = np.full((3, model.box.bags), -2.0)
    assert model.standard_error(agreeing, of_all).min() > 0.9 * model.typical_spread
    apart = agreeing + np.linspace(-1, 1, model.box.bags)
    assert (model.standard_error(apart, of_all) > model.standard_error(agreeing, of_all)).all()


def test_a_tier_is_known_no_better_than_its_own_slips_tell():
    frame = pl.DataFrame(
        {"kind": ["lifted"] * 400 + ["unregistered"] * 1_600, "state": ([1] * 25 + [3] * 375) + [1] * 1_600}
    )
    errors = level_errors(np.full(2_000, 0.1), frame)
    assert errors == pytest.approx({"1": 1 / 1.5, "3": 33.75**-0.5, "unregistered": 1 / 12})
    assert level_errors(np.full(2_000, 0.1), frame.drop("state")) == {}


def test_of_a_tier_of_few_households_less_is_known(model):
    agreeing = np.full((4, model.box.bags), -2.0)
    frame = pl.DataFrame({"kind": ["lifted"] * 3 + ["unregistered"], "state": [1, 2, 3, 1]})
    error = model.standard_error(agreeing, frame)
    assert error[0] > error[1] > error[3]
    # As models that were trained before tiers had errors of their own.
    before = replace(model, level_errors={})
    assert np.ptp(before.standard_error(agreeing, frame)) == 0
    assert before.standard_error(agreeing, frame).max() < error[0]
