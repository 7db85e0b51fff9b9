"""Every point of a sweep in one pass counts what its own preview counts: any keys, bounds met exactly, unknown facts."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preview.test_counts_agree import index_of, limits_of, spread
from tests.strategies import LINE, SHARES, households, standard
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.counts import Comparison, totals
from workbench.preview.counts.sweep import Axis, sweep, vary

MULTIPLES = (1.0, 1.15, 1.2345, 1.5, 2.0)
YUAN = (3218.0, 4826.99, 4827.0, 5000.0)
KEYS = {
    "income.ceiling.multiple": MULTIPLES,
    "income.ceiling.yuan": YUAN,
    "income.group_ceilings.disability": MULTIPLES,
    "income.group_ceilings.dibao": MULTIPLES,
    "routes.rigid_expenditure.share": tuple(sorted(SHARES)),
    "routes.rigid_expenditure.ceiling.multiple": MULTIPLES,
    "routes.income_drop.share": tuple(sorted(SHARES)),
    "routes.income_drop.ceiling.yuan": YUAN,
    "line": (2900.0, 3000.0, 3218.0),
    "help_cost": (0.0, 2000.0, 3000.5),
}
ROUTES = {
    "rigid_expenditure": {"share": 0.3, "ceiling": {"multiple": 2.0}},
    "income_drop": {"share": 0.15, "ceiling": {"multiple": 1.5}},
}
PAIRS = [pair for pair in itertools.combinations(KEYS, 2) if not all(key.startswith("income.ceiling") for key in pair)]


def axes_of(keys):
    return [Axis(key, KEYS[key]) for key in keys]


def slips_of(index):
    return np.random.default_rng(1).random(len(index))


def check(rows, data, keys, other=None):
    frame, limits = spread(rows, weighted=True), limits_of(data)
    index = index_of(frame, limits)
    against = limits_of(other) if other else None
    comparison = Comparison.of(index, against, index_of(frame, against)) if against else None
    for point in sweep(index, parse_standard(data), LINE, axes_of(keys), comparison):
        varied = vary(parse_standard(data), {key: point[key] for key in keys})
        counts = totals(index, edge_limits(varied, point.get("line", LINE)), comparison)
        assert point["in"] == counts.inside.households
        assert point["cannot_tell"] == counts.cannot_tell.households
        assert point["below_line"] == counts.below_line.households
        assert point["newly_in"] == (counts.newly_in.households if other else None)
        assert point["leaving"] == (counts.leaving.households if other else None)


def with_routes(data):
    return {**data, "routes": ROUTES, "income": {**data["income"], "ceiling": {"multiple": 1.15}}}


@given(rows=households, data=standard, keys=st.sampled_from(PAIRS))
def test_two_keys(rows, data, keys):
    check(rows, with_routes(data), keys)


@given(rows=households, data=standard, key=st.sampled_from(list(KEYS)))
def test_one_key(rows, data, key):
    check(rows, with_routes(data), [key])


@given(rows=households, data=standard, other=standard, keys=st.sampled_from(PAIRS))
def test_against_another_standard(rows, data, other, keys):
    check(rows, with_routes(data), keys, other)


def row(**facts):
    return {"previous": None, "persons": 3, "income_pc": 4000.0, "out_of_pocket": 0.0, **facts}


@pytest.mark.parametrize(("whole", "spent"), [(10300.0, 3605.0), (10300.0, 3605.01), (10300.0, 3604.99), (0.0, 0.0), (-100.0, -35.0)])  # fmt: skip
def test_exactly_at_a_share(whole, spent):
    data = {
        "income": {"ceiling": {"multiple": 1.0}},
        "routes": {"rigid_expenditure": {"share": 0.3, "ceiling": {"multiple": 2.0}}},
    }
    index = index_of(spread([row(net_income=whole, out_of_pocket=spent)], weighted=False), limits_of(data))
    shares = (0.0, 0.34, 0.3499, 0.35, 0.3501, 0.36, 1.0)
    grid = sweep(index, parse_standard(data), LINE, [Axis("routes.rigid_expenditure.share", tuple(sorted(shares)))])
    expected = [100 * round(spent * 100) > round(share * 10_000) * round(whole) for share in sorted(shares)]
    assert [point["in"] == 1 for point in grid] == expected


def test_the_values_of_a_key_may_come_in_any_order():
    data = with_routes({"income": {}, "require_group": False})
    index = index_of(spread([row(income_pc=income) for income in (3300.0, 4000.0, 5000.0)], weighted=False), limits_of(data))  # fmt: skip
    axes = [Axis("income.ceiling.multiple", (1.5, 1.0, 1.2)), Axis("help_cost", (2.0, 1.0))]
    grid = sweep(index, parse_standard(data), LINE, axes)
    assert [(point["income.ceiling.multiple"], point["in"], point["cost"]) for point in grid] == [
        (1.5, 2, 4), (1.5, 2, 2), (1.0, 0, 0), (1.0, 0, 0), (1.2, 1, 2), (1.2, 1, 1),
    ]  # fmt: skip


@given(rows=households, data=standard, keys=st.sampled_from([pair for pair in PAIRS if "line" not in pair]))
def test_slips_expected_at_every_point(rows, data, keys):
    data = with_routes(data)
    plain = index_of(spread(rows, weighted=True), limits_of(data))
    scored = plain.with_slips(slips_of(plain))

    class Given:
        def under(self, _index, _line):
            return type("Slips", (), {"expected": scored.slips})

    for point in sweep(plain, parse_standard(data), LINE, axes_of(keys), None, Given()):
        varied = vary(parse_standard(data), {key: point[key] for key in keys})
        expected = totals(scored, edge_limits(varied, LINE)).inside.slips
        assert point["expected_slips"] == pytest.approx(expected, abs=1e-9)
