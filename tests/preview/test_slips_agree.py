"""Expected slips are sums of the scores over the households that the rules bring in, however they are counted."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preview.scored import head, scored_frame, scores_of
from tests.preview.test_counts_agree import by_rule, index_of, limits_of, spread
from tests.strategies import LINE, households, standard
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.ceiling_curve import ceiling_curve
from workbench.preview.counts.counts import Breakdown, totals
from workbench.preview.counts.sweep import Axis, sweep
from workbench.preview.slips.expected import Expectation, slips_record
from workbench.preview.slips.scored_index import ranking


def scope_of(rows, data, weighted):
    frame = scored_frame(spread(rows, weighted))
    limits = limits_of(data)
    index = index_of(frame, limits)
    slips = scores_of(frame, index).under(index, LINE)
    return frame, limits, index.with_slips(slips.expected), slips


def expected(frame):
    return pytest.approx((frame["weight"] * frame["p_slip"]).fill_null(0.0).sum(), abs=1e-6)


@given(rows=households, data=standard, weighted=st.booleans())
def test_sums_over_those_in(rows, data, weighted):
    frame, limits, index, slips = scope_of(rows, data, weighted)
    inside = by_rule(frame, limits).filter(pl.col("edge"))
    broken = Breakdown(index, limits)
    assert totals(index, limits).inside.slips == broken.totals.inside.slips == expected(inside)
    towns = broken.by_township()
    assert sum(town.inside.slips for town in towns) == broken.totals.inside.slips
    for town in towns:
        here = (pl.col("county_code") == town.county_code) & (pl.col("township").fill_null("") == town.township)
        assert town.inside.slips == expected(inside.filter(here))
    caught = Expectation(index, slips).caught(broken.pieces)
    assert caught.expected == broken.totals.inside.slips
    scored = inside.filter(pl.col("p_slip").is_not_null())
    assert caught.scored_in == scored["weight"].sum()
    assert caught.inside.variance.sum() == pytest.approx(
        (scored["weight"] ** 2 * scored["p_slip"] * (1 - scored["p_slip"])).sum(), abs=1e-6
    )
    everyone = frame.filter(pl.col("kind") == "unregistered")
    assert caught.all.everyone.expected.sum() == broken.unregistered.slips == expected(everyone)
    assert caught.all.scored == everyone.filter(pl.col("p_slip").is_not_null())["weight"].sum()


@given(rows=households, data=standard, weighted=st.booleans())
def test_the_curve_is_the_totals(rows, data, weighted):
    _, limits, index, _ = scope_of(rows, data, weighted)
    points = [LINE, 4827.0, 5000.0, 9654.0]
    curve = ceiling_curve(index, limits, points)
    for n, point in enumerate(points):
        varied = {**data, "income": {**data["income"], "ceiling": {"yuan": point}}}
        assert curve.slips[n] == totals(index, limits_of(varied)).inside.slips


@given(rows=households, data=standard)
@pytest.mark.parametrize("key", ["income.ceiling.multiple", "line", "income.group_ceilings.disability"])
def test_the_sweep_is_the_preview(key, rows, data):
    data = {**data, "income": {**data["income"], "ceiling": {"multiple": 1.5}}}
    frame = scored_frame(spread(rows, weighted=True))
    limits = limits_of(data)
    index = index_of(frame, limits)
    scores = scores_of(frame, index)
    values = (2900.0, 3000.5, LINE) if key == "line" else (1.0, 1.5, 2.0)
    for point in sweep(index, parse_standard(data), LINE, [Axis(key, values)], scores=scores):
        line = point.get("line", LINE)
        slips = scores.under(index, line)
        income = data["income"]
        if key == "income.ceiling.multiple":
            income = {**income, "ceiling": {"multiple": point[key]}}
        elif key != "line":
            income = {**income, "group_ceilings": {**income["group_ceilings"], "disability": point[key]}}
        varied = {**data, "income": income}
        here = edge_limits(parse_standard(varied), line)
        broken = Breakdown(index.with_slips(slips.expected), here)
        caught = Expectation(index, slips).caught(broken.pieces)
        assert (point["expected_slips"], point["slips_share"]) == (caught.expected, caught.share)


def test_without_scores_nothing_is_said():
    frame = spread([{"previous": None, "income_pc": 4000.0, "dibao": True}] * 12, weighted=False)
    data = {"income": {"ceiling": {"multiple": 1.5}}}
    index = index_of(frame, limits_of(data))
    point = sweep(index, parse_standard(data), LINE, [Axis("help_cost", (1.0,))])[0]
    assert (point["expected_slips"], point["slips_share"]) == (None, None)
    assert ceiling_curve(index, limits_of(data), [LINE]).slips is None


# -- another line --------------------------------------------------------------------------------------------------


def made_up(n=400, **said):
    rng = np.random.default_rng(8)
    rows = [{"previous": None, "income_pc": float(income), "dibao": True} for income in rng.uniform(2500, 9000, n)]
    frame = scored_frame(spread(rows, weighted=False))
    index = index_of(frame, limits_of({"income": {"ceiling": {"multiple": 1.5}}}))
    return index, scores_of(frame, index, head(**said))


def test_at_the_line_in_force_it_is_the_score():
    index, scores = made_up()
    assert np.array_equal(scores.under(index, LINE).probability, scores.p_slip, equal_nan=True)
    near = scores.under(index, LINE + 1e-9).probability
    above = index.income_pc >= LINE + 1e-9
    assert np.allclose(near[above], scores.p_slip[above], atol=1e-6, equal_nan=True)


def test_a_higher_line_is_slipped_below_more_often_and_nobody_below_it_slips():
    index, scores = made_up()
    results = [scores.under(index, line) for line in (3000.0, LINE, 3600.0, 4200.0)]
    for lower, higher in pairwise(results):
        both = lower.scored & higher.scored
        assert both.any()
        assert np.all(higher.probability[both] >= lower.probability[both] - 1e-12)
    assert not results[-1].scored[index.income_pc < 4200].any()


def test_another_line_moves_the_logit_by_the_forecast():
    index, scores = made_up()
    row = int(np.flatnonzero(scores.p_slip > 0.05)[-1])
    mean, sd = scores.forecast_mean[row], scores.forecast_sd[row]

    def odds(line):
        cdf = np.interp((np.log(line) - mean) / sd, scores.head.residuals, np.linspace(0, 1, 201))
        cdf = min(max(cdf, 1e-6), 1 - 1e-6)
        return cdf / (1 - cdf)

    before, after = scores.p_slip[row], scores.under(index, 3400.0).probability[row]
    assert after / (1 - after) == pytest.approx(before / (1 - before) * odds(3400 * 4000 / LINE) / odds(4000))


def test_without_a_forecast_another_line_cannot_be_told():
    index, scores = made_up(residuals=())
    assert scores.under(index, 3000.0) is None
    assert scores.under(index, LINE) is not None
    index, scores = made_up()
    unknown = replace(scores, forecast_mean=np.full(len(index), np.nan))
    assert not unknown.under(index, 3000.0).scored.any()


# -- worth ---------------------------------------------------------------------------------------------------------


@given(rows=households, data=standard, weighted=st.booleans(), threshold=st.sampled_from([None, 0.05, 0.3]))
def test_net_benefit_by_hand(rows, data, weighted, threshold):
    frame, limits, index, slips = scope_of(rows, data, weighted)
    broken = Breakdown(index, limits)
    caught = Expectation(index, slips).caught(broken.pieces)
    result = caught.net_benefit(threshold)
    scored = frame.filter((pl.col("kind") == "unregistered") & pl.col("p_slip").is_not_null())
    if not len(scored):
        assert result is None
        return
    n, slipping = scored["weight"].sum(), (scored["weight"] * scored["p_slip"]).sum()
    t = threshold if threshold is not None else slipping / n
    inside = by_rule(frame, limits).filter(pl.col("edge") & pl.col("p_slip").is_not_null())
    households_in, slips_in = inside["weight"].sum(), (inside["weight"] * inside["p_slip"]).sum()
    assert result["threshold"] == pytest.approx(t, abs=1e-6)
    by_hand = slips_in / n - (households_in - slips_in) / n * t / (1 - t)
    assert result["standard"] == pytest.approx(by_hand, abs=1e-6)
    assert result["all_in"] == pytest.approx(slipping / n - (n - slipping) / n * t / (1 - t), abs=1e-6)
    assert result["ordered_by_model"] >= result["standard"] - 1e-9


@pytest.mark.parametrize("weighted", [False, True])
def test_the_models_own_order(weighted):
    rng = np.random.default_rng(4)
    rows = [{"previous": None, "income_pc": float(income)} for income in rng.uniform(3000, 9000, 300)]
    frame, _, index, slips = scope_of(
        rows, {"income": {"ceiling": {"multiple": 1.5}}, "groups": [], "require_group": False}, weighted
    )
    ranked = ranking(index.county("341522"), slips)
    here = frame.filter((pl.col("kind") == "unregistered") & (pl.col("county_code") == "341522")).drop_nulls("p_slip")
    best = here.sort("p_slip", descending=True)
    assert ranked.households[-1] == here["weight"].sum()
    at = best["weight"].cum_sum()
    caught = (best["weight"] * best["p_slip"]).cum_sum()
    for n in (0, 10, len(best) - 1):
        assert ranked.slips_among(float(at[n])) == pytest.approx(caught[n], abs=1e-6)


def test_per_visit_and_per_yuan():
    rows = [{"previous": None, "income_pc": 4000.0, "dibao": True}] * 30
    _, limits, index, slips = scope_of(rows, {"income": {"ceiling": {"multiple": 1.5}}}, weighted=False)
    broken = Breakdown(index, limits)
    caught = Expectation(index, slips).caught(broken.pieces)
    inside = broken.totals.inside
    result = slips_record(caught, inside, 3000.0 * inside.households)
    assert result["slips_per_visit"] == caught.expected / inside.households
    assert result["slips_per_10000_yuan"] == pytest.approx(result["slips_per_visit"] / 0.3)
    assert result["not_scored_in"] == inside.households - caught.scored_in > 0
    assert slips_record(caught, inside, None)["slips_per_10000_yuan"] is None
    low, high = result["expected_slips_interval"]
    assert 0 <= low < caught.expected < high <= caught.scored_in
