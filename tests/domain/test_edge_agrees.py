"""The edge-household standard agrees with the independent reading, household by household, on every engine."""

import pytest
from hypothesis import given

from tests.engines import ENGINES, columns, native
from tests.reference import edge
from tests.strategies import LINE, facts_frame, households, standard
from workbench.domain.rules.edge import edge_frame, edge_limits
from workbench.domain.rules.standard import parse_standard, read_standard, write_standard

NAMES = ["edge", "below_line", "route_income", "route_rigid_expenditure", "route_income_drop"]


def assessed(rows, data, engine="polars"):
    limits = edge_limits(parse_standard(data), LINE)
    return columns(edge_frame(native(facts_frame(rows), engine), limits), NAMES, engine)


@given(rows=households, data=standard)
def test_in_out_or_cannot_tell(rows, data):
    outcome = assessed(rows, data)
    expected = [edge(row, data, LINE) for row in rows]
    assert outcome["edge"] == [result for result, _, _ in expected]
    assert outcome["below_line"] == [below for _, below, _ in expected]
    for route in ("income", "rigid_expenditure", "income_drop"):
        assert outcome[f"route_{route}"] == [routes.get(route, False) for _, _, routes in expected]


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "polars"])
@given(rows=households, data=standard)
def test_engines_agree(engine, rows, data):
    assert assessed(rows, data, engine) == assessed(rows, data)


@given(rows=households, data=standard)
def test_raising_the_ceiling_never_drops_a_household(rows, data):
    raised = {**data, "income": {**data["income"], "ceiling": {"yuan": 3.5 * LINE}}}
    for low, high in zip(assessed(rows, data)["edge"], assessed(rows, raised)["edge"], strict=True):
        assert low is not True or high is True
        assert low is not None or high is not False


@given(rows=households, data=standard)
def test_below_the_line_is_never_in_and_never_dropped(rows, data):
    result = assessed(rows, data)
    for inside, below in zip(result["edge"], result["below_line"], strict=True):
        assert not (below and inside is not False)


@given(data=standard)
def test_yaml_gives_the_same_standard_back(data):
    parsed = parse_standard(data)
    assert read_standard(write_standard(parsed)) == parsed
