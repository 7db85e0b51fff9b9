"""What a budget carries, what unknown facts leave open, and the price at the margin, against single previews."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.preview.test_counts_agree import limits_of
from tests.preview.test_slips_agree import scope_of
from tests.strategies import LINE, households, standard
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError
from workbench.preview.counts.budget import (
    CarriedCeiling,
    carried,
    carried_record,
    ceilings_from,
    check_budget,
    cost_range,
    margin,
    spaced_ceilings,
)
from workbench.preview.counts.ceiling_curve import ceiling_curve
from workbench.preview.counts.counts import totals


def at(data, yuan, line=LINE):
    return edge_limits(parse_standard({**data, "income": {**data["income"], "ceiling": {"yuan": yuan}}}), line)


@settings(max_examples=30)
@given(
    rows=households, data=standard, unknown=st.booleans(),
    budget=st.sampled_from([0.0, 3000.0, 12_000.0, 90_000.0]),
)  # fmt: skip
def test_the_highest_ceiling_within_a_budget_is_exact_to_the_yuan(rows, data, budget, unknown):
    _, limits, index, _ = scope_of(rows, data, True)
    answer = carried(index, limits, 3000.0, budget, all_unknown=unknown)

    # All whole yuan there are, with groups and routes as they are: nothing between two steps is passed over.
    curve = ceiling_curve(index, limits, [float(each) for each in range(int(LINE), 5 * int(LINE) + 1)])
    counted = curve.inside + (curve.cannot_tell if unknown else 0.0)
    within = [int(LINE) + number for number, count in enumerate(counted) if 3000.0 * count <= budget]
    assert (answer and answer.yuan) == (within[-1] if within else None)
    if answer is not None:
        counts = totals(index, at(data, answer.yuan))
        assert (answer.households, answer.cost) == cost_range(counts, 3000.0)


def test_a_budget_is_not_held_to_steps_of_a_hundredth_of_the_line():
    """80,000 yuan carried 24 households by a ceiling of 1.24 times 4,000, and 26 by 4,980 yuan (issue 15)."""
    incomes = [4500.0] * 24 + [4970.5, 4979.0] + [4981.2] * 4
    rows = [{"income_pc": each, "previous": None, "dibao": True} for each in incomes for _ in range(4)]
    data = {"line": 4000.0, "income": {"ceiling": {"multiple": 1.5}}, "groups": ["dibao"]}
    _, _, index, _ = scope_of(rows, data, False)
    limits = at(data, 6000.0, 4000.0)
    fewer, most, more = (totals(index, at(data, each, 4000.0)).inside.households for each in (4960.0, 4981.0, 4982.0))
    assert fewer < most < more
    answer = carried(index, limits, 3000.0, 3000.0 * most + 2000.0)
    # A ceiling is not reached (低于): the next household comes in at any above 4,981.20.
    assert (answer.yuan, answer.households[0], answer.cost[0]) == (4981.0, most, 3000.0 * most)
    assert answer.times.zh == "约扶贫标准的 1.25 倍"


@pytest.mark.parametrize(
    ("yuan", "line", "said"),
    [(4980, 4000, "扶贫标准的 1.245 倍"), (4960, 4000, "扶贫标准的 1.24 倍"), (4980, 3218, "约扶贫标准的 1.55 倍")],
)
def test_a_multiple_is_said_to_be_exact_only_where_it_is(yuan, line, said):
    answer = CarriedCeiling(float(yuan), float(line), (26.0, 26.0), (78_000.0, 78_000.0))
    assert answer.times.zh == said
    assert answer.record()["exact_multiple"] == ("约" not in said)


@pytest.mark.parametrize("line", [1.0, 84.5, 3218.0, 4000.0, 1e8])
def test_two_passes_look_at_every_whole_yuan_once(line):
    spaced = spaced_ceilings(line)
    assert spaced[0] == line
    if line < 10_000:
        looked = [each for first in spaced for each in ceilings_from(line, first)]
        assert looked == [line, *(float(each) for each in range(int(line) + 1, int(5 * line) + 1))]
    else:
        assert max(spaced) <= 1e8


@given(rows=households, data=standard)
def test_the_margin_is_a_difference_of_two_previews(rows, data):
    _, limits, index, _ = scope_of(rows, data, True)
    more = margin(index, limits, totals(index, limits).inside)
    higher = edge_limits(
        parse_standard({**data, "income": {**data["income"], "ceiling": {"yuan": more.ceiling}}}), LINE
    )
    now, then = totals(index, limits).inside, totals(index, higher).inside
    assert more.ceiling == pytest.approx(limits.ceiling + 0.05 * LINE, abs=0.01)
    assert (more.households, more.slips) == (then.households - now.households, then.slips - now.slips)
    record = more.record(3000.0)
    if more.slips:
        assert record["visits_per_slip"] == more.households / more.slips
        assert record["yuan_per_slip"] == pytest.approx(3000 * record["visits_per_slip"], abs=0.006)
    else:
        assert record["yuan_per_slip"] is None


def test_25_to_35_households_are_75_000_to_105_000_yuan():
    rows = [{"income_pc": 4000.0, "previous": None, "dibao": True}] * 25 + [
        {"income_pc": 4000.0, "previous": None, "dibao": None}
    ] * 10
    data = {"income": {"ceiling": {"multiple": 1.5}}, "groups": ["dibao"]}
    _, limits, index, _ = scope_of([row for row in rows for _ in range(2)], data, False)
    counts = totals(index, limits)
    low, high = counts.inside.households, counts.inside.households + counts.cannot_tell.households
    assert cost_range(counts, 3000.0) == ((low, high), (3000 * low, 3000 * high))
    assert cost_range(counts, None) == ((low, high), None)
    assert low < high


@pytest.mark.parametrize("budget", [-1.0, float("nan"), float("inf")])
def test_what_is_no_budget_is_refused(budget):
    with pytest.raises(InputError, match="80000"):
        check_budget(budget)


def test_without_a_cost_nothing_follows_from_a_budget():
    data = {"income": {"ceiling": {"multiple": 1.5}}}
    _, limits, index, _ = scope_of([{"income_pc": 4000.0, "previous": None}], data, False)
    assert limits == limits_of(data)
    with pytest.raises(InputError, match="help_cost"):
        carried_record(index, limits, None, 80_000.0)
