"""Intervals of area totals hold what they state, on areas of very unequal size whose true rates are known."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.variants import seldom
from workbench.preview.slips.intervals import Moments, number_interval
from workbench.risk.evaluation.overdispersion import overdispersion
from workbench.risk.model.place_variances import county_rounds, lasting_and_passing

LEVEL = 0.9
SIZES = np.geomspace(30, 5000, 28).astype(int)
SIZES[-1] = 40_000  # one area that is most of the round


def drawn(rng, area_sd, round_sd, rounds, lasting=False, tail=None):
    """Household-rounds with probabilities, and slips at rates that stray from them by area and by round.

    `tail`: the index of the Pareto distribution of the weights, the heavier the smaller; None: each row is one household.
    """
    county = np.repeat(np.arange(len(SIZES)), SIZES)
    by_area = rng.normal(0, area_sd, len(SIZES))
    weight = 1.0 if tail is None else pl.Series(rng.pareto(tail, len(county)) + 0.2)
    frames = []
    for number in range(rounds):
        if not lasting:
            by_area = rng.normal(0, area_sd, len(SIZES))
        p = rng.beta(1.0, 11.0, len(county))
        true = np.clip(p * (1 + by_area[county] + rng.normal(0, round_sd)), 0, 1)
        slip = rng.random(len(p)) < true
        frames.append(
            pl.DataFrame({"county_code": county, "start": f"20{number:02d}-04", "p": p, "slip": slip}).with_columns(
                weight=weight
            )
        )
    return pl.concat(frames).with_columns(pl.format("c{}", "county_code").alias("county_code"))


def within(past, ahead):
    """Of each area in the round ahead, whether its slips lie in the interval that past rounds promise."""
    dispersion = replace(overdispersion(past), part=0.0)
    result = []
    for area in ahead.partition_by("county_code"):
        p, weight, slips = (area[name].cast(pl.Float64).to_numpy() for name in ("p", "weight", "slip"))
        moments = Moments(np.array([weight @ p]), np.array([weight**2 @ (p * (1 - p))]))
        low, high = number_interval(moments, weight.sum(), dispersion, LEVEL)
        result.append(low <= weight @ slips <= high)
    return result


@pytest.mark.parametrize(
    ("area_sd", "tail"),
    [
        seldom((0.0, None)),
        seldom((0.15, None)),
        (0.3, None),
        (0.15, 1.2),
        *(pytest.param(each, 2.0, marks=pytest.mark.deep) for each in (0.0, 0.3)),
    ],
)
def test_nine_of_ten_area_totals_lie_where_they_were_promised(area_sd, tail):
    """Also where a few heavy weights carry the totals: the interval grows with them."""
    rng = np.random.default_rng(16)
    held = []
    for _ in range(10):
        rounds = drawn(rng, area_sd, 0.05, 4, tail=tail)
        last = pl.col("start") == rounds["start"].max()
        held += within(rounds.filter(~last), rounds.filter(last))
    assert len(held) >= 200
    assert 0.85 <= np.mean(held) <= 0.95


def test_one_large_area_does_not_decide_how_far_areas_stray():
    rng = np.random.default_rng(17)
    estimates = [overdispersion(drawn(rng, 0.15, 0.0, 4)).county for _ in range(6)]
    assert np.mean(estimates) == pytest.approx(0.15, abs=0.03)


def test_nor_what_of_it_lasts():
    rng = np.random.default_rng(18)

    def parts(lasting):
        rows = drawn(rng, 0.2, 0.05, 4, lasting=lasting)
        p, slips = rows["p"].to_numpy(), rows["slip"].cast(float).to_numpy()
        return lasting_and_passing(county_rounds(p, slips, np.ones(len(p)), rows["county_code"], rows["start"]))

    (stays, _), (_, passes) = (
        [np.mean(each) for each in zip(*(parts(kind) for _ in range(6)), strict=True)] for kind in (True, False)
    )
    assert stays == pytest.approx(0.04, rel=0.3)
    assert passes == pytest.approx(0.04, rel=0.3)
