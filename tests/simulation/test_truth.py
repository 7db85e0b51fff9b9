"""The true probability is the probability: labels read off the facts are the draws, and the draws follow it."""

import math

import polars as pl
import pytest


def excess(rows):
    """How many standard deviations more slips than expected."""
    p = rows["p_slip"]
    return (rows["slip"].sum() - p.sum()) / math.sqrt((p * (1 - p)).sum())


def test_labels_from_facts_are_the_slips_drawn(labelled):
    assert labelled["slip"].sum() > 500
    assert labelled.filter(pl.col("slip") != pl.col("drawn")).is_empty()


@pytest.mark.parametrize("kind", ["lifted", "unregistered"])
def test_mean_probability_is_the_slip_rate_of_each_kind(labelled, kind):
    assert abs(excess(labelled.filter(kind=kind))) < 3


def test_mean_probability_is_the_slip_rate_of_each_county(labelled):
    counties = labelled.filter(pl.col("p_slip") > 0).partition_by("kind", "county_code")
    assert len(counties) == 16
    assert max(abs(excess(county)) for county in counties if county["p_slip"].sum() > 5) < 3.5


def test_probability_holds_at_every_height(labelled):
    ranked = labelled.filter(pl.col("p_slip") > 0).sort("p_slip")
    tenth = len(ranked) // 10
    assert max(abs(excess(ranked.slice(step * tenth, tenth))) for step in range(10)) < 3.5


def test_slip_rates_are_plausible(labelled):
    rate = dict(labelled.group_by("kind").agg(pl.mean("slip")).iter_rows())
    assert 0.03 < rate["lifted"] < 0.06
    assert 0.006 < rate["unregistered"] < 0.02


def test_slips_can_be_predicted_but_not_perfectly(labelled):
    for kind in ("lifted", "unregistered"):
        rows = labelled.filter(pl.col("kind") == kind, pl.col("p_slip") > 0)
        rank = rows["p_slip"].rank()
        slips = rows["slip"].sum()
        area = (rank.filter(rows["slip"]).sum() - slips * (slips + 1) / 2) / (slips * (len(rows) - slips))
        assert 0.75 < area < 0.95


def test_nothing_to_slip_from_is_zero(labelled, small_city):
    assert labelled.filter(state=0)["p_slip"].max() == 0
    last = small_city.frames[-1]
    assert last.filter(kind="registered")["p_slip"].max() == 0
    assert last["p_slip"].is_between(0, 1).all()
    assert last.filter(kind="lifted")["p_slip"].mean() > 0.02


def test_being_determined_does_not_tell_who_slipped(small_city):
    """The households left without a label at the end slipped as often as the rest, given their probability."""
    drawn, expected, variance = 0, 0.0, 0.0
    for index, frame in enumerate(small_city.frames[:-1]):
        after = small_city.frames[index + 1].filter(pl.col("income_pc").is_null())["household_id"]
        lost = frame.filter(pl.col("household_id").is_in(after.implode()), pl.col("income_pc").is_not_null())
        drawn += sum(small_city.slipped[index + 1][key] for key in lost["household_id"])
        expected += lost["p_slip"].sum()
        variance += (lost["p_slip"] * (1 - lost["p_slip"])).sum()
    assert expected > 3
    assert abs(drawn - expected) < 3 * math.sqrt(variance)
