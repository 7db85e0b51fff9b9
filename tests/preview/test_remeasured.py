"""Counts if incomes were measured again, against measuring them again many times and applying the rules."""

import numpy as np
import polars as pl
import pytest

from tests.preview.test_counts_agree import by_rule, index_of, limits_of, spread
from tests.reference import CHECKS, GROUPS
from tests.strategies import LINE
from tests.variants import one_in
from workbench.errors import InputError
from workbench.preview.counts.counts import totals
from workbench.preview.request import Analyses
from workbench.preview.sensitivity.income_error import remeasured

TIMES = 400
STANDARDS = [
    {"income": {"ceiling": {"multiple": 1.5}, "group_ceilings": {"disability": 1.8}}, "exclusions": ["has_car"]},
    {"income": {"ceiling": {"multiple": 1.2}}, "require_group": False},
    {
        "income": {"ceiling": {"multiple": 1.3}},
        "routes": {"rigid_expenditure": {"share": 0.3, "ceiling": {"multiple": 2.0}}},
        "groups": ["dibao", "illness"],
    },
]


def people(n, seed):
    rng = np.random.default_rng(seed)
    return [
        {
            "previous": None,
            "income_pc": None if rng.random() < 0.05 else float(np.round(rng.choice([-50.0, 1.0], p=[0.02, 0.98]) * rng.lognormal(8.4, 0.35), 2)),
            "net_income": 15000.0,
            "out_of_pocket": float(rng.choice([1000.0, 8000.0])),
            **{group: [True, False, None][rng.choice(3, p=[0.25, 0.7, 0.05])] for group in GROUPS},
            **{check: bool(rng.random() < 0.1) for check in CHECKS},
        }
        for _ in range(n)
    ]  # fmt: skip


def measured_again(frame, sd, rng):
    """One more measurement of every positive income, by the model as its text has it."""
    reported = frame["income_pc"].to_numpy().astype(float)
    again = reported.copy()
    for county in frame["county_code"].unique():
        here = (
            (frame["county_code"] == county).to_numpy() & (frame["kind"] == "unregistered").to_numpy() & (reported > 0)
        )
        logs, weight = np.log(reported[here]), frame["weight"].to_numpy()[here]
        mean = np.average(logs, weights=weight)
        reliability = max(0, 1 - sd**2 / np.average((logs - mean) ** 2, weights=weight))
        true = mean + reliability * (logs - mean) + rng.normal(0, sd * reliability**0.5, here.sum())
        again[here] = np.exp(true + rng.normal(0, sd, here.sum()))
    return frame.with_columns(income_pc=pl.Series(again).fill_nan(None))


@pytest.mark.parametrize("data", one_in(3, STANDARDS))
@pytest.mark.parametrize(
    ("sd", "weighted"),
    [pytest.param(0.05, False, marks=pytest.mark.deep), (0.2, True), pytest.param(0.6, False, marks=pytest.mark.deep)],
)
def test_against_measuring_again(data, sd, weighted):
    frame, limits = spread(people(600, 2), weighted), limits_of({"groups": GROUPS, "require_group": True, **data})
    result = remeasured(index_of(frame, limits), limits, sd)
    rng = np.random.default_rng(9)
    now = by_rule(frame, limits)["edge"].fill_null(value=False)
    counts = []
    for _ in range(TIMES):
        assessed = by_rule(measured_again(frame, sd, rng), limits)
        edge, weight = assessed["edge"].fill_null(value=False), assessed["weight"]
        below = assessed["below_line"].fill_null(value=False)
        counts.append([(weight * edge).sum(), (weight * (edge & now)).sum(), (weight * below).sum()])
    drawn = np.array(counts)
    error = drawn.std(axis=0) / TIMES**0.5
    assert np.all(abs(drawn.mean(axis=0) - [result.inside, result.stays, result.below]) <= 4.5 * error + 0.05)
    spread_of = drawn.std(axis=0)
    assert result.inside_variance**0.5 == pytest.approx(spread_of[0], rel=0.15)
    assert result.below_variance**0.5 == pytest.approx(spread_of[2], rel=0.15, abs=0.1)
    assert result.inside_now == totals(index_of(frame, limits), limits).inside.households


def test_a_tiny_error_changes_nothing_but_what_lies_on_the_ceiling():
    frame, limits = spread(people(300, 3), weighted=False), limits_of({"income": {"ceiling": {"multiple": 1.5}}})
    index = index_of(frame, limits)
    result = remeasured(index, limits, 1e-6)
    now = totals(index, limits)
    assert result.inside == pytest.approx(now.inside.households, abs=0.01)
    assert result.below == pytest.approx(now.below_line.households, abs=0.01)
    record = result.record()
    assert record["in_again_share"] == pytest.approx(1.0, abs=1e-4)
    assert record["newly_in"] == pytest.approx(0.0, abs=0.01)
    assert {"zh", "en"} <= set(record["model"])


def test_incomes_not_known_or_not_positive_keep_their_status():
    rows = [{"previous": None, "income_pc": income, "dibao": True} for income in (None, -10.0, 0.0) for _ in range(4)]
    frame, limits = spread(rows, weighted=False), limits_of({"income": {"ceiling": {"multiple": 1.5}}})
    result = remeasured(index_of(frame, limits), limits, 0.3)
    below = totals(index_of(frame, limits), limits).below_line.households
    assert (result.inside, result.below, result.inside_variance) == (0.0, below, 0.0)


@pytest.mark.parametrize("sd", [0.0, -0.1, 1.5, float("nan")])
def test_an_impossible_error_is_refused(sd):
    with pytest.raises(InputError, match="--income-error"):
        Analyses(income_error=sd)


def test_the_line_itself_is_a_ceiling():
    frame = spread(people(100, 4), weighted=False)
    limits = limits_of({"income": {"ceiling": {"yuan": LINE}}})
    assert remeasured(index_of(frame, limits), limits, 0.1).inside == 0.0
