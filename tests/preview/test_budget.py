"""What a budget carries, what unknown facts leave open, and the price at the margin, against single previews."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preview.test_counts_agree import limits_of
from tests.preview.test_slips_agree import scope_of
from tests.strategies import LINE, households, standard
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.exact import multiple_of
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError
from workbench.preview.counts.budget import carried, carried_record, check_budget, cost_range, margin
from workbench.preview.counts.counts import totals


def at(data, multiple):
    return edge_limits(parse_standard({**data, "income": {**data["income"], "ceiling": {"multiple": multiple}}}), LINE)


@given(rows=households, data=standard, budget=st.sampled_from([0.0, 3000.0, 12_000.0, 90_000.0]), unknown=st.booleans())
def test_the_highest_ceiling_within_a_budget(rows, data, budget, unknown):
    _, limits, index, _ = scope_of(rows, data, True)
    answer = carried(index, limits, 3000.0, budget, all_unknown=unknown)

    def cost(multiple):
        counts = totals(index, at(data, multiple))
        return 3000.0 * (counts.inside.households + (counts.cannot_tell.households if unknown else 0.0))

    if answer is None:
        assert cost(1.0) > budget
        return
    assert answer.yuan == multiple_of(answer.multiple, LINE)
    assert cost(answer.multiple) <= budget
    assert all(cost(round(answer.multiple + step, 2)) > budget for step in (0.01, 1.0) if answer.multiple + step <= 5)
    counts = totals(index, at(data, answer.multiple))
    assert (answer.households, answer.cost) == cost_range(counts, 3000.0)


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
