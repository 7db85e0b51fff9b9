"""The index counts exactly what the rules say row by row: any standard, nulls, weights, counties, comparisons."""

from itertools import cycle, islice

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import LINE, facts_frame, households, standard
from workbench.domain.rules.edge import edge_frame, edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.ceiling_curve import ceiling_curve
from workbench.preview.counts.counts import Breakdown, Comparison, totals
from workbench.preview.counts.sweep import Axis, sweep
from workbench.preview.index.build import build_index

COUNTIES = ["341524", "341522", "LA-KFQ"]
TOWNSHIPS = ["双河镇", "城关镇", None]


def spread(rows, weighted):
    """Households over counties and townships; a lifted household among them, which no standard concerns."""
    n = len(rows)
    return facts_frame(
        rows,
        household_id=[f"{number:03d}" for number in range(n)],
        county_code=list(islice(cycle(COUNTIES), n)),
        township=list(islice(cycle(TOWNSHIPS), n)),
        village=["村"] * n,
        kind=["lifted" if number % 7 == 6 else "unregistered" for number in range(n)],
        weight=[float(number % 3 + 1) if weighted else 1.0 for number in range(n)],
    )


def limits_of(data):
    return edge_limits(parse_standard(data), LINE)


def index_of(frame, limits):
    return build_index(frame, deduct_out_of_pocket=limits.deduct_out_of_pocket, own_groups=tuple(limits.own_groups))


def by_rule(frame, limits):
    return edge_frame(frame, limits).filter(pl.col("kind") == "unregistered")


def with_income(frame, limits):
    income = pl.col("income_pc")
    if limits.deduct_out_of_pocket:
        persons = pl.when(pl.col("persons") > 0).then(pl.col("persons"))
        income = ((pl.col("net_income") - pl.col("out_of_pocket")) * 100).round() / (100 * persons)
    return frame.with_columns(income=income)


def weigh(frame):
    return (float(frame["weight"].sum()), len(frame))


def pair(count):
    return (count.households, count.rows)


@given(rows=households, data=standard, weighted=st.booleans())
def test_totals(rows, data, weighted):
    frame, limits = spread(rows, weighted), limits_of(data)
    assessed = by_rule(frame, limits)
    counts = totals(index_of(frame, limits), limits)
    assert pair(counts.inside) == weigh(assessed.filter(pl.col("edge")))
    assert pair(counts.cannot_tell) == weigh(assessed.filter(pl.col("edge").is_null()))
    assert pair(counts.below_line) == weigh(assessed.filter(pl.col("below_line")))


@given(rows=households, data=standard, weighted=st.booleans())
def test_breakdown(rows, data, weighted):
    frame, limits = spread(rows, weighted), limits_of(data)
    assessed = by_rule(frame, limits)
    inside = assessed.filter(pl.col("edge"))
    broken = Breakdown(index_of(frame, limits), limits)
    assert {name: pair(count) for name, count in broken.by_route().items()} == {
        name: weigh(inside.filter(pl.col(f"route_{name}"))) for name in ("income", "rigid_expenditure", "income_drop")
    }
    assert {name: pair(count) for name, count in broken.by_group().items()} == {
        name: weigh(inside.filter(pl.col(name))) for name in limits.group_names
    }
    unknown = assessed.filter(pl.col("edge").is_null())
    listed = {name: pl.col(name).is_null() for name in (*limits.groups, *limits.exclusions)}
    listed["income"] = with_income(unknown, limits)["income"].is_null()
    # What a further route compares is lacking only where the income is there and the route itself cannot be told.
    income_known = with_income(unknown, limits)["income"].is_not_null()
    for route in ("rigid_expenditure", "income_drop"):
        listed[route] = income_known & pl.col(f"route_{route}").is_null()
    lacking = {name: weigh(unknown.filter(mask)) for name, mask in listed.items()}
    # Every household that cannot be told stands in the table with something.
    assert unknown.filter(~pl.any_horizontal(*listed.values())).is_empty()
    assert {name: pair(count) for name, count in broken.by_missing().items()} == {
        name: count for name, count in lacking.items() if count[1]
    }
    for entry in broken.by_township():
        here = assessed.filter(
            (pl.col("county_code") == entry.county_code) & (pl.col("township").fill_null("") == entry.township)
        )
        assert pair(entry.inside) == weigh(here.filter(pl.col("edge")))
        assert pair(entry.cannot_tell) == weigh(here.filter(pl.col("edge").is_null()))
        assert pair(entry.below_line) == weigh(here.filter(pl.col("below_line")))
        assert pair(entry.households) == weigh(here)


