"""Drift: what a changed questionnaire does is found, what life and chance do is not."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.variants import one_in
from workbench.domain.facts import CROSS_CHECKS
from workbench.risk.data.drift import Drift, drifts, excluded, said
from workbench.risk.data.drift_checks import Kind
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate


@pytest.fixture(scope="module", params=[1, pytest.param(2, marks=pytest.mark.deep)])
def city(request):
    rounds = simulate(20_000, 6, request.param, divisions=DIVISIONS, drift=1)
    return {one.round: pl.concat([pl.DataFrame(table) for table in one.facts.values()]) for one in rounds}


def test_a_city_in_which_only_intake_changed(city):
    result = drifts(city)
    assert excluded(result) == CROSS_CHECKS
    assert excluded(result, keep=CROSS_CHECKS) == ()
    water = [drift for drift in result if drift.fact == "water"]
    assert [(drift.county, drift.kind, drift.excludes) for drift in water] == [("341504", Kind.KNOWN, False)]
    assert {drift.kind for drift in result} == {Kind.KNOWN}
    assert {drift.fact for drift in result if drift.round_before >= "2020-04"} == set()


CHANGES = [
    ("dibao", pl.lit(value=False), Kind.ALL_ZERO),
    ("dibao", pl.lit(value=True), Kind.NOT_ALL_ZERO),
    ("chronically_ill", pl.lit(0, pl.Int64), Kind.ALL_ZERO),
    ("out_of_pocket", pl.col("out_of_pocket").replace(0.0, 50.0), Kind.NEVER_ZERO),
    ("income_property", pl.col("income_property").replace(0.0, None), Kind.NULL),
    ("students", pl.lit(None, pl.Int64), Kind.NULL),
    ("cause", pl.col("cause").replace("因病", "疾病"), Kind.NEW_CODES),
    ("cause", pl.col("cause").replace("因残", None).replace("缺技术", "其他"), Kind.LOST_CODES),
    ("medical", pl.col("medical") + 1, Kind.NOT_ALL_ZERO),
    ("income_wage", pl.col("income_wage") / 10_000, Kind.UNIT),
    ("land_mu", pl.col("land_mu") * 2, Kind.UNIT),
    (
        "work_months",
        pl.col("work_months").clip(upper_bound=9),
        Kind.SHIFT,
    ),
]


@pytest.mark.parametrize(("fact", "changed", "kind"), one_in(2, CHANGES))
def test_changes_of_the_questionnaire(city, fact, changed, kind):
    rounds = list(city)[3:5]
    after = city[rounds[1]].with_columns(changed.alias(fact))
    result = drifts({rounds[0]: city[rounds[0]], rounds[1]: after})
    assert [(drift.fact, drift.county, drift.round_after) for drift in result] == [(fact, None, rounds[1])]
    assert excluded(result) == (fact,)
    assert result[0].kind == kind
    back = drifts({rounds[0]: after, rounds[1]: city[rounds[0]]})
    assert excluded(back) == (fact,)


def test_one_county_alone_is_named_and_excludes_only_with_half_of_the_city(city):
    rounds = list(city)[3:5]
    before, after = city[rounds[0]], city[rounds[1]]
    for counties, excludes in ((("341522",), False), (("341522", "341502", "341503"), True)):
        there = pl.col("county_code").is_in(counties)
        moved = after.with_columns(illness=pl.col("illness") & ~there, land_mu=pl.col("land_mu"))
        result = drifts({rounds[0]: before, rounds[1]: moved})
        assert {(drift.fact, drift.county) for drift in result} >= {
            ("illness", county) for county in counties
        } or excludes
        assert (excluded(result) == ("illness",)) is excludes


def test_prices_and_rounding_are_reported_only(city):
    rounds = list(city)[3:5]
    uneven = pl.Series(np.random.default_rng(0).uniform(1.7, 3.0, len(city[rounds[1]])))
    after = city[rounds[1]].with_columns(
        net_income=pl.col("net_income") * uneven,
        income_wage=(pl.col("income_wage") / 500).round() * 500,
    )
    result = drifts({rounds[0]: city[rounds[0]], rounds[1]: after})
    assert {(drift.fact, drift.kind) for drift in result} == {
        ("net_income", Kind.SHIFT),
        ("income_wage", Kind.ROUNDING),
    }
    assert excluded(result) == ()


def panel(seed, rows, rounds, rotating):
    """Annual rounds of a survey elsewhere: rare facts, small codes, long tails, households that come and go."""
    rng = np.random.default_rng(seed)
    frames = {}
    for number in range(rounds):
        first = number * rows if rotating == 1 else int(number * rows * rotating)
        binary = {f"x_b{k}": rng.random(rows) < rate for k, rate in enumerate((0.0015, 0.004, 0.01, 0.05, 0.3, 0.999))}
        money = {
            f"x_m{k}": np.exp(rng.normal(5, 2, rows)) * (rng.random(rows) < rate)
            for k, rate in enumerate((0.06, 0.5, 1))
        }
        frames[f"{2001 + number}-01"] = pl.DataFrame(
            {"household_id": [f"h{first + row}" for row in range(rows)], "kind": "unregistered",
             "county_code": rng.choice(["n", "s", "e", "w"], rows, p=[0.5, 0.3, 0.15, 0.05]),
             "income_pc": np.exp(rng.normal(8 + 0.08 * number, 1, rows)), "persons": 1 + rng.poisson(3, rows),
             "x_code": rng.choice(list("abcdefgh"), rows, p=[0.5, 0.3, 0.1, 0.05, 0.03, 0.01, 0.007, 0.003]),
             "x_small": rng.poisson(0.7, rows), **binary, **money}
        )  # fmt: skip
    return frames


@pytest.mark.parametrize("rotating", [0, 0.25, 0.7, 1])
@pytest.mark.parametrize("seed", range(5))
def test_chance_in_small_rotating_panels_is_no_drift(seed, rotating):
    assert drifts(panel(seed, 2_000, 4, rotating)) == ()


@pytest.mark.parametrize("rotating", [0, 0.25, 0.7, 1])
def test_changes_in_small_rotating_panels_are_found(rotating):
    first, second = list(panel(7, 2_000, 2, rotating).items())
    changed = second[1].with_columns(
        x_b3=pl.lit(value=False), x_b4=pl.lit(value=None, dtype=pl.Boolean), x_m2=pl.col("x_m2") / 100,
        x_code=pl.col("x_code").replace("b", "B"),
    ).drop("x_m1")  # fmt: skip
    kinds = {drift.fact: drift.kind for drift in drifts({first[0]: first[1], second[0]: changed})}
    assert kinds == {
        "x_b3": Kind.ALL_ZERO,
        "x_b4": Kind.NULL,
        "x_m1": Kind.NULL,
        "x_m2": Kind.UNIT,
        "x_code": Kind.NEW_CODES,
    }


def test_three_ones_of_two_thousand_may_vanish():
    ids = [f"h{row}" for row in range(2_000)]
    frames = {
        name: pl.DataFrame({"household_id": ids, "x_rare": [row < ones for row in range(2_000)]})
        for name, ones in (("2001-01", 3), ("2002-01", 0), ("2003-01", 4))
    }
    assert drifts(frames) == ()


def test_households_of_another_kind_that_join_the_register_are_no_drift():
    rng = np.random.default_rng(1)
    lifted = pl.DataFrame(
        {"household_id": [f"l{row}" for row in range(1_000)], "kind": "lifted", "cause": "因病", "land_mu": rng.uniform(1, 4, 1_000)}
    )  # fmt: skip
    others = pl.DataFrame(
        {"household_id": [f"u{row}" for row in range(4_000)], "kind": "unregistered", "cause": pl.Series([None] * 4_000, dtype=pl.String),
         "land_mu": rng.uniform(3, 9, 4_000)}
    )  # fmt: skip
    assert drifts({"2019-05": lifted, "2019-10": pl.concat([lifted, others])}) == ()


def test_strange_columns_are_judged_without_failing():
    ids = [f"h{row}" for row in range(500)]
    first = pl.DataFrame(
        {"household_id": ids, "x_mixed": ["1"] * 500, "x_day": [None] * 500, "x_not": [float("nan")] * 500, "other": 1}
    )
    second = pl.DataFrame(
        {"household_id": ids, "x_mixed": [1] * 500, "x_day": pl.Series([0] * 500).cast(pl.Date), "x_not": [1.5] * 500, "other": 2}
    )  # fmt: skip
    kinds = {drift.fact: drift.kind for drift in drifts({"2001-01": first, "2002-01": second})}
    assert kinds == {"x_day": Kind.KNOWN, "x_not": Kind.KNOWN}
    assert drifts({"2001-01": first}) == ()
    assert drifts({"2001-01": first.head(0), "2002-01": second}) == ()
    twice = pl.concat([second, second])
    assert drifts({"2001-01": twice, "2002-01": twice}) == ()


def test_a_county_that_moved_alone_is_named():
    alone = Drift("water", Kind.KNOWN, "2019-05", "2019-10", "341504", 1.0, 0.0, "饮水安全", "water", excludes=False)
    assert said(alone).zh == "叶集区：饮水安全"
    assert said(replace(alone, county=None)).en == "water"
    assert said(replace(alone, county="R29")).zh == "R29：饮水安全"
