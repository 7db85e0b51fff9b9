"""The frontier against every standard of its family, evaluated one by one."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.preview.scored import scored_frame, scores_of
from tests.preview.test_counts_agree import index_of, limits_of, spread
from tests.reference import GROUPS
from tests.strategies import LINE, households, standard
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.exact import multiple_of
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.counts import totals, unregistered
from workbench.preview.slips.frontier import family, frontier, pareto
from workbench.preview.slips.scored_index import ranking

GRID = [round(1 + 0.05 * n, 2) for n in range(41)]


def scope_of(rows, data, weighted=True):
    frame = scored_frame(spread(rows, weighted))
    limits = limits_of(data)
    index = index_of(frame, limits)
    slips = scores_of(frame, index).under(index, LINE)
    return index.with_slips(slips.expected), limits, ranking(index, slips)


def one_standard(index, data, ceiling, groups):
    """A standard of the family, put together from the data and counted as any other."""
    varied = {**data, "income": {**data["income"], "ceiling": {"yuan": ceiling}}, "groups": groups}
    return totals(index, edge_limits(parse_standard(varied), LINE)).inside


def some(number, n, rng):
    return rng.choice(number, size=min(n, number), replace=False)


@given(rows=households, data=standard, seed=st.integers(0, 99))
def test_standards_of_the_family(rows, data, seed):
    index, limits, _ = scope_of(rows, data)
    result = family(index, parse_standard(data), limits)
    rng = np.random.default_rng(seed)
    assert result.own == (result.own[0], list(result.ceilings).index(limits.ceiling))
    for at in some(len(result.masks), 12, rng):
        mask = int(result.masks[at])
        groups = [group for bit, group in enumerate(limits.group_names) if mask >> bit & 1]
        for c in some(len(result.ceilings), 4, rng):
            inside = one_standard(index, data, float(result.ceilings[c]), groups)
            assert (result.households[at, c], result.slips[at, c]) == (inside.households, inside.slips)
    own = totals(index, limits).inside
    assert (result.households[result.own], result.slips[result.own]) == (own.households, own.slips)


@settings(max_examples=8)
@given(rows=households, data=standard)
def test_no_standard_of_the_family_lies_above(rows, data):
    data = {**data, "require_group": True}
    index, limits, ranked = scope_of(rows, data)
    record = frontier(index, parse_standard(data), limits, ranked)
    steps = record["frontier"]
    every = [
        one_standard(index, data, multiple_of(multiple, LINE), list(groups))
        for size in range(9)
        for groups in combinations(GROUPS, size)
        for multiple in (1.0, 1.25, 1.5, 2.0, 3.0)
    ]
    for inside in every:
        best = max((s["expected_slips"] for s in steps if s["households"] <= inside.households), default=None)
        assert best is not None
        assert best >= inside.slips
    standing = record["frontier_standing"]
    own = totals(index, limits).inside
    assert standing["households"] == own.households
    if own.slips:
        assert standing["best_share_at_no_more_households"] >= standing["slips_share"]
        assert standing["ideal_share"] >= standing["best_share_at_no_more_households"] - 1e-9
    assert standing["fewest_households_at_no_less_share"] <= own.households


def city(n, require_group=True):
    rng = np.random.default_rng(6)
    rows = [
        {"previous": None, "income_pc": float(income), **{g: bool(rng.random() < 0.1) for g in GROUPS}}
        for income in rng.uniform(3300, 9600, n)
    ]
    return scope_of(rows, {"income": {"ceiling": {"yuan": 4900.5}, "group_ceilings": {"dibao": 1.8}},
                           "require_group": require_group}, weighted=False)  # fmt: skip


def test_steps_rise_and_are_not_too_many():
    index, limits, ranked = city(3000)
    data = parse_standard({"income": {"ceiling": {"yuan": 4900.5}, "group_ceilings": {"dibao": 1.8}}})
    assert len(pareto(family(index, data, limits))) > 200
    record = frontier(index, data, limits, ranked)
    steps = record["frontier"]
    assert len(steps) == 200
    households, slips = ([step[key] for step in steps] for key in ("households", "expected_slips"))
    assert households == sorted(set(households))
    assert slips == sorted(set(slips))
    everyone = unregistered(index).slips
    for step in steps[::20]:
        groups, ceiling = step["groups"], step["ceiling_yuan"]
        raw = {"income": {"ceiling": {"yuan": ceiling}, "group_ceilings": {"dibao": 1.8}}, "groups": groups}
        inside = totals(index, edge_limits(parse_standard(raw), LINE)).inside
        assert (step["households"], step["expected_slips"]) == (inside.households, inside.slips)
        assert step["slips_share"] == inside.slips / everyone
        assert step["slips_share"] <= ranked.slips_among(inside.households) / everyone + 1e-9
    ideal = [point["slips_share"] for point in record["frontier_ideal"]]
    assert ideal == sorted(ideal)
    assert (ideal[0], ideal[-1]) == (0.0, pytest.approx(1.0))


def test_without_a_group_asked_for_only_the_ceiling_varies():
    index, limits, ranked = city(500, require_group=False)
    data = parse_standard(
        {"income": {"ceiling": {"yuan": 4900.5}, "group_ceilings": {"dibao": 1.8}}, "require_group": False}
    )
    result = family(index, data, limits)
    assert result.households.shape == (1, len(GRID) + 1)
    for at, ceiling in enumerate(result.ceilings):
        inside = totals(index, replace(limits, ceiling=float(ceiling))).inside
        assert (result.households[0, at], result.slips[0, at]) == (inside.households, inside.slips)
    assert all(step["groups"] is None for step in frontier(index, data, limits, ranked)["frontier"])