@given(rows=households, data=standard, other=standard, weighted=st.booleans())
def test_comparison(rows, data, other, weighted):
    frame, limits, against = spread(rows, weighted), limits_of(data), limits_of(other)
    ours, theirs = by_rule(frame, limits)["edge"].fill_null(False), by_rule(frame, against)["edge"].fill_null(False)
    index = index_of(frame, limits)
    comparison = Comparison.of(index, against, index_of(frame, against))
    weights = frame.filter(pl.col("kind") == "unregistered")
    broken = Breakdown(index, limits, comparison)
    assert pair(broken.totals.newly_in) == weigh(weights.filter(ours & ~theirs))
    assert pair(broken.totals.leaving) == weigh(weights.filter(theirs & ~ours))
    towns = broken.by_township()
    assert sum(entry.newly_in.rows for entry in towns) == broken.totals.newly_in.rows
    assert sum(entry.leaving.rows for entry in towns) == broken.totals.leaving.rows


@given(rows=households, data=standard, other=standard, weighted=st.booleans())
def test_every_point_of_the_curve(rows, data, other, weighted):
    frame, limits, against = spread(rows, weighted), limits_of(data), limits_of(other)
    index = index_of(frame, limits)
    comparison = Comparison.of(index, against, index_of(frame, against))
    points = [LINE, LINE + 0.01, 4827.0, 5000.0, 9654.0]
    curve = ceiling_curve(index, limits, points, comparison)
    for n, point in enumerate(points):
        income = {**data["income"], "ceiling": {"yuan": point}}
        counts = totals(index, limits_of({**data, "income": income}), comparison)
        assert (curve.inside[n], curve.inside_rows[n]) == pair(counts.inside)
        assert (curve.cannot_tell[n], curve.cannot_tell_rows[n]) == pair(counts.cannot_tell)
        assert (curve.newly_in[n], curve.leaving[n]) == (counts.newly_in.households, counts.leaving.households)


@given(rows=households, data=standard)
@pytest.mark.parametrize("key", ["routes.rigid_expenditure.share", "income.group_ceilings.disability", "line"])
def test_every_point_of_a_sweep(key, rows, data):
    frame = spread(rows, weighted=True)
    data = {
        **data,
        "income": {**data["income"], "ceiling": {"multiple": 1.5}},
        "routes": {"rigid_expenditure": {"share": 0.3, "ceiling": {"multiple": 2.0}}},
        "help_cost": 3000.0,
    }
    values = {"line": (2900.0, 3218.0)}.get(key, (1.0, 1.4))
    index = index_of(frame, limits_of(data))
    axes = [Axis(key, values), Axis("income.ceiling.multiple", (1.0, 1.5, 2.0))]
    grid = sweep(index, parse_standard(data), LINE, axes)
    assert [(point[key], point["income.ceiling.multiple"]) for point in grid] == [
        (value, multiple) for value in values for multiple in (1.0, 1.5, 2.0)
    ]
    for point in grid:
        varied = dict(data, income={**data["income"], "ceiling": {"multiple": point["income.ceiling.multiple"]}})
        if key == "routes.rigid_expenditure.share":
            varied["routes"] = {"rigid_expenditure": {"share": point[key], "ceiling": {"multiple": 2.0}}}
        elif key != "line":
            groups = {**data["income"]["group_ceilings"], "disability": point[key]}
            varied["income"] = {**varied["income"], "group_ceilings": groups}
        line = point[key] if key == "line" else LINE
        counts = totals(index, edge_limits(parse_standard(varied), line))
        assert point["in"] == counts.inside.households
        assert point["cannot_tell"] == counts.cannot_tell.households
        assert point["below_line"] == counts.below_line.households
        assert point["cost"] == 3000.0 * counts.inside.households


def test_one_county_of_the_index():
    frame = spread([{"previous": None, "income_pc": 4000.0, "dibao": True}] * 12, weighted=False)
    limits = limits_of({"income": {"ceiling": {"multiple": 1.5}}})
    index = index_of(frame, limits)
    assert totals(index.county("341522"), limits).inside.rows == 4
    assert totals(index.county("999999"), limits).inside.rows == 0
    assert np.all(index.income == 4000.0)
